"""Add and MatMul: the two operations of a pre-activation, as nodes."""

import numpy as np  # noqa: F401  for sources below
import tensorflow as tf  # noqa: F401  for sources below

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.graph import Leaf, Node

linear = Exercise("add_and_matmul", kind="node", lecture="27:30", objects=["Add", "MatMul"])


@linear.reference
class Add(Node):
    """a + b, where b may be a bias: one row that all examples of the batch share.

    bprop: da = grad, db = grad, and for a shared bias db = sum over the N examples of grad
    (lecture 27:30; 21:30 for the bias)

    Arguments (nodes):
        a: value of shape (N, H).
        b: value of shape (N, H), or (H,) for a bias.
    """

    def forward(self, a, b):
        """The value, shape (N, H)."""
        ### BEGIN SOLUTION
        return a + b
        ### END SOLUTION

    def bprop(self, grad):
        """The tuple (da, db), each in the shape of its argument, from grad = dL/d(value) of shape (N, H)."""
        ### BEGIN SOLUTION
        b = self.args[1].value
        da = grad
        db = grad.sum(axis=0) if b.ndim == 1 else grad
        return da, db
        ### END SOLUTION


@linear.reference
class MatMul(Node):
    """The matrix product h W.

    bprop: dh = grad Wᵀ, dW = hᵀ grad      (lecture 21:30, 27:30)

    Arguments (nodes):
        h: value of shape (N, D).
        W: value of shape (D, H).
    """

    def forward(self, h, W):
        """The value, shape (N, H)."""
        ### BEGIN SOLUTION
        return h @ W
        ### END SOLUTION

    def bprop(self, grad):
        """The tuple (dh, dW), each in the shape of its argument, from grad = dL/d(value) of shape (N, H)."""
        ### BEGIN SOLUTION
        h, W = (arg.value for arg in self.args)
        dh = grad @ W.T
        dW = h.T @ grad
        return dh, dW
        ### END SOLUTION


@linear.check("chained, they give hW + b")
def chained(Add, MatMul, rng):
    h, W, b = rng.normal(size=(4, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)
    a = Add(MatMul(Leaf(h), Leaf(W)), Leaf(b))
    marks = landmarks(h=h, W=W, b=b, hW=h @ W)
    return {"a = hW + b": a.value, "a + a": Add(a, a).value, **marks}


@linear.check("Add hands a shared bias its gradient")
def add_shared_bias(Add, MatMul, rng):
    a, b, grad = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(4, 3))
    da, db = Add(Leaf(a), Leaf(b)).bprop(grad)
    return {"da": da, "db": db, **landmarks(a=a, b=b, grad=grad, examples=4, units=3)}


@linear.check("Add hands two matrices their gradients")
def add_two_matrices(Add, MatMul, rng):
    a, b, grad = (rng.normal(size=(5, 3)) for _ in range(3))
    da, db = Add(Leaf(a), Leaf(b)).bprop(grad)
    # as many examples as units, so that the shape of b tells from a bias only by its axes
    square = rng.normal(size=(4, 4))
    _, db_square = Add(Leaf(rng.normal(size=(4, 4))), Leaf(rng.normal(size=(4, 4)))).bprop(square)
    both = Leaf(a)
    da_both, db_both = Add(both, both).bprop(grad)
    return {
        "da": da,
        "db": db,
        "db where N = H": db_square,
        "da where both are one node": da_both,
        "db where both are one node": db_both,
        **landmarks(a=a, b=b, grad=grad, examples=5, units=3),
    }


@linear.check("MatMul hands on both gradients", points=2)
def matmul_gradients(Add, MatMul, rng):
    h, W, grad = rng.normal(size=(4, 3)), rng.normal(size=(3, 5)), rng.normal(size=(4, 5))
    dh, dW = MatMul(Leaf(h), Leaf(W)).bprop(grad)
    return {"dh": dh, "dW": dW, **landmarks(h=h, W=W, grad=grad, value=h @ W, examples=4)}


@linear.check("several nodes beside each other, asked more than once")
def several_nodes(Add, MatMul, rng):
    h, W, grad = rng.normal(size=(3, 4, 3)), rng.normal(size=(3, 3, 5)), rng.normal(size=(4, 5))
    products = [MatMul(Leaf(one), Leaf(other)) for one, other in zip(h, W, strict=True)]
    bias, matrix = rng.normal(size=5), rng.normal(size=(4, 5))
    sums = [Add(products[0], Leaf(bias)), Add(products[1], Leaf(matrix))]
    found = {}
    for time in ("once", "again"):
        for k, product in enumerate(products, 1):
            found[f"dh of product {k}, asked {time}"], found[f"dW of product {k}, asked {time}"] = (
                product.bprop(grad)
            )
        for k, node in enumerate(sums, 1):
            _, found[f"db of sum {k}, asked {time}"] = node.bprop(grad)
    return {**found, **landmarks(grad=grad, examples=4)}


@linear.check("square matrices, where a wrong product has the right shape")
def square_matrices(Add, MatMul, rng):
    h, W, grad = (rng.normal(size=(3, 3)) for _ in range(3))
    dh, dW = MatMul(Leaf(h), Leaf(W)).bprop(grad)
    return {"dh": dh, "dW": dW, **landmarks(h=h, W=W, grad=grad)}


@linear.example()
def example(Add, MatMul, rng, N=4, H=3):
    def chained(h, W, b, grad):
        product = MatMul(Leaf(h), Leaf(W))
        da, db = Add(product, Leaf(b)).bprop(grad)
        dh, dW = product.bprop(da)
        return {"da": da, "db": db, "dh": dh, "dW": dW}

    # Where there are as many examples as units, there are as many inputs as well.
    D = H if N == H else 5
    shapes = {"h": (N, D), "W": (D, H), "b": (H,), "grad": (N, H)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}, chained


linear.misconception(
    "dh undoes the product",
    source=linear.edited(("dh = grad @ W.T", "dh = grad @ np.linalg.pinv(W)")),
    lecture="24:30",
    advice="Backwards is not the inverse: dL/dh sums what each entry of h does to a, and a = hW moves by W's entries. grad Wᵀ.",
)


linear.misconception(
    "the bias's gradient is not summed over the batch",
    ("grad.sum(axis=0) if b.ndim == 1 else grad", "grad"),
    lecture="21:30",
    advice="One bias serves all N examples, so each of them has a say in its gradient: add them up, and db "
    "gets the bias's own shape (H,).",
)
linear.misconception(
    "the bias's gradient is averaged over the batch",
    ("grad.sum(axis=0)", "grad.mean(axis=0)"),
    lecture="21:30",
    advice="Contributions that reach one value by several ways add up. A mean over the batch belongs to the loss "
    "and already sits in `grad`.",
)
linear.misconception(
    "the bias's gradient is summed over the units",
    ("grad.sum(axis=0)", "grad.sum(axis=1)"),
    lecture="21:30",
    advice="Axis 0 counts examples, axis 1 units. Each unit keeps a bias of its own: sum over the examples only.",
)
linear.misconception(
    "the bias's gradient keeps the axis of the examples",
    ("grad.sum(axis=0)", "grad.sum(axis=0, keepdims=True)"),
    lecture="21:30",
    advice="b has shape (H,), and so has its gradient: keepdims=True leaves (1, H).",
)
linear.misconception(
    "dW is averaged over the batch",
    ("h.T @ grad", "h.T @ grad / len(grad)"),
    lecture="21:30",
    advice="The mean over the batch belongs to the loss, and `grad` holds its 1/N already. Here the examples' shares add up.",
)
linear.misconception(
    "every second argument is taken for a bias",
    ("grad.sum(axis=0) if b.ndim == 1 else grad", "grad.sum(axis=0)"),
    advice="Add also joins two matrices, where nothing is shared. Look at the shape of b before you sum.",
)
linear.misconception(
    "Add ignores the gradient that reaches it",
    ("da = grad\n", "da = np.ones_like(grad)\n"),
    (
        "grad.sum(axis=0) if b.ndim == 1 else grad",
        "np.ones_like(grad).sum(axis=0) if b.ndim == 1 else np.ones_like(grad)",
    ),
    advice="1 is the derivative of the sum. The loss's derivative is that times `grad`, what the loss makes of the sum.",
)
linear.misconception(
    "the product in the lecture's order, W before h",
    ("return h @ W", "return W @ h"),
    lecture="3:17",
    advice="The lecture writes one example as a column, Wh. Here each example is a row of h, and W stands on the right: h @ W.",
)
linear.misconception(
    "W is not transposed in dh",
    ("grad @ W.T", "grad @ W"),
    lecture="21:30",
    advice="dh needs the shape (N, D) of h, grad has (N, H) and W has (D, H): only grad Wᵀ fits, unless D = H by accident.",
)
linear.misconception(
    "h is not transposed in dW",
    ("h.T @ grad", "h @ grad"),
    lecture="21:30",
    advice="dW needs the shape (D, H) of W, h has (N, D) and grad has (N, H): only hᵀ grad fits. Its sum runs over the examples.",
)
linear.misconception(
    "dW comes out transposed",
    ("h.T @ grad", "grad.T @ h"),
    lecture="21:30",
    advice="∇ₐ hᵀ is the lecture's formula for column vectors. With one example a row, as here, it is hᵀ grad.",
)
linear.misconception(
    "the gradients stand in the wrong order",
    ("return dh, dW", "return dW, dh"),
    advice="bprop answers in the order of its arguments: MatMul(h, W) gives (dh, dW).",
)
linear.misconception(
    "MatMul ignores the gradient that reaches it",
    ("dh = grad @ W.T", "dh = np.ones_like(grad) @ W.T"),
    ("dW = h.T @ grad", "dW = h.T @ np.ones_like(grad)"),
    advice="Every bprop multiplies by `grad`: without it the layers above have no say.",
)
# What follows is by `source`, so that double faults do not grow with it.
linear.misconception(
    "a bias is known by its length",
    source=linear.edited(("b.ndim == 1", "len(b) == grad.shape[1]")),
    advice="A matrix with as many examples as units has that length as well. A bias has one axis: b.ndim == 1.",
)
linear.misconception(
    "a node that is both arguments gets its gradient twice over",
    source=linear.edited(
        ("da = grad\n", "da = 2 * grad if self.args[0] is self.args[1] else grad\n"),
        ("if b.ndim == 1 else grad", "if b.ndim == 1 else da"),
    ),
    lecture="27:30",
    advice="In x + x each of the two arguments has the derivative 1. Whoever walks the graph adds the two shares; that makes the 2.",
)
linear.misconception(
    "the arguments of a product are kept for all nodes together",
    source=linear.edited(
        ("return h @ W", "MatMul.seen = h, W\n        return h @ W"),
        ("h, W = (arg.value for arg in self.args)", "h, W = MatMul.seen"),
    ),
    advice="What is kept on the class belongs to the product that was made last. Each node has arguments of its own: self.args.",
)

linear.alternative(
    name="by einsum",
    source="""
        class Add(Node):
            def forward(self, a, b):
                return np.add(a, b)

            def bprop(self, grad):
                shared = grad.ndim - self.args[1].value.ndim
                return [grad.copy(), np.sum(grad, axis=tuple(range(shared)))]


        class MatMul(Node):
            def forward(self, h, W):
                self.h, self.W = h, W
                return np.einsum("nd,dh->nh", h, W)

            def bprop(self, grad):
                return np.einsum("nh,dh->nd", grad, self.W), np.einsum("nd,nh->dh", self.h, grad)
    """,
)
linear.alternative(
    name="by TensorFlow, example by example",
    source="""
        class Add(Node):
            def forward(self, a, b):
                return tf.convert_to_tensor(a) + b

            def bprop(self, grad):
                if self.args[0].value.shape == self.args[1].value.shape:
                    return grad, grad
                return grad, tf.reduce_sum(grad, 0)


        class MatMul(Node):
            def forward(self, h, W):
                return tf.matmul(h, W)

            def bprop(self, grad):
                h, W = self.args[0].value, self.args[1].value
                dW = np.zeros(W.shape)
                for n in range(len(h)):
                    dW += np.outer(h[n], grad[n])
                return tf.matmul(grad, W, transpose_b=True), dW
    """,
)
