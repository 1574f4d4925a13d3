"""The log of your attempts, and how much advice an attempt gets: a question, then a hint, then the fix.

The log is a file of JSON lines that you can read: when, which exercise, which checks passed, and a digest of
your cells' source, never the source itself. It lies where nbgrader hands nothing in, `feedback/attempts.jsonl`,
unless you switch that on: `settings(hand_in=True)` keeps it as `attempts.jsonl` beside the notebook. Advice comes
at once after `settings(steps=False)`. What holds stands in `check_settings.json`, which you may edit as well.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helpers.card import Step
from helpers.verdict import Kind, Verdict

SETTINGS = Path("check_settings.json")
# nbgrader submits a unit's folder without what is in `feedback`.
KEPT = Path("feedback", "attempts.jsonl")
HANDED_IN = Path("attempts.jsonl")


@dataclass(frozen=True)
class Settings:
    """What a student may switch.

    Attributes:
        steps: whether advice comes in steps, not at once.
        hand_in: whether the log of attempts is handed in with the notebook.
    """

    steps: bool = True
    hand_in: bool = False


def settings(steps: bool | None = None, hand_in: bool | None = None) -> None:
    """Switch what you like, and see what holds now; undo it by the opposite.

    Args:
        steps: True for advice in steps, False for all of it at once.
        hand_in: True if your log of attempts may be handed in with the notebook.
    """
    now = read_settings()
    wanted = {**asdict(now)}
    if steps is not None:
        wanted["steps"] = bool(steps)
    if hand_in is not None:
        wanted["hand_in"] = bool(hand_in)
    changed = Settings(**wanted)
    if changed != now:
        SETTINGS.write_text(json.dumps(wanted, indent=1) + "\n", "utf-8")
    before, after = log_file(now), log_file(changed)
    if before != after and before.exists():
        after.parent.mkdir(exist_ok=True)
        before.replace(after)
    advice = "in steps: a question, a hint, the fix" if changed.steps else "at once"
    log = "is handed in with the notebook" if changed.hand_in else "stays with you"
    print(f"Advice comes {advice}. The log of your attempts, {after}, {log}.")


def read_settings() -> Settings:
    """The settings that hold in this folder; those that nobody changed are as they come."""
    try:
        found = json.loads(SETTINGS.read_text("utf-8"))
        return Settings(bool(found["steps"]), bool(found["hand_in"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Settings()


def log_file(chosen: Settings) -> Path:
    """Where the log of attempts lies.

    Args:
        chosen: the settings.
    """
    if chosen.hand_in:
        return HANDED_IN
    return KEPT


def attended() -> bool:
    """Whether somebody sits at this notebook.

    A kernel that runs a notebook for *Validate*, or while a course is built, is not allowed to ask for input.
    """
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    kernel = getattr(get_ipython(), "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))


def note(verdict: Verdict, cells: Iterable[str], withheld: bool = False) -> Step:
    """Write an attempt into the log, and say how much advice it gets.

    Args:
        verdict: what became of it.
        cells: the source of the cells that define the answer.
        withheld: whether it would have no points yet although its checks may pass.
    Returns:
        All of it where nobody sits at the notebook, where steps are off, or where no log can be written.
    """
    chosen = read_settings()
    if not attended():
        return Step.FIX
    digest = hashlib.sha256("\0".join(cells).encode()).hexdigest()[:16]
    attempt = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "exercise": verdict.exercise,
        "passed": [outcome.check for outcome in verdict.outcomes if outcome.passed],
        "failed": [outcome.check for outcome in verdict.outcomes if not outcome.passed],
        "not_written": all(outcome.kind == Kind.NOT_WRITTEN for outcome in verdict.outcomes),
        "withheld": withheld,
        "digest": digest,
    }
    file = log_file(chosen)
    try:
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(attempt) + "\n")
        attempts = _read(file)
    except OSError:
        return Step.FIX
    if not chosen.steps:
        return Step.FIX
    return step(attempts, verdict.exercise)


def step(attempts: list[dict[str, Any]], exercise: str) -> Step:
    """How much advice the last attempt at an exercise gets.

    Args:
        attempts: the log.
        exercise: whose attempts count.
    Returns:
        A step more for each change of the code after which the first check that failed still fails.
    """
    # An attempt before anything was written is none.
    mine = [a for a in attempts if a.get("exercise") == exercise and not a.get("not_written")]
    if not mine or not mine[-1].get("failed"):
        return Step.FIX
    check = mine[-1]["failed"][0]
    versions: list[str] = []
    for attempt in reversed(mine):
        if check not in attempt.get("failed", ()):
            break
        if attempt.get("digest") not in versions:
            versions.append(attempt.get("digest"))
    steps = list(Step)
    return steps[min(len(versions), len(steps)) - 1]


def _read(file: Path) -> list[dict[str, Any]]:
    """The log; lines that somebody has spoiled are left out."""
    attempts = []
    for line in file.read_text("utf-8", "replace").splitlines():
        try:
            attempt = json.loads(line)
        except ValueError:
            continue
        if isinstance(attempt, dict):
            attempts.append(attempt)
    return attempts
