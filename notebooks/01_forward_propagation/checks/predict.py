"""What `check(predict)` looks at (lecture 9:02).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks, fill

predict_exercise = Checks("predict", kind="function", lecture="9:02")


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
