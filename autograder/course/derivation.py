"""A derivation: what is worked out on paper and graded by hand, with the answer and rubric that graders see."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from autograder.course.catalogue import Unit
from helpers.errors import AuthoringError

PARTS = ("Answer", "Rubric", "Common errors")
ITEM = re.compile(r"^- (\d+(?:\.\d+)?) points?: (.*?)(?=\n- |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Item:
    """What a rubric gives points for."""

    points: float
    text: str


@dataclass(frozen=True)
class Derivation:
    """What `solutions/<unit>/<name>.md` says."""

    name: str
    points: float
    lecture: str
    answer: str
    rubric: str
    errors: str

    @property
    def items(self) -> list[Item]:
        """The rubric's items, in its order."""
        return [Item(float(points), " ".join(text.split())) for points, text in ITEM.findall(self.rubric)]


def of(unit: Unit, name: str) -> Derivation:
    """A unit's derivation; where a course of one's own has a file of that name, that one.

    Args:
        unit: whose derivation.
        name: the stem of its file.
    Raises:
        AuthoringError: if there is no such file, or something is missing in it.
    """
    paths = [root / "solutions" / unit.package / f"{name}.md" for root in unit.content]
    for path in paths:
        if path.is_file():
            return read(path)
    raise AuthoringError(f"{unit.path}: the derivation {name!r} has no answer; write {paths[0]}")


def read(path: Path) -> Derivation:
    """Read a derivation's file: front matter with points and lecture, then its three sections.

    Raises:
        AuthoringError: if something is missing; it says what, and how it should look.
    """
    text = path.read_text("utf-8")
    front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    if not front:
        raise AuthoringError(f"{path} should begin with\n---\npoints: 4\nlecture: 5:26\n---")
    head = _front_matter(path, front.group(1))
    sections = _sections(text[front.end() :])
    missing = [f"## {part}" for part in PARTS if not sections.get(part)]
    if missing:
        raise AuthoringError(f"{path} has no {' and no '.join(missing)}")
    answer, rubric, errors = (sections[part] for part in PARTS)
    derivation = Derivation(path.stem, _points(path, head["points"]), head["lecture"], answer, rubric, errors)
    sum_of_items = sum(item.points for item in derivation.items)
    if sum_of_items != derivation.points:
        raise AuthoringError(
            f"{path}: the items of its rubric should add up to {derivation.points:g} points and give "
            f"{sum_of_items:g}; each is a line like `- 1 point: what it is given for`"
        )
    return derivation


def _front_matter(path: Path, text: str) -> dict[str, str]:
    """What stands between the two lines of dashes, with points and lecture in it."""
    try:
        # every value is a text: YAML would otherwise read the time 5:26 as the number 326
        head = yaml.load(text, yaml.BaseLoader) or {}
    except yaml.YAMLError as error:
        raise AuthoringError(f"{path}: its front matter is not YAML ({str(error).splitlines()[0]})") from None
    missing = [key for key in ("points", "lecture") if not head.get(key)]
    if missing:
        raise AuthoringError(f"{path}: its front matter should say {' and '.join(missing)}")
    return head


def _sections(text: str) -> dict[str, str]:
    """The text below each heading."""
    pieces = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)
    titles, bodies = pieces[1::2], pieces[2::2]
    return {title: body.strip() for title, body in zip(titles, bodies, strict=True)}


def _points(path: Path, value: str) -> float:
    try:
        points = float(value)
    except ValueError:
        points = -1
    if not 0 < points < 1000:
        raise AuthoringError(f"{path}: points should be a number above 0, received {value!r}")
    return points
