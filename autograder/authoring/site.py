"""`fdl site`: the course and its guides as Markdown in one folder, of which `make docs` makes a site.

Somebody who only reads finds each unit as students see it, with what its experiments show, and no answer.
"""

import re
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring import pictures_in_words
from autograder.authoring.assemble import assemble
from autograder.authoring.solution_set import execute
from autograder.authoring.unit_page import page_of
from autograder.course.catalogue import Unit, exercises
from autograder.course.layout import COURSE, ROOT
from autograder.progress import Progress, silent
from helpers.errors import Refused
from helpers.quiet import import_tensorflow

GUIDES = ROOT / "docs"
# Of the course, what is read beside the units.
PAPERS = ("syllabus.md", "notation.md")
UNITS = "units"
# A link to a unit's source leads to its page, and one to a paper of the course to where the site has it.
TO_A_UNIT = re.compile(r"\]\((?:\.\./course/)?units/(\w+)\.py\)")
TO_A_PAPER = re.compile(r"\]\(\.\./course/(\w+\.md)\)")
# What the site does not have is named without a link.
TO_A_FOLDER = re.compile(r"\[([^\]]+)\]\((?:\w+/)+\)")


def make(units: Sequence[Unit], out: Path, jobs: int, progress: Progress = silent, run: bool = True) -> None:
    """Write the site's Markdown.

    Args:
        units: those that get a page.
        out: the folder; what was in it is gone.
        jobs: how many units run at a time.
        progress: is told which unit is done.
        run: whether experiments are run; without it, pages say nothing of what comes out.
    Raises:
        Refused: if a unit does not run to its end without a warning, or shows a formula that is not known.
    """
    import_tensorflow()
    every = [(unit, assemble(unit, exercises(unit))) for unit in units]
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(GUIDES, out)
    for paper in PAPERS:
        shutil.copyfile(COURSE / paper, out / paper)
    for page in out.glob("*.md"):
        page.write_text(linked(page.read_text("utf-8")), "utf-8")
    (out / UNITS).mkdir()
    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(_write, unit, notebook, out / UNITS, run): unit for unit, notebook in every}
        try:
            for done, future in enumerate(as_completed(running), 1):
                future.result()
                progress(done, len(units), running[future].id)
        finally:
            pool.shutdown(cancel_futures=True)


def linked(text: str) -> str:
    """A page of the repository whose links lead to the site's pages.

    Args:
        text: Markdown, as it stands in docs/ or course/.
    """
    text = TO_A_UNIT.sub(rf"]({UNITS}/\1.md)", text)
    text = TO_A_PAPER.sub(r"](\1)", text)
    return TO_A_FOLDER.sub(r"\1", text)


def _write(unit: Unit, notebook: NotebookNode, folder: Path, run: bool) -> None:
    if run:
        faults = _execute(notebook)
        if faults:
            raise Refused(f"{unit}, {faults[0]}")
    try:
        page = page_of(unit, notebook)
    except ValueError as error:
        raise Refused(f"{unit}: {error}") from None
    (folder / f"{unit.id}.md").write_text(page.text, "utf-8")
    for name, data in page.pictures.items():
        (folder / name).write_bytes(data)


def _execute(notebook: NotebookNode) -> list[str]:
    """Run a notebook's cells but for its checks, whose cards no page shows; each picture comes with its words."""
    cells = [new_code_cell(pictures_in_words.SOURCE)]
    cells += [cell for cell in notebook.cells if not _is_check(cell)]
    with tempfile.TemporaryDirectory(prefix="fdl-") as folder:
        return execute(new_notebook(cells=cells, metadata=notebook.metadata), Path(folder))


def _is_check(cell: NotebookNode) -> bool:
    about = cell.metadata.get("nbgrader", {})
    return about.get("grade", False) and about["locked"]
