"""The guides: they build without a warning, and a reader's browser fetches nothing from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]


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
    assert {"index.html", "students.html", "instructors.html", "authors.html"} <= html.keys()
    loaded = r'<(?:script|img|link|iframe)[^>]+(?:src|href)="?((?:https?:)?//[^">\s]+)'
    assert {name: found for name, text in html.items() if (found := re.findall(loaded, text))} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_in_the_repository_exists(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_picture_is_shown_on_a_page():
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    pictures = [path.name for path in (ROOT / "docs").rglob("*.png")]
    assert pictures
    assert [name for name in pictures if name not in shown] == []
