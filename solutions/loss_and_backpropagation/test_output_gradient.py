"""The three steps at the output against central differences and a hand computation."""

import numpy as np
import tensorflow as tf

from solutions.loss_and_backpropagation.output_gradient import df_da, dloss_da, dloss_df

EPS = 1e-6


def softmax(a):
    e = np.exp(a - a.max())
    return e / e.sum()


def differences(of, at):
    """Central differences of a function with any number of values: one column for each entry of `at`."""
    steps = np.eye(len(at)) * EPS
    return np.stack([(of(at + step) - of(at - step)) / (2 * EPS) for step in steps], axis=-1)


def test_step_1_agrees_with_central_differences():
    f, y = softmax(np.array([0.3, -1.0, 0.8])), 2
    expected = differences(lambda f: -np.log(f[y]), f)
    np.testing.assert_allclose(dloss_df(tf.constant(f), y), expected, atol=1e-8)


def test_step_2_agrees_with_central_differences():
    a = np.array([0.3, -1.0, 0.8, 0.1])
    np.testing.assert_allclose(df_da(tf.constant(softmax(a))), differences(softmax, a), atol=1e-8)


def test_step_3_agrees_with_central_differences_and_with_the_product_of_the_other_two():
    a, y = np.array([0.3, -1.0, 0.8, 0.1]), 1
    f = tf.constant(softmax(a))
    da = dloss_da(f, y)
    np.testing.assert_allclose(da, differences(lambda a: -np.log(softmax(a)[y]), a), atol=1e-8)
    np.testing.assert_allclose(da, tf.linalg.matvec(df_da(f), dloss_df(f, y), transpose_a=True), rtol=1e-12)


def test_two_equal_classes_push_each_other_apart_by_one_half():
    f = tf.constant([0.5, 0.5])
    np.testing.assert_array_equal(dloss_df(f, 0), [-2, 0])
    np.testing.assert_array_equal(df_da(f), [[0.25, -0.25], [-0.25, 0.25]])
    np.testing.assert_array_equal(dloss_da(f, 0), [-0.5, 0.5])
