"""Against errors worked out by hand for functions whose gradients are known."""

import numpy as np
import pytest
import tensorflow as tf

from solutions.debugging_a_network.gradient_check import gradient_check


@pytest.mark.parametrize(
    ("factor", "expected"),
    [(1, 0), (0.5, 1 / 3), (2, 1 / 3), (-1, 1), (0, 1), (3, 1 / 2)],
    ids=["right", "half", "twice", "wrong sign", "zero", "three times"],
)
def test_a_factor_has_an_error_of_its_own(factor, expected):
    w = tf.Variable([1.0, -2.0, 3.0], dtype="float64")
    (error,) = gradient_check(lambda: tf.reduce_sum(w**2), [w], [factor * np.array([2.0, -4, 6])])
    # rounding leaves some 1e-10
    assert error == pytest.approx(expected, abs=1e-8)


def test_a_triangle_of_three_four_five():
    w = tf.Variable([0.0, 0.0], dtype="float64")
    # n = (3, 0) and g = (0, 4): ‖g - n‖ = 5, ‖g‖ + ‖n‖ = 7
    (error,) = gradient_check(lambda: 3 * w[0], [w], [np.array([0.0, 4.0])])
    assert error == pytest.approx(5 / 7, abs=1e-8)


def test_nothing_is_checked_where_both_are_zero():
    w, v = tf.Variable([1.0], dtype="float64"), tf.Variable([2.0], dtype="float64")
    errors = gradient_check(lambda: w[0] ** 2, [w, v, v, w], [np.array([2.0]), np.zeros(1), None, None])
    np.testing.assert_allclose(errors, [0, np.nan, np.nan, 1], atol=1e-8)


def test_float32_is_refused_with_its_name():
    w = tf.Variable([1.0], name="W1")
    with pytest.raises(ValueError, match=r"W1.*float32"):
        gradient_check(lambda: w[0] ** 2, [w], [np.array([2.0])])
