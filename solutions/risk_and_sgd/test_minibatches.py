"""What an epoch must be, whatever its order."""

import numpy as np
import pytest

from solutions.risk_and_sgd.minibatches import minibatches


@pytest.mark.parametrize(("rows", "size"), [(10, 4), (12, 4), (3, 5), (5, 1), (1, 1)])
def test_every_example_comes_once_with_its_class(rows, size):
    x, y = np.arange(rows * 2).reshape(rows, 2), np.arange(rows) + 100
    given = list(minibatches(x, y, size, np.random.default_rng(0)))
    assert [len(part) for part, _ in given] == [min(size, rows - i) for i in range(0, rows, size)]
    parts, classes = (np.concatenate(column) for column in zip(*given, strict=True))
    np.testing.assert_array_equal(parts[:, 0] // 2 + 100, classes)
    np.testing.assert_array_equal(np.sort(classes), y)


def test_every_order_is_as_likely_as_any_other():
    x = y = np.arange(3)
    rng = np.random.default_rng(0)
    orders = [tuple(int(part[0]) for part, _ in minibatches(x, y, 1, rng)) for _ in range(3000)]
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 6
    # five standard deviations of a count
    assert np.abs(counts - 500).max() < 5 * np.sqrt(3000 / 6 * 5 / 6)
