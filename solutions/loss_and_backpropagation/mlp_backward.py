"""mlp_backward: a whole network's gradients, with no tape."""

import itertools

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, labelled_examples
from solutions.loss_and_backpropagation.activation_backward import activation_backward
from solutions.loss_and_backpropagation.layer_backward import layer_backward
from solutions.loss_and_backpropagation.softmax_nll import softmax_nll

network = Exercise(
    "mlp_backward",
    kind="gradient",
    lecture="21:30",
    not_yours=BY_ITSELF,
)


@network.reference
def mlp_backward(params, x, y, g="tanh"):
    """One forward and one backward pass through a network of any depth, with no tape.

    Forward, for every layer: a = hW + b, h = g(a); at the output f = softmax(a) and the loss of `softmax_nll`.
    Backward (lecture 21:30): begin with da = -(e(y) - f)/N at the output; then for each layer, the last first,
    dW, db and dh by `layer_backward`, and da of the layer below by `activation_backward`.

    Args:
        params: a list of pairs (W, b), one for each layer, the output's the last; any number of hidden layers.
        x: inputs, float tensor of shape (N, D).
        y: classes, integer tensor of shape (N,).
        g: the hidden layers' activation function: "sigmoid", "tanh" or "relu".
    Returns:
        loss, grads: the mean loss, and a list of pairs (dW, db) in the order of `params`; finite for pre-activations of
        any magnitude.
    """
    activation = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": lambda a: tf.maximum(a, 0)}[g]
    ### BEGIN SOLUTION
    # a of each layer, and what came into it
    pre, act = [], [x]
    for W, b in params:
        pre.append(act[-1] @ W + b)
        act.append(activation(pre[-1]))
    f = tf.nn.softmax(pre[-1])
    loss = softmax_nll(pre[-1], y)

    da = -(tf.one_hot(y, f.shape[-1], dtype=f.dtype) - f) / len(x)
    grads = []
    for k in reversed(range(len(params))):
        dW, db, dh = layer_backward(da, act[k], params[k][0])
        grads.append((dW, db))
        if k > 0:
            da = activation_backward(dh, pre[k - 1], g)
    return loss, grads[::-1]
    ### END SOLUTION


def _network(rng, sizes, N=5, dtype="float32"):
    """params, x and y; the weights keep the units from saturating, and the output has pre-activations of both signs."""
    params = [
        (
            tf.constant(rng.normal(size=(m, n)) / m**0.5, dtype),
            tf.constant(rng.normal(size=n) / 2, dtype),
        )
        for m, n in itertools.pairwise(sizes)
    ]
    signs = np.resize([1, -1], sizes[-1])
    params[-1] = params[-1][0], tf.constant(signs * rng.uniform(1.5, 2.5, size=sizes[-1]), dtype)
    return params, *labelled_examples(rng, N, sizes[0], sizes[-1], dtype)


def _marks(params, x, y, g="tanh"):
    """What a wrong answer may take in the place of something else: each layer's h, and the gradient at its a."""
    known = {"x": x, "examples": len(x)}
    a, below = x, []
    with tf.GradientTape() as tape:
        tape.watch(x)
        for k, (W, b) in enumerate(params):
            if k:
                a = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}[g](a)
                known[f"h{k}"] = a
            a = tf.nn.bias_add(a @ W, b)
            below.append(a)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a))
    for k, da in enumerate(tape.gradient(loss, below), 1):
        known[f"da{k}"] = da
    return landmarks(**known)


def _found(grads):
    named = {}
    for k, (dW, db) in enumerate(grads, 1):
        named |= {f"dW{k}": dW, f"db{k}": db}
    return named


def _tried(mlp_backward, params, x, y, **g):
    """The gradients that an answer gives, and what is there to be recognized in them."""
    _, grads = mlp_backward(params, x, y, **g)
    return _found(grads) | _marks(params, x, y, **g)


@network.check("the loss")
def loss_value(mlp_backward, rng):
    inputs = _network(rng, [4, 5, 3])
    losses = {f"loss, {g}": mlp_backward(*inputs, g=g)[0] for g in ("tanh", "sigmoid", "relu")}
    return {**losses, **landmarks(examples=5, classes=3)}


@network.check("no hidden layer")
def no_hidden_layer(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 3]))


@network.check("one hidden layer", points=2)
def one_hidden_layer(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 6, 3]))


@network.check("three hidden layers of different widths", points=2)
def three_hidden_layers(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 6, 5, 7, 3]))


@network.check("sigmoid units")
def sigmoid_units(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 5, 6, 3]), g="sigmoid")


@network.check("ReLU units")
def relu_units(mlp_backward, rng):
    params, x, y = _network(rng, [4, 5, 6, 4], N=8)
    h = x
    for k, (W, _) in enumerate(params[:-1]):
        # Each unit is lit by some examples and dark for others: where all are dark, nothing flows back.
        b = -tf.reduce_mean(h @ W, axis=0)
        params[k] = W, b
        h = tf.nn.relu(h @ W + b)
    return _tried(mlp_backward, params, x, y, g="relu")


@network.check("all sizes equal, where a wrong product has the right shape")
def equal_sizes(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 4, 4, 4], N=4, dtype="float64"))


@network.check("pre-activations of any magnitude")
def any_magnitude(mlp_backward, rng):
    [(W, b)], x, y = _network(rng, [4, 3], N=7)
    W *= 300
    # f is 0 or 1 here: db would be 0 where each class is right as often as it is taken.
    taken = np.bincount(np.argmax(x @ W + b, axis=1), minlength=3)
    y = tf.concat([tf.fill([4], tf.cast(np.argmin(taken), y.dtype)), y[4:]], axis=0)
    loss, _ = mlp_backward([(W, b)], x, y)
    return {"loss": loss} | _tried(mlp_backward, [(W, b)], x, y)


@network.check("ReLU units whose pre-activation is exactly 0")
def relu_at_0(mlp_backward, rng):
    params, x, y = _network(rng, [4, 5, 3], N=6)
    (W, b), output = params
    dark = tf.constant([[1.0], [0.0], [1.0], [0.0], [1.0], [1.0]])
    inputs = [(W, tf.zeros_like(b)), output], dark * x, y
    return _tried(mlp_backward, *inputs, g="relu")


@network.example(
    without={"untouched": "tensors cannot be changed", "square": "a check of its own has all sizes equal"}
)
def example(mlp_backward, rng, N=5, H=5, dtype="float32"):
    params, x, y = _network(rng, [4, H, 3], N, dtype)

    def passes(x, y):
        loss, grads = mlp_backward(params, x, y)
        return {"loss": loss, **_found(grads)}

    return {"x": x, "y": y}, passes


network.misconception(
    "the sign at the output",
    (
        "da = -(tf.one_hot(y, f.shape[-1], dtype=f.dtype) - f)",
        "da = (tf.one_hot(y, f.shape[-1], dtype=f.dtype) - f)",
    ),
    lecture="19:20",
    advice="e(y) - f is the way down; every gradient below comes out with the wrong sign. Begin with -(e(y) - f)/N.",
)
network.misconception(
    "the 1/N of the mean is missing",
    (" - f) / len(x)", " - f)"),
    lecture="39:31",
    advice="The loss is a mean over the batch: divide by N once, where the backward pass begins.",
)
network.misconception(
    "1/N twice",
    (" - f) / len(x)", " - f) / len(x) ** 2"),
    lecture="39:31",
    advice="Divide by N once, at the output. Further down everything is a sum over the examples.",
)
network.misconception(
    "g′ is taken at h",
    ("activation_backward(dh, pre[k - 1], g)", "activation_backward(dh, act[k], g)"),
    lecture="24:30",
    advice="`activation_backward` wants the pre-activation a; it got h = g(a). Keep both lists in the forward pass.",
)
network.misconception(
    "g′ is left out",
    ("activation_backward(dh, pre[k - 1], g)", "dh"),
    lecture="21:30",
    advice="Between h and a of a hidden layer stands g: da = dh ⊙ g′(a).",
)
network.misconception(
    "the derivative of tanh is 1 - tanh",
    (
        "activation_backward(dh, pre[k - 1], g)",
        'dh * (1 - act[k]) if g == "tanh" else activation_backward(dh, pre[k - 1], g)',
    ),
    lecture="24:30",
    advice="The square is missing: tanh′ = 1 - tanh² = 1 - h².",
)
network.misconception(
    "g′ at the output as well",
    (" - f) / len(x)\n", " - f) / len(x)\n    da = activation_backward(da, pre[-1], g)\n"),
    lecture="19:20",
    advice="The output's activation is softmax, and -(e(y) - f) has its derivative in it. g belongs to the hidden layers.",
)
network.misconception(
    "g is applied to the output's pre-activation",
    ("tf.nn.softmax(pre[-1])", "tf.nn.softmax(act[-1])"),
    ("softmax_nll(pre[-1], y)", "softmax_nll(act[-1], y)"),
    lecture="3:17",
    advice="The output layer has an activation of its own: softmax of its pre-activation a, with no g between.",
)
network.misconception(
    "softmax over the batch",
    ("tf.nn.softmax(pre[-1])", "tf.nn.softmax(pre[-1], axis=0)"),
    lecture="6:52",
    advice="Each example has a distribution over the classes: softmax along the last axis, the default.",
)
network.misconception(
    "no maximum is subtracted",
    ("tf.nn.softmax(pre[-1])", "tf.exp(pre[-1]) / tf.reduce_sum(tf.exp(pre[-1]), axis=1, keepdims=True)"),
    lecture="6:52",
    advice="In float32 exp(89) overflows to infinity, and inf/inf is no number. Subtract each row's maximum first: it cancels.",
)
network.misconception(
    "g is applied to the input x",
    ("pre, act = [], [x]", "pre, act = [], [activation(x)]"),
    lecture="3:17",
    advice="h⁽⁰⁾ is x as it is. The first g comes after the first layer.",
)
network.misconception(
    "g is applied to the input x on the way back",
    ("layer_backward(da, act[k], params", "layer_backward(da, act[k] if k else activation(x), params"),
    lecture="21:30",
    advice="What came into the first layer is x itself, so dW⁽¹⁾ = xᵀ da.",
)
network.misconception(
    "no g on the last hidden layer",
    (
        "act.append(activation(pre[-1]))",
        "act.append(activation(pre[-1]) if len(pre) < len(params) - 1 else pre[-1])",
    ),
    lecture="3:17",
    advice="All hidden layers have g, the last one as well; only the output has softmax in its place.",
)
network.misconception(
    "the mask is 1 at zero",
    (
        "activation_backward(dh, pre[k - 1], g)",
        'dh * tf.cast(pre[k - 1] >= 0, dh.dtype) if g == "relu" else activation_backward(dh, pre[k - 1], g)',
    ),
    lecture="24:30",
    advice="The lecture's slope of ReLU is 1[a > 0]: a unit whose a is exactly 0 passes nothing. `activation_backward` does just that.",
)
network.misconception(
    "a ReLU lets one percent of the gradient through below 0",
    source=network.edited(
        (
            "activation_backward(dh, pre[k - 1], g)",
            'tf.where(pre[k - 1] > 0, dh, dh / 100) if g == "relu" else activation_backward(dh, pre[k - 1], g)',
        )
    ),
    lecture="24:30",
    advice="That is the slope of another function, a leaky ReLU. The forward pass has max(a, 0), and its slope below 0 is 0: "
    "a gradient has to fit the function.",
)
network.misconception(
    "1/N at each layer again",
    ("activation_backward(dh, pre[k - 1], g)", "activation_backward(dh, pre[k - 1], g) / len(x)"),
    lecture="39:31",
    advice="The mean over the batch is divided by N once, at the output. Further down everything is a sum over the examples.",
)
network.misconception(
    "dW and db stand in one flat list",
    ("grads.append((dW, db))", "grads += [db, dW]"),
    advice="One pair for each layer: append((dW, db)) adds the pair, += adds its two parts.",
)
network.misconception(
    "stale activations: what came out of a layer instead of what came in",
    ("layer_backward(da, act[k], params", "layer_backward(da, act[k + 1], params"),
    lecture="21:30",
    advice="dW of layer k needs h of layer k - 1, what came into it; for the first layer that is x. Count the list again.",
)
network.misconception(
    "one activation for all layers",
    ("layer_backward(da, act[k], params", "layer_backward(da, act[-2], params"),
    lecture="21:30",
    advice="Every layer was fed by its own h. A variable that the forward pass overwrites holds the last one only: keep a list.",
)
network.misconception(
    "W is not transposed on the way down",
    ("        grads.append((dW, db))\n", "        dh = da @ params[k][0]\n        grads.append((dW, db))\n"),
    lecture="21:30",
    advice="dh = da Wᵀ: going back, W works the other way round. The shapes agree by accident only where they are square.",
)
network.misconception(
    "the biases' gradient is averaged over the batch",
    ("        grads.append((dW, db))\n", "        grads.append((dW, tf.reduce_mean(da, axis=0)))\n"),
    lecture="21:30",
    advice="db is the sum of da over the examples; its mean divides by N once more.",
)
network.misconception(
    "the gradients in the order in which they were computed",
    ("grads[::-1]", "grads"),
    advice="The backward pass begins at the output, `params` at the input. Turn the list round at the end.",
)
network.misconception(
    "the softmax Jacobian is taken as diagonal",
    (
        "-(tf.one_hot(y, f.shape[-1], dtype=f.dtype) - f)",
        "-tf.one_hot(y, f.shape[-1], dtype=f.dtype) * (1 - f)",
    ),
    lecture="19:20",
    advice="Every output unit has a gradient: f_c for the wrong classes, f_y - 1 for the correct one.",
)


network.misconception(
    "the logarithm of a probability that is rounded to 0",
    source=network.edited(
        (
            "loss = softmax_nll(pre[-1], y)",
            "loss = -tf.reduce_mean(tf.math.log(tf.gather(f, y, batch_dims=1)))",
        )
    ),
    advice="Where a network is sure and wrong f_y is 0, and -log 0 infinite. `softmax_nll` takes the pre-activations themselves.",
)


@network.alternative
def by_recursion(params, x, y, g="tanh"):
    def through(h, layers):
        (W, b), *rest = layers
        a = tf.matmul(h, W) + b
        if rest:
            value, below, grads = through(
                {"tanh": tf.tanh(a), "sigmoid": tf.sigmoid(a), "relu": tf.maximum(a, 0)}[g], rest
            )
            da = activation_backward(below, a, g)
        else:
            shifted = a - tf.reduce_max(a, axis=1, keepdims=True)
            log_f = shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1, keepdims=True))
            f, log_f_y = tf.exp(log_f), tf.gather(log_f, y, batch_dims=1)
            value, grads = -tf.reduce_mean(log_f_y), []
            da = (f - tf.one_hot(y, a.shape[1], dtype=a.dtype)) / a.shape[0]
        dW, db, dh = layer_backward(da, h, W)
        return value, dh, [(dW, db), *grads]

    value, _, grads = through(x, list(params))
    return value, grads


@network.alternative
def by_numpy(params, x, y, g="tanh"):
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    g, dg = {
        "tanh": (np.tanh, lambda h: 1 - h * h),
        "sigmoid": (sigmoid, lambda h: h * (1 - h)),
        "relu": (lambda a: np.maximum(a, 0), lambda h: (h > 0).astype(h.dtype)),
    }[g]
    hs = [np.asarray(x)]
    Ws = [np.asarray(W) for W, _ in params]
    for W, (_, b) in list(zip(Ws, params, strict=True))[:-1]:
        hs.append(g(hs[-1] @ W + np.asarray(b)))
    a = hs[-1] @ Ws[-1] + np.asarray(params[-1][1])
    log_f = a - a.max(1, keepdims=True)
    log_f -= np.log(np.exp(log_f).sum(1, keepdims=True))
    f, rows = np.exp(log_f), np.arange(len(a))
    value = -log_f[rows, np.asarray(y)].mean()
    f[rows, np.asarray(y)] -= 1
    da, grads = f / len(a), []
    while hs:
        h, W = hs.pop(), Ws.pop()
        grads.insert(0, (h.T @ da, da.sum(0)))
        if hs:
            da = (da @ W.T) * dg(h)
    return value.astype(a.dtype), grads
