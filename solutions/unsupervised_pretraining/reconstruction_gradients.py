"""reconstruction_gradients: the backward pass of an autoencoder, in which one matrix is used twice."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, entries

gradients = Exercise("reconstruction_gradients", kind="gradient", lecture="21:30", not_yours=BY_ITSELF)


@gradients.reference
def reconstruction_gradients(x, noisy, W, b, c):
    """Gradients of the reconstruction loss of an autoencoder with tied weights, without a tape.

    forward:   a = noisy W + b,   h = sigmoid(a),   a_hat = h Wᵀ + c,   x_hat = sigmoid(a_hat)
    loss:      mean over the batch of -Σ_d [ x_d log x_hat_d + (1 - x_d) log(1 - x_hat_d) ]
    backward:  the lecture's rules (21:30). W is used twice, and its gradient is the sum of what either use hands back.

    Args:
        x: what should come back (N, D), in [0, 1].    noisy: what is encoded (N, D); x itself where there is no noise.
        W: (D, H).    b: (H,).    c: (D,).    All float64 arrays.
    Returns:
        A dict of gradients, each of the shape of its value, in this order:
        "da_hat", "dc", "dh", "da", "db", "dW".
    """
    ### BEGIN SOLUTION
    a = noisy @ W + b
    h = 1 / (1 + np.exp(-a))
    a_hat = h @ W.T + c
    x_hat = 1 / (1 + np.exp(-a_hat))
    da_hat = (x_hat - x) / len(x)
    dc = da_hat.sum(axis=0)
    dh = da_hat @ W
    da = dh * h * (1 - h)
    db = da.sum(axis=0)
    dW_encoder = noisy.T @ da
    dW_decoder = da_hat.T @ h
    dW = dW_encoder + dW_decoder
    return {"da_hat": da_hat, "dc": dc, "dh": dh, "da": da, "db": db, "dW": dW}
    ### END SOLUTION


def drawn(rng, N=5, D=11, H=7):
    """An input, the same with entries that are lost, and parameters, none of them zero or square."""
    x = rng.uniform(0.1, 0.9, size=(N, D))
    kept = rng.random((N, D)) < 0.6
    # in each example something is lost, and something is kept
    kept[:, 0], kept[:, 1] = True, False
    return x, x * kept, rng.normal(size=(D, H)), rng.normal(size=H), rng.normal(size=D)


def looked_at(reconstruction_gradients, inputs, *names):
    """Some gradients, and beside them what a wrong answer may have put in their place."""
    x, noisy, W, b, c = inputs
    code = tf.sigmoid(noisy @ W + b).numpy()
    again = tf.sigmoid(tf.einsum("nh,dh->nd", code, W) + c).numpy()
    marks = {
        "x": x,
        "noisy": noisy,
        "W": W,
        "h": code,
        "x_hat": again,
        "slope of h": code * (1 - code),
        "slope of x_hat": again * (1 - again),
        "examples": len(x),
        "inputs": x.shape[1],
    }
    return {**entries(reconstruction_gradients(*inputs), *names), **landmarks(**marks)}


@gradients.check("line 1: da_hat, behind the sigmoid and the cross-entropy")
def line_1_da_hat(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "da_hat")


@gradients.check("line 2: dc, of the decoder's bias")
def line_2_dc(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "dc")


@gradients.check("line 3: dh, back through the decoder")
def line_3_dh(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "dh")


@gradients.check("line 4: da and db, back through the code's sigmoid")
def line_4_da_db(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "da", "db")


@gradients.check("line 5: dW, of the matrix that is used twice", points=2)
def line_5_dW(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "dW")


@gradients.check("without noise: the same five lines")
def without_noise(reconstruction_gradients, rng):
    x, _, *weights = drawn(rng)
    return dict(reconstruction_gradients(x, x.copy(), *weights))


@gradients.example(without={"dtype": "all of it is in float64"})
def example(reconstruction_gradients, rng, N=5, H=7):
    D = H if N == H else 11
    x, noisy, W, b, c = drawn(rng, N, D, H)
    inputs = {"x": x, "noisy": noisy, "W": W, "b": b, "c": c}
    return inputs, lambda **given: reconstruction_gradients(**given)


A = "a = noisy @ W + b"
DA_HAT = "da_hat = (x_hat - x) / len(x)"
DA = "da = dh * h * (1 - h)"
ENCODER = "dW_encoder = noisy.T @ da"
DECODER = "dW_decoder = da_hat.T @ h"
SUM = "dW = dW_encoder + dW_decoder"

gradients.misconception(
    "one of two: only the encoder's share of dW",
    (SUM, "dW = dW_encoder"),
    lecture="27:30",
    advice="W stands in two places of the forward pass, and the loss moves by either: add da_hatᵀ h, what the decoder hands back.",
    question="In how many places of the forward pass does W stand?",
)
gradients.misconception(
    "one of two: only the decoder's share of dW",
    (SUM, "dW = dW_decoder"),
    lecture="27:30",
    advice="W stands in two places of the forward pass, and the loss moves by either: add noisyᵀ da, what the encoder hands back.",
    question="In how many places of the forward pass does W stand?",
)
gradients.misconception(
    "the mean of the two shares of dW",
    (SUM, "dW = (dW_encoder + dW_decoder) / 2"),
    lecture="27:30",
    advice="A step of W moves both uses at once, so their effects add up: the sum, not the mean.",
)
gradients.misconception(
    "the target is the noisy input",
    (DA_HAT, "da_hat = (x_hat - noisy) / len(x)"),
    advice="What should come back is the clean x: da_hat = (x_hat - x)/N.",
)
gradients.misconception(
    "the encoder's share of dW is computed from the clean x",
    (ENCODER, "dW_encoder = x.T @ da"),
    lecture="21:30",
    advice="dW is the layer's own input, transposed, times da, and the encoder has seen `noisy`.",
)
gradients.misconception(
    "the clean x is encoded",
    (A, "a = x @ W + b"),
    advice="The encoder sees `noisy`; x is only what should come back.",
)
gradients.misconception(
    "da_hat has the slope of the sigmoid in it",
    (DA_HAT, "da_hat = (x_hat - x) * x_hat * (1 - x_hat) / len(x)"),
    lecture="19:20",
    advice="That belongs to the squared error. With the cross-entropy the slope cancels, as with the softmax: da_hat = (x_hat - x)/N.",
)
gradients.misconception(
    "the sigmoid's derivative is forgotten in da",
    (DA, "da = dh"),
    lecture="24:30",
    advice="Between a and h stands the sigmoid: multiply by h(1 - h).",
)
gradients.misconception(
    "the gradient of the sum, not of the mean",
    (DA_HAT, "da_hat = x_hat - x"),
    lecture="39:31",
    advice="The loss is the mean over the batch: divide da_hat by N once, and everything behind it is right.",
)
# Faults by `source` take no part in double faults.
gradients.misconception(
    "the gradient of the mean over the inputs as well",
    source=gradients.edited((DA_HAT, "da_hat = (x_hat - x) / x.size")),
    advice="Over the entries of an example the loss is a sum: divide by N, not by N times D.",
)
gradients.misconception(
    "the sign is turned round",
    source=gradients.edited((DA_HAT, "da_hat = (x - x_hat) / len(x)")),
    lecture="19:20",
    advice="Where x_hat is too large the loss falls when a_hat falls: da_hat = (x_hat - x)/N.",
)
gradients.misconception(
    "the sigmoid's slope is taken at h, not at a",
    source=gradients.edited((DA, "da = dh / (1 + np.exp(-h)) * (1 - 1 / (1 + np.exp(-h)))")),
    lecture="24:30",
    advice="σ′(a) = σ(a)(1 - σ(a)), and σ(a) is h itself: h(1 - h).",
)
gradients.misconception(
    "bias gradients are averaged over the batch",
    source=gradients.edited(
        ("da_hat.sum(axis=0)", "da_hat.mean(axis=0)"), ("da.sum(axis=0)", "da.mean(axis=0)")
    ),
    lecture="21:30",
    advice="The 1/N is in da_hat already. A bias adds to every example, so its gradient is the sum over the batch.",
)
gradients.misconception(
    "the decoder's share of dW is transposed",
    source=gradients.edited((DECODER, "dW_decoder = h.T @ da_hat")),
    lecture="21:30",
    advice="hᵀ da_hat, of shape (H, D), is the gradient of Wᵀ. That of W is its transpose: da_hatᵀ h.",
)
gradients.misconception(
    "the decoder's share of dW is computed from the code of the clean x",
    source=gradients.edited((DECODER, "dW_decoder = da_hat.T @ (1 / (1 + np.exp(-(x @ W + b))))")),
    lecture="21:30",
    advice="There is one h in the forward pass, the code of `noisy`, and the decoder has seen that: da_hatᵀ h.",
)
gradients.misconception(
    "dh goes back through Wᵀ",
    source=gradients.edited(("dh = da_hat @ W", "dh = da_hat @ W.T")),
    lecture="21:30",
    advice="The decoder multiplies by Wᵀ, so the way back multiplies by its transpose, W: da_hat (N, D) times W (D, H).",
)
gradients.misconception(
    "dW has a third share, from the way back",
    source=gradients.edited((SUM, "dW = dW_encoder + dW_decoder + x.T @ dh")),
    lecture="27:30",
    advice="W is used twice in the forward pass, and only these two count; the way back multiplies by it as well, and that is no use.",
)


@gradients.alternative
def by_tensorflow(x, noisy, W, b, c):
    x, noisy, W, b, c = (tf.constant(v, "float64") for v in (x, noisy, W, b, c))
    h = tf.sigmoid(noisy @ W + b)
    x_hat = tf.sigmoid(tf.matmul(h, W, transpose_b=True) + c)
    da_hat = (x_hat - x) / x.shape[0]
    dh = tf.matmul(da_hat, W)
    da = dh * (h - h**2)
    return {
        "da_hat": da_hat,
        "dc": tf.reduce_sum(da_hat, 0),
        "dh": dh,
        "da": da,
        "db": tf.reduce_sum(da, 0),
        "dW": tf.matmul(noisy, da, transpose_a=True) + tf.transpose(tf.matmul(h, da_hat, transpose_a=True)),
    }


@gradients.alternative
def by_einsum(x, noisy, W, b, c):
    def sigmoid(a):
        return 0.5 * (1 + np.tanh(a / 2))

    found = {}
    h = sigmoid(np.einsum("nd,dh->nh", noisy, W) + b)
    found["da_hat"] = (sigmoid(np.einsum("nh,dh->nd", h, W) + c) - x) / x.shape[0]
    found["dc"] = np.einsum("nd->d", found["da_hat"])
    found["dh"] = np.einsum("nd,dh->nh", found["da_hat"], W)
    found["da"] = found["dh"] * h * (1 - h)
    found["db"] = np.einsum("nh->h", found["da"])
    found["dW"] = np.einsum("nd,nh->dh", noisy, found["da"])
    found["dW"] += np.einsum("nd,nh->dh", found["da_hat"], h)
    return found
