"""What an exercise asks to write is known by every name under which it can be reached."""

import pytest

from helpers.operations import Reading
from helpers.ownership import NotYours, alarms, declared, resolved, what_is_called
from helpers.sighting import ALARM, IMPORT, OPERATION, Sighting

SOFTMAX = declared(["tensorflow.nn.softmax", "Softmax"])


def test_an_operation_is_known_by_its_type_and_by_its_function():
    assert SOFTMAX.called([Sighting(OPERATION, "Softmax")]) == ["Softmax"]
    by_name = {name for name, path in SOFTMAX.names.items() if path == "tensorflow.nn.softmax"}
    assert SOFTMAX.called([Sighting(OPERATION, name) for name in by_name]) == ["tensorflow.nn.softmax"]


def test_a_function_is_known_by_its_older_one_as_well():
    theirs = declared(["tensorflow.gradients"])
    assert theirs.called([Sighting(OPERATION, "tensorflow.python.ops.gradients_impl.gradients")]) == [
        "tensorflow.gradients"
    ]


def test_a_method_is_its_class():
    theirs = declared(["keras.optimizers.SGD"])
    (name,) = theirs.names
    assert theirs.called([Sighting(OPERATION, f"{name}.apply")]) == ["keras.optimizers.SGD"]


@pytest.mark.parametrize("kind", [ALARM, IMPORT])
def test_what_is_no_call_is_no_use(kind):
    assert SOFTMAX.called([Sighting(kind, "Softmax")]) == []


def test_what_others_name_is_taken_away_by_each_of_its_names():
    left = SOFTMAX.without_names(declared(["tensorflow.nn.softmax"]))
    assert left.paths == ("Softmax",)
    assert left.called([Sighting(OPERATION, "Softmax")]) == ["Softmax"]


def test_it_is_read_as_it_was_written():
    assert NotYours.from_json(SOFTMAX.to_json()) == SOFTMAX


@pytest.mark.parametrize("path", ["tensorflow.nn.softmux", "nowhere.at.all"])
def test_a_path_that_leads_nowhere_is_told(path):
    with pytest.raises(ValueError, match=f"there is no {path}"):
        resolved(path)


def test_only_what_a_witness_says_is_told_in_its_words():
    said = [
        Sighting(ALARM, "started a thread"),
        Sighting(ALARM, "did nothing wrong at all"),
        Sighting(ALARM, "x" * 99),
    ]
    assert alarms(said[:1]) == ["started a thread"]
    assert alarms(said) == ["started a thread", "sent what no witness says"]


def test_what_was_called_is_told_as_students_write_it():
    told = what_is_called(SOFTMAX, [Sighting(OPERATION, "Softmax")], Reading())
    assert told == "it calls Softmax, which this exercise asks you to write"
    assert what_is_called(SOFTMAX, [Sighting(OPERATION, "Exp")], Reading()) == ""
