"""Against rows read off by eye."""

import pytest
import tensorflow as tf

from solutions.forward_propagation.predict import predict


@pytest.mark.parametrize(
    ("outputs", "classes"),
    [
        ([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]], [1, 0]),
        ([[-3.0, -1.0, -2.0]], [1]),
        ([[0.2, 0.2, 0.2, 0.4]], [3]),
    ],
    ids=["probabilities", "all negative", "none above one half"],
)
def test_the_highest_output_wins(outputs, classes):
    assert predict(lambda x: tf.constant(outputs), tf.zeros((len(outputs), 1))).numpy().tolist() == classes
