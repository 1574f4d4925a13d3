"""Every exercise is of a kind, and brings its kind's probes or says why not."""

import pytest

from autograder.course import catalogue
from helpers.probes import BATTERIES

EXERCISES = [exercise for unit in catalogue.units() for exercise in catalogue.exercises(unit)]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_a_probe_is_there_or_there_is_a_reason(exercise):
    probes = {probe.key for probe in BATTERIES[exercise.kind]}
    there = {check.probe for check in exercise.checks if check.probe}
    assert there | set(exercise.without) == probes
    assert all(len(reason.split()) > 2 for reason in exercise.without.values())
