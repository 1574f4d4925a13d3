"""What checks ask of a network whose weights were set by hand."""

import keras
import numpy as np
import pytest

from helpers import set_by_hand


def network(kernel=2.0):
    start = keras.initializers.Constant(kernel)
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(3, kernel_initializer=start)])


def test_a_row_of_numbers_is_a_column_of_inputs():
    np.testing.assert_array_equal(set_by_hand.outputs(network(), [1.0, 5.0]), [[2] * 3, [10] * 3])


def test_every_input_is_there_once():
    found = set_by_hand.every_input(3)
    assert sorted(map(tuple, found.tolist())) == [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]


def test_without_weights_only_what_is_no_weight_is_left():
    x = keras.Input((1,))
    model = keras.Model(x, keras.layers.Dense(1)(x) + 7)
    np.testing.assert_array_equal(set_by_hand.without_weights(model, [1.0, 2.0]), [[7], [7]])


def test_a_network_that_is_made_by_its_first_call_has_a_size_too():
    assert set_by_hand.size_of(keras.Sequential([keras.layers.Dense(3)]), [1.0]) == 6


def compared(make):
    found = {key: np.asarray(value) for key, value in set_by_hand.set_twice(make, [1.0, 2.0]).items()}
    return set_by_hand.set_twice_summary(found, found)


def test_set_weights_are_neither_another_network_nor_the_work_of_an_optimizer():
    found = compared(network)
    assert not found["a second network is another one"]
    assert not found["an optimizer took steps"]


def test_drawn_weights_make_another_network():
    found = compared(lambda: keras.Sequential([keras.Input((1,)), keras.layers.Dense(3)]))
    assert found["a second network is another one"]


@pytest.mark.parametrize(("steps", "expected"), [(0, False), (2, True)])
def test_an_optimizer_is_told_by_its_steps(steps, expected):
    def make():
        model = network()
        model.compile("sgd", "mse", run_eagerly=True)
        for _ in range(steps):
            model.train_on_batch(np.ones((2, 1)), np.zeros((2, 3)))
        return model

    assert compared(make)["an optimizer took steps"] == expected


def test_only_what_is_too_much_counts():
    np.testing.assert_array_equal(set_by_hand.beyond(np.array([3, 9]), np.array([5, 5])), [0, 4])
