"""JupyterLab as `fdl lab` starts it, and a browser to look at it.

Pictures go to a temporary folder; `FDL_SCREENSHOTS=docs/images` keeps them.
"""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from browser.jupyter import MINUTE, UNIT

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALLED = [path for path in map(shutil.which, PROGRAMS) if path]
CHROMIUM = INSTALLED[0] if INSTALLED else None
NO_BROWSER = "no Chromium or Chrome on PATH: `apt install chromium`, then `pytest tests/browser`"
# Set where these tests have to run, as in CI: whatever keeps a browser from starting is a failure there.
REQUIRED = bool(os.environ.get("FDL_BROWSER_REQUIRED"))


def pytest_collection_modifyitems(items):
    if REQUIRED:
        return
    for item in items:
        if Path(__file__).parent in item.path.parents and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER))


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import Error, expect, sync_playwright

    if CHROMIUM is None:
        pytest.fail(NO_BROWSER)
    expect.set_options(timeout=MINUTE)

    with sync_playwright() as playwright:
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
        ]
        try:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        except Error as error:
            does_not_start = f"{CHROMIUM} does not start here: {str(error)[:500]}"
            if REQUIRED:
                pytest.fail(does_not_start)
            pytest.skip(does_not_start)
        yield chromium
        chromium.close()


@pytest.fixture
def person(browser, tmp_path):
    """Call it for a page of another person: with cookies of its own. What each saw last is kept beside the test."""
    with ExitStack() as stack:
        pages = []

        def page():
            context = stack.enter_context(browser.new_context(viewport={"width": 1400, "height": 900}))
            context.set_default_timeout(MINUTE)
            pages.append(context.new_page())
            return pages[-1]

        yield page
        for number, last in enumerate(pages):
            last.screenshot(path=tmp_path / f"last-{number}.png")


@pytest.fixture
def page(person):
    return person()


@pytest.fixture
def shot(tmp_path):
    """Take a picture of a page, under a name."""
    folder = Path(os.environ.get("FDL_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course root with unit 1, before anything has been released."""
    from autograder.authoring.build import build
    from autograder.course.catalogue import unit

    root = tmp_path_factory.mktemp("course")
    build([unit(UNIT)], course=root, notebooks=root / "notebooks")
    # The instructor makes it.
    shutil.rmtree(root / "release")
    return root
