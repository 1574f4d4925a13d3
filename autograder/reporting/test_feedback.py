import base64
import html
import io
import json
import os
import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.catalogue import Unit
from autograder.gradebook.book import SECRET, STAMP, Book
from autograder.gradebook.results import Part, Person
from autograder.pages import pictures
from autograder.reporting import feedback
from autograder.testing import made_up_results
from helpers.errors import Refused, Unreadable
from helpers.verdict import Kind

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
NOTHING = Unreadable("nothing was handed in")
EVIL = '<script>alert(1)</script><img src="https://evil.org/x" onerror=alert(2)>'
ALLOWED = set(
    "html head meta title style body main header section h1 h2 h3 h4 h5 h6 p div span b br i a bdi table caption "
    "thead tbody tr th td ul ol li pre code em strong s blockquote hr details summary figure figcaption img "
    "math mrow mi mo mn mfrac msub msup msubsup msqrt mtext mspace munder mover munderover mtable mtr mtd".split()
)


class Elements(HTMLParser):
    """What a browser would make of a page: each element's name and attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag in ("td", "th", "div", "p", "li", "figure", "br"):
            self.text += " "

    def handle_data(self, data):
        self.text += data


def page(result, data=NOTHING):
    return feedback.page(result, data)


def text(html):
    return " ".join(Elements(html.split("</head>")[1]).text.split())


def png(width=4, height=3, kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def cells_of(result):
    assert result.notebook
    return result.notebook.cells


def submission(result, *outputs):
    """What was handed in: the notebook with outputs below its experiment."""
    nb = result.notebook.copy()
    nb.cells = [dict(cell) for cell in nb.cells]
    nb.cells[-1]["outputs"] = list(outputs)
    return json.dumps(nb).encode()


def shown(*outputs):
    made = made_up_results.result("ada")
    return page(made, submission(made, *outputs))


def test_a_page_tells_points_checks_misconception_and_advice():
    wrong = made_up_results.verdict("Dense", ["a = hW + b"], "the bias is forgotten", "a[0] is 1, expected 2")
    html = page(made_up_results.result(Person("ada", "Ada", "Okafor"), wrong))
    told = text(html)
    for part in (
        "90 · Made up Ada Okafor 4 of 9 points",
        "not passed: a = hW + b 0 of 1 a[0] is 1, expected 2",
        "passed: the shapes 1 of 1",
        "This is: the bias is forgotten. Add b to each row. lecture 3:17",
    ):
        assert part in told
    assert "proof · open, 4 points" in told
    assert "4 of these points are still open: a person has to look at proof." in told
    anchors = [attrs["id"] for _, attrs in Elements(html).found if "id" in attrs]
    links = [attrs["href"] for tag, attrs in Elements(html).found if tag == "a"]
    assert len(set(anchors)) == len(anchors)
    assert {link[1:] for link in links} <= set(anchors)


def test_a_graders_points_and_comments_are_told_and_so_is_a_penalty():
    proof = Part("proof", 2.5, 4, comment="Say why.\n<b>Now</b>", cell="proof", by_hand=True, decided=True)
    made = made_up_results.result(
        "ada", made_up_results.verdict("Dense", "all"), derivation=proof, penalty=1.25
    )
    dense = Part(
        "Dense", 2, 3, verdict=made.parts[0].verdict, cell="Dense-check", decided=True, comment="Half."
    )
    told = text(
        page(
            made_up_results.Result(
                made.student, made.unit, (dense, *made.parts[1:]), 1.25, notebook=made.notebook
            )
        )
    )
    assert "5.25 of 9 points" in told
    assert "1.25 points are taken off for being late" in told
    assert "A grader gave 2 points; the checks alone gave 0." in told
    assert "A grader writes: Half." in told
    assert "proof · 2.5 of 4" in told
    assert "A grader writes: Say why. <b>Now</b>" in told
    assert "still open" not in told


def test_a_message_is_said_once_and_an_untouched_stub_has_no_checks():
    told = text(
        page(
            made_up_results.result(
                "ada",
                made_up_results.verdict("Dense", "all"),
                made_up_results.verdict("softmax", "all", message="not written yet", kind=Kind.NOT_WRITTEN),
            )
        )
    )
    assert told.count("a[0] is 1, expected 2") == 1
    assert told.count("the same") == 2
    assert "sums to 1" not in told
    assert "replace `raise NotImplementedError()`" in told


EVIL_RESULTS = {
    "name": lambda: made_up_results.result(Person("ada", EVIL, EVIL)),
    "id": lambda: made_up_results.result(EVIL),
    "message": lambda: made_up_results.result("ada", made_up_results.verdict("Dense", "all", message=EVIL)),
    "note": lambda: made_up_results.result("ada", notes=(EVIL,)),
    "code": lambda: made_up_results.result("ada", codes={"Dense": f"x = '''{EVIL}''' # {EVIL}"}),
    "no python": lambda: made_up_results.result("ada", codes={"Dense": EVIL}),
    "text": lambda: made_up_results.result("ada", codes={"proof": EVIL}),
    "table": lambda: made_up_results.result(
        "ada", codes={"proof": f"| a | b |\n|---|---|\n| {EVIL} | <td onclick=x> |"}
    ),
    "link": lambda: made_up_results.result(
        "ada", codes={"proof": "[a](javascript:alert(1)) <javascript:alert(1)> [b](data:text/html,x)"}
    ),
    "image": lambda: made_up_results.result(
        "ada", codes={"proof": "![a](https://evil.org/x.png) ![b](data:image/svg+xml,x)"}
    ),
    "fence": lambda: made_up_results.result("ada", codes={"proof": f'```"><script>\n{EVIL}\n```'}),
    "formula": lambda: made_up_results.result(
        "ada", codes={"proof": f"$`{EVIL}$ and $$</code>{EVIL}$$ $\\text{{{EVIL}}}$"}
    ),
    "formula in a link": lambda: made_up_results.result(
        "ada",
        codes={
            "proof": '[a](https://x.org/$b$ "$c$") <https://x.org/$\\text{" onclick=a}$> [$d$]: https://x.org/$e$'
        },
    ),
    "odd formula": lambda: made_up_results.result(
        "ada", codes={"proof": f"${'{' * 1500}$ $\\mathbb{{x<}}$ \ue000\ue0007\ue001 $\\"}
    ),
    "comment": lambda: made_up_results.result(
        "ada", derivation=Part("proof", 1, 4, comment=EVIL, cell="proof", by_hand=True, decided=True)
    ),
}
EVIL_OUTPUTS = {
    "html": new_output("display_data", data={"text/html": EVIL, "application/javascript": "alert(1)"}),
    "svg": new_output("display_data", data={"image/svg+xml": f"<svg onload=alert(1)>{EVIL}</svg>"}),
    "printed": new_output("stream", name="stdout", text=EVIL),
    "picture": new_output("display_data", data={"image/png": f'"{EVIL}'}),
    "picture in base64": new_output(
        "display_data", data={"image/png": base64.b64encode(EVIL.encode()).decode()}
    ),
    "other kind": new_output("display_data", data={"image/png": png(kind="GIF")}),
    "no text": {"output_type": "stream", "name": "stdout", "text": {"a": [EVIL]}},
    "no bundle": {"output_type": "display_data", "data": [EVIL]},
    "nothing": {},
}


def assert_harmless(html):
    for tag, attrs in Elements(html).found:
        assert tag in ALLOWED
        assert not any(name.startswith("on") for name in attrs)
        assert re.match(
            r"data:image/(png|jpeg);base64,[\w+/=]+$", attrs.get("src", "data:image/png;base64,A")
        )
        assert re.match(r"#|https?://", attrs.get("href", "#"))
        assert re.fullmatch(r"width:\d{1,3}%", attrs.get("style", "width:0%"))
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": policy}) in Elements(html).found


@pytest.mark.parametrize("made", EVIL_RESULTS.values(), ids=EVIL_RESULTS)
def test_nothing_of_a_students_is_alive_on_the_page(made):
    assert_harmless(page(made()))


@pytest.mark.parametrize("output", EVIL_OUTPUTS.values(), ids=EVIL_OUTPUTS)
def test_nothing_that_was_put_out_is_alive_on_the_page(output):
    html = shown(output, new_output("stream", name="stdout", text="after it"))
    assert_harmless(html)
    assert "after it" in text(html)
    assert "<img" not in html


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_students_own_plot_is_shown(kind):
    html = shown(new_output("display_data", data={f"image/{kind.lower()}": png(kind=kind)}))
    assert_harmless(html)
    (image,) = [attrs for tag, attrs in Elements(html).found if tag == "img"]
    assert (image["width"], image["height"]) == ("4", "3")
    assert image["alt"]


def test_what_is_too_large_for_a_page_is_left_out_with_a_word(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 100)
    plot = new_output("display_data", data={"image/png": png(20, 20)})
    assert "A picture of 20 × 20 pixels is left out here." in text(shown(plot))
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "MAX_BYTES", 40)
    assert "A picture of more than 0 MB is left out here." in text(shown(plot))
    monkeypatch.undo()
    monkeypatch.setattr(pictures.Album.__init__, "__defaults__", (len(base64.b64decode(png(20, 20))) + 1,))
    html = shown(plot, plot)
    assert html.count("<img") == 1
    assert "too many pictures for one page" in text(html)


def test_a_photograph_of_a_derivation_is_shown():
    made = made_up_results.result("ada")
    cells_of(made)[-2].attachments = {"page.jpg": {"image/jpeg": png(kind="JPEG")}}
    (image,) = [attrs for tag, attrs in Elements(page(made)).found if tag == "img"]
    assert image["alt"] == "attached: page.jpg"


def test_only_the_courses_own_text_is_folded():
    made = made_up_results.result(
        "ada", codes={"proof": "So $a_1 * b * c_2$ holds, $\\nonsense<b>$ and `$5 + $6`."}
    )
    cells_of(made).insert(1, new_markdown_cell("My *note*.", id="added-1"))
    cells_of(made).insert(2, new_code_cell("mine = 1", id="added-2"))
    html = page(made)
    assert html.count("<details") == 1
    assert re.search(r"<details.*>The course's text\.", html, re.DOTALL)
    assert "<p>My <em>note</em>.</p>" in html
    assert "<msub><mi>a</mi><mn>1</mn></msub>" in html
    assert "<code>$\\nonsense&lt;b&gt;$</code> and <code>$5 + $6</code>" in html


@pytest.mark.parametrize("sign", ["- ", "[", "|a", "> ", "$", "`a"])
def test_endless_markdown_is_quoted_at_once(sign):
    made = made_up_results.result("ada", codes={"proof": sign * (200_000 // len(sign))})
    assert f"<pre>{html.escape((sign * 5).strip())}" in page(made)


def test_what_an_experiment_printed_is_shown_and_cut():
    html = shown(new_output("stream", name="stdout", text="x" * 10_000))
    assert "xxx\n… (10,000 characters in all)" in html
    assert len(html) < 40_000


def test_what_was_printed_while_grading_is_not_shown():
    """An answer may print the inputs of a secret draw."""
    made = made_up_results.result("ada")
    cells_of(made)[1].outputs = [new_output("stream", name="stdout", text="secret inputs")]
    cells_of(made)[3].outputs = [
        new_output("error", ename="E", evalue="secret inputs", traceback=["secret inputs"])
    ]
    handed_in = made_up_results.result("ada")
    cells_of(handed_in)[1].outputs = [new_output("stream", name="stdout", text="my own words")]
    html = page(made, submission(handed_in))
    assert "my own words" in html
    assert "secret inputs" not in html


def test_what_could_not_be_read_is_said_once():
    why = "The file is empty."
    verdicts = [
        made_up_results.verdict(
            n, "all", message="there was nothing to grade", kind=Kind.NOTHING, doubts=(why,)
        )
        for n in made_up_results.CHECKS
    ]
    told = text(page(made_up_results.result("ada", *verdicts, notes=(why,))))
    assert told.count(why) == 1
    assert "0 of 9 points" in told
    assert "Your notebook" not in told


def test_without_the_graded_notebook_the_points_remain():
    told = text(page(made_up_results.result("ada", notebook=None)))
    assert "5 of 9 points" in told
    assert "Only the points are known here" in told


@pytest.mark.parametrize("name", ["محمد علي", "x" * 300, 'O\'Brien, "Zoë" & <Co>', "\ud800"])
def test_any_name_has_a_page(name):
    html = page(made_up_results.result(Person("ada", name)))
    assert '<bdi dir="auto">' in html
    assert name in Elements(html).text
    html.encode("utf-8", "replace")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = [
        made_up_results.result(who)
        for who in ("Ada Okafor", "محمد علي", "no exchange", "empty secret", "link")
    ]
    return made_up_results.save(tmp_path_factory.mktemp("course"), made)


@pytest.fixture(scope="module")
def written(course):
    for who, secret in {
        "Ada Okafor": "a" * 128,
        "محمد علي": "b" * 128,
        "empty secret": "",
        "link": None,
    }.items():
        folder = course.submitted(made_up_results.UNIT, who).parent
        folder.mkdir(parents=True)
        if secret is None:
            os.symlink(course.root / "gradebook.db", folder / SECRET)
        else:
            (folder / SECRET).write_text(secret)
    return feedback.make(course, made_up_results.UNIT)[0]


def test_pages_lie_where_nbgrader_looks(course, written):
    assert (
        written["محمد علي"]
        == course.root / "feedback" / "محمد علي" / made_up_results.UNIT / f"{made_up_results.UNIT}.html"
    )
    assert all("5 of 9 points" in file.read_text("utf-8") for file in written.values())


def test_nbgrader_releases_them_to_those_who_handed_in_and_to_nobody_else(course, written, tmp_path):
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeReleaseFeedback
    from nbgrader.utils import notebook_hash
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(course.root), "fdl"
    config.CourseDirectory.assignment_id, config.Exchange.root = made_up_results.UNIT, str(tmp_path)
    ExchangeReleaseFeedback(coursedir=CourseDirectory(config=config), config=config).start()
    released = {file.stem: file.read_text("utf-8") for file in (tmp_path / "fdl" / "feedback").glob("*.html")}
    assert len(released) == len(written)
    for who, secret in {"Ada Okafor": "a" * 128, "محمد علي": "b" * 128}.items():
        assert who in released[notebook_hash(secret=secret, notebook_id=made_up_results.UNIT)]


def test_who_has_no_secret_keeps_the_one_that_was_made(course, written):
    before = {who: (file.parent / SECRET).read_text() for who, file in written.items()}
    assert all(len(before[who]) == 128 for who in ("no exchange", "empty secret", "link"))
    feedback.make(course, made_up_results.UNIT)
    assert before == {who: (file.parent / SECRET).read_text() for who, file in written.items()}
    assert (written["link"].parent / STAMP).read_text() == ""


def test_one_student_elsewhere(course, tmp_path):
    written, gone = feedback.make(course, made_up_results.UNIT, ["Ada Okafor"], tmp_path)
    assert (list(written), gone) == (["Ada Okafor"], [])
    assert [file.name for file in tmp_path.iterdir()] == ["Ada Okafor"]


def test_an_unknown_student_is_refused_with_the_closest(course):
    with pytest.raises(
        ValueError, match=r"no graded submission of 90_made_up is from 'Ada Okafo'; did you mean Ada Okafor\?"
    ):
        feedback.make(course, made_up_results.UNIT, ["Ada Okafo"])


def test_stock_feedback_can_be_released_as_well(course):
    """`nbgrader generate_feedback` takes the secret from the graded submission's folder."""
    folder = course.submitted(made_up_results.UNIT, "Zoë").parent
    folder.mkdir(parents=True)
    (folder / SECRET).write_text("c" * 128)
    book = Book(course)
    book._keep(folder, "Zoë", made_up_results.UNIT, "{}")
    book.close()
    assert (course.graded(made_up_results.UNIT, "Zoë").parent / SECRET).read_text() == "c" * 128


def test_a_notebook_that_is_gone_is_told_to_who_made_the_pages(tmp_path, monkeypatch):
    made_up_results.save(
        tmp_path, [made_up_results.result("ada"), made_up_results.result("bo", notebook=None)]
    )
    monkeypatch.setattr("autograder.cli.reporting.unit_of", lambda name: Unit(made_up_results.UNIT, None, ""))
    result = CliRunner().invoke(app.app, ["feedback", "90", "--course", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout.startswith("Pages: 2, as ")
    assert "bo: the graded notebook is gone" in result.stderr
    assert "ada:" not in result.stderr


def test_a_student_whose_name_leads_elsewhere_is_refused(tmp_path):
    course = made_up_results.save(tmp_path, [made_up_results.result("../../x", notebook=None)])
    with pytest.raises(Refused, match=r"'\.\./\.\./x' cannot be the name of a folder"):
        feedback.make(course, made_up_results.UNIT)
    assert not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["feedback", "01_forward_propagatoin"], 2, "did you mean 01_forward_propagation?"),
        (["report", "01_forward_propagatoin"], 2, "did you mean 01_forward_propagation?"),
        (["feedback", "1", "--course", "nowhere"], 2, "there is no folder"),
        (["feedback", "1", "--course", "."], 1, "there is no gradebook in"),
        (["report", "1", "--course", "."], 1, "there is no gradebook in"),
        (["report", "--course", "."], 1, "there is no gradebook in"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, code, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app.app, arguments)
    assert result.exit_code == code
    told = " ".join(re.sub("[│╭╰─╮╯]", " ", result.output).split())
    assert expected in told
    assert "Traceback" not in result.output
