"""InvertedDropout against Keras's own layer, which has the same form."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.dropout.inverted_dropout import InvertedDropout


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5, 0.9])
def test_kept_values_and_test_time_equal_keras(rate):
    keras.utils.set_random_seed(5)
    h = tf.random.normal((40, 50))
    ours, theirs = InvertedDropout(rate)(h, training=True), keras.layers.Dropout(rate)(h, training=True)
    # the coins differ; what both keep must be equal
    both = (ours != 0) & (theirs != 0)
    # at a rate of 0.9 about 20 of 2000; without any, nothing would be compared
    assert np.any(both)
    np.testing.assert_allclose(ours[both], theirs[both], rtol=1e-5)
    np.testing.assert_array_equal(InvertedDropout(rate)(h), keras.layers.Dropout(rate)(h))


def test_the_mean_of_an_activation_is_the_same_in_training_and_at_test_time():
    keras.utils.set_random_seed(4)
    output = InvertedDropout(0.2)(tf.ones((400, 250)), training=True).numpy()
    # 100,000 coins, each with deviation sqrt(0.2/0.8) = 0.5: five standard errors are 0.008
    assert output.mean() == pytest.approx(1, abs=0.008)


def test_a_rate_of_one_is_refused():
    with pytest.raises(ValueError, match="received 1"):
        InvertedDropout(1)


def test_a_model_with_it_is_saved_and_loaded(tmp_path):
    model = keras.Sequential([keras.Input((4,)), InvertedDropout(0.35)])
    model.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").layers[0].rate == 0.35
