"""Which confinement is chosen, and when a server is started and ended."""

import pytest

from autograder.sandbox import NO_TIER, TIERS, Job, Step, client
from autograder.sandbox.client import Sandbox, strongest
from helpers.errors import CannotConfine

JOB = Job((Step("a", "x = 1"),))


def test_there_must_be_a_worker():
    with pytest.raises(ValueError, match="not 0"):
        Sandbox(workers=0)


def test_where_nothing_confines_it_is_refused_unless_unsafe(monkeypatch):
    monkeypatch.setattr(client.confine, "possible", lambda: False)
    with pytest.raises(CannotConfine, match="--unsafe"):
        strongest()
    assert strongest(unsafe=True) == NO_TIER


def test_a_tier_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(client.bubblewrap, "works", lambda: False)
    monkeypatch.setattr(client.confine, "possible", lambda: True)
    with pytest.raises(CannotConfine, match="no confinement 'bubblewrap"):
        strongest(tier=TIERS[0])
    assert strongest() == TIERS[1]


def test_nothing_is_started_before_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(client._Server, "start", lambda self: pytest.fail("a server was started"))
    Sandbox(unsafe=True, tier=NO_TIER).close()


def test_kernels_closed_before_they_were_ready_run_nothing():
    with Sandbox(unsafe=True, tier=NO_TIER) as kernels:
        folder = kernels.folder
        assert folder.exists()
    assert not folder.exists()
    with pytest.raises(RuntimeError, match="this sandbox is closed"):
        kernels.run(JOB)
