"""The sentence that says what is the student's to write comes from what decides it."""

from autograder.authoring.yours_to_write import MOST, sentence
from helpers.ownership import NotYours


def theirs(*paths):
    return NotYours({}, paths)


def test_one_thing_is_named_once_whoever_has_it():
    told = sentence(theirs("tensorflow.nn.softmax", "keras.ops.softmax", "Softmax", "keras.ops.log_softmax"))
    assert "libraries: `log_softmax`, `softmax`. " in told


def test_an_operation_that_nobody_writes_is_named_where_nothing_else_is():
    assert "`ReluGrad`" in sentence(theirs("ReluGrad"))


def test_where_nothing_is_kept_back_it_says_so():
    assert "Whatever NumPy, TensorFlow and Keras have, you may use." in sentence(theirs())


def test_layers_that_are_kept_back_by_name_alone_are_told_of():
    dense = {"keras.src.layers.core.dense.Dense": "keras.layers.Dense"}
    conv = {"keras.src.layers.convolutional.conv1d.Conv1D": "keras.layers.Conv1D"}
    told = sentence(NotYours(dense | conv, ("keras.layers.Dense",)))
    assert "`Dense`. Nor may another layer" in told
    assert "Conv1D" not in told
    assert "Nor may another layer" in sentence(NotYours(conv, ()))
    assert "Nor may another layer" not in sentence(NotYours(dense, ("keras.layers.Dense",)))


def test_a_long_list_ends():
    told = sentence(theirs(*(f"numpy.f{i}" for i in range(MOST + 3))))
    assert told.count("`") == 2 * MOST
    assert "3 relatives" in told
