"""x"""

import shlex
import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.proving.prove import Proof
from autograder.proving.verify import Result


def show(result: Result, command: str) -> None:
    """The table, then every shortfall, then how to repeat this very proof."""
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(_table(result))
    for proof in result.proofs:
        if proof.shortfalls:
            console.print(Text(f"{proof.unit}, {proof.exercise}", style="bold"))
            for sentence in proof.shortfalls:
                console.print(Text(f"  ✗ {sentence}"), soft_wrap=True)
    for sentence in result.broken:
        console.print(Text(f"✗ {sentence}"), soft_wrap=True)
    count = sum(len(proof.shortfalls) for proof in result.proofs) + len(result.broken)
    verdict = "proved" if result.fine else _plural(count, "shortfall")
    console.print(
        f"{_plural(len(result.proofs), 'exercise')} over {result.draws} draws: {verdict}. "
        f"To repeat it: {command} --seed {result.seed}",
        markup=False,
        soft_wrap=True,
    )


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _table(result: Result) -> Table:
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
        table.add_row(("  " if not proof.shortfalls else "✗ ") + proof.exercise, *_row(proof))
    return table


def _row(proof: "Proof") -> list[str]:
    def of(rows: list[dict], good) -> str:
        return f"{sum(map(bool, map(good, rows)))}/{len(rows)}"

    return [
        f"{proof.points:g}",
        f"{proof.reference:g}",
        f"{proof.stub:g}",
        of(proof.misconceptions, lambda m: m["caught"]),
        of(proof.misconceptions, lambda m: m["named"]),
        of(proof.pairs, lambda p: p["named"]) + _beside(sum(bool(p["alike"]) for p in proof.pairs), "alike"),
        of(proof.alternatives, lambda a: a["score"] == proof.points),
        of(proof.checks, lambda c: c["catches"]),
        of(proof.mutants, lambda m: m["caught"])
        + _beside(sum(bool(m["because"]) for m in proof.mutants), "equal"),
        f"{proof.seconds:.1f}",
    ]


def _beside(count: int, what: str) -> str:
    return f" +{count} {what}" if count else ""


def command(units: Sequence[str], names: Sequence[str], draws: int) -> str:
    """The command that repeats a proof, but for its seed."""
    words = ["fdl", "verify", *units]
    for name in names:
        words += ["--exercise", name]
    words += ["--draws", str(draws)] if draws != 20 else []
    return shlex.join(words)
