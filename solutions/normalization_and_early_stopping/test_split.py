"""split: sets by enumeration, and shares by counting."""

import numpy as np
import pytest

from solutions.normalization_and_early_stopping.split import split


@pytest.mark.parametrize("N", [1, 5, 10, 97, 1000])
@pytest.mark.parametrize("shares", [(0.6, 0.2, 0.2), (0.5, 0.25, 0.25), (0.9, 0.05, 0.05)])
def test_the_sets_are_a_partition_with_these_shares(N, shares):
    x, y = np.arange(N).reshape(N, 1), 10 * np.arange(N)
    parts = split(x, y, shares, np.random.default_rng(N))
    together = np.concatenate([part for part, _ in parts])
    assert sorted(together.ravel()) == list(range(N))
    for (part, classes), share in zip(parts, shares, strict=True):
        np.testing.assert_array_equal(10 * part[:, 0], classes)
        assert abs(len(part) - share * N) <= 1


def test_every_example_is_tested_on_as_often_as_its_share_says():
    x = np.arange(20)
    rng, times = np.random.default_rng(0), np.zeros(20)
    for _ in range(2000):
        _, _, (test, _) = split(x, x, (0.5, 0.25, 0.25), rng)
        times[test] += 1
    # 2,000 draws of a quarter: five deviations of a share are 5 · sqrt(0.25 · 0.75 / 2000) = 0.048
    np.testing.assert_allclose(times / 2000, 0.25, atol=0.048)
