"""`fdl solutions`: each unit with its answers, executed, and with what graders want to know, as notebook and HTML.

A unit whose answers do not pass their own checks, or with a cell that fails or warns, is refused: then neither
file is written.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from jinja2 import pass_context
from jupyter_client import AsyncKernelManager
from markupsafe import Markup
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.authoring.assemble import assemble, write
from autograder.authoring.publish import publish
from autograder.course import derivation, lecture
from autograder.course.catalogue import Unit, exercises
from autograder.course.derivation import Derivation
from autograder.course.layout import MADE, NOTEBOOKS
from autograder.exercise import Exercise, check_id, file_of
from autograder.judging.making import evidence_files
from autograder.pages.markdown import html_of
from autograder.pages.render import coded
from autograder.progress import Progress, silent
from helpers.hold_back import SHOW_ALL
from helpers.judge import Judge
from helpers.published import load
from helpers.quiet import import_tensorflow

# seconds for one cell, on a busy machine
CELL = 300
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
  .jp-RenderedHTMLCommon a { color: #0b4f9c !important; text-decoration: underline !important }
  .jp-InputPrompt, .jp-OutputPrompt { color: #595959 !important; opacity: 1 !important }
  body { --jp-mirror-editor-comment-color: #376e6e; --jp-mirror-editor-number-color: #007000;
    --jp-mirror-editor-operator-color: #7a00c4 }
  @media print { details:not([open])::details-content { content-visibility: visible; block-size: auto } }
</style>
{%- endblock -%}
"""


@dataclass
class UnitSolutions:
    """What became of a unit: its files, or what keeps it from being made, a sentence each."""

    unit: str
    files: list[Path] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def make(units: Sequence[Unit], out: Path, jobs: int, progress: Progress = silent) -> list[UnitSolutions]:
    """Make the solution set of some units.

    Args:
        units: those to make.
        out: the folder for the notebooks and pages.
        jobs: how many units run at a time.
        progress: is told which unit is done.
    Returns:
        What became of each unit, in their order.
    """
    import_tensorflow()
    every = [exercise for unit in units for exercise in exercises(unit)]
    own = [unit.own / "notebooks" for unit in units if unit.own]
    evidence = evidence_files(every, MADE, [*own[:1], NOTEBOOKS])
    pool = ThreadPoolExecutor(jobs)
    running = {pool.submit(_make, unit, evidence, out): unit for unit in units}
    try:
        for done, future in enumerate(as_completed(running), 1):
            future.result()
            progress(done, len(units), running[future].id)
    finally:
        pool.shutdown(cancel_futures=True)
    return [future.result() for future in running]


def _make(unit: Unit, evidence: dict[Path, Path], out: Path) -> UnitSolutions:
    every = exercises(unit)
    notebook = assemble(unit, every)
    with tempfile.TemporaryDirectory(prefix="fdl-") as scratch:
        folder = Path(scratch) / unit.id
        for exercise in every:
            checks = publish(exercise, _folder(folder / "checks"))
            shutil.copyfile(evidence[file_of(exercise)], checks.with_suffix(".evidence"))
        faults = execute(notebook, folder)
    if faults:
        return UnitSolutions(unit.id, faults=[f"{unit}, {fault}" for fault in faults])
    caught = {exercise.name: catches(exercise, evidence[file_of(exercise)]) for exercise in every}
    dressed = dress(notebook, unit, caught)
    try:
        html = page(dressed, unit.id)
    except ValueError as error:
        # a formula
        return UnitSolutions(unit.id, faults=[f"{unit}: {error}"])
    files = [_folder(out) / f"{unit}.{kind}" for kind in ("ipynb", "html")]
    write(dressed, files[0])
    files[1].write_text(html, "utf-8")
    return UnitSolutions(unit.id, files)


def execute(notebook: NotebookNode, folder: Path) -> list[str]:
    """Run a notebook's cells in a fresh kernel; their outputs come into it.

    Args:
        notebook: what is run.
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
        # the kernel's own log is for nobody; what cells write comes as output
        client.execute(stderr=subprocess.DEVNULL, env=os.environ | {SHOW_ALL: "1"})
    except (CellTimeoutError, DeadKernelError) as error:
        return [f"stopped: {str(error).strip().splitlines()[0]}"]
    faults = []
    for number, cell in enumerate(notebook.cells, 1):
        faults += [f"cell {number} ({_name(cell)}): {fault}" for fault in _faults(cell)]
    return faults


def _faults(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield f"{output.ename}: {output.evalue}"
        elif output.get("name") == "stderr":
            yield f"writes to stderr: {_first_line(output.text)}"


def _name(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id") or _first_line(cell.source)


def _first_line(text: str) -> str:
    """The first line that is not empty, cut."""
    lines = map(str.strip, text.splitlines())
    return next(filter(None, lines), "nothing")[:200]


def catches(exercise: Exercise, evidence: Path) -> dict[str, list[str]]:
    """By check, the misconceptions that it catches: those whose evidence for a public draw differs from ours.

    Args:
        exercise: whose checks.
        evidence: the file that holds theirs and ours.
    """
    fails = Judge(exercise, load(evidence).tables).fails
    caught: dict[str, list[str]] = {check.name: [] for check in exercise.checks}
    for misconception in exercise.misconceptions:
        for check in fails[misconception.name]:
            caught[check].append(misconception.name)
    return caught


def dress(notebook: NotebookNode, unit: Unit, caught: dict[str, dict[str, list[str]]]) -> NotebookNode:
    """The notebook with a box behind each check and each derivation spelt out, and without nbgrader's marks.

    Args:
        notebook: executed; it is changed.
        unit: what it is about.
        caught: for each exercise, what `catches` gives.
    """
    by_check = {check_id(exercise.name): exercise for exercise in exercises(unit)}
    graded: list[Exercise | Derivation] = []
    cells = []
    for cell in notebook.cells[1:]:
        about = cell.metadata.pop("nbgrader", {})
        name = about.get("grade_id", "")
        if cell.cell_type == "markdown" and about:
            derived = derivation.of(unit, name)
            graded.append(derived)
            cell.source = model_answer(derived)
        cells.append(cell)
        if name in by_check:
            exercise = by_check[name]
            graded.append(exercise)
            cells.append(new_markdown_cell(box(exercise, caught[exercise.name]), id=f"{cell.id}-box"))
    head = [
        new_markdown_cell(HEAD, id="for-instructors"),
        new_markdown_cell(contents(graded), id="contents"),
    ]
    notebook.cells = [notebook.cells[0], *head, *cells]
    return notebook


def contents(graded: Sequence[Exercise | Derivation]) -> str:
    """What earns points in a unit, with links to it, as HTML that JupyterLab shows as well.

    Args:
        graded: in the notebook's order.
    """
    rows = [(_link(part), f"{part.points:g}", part.lecture) for part in graded]
    total = sum(part.points for part in graded)
    return _html_table(("exercise", "points", "lecture"), [*rows, ("all", f"{total:g}", "")])


def _link(part: Exercise | Derivation) -> str:
    return f'<a href="#{_anchor(part)}">{escape(part.name)}</a>'


def _anchor(part: Exercise | Derivation) -> str:
    return f"graded-{part.name}"


def model_answer(d: Derivation) -> str:
    """A derivation spelt out, as Markdown."""
    return (
        f'<div id="{_anchor(d)}"></div>\n\n#### Model answer\n\n'
        f"*{d.points:g} points, graded by hand; lecture {d.lecture}*\n\n{d.answer}\n\n"
        f"#### Rubric\n\n{d.rubric}\n\n#### Common errors\n\n{d.errors}"
    )


def box(exercise: Exercise, caught: dict[str, list[str]]) -> str:
    """What an instructor wants to know of an exercise, as HTML that JupyterLab shows as well.

    Args:
        exercise: what it is about.
        caught: by check, the misconceptions that it catches.
    """
    checks, misconceptions = _rows_of_checks(exercise, caught), _rows_of_misconceptions(exercise, caught)
    lines = [
        f'<div id="{_anchor(exercise)}" style="{SIDE}" tabindex="0">',
        f"<b>{escape(exercise.name)}</b> · {exercise.points:g} points · lecture {escape(exercise.lecture)}",
        _table(("no.", "check", "points", "misconceptions that it catches"), checks),
        f"<details><summary>{len(exercise.misconceptions)} misconceptions, and what students are told</summary>",
        _table(("misconception", "what the student is told", "lecture", "caught by check"), misconceptions),
        "</details>",
    ]
    alternatives = ", ".join(alternative.name for alternative in exercise.alternatives)
    if alternatives:
        lines.append(f"Right as well: {coded(alternatives)}")
    return "\n".join([*lines, "</div>"])


def _rows_of_checks(exercise: Exercise, caught: dict[str, list[str]]) -> Iterator[Sequence[str]]:
    every = len(exercise.misconceptions)
    for number, check in enumerate(exercise.checks, 1):
        yield str(number), check.name, f"{check.points:g}", f"{len(caught[check.name])} of {every}"


def _rows_of_misconceptions(exercise: Exercise, caught: dict[str, list[str]]) -> Iterator[Sequence[str]]:
    for misconception in exercise.misconceptions:
        numbers = []
        for number, check in enumerate(exercise.checks, 1):
            if misconception.name in caught[check.name]:
                numbers.append(str(number))
        advice = misconception.advice
        yield misconception.name, advice.text, advice.lecture, ", ".join(numbers)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts."""
    return _html_table(head, (map(coded, row) for row in rows))


def _html_table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """No blank line and no Markdown in it: JupyterLab and nbconvert then leave it as it is."""
    lines = [f'<table style="{TABLE}">', _row("th", map(escape, head))]
    for row in rows:
        lines.append(_row("td", row))
    return "\n".join([*lines, "</table>"])


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def page(notebook: NotebookNode, title: str) -> str:
    """One HTML file that needs no other, no script and no network.

    Args:
        notebook: what it shows.
        title: the page's name begins with it.
    Raises:
        ValueError: if a formula cannot be shown.
    """
    resources = {"metadata": {"name": f"{title} · solutions"}}
    html, _ = _Page(raw_template=PAGE).from_notebook_node(notebook, resources)
    return html


class _Page(HTMLExporter):
    """nbconvert's page without its scripts."""

    @pass_context
    def markdown2html(self, context: dict, source: str) -> str:
        html = lecture.linked(html_of(source))
        # What is too wide scrolls, and has to be reached by the keyboard.
        return html.replace('<math display="block">', Markup('<math display="block" tabindex="0">'))


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
