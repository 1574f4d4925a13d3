"""softmax_nll: the loss of a batch, with a gradient of one's own."""

import keras
import numpy as np  # noqa: F401  for a source below
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, labelled_pre_activations

loss = Exercise("softmax_nll", kind="function", lecture="16:10", not_yours=BY_ITSELF)


@loss.reference
@tf.custom_gradient
def softmax_nll(a, y):
    """The mean over the batch of -log f(x)_y with f = softmax(a), and its gradient.

    L = mean_n -log f_n,y_n,   log f = a - max a - log sum exp(a - max a)     (lecture 16:10)
    ∇ₐ L = -(e(y) - f) / N                                                    (lecture 19:20)

    Under `@tf.custom_gradient` a function returns a pair: its value, and a function `grad(upstream)`. The latter
    takes the gradient that reaches the value, a number, and returns one gradient for each argument: for `a` the
    formula above times `upstream`, for the classes `y` None.

    Args:
        a: pre-activations of the output, float tensor of shape (N, C). In `fit` N is unknown while the graph is
            built: `a.shape[0]` is None there, and `tf.shape(a)[0]` gives it.
        y: classes, integer tensor of shape (N,), int32 or int64.
    Returns:
        The loss, a number in the dtype of `a`; finite for pre-activations of any magnitude. Use TensorFlow's
        operations only, so that `fit` can compile it, and none that gives the loss itself in one call.
    """
    ### BEGIN SOLUTION
    onehot = tf.one_hot(y, a.shape[-1], dtype=a.dtype)
    shifted = a - tf.reduce_max(a, axis=-1, keepdims=True)
    log_f = shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=-1, keepdims=True))
    loss = -tf.reduce_mean(tf.reduce_sum(onehot * log_f, axis=-1))

    def grad(upstream):
        N = tf.cast(tf.shape(a)[0], a.dtype)
        return -upstream * (onehot - tf.exp(log_f)) / N, None

    return loss, grad
    ### END SOLUTION


def _batch(rng, dtype="float32"):
    a, y = labelled_pre_activations(rng)
    return tf.constant(a, dtype), tf.constant(y)


def _gradient(of, a):
    with tf.GradientTape() as tape:
        tape.watch(a)
        value = of(a)
    return tape.gradient(value, a)


def _marks(a, y):
    """What a wrong answer may give in the place of the loss or of da."""
    f, onehot = tf.nn.softmax(a), tf.one_hot(y, 6)
    f_y = tf.gather(f, y, batch_dims=1)
    return landmarks(f=f, onehot=onehot, f_y=f_y, losses=-tf.math.log(f_y), examples=4, classes=6)


@loss.check("the mean loss of a batch")
def mean_loss(softmax_nll, rng):
    a, y = _batch(rng)
    return {"loss": softmax_nll(a, y), **_marks(a, y)}


@loss.check("its gradient", points=2)
def loss_gradient(softmax_nll, rng):
    a, y = _batch(rng)
    return {"da": _gradient(lambda a: softmax_nll(a, y), a), **_marks(a, y)}


@loss.check("the gradient that reaches the loss is passed on")
def upstream_gradient(softmax_nll, rng):
    a, y = _batch(rng)
    marks = _marks(a, y)
    da = _gradient(lambda a: tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a)), a)
    marks |= landmarks(**{"da of L": da})
    return {"da of 3 L": _gradient(lambda a: 3 * softmax_nll(a, y), a), **marks}


# At 200 a float32 is rounded to 1e-5, and so is whatever is computed from log sum exp(a).
@loss.check("pre-activations of any magnitude", **{"da at a + 200": 1e-4, "da at rows far apart": 1e-3})
def any_magnitude(softmax_nll, rng):
    a, y = _batch(rng)
    found = {}
    # Each row lies far above the one before it.
    apart = (
        300 * (a - tf.reduce_max(a, axis=-1, keepdims=True)) + 200 * tf.range(len(a), dtype=a.dtype)[:, None]
    )
    for name, big in {"a + 200": a + 200, "rows far apart": apart}.items():
        found[f"loss at {name}"] = softmax_nll(big, y)
        found[f"da at {name}"] = _gradient(lambda a: softmax_nll(a, y), big)
    return found | _marks(a, y)


@loss.example(without={"untouched": "tensors cannot be changed"})
def example(softmax_nll, rng, N=4, dtype="float32"):
    a, y = labelled_pre_activations(rng, N)

    def both(a, y):
        return {"loss": softmax_nll(a, y), "da": _gradient(lambda a: softmax_nll(a, y), a)}

    return {"a": tf.constant(a, dtype), "y": tf.constant(y)}, both


loss.misconception(
    "the sign is turned round",
    ("-upstream * (onehot", "upstream * (onehot"),
    lecture="19:20",
    advice="e(y) - f is the way down. The gradient points up the loss: -(e(y) - f), negative at the correct class.",
)
loss.misconception(
    "the 1/N of the mean is missing in the gradient",
    ("(onehot - tf.exp(log_f)) / N", "(onehot - tf.exp(log_f))"),
    lecture="39:31",
    advice="The value is a mean over N examples, so each example's gradient carries a factor 1/N.",
)
loss.misconception(
    "1/N twice",
    ("(onehot - tf.exp(log_f)) / N", "(onehot - tf.exp(log_f)) / N**2"),
    lecture="39:31",
    advice="The mean divides by N once, so its derivative does as well. Look for a second division or mean.",
)
loss.misconception(
    "the sum over the batch, not its mean",
    ("-tf.reduce_mean(tf", "-tf.reduce_sum(tf"),
    ("(onehot - tf.exp(log_f)) / N", "(onehot - tf.exp(log_f))"),
    lecture="39:31",
    advice="A sum makes the step grow with the batch. Take the mean of the N losses, and divide the gradient by N.",
)
loss.misconception(
    "the gradient that reaches the loss is ignored",
    ("-upstream * ", "-"),
    lecture="27:30",
    advice="Whoever uses the loss may scale it or add to it. Multiply by `upstream`, dL/d(this value).",
)
loss.misconception(
    "the softmax Jacobian is taken as diagonal",
    ("-upstream * (onehot - tf.exp(log_f))", "-upstream * onehot * (1 - tf.exp(log_f))"),
    lecture="19:20",
    advice="Every class has a gradient: f_c for the wrong ones, f_y - 1 for the correct one.",
)
loss.misconception(
    "the gradient by f, not by a",
    ("-upstream * (onehot - tf.exp(log_f))", "-upstream * onehot / tf.exp(log_f)"),
    lecture="19:20",
    advice="-e(y)/f is the first step only. The argument is a, so the softmax has to be differentiated too.",
)
loss.misconception(
    "the logarithm of a probability that has become 0",
    (
        "log_f = shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=-1, keepdims=True))",
        "e = tf.exp(shifted); log_f = tf.math.log(e / tf.reduce_sum(e, axis=-1, keepdims=True))",
    ),
    ("tf.reduce_sum(onehot * log_f, axis=-1)", "tf.gather(log_f, y, batch_dims=1)"),
    advice="In float32 a probability below 10⁻⁴⁵ becomes 0, and its logarithm -inf. Take the logarithm on paper first: "
    "log f_c = a_c - max a - log sum exp(a - max a).",
)
loss.misconception(
    "no maximum is subtracted",
    ("shifted = a - tf.reduce_max(a, axis=-1, keepdims=True)", "shifted = a"),
    lecture="6:52",
    advice="In float32 exp(89) overflows to infinity already. Subtract each row's maximum first: it cancels.",
)
loss.misconception(
    "one maximum for the whole batch",
    ("tf.reduce_max(a, axis=-1, keepdims=True)", "tf.reduce_max(a)"),
    lecture="6:52",
    advice="A row far below the batch's maximum loses all its exponentials: log 0. Take the maximum of each row: axis=-1, keepdims=True.",
)
loss.misconception(
    "one maximum for the whole batch, and a division by the sum",
    source=loss.edited(
        ("tf.reduce_max(a, axis=-1, keepdims=True)", "tf.reduce_max(a)"),
        ("tf.reduce_sum(onehot * log_f, axis=-1)", "tf.gather(log_f, y, batch_dims=1)"),
        (
            "(onehot - tf.exp(log_f))",
            "(onehot - tf.exp(shifted) / tf.reduce_sum(tf.exp(shifted), axis=-1, keepdims=True))",
        ),
    ),
    lecture="6:52",
    advice="In a row far below the batch's maximum the sum is 0: log 0, and 0/0. Take the maximum of each row: axis=-1, keepdims=True.",
)
loss.misconception(
    "softmax over the batch",
    ("tf.reduce_max(a, axis=-1", "tf.reduce_max(a, axis=0"),
    ("tf.reduce_sum(tf.exp(shifted), axis=-1", "tf.reduce_sum(tf.exp(shifted), axis=0"),
    lecture="6:52",
    advice="Each example has a distribution over the classes. Axis 0 counts examples; the classes are the last axis.",
)
loss.misconception(
    "a small number is added inside the logarithm",
    (
        "tf.reduce_sum(onehot * log_f, axis=-1)",
        "tf.reduce_sum(onehot * tf.math.log(tf.exp(log_f) + 1e-7), axis=-1)",
    ),
    advice="It hides log 0, and the loss of a bad mistake stops growing at -log ε. log f needs no f: "
    "log f_c = a_c - max a - log sum exp(a - max a).",
)
loss.misconception(
    "an example's loss is cut off at 100",
    source=loss.edited(
        ("tf.reduce_sum(onehot * log_f, axis=-1)", "tf.maximum(tf.reduce_sum(onehot * log_f, axis=-1), -100)")
    ),
    lecture="16:10",
    advice="Finite is not bounded: -log f_y grows for as long as a network is surer of a wrong class. Leave it as it is; "
    "what goes back is never larger than 1/N.",
)
loss.misconception(
    "the mean over all N·C numbers",
    ("-tf.reduce_mean(tf.reduce_sum(onehot * log_f, axis=-1))", "-tf.reduce_mean(onehot * log_f)"),
    ("(onehot - tf.exp(log_f)) / N", "(onehot - tf.exp(log_f)) / (N * a.shape[-1])"),
    advice="Each example has one loss, -log f_y. Sum over the classes first, then take the mean over the N examples.",
)
loss.misconception(
    "float32 is taken for granted",
    ("a.shape[-1], dtype=a.dtype)", "a.shape[-1])"),
    advice="tf.one_hot gives float32 unless told otherwise. Pass dtype=a.dtype, so that float64 works as well.",
)
loss.misconception(
    "NumPy inside",
    ("tf.reduce_sum(tf.exp(shifted), axis=-1, keepdims=True)", "np.exp(shifted).sum(axis=-1, keepdims=True)"),
    advice="`fit` compiles the loss: while it traces, tensors have no values yet, and NumPy has nothing to compute with. "
    "TensorFlow has the same operations.",
)


@loss.alternative
@tf.custom_gradient
def by_gather(a, y):
    top = tf.stop_gradient(tf.reduce_max(a, axis=1))
    log_sum = top + tf.math.log(tf.reduce_sum(tf.exp(a - top[:, None]), axis=1))
    losses = log_sum - tf.gather(a, y, axis=1, batch_dims=1)

    def grad(upstream):
        f = tf.exp(a - log_sum[:, None])
        rows = tf.stack([tf.range(tf.shape(a)[0]), tf.cast(y, tf.int32)], axis=1)
        da = tf.tensor_scatter_nd_add(f, rows, -tf.ones_like(top))
        return da * (upstream / tf.cast(tf.size(y), a.dtype)), None

    return tf.reduce_mean(losses), grad


@loss.alternative
@tf.custom_gradient
def by_keras(a, y):
    classes = keras.ops.shape(a)[1]
    correct = keras.ops.cast(
        keras.ops.arange(classes)[None, :] == keras.ops.cast(y, "int32")[:, None], a.dtype
    )
    e = keras.ops.exp(a - keras.ops.max(a, axis=1, keepdims=True))
    total = keras.ops.sum(e, axis=1, keepdims=True)
    margin = keras.ops.sum(correct * (a - keras.ops.max(a, axis=1, keepdims=True)), axis=1)
    value = keras.ops.mean(keras.ops.log(total[:, 0]) - margin)

    def grad(upstream):
        mean = keras.ops.cast(keras.ops.shape(a)[0], a.dtype)
        return upstream * (e / total - correct) / mean, None

    return value, grad
