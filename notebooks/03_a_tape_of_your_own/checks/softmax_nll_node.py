"""What `check(SoftmaxNLL)` looks at (lecture 19:20).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.graph import Leaf, Node
from helpers.inputs import labelled_pre_activations

# In whatever library: a node's checks call its methods, so no single operation can be tried as the answer.
LOSSES = (
    "Softmax LogSoftmax SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits scipy.special.softmax "
    "scipy.special.log_softmax sklearn.utils.extmath.softmax"
).split()

loss = Checks("SoftmaxNLL", kind="node", lecture="19:20", given={"Node": Node}, not_yours=LOSSES)


@loss.check("the mean loss of a batch")
def mean_loss(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    return {"loss": SoftmaxNLL(Leaf(a), y).value}


@loss.check("the gradient of the loss", points=2)
def loss_gradient(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    (da,) = SoftmaxNLL(Leaf(a), y).bprop(1.0)
    return {"da": da}


@loss.check("the gradient that reaches the loss is passed on")
def upstream_gradient(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    (da,) = SoftmaxNLL(Leaf(a), y).bprop(rng.uniform(2, 3))
    return {"da": da}


@loss.check("pre-activations of any magnitude")
def any_magnitude(SoftmaxNLL, rng):
    a, y = labelled_pre_activations(rng)
    up, apart = SoftmaxNLL(Leaf(a + 1000), y), SoftmaxNLL(Leaf(a * 1000), y)
    return {
        "loss at a + 1000": up.value,
        "da at a + 1000": up.bprop(1.0)[0],
        "loss at 1000 a": apart.value,
        "da at 1000 a": apart.bprop(1.0)[0],
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
