"""numerical_gradient: the slope of a loss by every entry of a variable, measured and not derived."""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, filled

numeric = Exercise(
    "numerical_gradient",
    kind="report",
    lecture="42:58",
    not_yours=[*BY_ITSELF, "tensorflow.test.compute_gradient", "scipy.optimize.approx_fprime"],
)


@numeric.reference
def numerical_gradient(f, w, eps=1e-6):
    """Measure how a number depends on each entry of a variable, by central differences.

    ∂f/∂w_i ≈ (f(w_i + ε) - f(w_i - ε)) / (2ε),  all other entries as they are      (lecture 42:58)

    Whatever happens, w holds its old values afterwards, to the last bit: also where `f` raises an exception, which
    then goes on to the caller.

    Args:
        f: called without arguments, gives one number, a tensor or not: `float(f())` takes either. It reads w.
        w: a variable of any shape, of TensorFlow or Keras: `np.array(w.numpy())` is a copy of its values, `w.assign(…)`
            sets them.
        eps: ε, how far an entry is moved to either side.
    Returns:
        An array of float64, of the shape of w, also where w is of float32.
    """
    ### BEGIN SOLUTION
    values = np.array(w.numpy())
    gradient = np.zeros(values.shape)
    try:
        for index in np.ndindex(values.shape):
            moved = values.copy()
            moved[index] = values[index] + eps
            w.assign(moved)
            above = float(f())
            moved[index] = values[index] - eps
            w.assign(moved)
            below = float(f())
            gradient[index] = (above - below) / (2 * eps)
    finally:
        w.assign(values)
    return gradient
    ### END SOLUTION


def variable(rng, *shape):
    """Values between 1 and 2 in magnitude, of either sign."""
    return tf.Variable(rng.uniform(1, 2, size=shape) * rng.choice([-1, 1], size=shape), dtype="float64")


def cubic(rng, w):
    """A number that depends on each entry in another way, and on each beside all others."""
    c = rng.uniform(1, 2, size=w.shape)

    def number():
        values = w.numpy()
        return np.sum(c * values**3) + np.sum(values) ** 2

    return number, c


@numeric.check("every entry of a matrix", points=2)
def every_entry(numerical_gradient, rng):
    w, eps = variable(rng, 2, 3), float(rng.uniform(0.01, 0.02))
    number, c = cubic(rng, w)
    known = landmarks(w=w, c=c, eps=eps, value=number(), entries=6, inputs=2, units=3)
    return {"gradient": numerical_gradient(number, w, eps), **known}


@numeric.check("one number, a vector, three axes")
def any_shape(numerical_gradient, rng):
    found = {}
    for name, shape in {"one number": (), "a vector": (5,), "three axes": (1, 2, 3)}.items():
        w = variable(rng, *shape)
        number, _ = cubic(rng, w)
        found[f"gradient of {name}"] = numerical_gradient(number, w, 0.01)
    return found


@numeric.check("ε is the one that is given")
def given_eps(numerical_gradient, rng):
    w = variable(rng, 3)
    number, c = cubic(rng, w)
    found = {f"gradient, ε = {eps}": numerical_gradient(number, w, eps) for eps in (0.01, 0.1, 1.0)}
    return {**found, **landmarks(w=w, c=c, value=number())}


@numeric.check("a large number with small slopes: float64 throughout")
def in_double(numerical_gradient, rng):
    w = variable(rng, 4)
    number, _ = cubic(rng, w)
    # float32 knows 1000 to six parts in a hundred thousand
    return {"gradient": numerical_gradient(lambda: tf.constant(1000 + 1e-3 * number(), "float64"), w, 0.125)}


@numeric.check("a variable of float32 has a gradient of float64")
def of_single(numerical_gradient, rng):
    # Numbers that float32 holds exactly, moved or not.
    w = tf.Variable(rng.integers(-128, 128, size=(2, 3)) / 64, dtype="float32")
    c = rng.uniform(1, 2, size=(2, 3))
    return {"gradient": numerical_gradient(lambda: np.sum(c * w.numpy().astype("float64") ** 3), w, 0.125)}


# Making a layer takes longer than all checks; each check fills it anew.
@cache
def layer():
    """2 inputs, 2 tanh units, in float64."""
    made = keras.layers.Dense(2, activation="tanh", dtype="float64")
    made.build((None, 2))
    return made


def loss_of_layer(rng):
    """A loss that reads a layer's W and b, and the layer."""
    dense = filled(layer(), rng)
    x = tf.constant(rng.normal(size=(5, 2)))
    return lambda: tf.reduce_mean(dense(x) ** 2), dense


@numeric.check("W and b of a Keras layer, one variable at a time")
def of_layer(numerical_gradient, rng):
    loss, dense = loss_of_layer(rng)
    return {f"gradient of {v.name}": numerical_gradient(loss, v, 0.01) for v in (dense.kernel, dense.bias)}


@numeric.check("w is put back where f raises, and the exception goes on")
def put_back(numerical_gradient, rng):
    w, calls, last = variable(rng, 3, 2), [], int(rng.integers(7, 12))
    before, heard = w.numpy(), "no exception"

    def breaks():
        calls.append(1)
        if len(calls) == last:
            raise FloatingPointError("the loss is not finite")
        return np.sum(w.numpy())

    try:
        numerical_gradient(breaks, w, 0.5)
    except FloatingPointError:
        heard = "the exception that f raised"
    return {"w": before, "w afterwards": w.numpy(), "what the caller hears": heard}


@numeric.example()
def example(numerical_gradient, rng):
    w = variable(rng, 2, 3)
    number, _ = cubic(rng, w)

    # So far away the last bits of what is added and taken away again are lost.
    def measured(w):
        return {"gradient": numerical_gradient(number, w, 1e4 / 3)}

    return {"w": w}, measured


numeric.misconception(
    "forward differences: from where one stands to one side",
    ("moved[index] = values[index] - eps", "moved[index] = values[index]"),
    ("(2 * eps)", "eps"),
    advice="The forward difference is wrong by εf″/2, the central one by ε²f‴/6 only. Measure on both sides of w_i.",
)
numeric.misconception(
    "backward differences: from one side to where one stands",
    source=numeric.edited(
        ("moved[index] = values[index] + eps", "moved[index] = values[index]"), ("(2 * eps)", "eps")
    ),
    advice="Measure on both sides of w_i: the errors of the first order then cancel.",
)
numeric.misconception(
    "divided by ε instead of 2ε",
    ("(2 * eps)", "eps"),
    advice="From w_i - ε to w_i + ε it is 2ε, not ε.",
)
numeric.misconception(
    "divided by nothing",
    source=numeric.edited((" / (2 * eps)", "")),
    advice="A slope is a difference divided by the distance: 2ε.",
)
numeric.misconception(
    "multiplied by ε and halved",
    source=numeric.edited(("/ (2 * eps)", "/ 2 * eps")),
    advice="`a / 2 * eps` is (a / 2) · eps in Python. Put 2 * eps in brackets.",
)
numeric.misconception(
    "below minus above",
    ("(above - below)", "(below - above)"),
    advice="The slope is positive where f grows with w_i: take f(w_i + ε) - f(w_i - ε).",
)
numeric.misconception(
    "an entry that was moved is not put back before the next one",
    ("            moved = values.copy()\n", ""),
    ("    try:\n", "    moved = values.copy()\n    try:\n"),
    advice="Each derivative is taken at the same w. Begin with a fresh copy of the values for each entry.",
)
numeric.misconception(
    "w stays where the last measurement left it",
    source=numeric.edited(("        w.assign(values)", "        w.assign(moved)")),
    advice="Keep the values before the first move, and assign them at the end.",
)
numeric.misconception(
    "w is put back only where nothing was raised",
    (
        "    finally:\n        w.assign(values)",
        "    except ZeroDivisionError:\n        pass\n    w.assign(values)",
    ),
    advice="An exception leaves the function at once. Put the old values back in a `finally:`.",
)
numeric.misconception(
    "the exception of f is swallowed",
    source=numeric.edited(
        (
            "    finally:\n        w.assign(values)",
            "    except Exception:\n        pass\n    w.assign(values)",
        )
    ),
    advice="Whoever called has to hear that the loss failed. `finally:` puts w back and lets the exception pass.",
)
numeric.misconception(
    "w is moved and moved back, and its last bits with it",
    source="""
    def numerical_gradient(f, w, eps=1e-6):
        values = np.array(w.numpy())
        gradient = np.zeros(values.shape)
        for index in np.ndindex(values.shape):
            step = np.zeros(values.shape)
            step[index] = eps
            try:
                w.assign_add(step)
                above = float(f())
                w.assign_sub(step)
                w.assign_sub(step)
                below = float(f())
                w.assign_add(step)
            except Exception:
                w.assign(values)
                raise
            gradient[index] = (above - below) / (2 * eps)
        return gradient
    """,
    advice="w + ε - ε is not w in floating point: its last bits change, a little more at each call. Keep a copy and assign it.",
)
numeric.misconception(
    "the losses are rounded to float32",
    ("float(f())\n            moved", "np.float32(f())\n            moved"),
    advice="float32 keeps seven digits, and the difference of two losses lies behind them. Stay in float64: float(f()).",
)
numeric.misconception(
    "the gradient is kept in float32",
    source=numeric.edited(("np.zeros(values.shape)", 'np.zeros(values.shape, "float32")')),
    advice="np.zeros(shape) is float64 by itself. Seven digits are fewer than the measurement has.",
)
numeric.misconception(
    "the gradient has the dtype of w",
    source=numeric.edited(("np.zeros(values.shape)", "np.zeros_like(values)")),
    advice="np.zeros_like takes over the dtype as well, float32 where w has it. np.zeros(values.shape) is float64.",
)
numeric.misconception(
    "only one entry is measured",
    source=numeric.edited(
        ("/ (2 * eps)\n", "/ (2 * eps)\n            break\n"),
    ),
    advice="A `break` ends the loop. A single entry can be right by luck: measure them all.",
)
numeric.misconception(
    "a whole row is moved at once",
    source=numeric.edited(("np.ndindex(values.shape)", "np.ndindex(values.shape[:1])")),
    advice="One entry at a time: np.ndindex(values.shape) gives the index of each.",
)
numeric.misconception(
    "only the first axis is gone through, by len",
    source=numeric.edited(
        ("np.ndindex(values.shape)", "range(len(values))"),
    ),
    advice="In a matrix values[i] is a whole row, and one number has no len. np.ndindex(values.shape) gives the index of each entry.",
)
numeric.misconception(
    "all entries are moved at once",
    source="""
    def numerical_gradient(f, w, eps=1e-6):
        values = w.numpy()
        try:
            w.assign(values + eps)
            above = float(f())
            w.assign(values - eps)
            below = float(f())
        finally:
            w.assign(values)
        return np.full(values.shape, (above - below) / (2 * eps))
    """,
    advice="That is the slope in one direction, the sum of all derivatives. Move one entry at a time.",
)
numeric.misconception(
    "the gradient comes as one row",
    source=numeric.edited(("    return gradient", "    return gradient.ravel()")),
    advice="Give it the shape of w, so that the two can be compared entry by entry.",
)
numeric.misconception(
    "ε is a fixed number, whatever is given",
    source=numeric.edited(
        ("    values = np.array(w.numpy())\n", "    values, eps = np.array(w.numpy()), 1e-6\n")
    ),
    advice="Use the argument `eps`: the next experiments try many of them.",
)
numeric.misconception(
    "ε is taken relative to the entry",
    source=numeric.edited(
        (
            "            moved = values.copy()\n",
            "            moved = values.copy()\n            step = eps * abs(values[index])\n",
        ),
        ("values[index] + eps", "values[index] + step"),
        ("values[index] - eps", "values[index] - step"),
        ("(2 * eps)", "(2 * step)"),
    ),
    advice="Here ε is the distance itself. (Relative steps have their uses, but none at w_i = 0.)",
)
numeric.misconception(
    "ε is halved: ε/2 to either side",
    source=numeric.edited(
        ("values[index] + eps", "values[index] + eps / 2"),
        ("values[index] - eps", "values[index] - eps / 2"),
        ("(2 * eps)", "eps"),
    ),
    advice="A good rule, but another ε: move by ε to either side and divide by 2ε.",
)
numeric.misconception(
    "five points instead of two",
    source="""
    def numerical_gradient(f, w, eps=1e-6):
        values = np.array(w.numpy())
        gradient = np.zeros(values.shape)
        try:
            for index in np.ndindex(values.shape):
                for steps, weight in ((2, -1), (1, 8), (-1, -8), (-2, 1)):
                    moved = values.copy()
                    moved[index] = values[index] + steps * eps
                    w.assign(moved)
                    gradient[index] += weight * float(f()) / (12 * eps)
        finally:
            w.assign(values)
        return gradient
    """,
    advice="More exact and twice as dear. Here the lecture's rule is asked for, with its error of ε²f‴/6.",
)


@numeric.alternative
def entry_by_entry(f, w, eps=1e-6):
    before = w.numpy()
    slopes = []
    for i in range(before.size):
        losses = []
        for sign in (1, -1):
            row = before.flatten()
            row[i] += sign * eps
            try:
                w.assign(row.reshape(before.shape))
                losses.append(f())
            finally:
                w.assign(before)
        slopes.append((losses[0] - losses[1]) / (2 * eps))
    return np.array(slopes, dtype="float64").reshape(before.shape)


@numeric.alternative
def by_units(f, w, eps=1e-6):
    before = tf.identity(tf.convert_to_tensor(w))
    directions = tf.eye(int(np.prod(before.shape)), dtype=before.dtype)

    def at(place):
        w.assign(place)
        return float(f())

    try:
        return np.reshape(
            [
                (at(before + eps * step) - at(before - eps * step)) / (2 * eps)
                for step in (tf.reshape(d, before.shape) for d in directions)
            ],
            before.shape,
        )
    finally:
        w.assign(before)


numeric.equivalent("line 2: zeros → ones", because="every entry is written")
