"""A built unit for the tests that look at what a build leaves."""

import sys

import pytest

import solutions
from autograder.authoring import build as building
from autograder.authoring.build import build
from autograder.course import catalogue, loading
from autograder.judging import making
from autograder.testing import own_course
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


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A course of one's own, beside a project of two small units in the place of ours; see `testing.own_course`."""
    project, root = own_course.make(tmp_path)
    monkeypatch.setattr(catalogue, "ROOT", project)
    monkeypatch.setattr(loading, "ROOT", project)
    monkeypatch.setattr(solutions, "__path__", [str(project / "solutions")])
    yield root
    for name in [name for name in sys.modules if name.startswith("solutions.tiny_")]:
        del sys.modules[name]
