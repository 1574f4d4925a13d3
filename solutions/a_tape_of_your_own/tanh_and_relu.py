"""Tanh and ReLU: activation functions as nodes."""

import numpy as np
import tensorflow as tf  # noqa: F401  for sources below

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.graph import Leaf, Node

activations = Exercise("tanh_and_relu", kind="node", lecture="24:30", objects=["Tanh", "ReLU"])


@activations.reference
class Tanh(Node):
    """h = tanh(a), element by element.

    bprop: da = grad ⊙ (1 - tanh²(a))      (lecture 24:30, 27:30)

    Argument (node):
        a: value of any shape.
    """

    def forward(self, a):
        """The value, in the shape of a."""
        ### BEGIN SOLUTION
        return np.tanh(a)
        ### END SOLUTION

    def bprop(self, grad):
        """The tuple (da,) of one array in the shape of a, from grad = dL/d(value) of the same shape."""
        ### BEGIN SOLUTION
        h = self.value
        return (grad * (1 - h**2),)
        ### END SOLUTION


@activations.reference
class ReLU(Node):
    """h = max(a, 0), element by element.

    bprop: da = grad ⊙ 1[a > 0]: a binary mask, 0 also at a = 0      (lecture 24:30, 27:30)

    Argument (node):
        a: value of any shape.
    """

    def forward(self, a):
        """The value, in the shape of a."""
        ### BEGIN SOLUTION
        return np.maximum(a, 0)
        ### END SOLUTION

    def bprop(self, grad):
        """The tuple (da,) of one array in the shape of a, from grad = dL/d(value) of the same shape."""
        ### BEGIN SOLUTION
        a = self.args[0].value
        return (grad * (a > 0),)
        ### END SOLUTION


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


activations.misconception(
    "half of the gradient passes at 0",
    source=activations.edited(("(grad * (a > 0),)", "(grad * np.heaviside(a, 0.5),)")),
    lecture="24:30",
    advice="At a = 0 the mask is 0, as the statement says: a > 0.",
)


activations.misconception(
    "the sigmoid in the place of tanh",
    ("np.tanh(a)", "1 / (1 + np.exp(-np.clip(a, -700, 700)))"),
    lecture="5:26",
    advice="Tanh goes from -1 to 1 and passes through 0; 1/(1 + e⁻ᵃ) goes from 0 to 1. NumPy has np.tanh.",
)
activations.misconception(
    "the derivative of tanh is 1 - tanh",
    ("1 - h**2", "1 - h"),
    advice="Square it: tanh′(a) = 1 - tanh²(a). At a = 0 both give 1; try a = 1.",
)
activations.misconception(
    "the derivative of tanh is taken at its output",
    ("1 - h**2", "1 - np.tanh(h) ** 2"),
    advice="self.value is tanh(a) already. Taking tanh of it once more evaluates the derivative at h where a is due.",
)
activations.misconception(
    "the derivative of the sigmoid in the place of tanh's",
    ("1 - h**2", "h * (1 - h)"),
    advice="h (1 - h) belongs to the sigmoid. Tanh is a sigmoid stretched to (-1, 1), its derivative is 1 - h².",
)
activations.misconception(
    "the value is kept on the class, where the next node overwrites it",
    ("return np.tanh(a)", "Tanh.h = np.tanh(a)\n        return Tanh.h"),
    ("h = self.value", "h = Tanh.h"),
    advice="`Tanh.h` belongs to all nodes of the class together. What belongs to one node goes on `self`; its value is there already.",
)
activations.misconception(
    "Tanh ignores the gradient that reaches it",
    ("grad * (1 - h**2)", "1 - h**2"),
    advice="tanh′ is the derivative of this node's own function. Multiply it by `grad`, what the loss makes of the node.",
)
activations.misconception(
    "Tanh hands back an array, not a tuple",
    ("(grad * (1 - h**2),)", "grad * (1 - h**2)"),
    advice="bprop always gives a tuple, one gradient for each argument: (da,) with the comma, even for one.",
)
activations.misconception(
    "the derivative of tanh is taken of a, not of tanh(a)",
    ("1 - h**2", "1 - self.args[0].value ** 2"),
    advice="1 - h² holds h = tanh(a), which is self.value. a itself is not bounded by 1, and the slope would become negative.",
)
activations.misconception(
    "ReLU hands back an array, not a tuple",
    ("(grad * (a > 0),)", "grad * (a > 0)"),
    advice="bprop always gives a tuple, one gradient for each argument: (da,) with the comma, even for one.",
)
activations.misconception(
    "the mask is the other way round",
    ("grad * (a > 0)", "grad * (a < 0)"),
    advice="ReLU passes what is positive, and so its slope is 1 there: a > 0.",
)
activations.misconception(
    "the mask looks at the gradient",
    ("grad * (a > 0)", "grad * (grad > 0)"),
    advice="What blocks a gradient is the unit's state in the forward pass: 1 where a > 0. Negative gradients pass too.",
)
activations.misconception(
    "the gradient is multiplied by the activation",
    ("grad * (a > 0)", "grad * np.maximum(a, 0)"),
    advice="Above 0 the slope of ReLU is 1, however large a is. The mask is 0 or 1: a > 0.",
)
activations.misconception(
    "the mask is 1 at zero",
    ("grad * (a > 0)", "grad * (a >= 0)"),
    advice="At the kink either choice could be defended; the lecture's is 1[a > 0], so a unit that gives 0 learns nothing.",
)
activations.misconception(
    "ReLU ignores the gradient that reaches it",
    ("grad * (a > 0)", "1.0 * (a > 0)"),
    advice="The mask is the derivative of this node's own function. Multiply it by `grad`, what the loss makes of the node.",
)
activations.misconception(
    "a leaky unit",
    ("np.maximum(a, 0)", "np.where(a > 0, a, 0.01 * a)"),
    ("grad * (a > 0)", "grad * np.where(a > 0, 1, 0.01)"),
    lecture="5:42",
    advice="ReLU is exactly 0 below 0. A small slope there makes another activation function, the leaky ReLU.",
)

activations.alternative(
    name="by a and by where",
    source="""
        class Tanh(Node):
            def forward(self, a):
                return 2 / (1 + np.exp(-2 * np.clip(a, -40, 40))) - 1

            def bprop(self, grad):
                return [grad - grad * np.tanh(self.args[0].value) ** 2]


        class ReLU(Node):
            def forward(self, a):
                return np.where(a > 0, a, 0)

            def bprop(self, grad):
                return (np.where(self.value > 0, grad, 0.0),)
    """,
)
activations.alternative(
    name="by TensorFlow",
    source="""
        class Tanh(Node):
            def forward(self, a):
                self.h = tf.tanh(a)
                return self.h

            def bprop(self, grad):
                return (grad * (1 - self.h) * (1 + self.h),)


        class ReLU(Node):
            def forward(self, a):
                self.mask = tf.cast(a > 0, tf.float64)
                return a * self.mask

            def bprop(self, grad):
                return (self.mask * grad,)
    """,
)
