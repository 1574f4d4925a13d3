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
CourseRoot = Annotated[Path | None, typer.Option("--course", metavar="DIR", help="Another course root.")]
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


def unit_of(name: str) -> "Unit":
    """Find a unit of the course.

    Raises:
        CalledWrongly: if there is none of this name, or several.
    """
    from autograder.course import catalogue

    return catalogue.unit(name)


def units_of(names: Sequence[str] | None) -> list["Unit"]:
    """Find units of the course; [] if none are named."""
    return [unit_of(name) for name in names or ()]


def root_of(course: Path | None) -> Path:
    """A course root that is there, by default that of this project.

    Raises:
        CalledWrongly: if it is not a folder.
    """
    from autograder.course.layout import COURSE

    root = (course or COURSE).resolve()
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
