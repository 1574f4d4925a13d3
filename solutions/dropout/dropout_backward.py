"""dropout_backward: the backward pass of a network with one hidden layer and a mask, step by step."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, entries

backward = Exercise("dropout_backward", kind="gradient", lecture="50:43", not_yours=BY_ITSELF)


@backward.reference
def dropout_backward(x, y, mask, W1, b1, W2, b2):
    """Gradients of the mean loss of a network with one hidden layer, part of whose units a mask switches off.

    forward:   a1 = x W1 + b1,   h1 = sigmoid(a1) * mask,   a2 = h1 W2 + b2,   f = softmax(a2)
    loss:      mean over the batch of -log f_y
    backward:  the lecture's rules (21:30), and the mask once more on the way back      (lecture 50:43)

    Args:
        x: input (N, D).    y: class indices (N,).    mask: zeros and ones (N, H).
        W1: (D, H).    b1: (H,).    W2: (H, C).    b2: (C,).    All float64 arrays, but y of integers.
    Returns:
        A dict of gradients, each of the shape of its value, in this order:
        "da2", "dW2", "db2", "dh1" (of the masked h1), "da1", "dW1", "db1".
    """
    ### BEGIN SOLUTION
    s = 1 / (1 + np.exp(-(x @ W1 + b1)))
    h1 = s * mask
    a2 = h1 @ W2 + b2
    f = np.exp(a2 - np.logaddexp.reduce(a2, axis=1, keepdims=True))
    da2 = (f - np.eye(len(b2))[y]) / len(x)
    dW2, db2 = h1.T @ da2, da2.sum(axis=0)
    dh1 = da2 @ W2.T
    da1 = dh1 * mask * s * (1 - s)
    dW1, db1 = x.T @ da1, da1.sum(axis=0)
    return {"da2": da2, "dW2": dW2, "db2": db2, "dh1": dh1, "da1": da1, "dW1": dW1, "db1": db1}
    ### END SOLUTION


def network(rng, keep=0.6, N=7, D=11, H=5, C=3):
    """Input, classes, a mask and parameters, none of them zero or square."""
    mask = (rng.random((N, H)) < keep).astype("float64")
    # an example without units, one with all of them
    mask[0], mask[1], mask[:, 0] = 0, 1, [0, 1, 0, 1, 1, 0, 1]
    return (
        rng.normal(size=(N, D)),
        rng.integers(0, C, N),
        mask,
        *(rng.normal(size=shape) for shape in ((D, H), (H,), (H, C), (C,))),
    )


def looked_at(dropout_backward, inputs, *names):
    """Some gradients, and beside them what a wrong answer may have put in their place."""
    x, y, mask, W1, b1, W2, _ = inputs
    units = tf.sigmoid(x @ W1 + b1).numpy()
    onehot = np.eye(W2.shape[1])[y]
    marks = landmarks(
        x=x,
        mask=mask,
        s=units,
        h1=units * mask,
        slope=units * (1 - units),
        W2=W2,
        onehot=onehot,
        examples=len(x),
    )
    return {**entries(dropout_backward(*inputs), *names), **marks}


@backward.check("line 1: da2, behind the softmax")
def line_1_da2(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "da2")


@backward.check("line 2: dW2 and db2, of the output layer")
def line_2_dW2_db2(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "dW2", "db2")


@backward.check("line 3: dh1, back through W2")
def line_3_dh1(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "dh1")


@backward.check("line 4: da1, back through the mask and the sigmoid")
def line_4_da1(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "da1")


@backward.check("line 5: dW1 and db1, of the hidden layer")
def line_5_dW1_db1(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "dW1", "db1")


@backward.example(without={"dtype": "all of it is in float64"})
def example(dropout_backward, rng, N=7, H=5):
    D, C = (H, H) if N == H else (11, 3)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    inputs = {
        "x": rng.normal(size=(N, D)),
        "y": rng.integers(0, C, N),
        # Some are kept and some dropped, however few there are.
        "mask": rng.permutation(np.resize([1.0, 0.0], N * H)).reshape(N, H),
        **{name: rng.normal(size=shape) for name, shape in shapes.items()},
    }
    return inputs, lambda **given: dropout_backward(**given)


backward.misconception(
    "the mask is missing from the backward pass",
    ("da1 = dh1 * mask * s", "da1 = dh1 * s"),
    advice="h1 = sigmoid(a1) * mask, so the gradient with respect to sigmoid(a1) is dh1 * mask: "
    "a unit that was off learns nothing from this example.",
)
backward.misconception(
    "the mask is turned round on the way back",
    ("da1 = dh1 * mask * s", "da1 = dh1 * (1 - mask) * s"),
    advice="A 1 in the mask is a unit that was on, and only through it did a1 reach the loss: multiply by the mask itself.",
)
backward.misconception(
    "the mask is turned round in the forward pass",
    ("h1 = s * mask", "h1 = s * (1 - mask)"),
    advice="A 1 in the mask is a unit that stays: multiply by the mask itself.",
)
backward.misconception(
    "the softmax runs over the batch, not over the classes",
    ("np.logaddexp.reduce(a2, axis=1, keepdims=True)", "np.logaddexp.reduce(a2, axis=0, keepdims=True)"),
    lecture="6:52",
    advice="Each example has a distribution over classes of its own: sum over axis 1.",
)
backward.misconception(
    "the backward pass uses the mask's mean instead of the mask",
    ("da1 = dh1 * mask * s", "da1 = dh1 * mask.mean() * s"),
    advice="The mean of the mask belongs to test time. Going back, use the very mask of the forward pass.",
)
backward.misconception(
    "the backward pass uses the first example's mask for all",
    ("da1 = dh1 * mask * s", "da1 = dh1 * mask[:1] * s"),
    advice="Each example has a mask of its own, in both directions: multiply by all of `mask`, row by row.",
)
backward.misconception(
    "dW2 is computed from activations without the mask",
    ("dW2, db2 = h1.T", "dW2, db2 = s.T"),
    lecture="21:30",
    advice="The output layer saw the masked h1. Its weight gradient is h1.T @ da2 with that same h1.",
)
backward.misconception(
    "the mask is missing from the forward pass",
    ("h1 = s * mask", "h1 = s"),
    lecture="50:43",
    advice="Multiply the hidden activations by the mask before the output layer sees them.",
)
backward.misconception(
    "the mask multiplies the pre-activation",
    ("s = 1 / (1 + np.exp(-(x @ W1 + b1)))", "s = 1 / (1 + np.exp(-(x @ W1 + b1) * mask))"),
    ("h1 = s * mask", "h1 = s"),
    lecture="50:43",
    advice="sigmoid(0) is one half, so that a unit masked before its activation is not off. Mask the activation.",
)
backward.misconception(
    "dh1 is masked already",
    ("dh1 = da2 @ W2.T", "dh1 = da2 @ W2.T * mask"),
    advice="dh1 is the gradient with respect to the masked h1. The mask comes one line later, on the way to da1.",
    lecture="21:30",
)
backward.misconception(
    "the sign of da2 is turned round",
    ("da2 = (f - np.eye(len(b2))[y])", "da2 = (np.eye(len(b2))[y] - f)"),
    lecture="19:20",
    advice="The gradient is -(e(y) - f): it points uphill, so it is negative for the correct class.",
)
backward.misconception(
    "the gradient of the sum, not of the mean",
    (" / len(x)\n", "\n"),
    lecture="39:31",
    advice="The loss is the mean over the batch: divide da2 by N once, and everything behind it is right.",
)
backward.misconception(
    "the sigmoid's derivative is forgotten",
    ("dh1 * mask * s * (1 - s)", "dh1 * mask"),
    lecture="24:30",
    advice="Between a1 and h1 stands the sigmoid as well: multiply by s * (1 - s).",
)
backward.misconception(
    "bias gradients are averaged over the batch",
    ("da2.sum(axis=0)\n    dh1", "da2.mean(axis=0)\n    dh1"),
    ("da1.sum(axis=0)\n    return", "da1.mean(axis=0)\n    return"),
    lecture="21:30",
    advice="The 1/N is in da2 already. A bias adds to every example, so its gradient is the sum over the batch.",
)


@backward.alternative
def by_tensorflow(x, y, mask, W1, b1, W2, b2):
    x, mask, W1, b1, W2, b2 = (tf.constant(v, "float64") for v in (x, mask, W1, b1, W2, b2))
    s = tf.math.reciprocal(1 + tf.exp(-x @ W1 - b1))
    h1 = s * mask
    a2 = h1 @ W2 + b2
    e = tf.exp(a2 - tf.reduce_max(a2, axis=1, keepdims=True))
    f = e / tf.reduce_sum(e, axis=1, keepdims=True)
    da2 = (f - tf.one_hot(y, tf.shape(b2)[0], dtype="float64")) / x.shape[0]
    dh1 = tf.matmul(da2, W2, transpose_b=True)
    da1 = tf.where(mask > 0, dh1 * s * (1 - s), 0.0)
    return {
        "da2": da2,
        "dW2": tf.matmul(h1, da2, transpose_a=True),
        "db2": tf.reduce_sum(da2, axis=0),
        "dh1": dh1,
        "da1": da1,
        "dW1": tf.matmul(x, da1, transpose_a=True),
        "db1": tf.reduce_sum(da1, axis=0),
    }


@backward.alternative
def by_einsum(x, y, mask, W1, b1, W2, b2):
    g = {}
    h1 = mask / (1 + np.exp(-b1 - np.einsum("nd,dh->nh", x, W1)))
    f = np.exp(np.einsum("nh,hc->nc", h1, W2) + b2)
    f /= f.sum(1)[:, None]
    f[np.arange(len(y)), y] -= 1
    g["da2"] = f / len(y)
    g["dW2"] = np.einsum("nh,nc->hc", h1, g["da2"])
    g["db2"] = np.einsum("nc->c", g["da2"])
    g["dh1"] = np.einsum("nc,hc->nh", g["da2"], W2)
    # h1 is 0 where the mask is
    g["da1"] = g["dh1"] * h1 * (1 - h1)
    g["dW1"] = np.einsum("nd,nh->dh", x, g["da1"])
    g["db1"] = np.einsum("nh->h", g["da1"])
    return g
