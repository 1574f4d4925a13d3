import json
import time
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import lecture
from autograder.course.catalogue import Unit
from autograder.course.layout import Course
from autograder.gradebook.results import Part, Person
from autograder.pages import render
from autograder.reporting import feedback, report
from autograder.reporting.anonymity import DisplayNames
from autograder.reporting.class_facts import (
    DerivationCount,
    HeldMisconception,
    Review,
    SlowExercise,
    SlowSubmission,
    UnnamedCount,
)
from autograder.reporting.test_feedback import ALLOWED, EVIL, Elements, text
from autograder.testing import made_up_results
from helpers.errors import Refused
from helpers.verdict import Kind

# They are nbgrader's own.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
KEY = b"k" * 32
FORGOTTEN = made_up_results.verdict("Dense", ["a = hW + b"], "the bias is forgotten")
UNSHIFTED = made_up_results.verdict("softmax", ["large values"], "no maximum is subtracted")


class Outline(HTMLParser):
    """What a reader who does not see the page needs: headings, names of pictures, headers of tables."""

    def __init__(self, page):
        super().__init__()
        self.levels, self.pictures, self.scopes, self.headers = [], [], 0, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("h1", "h2", "h3", "h4"):
            self.levels.append(int(tag[1]))
        if tag == "svg":
            self.pictures.append((attrs.get("role"), attrs.get("aria-label")))
        if tag == "th":
            self.headers += 1
            self.scopes += "scope" in attrs


def test_misconceptions_are_ranked_by_how_many_hold_them(write):
    made = [
        made_up_results.result("a", UNSHIFTED),
        made_up_results.result("b", FORGOTTEN, UNSHIFTED),
        made_up_results.result("c", UNSHIFTED),
    ]
    about, html = write(*made, made_up_results.result("d"))
    first, second = about.misconceptions
    assert first == HeldMisconception(
        unit=made_up_results.UNIT,
        misconception="no maximum is subtracted",
        exercise="softmax",
        students=("a", "b", "c"),
        share=0.75,
        lecture="6:52",
        advice="Subtract each row's maximum.",
    )
    assert second.students == ("b",)
    assert "3 no maximum is subtracted softmax Subtract each row's maximum. 6:52 a, b, c" in text(html)


def test_success_by_check_is_counted(write):
    about, html = write(
        made_up_results.result("a", FORGOTTEN),
        made_up_results.result("b", made_up_results.verdict("Dense", "all")),
        made_up_results.result("c"),
    )
    dense, _ = about.exercises
    assert {c.check: (c.passed, c.of) for c in dense.checks} == {
        "the shapes": (2, 3),
        "a = hW + b": (1, 3),
        "the dtype": (2, 3),
    }
    assert dense.outcomes == {"all points": 1, "some": 1, "none": 1}
    assert about.unnamed == (UnnamedCount("Dense", students=1),)
    assert "a = hW + b 1 1 of 3 · 33 % –" in text(html)


def test_scores_and_what_waits(write):
    read = Part("proof", 3, 4, cell="proof", by_hand=True, decided=True)
    about, html = write(made_up_results.result("a", derivation=read), made_up_results.result("b", FORGOTTEN))
    assert (about.scores, about.max_score, about.mean, about.median) == ((4, 8), 9, 6, 6)
    assert about.derivations == (DerivationCount("proof", max_score=4, waiting=1, read=1, mean=3),)
    assert "Derivations of 4 points in all wait for a grader" in text(html)
    assert "Scores of 2 students: from 4 to 8 of 9 points, mean 6, median 6." in html


def test_who_needs_review_and_why(write):
    late = made_up_results.verdict("Dense", "all", doubts=("your code was stopped: took longer than 10 s",))
    about, html = write(made_up_results.result("a", late), made_up_results.result("b"))
    assert about.review == (Review("a", ("Dense: your code was stopped: took longer than 10 s",)),)
    assert about.review[0].reasons[0] in text(html)


def test_what_took_longest(write):
    slow = made_up_results.verdict("Dense", seconds=9.0)
    about, _ = write(
        made_up_results.result("a", slow, seconds=11.0),
        made_up_results.result("b"),
        made_up_results.result("c"),
    )
    assert about.slow_exercises[0] == SlowExercise("Dense", median=0.5, longest=9.0, student="a")
    assert about.slow_students[0] == SlowSubmission("a", 11.0)


def test_who_is_alike_stands_side_by_side(write):
    code = "\n".join(f"    h{i} = h @ W{i} + {i**5}" for i in range(20))
    codes = {"Dense": f"def Dense(h):\n{code}"}
    about, html = write(
        made_up_results.result("a", codes=codes),
        made_up_results.result("b", codes=codes),
        made_up_results.result("c"),
    )
    (ring,) = about.alike
    assert ring.students == ("a", "b")
    assert "2 students of 3 have it" in html
    assert html.count("<mark>    h7 = h @ W7 + 16807</mark>") == 2


@pytest.mark.parametrize(
    "made",
    [
        [made_up_results.result("only")],
        [made_up_results.result("a"), made_up_results.result("b")],
        [made_up_results.result("gone", notebook=None)],
        [
            made_up_results.result(
                "unread",
                *(
                    made_up_results.verdict(n, "all", message="there was nothing to grade", kind=Kind.NOTHING)
                    for n in made_up_results.CHECKS
                ),
            )
        ],
        [made_up_results.result("x", seconds=0.0, codes={"Dense": ""})],
        [made_up_results.result(Person(f"id{i}", "محمد", "علي " + "x" * 300)) for i in range(3)],
    ],
    ids=[
        "one student",
        "nobody wrong",
        "no notebook",
        "unread",
        "no times",
        "long Arabic names that are the same",
    ],
)
def test_any_class_has_a_page_that_everybody_can_read(write, made):
    _, html = write(*made)
    assert f"{render.count(len(made), 'submission')}, median" in text(html)
    outline = Outline(html)
    assert outline.levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))
    assert outline.pictures
    assert all(role == "img" and label for role, label in outline.pictures)
    assert outline.scopes == outline.headers > 0


def test_nothing_of_a_students_is_alive(write):
    doubt = made_up_results.verdict("Dense", "all", EVIL, EVIL, doubts=(EVIL,))
    code = {"Dense": "\n".join(f"x{i} = '{i}' + {i**7} # {EVIL}" for i in range(20))}
    made = [made_up_results.result(Person(who, EVIL, EVIL), doubt, codes=code, notes=(EVIL,)) for who in "ab"]
    _, html = write(*made)
    drawn = {"svg", "defs", "g", "path", "use", "text", "clippath", "rect", "metadata", "pattern", "rdf:rdf"}
    drawn |= {
        "cc:work",
        "dc:type",
        "dc:format",
        "dc:title",
        "dc:date",
        "dc:creator",
        "cc:agent",
        "nav",
        "mark",
    }
    for tag, attrs in Elements(html).found:
        assert tag in ALLOWED | drawn
        assert not any(name.startswith("on") for name in attrs)
        assert attrs.get("href", "#").startswith(("#", lecture.RECORDING))
    assert EVIL in Elements(html).text


def test_an_anonymous_page_holds_no_name(write):
    people = [
        Person("okafor17", "Ada", "Okafor", "ada.okafor@example.org"),
        Person("mali", "محمد", "علي"),
        Person("Müller, Jörg"),
    ]
    code = "\n".join(f"    h{i} = h @ W{i} + {i**5}  # by Ada and Jörg" for i in range(20))
    file = ("There is no 90_made_up.ipynb, but okafor17_ADA.ipynb",)
    made = [
        made_up_results.result(
            p,
            FORGOTTEN,
            made_up_results.verdict("softmax", "all", doubts=file),
            codes={"Dense": code},
            notes=file,
        )
        for p in people
    ]
    about, html = write(*made, key=KEY)
    told = (json.dumps(about.to_json(), ensure_ascii=False) + html).lower()
    for name in ("ada", "okafor", "محمد", "علي", "mali", "müller", "jörg", "example.org"):
        assert name not in told.replace("metadata", "")
    assert about.misconceptions[0].students == ("student 1", "student 2", "student 3")
    assert about.alike


def test_pseudonyms_stay_and_do_not_follow_names():
    people = [Person(f"s{i:02}") for i in range(30)]
    one, again = DisplayNames(people, KEY), DisplayNames(reversed(people), KEY)
    assert one.by_id == again.by_id
    assert [one.of(p) for p in people] != [f"student {i}" for i in range(1, 31)]
    assert DisplayNames(people, b"x" * 32).by_id != one.by_id


def test_those_of_the_same_name_are_told_apart():
    names = DisplayNames([Person("s1", "Ada", "Okafor"), Person("s2", "Ada", "Okafor"), Person("s3", "Bo")])
    assert list(names.by_id.values()) == ["Ada Okafor (s1)", "Ada Okafor (s2)", "Bo"]


@pytest.mark.parametrize("key", [None, KEY], ids=["named", "anonymous"])
def test_three_hundred_students_fit_on_a_page(write, key):
    made = made_up_results.crowd(300)
    begin = time.process_time()
    about, html = write(*made, key=key)
    # a second or two; a way that compares all pairs of students in full takes minutes
    assert time.process_time() - begin < 60
    assert len(html) < 3_000_000
    assert about.submissions == 300
    assert 50 < len(about.misconceptions[0].students) < 100


def test_a_course_has_its_units_side_by_side(tmp_path):
    second = [
        made_up_results.result("a", UNSHIFTED, unit="91_second"),
        made_up_results.result("late", unit="91_second"),
    ]
    graded = {
        made_up_results.UNIT: [
            made_up_results.result("a", FORGOTTEN),
            made_up_results.result("b", FORGOTTEN),
        ],
        "91_second": second,
    }
    names = DisplayNames([r.student for these in graded.values() for r in these])
    about = report.write_course(tmp_path / "course.html", graded, names)
    assert [(u.unit, u.submissions, u.median) for u in about.units] == [
        (made_up_results.UNIT, 2, 4),
        ("91_second", 2, 4.5),
    ]
    assert [(m.unit, len(m.students)) for m in about.misconceptions] == [
        (made_up_results.UNIT, 2),
        ("91_second", 1),
    ]
    told = text((tmp_path / "course.html").read_text("utf-8"))
    assert "a 4* 4* 8 b 4* – 4 late – 5* 5" in told


def test_a_course_in_which_nothing_was_handed_in_has_no_page(tmp_path):
    made_up_results.save(tmp_path, [])
    with pytest.raises(Refused, match="no unit has been graded yet: run `fdl grade UNIT` first"):
        report.make(Course(tmp_path))
    assert not (tmp_path / "reports").exists()


def test_wrong_answers_without_a_name_are_listed_by_what_is_true_of_their_numbers(write):
    fact = made_up_results.verdict("Dense", "all", fact="a: transposed")
    about, _ = write(made_up_results.result("a", fact), made_up_results.result("b", fact))
    assert about.unnamed[0].told == (("a: transposed", 2),)


def test_programs_find_what_a_page_says_under_its_names(write):
    code = {"Dense": "def Dense(h):\n" + "\n".join(f"    h{i} = h @ W{i} + {i**5}" for i in range(20))}
    doubtful = made_up_results.verdict("softmax", "all", doubts=("your code was stopped",))
    unknown = made_up_results.verdict("Dense", "all")
    about, _ = write(
        made_up_results.result("a", FORGOTTEN, doubtful, codes=code),
        made_up_results.result("b", unknown, codes=code),
    )
    found = json.loads(json.dumps(about.to_json()))
    single = {name for name, value in found.items() if not isinstance(value, list)}
    assert single == {
        "unit",
        "submissions",
        "max_score",
        "mean",
        "median",
        "open_points",
        "needs_review",
        "compared",
        "many",
        "common",
    }
    assert found["scores"] == [2, 2]
    assert found["exercises"][0]["checks"][0] == {
        "check": "the shapes",
        "points": 1,
        "passed": 1,
        "of": 2,
        "difficulty": 0.5,
        "discrimination": None,
    }
    names = {
        name: set(value[0])
        for name, value in found.items()
        if isinstance(value, list) and name not in ("scores", "used", "attempts")
    }
    assert found["used"] == found["attempts"] == []
    assert names == {
        "students": {"student", "score", "max_score", "open", "page"},
        "exercises": {"exercise", "lecture", "outcomes", "checks"},
        "derivations": {"derivation", "max_score", "waiting", "read", "mean"},
        "misconceptions": {"unit", "misconception", "exercise", "students", "share", "lecture", "advice"},
        "unnamed": {"exercise", "students", "told"},
        "review": {"student", "reasons"},
        "slow_exercises": {"exercise", "median", "longest", "student"},
        "slow_students": {"student", "seconds"},
        "alike": {"students", "shares", "lines", "holders"},
    }


def test_a_check_that_those_pass_who_do_well_elsewhere_discriminates(write):
    wrong = [made_up_results.verdict("Dense", "all"), made_up_results.verdict("softmax", "all")]
    weak = [made_up_results.result(f"weak {number}", *wrong) for number in range(5)]
    strong = [made_up_results.result(f"strong {number}") for number in range(5)]
    about, _ = write(*weak, *strong)
    assert {check.discrimination for exercise in about.exercises for check in exercise.checks} == {1.0}
    about, _ = write(*weak, *strong[1:])
    assert about.exercises[0].checks[0].discrimination is None


def test_a_name_leads_to_the_feedback_page_where_there_is_one(tmp_path):
    made = [made_up_results.result(Person("a b", "Ada", "Okafor")), made_up_results.result("bo")]
    course = made_up_results.save(tmp_path, made)
    feedback.make(course, made_up_results.UNIT, ["a b"])
    file, about = report.make(course, made_up_results.UNIT)
    ada, bo = about["students"]
    assert (ada["student"], bo["page"]) == ("Ada Okafor", "")
    assert (file.parent / unquote(ada["page"])).resolve().is_file()
    assert f'<a href="{ada["page"]}"><bdi dir="auto">Ada Okafor</bdi></a>' in file.read_text("utf-8")
    _, hidden = report.make(course, made_up_results.UNIT, anonymous=True)
    assert {row["page"] for row in hidden["students"]} == {""}


def test_the_command_writes_a_page_and_tells_the_facts(tmp_path, monkeypatch):
    made_up_results.save(tmp_path, [made_up_results.result("ada", FORGOTTEN), made_up_results.result("bo")])
    monkeypatch.setattr(
        "autograder.cli.reporting.unit_of", lambda name, course: Unit(made_up_results.UNIT, None, "")
    )
    for arguments, name in {
        ("90",): f"{made_up_results.UNIT}.html",
        (): "course.html",
        ("--anonymous",): "course-anonymous.html",
    }.items():
        result = CliRunner().invoke(app.app, ["report", *arguments, "--course", str(tmp_path), "--json"])
        assert result.exit_code == 0, result.output
        about = json.loads(result.stdout)
        assert about["page"] == str(tmp_path / "reports" / name)
        assert about["misconceptions"][0]["misconception"] == "the bias is forgotten"
        assert ("ada" in text((tmp_path / "reports" / name).read_text("utf-8"))) == (
            "--anonymous" not in arguments
        )
