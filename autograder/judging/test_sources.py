"""What an exercise's evidence rests on: the modules that its file takes, and not the package that they lie in."""

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
