"""What an exception says is told in words that are true of it, and nothing is told of one that nobody knows."""

# The answers are wrong on purpose.
# mypy: ignore-errors

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.checks import Checks, gather
from helpers.evidence import AT_THE_CHECK, Failure
from helpers.raised import meaning_of


def raised_by(answer):
    """The failure of an answer of which a check asks for two values."""
    exercise = Checks("two", lecture="0:00")

    @exercise.check("two values")
    def two(two, rng):
        first, second = two(np.ones((4, 5)), np.ones((4, 3)))
        return {"first": first, "second": second}

    return gather(exercise, two, (answer,), 1, 2).failure


def broadcast(a, b):
    return a + b, b


def product(a, b):
    return a @ b, b


def one_too_few(a, b):
    values = list(a[:1])
    c, d = values
    return c, d


def beyond_the_end(a, b):
    return a[4], b


def unknown_name(a, b):
    return nothing, b  # type: ignore[name-defined]  # noqa: F821


def unknown_method(a, b):
    return a.square(), b


def own_assertion(a, b):
    assert len(a) == 5
    return a, b


def numpy_in_a_graph(a, b):
    return tf.function(lambda x: tf.constant(x.numpy()))(a), b


def a_function_of_numpy_in_a_graph(a, b):
    return tf.function(lambda x: np.cumsum(x))(tf.constant(a)), b


def a_loop_in_a_graph(a, b):
    return tf.function(lambda x: [2 * row for row in x], autograph=False)(a), b


def an_if_in_a_graph(a, b):
    return tf.function(lambda x: x if x[0, 0] > 0 else -x, autograph=False)(a), b


def kept_beyond_a_graph(a, b):
    kept = []
    tf.function(lambda x: kept.append(tf.reduce_sum(x)))(a)
    return tf.function(lambda x: x + kept[0])(b), b


def two_sizes_in_a_graph(a, b):
    return tf.function(tf.add)(tf.constant(a), tf.constant(b)), b


def a_symbolic_tensor(a, b):
    return tf.add(keras.Input((3,)), 1.0), b


def a_generator(a, b):
    return tf.convert_to_tensor(row for row in a), b


def no_tensor_from_a_graph(a, b):
    return tf.function(lambda x: object())(a), b


def a_call_of_keras_2(a, b):
    return keras.layers.Layer().add_weight("W", shape=a.shape), b


def weights_at_each_call(a, b):
    f = tf.function(lambda x: x + tf.Variable(tf.ones_like(x)))
    return f(a), b


def a_row_that_is_a_number(a, b):
    return [list(number) for number in a[0]], b


def a_list_in_a_set(a, b):
    return {a.tolist()}, b


def nothing_but_nan(a, b):
    return np.nanargmax(np.nan * a[0]), b


def lists_of_different_lengths(a, b):
    return np.array([[1, 2], [3]]), b


class Renaming(keras.layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)

    def get_config(self):
        return {**super().get_config(), "p": 1}


def another_configuration(a, b):
    return Renaming.from_config(Renaming(1).get_config()), b


def a_number_that_is_called(a, b):
    return a[0, 0](b), b


def a_layer_for_other_inputs(a, b):
    layer = keras.layers.Dense(2)
    return layer(a), layer(b)


def two_types_at_keras(a, b):
    return keras.ops.divide(tf.constant(a, "float32"), tf.constant(2)) + tf.reduce_sum(
        tf.constant(a) / tf.shape(a)[0]
    ), b


def no_such_key(a, b):
    return {"a": a}["b"], b


def on_purpose(a, b):
    raise ValueError("index 9 is out of bounds for axis 0 with size 2")


TOLD = {
    "weights at each call": (
        weights_at_each_call,
        "weights are made anew at each call: make them, and the layers that have them, once and before",
    ),
    "a number in a loop": (a_row_that_is_a_number, "a float64 stands where several values are expected"),
    "a list in a set": (
        a_list_in_a_set,
        "a list is put into a set, or asked of a dict: only what cannot change goes there",
    ),
    "nothing but NaN": (nothing_but_nan, "the largest or smallest number is asked for where all are NaN"),
    "lists": (lists_of_different_lengths, "lists of different lengths are made one array"),
    "a configuration": (
        another_configuration,
        "the entries of Renaming's get_config are not what its __init__ takes",
    ),
    "a call": (a_number_that_is_called, "a float64 is called as if it were a function"),
    "a layer": (a_layer_for_other_inputs, "a layer whose weights are for 5 inputs gets 3"),
    "types": (
        two_types_at_keras,
        "numbers of type float64 and int32 meet: TensorFlow does not convert one into the other",
    ),
    "a key": (no_such_key, "a dict is asked for what it does not hold"),
    "on purpose": (on_purpose, "a `raise` of your own was reached"),
    "numbers in a graph": (
        numpy_in_a_graph,
        "NumPy meets a tensor of a graph, which has no numbers yet: stay with TensorFlow or keras.ops",
    ),
    "a function of NumPy in a graph": (
        a_function_of_numpy_in_a_graph,
        "NumPy meets a tensor of a graph, which has no numbers yet: stay with TensorFlow or keras.ops",
    ),
    "a loop in a graph": (
        a_loop_in_a_graph,
        "a Python loop runs over a tensor of a graph, of which it is not known how long it is",
    ),
    "an if in a graph": (
        an_if_in_a_graph,
        "a Python `if` or `while` asks a tensor of a graph, which has no value yet",
    ),
    "kept beyond a graph": (
        kept_beyond_a_graph,
        "a graph's tensor is kept beyond it, in a tf.Variable or an attribute, say: return the tensor",
    ),
    "two sizes in a graph": (two_sizes_in_a_graph, "5 numbers meet 3, where there should be as many"),
    "a symbolic tensor": (
        a_symbolic_tensor,
        "a symbolic tensor, as keras.Input makes, stands where numbers are expected",
    ),
    "a generator": (a_generator, "a generator stands where a tensor is expected"),
    "no tensor from a graph": (no_tensor_from_a_graph, "what comes back within a graph is no tensor"),
    "Keras 2": (
        a_call_of_keras_2,
        'add_weight("W", …) is of Keras 2: the shape comes first now, so write name="W"',
    ),
    "unpacking of one's own": (one_too_few, "1 value came where the line takes 2"),
    "broadcasting": (broadcast, "arrays of shapes (4, 5) and (4, 3) meet number by number, and do not fit"),
    "a product": (product, "a product of matrices: the first has 5 columns, the second 4 rows"),
    "an index": (beyond_the_end, "number 4 is asked of axis 0, which has 4, counted from 0"),
    "a name": (unknown_name, "nothing is called nothing where the line runs"),
    "a method": (unknown_method, "an object of type ndarray has no .square"),
    "an assertion": (own_assertion, "an assertion of your own does not hold"),
}


@pytest.mark.parametrize(("answer", "told"), TOLD.values(), ids=TOLD)
def test_an_exception_is_told_in_words(answer, told):
    meaning = meaning_of(raised_by(answer))
    assert meaning is not None
    assert meaning[1] == told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("not enough values to unpack (expected 2, got 1)", "1 value came back where 2 are expected"),
        ("too many values to unpack (expected 2)", "more than 2 values came back where 2 are expected"),
        (
            "cannot unpack non-iterable float object",
            "a single float came back where several values are expected",
        ),
        ("zip() argument 2 is shorter than argument 1", "fewer values came back than are asked for"),
    ],
)
def test_what_a_check_could_not_unpack_came_back(message, told):
    meaning = meaning_of(Failure("ValueError", message, f"{AT_THE_CHECK}a, b = f(x)"))
    assert meaning is not None
    assert meaning[1] == told


def test_the_same_fault_at_other_sizes_has_the_same_key():
    small = meaning_of(Failure("ValueError", "too many values to unpack (expected 2)"))
    large = meaning_of(Failure("ValueError", "too many values to unpack (expected 8)"))
    assert small is not None
    assert large is not None
    assert small[0] == large[0]


def test_nothing_is_told_of_an_exception_that_nobody_knows():
    assert meaning_of(Failure("ValueError", "the moon is full")) is None
