import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from autograder.pages import render


@pytest.fixture
def template(tmp_path):
    def template(text):
        (tmp_path / "page.html").write_text(text)
        return tmp_path / "page.html"

    return template


def test_a_page_has_the_common_frame_and_style(template):
    page = template('{% extends "base.html" %}{% block body %}<p>{{ who }}</p>{% endblock %}')
    html = render.render(page, who="Ada")
    assert html.startswith("<!doctype html>")
    assert "<p>Ada</p>" in html
    assert "--ink: #1b1b1b" in html


def test_what_is_no_markup_is_escaped(template):
    page = template("{{ one }} {{ other }}")
    assert render.render(page, one="<b>", other=Markup("<b>")) == "&lt;b&gt; <b>"


def test_a_name_that_nobody_gave_is_an_error(template):
    with pytest.raises(UndefinedError, match="'who' is undefined"):
        render.render(template("{{ who }}"))


def test_half_a_character_does_not_keep_a_page_from_being_written(template, tmp_path):
    file = render.write(tmp_path / "new" / "out.html", template("{{ who }}"), who="A\ud800")
    assert file.read_bytes() == b"A?"


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 0, 0), (1, 300, 0), (299, 300, 99), (300, 300, 100), (1, 2, 50)]
)
def test_a_share_is_100_only_if_it_is_all(part, whole, expected):
    assert render.share(part, whole) == expected


@pytest.mark.parametrize(("value", "written"), [(7.0, "7"), (2.5, "2.5"), (1 / 3, "0.33")])
def test_points_are_written_as_people_write_them(value, written):
    assert render.points(value) == written


def test_a_long_word_may_break_at_its_joints_and_an_endless_one_anywhere():
    assert render.breakable("a train_and_watch_them_all <b>") == (
        "a train_<wbr>and_<wbr>watch_<wbr>them_<wbr>all &lt;b&gt;"
    )
    assert render.breakable("x" * 45) == "<wbr>".join(["x" * 20, "x" * 20, "x" * 5])


def test_a_number_has_its_noun():
    assert render.count(1, "student") == "1 student"
    assert render.count(1200, "student") == "1,200 students"
    assert render.count(2, "submission needs", "submissions need") == "2 submissions need"
