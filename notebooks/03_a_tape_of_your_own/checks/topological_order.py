"""What `check(topological_order)` looks at (lecture 27:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.graph import Node

order = Checks("topological_order", kind="report", lecture="27:30", not_yours=["graphlib.TopologicalSorter"])


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
