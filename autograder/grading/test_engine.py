"""One submission, from bytes to verdicts."""

import json

import pytest

from autograder.course import limits
from autograder.grading import engine, graded_notebook
from autograder.grading.conftest import checked, kinds, messages, outputs, points
from autograder.sandbox import StepResult
from autograder.testing import toy_unit
from helpers import card
from helpers.evidence import MAX_BYTES

FULL = {"double": 3, "halves": 2, "quadruple": 3}


def test_right_work_gets_full_marks(grade, plan):
    graded = grade(toy_unit.right(plan))
    assert (graded.score, graded.max_score, graded.needs_review, graded.notes) == (8, 8, False, [])
    assert points(graded) == FULL


def test_untouched_work_gets_nothing_and_needs_no_review(grade, plan):
    graded = grade(toy_unit.work(plan))
    assert (graded.score, graded.needs_review) == (0, False)
    assert (
        messages(graded, "halves")
        == ["not written yet: replace `raise NotImplementedError()` with your code"] * 2
    )
    assert kinds(graded, "halves") == ["not_written"] * 2


def test_every_other_right_answer_gets_full_marks(grade, plan):
    answers = {name: e.alternatives[0].source for name, e in plan.exercises.items() if e.alternatives}
    assert points(grade(toy_unit.right(plan, **answers))) == FULL


@pytest.mark.parametrize(
    ("exercise", "number"), [("double", 0), ("double", 1), ("halves", 1), ("quadruple", 0)]
)
def test_a_misconception_is_named_and_costs_only_its_own_points(grade, plan, exercise, number):
    held = plan.exercises[exercise].misconceptions[number]
    graded = grade(toy_unit.right(plan, **{exercise: held.source}))
    assert graded.verdicts[exercise].misconceptions == (held.name,)
    assert graded.verdicts[exercise].how == "whole"
    assert {name: p for name, p in points(graded).items() if name != exercise} == {
        name: p for name, p in FULL.items() if name != exercise
    }
    assert not graded.needs_review


def test_a_double_fault_is_named_as_two(grade, plan):
    pair, source = next(plan.exercises["halves"].pairs())
    graded = grade(toy_unit.right(plan, halves=source))
    assert (graded.verdicts["halves"].how, graded.verdicts["halves"].misconceptions) == (
        "pair",
        pair,
    )


def test_a_name_that_a_later_cell_binds_anew_does_not_change_an_answer(grade, plan):
    answer = "def helper(x):\n    return 2.0 * x\ndef double(x):\n    return helper(x)"
    later = f"{plan.exercises['quadruple'].source}\ndef double(x):\n    return None"
    assert points(grade(toy_unit.right(plan, double=answer, quadruple=later)))["double"] == 3


def test_a_syntax_error_costs_its_own_exercise_and_says_where(grade, plan):
    graded = grade(toy_unit.right(plan, double="def double(x:\n    return 2 * x"))
    assert points(graded) == FULL | {"double": 0}
    assert messages(graded, "double")[0] == (
        "your code raised SyntaxError: '(' was never closed (line 1 of the cell: def double(x:)"
    )
    (error,) = outputs(graded, "double")
    assert (error.output_type, error.ename) == ("error", "SyntaxError")


def test_what_was_earned_before_a_crash_stays_and_the_rest_is_run_anew(grade, plan, kernel):
    source = "def double(x):\n    if x.ndim == 2:\n        raise Died('used more than 4 GB of memory')\n    return 2.0 * x"
    graded = grade(toy_unit.right(plan, double=source))
    assert points(graded) == FULL | {"double": 2}
    assert graded.needs_review
    assert messages(graded, "double") == ["", "your code was stopped: used more than 4 GB of memory"]
    assert kinds(graded, "double") == ["passed", "stopped"]
    all_three = ["double", "halves", "quadruple"]
    assert [checked(job) for job in kernel.jobs] == [
        all_three * 2,
        all_three[1:] + all_three,
        all_three[1:],
    ]


def test_a_cell_that_kills_is_left_out_of_the_next_child(grade, plan, kernel):
    graded = grade(toy_unit.right(plan, halves="raise Died('took longer than 30 s')"))
    assert points(graded) == FULL | {"halves": 0}
    assert messages(graded, "halves") == ["the cell with your answer was stopped: took longer than 30 s"] * 2
    assert kinds(graded, "halves") == ["stopped"] * 2
    assert graded.verdicts["halves"].needs_review
    assert not graded.verdicts["double"].needs_review
    assert len(kernel.jobs) == 2


def test_a_kernel_that_gives_nothing_ends_in_review_not_in_a_loop(grade, plan):
    graded = grade(toy_unit.right(plan), run=lambda job: [])
    assert (graded.score, graded.needs_review) == (0, True)


def test_a_notebook_that_takes_too_long_ends(grade, plan, monkeypatch):
    monkeypatch.setattr(limits, "DEFAULT", limits.Limits(notebook=0.5))
    graded = grade(toy_unit.right(plan))
    assert (graded.score, graded.needs_review) == (0, True)
    assert messages(graded, "double") == ["this was not reached: the notebook was stopped before"] * 2
    assert kinds(graded, "double") == ["not_reached"] * 2


@pytest.mark.parametrize(
    "evidence",
    [
        b"",
        b"{}",
        b"nonsense",
        b"\x80\x04K\x01.",
        b'{"arrays": [], "failure": null}\n',
        b"x" * (MAX_BYTES + 1),
    ],
    ids=["empty", "no arrays", "nonsense", "a pickle", "nothing", "too much"],
)
def test_malformed_evidence_is_no_pass_and_no_crash(grade, plan, kernel, evidence):
    def run(job):
        results = kernel.run(job)
        for result in results:
            if result.evidence:
                result.evidence = dict.fromkeys(result.evidence, evidence)
        return results

    graded = grade(toy_unit.right(plan), run=run)
    assert graded.score == 0
    assert graded.needs_review == (evidence != b'{"arrays": [], "failure": null}\n')


def test_evidence_that_nobody_asked_for_changes_nothing(grade, plan, kernel):
    def run(job):
        results = kernel.run(job)
        results.append(StepResult("made-up", evidence={("numbers", 1): b"x"}))
        for result in results:
            if result.evidence:
                result.evidence["full marks", 7] = b"1"
        return results

    assert grade(toy_unit.right(plan, double="double = 3"), run=run).score == 5


def test_a_failure_of_ours_is_for_a_person_to_look_at_and_tried_again(grade, plan, tables, monkeypatch):
    def fail(*_):
        raise KeyError("a summary")

    with monkeypatch.context() as patch:
        patch.setattr(tables, "verdict", fail)
        graded = grade(toy_unit.right(plan))
    assert (graded.score, graded.needs_review) == (0, True)
    assert "grading failed" in graded.verdicts["double"].doubts[0]
    assert grade(toy_unit.right(plan), before=graded.notebook).score == 8


def test_calling_what_one_should_write_earns_nothing_and_says_what_it_would_have(grade, plan):
    graded = grade(toy_unit.right(plan, double="def double(x):\n    return np.polyval([2.0, 0], x)"))
    assert points(graded) == FULL | {"double": 0}
    assert graded.needs_review
    assert messages(graded, "double")[0] == (
        "not yours yet, line 2: numpy.polyval does what this exercise asks you to write "
        "(apart from that it passes)"
    )
    assert kinds(graded, "double") == ["not_yours"] * 2


def test_what_only_a_person_can_read_is_held_back_and_not_called_borrowed(grade, plan):
    graded = grade(toy_unit.right(plan, double="from os import *\ndef double(x):\n    return 2.0 * x"))
    assert points(graded)["double"] == 0
    assert messages(graded, "double")[0] == (
        "held back until a person has looked, line 1: from os import * hides which operations are used "
        "(apart from that it passes)"
    )
    assert graded.needs_review


def test_the_settings_of_checks_may_stand_in_an_answers_cell(grade, plan, tmp_path, monkeypatch):
    # There it keeps what holds.
    monkeypatch.chdir(tmp_path)
    settings = "from helpers import settings\nsettings(steps=False)\n"
    graded = grade(toy_unit.right(plan, double=settings + "def double(x):\n    return 2.0 * x"))
    assert (graded.score, graded.needs_review) == (8, False)


def test_an_exercise_that_breaks_the_rules_runs_apart_from_the_others(grade, plan, kernel):
    grade(toy_unit.right(plan, double="import os\nos.getcwd()\ndef double(x):\n    return 2.0 * x"))
    apart, *others = kernel.jobs
    assert checked(apart) == ["double"] * 2
    assert "import os" not in " ".join(step.source for job in others for step in job.steps)


def test_what_a_check_lends_an_answer_cannot_be_kept_for_another_exercise(grade, plan):
    nb = toy_unit.right(
        plan,
        double="def double(x):\n    return quadruple.kept(x)",
        quadruple="def quadruple(x):\n    quadruple.kept = double\n    return double(double(x))",
    )
    nb.cells.append(nb.cells.pop(next(i for i, c in enumerate(nb.cells) if c.source == "check(double)")))
    assert points(grade(nb)) == FULL | {"double": 0}


def test_a_later_exercise_does_not_widen_what_an_earlier_one_may_use(grade, plan):
    later = f"{plan.exercises['quadruple'].source}\nquadruple.p = np.polyval"
    nb = toy_unit.right(plan, double="def double(x):\n    return quadruple.p([2.0, 0], x)", quadruple=later)
    nb.cells.append(nb.cells.pop(next(i for i, c in enumerate(nb.cells) if c.source == "check(double)")))
    graded = grade(nb)
    assert points(graded) == FULL | {"double": 0}
    assert "numpy.polyval does what this exercise asks you to write" in messages(graded, "double")[0]


def test_what_is_read_is_what_is_run(grade, plan):
    """Python's parser takes `nonlocal` at the top, its compiler does not; nothing may be changed in between."""
    hidden = '"""\n%"""\nnonlocal q\n"""\ndef double(x):\n    return np.polyval([2.0, 0], x)\n"""\n# """\n'
    assert points(grade(toy_unit.right(plan, double=hidden))) == FULL | {"double": 0}


def test_an_exercise_may_have_limits_of_its_own(grade, plan, kernel, monkeypatch):
    monkeypatch.setitem(plan.exceptions, "halves", {"cell": 7.0, "check": 3.0, "memory": 6.0})
    grade(toy_unit.right(plan))
    (job,) = kernel.jobs
    assert [step.seconds for step in job.steps if step.exercise] == [10, 3, 10] * 2
    assert [step.seconds for step in job.steps if not step.exercise] == [30, 30, 7, 30]
    assert job.memory == 6 << 30


def test_experiments_are_not_run(grade, plan, kernel):
    grade(toy_unit.right(plan))
    assert not any("an experiment" in step.source for job in kernel.jobs for step in job.steps)


def test_a_helper_in_an_experiment_is_told(grade, plan):
    nb = toy_unit.right(plan, halves="def halve(x):\n    return half(x)\ndef third(x):\n    return x / 3")
    experiment = next(c for c in nb.cells if "an experiment" in c.source)
    experiment.source = "def half(x):\n    return x / 2"
    graded = grade(nb)
    assert graded.verdicts["halves"].doubts == (
        "it uses half of an experiment, and experiments are not run while grading",
    )


def test_a_changed_set_up_cell_is_told(grade, plan):
    nb = toy_unit.right(plan)
    nb.cells[1].source += "\nimport os"
    graded = grade(nb)
    assert (graded.score, graded.needs_review) == (8, False)
    assert graded.notes == [
        "Taken from the unit, since these cells are not the student's to change: setup.",
        "What was written into them besides runs as a cell of the student's.",
    ]


def test_what_is_unreadable_is_recorded_with_the_reason(grade, plan):
    graded = grade(b"%PDF-1.7")
    assert (graded.score, graded.max_score, graded.needs_review) == (0, 8, True)
    assert "not a notebook" in graded.notes[0]
    assert [c.source for c in graded.notebook.cells] == [c.source for c in plan.cells]


def test_a_check_cells_outputs_are_the_card_the_verdict_and_the_score(grade, plan):
    graded = grade(toy_unit.right(plan, double=plan.exercises["double"].misconceptions[0].source))
    shown, score = outputs(graded, "double-check")
    assert (shown.output_type, score.output_type) == ("display_data", "execute_result")
    assert "This is: squares" in shown.data["text/plain"]
    assert "<b>squares</b>" in shown.data["text/html"]
    assert shown.data[card.MIME]["misconceptions"] == ["squares"]
    assert score.data["text/plain"] == "0"


def test_nothing_of_the_submission_but_sources_is_in_the_graded_notebook(grade, plan):
    nb = toy_unit.right(plan)
    nb.metadata = {"kernelspec": {"name": "evil"}, "widgets": "<script>"}
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution"]
        if cell.cell_type == "code":
            cell.outputs = [
                {"output_type": "display_data", "data": {"text/html": "<script>"}, "metadata": {}}
            ]
    nb.cells.append(toy_unit.added("<script>alert(1)</script>", "markdown"))
    text = graded_notebook.write(grade(nb).notebook).decode()
    for trace in ("evil", "<script", "skip-execution", "widgets"):
        assert trace not in text


def test_what_cells_print_is_shown_without_control_characters(grade, plan):
    graded = grade(
        toy_unit.right(plan, double="print('\\x1b[31mhello\\ud800')\ndef double(x):\n    return 2.0 * x")
    )
    (printed,) = outputs(graded, "double")
    assert (printed.output_type, printed.name) == ("stream", "stdout")
    assert printed.text.startswith("[31mhello")
    graded_notebook.write(graded.notebook)


def test_the_same_work_is_not_run_again(grade, plan, kernel):
    nb = toy_unit.right(
        plan, halves="print('once')\ndef halve(x):\n    return x\ndef third(x):\n    return x / 3"
    )
    first = grade(nb)
    kernel.jobs.clear()
    second = grade(nb, before=graded_notebook.read(graded_notebook.write(first.notebook)))
    assert kernel.jobs == []
    assert second.ran == []
    assert graded_notebook.write(second.notebook) == graded_notebook.write(first.notebook).replace(
        json.dumps(first.notebook.metadata.fdl.seconds).encode(),
        json.dumps(second.notebook.metadata.fdl.seconds).encode(),
    )


def test_one_exercise_is_graded_anew_and_the_rest_reused(grade, plan, kernel):
    nb = toy_unit.right(plan)
    first = grade(nb)
    kernel.jobs.clear()
    second = grade(nb, before=first.notebook, again=["halves"])
    assert second.ran == ["halves"]
    assert checked(kernel.jobs[0]) == ["halves"] * 2
    assert second.score == 8


def test_other_work_or_another_draw_is_run_anew(grade, plan, kernel, draw, tables):
    first = grade(toy_unit.right(plan))
    assert grade(toy_unit.right(plan, double="double = 0"), before=first.notebook).ran == list(plan.exercises)
    other = engine.Draw(draw.index, draw.seed + 1)
    again = engine.grade(toy_unit.data(toy_unit.right(plan)), plan, other, kernel.run, tables, first.notebook)
    assert again.ran == list(plan.exercises)


def test_a_changed_exercise_is_run_anew_and_the_others_are_not(grade, plan, monkeypatch):
    first = grade(toy_unit.right(plan))
    monkeypatch.setitem(plan.states, "halves", "another")
    assert grade(toy_unit.right(plan), before=first.notebook).ran == ["halves"]
