"""topological_order on graphs small enough to list every right order, and on one with very many paths."""

import itertools

import numpy as np
import pytest

from helpers.graph import Leaf, Node
from solutions.a_tape_of_your_own.topological_order import topological_order


class Join(Node):
    def forward(self, *values):
        return 0.0


def right_orders(nodes):
    """By trying all permutations: those in which no node stands before one of its arguments."""
    return [
        list(p)
        for p in itertools.permutations(nodes)
        if all(p.index(arg) < p.index(node) for node in p for arg in node.args)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_the_order_is_among_the_right_ones(seed):
    rng = np.random.default_rng(seed)
    nodes = [Leaf(0.0), Leaf(0.0)]
    for _ in range(4):
        nodes.append(Join(*(nodes[i] for i in rng.integers(len(nodes), size=2))))
    reached = [nodes[-1]]
    for node in reached:
        reached += [arg for arg in dict.fromkeys(node.args) if arg not in reached]
    assert topological_order(nodes[-1]) in right_orders(reached)


def test_a_leaf_alone_is_its_own_order():
    leaf = Leaf(1.0)
    assert topological_order(leaf) == [leaf]


def test_a_ladder_of_200_steps_has_201_nodes_whatever_its_number_of_paths():
    node = Leaf(1.0)
    for _ in range(200):
        # 2 to the power of 200 paths: only a walk by nodes ever ends
        node = Join(node, node)
    assert len(topological_order(node)) == 201
