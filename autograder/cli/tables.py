"""What `fdl verify`, `fdl grade` and `fdl demo` show when they are done."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course.layout import Course
from autograder.gradebook import database
from autograder.gradebook.grade_class import Report, Row
from autograder.grading.engine import Graded
from autograder.grading.graded_exercise import GradedExercise
from autograder.proving.proof import Proof
from autograder.proving.verify import Result
from autograder.rehearsal.demo import Demo
from helpers.verdict import Kind

# characters of a line where there is no terminal
WIDTH = 160
# what to say of an exercise all of whose wrong checks are of one kind
SHORT = {
    Kind.NOTHING: "nothing to grade",
    Kind.NOT_WRITTEN: "not written yet",
    Kind.NOT_YOURS: "not yours yet",
    Kind.STOPPED: "stopped",
    Kind.NOT_REACHED: "not reached",
    Kind.RAISED: "raised an exception",
}


def show_class(report: Report, root: Path) -> None:
    """The class as a table, then who needs review and why, then where everything lies.

    Args:
        report: a graded class.
        root: the course root.
    """
    page = _Page()
    page.table(_class(report.rows))
    review = [row for row in report.rows if row.needs_review]
    if review:
        page.line("Needs review (the points in doubt are withheld)", bold="Needs review")
    for row in review:
        for reason in row.reasons:
            page.line(f"  {row.student}: {reason}")
    to_read: Counter[str] = Counter()
    for row in report.rows:
        to_read.update(row.book.get("to_read", {}).keys())
    if to_read:
        names = ", ".join(f"{name} ({_count(number, 'answer')})" for name, number in to_read.items())
        page.line(f"To read (formgrader, Manual Grading): {names}", bold="To read")
    graded_now = sum(bool(row.graded.ran) for row in report.rows)
    gradebook = database.place(database.address(Course(root)))
    page.line(
        f"{report.unit}: {len(report.rows)} submissions, {graded_now} graded now in {report.seconds:.0f} s "
        f"(confined by {report.confinement}), {len(review)} to review. "
        f"Gradebook: {gradebook}; notebooks: {root / 'autograded'}"
    )


def show_proofs(result: Result, command: str) -> None:
    """The proofs as a table, then every shortfall, then how to repeat this very proof.

    Args:
        result: what was proved.
        command: what proves it again, but for the seed.
    """
    page = _Page()
    page.table(_proofs(result))
    for proof in result.proofs:
        if proof.shortfalls:
            title = f"{proof.unit}, {proof.exercise}"
            page.line(title, bold=title)
        for sentence in proof.shortfalls:
            page.line(f"  ✗ {sentence}")
    for sentence in result.broken:
        page.line(f"✗ {sentence}")
    shortfalls = sum(len(proof.shortfalls) for proof in result.proofs) + len(result.broken)
    outcome = "proved" if result.fine else _count(shortfalls, "shortfall")
    if result.kept:
        outcome += f" ({len(result.kept)} before, and nothing has changed since)"
    again = f"--seed {result.seed}"
    if len(result.kept) == len(result.proofs):
        again = "--anew"
    page.line(
        f"{_count(len(result.proofs), 'exercise')} over {result.draws} draws: {outcome}. "
        f"To repeat it: {command} {again}"
    )


def show_demo(demo: Demo) -> None:
    """The class as a table a unit, what was missed, where the time went, where everything lies."""
    page = _Page()
    for report in demo.reports:
        page.table(_demo(demo, report))
    for sentence in demo.shortfalls:
        page.line(f"✗ {sentence}")
    rows = [row for report in demo.reports for row in report.rows]
    review = sum(row.needs_review for row in rows)
    outcome = "grading found all that was planted"
    if demo.shortfalls:
        outcome = f"{len(demo.shortfalls)} times grading did not find what was planted"
    page.line(
        f"{len(rows)} submissions, {review} to review (confined by {demo.reports[0].confinement}): {outcome}."
    )
    spent = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in demo.seconds.items())
    page.line(f"Where the time went: {spent}.")
    page.line(
        f"Gradebook: {demo.out / 'gradebook.db'}. Graded notebooks, with the cards that students get back: "
        f"{demo.out / 'autograded'}."
    )


def misunderstood(graded: Graded) -> str:
    """What each exercise that lost points looks like, a line each; one line if all look alike."""
    looks = {name: _looks_like(verdict) for name, verdict in graded.verdicts.items()}
    if len(set(looks.values())) == 1:
        return next(iter(looks.values()))
    return "\n".join(f"{name}: {look}" for name, look in looks.items() if look)


def _looks_like(verdict: GradedExercise) -> str:
    """What an exercise looks like in a few words; "" if it is right."""
    if verdict.misconceptions:
        return "; ".join(verdict.misconceptions)
    wrong = [check for check in verdict.checks if not check.passed]
    if not wrong:
        return ""
    kinds = {check.kind for check in wrong}
    raised = {check.raised for check in wrong}
    if kinds == {Kind.RAISED} and len(raised) == 1 and "" not in raised:
        return f"raised {wrong[0].raised}"
    if len(kinds) == 1 and wrong[0].kind in SHORT:
        return SHORT[wrong[0].kind]
    facts = [check.fact for check in wrong if check.fact]
    if facts:
        return facts[0]
    return f"{len(wrong)} of {len(verdict.checks)} checks"


class _Page:
    """What a command shows on stdout: tables, as wide as the terminal, and lines, which it may break."""

    def __init__(self) -> None:
        width = None if sys.stdout.isatty() else WIDTH
        self._console = Console(width=width, highlight=False)

    def table(self, table: Table) -> None:
        self._console.print(table)

    def line(self, text: str, bold: str = "") -> None:
        """Show a line, with its beginning in bold."""
        line = Text(text)
        line.stylize("bold", 0, len(bold))
        self._console.print(line, soft_wrap=True)


def _table(columns: Sequence[str], numbers: Iterable[str] = (), title: str | None = None) -> Table:
    """An empty table; the columns that hold numbers stand to the right."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    return table


def _add(table: Table, *cells: str) -> None:
    """Add a row whose cells are shown as they stand."""
    table.add_row(*map(Text, cells))


def _class(rows: Sequence[Row]) -> Table:
    """One line a student: what the gradebook says, and what they misunderstood."""
    numbers = ["score", "late", "to read"]
    table = _table(["student", *numbers, "misunderstood", "review"], numbers)
    for row in rows:
        review = "yes" if row.needs_review else ""
        _add(table, row.student, *_book(row), misunderstood(row.graded), review)
    return table


def _book(row: Row) -> list[str]:
    """The total, the penalty for being late, and the points of derivations that wait for a grader."""
    if not row.book:
        return [_score(row.graded), "", ""]
    total = f"{row.book['total']:g} of {row.book['max_score']:g}"
    penalty = f"-{row.book['penalty']:g}" if row.book["penalty"] else ""
    waiting = sum(row.book["to_read"].values())
    return [total, penalty, f"{waiting:g}" if waiting else ""]


def _demo(demo: Demo, report: Report) -> Table:
    """One line a student: what they handed in, and what became of it."""
    columns = ["student", "handed in", "score", "misunderstood", "needs review"]
    table = _table(columns, numbers=["score"], title=report.unit)
    for planted, row in demo.pairs(report):
        if row:
            why = "\n".join(row.reasons) if row.needs_review else ""
            _add(table, planted.student, planted.what, _score(row.graded), misunderstood(row.graded), why)
    return table


def _score(graded: Graded) -> str:
    return f"{graded.score:g} of {graded.max_score:g}"


def _proofs(result: Result) -> Table:
    """One line an exercise, below the name of its unit: how many of each kind hold, of how many."""
    numbers = "points reference stub caught named pairs alternatives checks mutants seconds".split()
    table = _table(["exercise", *numbers], numbers)
    unit = None
    for proof in result.proofs:
        if proof.unit != unit:
            unit = proof.unit
            table.add_row(Text(unit, style="bold"))
        mark = "✗ " if proof.shortfalls else "  "
        seconds = "kept" if proof.exercise in result.kept else f"{proof.seconds:.1f}"
        _add(table, mark + proof.exercise, *_proof(proof), seconds)
    return table


def _proof(proof: Proof) -> list[str]:
    """The numbers of one exercise, in the order of the columns, but for the seconds."""
    alike = sum(bool(pair.alike) for pair in proof.pairs)
    equal = sum(bool(mutant.because) for mutant in proof.mutants)
    return [
        f"{proof.points:g}",
        f"{proof.reference:g}",
        f"{proof.stub:g}",
        _share(misconception.caught for misconception in proof.misconceptions),
        _share(misconception.named for misconception in proof.misconceptions),
        _share(pair.named for pair in proof.pairs) + _beside(alike, "alike"),
        _share(alternative.score == proof.points for alternative in proof.alternatives),
        _share(check.catches for check in proof.checks),
        _share(mutant.caught for mutant in proof.mutants) + _beside(equal, "equal"),
    ]


def _share(good: Iterable[object]) -> str:
    """How many are good, of how many."""
    each = [bool(one) for one in good]
    return f"{sum(each)}/{len(each)}"


def _beside(count: int, what: str) -> str:
    return f" +{count} {what}" if count else ""


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}s"
