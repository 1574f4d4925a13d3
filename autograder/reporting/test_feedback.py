"""What a page tells, and that nothing of a student's is alive on it."""

import base64
import html
import io
import json
import re
from datetime import datetime
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image

from autograder.course import lecture
from autograder.gradebook.results import Part, Person
from autograder.pages import pictures
from autograder.reporting import feedback
from autograder.testing import made_up_results
from helpers.errors import Unreadable
from helpers.verdict import Kind

NOTHING = Unreadable("nothing was handed in")
EVIL = '<script>alert(1)</script><img src="https://evil.org/x" onerror=alert(2)>'
ALLOWED = set(
    "html head meta title style body main header nav section h1 h2 h3 h4 h5 h6 p div span b br wbr i a bdi table caption "
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
    links = {attrs["href"] for tag, attrs in Elements(html).found if tag == "a"}
    assert len(set(anchors)) == len(anchors)
    assert links - {f"#{anchor}" for anchor in anchors} == {
        f"{lecture.RECORDING}&t={60 * 3 + 17}"  # 3:17
    }


def test_what_fell_short_comes_first_and_what_has_all_its_points_is_folded():
    wrong = made_up_results.verdict("softmax", ["large values"], "no maximum is subtracted")
    html = page(made_up_results.result("ada", wrong, handed_in=datetime(2026, 3, 1, 22, 5)))
    found = html[html.index('id="checks"') : html.index('id="how"')]
    places = [found.index(f"<h3>{name} · ") for name in ("softmax", "proof", "Dense")]
    assert places == sorted(places)
    assert re.search(r"<details><summary><h3>Dense · 3 of 3</h3></summary>\n<div id=.part-1.>", found)
    assert "<summary>1 check passed</summary>" in found
    assert "Handed in 01 March 2026, 22:05 UTC." in text(html)


def test_code_in_what_is_said_is_shown_as_code():
    message = made_up_results.verdict("Dense", "all", message="`W` is `<b>`, expected b")
    html = page(made_up_results.result("ada", message))
    assert "<code>W</code> is <code>&lt;b&gt;</code>, expected b" in html


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
    assert "Not written yet" in told
    assert "run its cell" not in told


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


def test_points_for_an_earlier_answer_are_told_from_points_for_this_one():
    outdated = Part("proof", 3, 4, waits=True, comment="Say why.", cell="proof", by_hand=True, decided=True)
    html = text(page(made_up_results.result("ada", derivation=outdated)))
    assert "proof · 3 of 4, not final" in html
    assert "Your answer has changed since it was graded." in html
    assert "Waits for a grader." not in html


def test_a_photograph_of_a_derivation_is_shown():
    made = made_up_results.result("ada")
    cells_of(made)[-2].attachments = {"page.jpg": {"image/jpeg": png(kind="JPEG")}}
    (image,) = [attrs for tag, attrs in Elements(page(made)).found if tag == "img"]
    assert image["alt"] == "attached: page.jpg"


def test_only_what_is_the_courses_own_is_folded_where_points_are_missing():
    made = made_up_results.result(
        "ada",
        *(made_up_results.verdict(name, "all") for name in made_up_results.CHECKS),
        codes={"proof": "So $a_1 * b * c_2$ holds, $\\nonsense<b>$ and `$5 + $6`."},
    )
    cells_of(made).insert(1, new_markdown_cell("My *note*.", id="added-1"))
    cells_of(made).insert(2, new_code_cell("mine = 1", id="added-2"))
    html = page(made)
    open_ones = re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)
    assert "The course's text." in html
    assert "The course's text." not in open_ones
    assert "plot" not in open_ones
    assert '<span class="n">mine</span>' in open_ones
    assert open_ones.count("NotImplementedError") == len(made_up_results.CHECKS)
    assert "<p>My <em>note</em>.</p>" in html
    assert "<msub><mi>a</mi><mn>1</mn></msub>" in html
    assert "<code>$\\nonsense&lt;b&gt;$</code> and <code>$5 + $6</code>" in html


def test_what_an_added_cell_printed_is_found_below_empty_ones():
    made = made_up_results.result("ada")
    cells_of(made).insert(1, new_code_cell("mine = 1", id="added-1"))
    handed_in = json.loads(submission(made))
    printed = new_output("stream", name="stdout", text="my own words")
    handed_in["cells"][1] |= {"id": "theirs", "outputs": [printed]}
    handed_in["cells"].insert(0, {"cell_type": "code", "source": ""})
    assert "my own words" in page(made, json.dumps(handed_in).encode())


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
