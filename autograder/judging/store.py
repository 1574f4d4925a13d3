"""Where evidence is kept, and from which state of its sources each file was made.

Making evidence takes minutes. So beside the notebooks lies a record a unit, and evidence that is still as recorded,
from sources that are as recorded, is not made again. Another processor gives other last bits: what is equal within
the judge's tolerances, and says the same where it failed, is kept as it is.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from helpers.checks import Checks
from helpers.compare import same, say_the_same
from helpers.published import load
from helpers.table import REFERENCE, Answer, Table

RECORDS = ".evidence"


def recorded(tree: Path) -> dict[str, Path]:
    """A folder's evidence that is as it was recorded, by the state of the sources that it was made from.

    Args:
        tree: a folder of notebooks, as students get them.
    """
    by_state = {}
    for file in sorted((tree / RECORDS).glob("*.json")):
        for name, entry in _read(file).items():
            path = tree / name
            if entry["sha256"] == _sha256(path):
                by_state[entry["sources"]] = path
    return by_state


def record(tree: Path, states: Mapping[str, str]) -> None:
    """Record from which state of its sources evidence was made.

    Args:
        tree: a folder of notebooks.
        states: by the evidence's path below the folder; what else is recorded stays, if it is there.
    """
    by_file: dict[Path, dict[str, str]] = defaultdict(dict)
    for name, state in states.items():
        by_file[record_of(tree, name)][name] = state
    for file, these in by_file.items():
        entries = _read(file)
        for name, state in these.items():
            entries[name] = {"sources": state, "sha256": _sha256(tree / name)}
        there = {name: entry for name, entry in sorted(entries.items()) if (tree / name).exists()}
        if there != _read(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(there, indent=1) + "\n", "utf-8", newline="\n")


def record_of(tree: Path, name: str) -> Path:
    """The file that records some evidence: one a unit, so that two people who work on two units do not meet.

    Args:
        tree: a folder of notebooks.
        name: the evidence's path below it.
    """
    unit = Path(name).parts[0]
    return tree / RECORDS / f"{unit}.json"


def says_the_same(exercise: Checks, one: Path, other: Path) -> bool:
    """Whether two `.evidence` files are the same to the judge: in form, values, and the words of errors.

    Args:
        exercise: its checks say what is compared, and how closely.
        one: a file.
        other: another; a damaged one is never the same.
    """
    try:
        a, b = load(one), load(other)
    except ValueError:
        return False
    if (a.draws, a.advice) != (b.draws, b.advice):
        return False
    return all(_same_tables(exercise, *pair) for pair in zip(a.tables, b.tables, strict=True))


def _same_tables(exercise: Checks, one: Table, other: Table) -> bool:
    if one.known.keys() != other.known.keys() or one.pairs.keys() != other.pairs.keys():
        return False
    answers = [(one.ours, other.ours)]
    answers += [(one.known[name], other.known[name]) for name in one.known]
    answers += [(one.pairs[names], other.pairs[names]) for names in one.pairs]
    if [c.change for c in one.changed] != [c.change for c in other.changed]:
        return False
    for a, b in zip(one.changed, other.changed, strict=True):
        right = one.known[REFERENCE]
        answers.append((right | a.gives, right | b.gives))
    return all(_same_answers(exercise, *pair) for pair in answers)


def _same_answers(exercise: Checks, one: Answer, other: Answer) -> bool:
    if one.keys() != other.keys():
        return False
    for check in exercise.checks:
        a, b = one[check.name], other[check.name]
        if not same(check, a, b) or not say_the_same(a.failure, b.failure):
            return False
    return True


def _read(file: Path) -> dict[str, dict[str, str]]:
    """What a record says; nothing if it is damaged."""
    try:
        entries = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    complete = isinstance(entries, dict) and all(
        isinstance(entry, dict) and {"sources", "sha256"} <= entry.keys() for entry in entries.values()
    )
    return entries if complete else {}


def _sha256(path: Path) -> str:
    if not path.exists():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()
