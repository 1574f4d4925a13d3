"""A deadline counts the share of the machine that a process can have."""

import os

import pytest

from autograder.sandbox.deadline import PATIENCE, Deadline


@pytest.fixture
def clock(monkeypatch):
    """Sets the time, and how many processes want to run for each core."""

    def set_to(seconds, crowding):
        monkeypatch.setattr("time.monotonic", lambda: seconds)
        monkeypatch.setattr("os.getloadavg", lambda: (crowding * (os.cpu_count() or 1), 0.0, 0.0))

    set_to(100.0, 0.0)
    return set_to


@pytest.mark.parametrize("crowding", [0.0, 0.5, 1.0])
def test_on_a_machine_with_cores_to_spare_it_is_the_clock(clock, crowding):
    deadline = Deadline(10)
    clock(104.0, crowding)
    assert deadline.left() == deadline.left_by_the_clock() == pytest.approx(6)


def test_among_others_a_share_of_the_time_is_counted(clock):
    deadline = Deadline(10)
    clock(104.0, 2.0)
    assert deadline.left() == pytest.approx(8)
    assert deadline.left_by_the_clock() == pytest.approx(16)


def test_patience_has_an_end_however_many_want_to_run(clock):
    deadline = Deadline(10)
    clock(100.0 + 10 * PATIENCE, 1000.0)
    assert deadline.left() == pytest.approx(0)
