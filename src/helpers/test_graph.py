"""The flow graph that students extend."""

from typing import Any

import matplotlib
import numpy as np
import pytest

from helpers.graph import Leaf, Node, draw_graph

matplotlib.use("Agg")


class Twice(Node):
    def forward(self, a):
        return 2 * a


class Nothing(Node):
    def forward(self, a):
        pass


def test_a_leaf_keeps_its_value_as_float64():
    leaf = Leaf(np.arange(3, dtype="float32"), "x")
    assert leaf.value.dtype == "float64"
    assert leaf.args == leaf.bprop(1.0) == ()


def test_an_operation_computes_its_value_when_it_is_made():
    x = Leaf([1.0, 2.0])
    node = Twice(x)
    np.testing.assert_array_equal(node.value, [2.0, 4.0])
    assert node.args == (x,)


def test_an_array_in_the_place_of_a_node_is_refused_with_what_to_do():
    array: Any = np.ones(3)
    with pytest.raises(
        ValueError, match=r"Twice takes nodes; wrap arrays as Leaf\(array\). Received: ndarray"
    ):
        Twice(array)


def test_a_forward_without_return_is_named():
    with pytest.raises(ValueError, match="forward of Nothing returned nothing"):
        Nothing(Leaf(1.0))


def test_a_drawing_labels_every_node():
    x = Leaf([1.0, 2.0], "x")
    node = Twice(x)
    ax = draw_graph([x, node])
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["x\n(2,)", "Twice\n(2,)"]
