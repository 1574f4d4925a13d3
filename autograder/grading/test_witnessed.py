"""What speaks against an answer's points."""

from autograder.exercise import Exercise
from autograder.grading import witnessed
from autograder.sandbox import StepResult
from helpers.operations import read
from helpers.ownership import declared
from helpers.sighting import OPERATION, Sighting

SOFTMAX = declared(["tensorflow.nn.softmax"])


def reasons(source, seen):
    exercise = Exercise("f", kind="function", lecture="6:52")
    exercise.check("y")(lambda f, rng: {})
    result = StepResult("f", seen=set(seen), evidence={("y", 1): b""}, watched={("y", 1)})
    reading = read([source], ["import tensorflow as tf"])
    return witnessed.testimony(exercise, SOFTMAX, [result], reading).reasons


def test_where_nothing_is_seen_of_what_a_source_names_a_person_looks():
    named = "def f(a):\n    return tf.nn.softmax(a)"
    assert reasons(named, []) == [witnessed.SILENCE]
    assert reasons(named, [Sighting(OPERATION, "Exp")]) == []
    assert reasons("def f(a):\n    return a / a.sum()", []) == []
