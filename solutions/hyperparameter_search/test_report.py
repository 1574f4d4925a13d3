"""report, against a search that is worked out by hand."""

import numpy as np
import pytest

from solutions.hyperparameter_search.report import report

SCORES = [np.nan, 0.5, 0.8, np.nan, 0.7]


def trials(scores):
    return [{"settings": {"lr": n}, "train": 0.9, "valid": s, "error": ""} for n, s in enumerate(scores)]


def test_a_search_worked_out_by_hand():
    asked = []

    def test(settings):
        asked.append(settings)
        return 0.75

    found = report(trials(SCORES), test)
    np.testing.assert_array_equal(found.pop("best_so_far"), [np.nan, 0.5, 0.8, 0.8, 0.8])
    assert found == {"chosen": 2, "valid": 0.8, "test": 0.75, "dead": 2}
    assert asked == [{"lr": 2}]


def test_a_dead_trial_is_not_chosen_where_scores_are_below_zero():
    found = report(trials([float("nan"), -0.5, -0.2]), lambda settings: -0.3)
    assert (found["chosen"], found["valid"], found["dead"]) == (2, -0.2, 1)


def test_there_is_nothing_to_report_where_all_died():
    with pytest.raises(ValueError, match="none of 2 trials has a score"):
        report(trials([np.nan, np.nan]), lambda settings: 0.0)
