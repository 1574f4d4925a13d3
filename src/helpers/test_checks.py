"""A check sees what it should of a candidate: its own inputs, its own luck, and its failures in its own words."""

import linecache
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.checks import Check, Checks, fill, gather


def defined(source, *names, **space):
    """What a student's cell defines."""
    # No other test's: what finds the lines of a function looks here.
    file = "<a cell of this test>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space |= {"np": np, "tf": tf, "keras": keras}
    exec(compile(source, file, "exec"), space)
    return tuple(space[name] for name in names)


def checked(check, source, *, name="f", seed=1, luck=1, space=None, **settings) -> Any:
    exercise = Checks(name, lecture="0:00", **settings)
    exercise.check("it works")(check)
    candidate = defined(source, *exercise.objects, **(space or {}))
    return gather(exercise, exercise.checks[0], candidate, seed, luck)


def array(found, name="f") -> Any:
    return found.arrays[name]


def value(f, rng):
    return {"f": f(rng.normal(size=3))}


NOISE = "def f(h): return h + np.random.normal(size=3) + tf.random.normal([3]).numpy()"


def test_the_draw_decides_the_inputs_and_nothing_else_does():
    same = "def f(h): return h"
    first = checked(value, same, seed=1, luck=1).arrays["f"]
    assert np.array_equal(first, checked(value, same, seed=1, luck=2).arrays["f"])
    assert not np.allclose(first, checked(value, same, seed=2, luck=1).arrays["f"])


def test_the_luck_decides_the_candidate_s_own_randomness():
    first = checked(value, NOISE, luck=1).arrays["f"]
    assert np.array_equal(first, checked(value, NOISE, luck=1).arrays["f"])
    assert not np.allclose(first, checked(value, NOISE, luck=2).arrays["f"])


def test_checks_of_one_draw_have_inputs_of_their_own():
    exercise = Checks("f", lecture="0:00")
    for name in ("one", "two"):
        exercise.check(name)(value)
    candidate = defined("def f(h): return h", "f")
    one, two = (array(gather(exercise, check, candidate, 1, 1)) for check in exercise.checks)
    assert not np.allclose(one, two)


@pytest.mark.parametrize(
    ("source", "type_", "message", "place"),
    [
        ("def f(h):\n    return h @ 3", "ValueError", "matmul", "in f, line 2 of the cell: return h @ 3"),
        (
            "def g(h):\n    return h.nope\ndef f(h):\n    return g(h)",
            "AttributeError",
            "nope",
            "in g, line 2",
        ),
        (
            "def f():\n    return 1",
            "TypeError",
            "takes 0 positional arguments",
            'when the check did: return {"f"',
        ),
        ("def f(h):\n    raise SystemExit('bye')", "SystemExit", "bye", "in f, line 2"),
        ("def f(h):\n    raise NotImplementedError()", "NotImplementedError", "", "in f, line 2"),
        ("f = 3", "NotCallable", "f is of type int, not a function or class", ""),
        (
            "class E(Exception):\n    def __str__(self): return 1\ndef f(h):\n    raise E",
            "E",
            "",
            "in f, line 4 of the cell: raise E",
        ),
        ("def f(h): return h\nf.__wrapped__ = f", "ValueError", "wrapper loop", ""),
    ],
    ids=["inside", "deeper", "signature", "exit", "stub", "no function", "broken error", "wrapper loop"],
)
def test_a_failure_is_told_in_the_student_s_terms(source, type_, message, place):
    failure = checked(value, source).failure
    assert failure.type == type_
    assert message in failure.message
    assert failure.place.startswith(place)


def test_a_failure_has_few_words():
    source = "def f(h):\n    raise ValueError('\\n'.join(['word ' * 99] * 99))"
    assert len(checked(value, source).failure.message) <= 500


GIVEN = "def helper(h): return 'mine'\ndef f(h): return helper(h)"


def test_what_is_given_stands_in_for_an_earlier_exercise_and_goes_again():
    candidate = defined(GIVEN, "f", "helper")
    exercise = Checks("f", lecture="0:00", given={"helper": lambda h: 2 * h, "new": 5})
    check = Check("it works", value)
    for run in (check, Check("it raises", lambda f, rng: dict(f))):
        gather(exercise, run, candidate[:1], 1, 1)
        assert candidate[0].__globals__["helper"] is candidate[1]
        assert "new" not in candidate[0].__globals__
    twice = array(gather(exercise, check, candidate[:1], 1, 1))
    plain = checked(value, "def f(h): return h").arrays["f"]
    assert np.array_equal(twice, 2 * plain)


@pytest.mark.parametrize(
    "source",
    [
        "class f(keras.layers.Layer):\n    def call(self, h): return helper(h)",
        "@tf.function\ndef f(h): return helper(h)",
        "class f:\n    @staticmethod\n    def __new__(cls, h): return helper(h)",
    ],
    ids=["layer", "tf.function", "static method"],
)
def test_what_is_given_reaches_every_kind_of_object(source):
    def check(f, rng):
        made = f() if isinstance(f, type) and issubclass(f, keras.layers.Layer) else f
        return {"f": made(tf.ones(2))}

    found = checked(check, source, given={"helper": lambda h: 7 * h})
    assert np.array_equal(found.arrays["f"], [7, 7])


LAYER = """
@keras.saving.register_keras_serializable("test_checks")
class Shift(keras.layers.Layer):
    def call(self, h): return h + {}
"""


def test_keras_loads_what_a_candidate_saved_as_its_own_class():
    def saved(Shift, rng):
        model = keras.Sequential([keras.Input((2,)), Shift()])
        again = keras.Sequential.from_config(model.get_config())
        return {"h": again(np.zeros((1, 2), "float32"))}

    exercise = Checks("Shift", lecture="0:00")
    exercise.check("saved")(saved)
    candidates = [defined(LAYER.format(shift), "Shift") for shift in (1.0, 2.0)]
    found = [array(gather(exercise, exercise.checks[0], c, 1, 1), "h") for c in candidates]
    assert np.array_equal(found, [[[1, 1]], [[2, 2]]])
    assert keras.saving.get_registered_object("test_checks>Shift") is candidates[1][0]


def dense(order):
    layer = keras.layers.Layer()
    for shape in order:
        layer.add_weight(shape=shape)
    return layer


def test_fill_goes_by_shape_and_not_by_order_or_name():
    one, two = dense([(3, 4), (4,), (3, 4)]), dense([(4,), (3, 4), (3, 4)])
    for layer in (one, two):
        fill(layer, np.random.default_rng(5))
    a, b = ([np.asarray(w) for w in layer.weights] for layer in (one, two))
    assert np.array_equal(a[0], b[1])
    assert np.array_equal(a[1], b[0])
    assert np.array_equal(a[2], b[2])
    assert not np.allclose(a[0], a[2])  # equal shapes still differ from each other
    assert all(np.any(w) for w in a)


def test_fill_follows_the_generator():
    layers = [dense([(3, 4)]) for _ in range(2)]
    for seed, layer in enumerate(layers):
        fill(layer, np.random.default_rng(seed))
    one, two = (np.asarray(layer.weights[0]) for layer in layers)
    assert not np.allclose(one, two)


def test_two_checks_of_one_name_are_refused():
    exercise = Checks("Dense", lecture="3:17")
    exercise.check("a = hW + b", points=2)(value)
    with pytest.raises(ValueError, match="Dense: two checks are called 'a = hW \\+ b'"):
        exercise.check("a = hW + b")(value)
    assert exercise.points == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Exception encountered when calling Dense.call().\n\n\x1b[1m'Dense' object has no attribute 'W'\x1b[0m\n\n"
            "Arguments received by Dense.call():\n  • h=tf.Tensor(shape=(5, 7), dtype=float32)",
            "'Dense' object has no attribute 'W'",
        ),
        (
            "{{function_node x}} was expected to be a double tensor but is a float tensor [Op:Mul] name: ",
            "was expected to be a double tensor but is a float tensor",
        ),
        ("a\n\nb\nc\nd", "a b c"),
    ],
)
def test_an_error_is_told_without_the_insides_of_keras(text, told):
    check = Checks("f", lecture="1:00")

    @check.check("raises")
    def _(f, rng):
        return {"y": f()}

    def f():
        raise ValueError(text)

    failure = gather(check, check.checks[0], (f,), 1, 1).failure
    assert failure is not None
    assert failure.message == told


def test_an_error_of_a_graph_is_told_in_its_own_words_whoever_ran_it():
    source = (
        "@tf.function(input_signature=[tf.TensorSpec([None, None]), tf.TensorSpec([None])])\n"
        "def f(x, y): return x - y"
    )
    found = checked(lambda f, rng: {"f": f(tf.zeros([3, 6]), tf.zeros([3]))}, source)
    assert found.failure.message == "Incompatible shapes: [3,6] vs. [3]"


def test_an_error_of_a_graph_within_a_graph_is_told_in_its_own_words():
    source = "def f(x, y): return tf.function(lambda a: tf.map_fn(lambda b: b - y, a))(x)"

    def within(f, rng):
        shapes = [tf.TensorSpec([None, None]), tf.TensorSpec([None])]
        return {"f": tf.function(f, input_signature=shapes)(tf.zeros([3, 6]), tf.zeros([3]))}

    assert checked(within, source).failure.message == "Incompatible shapes: [6] vs. [3]"
