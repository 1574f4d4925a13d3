"""Small changes of the reference are known by their kind on the public draws, and only those that name something new."""

import pytest

from autograder.judging import changed
from autograder.judging.changed import add_changed
from autograder.judging.tables import PUBLIC_DRAWS, answer, tabulate
from autograder.testing.tiny_exercise import tiny
from helpers.judge import Judge
from helpers.published import Published, load, save


def tables_of(exercise):
    tables = [tabulate(exercise, draw) for draw in PUBLIC_DRAWS]
    add_changed(exercise, tables, PUBLIC_DRAWS)
    return tables


def verdict(exercise, tables, source):
    (candidate,) = exercise.make(source)
    answers = [answer(exercise, (candidate,), draw, luck=1) for draw in PUBLIC_DRAWS]
    return Judge(exercise, tables).verdict(answers, tell=True)


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        (("h - mean", "mean - h"), "a difference is the other way round"),
        (("h - mean", "h"), "a term is lacking"),
        (("np.mean", "np.sum"), "a function is its counterpart"),
    ],
    ids=["other way round", "a term", "a function"],
)
def test_an_answer_with_one_small_change_is_told_its_kind_and_no_code(tmp_path, edit, change):
    exercise = tiny(tmp_path)
    told = verdict(exercise, tables_of(exercise), exercise.edited(edit))
    assert (told.how, told.names) == ("mutant", ())
    fact = told.outcomes[0].fact
    assert fact.startswith(f"equal to a right answer with one small change: {change}")
    assert not any(code in fact for code in ("np.", "mean =", "h -", "axis="))


def test_a_misconception_is_no_small_change_and_equal_ones_are_kept_once(tmp_path):
    exercise = tiny(tmp_path)
    tables = tables_of(exercise)
    assert verdict(exercise, tables, exercise.edited(("h - mean", "h + mean"))).how == "whole"
    answers = []
    for one in tables[0].changed:
        answers.append(str({name: one.gives[name].arrays["h"].tolist() for name in one.gives}))
    assert len(answers) == len(set(answers)) > 3


def test_the_draws_agree_on_which_changes_there_are_and_where_they_are_noticed(tmp_path):
    first, second = tables_of(tiny(tmp_path))
    assert [one.change for one in first.changed] == [one.change for one in second.changed]
    assert [list(one.gives) for one in first.changed] == [list(one.gives) for one in second.changed]


def test_a_change_that_never_ends_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(changed, "PATIENCE", 0.3)
    loop = ("    return h - mean", "    while mean.size > 99:\n        pass\n    return h - mean")
    exercise = tiny(tmp_path, loop)
    assert len(tables_of(exercise)[0].changed) > 3


def test_no_more_are_tried_than_the_build_can_afford(tmp_path, monkeypatch):
    monkeypatch.setattr(changed, "MOST", 2)
    assert len(tables_of(tiny(tmp_path))[0].changed) <= 2


def test_they_are_published_with_the_evidence(tmp_path):
    exercise = tiny(tmp_path)
    tables = tables_of(exercise)
    save(tmp_path / "a", Published(PUBLIC_DRAWS, tables, {}))
    back = load(tmp_path / "a")
    assert [one.change for one in back.tables[1].changed] == [one.change for one in tables[1].changed]
    assert verdict(exercise, back.tables, exercise.edited(("h - mean", "mean - h"))).how == "mutant"
