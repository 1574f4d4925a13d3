"""A class is graded into nbgrader's gradebook, as `fdl grade` does it."""

import base64
import json
import os
import shutil
import unicodedata
from pathlib import Path

import pytest

from autograder.course import limits
from autograder.course.layout import Course
from autograder.gradebook import grade_class as grading
from autograder.gradebook import unchanged
from autograder.gradebook.conftest import CONFIG, REVIEW, SCORES, SQUARES, auto_scores, book, grades
from autograder.grading.grader import last_graded
from autograder.testing import in_process_sandbox, toy_unit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own


@pytest.mark.usefixtures("small_class")
def test_a_class_is_graded_into_nbgraders_gradebook(root, grade):
    report = grade(jobs=2)
    assert {row.student: row.graded.score for row in report.rows} == SCORES
    assert {row.student for row in report.rows if row.needs_review} == REVIEW
    assert {row.student: row.book["score"] for row in report.rows} == SCORES
    assert auto_scores(root) == SCORES
    marked = {who for who, cells in grades(root).items() if any(review for _, _, review in cells.values())}
    assert marked == REVIEW
    assert all(last_graded(Course(root), toy_unit.UNIT, who) for who in SCORES)


def test_the_reasons_say_what_is_wrong_and_what_to_do(hand_in, plan, grade):
    hand_in("wrong name", b'{"cells": []}', "homework.ipynb")
    hand_in("stopped", toy_unit.right(plan, double="raise Died('used more than 4 GB of memory')"))
    stopped, wrong = grade().rows
    assert wrong.reasons == [
        f"This is not the notebook of {toy_unit.UNIT}. It holds no exercise at all. Hand in {toy_unit.UNIT}.ipynb."
    ]
    assert stopped.reasons == ["double: the cell with your answer was stopped: used more than 4 GB of memory"]


def test_of_two_notebooks_the_one_with_the_name_counts_and_a_person_is_asked(hand_in, plan, grade):
    older, newer = toy_unit.right(plan, double=SQUARES), toy_unit.right(plan)
    for student, beside in (("alike", older), ("two", newer)):
        hand_in(student, older)
        hand_in(student, beside, f"Kopie von {toy_unit.UNIT}.ipynb")
    alike, two = grade().rows
    assert (alike.graded.score, alike.needs_review) == (5, False)
    assert (two.graded.score, two.needs_review) == (5, True)
    assert two.reasons == [
        f"Kopie von {toy_unit.UNIT}.ipynb (3 answers), handed in beside {toy_unit.UNIT}.ipynb (3 answers), "
        "answers otherwise; it does not count"
    ]


def test_who_handed_in_something_in_another_place_is_in_the_table(root, hand_in, plan, grade):
    hand_in("ana", toy_unit.right(plan))
    (root / "submitted" / "ben").mkdir()
    (root / "submitted" / "ben" / f"{toy_unit.UNIT}.zip").write_bytes(b"PK")
    ana, ben = grade().rows
    assert (ana.student, ben.student, ben.needs_review) == ("ana", "ben", True)
    assert f"but {toy_unit.UNIT}.zip in the student's folder" in ben.reasons[0]


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_folder_is_the_students_whatever_the_accents_of_its_name_are_made_of(
    hand_in, plan, grade, root, forms
):
    on_the_roster, of_folder = (unicodedata.normalize(form, "Zoë") for form in forms)
    with book(root) as gradebook:
        gradebook.update_or_create_student(on_the_roster, last_name="Röhe")
    hand_in(of_folder, toy_unit.right(plan))
    (row,) = grade(students=[on_the_roster]).rows
    assert (row.student, row.book["score"]) == (on_the_roster, 8)
    with book(root) as gradebook:
        assert [student.id for student in gradebook.students] == [on_the_roster]
    assert not unchanged.anybody_new(Course(root), toy_unit.UNIT)


@pytest.mark.usefixtures("small_class")
def test_what_has_not_changed_is_not_run_again(grade, hand_in, plan):
    grade()
    kernel = in_process_sandbox.InProcess()
    assert not any(row.graded.ran for row in grade(kernel.run).rows)
    assert kernel.jobs == []
    hand_in("untouched", toy_unit.right(plan))
    again = {row.student: row.graded for row in grade(kernel.run).rows}
    assert [who for who, graded in again.items() if graded.ran] == ["untouched"]
    assert again["untouched"].score == 8
    assert {who: g.score for who, g in again.items() if who != "untouched"} == {
        who: score for who, score in SCORES.items() if who != "untouched"
    }


def test_one_exercise_is_graded_anew_for_everyone(grade, hand_in, plan):
    hand_in("a", toy_unit.right(plan))
    hand_in("b", toy_unit.work(plan))
    grade()
    assert [row.graded.ran for row in grade(exercise="halves").rows] == [["halves"], ["halves"]]
    assert [row.graded.ran for row in grade(force=True).rows] == [list(plan.exercises)] * 2


def test_manual_grades_and_comments_survive_a_regrade(root, grade, hand_in, plan):
    hand_in("a", toy_unit.right(plan, double=SQUARES))
    grade()
    with book(root) as gb:
        given = gb.find_grade("double-check", toy_unit.UNIT, toy_unit.UNIT, "a")
        given.manual_score, given.needs_manual_grade = 2.5, False
        gb.find_comment("double", toy_unit.UNIT, toy_unit.UNIT, "a").manual_comment = "half right"
        gb.db.commit()
    (row,) = grade(force=True).rows
    assert grades(root)["a"]["double-check"] == (0, 2.5, False)
    assert row.book["score"] == 7.5
    with book(root) as gb:
        assert gb.find_comment("double", toy_unit.UNIT, toy_unit.UNIT, "a").manual_comment == "half right"
    hand_in("a", toy_unit.right(plan))
    grade()
    assert grades(root)["a"]["double-check"] == (3, 2.5, True)  # what the grader saw has changed


def test_a_late_submission_is_penalized_by_nbgraders_plugin(root, grade, hand_in, plan):
    folder = hand_in("a", toy_unit.right(plan))
    (root / "nbgrader_config.py").write_text(
        CONFIG.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    (folder / "timestamp.txt").write_text("2030-01-02 00:00:00 UTC")
    grade()
    with book(root) as gb:
        gb.update_or_create_assignment(toy_unit.UNIT, duedate="2030-01-01 00:00:00 UTC")
    grade()
    with book(root) as gb:
        assert gb.find_submission(toy_unit.UNIT, "a").late_submission_penalty == 8
        gb.grant_extension(toy_unit.UNIT, "a", days=2)
    grade()
    with book(root) as gb:
        assert not gb.find_submission(toy_unit.UNIT, "a").late_submission_penalty


def test_a_configuration_with_nbgraders_own_penalties_works(root, grade, hand_in, plan):
    stock = CONFIG.read_text().replace("autograder.gradebook.Assign", "nbgrader.preprocessors.Assign")
    (root / "nbgrader_config.py").write_text(stock)
    hand_in("a", toy_unit.right(plan))
    assert grade().rows[0].error == ""


def test_an_unreadable_timestamp_is_passed_over(grade, hand_in, plan):
    (hand_in("a", toy_unit.right(plan)) / "timestamp.txt").write_text("yesterday")
    assert grade().rows[0].graded.score == 8


def test_pictures_beside_the_notebook_are_kept_and_links_are_not(root, grade, hand_in, plan, tmp_path):
    folder = hand_in("a", toy_unit.right(plan))
    (folder / "derivation.png").write_bytes(b"png")
    (folder / "numpy.py").write_text("evil")
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "stolen.png").symlink_to(tmp_path / "secret.png")
    grade()
    kept = {p.name for p in (root / "autograded" / "a" / toy_unit.UNIT).iterdir()}
    assert kept == {f"{toy_unit.UNIT}.ipynb", "derivation.png"}


def test_points_in_the_submission_are_not_believed(root, grade, hand_in, plan):
    nb = toy_unit.right(plan, double=SQUARES)
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(points=1000)
    hand_in("a", nb)
    assert grade().rows[0].graded.score == 5
    assert auto_scores(root) == {"a": 5}


@pytest.mark.usefixtures("small_class")
def test_the_json_keeps_its_contract(fdl, root):
    result = fdl(toy_unit.UNIT, "--course", root, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["unit"], found["confinement"]) == (toy_unit.UNIT, "nothing")
    assert {s["student"]: s["score"] for s in found["submissions"]} == SCORES
    assert {s["student"] for s in found["submissions"] if s["needs_review"]} == REVIEW
    for submission in found["submissions"]:
        assert submission["max_score"] == 8
        assert submission["seconds"] >= 0
        assert [(c["exercise"], c["check"]) for c in submission["checks"]] == [
            ("double", "numbers"),
            ("double", "a matrix"),
            ("halves", "halve"),
            ("halves", "third"),
            ("quadruple", "numbers"),
        ]
    (wrong,) = (s for s in found["submissions"] if s["student"].startswith("Zoë"))
    expected = {"points": 0, "max_points": 2, "passed": False, "misconception": "squares"}
    assert expected.items() <= wrong["checks"][0].items()


@pytest.mark.usefixtures("small_class")
def test_the_table_says_who_misunderstood_what(fdl, root):
    result = fdl(toy_unit.UNIT, "--course", root)
    assert result.exit_code == 0
    assert "double: squares" in result.stdout
    assert "nothing: There is no" in result.stdout
    assert "4 to review" in result.stdout


def test_wrong_usage_is_told_with_a_suggestion(fdl, root, hand_in, plan):
    hand_in("Zoë", toy_unit.right(plan))
    for words, told in [
        (["99_toi"], "there is no unit '99_toi'"),
        ([toy_unit.UNIT, "--course", root, "--exercise", "halve"], "did you mean halves?"),
        ([toy_unit.UNIT, "--course", root, "--student", "Zoe"], "did you mean Zoë?"),
        ([toy_unit.UNIT, "--course", root / "nowhere"], "there is no folder"),
    ]:
        result = fdl(*words)
        assert result.exit_code == 2
        assert told in " ".join(result.stderr.replace("│", " ").split()), result.stderr


@pytest.mark.parametrize("symlink", [False, True], ids=["itself", "through a symlink"])
def test_a_course_root_may_have_any_name(unit, plan, empty_gradebook, tmp_path, symlink):
    real = tmp_path / "Übungen & été 2030, 50 % (neu)"
    real.mkdir()
    shutil.copy(empty_gradebook, real)
    root = real
    if symlink:
        root = tmp_path / "link to it"
        root.symlink_to(real)
    file = root / "submitted" / "Zoë O'Brien" / toy_unit.UNIT / f"{toy_unit.UNIT}.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes(toy_unit.data(toy_unit.right(plan)))
    report = grading.grade(unit, root, in_process_sandbox.InProcess().run, "nothing")
    assert report.fine
    assert auto_scores(root) == {"Zoë O'Brien": 8}
    assert (real / "autograded" / "Zoë O'Brien" / toy_unit.UNIT / file.name).is_file()
    (again,) = grading.grade(unit, root, in_process_sandbox.InProcess().run, "nothing").rows
    assert again.graded.ran == []


def test_nobody_to_grade_is_a_sentence(fdl, root):
    result = fdl(toy_unit.UNIT, "--course", root)
    assert result.exit_code == 1
    assert "nobody has handed in 99_toy: submissions are looked for as" in result.stderr


def test_a_notebook_in_the_wrong_folder_is_found(root, grade, plan):
    folder = root / "submitted" / "Zoë"
    folder.mkdir(parents=True)
    (folder / f"{toy_unit.UNIT}.ipynb").write_bytes(toy_unit.data(toy_unit.right(plan)))
    (row,) = grade().rows
    assert row.needs_review
    assert row.graded.score == 0


def test_real_students_in_real_children(unit, root, hand_in, plan, monkeypatch):
    monkeypatch.setattr(limits, "DEFAULT", limits.Limits(cell=3.0))
    hand_in("right", toy_unit.right(plan))
    hand_in("squares", toy_unit.right(plan, double=SQUARES))
    hand_in(
        "loop",
        toy_unit.right(
            plan, double="while True:\n    try:\n        while True: pass\n    except BaseException: pass"
        ),
    )
    hand_in("exit", toy_unit.right(plan, halves="import os\nos._exit(0)"))
    hand_in(
        "warns",
        toy_unit.right(
            plan, double="import warnings\nwarnings.warn('x')\ndef double(x):\n    return 2.0 * x"
        ),
    )
    with grading.sandbox(2) as (run, tier):
        report = grading.grade(unit, root, run, tier, jobs=2)
    assert {r.student: (r.graded.score, r.needs_review) for r in report.rows} == {
        "right": (8, False),
        "squares": (5, False),
        "loop": (5, True),
        "exit": (6, True),
        "warns": (8, False),
    }
    assert report.confinement == tier


def test_the_graded_notebook_is_one_that_jupyter_reads(root, grade, hand_in, plan):
    import nbformat

    hand_in("a", toy_unit.right(plan))
    grade()
    nb = nbformat.read(
        Path(root / "autograded" / "a" / toy_unit.UNIT / f"{toy_unit.UNIT}.ipynb"), as_version=4
    )
    nbformat.validate(nb)


def test_what_lies_beside_a_notebook_is_kept_if_a_grader_can_open_it(root, grade, hand_in, plan):
    nb = toy_unit.right(plan)
    photographed = toy_unit.added("On paper: ![1](attachment:IMG_1.HEIC)", "markdown")
    photographed.attachments = {"IMG_1.HEIC": {"image/heic": base64.b64encode(b"a photo").decode()}}
    nb.cells.append(photographed)
    folder = hand_in("a", nb)
    (folder / "page 2.heic").write_bytes(b"another")
    (folder / "acts.svg").write_text("<svg/>")
    (folder / "link.png").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.pdf")
    os.mkfifo(folder / "timestamp.txt")
    with (folder / "scan.pdf").open("wb") as sparse:
        sparse.truncate(1 << 40)
    (row,) = grade().rows
    place = root / "autograded" / "a" / toy_unit.UNIT
    there = {path.name: path.read_bytes() for path in place.iterdir() if path.suffix != ".ipynb"}
    (attached,) = there.keys() - {"page 2.heic"}
    assert attached.endswith("-IMG_1.HEIC")
    assert sorted(there.values()) == [b"a photo", b"another"]
    assert row.graded.score == 8
    assert row.reasons == [
        "timestamp.txt is not a file. It counts as handed in in time. "
        f"Not put beside the graded notebook, but left in {folder}: acts.svg, link.png, pipe.pdf, scan.pdf."
    ]
