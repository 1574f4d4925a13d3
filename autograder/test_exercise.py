"""The authors' language: edits that cannot drift, sources that stand alone, stubs as nbgrader makes them."""

import keras
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

from autograder.exercise import STUB, Exercise, source_of, without_solutions
from helpers.checks import gather

CONSTANT = 10.0

scaling = Exercise("scaled", lecture="38:09")


@scaling.reference
def scaled(h, by=2.0):
    """Scale.

    (lecture 38:09)
    """
    # a comment
    ### BEGIN SOLUTION
    scale = by
    return h * scale
    ### END SOLUTION


@scaling.check("twice")
def twice(scaled, rng):
    return {"h": scaled(rng.normal(size=3))}


scaling.misconception("halved", ("h * scale", "h / scale"), lecture="38:20", advice="Multiply.")
scaling.misconception("the factor is ignored", ("h * scale", "h * 2"), advice="Use `by`.")
scaling.misconception("nothing is returned", ("return ", ""), advice="Return it.")
scaling.misconception(
    "ten times",
    source="""
    def scaled(h, by=2.0):
        return h * CONSTANT
    """,
    advice="Use `by`.",
)


@scaling.alternative
def by_sum(h, by=2.0):
    return sum([h] * int(by))


scaling.alternative(name="by numpy", source="def scaled(h, by=2.0): return np.multiply(h, by)")

pair = Exercise("two_functions", lecture="0:00", objects=("double", "Triple"))


@pair.reference
@keras.saving.register_keras_serializable("test_exercise")
class Triple(keras.layers.Layer):
    def call(self, h):
        ### BEGIN SOLUTION
        return 3 * h
        ### END SOLUTION


@pair.reference
def double(h):
    ### BEGIN SOLUTION
    return 2 * h
    ### END SOLUTION


shifting = Exercise("Shift", lecture="0:00")


@shifting.reference
@keras.saving.register_keras_serializable("test_exercise")
class Shift(keras.layers.Layer):
    def call(self, h):
        ### BEGIN SOLUTION
        return h + 1
        ### END SOLUTION


@shifting.check("what Keras loads")
def loaded(Shift, rng):
    saved = keras.saving.serialize_keras_object(Shift())
    return {"h": keras.saving.deserialize_keras_object(saved)(rng.normal(size=3))}


shifting.misconception("down", ("h + 1", "h - 1"), advice="Add.")


@shifting.alternative
@keras.saving.register_keras_serializable("test_exercise")
class ShiftByParts(keras.layers.Layer):
    def call(self, h):
        return h + 0.5 + 0.5


@shifting.alternative
@keras.saving.register_keras_serializable("test_exercise", name="Shift")
class ShiftUnderItsName(keras.layers.Layer):
    def call(self, h):
        return 1 + h


def test_the_source_is_the_reference_without_its_decorator():
    assert scaling.source.startswith("def scaled(h, by=2.0):\n")
    assert scaling.source.endswith("    ### END SOLUTION")


def test_other_decorators_stay():
    assert source_of(Triple).startswith(
        '@keras.saving.register_keras_serializable("test_exercise")\nclass Triple'
    )


def test_several_objects_come_in_the_exercise_s_order():
    assert pair.source.index("def double") < pair.source.index("class Triple")
    assert pair.candidate == (double, Triple)


def test_the_reference_stays_what_it_was():
    assert scaling.candidate == (scaled,)
    assert scaled(3.0) == 6.0


@pytest.mark.parametrize("exercise", [scaling, pair], ids=lambda e: e.name)
def test_the_stub_is_what_nbgrader_s_own_preprocessor_leaves(exercise):
    cell = new_code_cell(exercise.source, metadata={"nbgrader": {"solution": True}})
    cell.metadata["nbgrader"] |= {
        "schema_version": 3,
        "grade": False,
        "locked": False,
        "grade_id": "a",
        "task": False,
    }
    book, _ = ClearSolutions().preprocess(new_notebook(cells=[cell]), {})
    assert exercise.stub == book.cells[0].source
    assert STUB.split("\n")[1] in exercise.stub


def test_every_region_becomes_a_stub():
    text = "\n".join(["### BEGIN SOLUTION", "x", "### END SOLUTION"] * 2)
    assert without_solutions(text) == f"{STUB}\n{STUB}"


@pytest.mark.parametrize(("piece", "times"), [("by", 2), ("nowhere", 0)])
def test_a_piece_that_does_not_occur_exactly_once_is_refused(piece, times):
    with pytest.raises(ValueError, match=f"scaled: this occurs {times} times, not once: '{piece}'"):
        scaling.edited((piece, "x"))


def test_what_an_edit_of_a_misconception_gives():
    (halved,) = scaling.misconceptions[0].candidate
    assert halved(3.0) == 1.5
    assert (scaling.misconceptions[0].advice.lecture, scaling.misconceptions[1].advice.lecture) == (
        "38:20",
        "38:09",
    )


def test_a_misconception_of_another_shape_has_a_source_of_its_own():
    ten = scaling.misconceptions[3]
    assert ten.edits == ()
    assert ten.candidate[0](3.0) == 30.0


def test_alternatives_define_the_exercise_s_own_names():
    for rival in scaling.alternatives:
        (again,) = scaling.make(rival.source)
        assert np.allclose(again(np.ones(2)), 2)
        assert np.allclose(rival.candidate[0](np.ones(2)), 2)


def test_an_alternative_class_is_registered_as_the_reference_is():
    for rival in shifting.alternatives:
        (again,) = rival.candidate
        assert keras.saving.get_registered_name(again) == "test_exercise>Shift"
        assert again is not Shift


def test_the_reference_keeps_its_registered_name():
    assert keras.saving.get_registered_object("test_exercise>Shift") is Shift


def test_a_source_that_is_run_leaves_the_reference_its_registered_name():
    (made,) = shifting.make(shifting.edited(("h + 1", "h + 2")))
    assert keras.saving.get_registered_name(made) == "test_exercise>Shift"
    assert keras.saving.get_registered_object("test_exercise>Shift") is Shift


def test_a_source_that_breaks_off_leaves_the_reference_its_registered_name():
    with pytest.raises(ZeroDivisionError):
        shifting.make(shifting.source + "\n1 / 0")
    assert keras.saving.get_registered_object("test_exercise>Shift") is Shift


def test_while_a_check_runs_keras_loads_the_candidate_s_own_class():
    rivals = [shifting.misconceptions[0].candidate, *(rival.candidate for rival in shifting.alternatives)]
    found = [
        gather(shifting, shifting.checks[0], candidate, 1, 1) for candidate in (shifting.candidate, *rivals)
    ]
    right, wrong, *others = [np.asarray(evidence.arrays["h"]) for evidence in found]
    np.testing.assert_allclose(right - wrong, 2, rtol=1e-6)
    np.testing.assert_allclose(others, [right, right], rtol=1e-6)


def test_an_error_in_an_edited_source_shows_its_line():
    (broken,) = scaling.make(scaling.edited(("h * scale", "h * scale @ 3")))
    exercise_check = scaling.checks[0]
    failure = gather(scaling, exercise_check, (broken,), 1, 1).failure
    assert failure
    assert failure.place.endswith("of the cell: return h * scale @ 3")


def test_pairs_are_those_whose_edits_do_not_meet():
    names = [names for names, _ in scaling.pairs()]
    assert names == [("halved", "nothing is returned"), ("the factor is ignored", "nothing is returned")]


def test_two_edits_of_one_place_are_no_pair_even_where_both_could_be_made():
    exercise = Exercise("scaled", lecture="0:00")
    exercise.reference(scaled)
    exercise.misconception("transposed", ("h * scale", "(h * scale).T"), advice="")
    exercise.misconception("its sign", ("h * scale", "-(h * scale)"), advice="")
    assert list(exercise.pairs()) == []


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            lambda: scaling.misconception("halved", ("2.0", "1"), advice=""),
            "two misconceptions are called 'halved'",
        ),
        (lambda: scaling.check("twice")(dict), "two checks are called 'twice'"),
        (lambda: scaling.reference(double), "scaled: double is none of scaled"),
    ],
    ids=["misconception", "check", "reference"],
)
def test_what_cannot_be_meant_is_refused(act, said):
    with pytest.raises(ValueError, match=said):
        act()
