"""What `fdl verify`, `fdl grade` and `fdl demo` show when they are done."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.gradebook.grade_class import Report, Row
from autograder.grading.engine import Graded
from autograder.grading.graded_exercise import GradedExercise
from autograder.proving.proof import Proof
from autograder.proving.verify import Result
from autograder.rehearsal.demo import Demo, pairs
from helpers.verdict import Kind

SHORT = {
    Kind.NOTHING: "nothing to grade",
    Kind.NOT_WRITTEN: "not written yet",
    Kind.NOT_YOURS: "not yours yet",
    Kind.STOPPED: "stopped",
    Kind.NOT_REACHED: "not reached",
}


def show_class(report: Report, root: Path) -> None:
    """The class as a table, then who needs review and why, then where everything lies."""
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(_class(report.rows))
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


def _class(rows: Sequence[Row]) -> Table:
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


def _looks_like(verdict: GradedExercise) -> str:
    """What an exercise looks like in a few words; "" if it is right."""
    if verdict.misconceptions:
        return "; ".join(verdict.misconceptions)
    kinds = {check.kind for check in verdict.checks if not check.passed}
    if not kinds:
        return ""
    if len(kinds) == 1 and kinds <= SHORT.keys():
        return SHORT[kinds.pop()]
    if kinds == {Kind.RAISED}:
        return "raised an exception"
    wrong = sum(not check.passed for check in verdict.checks)
    return f"{wrong} of {len(verdict.checks)} checks"


def show_proofs(result: Result, command: str) -> None:
    """The table, then every shortfall, then how to repeat this very proof."""
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(_proofs(result))
    for proof in result.proofs:
        if proof.shortfalls:
            console.print(Text(f"{proof.unit}, {proof.exercise}", style="bold"))
            for sentence in proof.shortfalls:
                console.print(Text(f"  ✗ {sentence}"), soft_wrap=True)
    for sentence in result.broken:
        console.print(Text(f"✗ {sentence}"), soft_wrap=True)
    count = sum(len(proof.shortfalls) for proof in result.proofs) + len(result.broken)
    verdict = "proved" if result.fine else _plural(count, "shortfall")
    if result.kept:
        verdict += f" ({len(result.kept)} before, and nothing has changed since)"
    again = (
        f"{command} --anew" if len(result.kept) == len(result.proofs) else f"{command} --seed {result.seed}"
    )
    console.print(
        f"{_plural(len(result.proofs), 'exercise')} over {result.draws} draws: {verdict}. To repeat it: {again}",
        markup=False,
        soft_wrap=True,
    )


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _proofs(result: Result) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("exercise")
    heads = "points|reference|stub|caught|named|pairs|alternatives|checks|mutants|seconds"
    for head in heads.split("|"):
        table.add_column(head, justify="right")
    unit = None
    for proof in result.proofs:
        if proof.unit != unit:
            unit = proof.unit
            table.add_row(Text(unit, style="bold"))
        mark = "✗ " if proof.shortfalls else "  "
        spent = "kept" if proof.exercise in result.kept else f"{proof.seconds:.1f}"
        table.add_row(mark + proof.exercise, *_row(proof), spent)
    return table


def _row(proof: "Proof") -> list[str]:
    def of(rows: list, good: Callable[[Any], object]) -> str:
        return f"{sum(map(bool, map(good, rows)))}/{len(rows)}"

    return [
        f"{proof.points:g}",
        f"{proof.reference:g}",
        f"{proof.stub:g}",
        of(proof.misconceptions, lambda m: m.caught),
        of(proof.misconceptions, lambda m: m.named),
        of(proof.pairs, lambda p: p.named) + _beside(sum(bool(p.alike) for p in proof.pairs), "alike"),
        of(proof.alternatives, lambda a: a.score == proof.points),
        of(proof.checks, lambda c: c.catches),
        of(proof.mutants, lambda m: m.caught) + _beside(sum(bool(m.because) for m in proof.mutants), "equal"),
    ]


def _beside(count: int, what: str) -> str:
    return f" +{count} {what}" if count else ""


def show_demo(demo: Demo) -> None:
    """The class as a table a unit, what was missed, where the time went, where everything lies."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    for report in demo.reports:
        console.print(_demo(demo, report))
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


def _demo(demo: Demo, report: Report) -> Table:
    table = Table(title=report.unit, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("student", "handed in", "score", "misunderstood", "needs review"):
        table.add_column(column, justify="right" if column == "score" else "left")
    for made, row in pairs(demo.planted[report.unit], report.rows):
        if row:
            table.add_row(
                Text(made.student),
                made.what,
                f"{row.graded.score:g} of {row.graded.max_score:g}",
                Text(misunderstood(row.graded)),
                Text("\n".join(row.reasons) if row.needs_review else ""),
            )
    return table
