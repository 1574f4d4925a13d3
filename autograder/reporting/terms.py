"""Two terms beside each other: what `fdl report UNIT --json` said in an earlier one, and what it says now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import CalledWrongly


@dataclass(frozen=True)
class Change:
    """A share of the submissions then and now, from 0 to 1; None where a term had no such check.

    Attributes:
        exercise: whose check or misconception.
        name: of the check or the misconception.
        before: in the earlier term.
        now: in this one.
    """

    exercise: str
    name: str
    before: float | None
    now: float | None


@dataclass(frozen=True)
class ComparedTerms:
    """How two terms differ; of a misconception, a term in which nobody holds it has the share 0.

    Attributes:
        submissions: how many there were in the earlier term.
        checks: the share that passed each.
        misconceptions: the share that holds each, the most common first.
    """

    submissions: int
    checks: tuple[Change, ...]
    misconceptions: tuple[Change, ...]


def compared(now: Mapping[str, Any], file: Path) -> ComparedTerms:
    """This term beside an earlier one.

    Args:
        now: what `fdl report UNIT --json` says of this term.
        file: what it said in the earlier one.
    Raises:
        CalledWrongly: if the file holds anything else.
    """
    how = f"write it with `fdl report {now['unit']} --json > FILE` in the other course root"
    try:
        earlier = json.loads(file.read_text("utf-8"))
        unit, submissions = earlier["unit"], int(earlier["submissions"])
        passed, held = _passed(earlier), _held(earlier)
    except OSError as error:
        raise CalledWrongly(f"{file} cannot be read ({error.strerror}); {how}") from None
    except (ValueError, KeyError, TypeError, ZeroDivisionError, RecursionError):
        raise CalledWrongly(f"{file} is no report as JSON; {how}") from None
    if unit != now["unit"]:
        raise CalledWrongly(f"{file} is a report about {unit}, not about {now['unit']}; {how}")
    checks = _changes(passed, _passed(now), missing=None)
    misconceptions = _changes(held, _held(now), missing=0.0)
    most_common = sorted(misconceptions, key=lambda row: -max(row.before or 0, row.now or 0))
    return ComparedTerms(submissions, checks, tuple(most_common))


def _passed(report: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """The share that passed, by exercise and check."""
    shares = {}
    for exercise in report["exercises"]:
        for check in exercise["checks"]:
            shares[exercise["exercise"], check["check"]] = round(check["passed"] / check["of"], 3)
    return shares


def _held(report: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """The share that holds a misconception, by exercise and name."""
    return {(row["exercise"], row["misconception"]): float(row["share"]) for row in report["misconceptions"]}


def _changes(
    before: Mapping[tuple[str, str], float], now: Mapping[tuple[str, str], float], missing: float | None
) -> tuple[Change, ...]:
    keys = dict.fromkeys([*now, *before])
    return tuple(Change(*key, before.get(key, missing), now.get(key, missing)) for key in keys)
