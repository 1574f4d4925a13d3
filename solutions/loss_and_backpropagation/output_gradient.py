"""The gradient at the output, in the three steps of its derivation, for one example."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF

output = Exercise(
    "output_gradient",
    kind="gradient",
    lecture="19:20",
    objects=["dloss_df", "df_da", "dloss_da"],
    not_yours=BY_ITSELF,
)


@output.reference
def dloss_df(f, y):
    """Step 1: how the loss -log f_y of one example depends on the probabilities.

    ∂(-log f_y)/∂f_c = -1[c = y] / f_y      (lecture 19:20)

    Args:
        f: probabilities of one example, float tensor of shape (C,).
        y: its class, an integer.
    Returns:
        The gradient with respect to f, same shape and dtype as f: 0 for every class but y, also where an f_c is 0.
        f_y is above 0; where it were 0, the loss would be infinite.
    """
    ### BEGIN SOLUTION
    onehot = tf.one_hot(y, len(f), dtype=f.dtype)
    return -onehot / f[y]
    ### END SOLUTION


@output.reference
def df_da(f):
    """Step 2: how each probability depends on each pre-activation: the Jacobian of softmax.

    ∂f_c/∂a_k = f_c (1[c = k] - f_k)      (lecture 19:20)

    Args:
        f: probabilities of one example, softmax(a), float tensor of shape (C,).
    Returns:
        Float tensor of shape (C, C), ∂f_c/∂a_k in row c and column k.
    """
    ### BEGIN SOLUTION
    return tf.linalg.diag(f) - f[:, None] * f[None, :]
    ### END SOLUTION


@output.reference
def dloss_da(f, y):
    """Step 3: both together by the chain rule, simplified until no division is left.

    ∇ₐ = -(e(y) - f)      (lecture 19:20)

    Args:
        f: probabilities of one example, float tensor of shape (C,).
        y: its class, an integer.
    Returns:
        The gradient with respect to a, same shape and dtype as f; finite even where f_y is 0.
    """
    ### BEGIN SOLUTION
    onehot = tf.one_hot(y, len(f), dtype=f.dtype)
    return -(onehot - f)
    ### END SOLUTION


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


output.misconception(
    "step 1: the sign is lost",
    ("-onehot / f[y]", "onehot / f[y]"),
    advice="The loss is minus the logarithm, and a larger f_y makes it smaller: the derivative is -1/f_y.",
)
output.misconception(
    "step 1: every class counts",
    ("-onehot / f[y]", "-1 / f"),
    advice="-log f_y holds one probability, that of the correct class. The other derivatives are 0.",
)
output.misconception(
    "step 1: the logarithm is forgotten",
    ("-onehot / f[y]", "-onehot"),
    lecture="16:10",
    advice="-e(y) would be the gradient of -f_y. The loss is -log f_y, and the derivative of log f is 1/f.",
)
output.misconception(
    "classes are counted from 1",
    (
        "    onehot = tf.one_hot(y, len(f), dtype=f.dtype)\n    return -onehot / f[y]",
        "    onehot = tf.one_hot(y - 1, len(f), dtype=f.dtype)\n    return -onehot / f[y]",
    ),
    (
        "    onehot = tf.one_hot(y, len(f), dtype=f.dtype)\n    return -(onehot",
        "    onehot = tf.one_hot(y - 1, len(f), dtype=f.dtype)\n    return -(onehot",
    ),
    advice="The classes are 0 to C - 1, as Python counts: e(y) has its 1 in place y.",
)
output.misconception(
    "step 1: divided by every class's probability",
    ("-onehot / f[y]", "-onehot / f"),
    advice="-0/0 is no number where another class has a probability of 0. Divide by f_y alone: f[y].",
)
output.misconception(
    "step 1: the probabilities are clipped",
    source=output.edited(("-onehot / f[y]", "-onehot / tf.clip_by_value(f[y], 1e-7, 1 - 1e-7)")),
    advice="Keras clips to keep the logarithm finite. Here f_y is above 0, and 1/f_y a number: the worst mistake has the "
    "steepest slope.",
)
output.misconception(
    "step 1: the class is found by its probability",
    source=output.edited(("-onehot / f[y]", "tf.where(f == f[y], -1 / f, tf.zeros_like(f))")),
    advice="Two classes may be equally likely; before training all of them nearly are. Ask which class it is: c = y.",
)
output.misconception(
    "step 2: only the diagonal",
    ("tf.linalg.diag(f) - f[:, None] * f[None, :]", "tf.linalg.diag(f * (1 - f))"),
    advice="Softmax divides by a sum in which every a stands, so f_c changes with every a_k: -f_c f_k off the diagonal.",
)
output.misconception(
    "step 2: the other classes gain as well",
    (
        "tf.linalg.diag(f) - f[:, None] * f[None, :]",
        "tf.linalg.diag(f) - f[:, None] * f[None, :] * (2 * tf.eye(len(f), dtype=f.dtype) - 1)",
    ),
    advice="The probabilities sum to 1: where one gains, the others lose. Each column of the Jacobian must sum to 0.",
)
output.misconception(
    "step 2: the factor f_c is missing",
    ("tf.linalg.diag(f) - f[:, None] * f[None, :]", "tf.eye(len(f), dtype=f.dtype) - f[None, :]"),
    advice="1[c = k] - f_k is the derivative of log f_c. For f_c itself multiply by f_c.",
)
output.misconception(
    "step 3: the sign is turned round",
    ("-(onehot - f)", "onehot - f"),
    advice="e(y) - f is the way down, the direction of a step. The gradient points up the loss.",
)
output.misconception(
    "step 3: only the correct class",
    ("-(onehot - f)", "-onehot * (1 - f)"),
    advice="The other classes have a gradient too, +f_c: it pushes each of them down by its probability.",
)
output.misconception(
    "step 3: the class is found by its probability",
    source=output.edited(("-(onehot - f)", "tf.where(f == f[y], f - 1, f)")),
    advice="Two classes may be equally likely; before training all of them nearly are. Take 1 off the class y alone.",
)
output.misconception(
    "step 3: multiplied out in numbers, not on paper",
    ("-(onehot - f)", "tf.linalg.matvec(df_da(f), dloss_df(f, y), transpose_a=True)"),
    advice="1/f_y · f_y is 1 on paper, and inf · 0 = nan in numbers once f_y has become 0. Simplify first.",
)
output.misconception(
    "step 3: the gradient by f, not by a",
    ("-(onehot - f)", "dloss_df(f, y)"),
    advice="That is step 1. A softmax stands between f and a; multiply by its Jacobian, step 2.",
)

output.alternative(
    name="by comparison and outer product",
    source="""
        def dloss_df(f, y):
            return tf.where(tf.range(f.shape[0]) == y, -1 / f, 0)


        def df_da(f):
            identity = tf.eye(f.shape[0], dtype=f.dtype)
            return tf.reshape(f, [-1, 1]) * (identity - tf.reshape(f, [1, -1]))


        def dloss_da(f, y):
            return tf.tensor_scatter_nd_add(f, [[y]], tf.constant([-1], f.dtype))
    """,
)
output.alternative(
    name="by NumPy",
    source="""
        def dloss_df(f, y):
            f = np.asarray(f)
            df = np.zeros_like(f)
            df[y] = -1 / f[y]
            return df


        def df_da(f):
            f = np.asarray(f)
            return np.diag(f) - np.outer(f, f)


        def dloss_da(f, y):
            da = np.array(f)
            da[y] -= 1
            return da
    """,
)
