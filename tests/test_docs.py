"""The papers and guides: they are there, lead somewhere, agree, and a reader's browser fetches nothing from elsewhere."""

import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PAPERS = ("README.md", "LICENSE-TEXT.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
GUIDES = sorted((ROOT / "docs").glob("*.md"))
COURSE = sorted((ROOT / "course").glob("*.md"))
PAGES = [*(ROOT / name for name in PAPERS), *GUIDES, *COURSE]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make docs` does; a dead link or a missing page is an error there."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    result = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def test_no_script_style_font_or_picture_comes_from_elsewhere(site):
    html = {page.name: page.read_text("utf-8") for page in site.glob("*.html")}
    assert {guide.with_suffix(".html").name for guide in GUIDES} <= html.keys()
    loaded = re.compile(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="?((?:https?:)?//[^">\s]+)')
    assert {name: loaded.findall(text) for name, text in html.items()} == {name: [] for name in html}


def test_every_guide_has_its_place_among_the_sites_pages():
    pages = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    listed = [name for page in pages for name in page.values()]
    assert sorted(listed) == [guide.name for guide in GUIDES]


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
NAME = re.compile(r"`([A-Za-z_]+(?:\.[A-Za-z_]+)+)`")
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
