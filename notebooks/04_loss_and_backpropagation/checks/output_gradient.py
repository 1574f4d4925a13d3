"""What `check(dloss_df, df_da, dloss_da)` looks at (lecture 19:20).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
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


def _two_alike(rng):
    """Probabilities of five classes, and the correct one: another is just as likely."""
    y, other, *_ = (int(c) for c in rng.permutation(5))
    e = np.exp(rng.normal(size=5))
    e[other] = e[y]
    return tf.constant(e / e.sum(), "float32"), y


def _marks(f, y):
    """What a wrong answer may give in the place of a gradient."""
    return landmarks(f=f, onehot=np.eye(len(f))[y])


@output.check("step 1, the loss by the probabilities")
def loss_by_probabilities(dloss_df, df_da, dloss_da, rng):
    f, y = _two_alike(rng)
    return {"df": dloss_df(f, y), **_marks(f, y)}


@output.check("step 2, the probabilities by the pre-activations", points=2)
def probabilities_by_pre_activations(dloss_df, df_da, dloss_da, rng):
    f = _probabilities(rng, C=4)
    parts = {"f on the diagonal": np.diag(f), "the products of f with f": np.outer(f, f)}
    return {"Jacobian of softmax": df_da(f), **landmarks(f=f, **parts)}


@output.check("step 3, the loss by the pre-activations", points=2)
def loss_by_pre_activations(dloss_df, df_da, dloss_da, rng):
    f, y = _two_alike(rng)
    return {"da": dloss_da(f, y), **_marks(f, y)}


@output.check("a correct class whose probability has become 0")
def vanished_probability(dloss_df, df_da, dloss_da, rng):
    f = tf.concat([tf.zeros(1), _probabilities(rng, C=3)], 0)
    return {"da": dloss_da(f, 0), **_marks(f, 0)}


@output.check("step 1, where another class has a probability of 0")
def another_class_vanished(dloss_df, df_da, dloss_da, rng):
    f = tf.concat([_probabilities(rng, C=3), tf.zeros(1)], 0)
    y = int(rng.integers(3))
    return {"df": dloss_df(f, y), **_marks(f, y)}


@output.check("step 1, where the correct class has hardly any probability")
def hardly_any_probability(dloss_df, df_da, dloss_da, rng):
    hardly = tf.constant([10 ** rng.uniform(-18, -12)], "float32")
    f = tf.concat([hardly, _probabilities(rng, C=3)], 0)
    return {"df": dloss_df(f, 0), **_marks(f, 0)}


@output.example(
    without={
        "untouched": "tensors cannot be changed",
        "one": "it is about one example as it is",
        "square": "there is one axis, that of the classes",
        "unit": "there is one axis, that of the classes",
    }
)
def example(dloss_df, df_da, dloss_da, rng, dtype="float32"):
    y = int(rng.integers(3))
    f = _probabilities(rng, C=3, dtype=dtype)
    return {"f": f}, lambda f: {"df": dloss_df(f, y), "Jacobian of softmax": df_da(f), "da": dloss_da(f, y)}
