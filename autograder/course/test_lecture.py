import pytest
from markupsafe import Markup

from autograder.course.lecture import RECORDING, linked


def link(time, second):
    return f'<a href="{RECORDING}&amp;t={second}" target="_blank" rel="noopener">{time}</a>'


def test_each_time_of_the_lecture_leads_to_its_second():
    assert linked("(lecture 6:52, 16:10–19:20)") == (
        f"(lecture {link('6:52', 412)}, {link('16:10', 970)}–{link('19:20', 1160)})"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<code>x[1:20]</code>",
        '<pre><span title="1:20">x[1:20]</span></pre>',
        '<img alt="at 1:20">',
        '<a href="#x">1:20</a>',
        "1:20:30",
        "a batch of 1:2",
    ],
)
def test_what_is_no_time_of_the_lecture_is_left_alone(html):
    assert linked(html) == linked(Markup(html)) == html
