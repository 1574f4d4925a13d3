"""gradient: the backward pass over a flow graph."""

import itertools

import numpy as np

from autograder.exercise import Exercise
from helpers.graph import Node
from helpers.inputs import BY_ITSELF
from solutions.a_tape_of_your_own.topological_order import topological_order

backward = Exercise(
    "gradient",
    kind="report",
    lecture="27:30",
    not_yours=BY_ITSELF,
)


@backward.reference
def gradient(out, nodes):
    """Differentiate the value of `out` with respect to the values of `nodes`, in one pass over its flow graph.

    Start with d out/d out = 1. Go through the nodes in reverse topological order; each hands its arguments
    theirs by `bprop`, once, and what reaches a node by several ways adds up.      (lecture 27:30)
    Your `topological_order` gives the order. No array that a node or a bprop gave you is changed in place: two
    arguments may have been handed the same one.

    Args:
        out: the node to differentiate, mostly a loss. Of an array, the gradient of its sum is meant, as with
            tf.GradientTape.
        nodes: list of nodes.
    Returns:
        A list of float64 arrays in the order of `nodes`, each in the shape of that node's value; zeros where
        `out` does not depend on the node.
    """
    ### BEGIN SOLUTION
    order = topological_order(out)
    for node in [*order, *nodes]:
        node.grad = np.zeros_like(node.value)
    out.grad = np.ones_like(out.value)
    for node in reversed(order):
        for arg, darg in zip(node.args, node.bprop(node.grad), strict=True):
            arg.grad = arg.grad + darg
    return [node.grad for node in nodes]
    ### END SOLUTION


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


backward.misconception(
    "bprop is called anew for each argument",
    (
        "        for arg, darg in zip(node.args, node.bprop(node.grad), strict=True):\n            arg.grad = arg.grad + darg\n",
        "        for k, arg in enumerate(node.args):\n            arg.grad = arg.grad + node.bprop(node.grad)[k]\n",
    ),
    advice="The numbers are right, and the work is doubled. Call bprop once, and walk over its tuple and the arguments with zip.",
)
backward.misconception(
    "a whole pass for each node that is asked for",
    source="""
        def gradient(out, nodes):
            found = []
            for wanted in nodes:
                grads = {out: np.ones_like(out.value)}
                for node in reversed(topological_order(out)):
                    for arg, darg in zip(node.args, node.bprop(grads[node])):
                        grads[arg] = grads.get(arg, 0) + darg
                found.append(grads.get(wanted, np.zeros_like(wanted.value)))
            return found
    """,
    advice="The numbers are right, and each node asked for costs a pass. One pass gives all gradients: read them off at the end.",
)
backward.misconception(
    "breadth first, not in topological order",
    source="""
        def gradient(out, nodes):
            grads, queue = {out: np.ones_like(out.value)}, [out]
            for node in queue:
                for arg, darg in zip(node.args, node.bprop(grads[node])):
                    if arg not in grads:
                        queue.append(arg)
                    grads[arg] = grads.get(arg, 0) + darg
            return [grads.get(node, np.zeros_like(node.value)) for node in nodes]
    """,
    advice="By steps from `out`, a node's turn can come before all has arrived. Take the nodes in reverse topological order.",
)
backward.misconception(
    "what has come in so far is handed on each time",
    source="""
        def gradient(out, nodes):
            grads = {}

            def walk(node, grad):
                grads[node] = grads.get(node, 0) + grad
                for arg, darg in zip(node.args, node.bprop(grads[node])):
                    walk(arg, darg)

            walk(out, np.ones_like(out.value))
            return [grads.get(node, np.zeros_like(node.value)) for node in nodes]
    """,
    advice="At its second visit a node hands the first gradient on once more. Wait until all has arrived, then call bprop once.",
)
backward.misconception(
    "a gradient overwrites the one before it",
    ("arg.grad = arg.grad + darg", "arg.grad = darg"),
    advice="A node that is used in two places gets a gradient from each. They add up: that is the chain rule for several paths.",
)
backward.misconception(
    "one walk for each path",
    source="""
        def gradient(out, nodes):
            order = topological_order(out)
            for node in [*order, *nodes]:
                node.grad = np.zeros_like(node.value)

            def walk(node, grad):
                node.grad = node.grad + grad
                for arg, darg in zip(node.args, node.bprop(grad)):
                    walk(arg, darg)

            walk(out, np.ones_like(out.value))
            return [node.grad for node in nodes]
    """,
    advice="It calls bprop once for each path, with parts of the gradient. The number of paths doubles with every shared node. "
    "Wait until a node's gradient is complete, then call its bprop once.",
)
backward.misconception(
    "a node hands on only the first gradient that reaches it",
    source="""
        def gradient(out, nodes):
            order = topological_order(out)
            for node in [*order, *nodes]:
                node.grad = np.zeros_like(node.value)
            done = set()

            def walk(node, grad):
                node.grad = node.grad + grad
                if node in done:
                    return
                done.add(node)
                for arg, darg in zip(node.args, node.bprop(grad)):
                    walk(arg, darg)

            walk(out, np.ones_like(out.value))
            return [node.grad for node in nodes]
    """,
    advice="What arrives later is added to the node and never goes on. In reverse topological order everything has arrived "
    "before a node's turn comes.",
)
backward.misconception(
    "the nodes are taken in the order of creation",
    ("in reversed(order)", "in order"),
    advice="That is the forward pass's order: the leaves would hand on what has not arrived. Go from `out` back: reversed(order).",
)
backward.misconception(
    "gradients of an earlier pass are kept",
    (
        "        node.grad = np.zeros_like(node.value)\n",
        "        if node.grad is None:\n            node.grad = np.zeros_like(node.value)\n",
    ),
    advice="A node remembers its gradient, and the next pass adds to it. Set all to zero before each pass.",
)
backward.misconception(
    "the output's gradient starts from its value",
    ("np.ones_like(out.value)", "np.array(out.value)"),
    advice="d out/d out is 1, whatever the value of out.",
)
backward.misconception(
    "sums are made in place, in an array that others use",
    ("        node.grad = np.zeros_like(node.value)\n", "        node.grad = None\n"),
    (
        "            arg.grad = arg.grad + darg\n",
        "            if arg.grad is None:\n                arg.grad = darg\n            else:\n                arg.grad += darg\n",
    ),
    (
        "[node.grad for node in nodes]",
        "[np.zeros_like(node.value) if node.grad is None else node.grad for node in nodes]",
    ),
    advice="A sum hands the same array to both of its arguments; += on one changes the other. Write arg.grad = arg.grad + …, "
    "which makes a new array.",
)
backward.misconception(
    "a node on which the output does not depend keeps what it had",
    ("in [*order, *nodes]:", "in order:"),
    advice="Such a node is not in the order, so nothing resets it. Its gradient is 0: begin with zeros for the nodes asked for as well.",
)
backward.misconception(
    "a node on which the output does not depend gets None",
    ("[node.grad for node in nodes]", "[node.grad if node in order else None for node in nodes]"),
    advice="tf.GradientTape answers None by default. Here zeros are asked for: the output does not change when the node does.",
)
backward.misconception(
    "the gradients come in the order of the graph",
    ("[node.grad for node in nodes]", "[node.grad for node in order if node in nodes]"),
    advice="The caller asked for `nodes` in an order of its own. Answer in that order.",
)

backward.equivalent(
    "line 6: True → False", because="every bprop gives as many gradients as its node has arguments"
)
backward.misconception(
    "of a node that is used twice, the second gradient alone counts",
    source=backward.edited(
        (
            "        for arg, darg in zip(node.args, node.bprop(node.grad), strict=True):\n",
            "        for arg, darg in dict(zip(node.args, node.bprop(node.grad), strict=True)).items():\n",
        )
    ),
    lecture="27:30",
    advice="MatMul(x, x) hands out two gradients, and both are x's. A dictionary keeps one for each node: add them one after the other.",
)
backward.misconception(
    "a gradient that was handed on is gone",
    source=backward.edited(
        (
            "            arg.grad = arg.grad + darg\n",
            "            arg.grad = arg.grad + darg\n        if node.args:\n            node.grad = np.zeros_like(node.value)\n",
        )
    ),
    lecture="27:30",
    advice="Nodes in the middle may be asked for as well, and `out` itself: keep every gradient until you return.",
)
backward.misconception(
    "only the nodes that are asked for begin at 0",
    source=backward.edited(
        (
            "    for node in [*order, *nodes]:\n        node.grad = np.zeros_like(node.value)\n",
            "    for node in nodes:\n        node.grad = np.zeros_like(node.value)\n    for node in order:\n"
            "        if node.grad is None:\n            node.grad = np.zeros_like(node.value)\n",
        )
    ),
    lecture="27:30",
    advice="What lies between keeps its gradient of the pass before, and this one is added to it. Begin with 0 at every node of the graph.",
)


@backward.alternative
def with_a_dictionary(out, nodes):
    grads = {id(out): np.ones(out.value.shape)}
    for node in topological_order(out)[::-1]:
        if id(node) in grads:
            for arg, darg in zip(node.args, node.bprop(grads[id(node)]), strict=True):
                grads[id(arg)] = grads.get(id(arg), 0) + darg
    return [grads.get(id(node), np.zeros(node.value.shape)) for node in nodes]


@backward.alternative
def from_the_users_side(out, nodes):
    order = topological_order(out)
    users = {node: [] for node in order}
    handed = {}
    for node in order:
        for k, arg in enumerate(node.args):
            users[arg].append((node, k))
    out.grad = np.full_like(out.value, 1.0)
    for node in reversed(order):
        if node is not out:
            node.grad = sum(handed[user][k] for user, k in users[node])
        handed[node] = node.bprop(node.grad)
    return [node.grad if node in users else np.zeros_like(node.value) for node in nodes]
