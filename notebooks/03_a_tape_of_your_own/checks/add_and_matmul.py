"""What `check(Add, MatMul)` looks at (lecture 27:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.graph import Leaf

linear = Checks("add_and_matmul", kind="node", lecture="27:30", objects=["Add", "MatMul"])


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
