import pytest

from autograder.reporting.similarity import MANY, excerpts, pairs

STUB = 'def softmax(a):\n    """Turn numbers into probabilities."""\n    raise NotImplementedError()\n'
ONE = """\
def softmax(a):
    \"\"\"Turn numbers into probabilities.\"\"\"
    shifted = a - tf.reduce_max(a, axis=-1, keepdims=True)
    shifted = tf.where(shifted < -80.0, -80.0, shifted)
    e = tf.exp(shifted)
    total = tf.reduce_sum(e, axis=-1, keepdims=True)
    uniform = tf.fill(tf.shape(a), 1.0 / a.shape[-1])
    return tf.where(total > 0, e / total, uniform)
"""
RENAMED = """\
def softmax(a):
    \"\"\"Turn numbers into probabilities.\"\"\"
    # all my own work
    x = a - tf.reduce_max(a, axis=-1,
                          keepdims=True)
    x = tf.where(x < -80.0, -80.0, x)
    ex = tf.exp(x)
    s = tf.reduce_sum(ex, axis=-1, keepdims=True)
    same = tf.fill(tf.shape(a), 1.0 / a.shape[-1])
    return tf.where(s > 0, ex / s, same)
"""
OTHER = """\
def softmax(a):
    \"\"\"Turn numbers into probabilities.\"\"\"
    rows = []
    for row in a.numpy():
        powers = [2.718281828 ** value for value in row]
        rows.append([power / sum(powers) for power in powers])
    return tf.constant(rows)
"""


@pytest.mark.parametrize(
    "copy", [ONE, RENAMED, RENAMED.replace("\n", "\r\n")], ids=["same", "renamed", "windows"]
)
def test_who_wrote_the_same_is_found(copy):
    (pair,) = pairs({"Ada": ONE, "Zoë": OTHER, "Bo": copy}, [STUB])
    assert pair.students == ("Ada", "Bo")
    assert min(pair.shares) > 0.9


def test_who_wrote_something_else_is_not():
    assert pairs({"Ada": ONE, "Zoë": OTHER}, [STUB]) == []


def test_what_was_handed_out_does_not_count():
    assert pairs({"Ada": ONE, "Bo": ONE}, [ONE]) == []
    assert pairs({"Ada": STUB, "Bo": STUB, "Zoë": ""}, [STUB]) == []


def test_what_many_wrote_does_not_count():
    few = {f"student {i}": ONE for i in range(MANY)}
    assert len(pairs(few)) == MANY * (MANY - 1) / 2
    assert pairs(few | {"one more": ONE}) == []


def test_those_who_share_more_come_first():
    codes = {"a": ONE, "b": ONE, "c": OTHER + ONE, "d": OTHER + ONE}
    found = pairs(codes)
    assert found[0].students == ("c", "d")
    assert [p.signs for p in found] == sorted((p.signs for p in found), reverse=True)


def test_shared_lines_are_marked_and_what_was_handed_out_is_not():
    codes = {"Ada": ONE.replace("tf.exp(shifted)", "tf.exp(shifted)  # <b>"), "Bo": OTHER + RENAMED}
    (pair,) = pairs(codes, [STUB])
    one, other = excerpts(pair, codes, [STUB])
    assert "<mark>    e = tf.exp(shifted)  # &lt;b&gt;</mark>" in one
    assert "<mark>    ex = tf.exp(x)</mark>" in other
    assert "<mark>def softmax" not in one + other
    assert "2.718281828" not in other


def test_an_excerpt_does_not_grow_without_end():
    long = "\n".join(f"x{i} = {i**9} + {'9' * 5000}" for i in range(400))
    (pair,) = pairs({"a": long, "b": long})
    assert all(len(code) < 60_000 for code in excerpts(pair, {"a": long, "b": long}))


def test_code_that_is_no_python_is_compared_as_well():
    odd = "\n".join(f"\x00 ((( {i**9} \u2028 {{ § unfinished" for i in range(30))
    (pair,) = pairs({"a": odd, "b": odd})
    assert "unfinished" in excerpts(pair, {"a": odd, "b": odd})[0]
