"""topological_order: in which order a flow graph can be walked."""

import numpy as np

from autograder.exercise import Exercise
from helpers.graph import Node

order = Exercise(
    "topological_order", kind="report", lecture="27:30", not_yours=["graphlib.TopologicalSorter"]
)


@order.reference
def topological_order(out):
    """List the nodes of a flow graph so that every node comes after all of its arguments.

    Args:
        out: a node, with everything that it was computed from behind it: `node.args`, their `args`, and so on.
    Returns:
        A list of all nodes that `out` depends on, leaves included, each of them once; `out` is the last.
        The work grows with the number of nodes and arguments, not with the number of paths between them. A function
        that calls itself is fine: no graph is deeper than 500 nodes.
    """
    ### BEGIN SOLUTION
    done, seen = [], set()

    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for arg in node.args:
            visit(arg)
        # its arguments stand there already
        done.append(node)

    visit(out)
    return done
    ### END SOLUTION


class _Item(Node):
    """A node that has a label; its value does not matter."""

    def __init__(self, label, *args, value=0.0):
        self.label, self.given_value = label, value or label
        super().__init__(*args)

    def forward(self, *values):
        return self.given_value


class _Patient(_Item):
    """A node that loses its patience when it is asked for its arguments again and again."""

    asked = 0

    @property
    def args(self):
        self.asked += 1
        if self.asked > 100:
            raise RuntimeError(
                "one node was asked for its arguments over 100 times: there are 16384 paths to it, walk none twice"
            )
        return self.its_args

    @args.setter
    def args(self, args):
        self.its_args = args


def _labels(rng, n):
    return [int(label) for label in rng.choice(np.arange(1000, 9999), size=n, replace=False)]


def _seen(nodes, order, suffix=""):
    """Evidence: the labels in the order given, cut or filled up with 0 to 60, and which node uses which."""
    if isinstance(order, set | frozenset):
        # Whatever order it is read in says nothing.
        raise TypeError("a set came back, which has no order; a list keeps one")
    labels = [node.label for node in order]
    return {
        f"length{suffix}": len(labels),
        f"order{suffix}": (labels + [0] * 60)[:60],
        f"argument, node{suffix}": [(arg.label, node.label) for node in nodes for arg in node.args],
    }


def _places(theirs, ours):
    """What makes an order right, whichever of the right ones it is."""
    found = {}
    for key in ours:
        if key.startswith("order"):
            suffix = key.removeprefix("order")
            place = {int(label): i for i, label in enumerate(theirs[key])}
            nodes = np.unique(ours[key])[1:]
            uses = ours[f"argument, node{suffix}"]
            found[f"nodes in the list{suffix}"] = theirs[f"length{suffix}"]
            found[f"times that each node is listed{suffix}"] = [
                np.sum(theirs[key] == label) for label in nodes
            ]
            found[f"argument before node, 1 yes, 0 no{suffix}"] = [
                place.get(int(arg), 99) < place.get(int(node), -1) for arg, node in uses
            ]
    return found


def _chain(rng, n=5):
    nodes = []
    for label in _labels(rng, n):
        nodes.append(_Item(label, *nodes[-1:]))
    return nodes


def _random_graph(rng, leaves=3, operations=8):
    labels = _labels(rng, leaves + operations)
    nodes = [_Item(label) for label in labels[:leaves]]
    for i, label in enumerate(labels[leaves:]):
        other = int(rng.integers(len(nodes) - 1))
        # every node but some leaves is used, many of them twice
        args = [nodes[-1], nodes[other]]
        nodes.append(_Item(label, *(args if i % 2 else args[::-1])))
    return nodes


def _reached(nodes):
    """The nodes that the last of them depends on."""
    keep = {nodes[-1].label}
    for node in nodes[::-1]:
        if node.label in keep:
            keep |= {arg.label for arg in node.args}
    return [node for node in nodes if node.label in keep]


@order.check("a chain")
def chain(topological_order, rng):
    nodes = _chain(rng)
    return _seen(nodes, topological_order(nodes[-1]))


@order.check("a short way and a long way to the same node")
def two_ways(topological_order, rng):
    x, h, k, out = _labels(rng, 4)
    nodes = [_Item(x)]
    nodes.append(_Item(h, nodes[0]))
    nodes.append(_Item(k, nodes[1]))
    nodes.append(_Item(out, nodes[0], nodes[2]))
    return _seen(nodes, topological_order(nodes[-1]))


@order.check("random graphs whose nodes are shared", points=2)
def shared(topological_order, rng):
    found = {}
    for k in (1, 2, 3):
        nodes = _random_graph(rng)
        found |= _seen(_reached(nodes), topological_order(nodes[-1]), f", graph {k}")
    return found


@order.check("different nodes of equal value")
def equal(topological_order, rng):
    labels, value = _labels(rng, 5), np.asarray(rng.normal())
    # Two that hold one and the same array, and one with an array of its own.
    x, W, b = (
        _Item(label, value=held) for label, held in zip(labels, (value, value, value.copy()), strict=False)
    )
    a = _Item(labels[3], x, W)
    nodes = [x, W, b, a, _Item(labels[4], a, b)]
    return _seen(nodes, topological_order(nodes[-1]))


@order.check("asked a second time")
def twice(topological_order, rng):
    nodes = _chain(rng, 4)
    first = topological_order(nodes[-1])
    return _seen(nodes, first, ", first call") | _seen(nodes, topological_order(nodes[-1]), ", second call")


@order.check("a ladder with 16384 paths")
def ladder(topological_order, rng):
    nodes = []
    for label in _labels(rng, 15):
        nodes.append(_Patient(label, *nodes[-1:] * 2))
    return _seen(nodes, topological_order(nodes[-1]))


for each in order.checks:
    each.summary()(_places)


@order.example(
    without={"untouched": "a node's arguments are a tuple", "again": "a check of its own asks a second time"}
)
def example(topological_order, rng):
    nodes = _chain(rng)
    return {}, lambda: _seen(nodes, topological_order(nodes[-1]))


APPEND = "        # its arguments stand there already\n        done.append(node)\n"

order.misconception(
    "nodes are known by where their values lie",
    source=order.edited(
        ("if node in seen:", "if id(node.value) in seen:"), ("seen.add(node)", "seen.add(id(node.value))")
    ),
    advice="Two nodes may hold one and the same array. A node is itself: `node in seen`, or `id(node)`.",
)
order.misconception(
    "every path is walked anew",
    ("        if node in seen:\n            return\n", ""),
    advice="A node that is used twice is reached twice, and everything behind it too: 2, 4, 8 … walks. Remember which "
    "nodes have been visited and turn back there.",
)
order.misconception(
    "every path is walked, though each node is listed once",
    ("        if node in seen:\n            return\n        seen.add(node)\n", ""),
    (APPEND, "        if node not in done:\n            done.append(node)\n"),
    advice="The list is right and the work still doubles with every shared node. Ask whether a node was visited before you "
    "walk to its arguments.",
)
order.misconception(
    "a node is listed before its arguments",
    (
        "        for arg in node.args:\n            visit(arg)\n",
        "        done.append(node)\n        for arg in node.args:\n",
    ),
    (APPEND, "            visit(arg)\n"),
    advice="Append a node after the visits to its arguments, when all of them are on the list.",
)
order.misconception(
    "a node is listed before its arguments, and the list turned round",
    (
        f"        for arg in node.args:\n            visit(arg)\n{APPEND}",
        "        done.append(node)\n        for arg in node.args:\n            visit(arg)\n",
    ),
    ("return done", "return done[::-1]"),
    advice="Turned round, that order works for a tree. With a node that is used twice it fails: draw x, h = g(x), k = g(h), "
    "x + k and follow it. Append after the visits instead.",
)
order.misconception(
    "the output comes first",
    ("return done", "return done[::-1]"),
    advice="The list is the order of the forward pass: leaves first, `out` last. The backward pass will go through it in reverse.",
)
order.misconception(
    "breadth first from the output",
    source="""
        def topological_order(out):
            done = [out]
            for node in done:
                for arg in node.args:
                    if arg not in done:
                        done.append(arg)
            return done[::-1]
    """,
    advice="The distance from the output is not enough: a node can be one step away by one path and three by another, and must "
    "come before all three. Finish a node's arguments before the node.",
)
order.misconception(
    "each node is listed when it is met, and the last argument is followed first",
    source="""
        def topological_order(out):
            done, seen, stack = [], set(), [out]
            while stack:
                node = stack.pop()
                if node not in seen:
                    seen.add(node)
                    done.append(node)
                    stack.extend(node.args)
            return done[::-1]
    """,
    advice="Turned round, that order works for a tree. A node that is used twice is met on one way while another still leads to it: "
    "list a node when all of its arguments are listed.",
)
order.misconception(
    "the shortest way from the output decides",
    source="""
        def topological_order(out):
            steps, nodes = {out: 0}, [out]
            for node in nodes:
                for arg in node.args:
                    if arg not in steps:
                        steps[arg] = steps[node] + 1
                        nodes.append(arg)
            return sorted(nodes, key=lambda node: -steps[node])
    """,
    advice="A node can be one step away by one path and three by another, and must come before all three: the longest way would do.",
)
order.misconception(
    "leaves first, then the nodes as they were met",
    source="""
        def topological_order(out):
            seen, stack = [], [out]
            while stack:
                node = stack.pop()
                if node not in seen:
                    seen.append(node)
                    stack.extend(node.args)
            return sorted(seen[::-1], key=lambda node: len(node.args) > 0)
    """,
    advice="That puts the leaves right. Among the others a node still has to wait for its own arguments: finish those first.",
)
order.misconception(
    "a set is returned",
    ("return done", "return seen"),
    advice="A set forgets the order in which things came. Keep the list beside it, and return that.",
)
order.misconception(
    "leaves are left out",
    ("        if node in seen:", "        if node in seen or not node.args:"),
    advice="Inputs and parameters are nodes like others, and it is their gradients that we are after.",
)
order.misconception(
    "only the first argument is followed",
    ("for arg in node.args:", "for arg in node.args[:1]:"),
    advice="An operation may have several arguments: loop over all of node.args.",
)
order.misconception(
    "nodes are told apart by their values",
    ("done, seen = [], set()", "done, seen = [], []"),
    ("seen.add(node)", "seen.append(node)"),
    ("if node in seen:", "if any(np.array_equal(node.value, other.value) for other in seen):"),
    advice="Two biases full of zeros are equal and yet two nodes. Compare the nodes themselves: `node in seen` with a set of nodes.",
)
order.misconception(
    "the nodes of an earlier call are remembered",
    ("def topological_order(out):", "def topological_order(out, seen=set()):"),
    ("done, seen = [], set()", "done = []"),
    advice="Python makes a default value once, when the function is defined. Make the set inside the function, fresh for each call.",
)


@order.alternative
def by_counting(out):
    uses, nodes = {}, [out]
    for node in nodes:
        for arg in node.args:
            if arg not in uses:
                uses[arg] = 0
                nodes.append(arg)
            uses[arg] += 1
    ready, backwards = [out], []
    while ready:
        node = ready.pop()
        backwards.append(node)
        for arg in node.args:
            uses[arg] -= 1
            if uses[arg] == 0:
                ready.append(arg)
    return backwards[::-1]


@order.alternative
def without_recursion(out):
    done, placed, stack = [], set(), [out]
    while stack:
        missing = [arg for arg in stack[-1].args if id(arg) not in placed]
        if missing:
            stack += missing
        else:
            node = stack.pop()
            if id(node) not in placed:
                placed.add(id(node))
                done.append(node)
    return done


@order.alternative
def by_depth(out):
    depth = {}

    def measure(node):
        if node not in depth:
            depth[node] = 1 + max([measure(arg) for arg in node.args], default=0)
        return depth[node]

    measure(out)
    return sorted(depth, key=depth.get)
