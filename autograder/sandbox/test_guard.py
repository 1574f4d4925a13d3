"""A computed name is looked at when it is asked for, and honest ones are none the wiser."""

import textwrap

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.sandbox.guard import guarded


def ran(source):
    """The names of a cell that found the guarded functions."""
    names = {"__name__": "__main__", "__builtins__": guarded(), "tf": tf, "keras": keras, "np": np}
    exec(compile(textwrap.dedent(source), "<cell>", "exec"), names)
    return names


@pytest.mark.parametrize(
    "asked",
    [
        "getattr(f, '__glo' + 'bals__')",
        "getattr(np.zeros(1), 'cty' + 'pes')",
        "getattr((i for i in []), 'gi_' + 'frame', None)",
        "getattr(tf.nn, '_' + 'sys')",
        "setattr(tf.nn, 'soft' + 'max', print)",
        "setattr(keras.layers.Layer, 'call', print)",
        "delattr(np, 'exp')",
        "vars(tf.nn)['soft' + 'max']",
        "vars(keras.layers.Layer)",
    ],
)
def test_a_computed_name_that_leads_behind_a_value_is_refused(asked):
    with pytest.raises(AttributeError, match=r"reaches behind|belongs to everybody"):
        ran(f"def f(): ...\nfound = {asked}")
    assert tf.nn.softmax is not print


def test_what_leads_behind_is_not_there():
    names = ran("def f(): ...\nfound = [hasattr(f, '__glo' + 'bals__'), hasattr(f, '__na' + 'me__')]")
    assert names["found"] == [False, True]


def test_ones_own_attributes_are_ones_own():
    names = ran("""
    class K:
        count = 0
        def __init__(self, **given):
            for name, value in given.items():
                setattr(self, name, value)
            self._W = 3
    k = K(units=2)
    setattr(K, "count", 1)
    found = [getattr(k, "un" + "its"), getattr(k, "_" + "W"), getattr(k, "nothing", 7), vars(k), K.count, getattr(tf.nn, "relu")]
    delattr(k, "units")
    left = vars(k)
    """)
    assert names["found"][:3] == [2, 3, 7]
    assert names["found"][4:] == [1, tf.nn.relu]
    assert names["left"] == {"_W": 3}


def test_autograph_calls_them_as_they_are():
    names = ran("""
    class K:
        rate = 2.0
    @tf.function
    def f(a):
        return getattr(K(), "rate") * a if hasattr(K, "rate") else a
    """)
    assert names["f"](tf.constant(3.0)) == 6.0
