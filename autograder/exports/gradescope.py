"""A zip for Gradescope's "Configure Autograder": the parts of the course that grade one unit, and how to start them.

It holds answers and a secret of its own, never the course's: Gradescope shows it to nobody but staff.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from autograder.authoring.build import evidence_name
from autograder.authoring.mirror import files
from autograder.authoring.student_bundle import LONG_AGO
from autograder.course import course_file
from autograder.course.catalogue import Unit, exercises
from autograder.course.layout import COURSE_FILE, ROOT
from autograder.exercise import file_of
from autograder.exports.on_gradescope import OWN
from autograder.grading import draws
from autograder.grading.plan import Plan, plan_of
from autograder.judging import not_yours
from autograder.judging.making import evidence_files
from autograder.judging.sources import state
from autograder.judging.store import record
from helpers.quiet import import_tensorflow

VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
PACKAGES = ("autograder", "solutions", "src/helpers")
PROGRAMS = ("setup.sh", "run_autograder")
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, when the image is made: Python 3.11 to 3.13, and the course's locked packages.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
source="${AUTOGRADER:-/autograder}/source"
apt-get update
apt-get install -y bubblewrap || true  # it grades without it as well
for version in 3.12 3.13 3.11; do
  apt-get install -y python$version python$version-venv && break
done
python$version -m venv /opt/fdl
/opt/fdl/bin/pip install --no-cache-dir --require-hashes -r "$source/requirements.lock"
printf '%s\\n' "$source" "$source/src" > "$(/opt/fdl/bin/python -c 'import site; print(site.getsitepackages()[0])')/fdl.pth"
/opt/fdl/bin/python -m compileall -q "$source" || true
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission. To try it out elsewhere, set AUTOGRADER to a folder laid out like
# Gradescope's /autograder, and FDL_PYTHON to a Python that has the course's packages.
root="${AUTOGRADER:-/autograder}"
cd "$root/source" || exit 1
export PYTHONPATH="$root/source:$root/source/src"
exec "${FDL_PYTHON:-/opt/fdl/bin/python}" -m autograder.exports.on_gradescope """


def pack(unit: Unit, file: Path, visibility: str = "visible", unsafe: bool = False) -> Plan:
    """Write the zip.

    Args:
        unit: the unit.
        file: where to.
        visibility: of the checks, as Gradescope calls it.
        unsafe: grade also where nothing can confine what a student wrote.
    Returns:
        The unit's plan, which tells the points.
    """
    import_tensorflow()
    plan = plan_of(unit)
    with tempfile.TemporaryDirectory(prefix="fdl-") as folder:
        made = Path(folder)
        arguments = [unit.id, '"$root"', visibility]
        if unsafe:
            arguments.append("--unsafe")
        _stage(unit, made, arguments)
        content = dict(_content(unit))
        for path in files(made):
            content[path.relative_to(made).as_posix()] = path
        _write(file, content)
    return plan


def _write(file: Path, content: Mapping[str, Path]) -> None:
    """Write a zip that is the same whenever its content is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(content.items()):
            mode = 0o755 if name in PROGRAMS else 0o644
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = mode << 16
            archive.writestr(entry, path.read_bytes())


def _stage(unit: Unit, made: Path, arguments: list[str]) -> None:
    """What is made for this zip: its two programs, a secret for its draws, and the evidence."""
    (made / "setup.sh").write_text(SETUP, "utf-8")
    (made / "run_autograder").write_text(f"{RUN}{' '.join(arguments)}\n", "utf-8")
    draws.secret(made)
    if unit.own:
        _stage_course_file(unit, made)
    trees = [root / "notebooks" for root in unit.content]
    evidence = evidence_files(exercises(unit), ROOT / "build" / "evidence", trees)
    states = {}
    for exercise in exercises(unit):
        name = evidence_name(unit, exercise)
        place = made / "notebooks" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(evidence[file_of(exercise)].read_bytes())
        states[name] = state(exercise)
    record(made / "notebooks", states)


def _stage_course_file(unit: Unit, made: Path) -> None:
    """What a course of one's own chooses, as far as it is about this unit."""
    assert unit.own
    chosen = course_file.read(unit.own)
    points = chosen.points.get(unit.id, {}) if chosen else {}
    file = made / OWN / COURSE_FILE
    file.parent.mkdir()
    file.write_text(yaml.safe_dump({"units": [unit.id], "points": {unit.id: points}}), "utf-8")


def _content(unit: Unit) -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        yield from _program(package, ROOT)
    if unit.path and not (unit.own and unit.path.is_relative_to(unit.own)):
        yield f"course/units/{unit.path.name}", unit.path
    if unit.own:
        for name, path in _program("solutions", unit.own):
            yield f"{OWN}/{name}", path
        beside = [unit.own / name for name in ("limits.yml", "operations.yml")]
        for path in [*unit.files, *beside]:
            if path.is_file() and path.is_relative_to(unit.own):
                yield f"{OWN}/{path.relative_to(unit.own).as_posix()}", path
    yield "requirements.lock", ROOT / "requirements.lock"


def _program(package: str, root: Path) -> Iterator[tuple[str, Path]]:
    """The files of a package, without its tests."""
    for path in files(root / package):
        census = path.name == not_yours.FILE
        if census or not path.name.startswith(("test_", "conftest", ".")):
            yield path.relative_to(root).as_posix(), path
