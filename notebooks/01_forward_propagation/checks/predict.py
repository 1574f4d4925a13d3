"""What `check(predict)` looks at (lecture 9:02).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks, fill
from helpers.evidence import landmarks

predict_exercise = Checks("predict", kind="report", lecture="9:02")


@predict_exercise.check("the most probable class of each row")
def most_probable_class(predict, rng):
    f = rng.dirichlet(np.ones(4), size=30)
    found = predict(lambda x: tf.constant(f[: len(x)], "float32"), tf.zeros((30, 2)))
    return {"classes": found, **landmarks(f=f)}


@predict_exercise.check("many classes, none above one half")
def many_classes(predict, rng):
    f = rng.dirichlet(10 * np.ones(17), size=20)
    found = predict(lambda x: tf.constant(f[: len(x)], "float32"), tf.zeros((20, 2)))
    return {"classes": found, **landmarks(f=f)}


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


@predict_exercise.check("a batch of one example")
def one_example(predict, rng):
    # So many of them that no wrong class is right by chance each time.
    batches = tf.constant(rng.normal(size=(20, 1, 23)), "float32")
    return {"classes": [predict(lambda x, a=a: a, tf.zeros((1, 2))) for a in batches]}


# Whoever draws classes at random fails all that stands above: this says why.
@predict_exercise.example(without={"untouched": "tensors cannot be changed"}, points={"again": 0})
def example(predict, rng):
    W = tf.constant(rng.normal(size=(3, 5)), "float32")
    x = tf.constant(rng.normal(size=(40, 3)), "float32")
    return {"x": x}, lambda x: {"classes": predict(lambda x: tf.nn.softmax(x @ W), x)}
