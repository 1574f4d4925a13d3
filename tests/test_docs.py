"""The papers and guides: they are there, lead somewhere, agree, and a reader's browser fetches nothing from elsewhere."""

import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from autograder.authoring import site as pages
from autograder.authoring.assemble import assemble
from autograder.authoring.publish import leaks
from autograder.course import catalogue

ROOT = Path(__file__).parent.parent
PAPERS = ("README.md", "LICENSE-TEXT.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
GUIDES = sorted((ROOT / "docs").glob("*.md"))
COURSE = sorted((ROOT / "course").glob("*.md"))
PAGES = [*(ROOT / name for name in PAPERS), *GUIDES, *COURSE]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


UNITS = catalogue.units()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The site's Markdown, with no experiment run; tests/test_notebooks.py runs them, and looks at the pictures."""
    folder = tmp_path_factory.mktemp("pages") / "pages"
    pages.make(UNITS, folder, jobs=1, run=False)
    return folder


@pytest.fixture(scope="module")
def site(written, tmp_path_factory):
    """The site, built as `make docs` does; a dead link or a missing page is an error there."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "FDL_PAGES": str(written)}
    result = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def article(site, name: str) -> BeautifulSoup:
    """What a page of the site says, without what is around it."""
    return BeautifulSoup((site / name).read_text("utf-8"), "html.parser").find("article")


def structure(html: BeautifulSoup) -> list[tuple[str, int]]:
    """Lists with how many items they have, tables with how many rows, and pieces of code, in their order."""
    found = []
    for tag in html.find_all(["ol", "ul", "table", "pre"]):
        parts = {"table": "tr", "pre": "none"}.get(tag.name, "li")
        found.append((tag.name, len(tag.find_all(parts, recursive=tag.name == "table"))))
    return found


def as_meant(markdown: str) -> list[tuple[str, int]]:
    """The same by a reader that follows CommonMark, as GitHub and notebooks do."""
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    return structure(BeautifulSoup(html, "html.parser"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_guides_lists_count_on_and_its_code_is_in_no_paragraph(guide, site):
    assert structure(article(site, guide.with_suffix(".html").name)) == as_meant(guide.read_text("utf-8"))


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_a_units_text_looks_as_it_does_in_a_notebook(unit, site):
    html = article(site, f"units/{unit.id}.html")
    prose = BeautifulSoup("".join(map(str, html.find_all(class_="prose"))), "html.parser")
    texts = []
    for cell in assemble(unit, catalogue.exercises(unit)).cells:
        if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata:
            texts.append(cell.source)
    assert structure(prose) == as_meant("\n\n<!-- -->\n\n".join(texts))
    assert not re.search(r"\$|```|\*\*", prose.get_text())
    assert prose.find("math")


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_a_units_page_shows_what_is_to_be_written_and_no_answer(unit, written):
    text = BeautifulSoup((written / "units" / f"{unit.id}.md").read_text("utf-8"), "html.parser").get_text()
    every = catalogue.exercises(unit)
    for exercise in every:
        for name in exercise.objects:
            assert re.search(rf"(def|class) {name}\b", text)
        for check in exercise.checks:
            assert check.name in text
    assert leaks(every, {unit.id: text}) == []


def test_no_script_style_font_or_picture_comes_from_elsewhere(site):
    html = {str(page.relative_to(site)): page.read_text("utf-8") for page in site.rglob("*.html")}
    assert {guide.with_suffix(".html").name for guide in GUIDES} <= html.keys()
    assert {f"units/{unit.id}.html" for unit in UNITS} <= html.keys()
    loaded = re.compile(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="?((?:https?:)?//[^">\s]+)')
    assert {name: loaded.findall(text) for name, text in html.items()} == {name: [] for name in html}


def test_every_page_has_its_place_in_the_sites_contents(written):
    # Without the one line that names a variable of the environment, which plain YAML does not know.
    text = re.sub(r"(?m)^docs_dir:.*$", "", (ROOT / "mkdocs.yml").read_text("utf-8"))
    listed = list(_names(yaml.safe_load(text)["nav"]))
    assert sorted(listed) == sorted(str(page.relative_to(written)) for page in written.rglob("*.md"))


def _names(contents: str | list | dict) -> Iterator[str]:
    """The pages in a table of contents, in their order."""
    if isinstance(contents, str):
        yield contents
        return
    below = contents.values() if isinstance(contents, dict) else contents
    for part in below:
        yield from _names(part)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_exists(page):
    broken = []
    for link in LINK.findall(page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ +(.+?) *$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_picture_is_shown_on_a_page():
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    pictures = [path.name for path in (ROOT / "docs").rglob("*.png")]
    assert pictures
    assert [name for name in pictures if name not in shown] == []


@pytest.mark.parametrize("paper", [*PAPERS[1:], "LICENSE", "CITATION.cff", "docs/maintainers.md"])
def test_the_readme_leads_to_each_paper(paper):
    links = LINK.findall((ROOT / "README.md").read_text("utf-8"))
    assert paper in links


def test_the_citation_names_the_projects_version_and_credits_the_lecture():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["references"][0]["authors"] == [{"family-names": "Larochelle", "given-names": "Hugo"}]
    assert citation["authors"][0]["name"] in (ROOT / "LICENSE").read_text("utf-8")


def test_the_changelog_begins_with_this_version_or_the_one_in_work():
    versions = re.findall(
        r"^## (\d+\.\d+\.\d+)(, in work)?", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )
    released = [version for version, in_work in versions if not in_work]
    assert released[0] == PROJECT["version"]
    assert len(versions) - len(released) <= 1
    numbers = [tuple(map(int, version.split("."))) for version, _ in versions]
    assert numbers == sorted(numbers, reverse=True)


ROOMS = {path.parent.name for path in (ROOT / "autograder").glob("*/__init__.py")}
# A file that is called like a room is none of its modules.
NAME = re.compile(r"`(?!course\.yml`)([A-Za-z_]+(?:\.[A-Za-z_]+)+)`")
FILE = re.compile(r"`((?:autograder|bench|docs|src|tests)/[\w./]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_and_files_of_ours_that_a_page_names_exist(page):
    """In backticks; a name of a module may begin within autograder/: `grading.engine.VERSION`."""
    text = page.read_text("utf-8")
    files = FILE.findall(text)
    assert [file for file in files if not (ROOT / file).exists()] == []
    for name in NAME.findall(text):
        first = name.partition(".")[0]
        if first in ROOMS:
            pkgutil.resolve_name(f"autograder.{name}")
        elif first in ("autograder", "helpers", "solutions"):
            pkgutil.resolve_name(name)
