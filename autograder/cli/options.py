"""What the verbs share: their options, how they find units and folders, and the one rule for how they end.

    0   all is well
    1   something fell short, or could not be done as things stand
    2   it was called wrongly

Each verb does its work within `verb(name)`, and imports what it needs there, so that help comes at once and a
failing import costs a sentence.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers.errors import CalledWrongly, CourseError

if TYPE_CHECKING:
    from autograder.course.catalogue import Unit

UnitName = Annotated[str, typer.Argument(metavar="UNIT", help="Its id, number or beginning.")]
UnitNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[UNIT]...", help="Ids, numbers or beginnings; all by default."),
]
CourseRoot = Annotated[
    Path | None,
    typer.Option(
        "--course", metavar="DIR", help="Another course root; by default this folder, if it has a course.yml."
    ),
]
Students = Annotated[
    list[str] | None, typer.Option("--student", metavar="ID", help="Only this one; may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="How much runs side by side; by default the cores.")]


@contextmanager
def verb(name: str, interrupted: str = "") -> Iterator[None]:
    """Say in a sentence what keeps a verb from its work, and exit by the rule.

    Args:
        name: the verb, as it was called: "export csv".
        interrupted: what to say after Ctrl-C, beside that it was interrupted.
    """
    try:
        yield
    except CalledWrongly as error:
        raise typer.BadParameter(str(error)) from None
    except CourseError as error:
        fail(f"fdl {name}: {error}")
    except OSError as error:
        fail(f"fdl {name}: {_about(error)}")
    except ImportError as error:
        fail(f"fdl {name}: {error}. Install the locked packages (`make install`) and run it again")
    except KeyboardInterrupt:
        fail(f"fdl {name}: interrupted. {interrupted}".rstrip())


def fail(sentence: str) -> None:
    """Say what fell short on stderr, and exit with 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1) from None


def unit_of(name: str, course: Path | None = None) -> "Unit":
    """Find a unit of a course.

    Args:
        name: its id, number or beginning.
        course: the course root; see `chosen_root`.
    Raises:
        CalledWrongly: if there is none of this name, or several.
    """
    from autograder.course import catalogue
    from autograder.course.layout import content_of

    return catalogue.unit(name, content_of(chosen_root(course)))


def units_of(names: Sequence[str] | None, course: Path | None = None) -> list["Unit"]:
    """Find units of a course; all if none are named.

    Args:
        names: ids, numbers or beginnings.
        course: the course root; see `chosen_root`.
    """
    from autograder.course import catalogue
    from autograder.course.layout import content_of

    if not names:
        return catalogue.units(content_of(chosen_root(course)))
    return [unit_of(name, course) for name in names]


def chosen_root(course: Path | None) -> Path:
    """The course root that is named, or else the folder that one is in, if it is one, or else this project's."""
    from autograder.course.layout import COURSE, is_own

    if course is None and is_own(Path.cwd()):
        return Path.cwd()
    return (course or COURSE).resolve()


def root_of(course: Path | None) -> Path:
    """A course root that is there; see `chosen_root`.

    Raises:
        CalledWrongly: if it is not a folder.
    """
    root = chosen_root(course)
    if not root.is_dir():
        raise CalledWrongly(f"there is no folder {root}")
    return root


def cores(jobs: int) -> int:
    """How much to run side by side: what was asked for, or as many as there are cores."""
    return jobs or os.cpu_count() or 1


def write(file: Path, data: bytes) -> Path:
    """Write a file and the folders above it, and return it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def _about(error: OSError) -> str:
    """What the system said, and of which file."""
    if not error.filename:
        return str(error)
    return f"{error.filename}: {error.strerror or error}"
