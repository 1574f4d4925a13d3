"""A student and an instructor in JupyterLab: each clicks what a person would click."""

import re
from collections.abc import Callable

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import FrameLocator, Page, Response, expect

from autograder.course import catalogue
from browser.axe import grave
from browser.jupyter import MINUTE, UNIT, jupyterlab

TITLE = "Foundations of deep learning"
MISCONCEPTION = "sigmoid is twice as steep"
DERIVATION = "tanh_from_sigmoid"


@pytest.fixture(scope="module")
def activations():
    return next(e for e in catalogue.exercises(catalogue.unit(UNIT)) if e.name == "activations")


def test_who_looks_around_finds_every_unit_behind_a_link(page, shot, tmp_path, course):
    with jupyterlab("student", course, tmp_path / "lab") as address:
        page.goto(address)
        expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
        # No question about news.
        expect(page.get_by_role("button", name="Yes")).to_have_count(0)
        shot(page, "lab-start")
        page.get_by_role("link", name="Forward propagation").click()
        expect(page.locator(".jp-NotebookPanel .jp-CodeCell").first).to_be_visible()
        expect(page.get_by_text("| Idle")).to_be_visible()
    assert not (course / "gradebook.db").exists()


def test_from_release_to_feedback(person, shot, tmp_path, course, activations):
    wrong = next(rival for rival in activations.misconceptions if rival.name == MISCONCEPTION)
    place = tmp_path / "lab"
    with jupyterlab("instructor", course, place) as instructors:
        instructor = person()
        instructor.goto(instructors)
        formgrader = open_formgrader(instructor)
        generate_and_release(formgrader)
        shot(instructor, "formgrader")
        with jupyterlab("student", course, place) as students:
            student = person()
            student.goto(students)
            expect(student.get_by_role("heading", name=TITLE)).to_be_visible()
            fetch(student, shot)
            run_everything(student)
            answer(student, activations.source, f"{activations.points:g} of {activations.points:g} points")
            # A question comes first, and at the second attempt what the answer looks like.
            answer(student, wrong.source, "A question first")
            answer(student, f"{wrong.source}\n# Is it that steep?\n", MISCONCEPTION)
            shot(student, "card")
            validate_and_submit(student, shot)
            collect_and_grade(instructor, formgrader, shot)
            grade_a_derivation(instructor, formgrader, shot)
            assert derivation_in_gradebook(course) == (1.5, False)
            release_feedback(formgrader)
            read_feedback(student, shot)


def menu(page: Page, *path: str) -> None:
    for name in path:
        page.get_by_role("menuitem", name=name, exact=True).click()


def open_formgrader(page: Page) -> FrameLocator:
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    menu(page, "Nbgrader", "Formgrader")
    return page.frame_locator("iframe[src*=formgrader]")


def press(formgrader: FrameLocator | Page, column: str) -> None:
    """Press a button in the row of the unit, and read what formgrader says of it."""
    formgrader.locator(f"td.{column} a").click()
    done(formgrader)


def done(formgrader: FrameLocator | Page) -> None:
    dialog = formgrader.locator(".modal-dialog")
    expect(dialog).to_contain_text("Success", timeout=2 * MINUTE)
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_have_count(0)


def generate_and_release(formgrader: FrameLocator) -> None:
    press(formgrader, "assign")
    press(formgrader, "release")
    expect(formgrader.locator("td.status")).to_have_text("released")


def fetch(page: Page, shot) -> None:
    menu(page, "Nbgrader", "Assignment List")
    page.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
    fetched = page.locator("#fetched_assignments_list")
    fetched.get_by_text(UNIT).first.click()
    expect(fetched.get_by_role("button", name="Validate")).to_be_visible()
    shot(page, "assignment-list")
    fetched.locator(".nested_list_item").get_by_text(UNIT).click()
    expect(page.locator(".jp-NotebookPanel .jp-CodeCell").first).to_be_visible()


def run_everything(page: Page) -> None:
    """What is not written yet stops the run, at a card that says so."""
    expect(page.get_by_text("| Idle")).to_be_visible()
    menu(page, "Run", "Run All Cells")
    show(page, "not written yet")


def show(page: Page, text: str) -> None:
    """Wait for an output, also where it is scrolled out of sight, and bring it into the middle."""
    found = page.locator(".jp-OutputArea-output").get_by_text(text).first
    found.wait_for(state="attached")
    found.evaluate("element => element.scrollIntoView({block: 'center'})")


def answer(page: Page, source: str, expected: str) -> None:
    """Write an answer into its cell, run it and the check below it, and wait for what the card says."""
    page.locator(".jp-CodeCell .cm-content").filter(has_text="def sigmoid").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", source))
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    show(page, expected)


def validate_and_submit(page: Page, shot) -> None:
    page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=3 * MINUTE)
    expect(dialog).to_contain_text("activations")
    shot(page, "validate")
    dialog.get_by_role("button", name="OK").click()
    page.get_by_role("tab", name="Assignments").click()
    page.locator("#fetched_assignments_list").get_by_role("button", name="Submit").click()
    expect(page.locator("#submitted_assignments_list")).to_contain_text(UNIT)


def collect_and_grade(page: Page, formgrader: FrameLocator, shot) -> None:
    press(formgrader, "collect")
    formgrader.locator("td.num-submissions a").click()
    formgrader.locator("td.autograde a").click()
    done(formgrader)
    shot(page, "formgrader-submissions")
    formgrader.get_by_role("link", name="Manual Grading").click()
    for link in (UNIT, UNIT, "Submission #1"):
        formgrader.get_by_role("link", name=link).last.click()
    card = formgrader.get_by_text(MISCONCEPTION).first
    card.scroll_into_view_if_needed()
    shot(page, "formgrader-card")


def grade_a_derivation(page: Page, formgrader: FrameLocator, shot) -> None:
    """Click items of the rubric, which stands beside the answer, and let the comment say what is missing."""
    expect(formgrader.locator("math").first).to_be_visible()
    rubric = formgrader.locator(f"[data-grade-id={DERIVATION}]")
    score, comment = formgrader.locator(f"#{DERIVATION}"), formgrader.locator(f"#{DERIVATION}-comment")
    # Formgrader has asked for what the gradebook holds.
    expect(score).to_have_attribute("placeholder", "0")
    expect(comment).to_have_attribute("placeholder", "No response.")
    with page.expect_response(saved("grade")):
        rubric.locator(".whole").first.check()
    with page.expect_response(saved("grade")):
        rubric.locator(".half").nth(1).click()
    expect(score).to_have_value("1.5")
    with page.expect_response(saved("comment")):
        rubric.get_by_role("button", name="Write what is missing").click()
    expect(comment).to_have_value(re.compile("^Half missing: .*Missing: ", re.DOTALL))
    shot(page, "formgrader-derivation")
    # The rest of the page is nbgrader's.
    frame = page.locator("iframe[src*=formgrader]").element_handle().content_frame()
    assert grave(frame, within=".beside") == {}


def saved(what: str) -> Callable[[Response], bool]:
    """Whether formgrader is told that points or a comment are in the gradebook."""
    return lambda response: response.request.method == "PUT" and f"/api/{what}/" in response.url


def derivation_in_gradebook(course) -> tuple[float, bool]:
    """A grader's points, and whether they still wait."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "fdl") as gradebook:
        (submission,) = gradebook.notebook_submissions(UNIT, UNIT)
        (grade,) = [grade for grade in submission.grades if grade.name == DERIVATION]
        return grade.manual_score, grade.needs_manual_grade


def release_feedback(formgrader: FrameLocator | Page) -> None:
    for link in ("Manual Grading", "Manage Assignments"):
        formgrader.get_by_role("link", name=link).click()
    press(formgrader, "generate-feedback")
    press(formgrader, "release-feedback")


def read_feedback(page: Page, shot) -> None:
    submitted = page.locator("#submitted_assignments_list")
    page.locator("#refresh_assignments_list").click()
    submitted.get_by_role("button", name="Fetch Feedback").click()
    submitted.get_by_text(UNIT).first.click()
    submitted.get_by_text("(view feedback)").click()
    page.locator(".jp-DirListing-item").get_by_text(f"{UNIT}.html").dblclick()
    feedback = page.frame_locator(".jp-HTMLViewer iframe")
    expect(feedback.get_by_text(MISCONCEPTION).first).to_be_attached()
    shot(page, "feedback-in-lab")
