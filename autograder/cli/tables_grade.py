"""x"""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.gradebook.grade_class import Report, Row
from autograder.grading.engine import NOTHING, Graded

SHORT = {  # what to say of an exercise whose every message begins alike; "" for what follows
    NOTHING: "nothing to grade",
    "not written yet": "not written yet",
    "not yours yet": "not yours yet",
    "the cell with your answer was stopped": "stopped",
    "your code was stopped": "stopped",
    "your code ": "",
}


def show(report: Report, root: Path) -> None:
    """The class as a table, then who needs review and why, then where everything lies."""
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(table(report.rows))
    review = [row for row in report.rows if row.needs_review]
    if review:
        console.print(Text("Needs review", style="bold"), Text("(the points in doubt are withheld)"))
        for row in review:
            for reason in row.reasons:
                console.print(Text(f"  {row.student}: {reason}"), soft_wrap=True)
    now = sum(bool(row.graded.ran) for row in report.rows)
    console.print(
        Text(
            f"{report.unit}: {len(report.rows)} submissions, {now} graded now in {report.seconds:.0f} s "
            f"(confined by {report.confinement}), {len(review)} to review. "
            f"Gradebook: {root / 'gradebook.db'}; notebooks: {root / 'autograded'}"
        ),
        soft_wrap=True,
    )


def table(rows: Sequence[Row]) -> Table:
    """One line a student: score, and what they misunderstood."""
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    found.add_column("student")
    found.add_column("score", justify="right")
    found.add_column("misunderstood")
    found.add_column("review")
    for row in rows:
        score = f"{row.graded.score:g} of {row.graded.max_score:g}"
        found.add_row(
            Text(row.student), score, Text(misunderstood(row.graded)), "yes" if row.needs_review else ""
        )
    return found


def misunderstood(graded: Graded) -> str:
    """What each exercise that lost points looks like, a line each."""
    found = {name: _looks_like(verdict) for name, verdict in graded.verdicts.items()}
    if len(set(found.values())) == 1:
        return "".join(set(found.values()))
    return "\n".join(f"{name}: {text}" for name, text in found.items() if text)


def _looks_like(verdict: dict) -> str:
    wrong = [check["message"] for check in verdict["checks"] if not check["passed"]]
    if not wrong or verdict["misconceptions"]:
        return "; ".join(verdict["misconceptions"])
    for begin, short in SHORT.items():
        if all(message.startswith(begin) for message in wrong):
            return short or wrong[0].removeprefix(begin).split(":")[0]
    return f"{len(wrong)} of {len(verdict['checks'])} checks"
