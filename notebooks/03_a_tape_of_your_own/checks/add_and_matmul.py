"""What `check(Add, MatMul)` looks at (lecture 27:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks
from helpers.graph import Leaf, Node

linear = Checks(
    "add_and_matmul",
    kind="node",
    lecture="27:30",
    objects=["Add", "MatMul"],
    given={"Node": Node},
)


@linear.check("chained, they give hW + b")
def chained(Add, MatMul, rng):
    h, W, b = rng.normal(size=(4, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)
    a = Add(MatMul(Leaf(h), Leaf(W)), Leaf(b))
    return {"a = hW + b": a.value, "a + a": Add(a, a).value}


@linear.check("Add hands a shared bias its gradient")
def add_shared_bias(Add, MatMul, rng):
    node = Add(Leaf(rng.normal(size=(4, 3))), Leaf(rng.normal(size=3)))
    da, db = node.bprop(rng.normal(size=(4, 3)))
    return {"da": da, "db": db}


@linear.check("Add hands two matrices their gradients")
def add_two_matrices(Add, MatMul, rng):
    node = Add(Leaf(rng.normal(size=(5, 3))), Leaf(rng.normal(size=(5, 3))))
    da, db = node.bprop(rng.normal(size=(5, 3)))
    return {"da": da, "db": db}


@linear.check("MatMul hands on both gradients", points=2)
def matmul_gradients(Add, MatMul, rng):
    node = MatMul(Leaf(rng.normal(size=(4, 3))), Leaf(rng.normal(size=(3, 5))))
    dh, dW = node.bprop(rng.normal(size=(4, 5)))
    return {"dh": dh, "dW": dW}


@linear.check("square matrices, where a wrong product has the right shape")
def square_matrices(Add, MatMul, rng):
    node = MatMul(Leaf(rng.normal(size=(3, 3))), Leaf(rng.normal(size=(3, 3))))
    dh, dW = node.bprop(rng.normal(size=(3, 3)))
    return {"dh": dh, "dW": dW}


@linear.example()
def example(Add, MatMul, rng, N=4, H=3):
    def chained(h, W, b, grad):
        product = MatMul(Leaf(h), Leaf(W))
        da, db = Add(product, Leaf(b)).bprop(grad)
        dh, dW = product.bprop(da)
        return {"da": da, "db": db, "dh": dh, "dW": dW}

    shapes = {"h": (N, 5), "W": (5, H), "b": (H,), "grad": (N, H)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}, chained
