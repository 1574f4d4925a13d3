"""predict: from a distribution to a class."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.checks import fill

predict_exercise = Exercise("predict", kind="function", lecture="9:02")


@predict_exercise.reference
def predict(model, x):
    """Classify each example by the output unit with the highest activation.

    y = argmax_c f(x)_c      (lecture 9:02)

    Args:
        model: a function or Keras model that turns x into outputs of shape (N, C).
        x: inputs, float tensor of shape (N, D).
    Returns:
        Class indices from 0 to C - 1, integers of shape (N,).
    """
    ### BEGIN SOLUTION
    return tf.argmax(model(x), axis=-1)
    ### END SOLUTION


@predict_exercise.check("the most probable class of each row")
def most_probable_class(predict, rng):
    f = rng.dirichlet(np.ones(4), size=30)
    return {"classes": predict(lambda x: tf.constant(f[: len(x)], "float32"), tf.zeros((30, 2)))}


@predict_exercise.check("many classes, none above one half")
def many_classes(predict, rng):
    f = rng.dirichlet(10 * np.ones(17), size=20)
    return {"classes": predict(lambda x: tf.constant(f[: len(x)], "float32"), tf.zeros((20, 2)))}


@predict_exercise.check("outputs of any sign and size")
def outputs_of_any_size(predict, rng):
    a = rng.normal(size=(25, 5)) * 3 - 20
    return {"classes": predict(lambda x: tf.constant(a[: len(x)], "float32"), tf.zeros((25, 2)))}


@predict_exercise.check("a Keras model reads x")
def keras_model(predict, rng):
    model, x = keras.layers.Dense(6), tf.constant(rng.normal(size=(40, 3)), "float32")
    model(x)
    fill(model, rng, scale=2)
    return {"classes": predict(model, x)}


@predict_exercise.example(
    without={
        "untouched": "tensors cannot be changed",
        "graph": "nobody predicts while training",
        "dtype": "classes are integers, whatever x is",
    }
)
def example(predict, rng, N=12):
    W = tf.constant(rng.normal(size=(3, 5)), "float32")
    x = tf.constant(rng.normal(size=(N, 3)), "float32")
    return {"x": x}, lambda x: {"classes": predict(lambda x: tf.nn.softmax(x @ W), x)}


predict_exercise.misconception(
    "the lowest activation wins",
    ("tf.argmax", "tf.argmin"),
    advice="The class is the output unit with the *highest* activation.",
)
predict_exercise.misconception(
    "the best example of each class",
    ("axis=-1", "axis=0"),
    advice="Axis 0 runs over the examples. Look along the classes, the last axis: one answer an example.",
)
predict_exercise.misconception(
    "the probability instead of the class",
    ("tf.argmax(", "tf.reduce_max("),
    advice="max says how sure the network is, argmax says of what.",
)
predict_exercise.misconception(
    "one-hot instead of the index",
    (
        "tf.argmax(model(x), axis=-1)",
        "tf.one_hot(tf.argmax(model(x), axis=-1), model(x).shape[-1], dtype='int32')",
    ),
    advice="Return the index of the class, an integer of shape (N,).",
)
predict_exercise.misconception(
    "classes counted from 1",
    ("tf.argmax(model(x), axis=-1)", "tf.argmax(model(x), axis=-1) + 1"),
    advice="With ten classes the indices run from 0 to 9.",
)
predict_exercise.misconception(
    "only outputs above one half count",
    ("model(x)", "tf.cast(model(x) > 0.5, 'int32')"),
    advice="With more than two classes the best one may well be below 1/2. Compare the outputs with each other, not with 0.5.",
)
predict_exercise.misconception(
    "the largest magnitude wins",
    ("model(x)", "tf.abs(model(x))"),
    advice="Highest means highest: -30 is below -10. Leave out the absolute value.",
)


@predict_exercise.alternative
def by_numpy(model, x):
    return np.asarray(model(x)).argmax(1)


@predict_exercise.alternative
def by_sorting(model, x):
    return keras.ops.argsort(model(x), axis=-1)[:, -1]
