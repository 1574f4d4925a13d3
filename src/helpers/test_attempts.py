"""An attempt is noted where somebody sits at the notebook, and gets a step more of advice for each change."""

import json

import pytest

from helpers import attempts
from helpers.attempts import HANDED_IN, KEPT, SETTINGS, note, settings, step
from helpers.card import Step
from helpers.verdict import Kind, Outcome, Verdict


def verdict(*failed, exercise="Dense"):
    outcomes = []
    for check in "AB":
        kind = Kind.WRONG_VALUE if check in failed else Kind.PASSED
        outcomes.append(Outcome(check, 1, kind))
    return Verdict(exercise, tuple(outcomes), (), "unrecognized" if failed else "right")


@pytest.fixture
def at_the_notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(attempts, "attended", lambda: True)


def logged(file=KEPT):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_question_then_a_hint_then_the_fix_as_the_code_changes(at_the_notebook):
    assert note(verdict("A"), ["first"]) == Step.QUESTION
    assert note(verdict("A"), ["first"]) == Step.QUESTION
    assert note(verdict("A"), ["second"]) == Step.HINT
    assert note(verdict("A", exercise="MLP"), ["other"]) == Step.QUESTION
    assert note(verdict("A"), ["third"]) == Step.FIX
    assert note(verdict("A"), ["fourth"]) == Step.FIX


def test_before_anything_was_written_nothing_was_tried(at_the_notebook):
    blank = Verdict("Dense", (Outcome("A", 1, Kind.NOT_WRITTEN),), (), "unrecognized")
    note(blank, ["stub"])
    assert note(verdict("A"), ["first"]) == Step.QUESTION
    assert note(verdict("A"), ["second"]) == Step.HINT


def test_another_first_failure_begins_with_a_question(at_the_notebook):
    note(verdict("A"), ["first"])
    note(verdict("A"), ["second"])
    assert note(verdict("B"), ["third"]) == Step.QUESTION


def test_the_log_says_when_what_and_a_digest_but_not_the_source(at_the_notebook):
    note(verdict("B"), ["def Dense(): secret"])
    (attempt,) = logged()
    assert attempt["exercise"] == "Dense"
    assert (attempt["passed"], attempt["failed"]) == (["A"], ["B"])
    assert len(attempt["digest"]) == 16
    assert "secret" not in KEPT.read_text("utf-8")


def test_where_nobody_sits_nothing_is_noted_and_all_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert note(verdict("A"), ["first"]) == Step.FIX
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("allowed", "sits"), [(True, True), (False, False), (None, False)])
def test_somebody_sits_where_a_kernel_may_ask_for_input(allowed, sits, monkeypatch):
    class Shell:
        kernel = None if allowed is None else type("Kernel", (), {"_allow_stdin": allowed})()

    monkeypatch.setattr("IPython.get_ipython", Shell)
    assert attempts.attended() == sits


def test_steps_are_off_with_one_setting(at_the_notebook, capsys):
    settings(steps=False)
    assert "Advice comes at once" in capsys.readouterr().out
    assert note(verdict("A"), ["first"]) == Step.FIX
    assert json.loads(SETTINGS.read_text("utf-8")) == {"steps": False, "hand_in": False}
    settings(steps=True)
    assert note(verdict("A"), ["first"]) == Step.QUESTION


def test_the_log_lies_where_it_is_handed_in_only_once_that_is_switched_on(at_the_notebook, capsys):
    note(verdict("A"), ["first"])
    assert KEPT.exists()
    settings(hand_in=True)
    assert "attempts.jsonl, is handed in" in capsys.readouterr().out
    assert not KEPT.exists()
    note(verdict("A"), ["second"])
    assert len(logged(HANDED_IN)) == 2
    settings(hand_in=False)
    assert not HANDED_IN.exists()


def test_a_spoiled_log_or_setting_costs_nothing(at_the_notebook):
    KEPT.parent.mkdir()
    KEPT.write_bytes(b"\xff no json\n[1]\n")
    SETTINGS.write_text("{")
    assert note(verdict("A"), ["first"]) == Step.QUESTION


def test_a_folder_that_cannot_be_written_leaves_all_advice(at_the_notebook):
    KEPT.parent.write_text("a file where a folder belongs")
    assert note(verdict("A"), ["first"]) == Step.FIX


def test_a_right_answer_needs_no_step(at_the_notebook):
    assert note(verdict(), ["first"]) == Step.FIX
    assert step([], "Dense") == Step.FIX
