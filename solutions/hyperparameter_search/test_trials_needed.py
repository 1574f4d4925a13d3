"""trials_needed, against the numbers of the derivation and against the chance that all miss."""

import pytest

from solutions.hyperparameter_search.trials_needed import trials_needed


def test_the_best_five_percent_need_59():
    assert trials_needed(0.05, 0.95) == 59


@pytest.mark.parametrize("share", [0.0002, 0.01, 0.05, 0.3, 0.9])
@pytest.mark.parametrize("certainty", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("dying", [0.0, 0.3])
def test_it_is_the_smallest_that_is_enough(share, certainty, dying):
    n = trials_needed(share, certainty, dying)
    miss = 1 - share * (1 - dying)
    assert 1 - miss**n >= certainty
    assert 1 - miss ** (n - 1) < certainty
