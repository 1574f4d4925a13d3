"""What an exercise's evidence rests on: the modules that its file takes, and not the package that they lie in."""

import os

from autograder.course import catalogue
from autograder.exercise import file_of
from autograder.judging import sources
from autograder.judging.sources import with_imports


def test_a_module_that_is_taken_from_a_package_does_not_bring_what_the_package_offers(tmp_path):
    file = tmp_path / "one.py"
    file.write_text("from helpers import inputs\n")
    found = {path.name for path in with_imports({file})}
    assert {"one.py", "inputs.py"} <= found
    assert "attempts.py" not in found


def test_what_is_no_module_brings_the_package(tmp_path):
    file = tmp_path / "one.py"
    file.write_text("from helpers import inputs, settings\n")
    found = {path.name for path in with_imports({file})}
    assert {"inputs.py", "__init__.py", "attempts.py"} <= found


def test_what_was_written_since_it_was_loaded_is_known(tmp_path, monkeypatch):
    exercise = catalogue.exercises(catalogue.unit("03"))[0]
    helper = tmp_path / "helper.py"
    helper.write_text("x = 1\n")
    monkeypatch.setattr(sources, "_imported", lambda path: {helper} if path == file_of(exercise) else set())
    newest = max(file_of(exercise).stat().st_mtime, helper.stat().st_mtime)
    assert not sources.changed_since(newest, exercise)
    os.utime(helper, (newest + 9, newest + 9))
    assert sources.changed_since(newest, exercise)
