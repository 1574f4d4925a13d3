"""Examples that are learned one by one: each turns right at the step that was said."""

import numpy as np
import pytest

from helpers.one_by_one import N, one_by_one


def right_by_step(x, y, W, lr, steps):
    """How many examples are right before each step of gradient descent, by hand."""
    b, found = np.zeros(W.shape[1]), []
    for _ in range(steps):
        a = x @ W + b
        found.append(int(np.sum(np.argmax(a, axis=1) == y)))
        p = np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)
        slope = (p - np.eye(W.shape[1])[y]) / len(x)
        W, b = W - lr * x.T @ slope, b - lr * slope.sum(axis=0)
    return found


@pytest.mark.parametrize("last", [3, 4, 5, 6])
def test_the_last_two_turn_right_at_their_steps(last):
    for seed in range(50):
        rng = np.random.default_rng(seed)
        lr = rng.uniform(0.06, 0.09)
        wanted = [N if step >= last else N - 1 if step >= last - 2 else N - 2 for step in range(9)]
        assert right_by_step(*one_by_one(rng, lr, last), lr, 9) == wanted


def test_all_may_be_right_from_the_start():
    rng = np.random.default_rng(0)
    assert right_by_step(*one_by_one(rng, 0.1, 0), 0.1, 7) == [N] * 7
