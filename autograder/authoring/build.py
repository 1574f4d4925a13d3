"""`fdl build`: assemble units, release them through nbgrader, and compare with what is there.

course/units/NN_unit.py + solutions/unit/  →  course/source/  →  course/release/  →  notebooks/
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.authoring import student_bundle
from autograder.authoring.assemble import assemble, write
from autograder.authoring.mirror import Difference, compare, files, mirror
from autograder.authoring.new_course import SETTINGS
from autograder.authoring.publish import leaks, publish
from autograder.authoring.release import generate
from autograder.authoring.yours_to_write import decided
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import CONFIG, COURSE, MADE, NOTEBOOKS, content_of, is_own
from autograder.exercise import Exercise, file_of
from autograder.judging.making import evidence_files
from autograder.judging.sources import state
from autograder.judging.store import record, record_of, recorded, says_the_same
from autograder.progress import Progress, part, silent
from helpers import ownership
from helpers.errors import AuthoringError, Refused
from helpers.quiet import import_tensorflow


@dataclass(frozen=True)
class BuiltUnit:
    """A unit while it is built, looked up once.

    Attributes:
        unit: the unit.
        exercises: in the unit's order.
        states: of their sources when the build began, by the evidence's path below the notebooks.
    """

    unit: Unit
    exercises: tuple[Exercise, ...]
    states: dict[str, str]

    @classmethod
    def of(cls, unit: Unit) -> "BuiltUnit":
        """Look up a unit's exercises and the state of their sources."""
        exercises = tuple(catalogue.exercises(unit))
        states = {evidence_name(unit, exercise): state(exercise) for exercise in exercises}
        return cls(unit, exercises, states)


def evidence_name(unit: Unit, exercise: Exercise) -> str:
    """Where an exercise's evidence lies below the notebooks."""
    return f"{unit}/checks/{file_of(exercise).stem}.evidence"


def build(
    chosen: Sequence[Unit],
    course: Path = COURSE,
    notebooks: Path = NOTEBOOKS,
    anew: bool = False,
    progress: Progress = silent,
) -> None:
    """Make the instructor's and the students' notebooks of some units. No gradebook is touched.

    Args:
        chosen: the units.
        course: the course root; its source/ and release/ get the units.
        notebooks: what students get; its front page lists every unit of the course.
        anew: make evidence anew even if it is recorded as made from the sources as they are.
        progress: is told what is being made.
    Raises:
        CourseError: if a unit cannot be built; then nothing has been changed.
    """
    with _fresh(chosen, course, notebooks, anew, progress) as (fresh, built):
        for one in built:
            name = one.unit.id
            mirror(fresh / "source" / name, course / "source" / name)
            mirror(fresh / "release" / name, course / "release" / name)
            mirror(fresh / "release" / name, notebooks / name)
            record(notebooks, one.states)
            for made_from in one.states.values():
                # It is recorded now.
                (MADE / f"{made_from}.evidence").unlink(missing_ok=True)
    if not (course / CONFIG).exists():
        ours = SETTINGS if is_own(course) else (COURSE / CONFIG).read_text("utf-8")
        (course / CONFIG).write_text(ours, "utf-8")
    every = catalogue.units(content_of(course))
    student_bundle.write_front_page(notebooks / "README.md", every)
    for left_over in _left_over(chosen, every, notebooks):
        _remove(left_over)


def differences(
    chosen: Sequence[Unit],
    course: Path = COURSE,
    notebooks: Path = NOTEBOOKS,
    anew: bool = False,
    progress: Progress = silent,
) -> list[Difference]:
    """Where what students get differs from a fresh build of some units; see `build` for the arguments.

    Text is compared byte by byte; evidence by what it says, since its last bits are a processor's.
    """
    every = catalogue.units(content_of(course))
    with _fresh(chosen, course, notebooks, anew, progress) as (fresh, built):
        student_bundle.write_front_page(fresh / "README.md", every)
        different = compare(fresh / "README.md", notebooks / "README.md")
        for one in built:
            different += compare(fresh / "release" / one.unit.id, notebooks / one.unit.id)
    made_from = {path: made_from for made_from, path in recorded(notebooks).items()}
    for one in built:
        for name, now in one.states.items():
            if made_from.get(notebooks / name) != now:
                what = f"does not know {name} as it is now"
                different.append(Difference(record_of(notebooks, name), what))
    different += [Difference(path, "belongs to no unit") for path in _left_over(chosen, every, notebooks)]
    return different


def texts(folder: Path) -> dict[str, str]:
    """What can be read in a folder of notebooks, by file."""
    readable = [path for path in files(folder) if path.suffix != ".evidence"]
    return {path.relative_to(folder).as_posix(): _text(path) for path in readable}


@contextmanager
def _fresh(
    chosen: Sequence[Unit], course: Path, notebooks: Path, anew: bool, progress: Progress
) -> Iterator[tuple[Path, list[BuiltUnit]]]:
    """A folder with a fresh source/ and release/ of some units, and these units."""
    progress(0, 1, "loading TensorFlow")
    import_tensorflow()
    built = [BuiltUnit.of(unit) for unit in chosen]
    with tempfile.TemporaryDirectory(prefix="fdl-build-") as folder:
        fresh = Path(folder)
        for one in built:
            progress(0.05, 1, f"{one.unit}: notebook and checks")
            _make_source(one, fresh / "source" / one.unit.id)
        every = [exercise for one in built for exercise in one.exercises]
        made = MADE
        trees: tuple[Path, ...] = (notebooks, NOTEBOOKS)
        if anew:
            made = fresh / "evidence"
            trees = ()
        evidence = evidence_files(every, made, trees, part(progress, 0.1, 0.8))
        config = course if (course / CONFIG).exists() else COURSE
        for i, one in enumerate(built):
            progress(0.8 + 0.2 * i / len(built), 1, f"{one.unit}: release")
            for exercise in one.exercises:
                name = evidence_name(one.unit, exercise)
                _place(exercise, evidence[file_of(exercise)], notebooks / name, fresh / "source" / name)
            generate(one.unit.id, fresh, config)
            _hold_back(one, fresh / "release" / one.unit.id)
        _must_be_as_they_were(built)
        yield fresh, built


def _make_source(built: BuiltUnit, folder: Path) -> None:
    """Write the instructor's notebook and the public checks."""
    (folder / "checks").mkdir(parents=True)
    write(assemble(built.unit, built.exercises), folder / f"{built.unit}.ipynb")
    for exercise in built.exercises:
        publish(exercise, folder / "checks")
    theirs = {exercise.name: decided(exercise, built.unit) for exercise in built.exercises}
    ownership.save(folder / "checks" / ownership.FILE, theirs)


def _place(exercise: Exercise, made: Path, there: Path, target: Path) -> None:
    """Put evidence into a fresh build: what students have already, if it says the same.

    So a build on another processor changes nothing.
    """
    keep = there.exists() and says_the_same(exercise, there, made)
    shutil.copyfile(there if keep else made, target)


def _hold_back(built: BuiltUnit, release: Path) -> None:
    """Refuse a release that shows an answer."""
    shown = leaks(built.exercises, texts(release))
    if shown:
        raise AuthoringError("students would see an answer:\n  " + "\n  ".join(shown))


def _must_be_as_they_were(built: Sequence[BuiltUnit]) -> None:
    """Refuse a build during which somebody edited an exercise: nobody knows which half is of which."""
    changed = []
    for one in built:
        for exercise in one.exercises:
            if state(exercise) != one.states[evidence_name(one.unit, exercise)]:
                changed.append(exercise.name)
    if changed:
        names = ", ".join(changed)
        raise Refused(f"the sources of {names} changed while they were built; start again")


def _left_over(chosen: Sequence[Unit], every: Sequence[Unit], notebooks: Path) -> list[Path]:
    """What belongs to units that the course no longer has; it is looked for when the whole course is built."""
    course = {unit.id for unit in every}
    if {unit.id for unit in chosen} != course:
        return []
    folders = [folder for folder in sorted(notebooks.glob("[0-9]*_*/")) if folder.name not in course]
    records = [record_of(notebooks, folder.name) for folder in folders]
    return folders + [file for file in records if file.exists()]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _text(path: Path) -> str:
    if path.suffix != ".ipynb":
        return path.read_text("utf-8")
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
