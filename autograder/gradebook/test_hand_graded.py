"""A derivation is graded by a person, handed in again, and graded by the course again."""

import base64
import copy
import io
import zipfile
from dataclasses import replace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from autograder.course import catalogue
from autograder.course.layout import Course
from autograder.gradebook import database, grade_class, hand_graded, nbgrader_steps
from autograder.gradebook.book import Book
from autograder.gradebook.conftest import CONFIG, book
from autograder.grading import draws
from autograder.grading.grader import Grader
from autograder.grading.plan import plan_of
from autograder.testing import in_process_sandbox, toy_unit
from autograder.testing.toy_unit import PROOF, UNIT

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

WHERE = PROOF, UNIT, UNIT, "ada"
OLD, NEW = "It cancels.", "It cancels, since 2 is not 0."


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    """The toy unit, with a derivation."""
    folder = tmp_path_factory.mktemp("derived")
    return replace(toy_unit.make_unit(folder, derivation=True), own=folder)


@pytest.fixture(scope="module")
def plan(unit):
    return plan_of(unit)


def attachment(name, kind, data):
    return {name: {kind: base64.b64encode(data).decode()}}


def text_with(photo=None, text="The answer."):
    """A text cell that a student adds."""
    cell = toy_unit.added(text, "markdown")
    if photo:
        cell.attachments = attachment(*photo)
    return cell


@pytest.fixture(params=["fdl grade", "nbgrader autograde --force"])
def submit(request, unit, plan, root, hand_in, monkeypatch):
    """Hand in a notebook, and let it be graded."""
    run = in_process_sandbox.InProcess().run

    def by_fdl():
        (row,) = grade_class.grade(unit, root, run, "nothing").rows
        assert not row.error

    def by_nbgrader():
        from nbgrader.apps import AutogradeApp

        app = AutogradeApp()
        app.initialize([UNIT, "--force"])
        app.start()

    def submit(text=None, photo=None, drawing=None, above=(), below=(), question=None, **files):
        answers = {} if text is None else {PROOF: text}
        notebook = toy_unit.right(plan, **answers)
        place = toy_unit.ids(notebook.cells).index(PROOF)
        if photo:
            notebook.cells[place].attachments = attachment("IMG_1.HEIC", "image/heic", photo)
        if drawing:
            notebook.cells[place].attachments = attachment("graph.svg", "image/svg+xml", drawing)
        if question:
            notebook.cells[place - 1].source = question
        notebook.cells[place + 1 : place + 1] = copy.deepcopy(below)
        notebook.cells[place:place] = copy.deepcopy(above)
        folder = hand_in("ada", notebook)
        for name, data in files.items():
            (folder / f"{name}.pdf").write_bytes(data)
        by_fdl() if request.param == "fdl grade" else by_nbgrader()

    (root / "nbgrader_config.py").write_text(CONFIG.read_text("utf-8"), "utf-8")
    monkeypatch.chdir(root)
    grader = Grader(Course(root), draws.secret(root), run, lambda _: unit)
    monkeypatch.setattr(nbgrader_steps, "grader", lambda _: grader)
    opened = Book(Course(root))
    opened.register(plan)
    opened.close()
    return submit


@pytest.fixture
def grade_by_hand(root):
    """Do what formgrader does when a grader enters points and a comment."""

    def grade_by_hand(points, comment=""):
        with book(root) as gb:
            given = gb.find_grade(*WHERE)
            given.manual_score, given.needs_manual_grade = points, False
            gb.find_comment(*WHERE).manual_comment = comment
            gb.db.commit()

    return grade_by_hand


@pytest.fixture
def stands(root):
    """Points, comment, and whether it waits for a grader."""

    def stands():
        with book(root) as gb:
            grade = gb.find_grade(*WHERE)
            return grade.score, gb.find_comment(*WHERE).manual_comment, grade.needs_manual_grade

    return stands


def earlier(root):
    """What was graded, and what stands there now."""
    with book(root) as gb:
        versions = hand_graded.versions(gb, gb.find_grade(*WHERE).id)
    return [(version.answer.text, version.score, version.comment) for version in versions]


def test_an_unchanged_derivation_keeps_points_and_comment_and_a_changed_one_asks_again(
    root, submit, grade_by_hand, stands
):
    submit(OLD)
    assert stands() == (0, None, True)
    grade_by_hand(3, "Say why.")
    submit(OLD)
    assert stands() == (3, "Say why.", False)
    submit(NEW)
    assert stands() == (3, "Say why.", True)
    # Who grades the class once more before the grader has read it does not change that.
    submit(NEW)
    assert stands() == (3, "Say why.", True)
    assert earlier(root) == [(OLD, 3, "Say why."), (NEW, None, "")]
    grade_by_hand(4, "")
    submit(NEW)
    assert stands() == (4, "", False)
    assert earlier(root) == [(OLD, 3, "Say why."), (NEW, 4, "")]


def test_who_goes_back_to_what_was_graded_has_the_points_it_got(root, submit, grade_by_hand, stands):
    submit(OLD)
    grade_by_hand(3)
    submit(NEW)
    submit(OLD)
    assert stands() == (3, "", False)
    assert earlier(root) == [(OLD, 3, "")]


def test_another_file_beside_an_empty_cell_is_another_answer(submit, grade_by_hand, stands):
    submit(page=b"%PDF 1")
    assert stands() == (0, None, True)
    grade_by_hand(2)
    submit(page=b"%PDF 1")
    assert stands() == (2, "", False)
    submit(page=b"%PDF 2")
    assert stands() == (2, "", True)


@pytest.mark.parametrize("kind", ["page", "photo", "drawing"])
def test_a_text_that_stays_with_another_page_or_photograph_is_another_answer(
    kind, submit, grade_by_hand, stands
):
    submit("On paper.", **{kind: b"one"})
    grade_by_hand(2)
    submit("On paper.", **{kind: b"one"})
    assert stands() == (2, "", False)
    submit("On paper.", **{kind: b"another"})
    assert stands() == (2, "", True)


@pytest.mark.parametrize("text", ["See the next cell.", None], ids=["told", "empty"])
@pytest.mark.parametrize("where", ["above", "below"])
def test_another_text_beside_the_cell_is_another_answer(text, where, root, submit, grade_by_hand, stands):
    submit(text, **{where: [text_with(text=OLD)]})
    grade_by_hand(2)
    submit(text, **{where: [text_with(text=OLD)]})
    assert stands() == (2, "", False)
    submit(text, **{where: [text_with(text=NEW)]})
    assert stands() == (2, "", True)
    assert [text.split("\n\n")[-1] for text, _, _ in earlier(root)] == [OLD, NEW]


@pytest.mark.parametrize("text", ["See the next cell.", None], ids=["told", "empty"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "image/png"), ("IMG_1.HEIC", "image/heic"), ("graph.svg", "image/svg+xml")],
    ids=["shown", "a file", "left out"],
)
def test_another_photograph_in_a_cell_beside_it_is_another_answer(
    text, name, kind, submit, grade_by_hand, stands
):
    submit(text, below=[text_with((name, kind, b"one"))])
    grade_by_hand(2)
    submit(text, below=[text_with((name, kind, b"one"))])
    assert stands() == (2, "", False)
    submit(text, below=[text_with((name, kind, b"another"))])
    assert stands() == (2, "", True)


def test_a_photograph_beside_it_that_moves_with_its_cell_is_the_same_answer(submit, grade_by_hand, stands):
    beside = text_with(("IMG_1.HEIC", "image/heic", b"one"))
    submit("See the next cell.", below=[beside])
    grade_by_hand(2)
    submit("See the next cell.", above=[toy_unit.added("print(1)")], below=[beside])
    assert stands() == (2, "", False)


def test_an_answer_that_is_taken_back_is_asked_about(submit, grade_by_hand, stands):
    submit(OLD)
    grade_by_hand(4)
    submit()
    assert stands() == (4, "", True)


@pytest.mark.parametrize("submit", ["fdl grade"], indirect=True)
@pytest.mark.parametrize("name", ["page 1.pdf", "img/page.jpg", "scans.zip", "derivations.ipynb"])
def test_another_file_wherever_it_lies_is_another_answer(name, root, submit, grade_by_hand, stands):
    file = Course(root).submitted(UNIT, "ada").parent / name

    def put(text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(holding(text, file.suffix))
        submit()

    put(OLD)
    assert stands() == (0, None, True)
    grade_by_hand(2)
    put(OLD)
    assert stands() == (2, "", False)
    put(NEW)
    assert stands() == (2, "", True)


def holding(text, ending):
    """A file of a kind that holds a text."""
    if ending == ".ipynb":
        cell = toy_unit.added(text, "markdown")
        # It is made up anew for each cell.
        cell.id = "text"
        return toy_unit.data(nbformat.v4.new_notebook(cells=[cell]))
    packed = io.BytesIO()
    if ending == ".zip":
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("page.jpg", text)
    return packed.getvalue() or text.encode()


@pytest.mark.parametrize("submit", ["fdl grade"], indirect=True)
def test_another_text_in_the_units_own_is_another_answer(unit, plan, submit, grade_by_hand, stands):
    question = toy_unit.right(plan).cells[-2]

    def written(text):
        submit(question=f"{question.source}\n{text}")

    written(OLD)
    assert stands() == (0, None, True)
    grade_by_hand(2)
    written(OLD)
    assert stands() == (2, "", False)
    written(NEW)
    assert stands() == (2, "", True)


@pytest.fixture
def formgrader(root, unit, monkeypatch):
    """The page on which formgrader shows ada's submission."""

    def formgrader():
        config = database.settings(Course(root))
        config.HTMLExporter.template_name = "formgrade"
        with book(root) as gb:
            submission = gb.find_submission_notebook(UNIT, UNIT, "ada").id
        about = {"submission_id": submission, "index": 0, "total": 1, "base_url": "", "notebook_id": UNIT}
        html, _ = HTMLExporter(config=config).from_filename(
            str(Course(root).graded(UNIT, "ada")), resources=about
        )
        return BeautifulSoup(html, "html.parser")

    monkeypatch.setattr(catalogue, "unit", lambda name, root: unit)
    return formgrader


@pytest.mark.parametrize("submit", ["fdl grade"], indirect=True)
def test_a_grader_sees_rubric_changes_and_earlier_comments_beside_the_answer(
    root, submit, grade_by_hand, formgrader
):
    submit(f"{OLD} $x/2 < x$ \\begin{{align}} \\strange{{x}} \\end{{align}} ![](attachment:gone.png)")
    grade_by_hand(3, "Say why.\n\nWrite <more>.")
    page = formgrader()
    beside = page.find("aside", attrs={"data-grade-id": PROOF})
    items = [(item["data-points"], item["data-text"]) for item in beside.select(".rubric li")]
    assert items == [("1.0", "$x/2$ is written out."), ("3.0", "the 2 cancels, with a reason.")]
    assert beside["data-score"] == "3.0"
    assert {button.get_text() for button in beside.select(".use")} == {"Say why.", "Write <more>."}
    # An answer is as it was typed where it cannot be shown, and nothing comes from elsewhere.
    answer = page.select_one(".answered > .cell")
    assert answer.find("math")
    assert "\\strange{x}" in answer.find("code").get_text()
    assert [tag["src"] for tag in page.select("[src]") if "//" in tag["src"]] == []
    assert not page.select(".asks")
    submit("It cancels, since 2 is not 0.")
    asks = formgrader().select_one(".asks")
    assert "3 points, with the comment" in asks.get_text()
    assert "since 2 is not 0" in "".join(part.get_text() for part in asks.select("ins"))
    assert "$x/2 < x$" in "".join(part.get_text() for part in asks.select("del"))
