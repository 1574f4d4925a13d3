"""A derivation: what is worked out on paper and graded by hand, with the answer and rubric that graders see."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from autograder.course.catalogue import Unit
from autograder.course.layout import ROOT
from helpers.errors import AuthoringError

PARTS = ("Answer", "Rubric", "Common errors")


@dataclass(frozen=True)
class Derivation:
    """What `solutions/<unit>/<name>.md` says."""

    name: str
    points: float
    lecture: str
    answer: str
    rubric: str
    errors: str


def of(unit: Unit, name: str) -> Derivation:
    """A unit's derivation by its name.

    Raises:
        ValueError: if there is no such file, or something is missing in it.
    """
    path = ROOT / "solutions" / unit.package / f"{name}.md"
    if not path.is_file():
        raise AuthoringError(f"{unit.path}: the derivation {name!r} has no answer; write {path}")
    return read(path)


def read(path: Path) -> Derivation:
    """Read a derivation's file: front matter with points and lecture, then its three sections.

    Raises:
        ValueError: if something is missing; it says what, and how it should look.
    """
    text = path.read_text("utf-8")
    front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    if not front:
        raise AuthoringError(f"{path} should begin with\n---\npoints: 4\nlecture: 5:26\n---")
    try:
        # every value is a text: YAML would otherwise read the time 5:26 as the number 326
        head = yaml.load(front.group(1), yaml.BaseLoader) or {}
    except yaml.YAMLError as error:
        raise AuthoringError(f"{path}: its front matter is not YAML ({str(error).splitlines()[0]})") from None
    missing = [key for key in ("points", "lecture") if not head.get(key)]
    if missing:
        raise AuthoringError(f"{path}: its front matter should say {' and '.join(missing)}")
    parts = _sections(text[front.end() :])
    missing = [f"## {part}" for part in PARTS if not parts.get(part)]
    if missing:
        raise AuthoringError(f"{path} has no {' and no '.join(missing)}")
    return Derivation(path.stem, _points(path, head["points"]), head["lecture"], *(parts[p] for p in PARTS))


def _sections(text: str) -> dict[str, str]:
    titles = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)
    return {title: body.strip() for title, body in zip(titles[1::2], titles[2::2], strict=True)}


def _points(path: Path, value: str) -> float:
    try:
        points = float(value)
    except ValueError:
        points = -1
    if not 0 < points < 1000:
        raise AuthoringError(f"{path}: points should be a number above 0, received {value!r}")
    return points
