"""The flow graph of unit 3: what a node is, and how to draw one. The operations are the student's."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Place = tuple[float, float]


class Node:
    """An object of the flow graph: a value, and the nodes from which it was computed (lecture 7:38).

    An operation is a subclass with two methods:

        forward(*values)   gives its value, from the values of its arguments
        bprop(grad)        takes grad = dL/d(its value) and returns a tuple: dL/d(argument) for each of
                           its arguments, in their order (lecture 27:30)

    Args:
        args: the nodes that it is applied to.
    Attributes:
        args: the nodes that it was applied to.
        value: float64 array, computed when the node is made.
        grad: a place for dL/d(value), None until a backward pass has come by.
    Raises:
        ValueError: if an argument is no node, or `forward` returns nothing.
    """

    def __init__(self, *args: "Node") -> None:
        kind = type(self).__name__
        for arg in args:
            if not isinstance(arg, Node):
                received = type(arg).__name__
                raise ValueError(f"{kind} takes nodes; wrap arrays as Leaf(array). Received: {received}")
        self.args = args
        self.grad: np.ndarray | None = None
        value = self.forward(*(arg.value for arg in args))
        if value is None:
            raise ValueError(f"forward of {kind} returned nothing; is a `return` missing?")
        self.value: np.ndarray = np.asarray(value, "float64")

    def forward(self, *values: Any) -> Any:
        """Compute the value; an operation defines how.

        Args:
            values: of its arguments, float64 arrays.
        Returns:
            An array or number.
        Raises:
            NotImplementedError: if the operation does not.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def bprop(self, grad: Any) -> tuple:
        """Hand a gradient on to the arguments; an operation defines how.

        Args:
            grad: dL/d(value), of the value's shape.
        Returns:
            dL/d(argument) for each argument, in their order.
        Raises:
            NotImplementedError: if the operation does not.
        """
        raise NotImplementedError(f"{type(self).__name__} has no bprop")


class Leaf(Node):
    """A node without arguments: an input or a parameter.

    Args:
        value: an array or number; kept as float64.
        name: what a drawing calls it, "W1".
    """

    def __init__(self, value: Any, name: str = "") -> None:
        self.name = name
        self._given = value
        super().__init__()

    def forward(self, *values: Any) -> Any:
        return self._given

    def bprop(self, grad: Any) -> tuple:
        return ()


def draw_graph(order: Sequence[Node], note: Callable[[Node], str] | None = None, ax: Any = None) -> Any:
    """Draw a flow graph from left to right: leaves grey, operations white, an arrow to each user.

    Args:
        order: its nodes, every node after its arguments.
        note: function of a node that gives a second line of text; by default the shape of its value.
        ax: matplotlib axes; by default new ones.
    Returns:
        The axes.
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(8, 3), layout="constrained")
    note = note or _shape
    places = _layout(order)

    boxes = {}
    for node in order:
        name = getattr(node, "name", "") or type(node).__name__
        text = ax.text(
            *places[node], f"{name}\n{note(node)}", ha="center", va="center", fontsize=9, bbox=_box(node)
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


def _shape(node: Node) -> str:
    if node.value.ndim == 0:
        return "a number"
    return str(node.value.shape)


def _box(node: Node) -> dict[str, str]:
    """A leaf is square and grey, an operation round and white."""
    if node.args:
        return {"boxstyle": "round", "facecolor": "white", "edgecolor": "0.2"}
    return {"boxstyle": "square", "facecolor": "0.85", "edgecolor": "0.2"}


def _layout(order: Sequence[Node]) -> dict[Node, Place]:
    """A place for each node, column by column from the left."""
    columns: dict[int, list[Node]] = {}
    for node, x in _columns(order).items():
        columns.setdefault(x, []).append(node)
    places = {}
    for x, nodes in columns.items():
        # The chain of operations below, leaves above it.
        operations = [node for node in nodes if node.args]
        leaves = [node for node in nodes if not node.args]
        bottom = 0
        # A column of leaves alone would block the chain's arrows.
        if x > 0 and not operations:
            bottom = 1
        for y, node in enumerate(operations + leaves, start=bottom):
            places[node] = (float(x), float(y))
    return places


def _columns(order: Sequence[Node]) -> dict[Node, int]:
    """Operations by their longest way from a leaf, leaves just before their first user."""
    column: dict[Node, int] = {}
    for node in order:
        column[node] = 1 + max((column[arg] for arg in node.args), default=-1)
    for node in order:
        if not node.args:
            users = [column[user] for user in order if node in user.args]
            column[node] = min(users, default=1) - 1
    return column
