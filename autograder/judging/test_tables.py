"""A draw's table is the same each time it is made, and its reference met two lucks."""

import numpy as np

from autograder.judging.tables import add_pairs, answer, tabulate
from autograder.testing.tiny_exercise import tiny
from helpers.compare import same
from helpers.judge import REFERENCE, Judge

NOISE = ("return h - mean", "return h - mean + np.random.normal()")


def equal(a, b):
    return all(np.array_equal(a[name].arrays["h"], b[name].arrays["h"]) for name in a)


def test_a_draw_always_gives_the_same_table(tmp_path):
    exercise = tiny(tmp_path, NOISE)
    first, second = tabulate(exercise, 7), tabulate(exercise, 7)
    assert equal(first.ours, second.ours)
    assert all(equal(first.known[name], second.known[name]) for name in first.known)
    assert all(equal(first.pairs[names], second.pairs[names]) for names in first.pairs)


def test_draws_differ(tmp_path):
    exercise = tiny(tmp_path)
    assert not equal(tabulate(exercise, 1).ours, tabulate(exercise, 2).ours)


def test_ours_and_the_known_reference_have_lucks_of_their_own(tmp_path):
    table = tabulate(tiny(tmp_path, NOISE), 1, pairs=False)
    assert not equal(table.ours, table.known[REFERENCE])


def test_pairs_come_at_once_or_later_and_are_the_same(tmp_path):
    exercise = tiny(tmp_path)
    whole, late = tabulate(exercise, 3), tabulate(exercise, 3, pairs=False)
    assert late.pairs == {}
    add_pairs(late, exercise, 3)
    assert whole.pairs.keys() == late.pairs.keys() == {names for names, _ in exercise.pairs()}
    assert all(equal(whole.pairs[names], late.pairs[names]) for names in whole.pairs)


def test_a_table_judges_an_answer(tmp_path):
    exercise = tiny(tmp_path)
    judge = Judge(exercise, [tabulate(exercise, draw) for draw in (1, 2)])
    wrong = exercise.misconceptions[0]
    verdict = judge.verdict([answer(exercise, wrong.candidate, draw, luck=9) for draw in (1, 2)])
    assert (verdict.names, verdict.how, verdict.points) == ((wrong.name,), "whole", 2)


def test_an_answer_has_evidence_of_every_check(tmp_path):
    exercise = tiny(tmp_path)
    given = answer(exercise, exercise.candidate, 1, luck=1)
    assert list(given) == ["columns", "rows"]
    assert all(same(check, given[check.name], given[check.name]) for check in exercise.checks)
