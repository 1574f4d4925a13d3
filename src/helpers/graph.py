"""The flow graph of unit 3: what a node is, and how to draw one. The operations are the student's."""

import numpy as np


class Node:
    """An object of the flow graph: a value, and the nodes from which it was computed (lecture 7:38).

    An operation is a subclass with two methods:

        forward(*values)   gives its value, from the values of its arguments
        bprop(grad)        takes grad = dL/d(its value) and returns a tuple: dL/d(argument) for each of
                           its arguments, in their order (lecture 27:30)

    Attributes:
        args: the nodes that it was applied to.
        value: float64 array, computed when the node is made.
        grad: a place for dL/d(value), None until a backward pass has come by.
    """

    def __init__(self, *args):
        for arg in args:
            if not isinstance(arg, Node):
                kind = type(self).__name__
                raise ValueError(
                    f"{kind} takes nodes; wrap arrays as Leaf(array). Received: {type(arg).__name__}"
                )
        self.args = args
        self.grad = None
        value = self.forward(*(arg.value for arg in args))
        if value is None:
            raise ValueError(f"forward of {type(self).__name__} returned nothing; is a `return` missing?")
        self.value = np.asarray(value, "float64")

    def forward(self, *values):
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def bprop(self, grad):
        raise NotImplementedError(f"{type(self).__name__} has no bprop")


class Leaf(Node):
    """A node without arguments: an input or a parameter.

    Args:
        value: an array or number; kept as float64.
        name: what a drawing calls it, "W1".
    """

    def __init__(self, value, name=""):
        self.name, self._given = name, value
        super().__init__()

    def forward(self):
        return self._given

    def bprop(self, grad):
        return ()


def draw_graph(order, note=None, ax=None):
    """Draw a flow graph from left to right: leaves grey, operations white, an arrow to each user.

    Args:
        order: its nodes, every node after its arguments.
        note: function of a node that gives a second line of text; by default the shape of its value.
        ax: matplotlib axes; by default new ones.
    Returns:
        The axes.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(8, 3), layout="constrained")[1]
    note = note or (lambda node: f"{node.value.shape}" if node.value.ndim else "a number")
    places = _layout(order)
    boxes = {}
    for node in order:
        label = getattr(node, "name", "") or type(node).__name__
        style = {
            "boxstyle": "round" if node.args else "square",
            "facecolor": "white" if node.args else "0.85",
            "edgecolor": "0.2",
        }
        text = ax.text(
            *places[node], f"{label}\n{note(node)}", ha="center", va="center", fontsize=9, bbox=style
        )
        boxes[node] = text.get_bbox_patch()
    for node in order:
        for arg in node.args:
            arrow = {"arrowstyle": "-|>", "color": "0.35", "patchA": boxes[arg], "patchB": boxes[node]}
            ax.annotate("", xy=places[node], xytext=places[arg], arrowprops=arrow)
    xs, ys = zip(*places.values(), strict=True)
    ax.set_xlim(min(xs) - 0.5, max(xs) + 0.5)
    ax.set_ylim(min(ys) - 0.5, max(ys) + 0.5)
    ax.axis("off")
    return ax


def _layout(order):
    """A place for each node: operations by their longest way from a leaf, leaves just before their first user."""
    column: dict = {}
    for node in order:
        column[node] = 1 + max((column[arg] for arg in node.args), default=-1)
    for node in order:
        if not node.args:
            column[node] = min((column[user] for user in order if node in user.args), default=1) - 1
    rows: dict = {}
    for node in order:
        rows.setdefault(column[node], []).append(node)
    places = {}
    for x, nodes in rows.items():
        nodes.sort(key=lambda node: not node.args)  # the chain of operations below, leaves above it
        lonely = x > 0 and not nodes[0].args  # a column of leaves alone would block the chain's arrows
        for y, node in enumerate(nodes, start=int(lonely)):
            places[node] = (float(x), float(y))
    return places
