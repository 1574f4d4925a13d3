import random

import pytest

from autograder.reporting.similarity import MANY, excerpts, likeness

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


def rings(codes, given=()):
    return likeness(codes, given).rings


@pytest.mark.parametrize(
    "copy", [ONE, RENAMED, RENAMED.replace("\n", "\r\n")], ids=["same", "renamed", "windows"]
)
def test_who_wrote_the_same_is_found(copy):
    (ring,) = rings({"Ada": ONE, "Zoë": OTHER, "Bo": copy}, [STUB])
    assert ring.students == ("Ada", "Bo")
    assert min(ring.shares) > 0.9
    assert ring.holders == 2


def test_who_wrote_something_else_is_not():
    assert rings({"Ada": ONE, "Zoë": OTHER}, [STUB]) == ()


def test_what_was_handed_out_does_not_count():
    assert rings({"Ada": ONE, "Bo": ONE}, [ONE]) == ()
    assert rings({"Ada": STUB, "Bo": STUB, "Zoë": ""}, [STUB]) == ()


def test_what_many_wrote_makes_nobody_alike_and_its_share_is_told():
    few = {f"student {i}": ONE for i in range(MANY)}
    (ring,) = rings(few)
    assert len(ring.students) == ring.holders == MANY
    found = likeness(few | {"one more": ONE})
    assert found.rings == ()
    assert found.common == 1


def test_a_ring_of_thirty_is_found_among_three_thousand():
    """Each has the natural answer of most, and code of their own as others would write it."""
    luck = random.Random(0)
    codes = {}
    for i in range(3000):
        numbers = [luck.randrange(10**6) for _ in range(12)]
        own = "\n".join(f"x = x {luck.choice('+-*/')} {n} ** {luck.choice('+-')}x" for n in numbers)
        codes[f"s{i}"] = f"{ONE}\n{own}\n"
    ring = {f"s{i}" for i in range(0, 3000, 100)}
    copied = "\n".join(f"    if h[{i}] > W[{i}] % {i**5}: return a - b[{i}:] @ c" for i in range(12))
    for student in ring:
        codes[student] = f"{ONE}\n{copied}\n"
    found = likeness(codes)
    assert found.many == 30
    assert 0.2 < found.common < 0.9
    (one,) = found.rings
    assert set(one.students) == ring
    assert one.holders == 30


def test_who_shares_with_the_same_student_is_in_one_ring():
    long = OTHER + OTHER.replace("powers", "3 * powers + 7")
    (ring,) = rings({"a": ONE, "b": ONE + long, "c": long, "d": "x = 1\n"})
    assert set(ring.students) == set("abc")
    assert ring.students[:2] == ring.closest.students


def test_those_who_share_more_come_first():
    codes = {"a": ONE, "b": ONE, "c": OTHER + ONE, "d": OTHER + ONE}
    (ring,) = rings(codes)
    assert ring.students[:2] == ("c", "d")
    assert ring.closest.signs > ring.lines[2]


def test_shared_lines_are_marked_and_what_was_handed_out_is_not():
    codes = {"Ada": ONE.replace("tf.exp(shifted)", "tf.exp(shifted)  # <b>"), "Bo": OTHER + RENAMED}
    (ring,) = rings(codes, [STUB])
    one, other = excerpts(ring.closest, codes, [STUB])
    assert "<mark>    e = tf.exp(shifted)  # &lt;b&gt;</mark>" in one
    assert "<mark>    ex = tf.exp(x)</mark>" in other
    assert "<mark>def softmax" not in one + other
    assert "2.718281828" not in other


def test_an_excerpt_does_not_grow_without_end():
    long = "\n".join(f"x{i} = {i**9} + {'9' * 5000}" for i in range(400))
    (ring,) = rings({"a": long, "b": long})
    assert all(len(code) < 60_000 for code in excerpts(ring.closest, {"a": long, "b": long}))


def test_code_that_is_no_python_is_compared_as_well():
    odd = "\n".join(f"\x00 ((( {i**9} \u2028 {{ § unfinished" for i in range(30))
    (ring,) = rings({"a": odd, "b": odd})
    assert "unfinished" in excerpts(ring.closest, {"a": odd, "b": odd})[0]
