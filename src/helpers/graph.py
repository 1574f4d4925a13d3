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
