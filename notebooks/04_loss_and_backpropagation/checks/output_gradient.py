"""What `check(dloss_df, df_da, dloss_da)` looks at (lecture 19:20).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import BY_ITSELF

output = Checks(
    "output_gradient",
    kind="gradient",
    lecture="19:20",
    objects=["dloss_df", "df_da", "dloss_da"],
    not_yours=BY_ITSELF,
)


def _probabilities(rng, C=5, dtype="float32"):
    e = np.exp(rng.normal(size=C))
    return tf.constant(e / e.sum(), dtype)


@output.check("step 1, the loss by the probabilities")
def loss_by_probabilities(dloss_df, df_da, dloss_da, rng):
    return {"df": dloss_df(_probabilities(rng), int(rng.integers(5)))}


@output.check("step 2, the probabilities by the pre-activations", points=2)
def probabilities_by_pre_activations(dloss_df, df_da, dloss_da, rng):
    return {"Jacobian of softmax": df_da(_probabilities(rng, C=4))}


@output.check("step 3, the loss by the pre-activations", points=2)
def loss_by_pre_activations(dloss_df, df_da, dloss_da, rng):
    return {"da": dloss_da(_probabilities(rng), int(rng.integers(5)))}


@output.check("a correct class whose probability has become 0")
def vanished_probability(dloss_df, df_da, dloss_da, rng):
    f = tf.concat([tf.zeros(1), _probabilities(rng, C=3)], 0)
    return {"da": dloss_da(f, 0)}


@output.check("step 1, where another class has a probability of 0")
def another_class_vanished(dloss_df, df_da, dloss_da, rng):
    f = tf.concat([_probabilities(rng, C=3), tf.zeros(1)], 0)
    return {"df": dloss_df(f, int(rng.integers(3)))}


@output.example(
    without={
        "untouched": "tensors cannot be changed",
        "one": "it is about one example as it is",
        "square": "there is one axis, that of the classes",
    }
)
def example(dloss_df, df_da, dloss_da, rng, dtype="float32"):
    y = int(rng.integers(3))
    f = _probabilities(rng, C=3, dtype=dtype)
    return {"f": f}, lambda f: {"df": dloss_df(f, y), "Jacobian of softmax": df_da(f), "da": dloss_da(f, y)}
