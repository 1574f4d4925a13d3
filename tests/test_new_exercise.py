"""A new exercise is short: its kind brings the checks that every answer needs, and facts tell what nobody listed."""

import pytest

from autograder.proving.prove import prove
from autograder.testing.tiny_exercise import tiny

# As an author would write it, formatted as the project is.
NEW = '''
"""hinge: a loss that stops caring once an example is far enough on its side."""

import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks

loss = Exercise("hinge", kind="function", lecture="15:07")


@loss.reference
def hinge(s, y):
    """The mean hinge loss of N examples, max(0, 1 - y s).

    Args:
        s: scores, float tensor of shape (N,).
        y: classes, -1 or 1, of the same shape and dtype.
    Returns:
        A scalar of that dtype.
    """
    ### BEGIN SOLUTION
    return tf.reduce_mean(tf.maximum(0.0, 1.0 - y * s))
    ### END SOLUTION


def scored(rng, N, dtype="float32"):
    s = tf.constant(rng.normal(size=N) * 2, dtype)
    return s, tf.constant(rng.choice([-1.0, 1.0], size=N), dtype)


@loss.check("examples on both sides of the margin", points=2)
def both_sides(hinge, rng):
    found = {}
    for i in range(5):
        s, y = scored(rng, 7)
        found[f"loss of batch {i}"] = hinge(s, y)
    return {**found, **landmarks(s=s, y=y, examples=7)}


@loss.check("its slopes")
def slopes(hinge, rng):
    s, y = scored(rng, 11)
    with tf.GradientTape() as tape:
        tape.watch(s)
        value = hinge(s, y)
    return {"ds": tape.gradient(value, s, unconnected_gradients="zero"), **landmarks(s=s, y=y, examples=11)}


@loss.example(
    without={
        "untouched": "tensors cannot be changed",
        "one": "a single example may lie beyond the margin, where many answers are 0",
    }
)
def example(hinge, rng, N=6, dtype="float32"):
    s, y = scored(rng, N, dtype)
    return {"s": s, "y": y}, lambda s, y: {"loss": hinge(s, y)}


for belief, edit, advice in [
    ("summed, not averaged", ("reduce_mean", "reduce_sum"), "Divide by the number of examples."),
    ("the sign of y is the other one", ("1.0 - y * s", "1.0 + y * s"), "A right score has the sign of y."),
    ("no margin", ("1.0 - y * s", "-y * s"), "A right answer pays until y s reaches 1."),
    ("paid beyond the margin as well", ("tf.maximum(0.0, 1.0 - y * s)", "(1.0 - y * s)"), "Stop at 0."),
    ("the smaller of the two", ("tf.maximum", "tf.minimum"), "Take the larger one."),
    ("squared", ("tf.maximum(0.0, 1.0 - y * s)", "tf.maximum(0.0, 1.0 - y * s) ** 2"), "Do not square it."),
    ("the classes are left out", ("y * s", "s"), "An example of class -1 wants a negative score."),
    ("a margin of 2", ("1.0 - y", "2.0 - y"), "The margin is 1."),
]:
    loss.misconception(belief, edit, advice=advice)


@loss.alternative
def by_relu(s, y):
    return tf.math.reduce_mean(tf.nn.relu(1 - s * y))
'''.lstrip()
# Of the course's exercises, before probes and facts.
MEDIAN_BEFORE = 213


@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    return prove(tiny(tmp_path_factory.mktemp("new"), text=NEW), seed=8, draws=8)


def test_a_short_file_proves_itself(proof):
    assert proof.shortfalls == []
    assert len(proof.misconceptions) == 8
    assert all(row.caught and row.named for row in proof.misconceptions)


def test_its_kind_brings_checks_that_nobody_wrote(proof):
    assert len([check for check in proof.checks if "graph" in check.name or "dtype" in check.name]) == 2


def test_it_is_shorter_than_exercises_were():
    assert len(NEW.splitlines()) < MEDIAN_BEFORE / 2
