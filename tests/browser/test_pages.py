"""The pages that people read, in a browser: at a desk, on a telephone, on paper, and for who does not see them (axe)."""

import json
import re
from datetime import datetime

import pytest

from autograder.authoring import solution_set
from autograder.authoring.assemble import assemble
from autograder.course import catalogue
from autograder.gradebook.results import Person
from autograder.reporting import feedback, report
from autograder.reporting.anonymity import DisplayNames
from autograder.testing import made_up_results, small_unit
from browser.axe import grave

LONG_NAME = Person("ada", "Ada " + "x" * 200, "محمد علي")


@pytest.fixture(scope="module")
def feedback_page(tmp_path_factory):
    named = made_up_results.verdict(
        "Dense", ["a = hW + b"], "the bias is forgotten", fact="`W` is transposed"
    )
    about = {"handed_in": datetime(2026, 3, 1, 22, 5), "notes": (f"{'y' * 200}.ipynb was taken.",)}
    codes = {
        "Dense": f"x = '{'z' * 300}'",
        "proof": r"$$\left(\frac{1}{1+e^{-2a}}\right)^{2} = " + "a + " * 80 + "b$$",
    }
    file = tmp_path_factory.mktemp("feedback") / "page.html"
    file.write_text(
        feedback.page(made_up_results.result(LONG_NAME, named, codes=codes, **about), b""), "utf-8"
    )
    return file


@pytest.fixture(scope="module")
def report_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    results = [*made_up_results.crowd(12), made_up_results.result(LONG_NAME)]
    names = DisplayNames(result.student for result in results)
    facts = report.write_unit(folder / "page.html", results, names)
    (folder / "before.json").write_text(json.dumps(facts.to_json()))
    report.write_unit(folder / "page.html", results, names, earlier=folder / "before.json")
    return folder / "page.html"


@pytest.fixture(scope="module")
def solution_page(tmp_path_factory):
    """Of a unit that is not run, which other tests do."""
    folder = tmp_path_factory.mktemp("solutions")
    unit = small_unit.unit_of(small_unit.TEXT, folder)
    every = catalogue.exercises(unit)
    caught = {
        exercise.name: {check.name: [exercise.misconceptions[0].name] for check in exercise.checks}
        for exercise in every
    }
    dressed = solution_set.dress(assemble(unit, every), unit, caught)
    (folder / "page.html").write_text(solution_set.page(dressed, unit.id), "utf-8")
    return folder / "page.html"


@pytest.mark.parametrize("kind", ["feedback_page", "report_page", "solution_page"])
@pytest.mark.parametrize("width", [390, 1400])
def test_a_page_fits_the_screen_and_shuts_nobody_out(kind, width, request, browser, shot):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(request.getfixturevalue(kind).as_uri())
    found = grave(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    shot(page, f"{kind}-{width}")
    context.close()
    assert found == {}
    assert wide == width


def test_a_link_opens_what_is_folded_and_paper_shows_it(feedback_page, page):
    page.goto(feedback_page.as_uri())
    passed = page.get_by_text("large values")
    assert not passed.is_visible()
    page.emulate_media(media="print")
    assert passed.is_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="softmax").first.click()
    assert passed.is_visible()


def test_right_and_wrong_are_told_by_a_sign_and_a_word(feedback_page, page):
    page.goto(feedback_page.as_uri())
    found = page.locator(".sign").evaluate_all(
        "signs => signs.map(sign => [sign.closest('.failed') !== null, sign.textContent])"
    )
    assert len(found) > page.locator(".checks > li").count() > 0
    assert {tuple(sign) for sign in found} == {(True, "✗not passed:"), (False, "✓passed:")}
    unsigned = page.locator(".checks > li").filter(has_not=page.locator(".sign"))
    assert unsigned.count() == 0


@pytest.mark.parametrize("kind", ["feedback_page", "report_page"])
def test_what_a_bar_shows_stands_beside_it_in_numbers(kind, request, page):
    page.goto(request.getfixturevalue(kind).as_uri())
    rows = page.locator("tr").filter(has=page.locator(".bar"))
    silent = rows.filter(has_not=page.locator(".number", has_text=re.compile(r"\d")))
    assert rows.count() > 0
    assert silent.count() == 0
