"""The course as a site, in a browser: at a desk, on a phone, and on paper, and for who does not see it (axe)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring import site as pages
from autograder.course import catalogue
from browser.axe import grave
from browser.jupyter import UNIT

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    pages.make(catalogue.units(), folder / "pages", jobs=1, run=False)
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder / "site")]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "FDL_PAGES": str(folder / "pages")}
    subprocess.run(command, cwd=ROOT, env=settings, check=True, timeout=120)
    return folder / "site"


@pytest.mark.parametrize("width", [390, 1400])
def test_no_page_is_wider_than_the_screen(width, site, browser):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    wide = {}
    for file in sorted(site.rglob("*.html")):
        page.goto(file.as_uri())
        # What is folded away must fit as well, once it is opened.
        page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
        whole = page.evaluate("document.documentElement.scrollWidth")
        if whole > width:
            wide[file.name] = whole
    context.close()
    assert wide == {}


@pytest.mark.parametrize("width", [390, 1400])
def test_the_guides_and_a_unit_shut_nobody_out(width, site, browser):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    written = [
        *sorted(file.name for file in pages.GUIDES.glob("*.md")),
        *pages.PAPERS,
        f"{pages.UNITS}/{UNIT}.md",
    ]
    found = {}
    for name in written:
        page.goto((site / name).with_suffix(".html").as_uri())
        if problems := grave(page):
            found[name] = problems
    context.close()
    assert found == {}


def test_paper_has_what_is_folded_and_no_navigation(site, browser):
    # The text of A4 between the margins, in pixels.
    width = 688
    context = browser.new_context(viewport={"width": width, "height": 1000})
    page = context.new_page()
    page.goto((site / "units" / f"{UNIT}.html").as_uri())
    folded = page.get_by_text("import zipfile")
    navigation = page.locator(".md-header, .md-tabs, .md-sidebar, .md-footer, .md-code__nav, .headerlink")
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert not [part for part in navigation.all() if part.is_visible()]
    # A longer word than any of the course's breaks where the paper ends.
    page.locator("pre code").first.evaluate("code => code.append('z'.repeat(500))")
    ends = page.locator("pre, pre code, table, math, img").evaluate_all(
        "boxes => boxes.map(box => box.getBoundingClientRect().left + box.scrollWidth)"
    )
    context.close()
    assert max(ends) <= width
