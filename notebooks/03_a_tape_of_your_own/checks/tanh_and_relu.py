"""What `check(Tanh, ReLU)` looks at (lecture 24:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.graph import Leaf

activations = Checks("tanh_and_relu", kind="node", lecture="24:30", objects=["Tanh", "ReLU"])


@activations.check("the value of Tanh")
def tanh_value(Tanh, ReLU, rng):
    a = rng.normal(size=(4, 3))
    return {"h": Tanh(Leaf(a)).value, **landmarks(a=a)}


@activations.check("Tanh hands on its gradient", points=2)
def tanh_gradient(Tanh, ReLU, rng):
    a, grad = rng.normal(size=(4, 3)) * 1.5, rng.normal(size=(4, 3))
    (da,) = Tanh(Leaf(a)).bprop(grad)
    return {"da": da, **landmarks(a=a, h=np.tanh(a), grad=grad)}


@activations.check("a saturated Tanh passes almost nothing")
def tanh_saturated(Tanh, ReLU, rng):
    a = np.array([[-900.0, -3.0, 3.0, 900.0]]) * rng.uniform(0.9, 1.1)
    (da,) = Tanh(Leaf(a)).bprop(rng.normal(size=(1, 4)))
    return {"da": da}


@activations.check("the value of ReLU")
def relu_value(Tanh, ReLU, rng):
    a = rng.normal(size=(4, 3))
    return {"h": ReLU(Leaf(a)).value, **landmarks(a=a)}


@activations.check("ReLU hands on its gradient", points=2)
def relu_gradient(Tanh, ReLU, rng):
    a, grad = rng.normal(size=(4, 5)), rng.normal(size=(4, 5))
    (da,) = ReLU(Leaf(a)).bprop(grad)
    return {"da": da, **landmarks(a=a, h=np.maximum(a, 0), grad=grad)}


@activations.check("a ReLU at exactly 0 passes nothing")
def relu_at_0(Tanh, ReLU, rng):
    grad = rng.uniform(0.5, 2, size=4) * [1, -1, -1, 1]
    (da,) = ReLU(Leaf(np.array([0.0, -1.0, 1.0, 0.0]))).bprop(grad)
    return {"da": da}


@activations.check("two nodes beside each other")
def two_nodes(Tanh, ReLU, rng):
    a, b, grad = (rng.normal(size=(4, 3)) for _ in range(3))
    found = {}
    for name, operation in {"Tanh": Tanh, "ReLU": ReLU}.items():
        first, second = operation(Leaf(a)), operation(Leaf(b))
        (found[f"da of the first {name}"],) = first.bprop(grad)
        (found[f"da of the second {name}"],) = second.bprop(grad)
    return {**found, **landmarks(a=a, b=b, grad=grad)}


@activations.example(without={"square": "both work element by element"})
def example(Tanh, ReLU, rng, N=4):
    def both(a, grad):
        found = {}
        for name, operation in {"Tanh": Tanh, "ReLU": ReLU}.items():
            node = operation(Leaf(a))
            (da,) = node.bprop(grad)
            found |= {f"h of {name}": node.value, f"da of {name}": da}
        return found

    return {"a": rng.normal(size=(N, 3)), "grad": rng.normal(size=(N, 3))}, both
