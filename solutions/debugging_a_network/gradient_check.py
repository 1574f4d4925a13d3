"""gradient_check: how far gradients are from what central differences measure."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from solutions.debugging_a_network.numerical_gradient import numerical_gradient

checking = Exercise("gradient_check", kind="report", lecture="42:58")


@checking.reference
def gradient_check(loss, variables, gradients, eps=1e-6):
    """Hold gradients against measured ones, and say for each variable how far they are apart.

    error = ‖g - n‖ / (‖g‖ + ‖n‖),   n = numerical_gradient(loss, variable, eps),   ‖·‖ = √(sum of all squares)

    0 where they agree, 1/3 where g is half of n or twice as much, 1 where it has the wrong sign, or where one of the
    two is 0 and the other is not. Where both are 0 in every entry, 0 = 0 says nothing about any formula: the error is
    then NaN, nothing has been checked (lecture 42:58).

    Args:
        loss: called without arguments, gives the loss; it reads the variables.
        variables: of float64; they are left as they are.
        gradients: what is to be checked, for each variable an array or tensor of its shape. None, a tape's word for
            "the loss does not depend on it", counts as zeros.
        eps: ε of the central differences.
    Returns:
        An array with an error for each variable, in their order.
    Raises:
        ValueError: if any variable is not of float64: in float32 central differences are off by tens of percent.
    """
    ### BEGIN SOLUTION
    errors = []
    for w, g in zip(variables, gradients, strict=True):
        if w.dtype != "float64":
            raise ValueError(f"{w.name} is of {w.dtype}, not float64")
        n = numerical_gradient(loss, w, eps)
        if g is None:
            g = np.zeros(n.shape)
        distance = np.linalg.norm(g - n)
        size = np.linalg.norm(g) + np.linalg.norm(n)
        error = np.nan
        if size > 0:
            error = distance / size
        errors.append(error)
    return np.array(errors)
    ### END SOLUTION


SHAPES = ((2, 2), (3,), (1, 3))
EPS = 1e-3


def problem(rng, scale=1.0, more=()):
    """A loss of three variables or more, these, and its true gradients."""
    variables = [
        tf.Variable(rng.uniform(0.5, 1.5, size=shape), dtype="float64") for shape in (*SHAPES, *more)
    ]
    factors = [rng.uniform(0.5, 1.5, size=shape) for shape in (*SHAPES, *more)]

    def loss():
        value, total = 0.0, 0.0
        for v, c in zip(variables, factors, strict=True):
            values = v.numpy()
            value += np.sum(c * values**3)
            total += np.sum(values)
        return scale * (value + total**2 / 40)

    total = sum(np.sum(v.numpy()) for v in variables)
    slopes = [scale * (3 * c * v.numpy() ** 2 + total / 20) for v, c in zip(variables, factors, strict=True)]
    return loss, variables, slopes


def known(slopes, given):
    """What is held against each other, to be recognized."""
    lengths = [np.sqrt(np.sum(np.square(part))) for part in slopes]
    theirs = [np.sqrt(np.sum(np.square(part))) for part in given]
    apart = [np.sqrt(np.sum(np.square(a - b))) for a, b in zip(slopes, given, strict=True)]
    names = {
        "norms of the true gradients": lengths,
        "norms of the gradients given": theirs,
        "norms of the differences": apart,
    }
    return landmarks(**names, entries=[part.size for part in slopes])


@checking.check("right, halved, of the wrong sign, zero: each variable by itself", errors=1e-6)
def each_variable(gradient_check, rng):
    loss, variables, slopes = problem(rng, more=[(2,)])
    faults = rng.permutation([1.0, 0.5, -1.0, 0.0])
    given = [fault * part for fault, part in zip(faults, slopes, strict=True)]
    first = np.array(variables[0])
    errors = gradient_check(loss, variables, given, EPS)
    return {"first variable": first, "errors": errors, **known(slopes, given)}


@checking.check("one wrong entry among many, wherever it stands", errors=1e-6)
def one_wrong_entry(gradient_check, rng):
    loss, variables, slopes = problem(rng)
    given = []
    for part in slopes:
        wrong = part.copy()
        # neither the first nor the last
        wrong.flat[int(rng.integers(1, part.size - 1))] *= rng.uniform(1.5, 2.5)
        given.append(wrong)
    return {"errors": gradient_check(loss, variables, given, EPS), **known(slopes, given)}


@checking.check("a small gradient is held to the same standard", errors=1e-6)
def small_gradients(gradient_check, rng):
    loss, variables, slopes = problem(rng, scale=1e-12)
    given = [part * factor for part, factor in zip(slopes, rng.permutation([2.0, 0.6, -1.0]), strict=True)]
    first = np.array(variables[0])
    errors = gradient_check(loss, variables, given, EPS)
    return {"first variable": first, "errors": errors, **known(slopes, given)}


@checking.check("a gradient of zeros passes nowhere", points=2, errors=1e-6)
def zeros(gradient_check, rng):
    loss, variables, slopes = problem(rng)
    unused = tf.Variable(rng.normal(size=2), dtype="float64")
    # where the loss is flat and nobody says so
    at_zero = tf.Variable(np.zeros(2))
    partly_used = tf.Variable(rng.normal(size=3))
    variables = [*variables[:2], unused, at_zero, unused, partly_used]
    given = [
        0 * slopes[0],
        slopes[1],
        np.zeros(2),
        np.zeros(2),
        rng.normal(size=2),
        np.array([0.0, 2.0, 0.0]),
    ]
    first = np.array(variables[0])

    def with_more():
        return loss() + np.sum(at_zero.numpy() ** 2) + 2 * partly_used.numpy()[1]

    errors = gradient_check(with_more, variables, given, EPS)
    return {"first variable": first, "errors": errors}


@checking.check("None, as a tape gives it, counts as zeros", errors=1e-6)
def none_given(gradient_check, rng):
    loss, variables, slopes = problem(rng)
    # A layer's variables are Keras's, whose dtype is a string.
    unused = keras.Variable(rng.normal(size=4), dtype="float64")
    first = np.array(variables[0])
    errors = gradient_check(loss, [*variables, unused], [None, *slopes[1:], None], EPS)
    return {"first variable": first, "errors": errors}


@checking.check("float32 and float16 are refused")
def in_single(gradient_check, rng):
    found = {}
    cases = {
        "all of float32": ("float32", (0, 1, 2)),
        "the first of float32": ("float32", (0,)),
        "the last of float32": ("float32", (2,)),
        "all of float16": ("float16", (0, 1, 2)),
    }
    for name, (dtype, places) in cases.items():
        loss, variables, slopes = problem(rng)
        for place in places:
            variables[place] = tf.Variable(variables[place].numpy(), dtype=dtype)
        found[f"first variable, {name}"] = np.array(variables[0])
        found[f"what they get, {name}"] = "an answer"
        try:
            gradient_check(loss, variables, slopes)
        except ValueError:
            found[f"what they get, {name}"] = "ValueError"
    return found


# To so much it is one whether the norms are added or the gradients, which point the same way.
@checking.check("central differences, with the ε that is given", errors=1e-4)
def how_measured(gradient_check, rng):
    """A large ε shows in the error itself, and how large it is says how the slope was measured."""
    # Of so many variables, sums and norms agree for all by no chance.
    loss, variables, slopes = problem(rng, more=[(2, 2), (2, 2)])
    given = [tf.constant(part) for part in slopes]
    return {"errors": gradient_check(loss, variables, given, 0.3), **known(slopes, slopes)}


@checking.example()
def example(gradient_check, rng):
    loss, (W, b, *_), slopes = problem(rng)
    noise = rng.uniform(0.9, 1.1, size=W.shape)

    def errors_of(W, b, dW, db):
        # what is nearly 0 is left to rounding
        return {"errors": np.round(gradient_check(loss, [W, b], [dW, db], EPS), 6)}

    return {"W": W, "b": b, "dW": noise * slopes[0], "db": slopes[1]}, errors_of


checking.misconception(
    "the absolute distance, which says nothing without a scale",
    ("error = distance / size", "error = distance"),
    advice="1e-7 is nothing beside a gradient of 1 and everything beside one of 1e-7. Divide by ‖g‖ + ‖n‖.",
)
checking.misconception(
    "an entry that is 0 in both makes the error NaN",
    source=checking.edited(("if size > 0:", "if size > 0 and np.all((np.asarray(g) != 0) | (n != 0)):")),
    advice="Only where *every* entry of both is 0 has nothing been checked. Beside others a 0 that is right counts as right.",
)
checking.misconception(
    "float32 alone is refused",
    source=checking.edited(('if w.dtype != "float64":', 'if w.dtype == "float32":')),
    advice="float16 is coarser still. Say what is taken, float64, and refuse everything else.",
)
checking.misconception(
    "what differs by less than 1e-5 counts as equal",
    ("error = distance / size", "error = distance / size if distance > 1e-5 else 0.0"),
    advice="A gradient may be smaller than that and wrong all the same. Compare relative to its size, always.",
)
checking.misconception(
    "divided by ‖n‖ alone",
    source=checking.edited(("np.linalg.norm(g) + np.linalg.norm(n)", "np.linalg.norm(n)")),
    advice="Divide by ‖g‖ + ‖n‖: the error then lies between 0 and 1, whichever of the two is wrong.",
)
checking.misconception(
    "divided by ‖g‖ alone",
    source=checking.edited(("np.linalg.norm(g) + np.linalg.norm(n)", "np.linalg.norm(g)")),
    advice="Where g is 0 this divides by nothing. Divide by ‖g‖ + ‖n‖.",
)
checking.misconception(
    "divided by the larger of the two norms",
    source=checking.edited(
        ("np.linalg.norm(g) + np.linalg.norm(n)", "max(np.linalg.norm(g), np.linalg.norm(n))")
    ),
    advice="Also used, but then a wrong sign gives 2. Here the denominator is the sum of both norms.",
)
checking.misconception(
    "divided by the norm of the sum",
    source=checking.edited(("np.linalg.norm(g) + np.linalg.norm(n)", "np.linalg.norm(g + n)")),
    advice="Where g = -n the sum is 0. Add the norms, not the gradients: ‖g‖ + ‖n‖.",
)
checking.misconception(
    "two gradients of zeros pass",
    ("error = np.nan", "error = 0.0"),
    advice="0 = 0 would hold for any formula: nothing has been checked. Say NaN, and look why nothing arrives there.",
)
checking.misconception(
    "a small number in the denominator lets zeros pass",
    source=checking.edited(("+ np.linalg.norm(n)\n", "+ np.linalg.norm(n) + 1e-8\n")),
    advice="The small number hides 0/0, and small gradients with it. Handle the case where both are 0 by itself.",
)
checking.misconception(
    "small gradients count as 0",
    source=checking.edited(("if size > 0:", "if not np.isclose(size, 0):")),
    advice="np.isclose takes 1e-9 for 0, and so nothing would be checked. NaN is for 0 in *every* entry: size > 0 asks just that.",
)
checking.misconception(
    "a gradient of zeros is not looked at",
    ("if size > 0:", "if np.any(g):"),
    advice="A g of zeros where n is not 0 is the worst of errors, 1. NaN is for the case that *both* are 0.",
)
checking.misconception(
    "None is skipped",
    source=checking.edited(("            g = np.zeros(n.shape)", "            continue")),
    advice="The errors would then belong to other variables. None counts as zeros.",
)
checking.misconception(
    "None means that nothing has been checked",
    source=checking.edited(
        ("            g = np.zeros(n.shape)", "            errors.append(np.nan)\n            continue")
    ),
    advice="A tape that says None is wrong where the loss does depend on the variable. Measure, and count None as zeros.",
)
checking.misconception(
    "float32 is checked as well",
    (
        '        if w.dtype != "float64":\n            raise ValueError(f"{w.name} is of {w.dtype}, not float64")\n',
        "",
    ),
    advice="With ε = 1e-6 in float32 every gradient looks wrong by tens of percent. Refuse with a ValueError.",
)
checking.misconception(
    "the first variable's dtype stands for all",
    source=checking.edited(("if w.dtype", "if variables[0].dtype")),
    advice="Layers may have dtypes of their own, and one of float32 spoils its own error. Ask each variable.",
)
checking.misconception(
    "float32 is refused only where all variables are of it",
    source=checking.edited(('if w.dtype != "float64":', 'if all(v.dtype == "float32" for v in variables):')),
    advice="One variable of float32 among others is measured as badly as many. Ask each variable.",
)
checking.misconception(
    "one error for all variables together",
    source="""
    def gradient_check(loss, variables, gradients, eps=1e-6):
        distance, size = 0.0, 0.0
        for w, g in zip(variables, gradients, strict=True):
            if w.dtype != "float64":
                raise ValueError("gradients are checked in float64")
            n = numerical_gradient(loss, w, eps)
            g = np.zeros(n.shape) if g is None else g
            distance += np.sum((g - n) ** 2)
            size += np.linalg.norm(g) + np.linalg.norm(n)
        return np.full(len(variables), np.sqrt(distance) / size if size else np.nan)
    """,
    advice="A small bias would hide behind a large W, and you would not know where to look. One error for each variable.",
)
checking.misconception(
    "the mean of the entries' own relative errors",
    source=checking.edited(
        ("np.linalg.norm(g - n)", "np.mean(np.abs(g - n) / np.maximum(np.abs(g) + np.abs(n), 1e-300))"),
        ("error = distance / size", "error = distance"),
    ),
    advice="An entry that is nearly 0 is mostly rounding and would count as much as any. Take norms over all entries first.",
)
checking.misconception(
    "the largest entry instead of the norm",
    source=checking.edited(
        ("np.linalg.norm(g - n)", "np.max(np.abs(g - n))"),
        ("np.linalg.norm(g) + np.linalg.norm(n)", "np.max(np.abs(g)) + np.max(np.abs(n))"),
    ),
    advice="‖·‖ is the root of the sum of all squares.",
)
checking.misconception(
    "only one entry of each variable is compared",
    ("np.linalg.norm(g - n)", "abs(np.ravel(g)[0] - n.flat[0])"),
    ("np.linalg.norm(g) + np.linalg.norm(n)", "abs(np.ravel(g)[0]) + abs(n.flat[0])"),
    advice="Gradients go wrong in single rows and columns as well. Compare all entries.",
)
checking.misconception(
    "only sums are compared",
    source=checking.edited(
        ("np.linalg.norm(g - n)", "abs(np.sum(g - n))"),
        ("np.linalg.norm(g) + np.linalg.norm(n)", "abs(np.sum(g)) + abs(np.sum(n))"),
    ),
    advice="Errors of opposite sign cancel in a sum. Take the norm of the difference.",
)
checking.misconception(
    "the norms are compared, not the gradients",
    ("np.linalg.norm(g - n)", "abs(np.linalg.norm(g) - np.linalg.norm(n))"),
    advice="-n is as long as n. Take the norm of the difference.",
)
checking.misconception(
    "the directions are compared, not the lengths",
    source=checking.edited(
        (
            "np.linalg.norm(g - n)",
            "size - np.sum(g * n) / max(np.linalg.norm(g) * np.linalg.norm(n), 1e-300) * size",
        ),
        ("        distance = ", "        size = np.linalg.norm(g) + np.linalg.norm(n)\n        distance = "),
        ("        size = np.linalg.norm(g) + np.linalg.norm(n)\n        error", "        error"),
    ),
    advice="A gradient of half the length points the right way and is wrong: a factor is the commonest of errors.",
)
checking.misconception(
    "squares without a root",
    source=checking.edited(
        ("np.linalg.norm(g - n)", "np.sum((g - n) ** 2)"),
        ("np.linalg.norm(g) + np.linalg.norm(n)", "np.sum(np.square(g)) + np.sum(n**2)"),
    ),
    advice="‖·‖ is the *root* of the sum of squares. Squared, an error of one percent looks like one of a ten-thousandth.",
)
checking.misconception(
    "the percentage instead of the share",
    source=checking.edited(("error = distance / size", "error = 100 * distance / size")),
    advice="An error of 1 is all of it: leave out the 100.",
)
checking.misconception(
    "ε is fixed, whatever is given",
    source=checking.edited(("numerical_gradient(loss, w, eps)", "numerical_gradient(loss, w)")),
    advice="Hand `eps` on to numerical_gradient.",
)
checking.misconception(
    "only the first variable",
    source=checking.edited(
        ("        errors.append(error)\n", "        errors.append(error)\n        break\n")
    ),
    advice="A `break`, or a `return` inside the loop, ends it after one variable.",
)
checking.misconception(
    "a verdict instead of an error",
    source=checking.edited(
        ("        errors.append(error)\n", "        errors.append(float(error < 1e-4))\n")
    ),
    advice="How large the error is tells what is wrong: 1 for a sign, 1/3 for a factor 2. Return it as it is.",
)


@checking.alternative
def in_tensorflow(loss, variables, gradients, eps=1e-6):
    if any(tf.as_dtype(v.dtype) != tf.float64 for v in variables):
        raise ValueError("central differences need float64")
    errors = []
    for v, g in zip(variables, gradients):  # noqa: B905
        n = tf.constant(numerical_gradient(loss, v, eps))
        g = tf.zeros_like(n) if g is None else tf.convert_to_tensor(g)
        errors.append(tf.norm(g - n) / (tf.norm(g) + tf.norm(n)))
    return tf.stack(errors)


@checking.alternative
def as_rows(loss, variables, gradients, eps=1e-6):
    errors = np.full(len(variables), np.nan)
    for i, variable in enumerate(variables):
        if variable.numpy().dtype != np.float64:
            raise ValueError(f"variable {i} is not float64")
        measured = numerical_gradient(loss, variable, eps).ravel()
        given = np.zeros(measured.size)
        if gradients[i] is not None:
            given = np.asarray(gradients[i]).ravel()
        both = np.sqrt(given @ given) + np.sqrt(measured @ measured)
        if both != 0:
            errors[i] = np.sqrt(np.sum((given - measured) ** 2)) / both
    return errors


checking.equivalent("line 2: True → False", because="there are as many gradients as variables")
checking.equivalent("line 11: > → >=", because="0/0 is NaN as well")
