"""SoftmaxNLL: the output's activation and the loss, as one node."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.graph import Leaf, Node
from helpers.inputs import labelled_pre_activations

# In whatever library: a node's checks call its methods, so no single operation can be tried as the answer.
LOSSES = (
    "Softmax LogSoftmax SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits scipy.special.softmax "
    "scipy.special.log_softmax sklearn.utils.extmath.softmax"
).split()
loss = Exercise("SoftmaxNLL", kind="node", lecture="19:20", not_yours=LOSSES)


@loss.reference
class SoftmaxNLL(Node):
    """The mean over the batch of -log f(x)_y with f = softmax(a): softmax and loss in one node.

    L = mean_n -log f_n,y_n,   log f = a - max a - log sum exp(a - max a)     (lecture 6:52, 16:10)
    bprop: da = -grad (e(y) - f) / N                                          (lecture 19:20)

    Arguments:
        a: a node, pre-activations of shape (N, C).
        y: an integer array of shape (N,), the correct classes; no node, since it has no gradient.
    """

    def __init__(self, a, y):
        self.y = np.asarray(y)
        super().__init__(a)

    def forward(self, a):
        """The loss, a number; finite for pre-activations of any magnitude."""
        ### BEGIN SOLUTION
        shifted = a - a.max(axis=1, keepdims=True)
        log_f = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.f = np.exp(log_f)
        return -log_f[np.arange(len(a)), self.y].mean()
        ### END SOLUTION

    def bprop(self, grad):
        """The tuple (da,) of one array of shape (N, C), from the number grad = dL/d(value)."""
        ### BEGIN SOLUTION
        N, C = self.f.shape
        onehot = np.eye(C)[self.y]
        return (-grad * (onehot - self.f) / N,)
        ### END SOLUTION


def _marks(a, y):
    """What a wrong answer may give in the place of the loss or of da."""
    f = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    onehot = np.eye(a.shape[1])[y]
    f_y = f[np.arange(len(a)), y]
    return landmarks(
        f=f, onehot=onehot, f_y=f_y, losses=-np.log(f_y), examples=a.shape[0], classes=a.shape[1]
    )


@loss.check("the mean loss of a batch")
def mean_loss(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    return {"loss": SoftmaxNLL(Leaf(a), y).value, **_marks(a, y)}


@loss.check("the gradient of the loss", points=2)
def loss_gradient(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    (da,) = SoftmaxNLL(Leaf(a), y).bprop(1.0)
    return {"da": da, **_marks(a, y)}


@loss.check("the gradient that reaches the loss is passed on")
def upstream_gradient(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    grad = rng.uniform(2, 3)
    (da,) = SoftmaxNLL(Leaf(a), y).bprop(grad)
    pre, marks = tf.constant(a), {"grad": grad}
    with tf.GradientTape() as tape:
        tape.watch(pre)
        value = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, pre))
    marks["da for grad = 1"] = tape.gradient(value, pre)
    return {"da": da, **_marks(a, y), **landmarks(**marks)}


@loss.check("pre-activations of any magnitude")
def any_magnitude(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    # Each row lies far above the one before it.
    rows = 1000 * (a - a.max(axis=1, keepdims=True) + np.arange(len(a))[:, None])
    up, apart = SoftmaxNLL(Leaf(a + 1000), y), SoftmaxNLL(Leaf(rows), y)
    return {
        "loss at a + 1000": up.value,
        "da at a + 1000": up.bprop(1.0)[0],
        "loss at rows far apart": apart.value,
        "da at rows far apart": apart.bprop(1.0)[0],
        **_marks(a, y),
    }


@loss.check("a second call of bprop gives the same")
def second_call(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    node = SoftmaxNLL(Leaf(a), y)
    first = np.array(node.bprop(1.0)[0])
    return {"first call": first, "second call": node.bprop(1.0)[0]}


@loss.example()
def example(SoftmaxNLL, rng, N=5, H=4):
    def both(a, y):
        node = SoftmaxNLL(Leaf(a), y)
        (da,) = node.bprop(1.0)
        return {"loss": node.value, "da": da}

    a, y = labelled_pre_activations(rng, N, H)
    return {"a": a, "y": y}, both


loss.misconception(
    "the sign is turned round",
    ("-grad * (onehot - self.f)", "grad * (onehot - self.f)"),
    advice="e(y) - f is the way down. The gradient points up the loss: -(e(y) - f), negative at the correct class.",
)
loss.misconception(
    "the softmax Jacobian is taken as diagonal",
    ("-grad * (onehot - self.f) / N", "-grad * onehot * (1 - self.f) / N"),
    advice="Each f_c depends on every a: raising one class lowers the others. So the other classes have a gradient "
    "too, f_c; only the correct one has f_y - 1.",
)
loss.misconception(
    "the 1/N of the mean is missing in bprop",
    ("(onehot - self.f) / N", "(onehot - self.f)"),
    lecture="39:31",
    advice="The value is a mean over N examples, so each example's gradient carries a factor 1/N.",
)
loss.misconception(
    "1/N twice",
    ("(onehot - self.f) / N", "(onehot - self.f) / N**2"),
    lecture="39:31",
    advice="The mean divides by N once, so its derivative does as well. Look for a second division or mean.",
)
loss.misconception(
    "the sum over the batch, not its mean",
    ("self.y].mean()", "self.y].sum()"),
    ("(onehot - self.f) / N", "(onehot - self.f)"),
    lecture="39:31",
    advice="A sum makes the step grow with the batch. Take the mean of the N losses, and divide the gradient by N.",
)
loss.misconception(
    "the gradient that reaches the loss is ignored",
    ("-grad * ", "-1.0 * "),
    lecture="27:30",
    advice="A loss can be a node in the middle, as in loss + λ·penalty. Multiply by `grad` here as everywhere.",
)
loss.misconception(
    "the logarithm of a probability that has become 0",
    ("log_f = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))", "e = np.exp(shifted)"),
    ("self.f = np.exp(log_f)", "self.f = e / e.sum(axis=1, keepdims=True)"),
    ("-log_f[np.arange(len(a)), self.y].mean()", "-np.log(self.f[np.arange(len(a)), self.y]).mean()"),
    lecture="16:10",
    advice="A probability below 10⁻³⁰⁸ becomes 0, and its logarithm -inf. Take the logarithm on paper first: "
    "log f_c = a_c - max a - log sum exp(a - max a).",
)
loss.misconception(
    "no maximum is subtracted",
    ("a - a.max(axis=1, keepdims=True)", "a"),
    lecture="6:52",
    advice="exp(1000) overflows to infinity. Subtract each row's maximum first: it cancels.",
)
loss.misconception(
    "one maximum for the whole batch",
    ("a.max(axis=1, keepdims=True)", "a.max()"),
    lecture="6:52",
    advice="A row far below the batch's maximum loses all its exponentials: log 0. Take the maximum of each row: axis=1, keepdims=True.",
)
loss.misconception(
    "softmax over the batch",
    ("a.max(axis=1", "a.max(axis=0"),
    ("np.exp(shifted).sum(axis=1", "np.exp(shifted).sum(axis=0"),
    lecture="6:52",
    advice="Each example has a distribution over the classes. Axis 0 counts examples, axis 1 classes.",
)
loss.misconception(
    "a small number is added inside the logarithm",
    ("-log_f[np.arange(len(a)), self.y]", "-np.log(self.f[np.arange(len(a)), self.y] + 1e-7)"),
    lecture="16:10",
    advice="It hides log 0, and the loss of a bad mistake stops growing at -log ε. log f needs no f: "
    "log f_c = a_c - max a - log sum exp(a - max a).",
)
loss.misconception(
    "the stored probabilities are changed in place",
    ("onehot = np.eye(C)[self.y]", "self.f[np.arange(N), self.y] -= 1"),
    ("-grad * (onehot - self.f) / N", "grad * self.f / N"),
    advice="self.f -= … overwrites what forward has stored, so a second backward pass starts from other numbers. Work on a copy.",
)
loss.misconception(
    "the mean over all N·C numbers",
    ("-log_f[np.arange(len(a)), self.y].mean()", "-(np.eye(a.shape[1])[self.y] * log_f).mean()"),
    ("(onehot - self.f) / N", "(onehot - self.f) / (N * C)"),
    lecture="16:10",
    advice="Each example has one loss, -log f_y. Sum over the classes first, then take the mean over the N examples.",
)
loss.misconception(
    "every row is read at the classes of all examples",
    source=loss.edited(("-log_f[np.arange(len(a)), self.y].mean()", "-log_f[:, self.y].mean()")),
    lecture="19:20",
    advice="`log_f[:, y]` takes all N classes in every row, N × N numbers. One for each row: log_f[np.arange(N), y].",
)


@loss.alternative
class ByIndexing(Node):
    def __init__(self, a, y):
        self.y = np.asarray(y)
        super().__init__(a)

    def forward(self, a):
        top = a.max(1)
        self.log_sum = top + np.log(np.exp(a - top[:, None]).sum(1))
        return np.mean(self.log_sum - np.take_along_axis(a, self.y[:, None], 1)[:, 0])

    def bprop(self, grad):
        da = np.exp(self.args[0].value - self.log_sum[:, None])
        da[np.arange(len(da)), self.y] -= 1
        return [da * (grad / len(da))]


@loss.alternative
class ByTensorFlow(Node):
    def __init__(self, a, y):
        self.onehot = tf.one_hot(y, a.value.shape[1], dtype=tf.float64)
        super().__init__(a)

    def forward(self, a):
        shifted = a - tf.reduce_max(a, axis=1, keepdims=True)
        self.log_f = shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1, keepdims=True))
        return -tf.reduce_mean(tf.reduce_sum(self.onehot * self.log_f, axis=1))

    def bprop(self, grad):
        mean = grad / len(self.onehot)
        return ((tf.exp(self.log_f) - self.onehot) * mean,)
