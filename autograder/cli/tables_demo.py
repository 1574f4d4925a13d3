"""x"""

import sys

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.cli import tables_grade
from autograder.gradebook.grade_class import Report
from autograder.rehearsal.demo import Demo, _pairs


def show(demo: Demo) -> None:
    """The class as a table a unit, what was missed, where the time went, where everything lies."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    for report in demo.reports:
        console.print(_table(demo, report))
    for text in demo.shortfalls:
        console.print(Text(f"✗ {text}"), soft_wrap=True)
    count = sum(len(report.rows) for report in demo.reports)
    review = sum(row.needs_review for report in demo.reports for row in report.rows)
    found = (
        "grading found all that was planted"
        if not demo.shortfalls
        else f"{len(demo.shortfalls)} times grading did not find what was planted"
    )
    spent = ", ".join(f"{what} {value:.0f} s" for what, value in demo.seconds.items())
    lines = [
        f"{count} submissions, {review} to review (confined by {demo.reports[0].confinement}): {found}.",
        f"Where the time went: {spent}.",
        f"Gradebook: {demo.out / 'gradebook.db'}. Graded notebooks, with the cards that students get back: "
        f"{demo.out / 'autograded'}.",
    ]
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _table(demo: Demo, report: Report) -> Table:
    table = Table(title=report.unit, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("student", "handed in", "score", "misunderstood", "needs review"):
        table.add_column(column, justify="right" if column == "score" else "left")
    for made, row in _pairs(demo.planted[report.unit], report.rows):
        if row:
            table.add_row(
                Text(made.student),
                made.what,
                f"{row.graded.score:g} of {row.graded.max_score:g}",
                Text(tables_grade.misunderstood(row.graded)),
                Text("\n".join(row.reasons) if row.needs_review else ""),
            )
    return table
