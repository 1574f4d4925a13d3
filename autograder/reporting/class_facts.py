"""What a class report says, counted: plain dictionaries, for a page and for programs."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from autograder.gradebook.results import Part, Result
from autograder.grading.graded_exercise import GradedExercise, Named
from autograder.reporting.anonymity import Names


def of_unit(results: Sequence[Result], names: Names) -> dict:
    """One unit's facts; the similarity of submissions is told apart."""
    return {
        "submissions": len(results),
        **_scores(results),
        "exercises": _exercises(results),
        "derivations": _derivations(results),
        "misconceptions": misconceptions(results, names),
        "unnamed": _unnamed(results),
        "review": [
            {"student": names.of(r.student), "reasons": [names.hide(reason) for reason in r.reasons]}
            for r in results
            if r.needs_review
        ],
        "slow_exercises": _slow_exercises(results, names),
        "slow_students": [
            {"student": names.of(r.student), "seconds": r.seconds}
            for r in sorted(results, key=lambda r: -r.seconds)[:5]
            if r.seconds
        ],
    }


def of_course(units: Mapping[str, Sequence[Result]], names: Names) -> dict:
    """All units side by side."""
    held = [{**m, "unit": unit} for unit, results in units.items() for m in misconceptions(results, names)]
    found: dict[str, dict[str, dict]] = defaultdict(dict)
    for unit, results in units.items():
        for result in results:
            found[names.of(result.student)][unit] = {
                "score": round(result.score, 2),
                "max_score": result.max_score,
                "open": bool(result.to_read or result.needs_review),
            }
    return {
        "units": [{"unit": unit, "submissions": len(r), **_scores(r)} for unit, r in units.items()],
        "misconceptions": sorted(held, key=lambda m: -len(m["students"])),
        "students": [{"student": who, "units": found[who]} for who in sorted(found, key=_by_number)],
    }


def misconceptions(results: Sequence[Result], names: Names) -> list[dict]:
    """Who holds what, the most common first."""
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    advice: dict[tuple[str, str], Named] = {}
    for result in results:
        for verdict in result.verdicts:
            for told in verdict.advice:
                key = verdict.exercise, told.name
                advice[key] = told
                holders[key].append(names.of(result.student))
    found = [
        {
            "misconception": key[1],
            "exercise": key[0],
            "students": sorted(who, key=_by_number),
            "share": round(len(who) / len(results), 3),
            "lecture": advice[key].lecture,
            "advice": advice[key].text,
        }
        for key, who in holders.items()
    ]
    return sorted(found, key=lambda m: (-len(m["students"]), m["exercise"], m["misconception"]))


def _scores(results: Sequence[Result]) -> dict:
    scores = [result.score for result in results]
    return {
        "scores": sorted(round(score, 2) for score in scores),
        "max_score": max((result.max_score for result in results), default=0),
        "mean": round(statistics.fmean(scores), 2),
        "median": round(statistics.median(scores), 2),
        "open_points": sum(result.to_read for result in results),
        "needs_review": sum(result.needs_review for result in results),
    }


def _exercises(results: Sequence[Result]) -> list[dict]:
    """Of each exercise how it went, and of each of its checks how many passed it."""
    found: dict[str, dict] = {}
    for verdict in (verdict for result in results for verdict in result.verdicts):
        about = {
            "exercise": verdict.exercise,
            "lecture": verdict.lecture,
            "outcomes": Counter(),
            "checks": {},
        }
        entry = found.setdefault(verdict.exercise, about)
        entry["outcomes"][_kind(verdict)] += 1
        for check in verdict.checks:
            row = entry["checks"].setdefault(
                check.check, {"check": check.check, "points": check.max_points, "passed": 0, "of": 0}
            )
            row["passed"] += check.passed
            row["of"] += 1
    return [{**entry, "checks": list(entry["checks"].values())} for entry in found.values()]


def _kind(verdict: GradedExercise) -> str:
    """How an answer went by its checks."""
    if verdict.not_begun:
        return "not begun"
    if verdict.points >= verdict.max_points:
        return "all points"
    return "some" if verdict.points else "none"


def _derivations(results: Sequence[Result]) -> list[dict]:
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in (part for result in results for part in result.parts if part.by_hand):
        parts[part.name].append(part)
    return [
        {
            "derivation": name,
            "max_score": these[0].max_score,
            "waiting": sum(part.waits for part in these),
            "read": sum(part.decided for part in these),
            "mean": round(statistics.fmean(p.score for p in these if p.decided), 2)
            if any(p.decided for p in these)
            else None,
        }
        for name, these in parts.items()
    ]


def _unnamed(results: Sequence[Result]) -> list[dict]:
    """Wrong answers that no misconception explains: what an author may want to look at."""
    counts = Counter(
        verdict.exercise
        for result in results
        for verdict in result.verdicts
        if verdict.how == "unrecognized" and not verdict.needs_review and not verdict.not_begun
    )
    return [{"exercise": name, "students": number} for name, number in counts.most_common()]


def _slow_exercises(results: Sequence[Result], names: Names) -> list[dict]:
    times: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for result in results:
        for verdict in result.verdicts:
            if verdict.seconds:
                times[verdict.exercise].append((verdict.seconds, names.of(result.student)))
    found = [
        {
            "exercise": name,
            "median": round(statistics.median(seconds for seconds, _ in these), 2),
            "longest": max(these)[0],
            "student": max(these)[1],
        }
        for name, these in times.items()
    ]
    return sorted(found, key=lambda row: (-row["median"], row["exercise"]))


def _by_number(name: str) -> tuple:
    """Student 2 before student 10; names by their letters."""
    begin, _, number = name.rpartition(" ")
    return (begin, int(number)) if number.isdecimal() else (name, 0)
