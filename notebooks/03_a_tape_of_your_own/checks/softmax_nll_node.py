"""What `check(SoftmaxNLL)` looks at (lecture 19:20).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.graph import Leaf
from helpers.inputs import labelled_pre_activations

# In whatever library: a node's checks call its methods, so no single operation can be tried as the answer.
LOSSES = (
    "Softmax LogSoftmax SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits scipy.special.softmax "
    "scipy.special.log_softmax sklearn.utils.extmath.softmax"
).split()

loss = Checks("SoftmaxNLL", kind="node", lecture="19:20", not_yours=LOSSES)


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
