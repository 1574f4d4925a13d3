"""A built unit for the tests that look at what a build leaves."""

import pytest

from autograder.authoring import build as building
from autograder.authoring.build import build
from autograder.judging import making
from autograder.testing.small_unit import TEXT, unit_of
from helpers.published import save


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    return unit_of(TEXT, tmp_path_factory.mktemp("units"))


@pytest.fixture(scope="session")
def built(sample, tmp_path_factory):
    """A folder with course/ and notebooks/, as `fdl build` leaves them."""
    folder = tmp_path_factory.mktemp("built")
    build([sample], course=folder / "course", notebooks=folder / "notebooks")
    return folder


@pytest.fixture
def known_evidence(built, monkeypatch):
    """Builds need not run the sample's checks once more."""
    monkeypatch.setattr(building, "NOTEBOOKS", built / "notebooks")


@pytest.fixture
def in_this_process(monkeypatch):
    """Evidence is made here, which for a small exercise is faster than to start processes."""

    def share(missing, progress):
        for path, exercise in missing.items():
            save(path, making.published(exercise))

    monkeypatch.setattr(making, "_share", share)
