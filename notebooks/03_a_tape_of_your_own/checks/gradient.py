"""What `check(gradient)` looks at (lecture 27:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import itertools

import numpy as np

from helpers.checks import Checks
from helpers.graph import Node
from helpers.inputs import BY_ITSELF

backward = Checks("gradient", kind="report", lecture="27:30", not_yours=BY_ITSELF)

_number = itertools.count()


class _Known(Node):
    """A node of the checks: it knows all that it depends on, in the order in which it was made."""

    def __init__(self, *args):
        self.number = next(_number)
        super().__init__(*args)
        self.past = [*sorted(set().union(*(arg.past for arg in args)), key=lambda node: node.number), self]


class _Input(_Known):
    def __init__(self, value):
        self.given_value = value
        super().__init__()

    def forward(self):
        return self.given_value

    def bprop(self, grad):
        return ()


class _Times(_Known):
    """a ⊙ b"""

    def forward(self, a, b):
        return a * b

    def bprop(self, grad):
        a, b = self.args
        return grad * b.value, grad * a.value


class _Plus(_Known):
    """a + b, for values of the same shape. Both arguments get the same array, as is common."""

    def forward(self, a, b):
        return a + b

    def bprop(self, grad):
        return grad, grad


class _Limit(_Known):
    """a itself; on the way back a large gradient is made smaller, as those do who clip gradients.

    Its bprop is not linear: given the gradient in parts, it gives something else than for the whole.
    """

    def forward(self, a):
        return a

    def bprop(self, grad):
        return (2 * np.tanh(grad),)


def _inputs(rng, n, shape=(2, 3)):
    return [_Input(rng.normal(size=shape)) for _ in range(n)]


def _named(names, gradients):
    return dict(zip([f"d{name}" for name in names.split()], gradients, strict=True))


@backward.check("a chain")
def chain(gradient, rng):
    x, w, v = _inputs(rng, 3)
    return _named("x w v", gradient(_Times(_Times(x, w), v), [x, w, v]))


@backward.check("a node that is used twice")
def node_used_twice(gradient, rng):
    x, w = _inputs(rng, 2)
    out = _Plus(_Times(x, w), _Times(x, x))
    return _named("w x", gradient(out, [w, x]))


@backward.check("a short way and a long way")
def two_ways(gradient, rng):
    x, w, v = _inputs(rng, 3)
    h = _Times(x, w)
    out = _Plus(h, _Times(_Plus(h, v), v))
    return _named("x h w v", gradient(out, [x, h, w, v]))


@backward.check("a sum's two arguments go on alone")
def arguments_of_a_sum(gradient, rng):
    x, w, v = _inputs(rng, 3)
    left, right = _Times(x, w), _Times(x, v)
    out = _Plus(_Times(left, v), _Plus(left, right))
    return _named("left right x", gradient(out, [left, right, x]))


@backward.check("each node propagates once, when its gradient is complete")
def propagated_once(gradient, rng):
    x = _Input(rng.normal(size=(2, 2)))
    node = x
    for _k in range(5):
        node = _Limit(_Times(node, _Input(rng.uniform(0.2, 0.4, size=(2, 2)))))
        node = _Plus(node, node)
    return _named("x", gradient(node, [x]))


@backward.check("a second pass starts afresh")
def second_pass(gradient, rng):
    x, w = _inputs(rng, 2)
    h = _Times(x, w)
    out, other = _Times(h, x), _Times(h, w)
    gradient(out, [x])
    again = gradient(out, [x, w])
    return _named("x w", again) | {
        f"d other/d{n}": g for n, g in zip("xw", gradient(other, [x, w]), strict=True)
    }


@backward.check("a node on which the output does not depend")
def independent_node(gradient, rng):
    x, w, v, fresh = _inputs(rng, 4)
    unused, out = _Times(w, v), _Times(x, v)
    before = gradient(unused, [w])[0]
    dw, dx, dfresh = gradient(out, [w, x, fresh])
    return {"d unused/dw": before, "dw": dw, "dx": dx, "dfresh": dfresh}


@backward.check("random graphs", points=2)
def random_graphs(gradient, rng):
    found = {}
    for k in (1, 2):
        x, w, v = _inputs(rng, 3, shape=(2,))
        nodes = [x, w, v, _Times(x, w)]
        nodes.append(_Plus(nodes[-1], v))
        # One of them uses a node twice, and the last goes a long way back.
        for other in (rng.integers(5), rng.integers(6), -1, rng.integers(8), rng.integers(9), 3):
            kind = (_Plus, _Times)[int(rng.integers(2))]
            nodes.append(kind(nodes[-1], nodes[int(other)]))
        last_first = gradient(nodes[-1], nodes[::-1])
        found |= {f"graph {k}: d{i}": g for i, g in enumerate(last_first)}
    return found


@backward.check("bprop is called once for each node")
def called_once(gradient, rng):
    asked = []

    class _Counted(_Times):
        def bprop(self, grad):
            asked.append(self.number)
            return super().bprop(grad)

    x, w = _inputs(rng, 2)
    node, made = x, []
    for _ in range(int(rng.integers(3, 9))):
        node = _Counted(node, w)
        made.append(node.number)
    gradient(node, [x, w, made and node])
    called = [asked.count(number) for number in made]
    return {"x": x.given_value, "times that bprop was called, node by node": called}


@backward.example(without={"again": "a check of its own makes a second pass"})
def example(gradient, rng):
    def backward_pass(x, w):
        nodes = [_Input(x), _Input(w)]
        return _named("x w", gradient(_Times(_Plus(*nodes), nodes[0]), nodes))

    return {"x": rng.normal(size=(2, 3)), "w": rng.normal(size=(2, 3))}, backward_pass
