"""`fdl build`: assemble units, release them through nbgrader, and compare with what is there.

course/units/NN_unit.py + solutions/unit/  →  course/source/  →  course/release/  →  notebooks/
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat

from autograder.authoring import student_bundle
from autograder.authoring.assemble import assemble, write
from autograder.authoring.mirror import Difference, compare, files, mirror
from autograder.authoring.publish import equal_within_tolerance, leaks, publish
from autograder.authoring.release import generate
from autograder.course import catalogue
from autograder.course.catalogue import Unit, exercises
from autograder.course.layout import CONFIG, COURSE, MADE, NOTEBOOKS
from autograder.exercise import Exercise, check_id, file_of, solution_id
from autograder.judging.store import LOCK, evidence_files, record, recorded, state
from autograder.progress import Progress, part, silent
from helpers.errors import AuthoringError, Refused
from helpers.quiet import import_tensorflow

__all__ = ["assemble", "build", "check_id", "differences", "solution_id"]


def build(
    chosen: Sequence[Unit],
    course: Path = COURSE,
    notebooks: Path = NOTEBOOKS,
    anew: bool = False,
    progress: Progress = silent,
) -> None:
    """Make the instructor's and the students' notebooks of some units. No gradebook is touched.

    Args:
        course: the course root; its source/ and release/ get the units.
        notebooks: what students get; its front page lists every unit of the course.
        anew: make evidence anew even if it is recorded as made from the sources as they are.
        progress: is told what is being made.
    Raises:
        ValueError: if a unit cannot be built; then nothing has been changed.
    """
    with _fresh(chosen, course, notebooks, anew, progress) as fresh:
        for unit in chosen:
            mirror(fresh / "source" / unit.id, course / "source" / unit.id)
            mirror(fresh / "release" / unit.id, course / "release" / unit.id)
            mirror(fresh / "release" / unit.id, notebooks / unit.id)
            record(notebooks, _states(unit))
            for made_from in _states(unit).values():
                (MADE / f"{made_from}.evidence").unlink(missing_ok=True)  # recorded now
    if not (course / CONFIG).exists():
        shutil.copyfile(COURSE / CONFIG, course / CONFIG)
    student_bundle.write_front_page(notebooks / "README.md")
    for folder in _left_over(chosen, notebooks):
        shutil.rmtree(folder)


def differences(
    chosen: Sequence[Unit],
    course: Path = COURSE,
    notebooks: Path = NOTEBOOKS,
    anew: bool = False,
    progress: Progress = silent,
) -> list[Difference]:
    """Where what students get differs from a fresh build of some units."""
    with _fresh(chosen, course, notebooks, anew, progress) as fresh:
        student_bundle.write_front_page(fresh / "README.md")
        found = compare(fresh / "README.md", notebooks / "README.md")
        for unit in chosen:
            found += compare(fresh / "release" / unit.id, notebooks / unit.id)
    states = {name: now for unit in chosen for name, now in _states(unit).items()}
    made_from = {path: then for then, path in recorded(notebooks).items()}
    stale = [name for name, now in states.items() if made_from.get(notebooks / name) != now]
    found += [Difference(notebooks / LOCK, f"does not know {name} as it is now") for name in stale]
    return found + [Difference(d, "belongs to no unit") for d in _left_over(chosen, notebooks)]


def _states(unit: Unit) -> dict[str, str]:
    """The state of each exercise of a unit, by its evidence's path below the notebooks."""
    return {_evidence(unit, exercise): state(exercise) for exercise in exercises(unit)}


def _evidence(unit: Unit, exercise: Exercise) -> str:
    return f"{unit}/checks/{file_of(exercise).stem}.evidence"


def _left_over(chosen: Sequence[Unit], notebooks: Path) -> list[Path]:
    """Folders of units that the course no longer has; they are looked for when the whole course is built."""
    course = {unit.id for unit in catalogue.units()}
    if {unit.id for unit in chosen} != course:
        return []
    return [folder for folder in sorted(notebooks.glob("[0-9]*_*/")) if folder.name not in course]


@contextmanager
def _fresh(
    chosen: Sequence[Unit], course: Path, notebooks: Path, anew: bool, progress: Progress
) -> Iterator[Path]:
    """A folder with a fresh source/ and release/ of some units."""
    progress(0, 1, "loading TensorFlow")
    import_tensorflow()
    with tempfile.TemporaryDirectory(prefix="fdl-build-") as folder:
        fresh = Path(folder)
        for i, unit in enumerate(chosen):
            progress(0.1 * i / len(chosen), 1, f"{unit}: notebook and checks")
            _make_source(unit, fresh / "source" / unit.id)
        every = [exercise for unit in chosen for exercise in exercises(unit)]
        before = {exercise: state(exercise) for exercise in every}
        made = fresh / "evidence" if anew else MADE
        trees = () if anew else (notebooks, NOTEBOOKS)
        evidence = evidence_files(every, made, trees, progress=part(progress, 0.1, 0.8))
        for i, unit in enumerate(chosen):
            progress(0.8 + 0.2 * i / len(chosen), 1, f"{unit}: release")
            for exercise in exercises(unit):
                name = _evidence(unit, exercise)
                _place(exercise, evidence[file_of(exercise)], notebooks / name, fresh / "source" / name)
            generate(unit.id, fresh, config=course if (course / CONFIG).exists() else COURSE)
            _hold_back(unit, fresh / "release" / unit.id)
        if changed := [e.name for e in every if state(e) != before[e]]:
            raise Refused(f"the sources of {', '.join(changed)} changed while they were built; start again")
        yield fresh


def _make_source(unit: Unit, folder: Path) -> None:
    (folder / "checks").mkdir(parents=True)
    write(assemble(unit), folder / f"{unit}.ipynb")
    for exercise in exercises(unit):
        publish(exercise, folder / "checks")


def _place(exercise: Exercise, made: Path, there: Path, target: Path) -> None:
    """Put evidence into a fresh build: what students have already, if it is equal up to a number's last bits.

    So a build on another processor changes nothing.
    """
    keep = there.exists() and equal_within_tolerance(exercise, there, made)
    shutil.copyfile(there if keep else made, target)


def _hold_back(unit: Unit, release: Path) -> None:
    """Refuse a release that shows an answer."""
    if found := leaks(exercises(unit), texts(release)):
        raise AuthoringError("students would see an answer:\n  " + "\n  ".join(found))


def texts(folder: Path) -> dict[str, str]:
    """What can be read in a folder of notebooks, by file."""
    return {p.relative_to(folder).as_posix(): _text(p) for p in files(folder) if p.suffix != ".evidence"}


def _text(path: Path) -> str:
    if path.suffix != ".ipynb":
        return path.read_text("utf-8")
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
