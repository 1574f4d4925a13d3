"""`fdl solutions`: each unit with its answers, executed, and with what graders want to know, as notebook and HTML.

A unit whose answers do not pass their own checks, or with a cell that fails or warns, is refused: then neither
file is written.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from jinja2 import pass_context
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.authoring.assemble import assemble, write
from autograder.authoring.publish import publish
from autograder.course import derivation
from autograder.course.catalogue import Unit, exercises
from autograder.course.derivation import Derivation
from autograder.course.layout import MADE, NOTEBOOKS
from autograder.exercise import Exercise, check_id, file_of
from autograder.judging.making import evidence_files
from autograder.pages.mathml import mathml
from autograder.progress import Progress, silent
from helpers.judge import Judge
from helpers.published import load
from helpers.quiet import import_tensorflow

CELL = 300  # seconds for one cell, on a busy machine
HEAD = "> **For instructors:** the answers, how to grade the derivations, and what each check catches. Not for students."
TABLE = "border-collapse:collapse;margin:.4em 0"
SIDE = "border-left:4px solid #78909c;padding:.2em 1em;margin:.5em 0;overflow-x:auto"
PAGE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block extra_css -%}
<style>
  main { max-width: 62rem; margin: 0 auto; padding: 1rem }
  math { font-size: 1.1em }
  math[display=block] { margin: .8em 0; overflow-x: auto }
  .highlight pre { white-space: pre-wrap; overflow-wrap: anywhere }
  th, td { text-align: left !important; vertical-align: top }
</style>
{%- endblock -%}
"""


@dataclass
class Made:
    """What became of a unit: its files, or what keeps it from being made, a sentence each."""

    unit: str
    files: list[Path] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def make(units: Sequence[Unit], out: Path, jobs: int, progress: Progress = silent) -> list[Made]:
    """Make the solution set of some units.

    Args:
        out: the folder for the notebooks and pages.
        jobs: how many units run at a time.
    """
    import_tensorflow()
    every = [exercise for unit in units for exercise in exercises(unit)]
    evidence = evidence_files(every, MADE, [NOTEBOOKS])
    pool = ThreadPoolExecutor(jobs)
    running = {pool.submit(_make, unit, evidence, out): unit for unit in units}
    try:
        for done, future in enumerate(as_completed(running), 1):
            future.result()
            progress(done, len(units), running[future].id)
    finally:
        pool.shutdown(cancel_futures=True)
    return [future.result() for future in running]


def _make(unit: Unit, evidence: dict[Path, Path], out: Path) -> Made:
    notebook = assemble(unit, exercises(unit))
    with tempfile.TemporaryDirectory(prefix="fdl-") as folder:
        for exercise in exercises(unit):
            checks = publish(exercise, _folder(Path(folder) / unit.id / "checks"))
            shutil.copyfile(evidence[file_of(exercise)], checks.with_suffix(".evidence"))
        faults = [f"{unit}, {fault}" for fault in execute(notebook, Path(folder) / unit.id)]
    if faults:
        return Made(unit.id, faults=faults)
    dressed = dress(notebook, unit, {e.name: catches(e, evidence[file_of(e)]) for e in exercises(unit)})
    try:
        html = page(dressed, unit.id)
    except ValueError as error:  # a formula
        return Made(unit.id, faults=[f"{unit}: {error}"])
    files = [_folder(out) / f"{unit}.{kind}" for kind in ("ipynb", "html")]
    write(dressed, files[0])
    files[1].write_text(html, "utf-8")
    return Made(unit.id, files)


def execute(notebook: NotebookNode, folder: Path) -> list[str]:
    """Run a notebook's cells in a fresh kernel; their outputs come into it.

    Args:
        folder: where it runs, with checks/ in it.
    Returns:
        What went wrong: each exception, each line on stderr, a time-out.
    """
    _folder(folder)
    place = {"transport": "ipc", "ip": str(folder / "k")} if os.name == "posix" else {}
    client = NotebookClient(
        notebook,
        AsyncKernelManager(kernel_name="python3", **place),
        timeout=CELL,
        allow_errors=True,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)  # the kernel's own log; what cells write comes as output
    except (CellTimeoutError, DeadKernelError) as error:
        return [f"stopped: {str(error).strip().splitlines()[0]}"]
    return [
        f"cell {n} ({_name(c)}): {fault}" for n, c in enumerate(notebook.cells, 1) for fault in _faults(c)
    ]


def _faults(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield f"{output.ename}: {output.evalue}"
        elif output.get("name") == "stderr":
            yield f"writes to stderr: {_first_line(output.text)}"


def _name(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id") or _first_line(cell.source)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "nothing")[:200]


def catches(exercise: Exercise, evidence: Path) -> dict[str, list[str]]:
    """By check, the misconceptions that it catches: those whose evidence for a public draw differs from ours."""
    fails = Judge(exercise, load(evidence).tables).fails
    return {
        check.name: [m.name for m in exercise.misconceptions if check.name in fails[m.name]]
        for check in exercise.checks
    }


def dress(notebook: NotebookNode, unit: Unit, caught: dict[str, dict[str, list[str]]]) -> NotebookNode:
    """The notebook with a box behind each check and each derivation spelt out, and without nbgrader's marks."""
    boxes = {check_id(e.name): box(e, caught[e.name]) for e in exercises(unit)}
    cells = [notebook.cells[0], new_markdown_cell(HEAD, id="for-instructors")]
    for cell in notebook.cells[1:]:
        about = cell.metadata.pop("nbgrader", {})
        name = about.get("grade_id", "")
        if cell.cell_type == "markdown" and about:
            cell.source = model_answer(derivation.of(unit, name))
        cells.append(cell)
        if name in boxes:
            cells.append(new_markdown_cell(boxes[name], id=f"{cell.id}-box"))
    notebook.cells = cells
    return notebook


def model_answer(d: Derivation) -> str:
    return (
        f"#### Model answer\n\n*{d.points:g} points, graded by hand; lecture {d.lecture}*\n\n{d.answer}\n\n"
        f"#### Rubric\n\n{d.rubric}\n\n#### Common errors\n\n{d.errors}"
    )


def box(exercise: Exercise, caught: dict[str, list[str]]) -> str:
    """What an instructor wants to know of an exercise, as HTML that JupyterLab shows as well."""
    numbers = {c.name: str(number) for number, c in enumerate(exercise.checks, 1)}
    count = len(exercise.misconceptions)
    checks = [
        (numbers[c.name], c.name, f"{c.points:g}", f"{len(caught[c.name])} of {count}")
        for c in exercise.checks
    ]
    errors = [
        (
            m.name,
            m.advice.text,
            m.advice.lecture,
            ", ".join(n for c, n in numbers.items() if m.name in caught[c]),
        )
        for m in exercise.misconceptions
    ]
    others = ", ".join(rival.name for rival in exercise.alternatives)
    return (
        f'<div style="{SIDE}">\n'
        f"<b>{escape(exercise.name)}</b> · {exercise.points:g} points · lecture {escape(exercise.lecture)}\n"
        + _table(("", "check", "points", "misconceptions that it catches"), checks)
        + _table(("misconception", "what the student is told", "lecture", "caught by check"), errors)
        + (f"Right as well: {_text(others)}\n" if others else "")
        + "</div>"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """No blank line and no Markdown in it: JupyterLab and nbconvert then leave it as it is."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table style="{TABLE}">\n<tr>{top}</tr>\n{body}\n</table>\n'


def _text(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def page(notebook: NotebookNode, title: str) -> str:
    """One HTML file that needs no other, no script and no network."""
    return _Page(raw_template=PAGE).from_notebook_node(
        notebook, {"metadata": {"name": f"{title} · solutions"}}
    )[0]


class _Page(HTMLExporter):
    """nbconvert's page without its scripts."""

    @pass_context
    def markdown2html(self, context: dict, source: str) -> str:
        return MarkdownWithMath(renderer=_Renderer(escape=False)).render(source)


class _Renderer(IPythonRenderer):
    """Formulas as MathML."""

    def block_math(self, body: str) -> str:
        return f"{mathml(body, block=True)}\n"

    def inline_math(self, body: str) -> str:
        return mathml(body)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
