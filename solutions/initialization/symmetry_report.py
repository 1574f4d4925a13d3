"""symmetry_report: which gradients are zero, and which units are copies of one another."""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import classifier, filled

report = Exercise(
    "symmetry_report",
    kind="report",
    lecture="30:27",
)


@report.reference
def symmetry_report(model, x, y):
    """What the first gradient says about a network's beginning, variable by variable.

    norm:      ‖∇‖ = √(sum of the squares of all its entries); 0 means that this variable does not move.
    distinct:  how many different columns ∇ has. Column j of ∇_W belongs to unit j, and so does entry j of ∇_b: units
               with equal columns move alike. float32 rounds, so two columns count as equal if no entry differs by
               more than 1e-5 ‖∇‖; a gradient of zeros has one. Count the columns that equal none before them.

    Both say at once where a beginning is stuck (lecture 30:27).

    `keras.losses.sparse_categorical_crossentropy(y, f)` gives -log f_y, one number for each example.

    Args:
        model: takes x, gives probabilities; it is left as it is.
        x: inputs (N, D).    y: classes, integers of shape (N,).
    Returns:
        norms, distinct: two arrays with a number for each of `model.trainable_variables`, in their order, for
        the gradients of the mean loss.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
        loss = tf.reduce_mean(losses)
    norms, distinct = [], []
    for g in tape.gradient(loss, model.trainable_variables):
        columns = np.reshape(g, (-1, g.shape[-1]))
        norms.append(np.sqrt(np.sum(columns**2)))
        # between any two units
        gaps = np.abs(columns[:, :, None] - columns[:, None, :]).max(axis=0)
        first_alike = (gaps <= 1e-5 * norms[-1]).argmax(axis=1)
        distinct.append(len(np.unique(first_alike)))
    return np.array(norms), np.array(distinct)
    ### END SOLUTION


class Steered:
    """A model of which the gradient is known: the loss moves with V as the columns of G say, whatever x is."""

    def __init__(self, G):
        self.G = tf.constant(G, "float32")
        self.V = keras.Variable(tf.zeros(G.shape))
        self.trainable_variables = [self.V]

    def __call__(self, x):
        a = tf.reduce_sum(self.V * self.G)
        logits = tf.stack([a, 0 * a, 0 * a])
        return tf.tile(tf.nn.softmax(logits)[None], [len(x), 1])


@report.check("units are copies only if all entries agree")
def every_entry(symmetry_report, rng):
    # The second has the length, the sum and the first entry of the first; the fourth is a copy of the third.
    first, third = rng.permutation([1.0, 2.0, 4.0, 8.0]), rng.normal(size=4)
    second = first[[0, 2, 3, 1]]
    x, y = examples(rng)
    return reported(symmetry_report, Steered(np.stack([first, second, third, third], axis=1)), x, 0 * y + 1)


@report.check("how close is equal depends on the whole gradient, not on one column")
def tolerance_of_whole(symmetry_report, rng):
    large, small = rng.uniform(1, 2, size=4), rng.uniform(1, 2, size=4) * 1e-6
    x, y = examples(rng)
    return reported(symmetry_report, Steered(np.stack([large, small, 2 * small], axis=1)), x, 0 * y + 1)


@report.example()
def example(symmetry_report, rng):
    x, y = examples(rng)
    return {"model": network(rng)}, lambda model: reported(symmetry_report, model, x, y)


UNITS = 7


# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 7 hidden units, 5 classes; every weight and bias is drawn."""
    return filled(built(4, UNITS, 5), rng)


def examples(rng, N=6):
    """One column of x is 0 everywhere, like the pixels at the rim of an image: its weights get no gradient."""
    x = rng.normal(size=(N, 4)) * [1, 1, 0, 1]
    return tf.constant(x, "float32"), tf.constant(rng.integers(5, size=N))


def reported(symmetry_report, model, x, y):
    norms, distinct = symmetry_report(model, x, y)
    return {"norms": np.asarray(norms, "float32"), "distinct": np.asarray(distinct, "int64")}


def copy_unit(model, one, other):
    """Make a hidden unit a copy of another but for four roundings: the same weights in, bias, and weights out."""
    W1, b1, W2, _ = model.get_weights()
    W1[:, other], b1[other], W2[other] = 1.0000005 * W1[:, one], b1[one], 1.0000005 * W2[one]
    for v, value in zip(model.trainable_variables, (W1, b1, W2), strict=False):
        v.assign(value)


@report.check("random weights: nothing is zero, no two units are alike")
def random_weights(symmetry_report, rng):
    return reported(symmetry_report, network(rng), *examples(rng))


@report.check("all weights zero: what is left", points=2)
def zero_weights(symmetry_report, rng):
    model = network(rng)
    for v in model.trainable_variables[:3]:
        v.assign(tf.zeros_like(v))
    return reported(symmetry_report, model, *examples(rng))


@report.check("all hidden units are copies")
def all_units_copies(symmetry_report, rng):
    """Classes keep weights of their own: if all of W2 were equal, what comes down would be rounding and nothing else."""
    model = network(rng)
    W1, b1, W2, b2 = model.get_weights()
    ones = np.ones((UNITS, 1), "float32")
    model.set_weights([0 * W1 + rng.uniform(0.1, 0.5), 0 * b1 + rng.uniform(0.1, 0.5), ones * W2[0], 0 * b2])
    return reported(symmetry_report, model, *examples(rng))


@report.check("some units are copies")
def some_units_copies(symmetry_report, rng):
    model, (x, y) = network(rng), examples(rng)
    # never side by side
    one, *others = rng.permutation([0, 2, 4, 6])[: rng.integers(3, 5)]
    for other in others:
        copy_unit(model, one, other)
    return reported(symmetry_report, model, x, y)


@report.check("gradients so small that only their ratio tells")
def small_gradients(symmetry_report, rng):
    model, (x, y) = network(rng), examples(rng)
    copy_unit(model, *rng.choice([1, 3, 5], 2, replace=False))
    return reported(symmetry_report, model, x * 1e-9, y)


report.misconception(
    "with zero weights, every gradient is zero",
    (
        "    with tf.GradientTape()",
        "    if not np.any(model.trainable_variables[0]):\n"
        "        nothing = [0 * len(v.shape) for v in model.trainable_variables]\n"
        "        return np.array(nothing), np.array(nothing) + 1\n"
        "    with tf.GradientTape()",
    ),
    advice="Compute it: the output's -(e(y) - f) is not zero, whatever the weights are, and the output bias gets just that.",
)
report.misconception(
    "rows instead of columns",
    ("columns = np.reshape(g, (-1, g.shape[-1]))", "columns = np.reshape(g, (-1, g.shape[-1])).T"),
    advice="In Keras W has shape (H_in, H_out): unit j owns column j. Compare columns.",
)
report.misconception(
    "rows instead of columns, and each b entry by entry",
    ("columns = np.reshape(g, (-1, g.shape[-1]))", "columns = np.reshape(g, (len(g), -1)).T"),
    advice="In Keras W has shape (H_in, H_out): unit j owns column j. Compare columns.",
)
report.misconception(
    "different numbers are counted, not columns",
    ("len(np.unique(first_alike))", "len(np.unique(columns))"),
    advice="Two units are copies if their whole columns agree. Compare columns, not entries.",
)
report.misconception(
    "the tolerance is absolute",
    # with 1e-5, two of many random entries would now and then agree by chance
    ("1e-5 * norms[-1]", "2e-6"),
    advice="A gradient may be tiny everywhere and its columns still differ. Measure by its norm.",
)
report.misconception(
    "one equal entry is enough",
    (".max(axis=0)", ".min(axis=0)"),
    advice="Two units are copies if *all* their entries agree. An input that is always 0 makes one entry equal for everybody.",
)
report.misconception(
    "compared without a tolerance",
    ("gaps <= 1e-5 * norms[-1]", "gaps == 0"),
    advice="float32 rounds differently from unit to unit: allow for 1e-5 ‖∇‖.",
)
report.misconception(
    "only neighbouring units are compared",
    (
        "len(np.unique(first_alike))",
        "1 + int(np.sum(np.diagonal(gaps, 1) > 1e-5 * norms[-1]))",
    ),
    advice="Copies need not stand side by side. Compare every column with every other.",
)
report.misconception(
    "equal columns of zeros count as different",
    (
        "distinct.append(len(np.unique(first_alike)))",
        "distinct.append(len(np.unique(first_alike)) if norms[-1] else len(gaps))",
    ),
    advice="Where ∇ is 0, the tolerance is 0 as well, and no difference is below it: two columns are equal up to the "
    "tolerance, so compare with <=.",
)
report.misconception(
    "norms and distinct are exchanged",
    ("return np.array(norms), np.array(distinct)", "return np.array(distinct), np.array(norms)"),
    advice="The norms are returned first.",
)
report.misconception(
    "the variables are reported, not their gradients",
    ("for g in tape.gradient(loss, model.trainable_variables):", "for g in model.trainable_variables:"),
    advice="Where a network begins does not say where it goes. Report on ∇, which the tape gives.",
)
report.misconception(
    "the copies are counted instead of the distinct",
    (
        "distinct.append(len(np.unique(first_alike)))",
        "distinct.append(len(gaps) - len(np.unique(first_alike)))",
    ),
    advice="Count how many different columns there are: with no copies, as many as units.",
)
report.misconception(
    "the weights are compared, not their gradients",
    (
        "for g in tape.gradient(loss, model.trainable_variables):",
        "for g, v in zip(tape.gradient(loss, (all := model.trainable_variables)), all, strict=True):",
    ),
    ("        gaps = ", "        columns = np.reshape(v, (-1, v.shape[-1]))\n        gaps = "),
    advice="Equal weights need not have equal gradients: the units of the output layer differ by their classes. Compare ∇.",
)
report.misconception(
    "the norm without its root",
    ("np.sqrt(np.sum(columns**2))", "np.sum(columns**2)"),
    advice="‖∇‖ is the root of the sum of the squares.",
)
report.misconception(
    "magnitudes are summed instead of squares",
    ("np.sqrt(np.sum(columns**2))", "np.sum(np.abs(columns))"),
    advice="That is another norm. Take the root of the sum of the squares.",
)
report.misconception(
    "the mean of the squares",
    ("np.sum(columns**2)", "np.mean(columns**2)"),
    advice="The norm sums over all entries: a larger W has a larger gradient.",
)
report.misconception(
    "the losses are summed",
    ("tf.reduce_mean(losses)", "tf.reduce_sum(losses)"),
    lecture="10:59",
    advice="The risk is the mean loss: divide by the number of examples, or take reduce_mean.",
)
report.misconception(
    "the biases are left out",
    (
        "tape.gradient(loss, model.trainable_variables)",
        "tape.gradient(loss, [v for v in model.trainable_variables if len(v.shape) > 1])",
    ),
    advice="Biases are trained, and what happens to them is half of the story. Report on all trainable variables.",
)


@report.alternative
def with_loops(model, x, y):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log(tf.gather(model(x), y, batch_dims=1)))
    norms, distinct = [], []
    for g in tape.gradient(loss, model.trainable_variables):
        g = g.numpy()
        tolerance = 1e-5 * np.sum(g**2) ** 0.5
        kept = []
        for j in range(g.shape[-1]):
            if all(abs(g[..., j] - g[..., i]).max() > tolerance for i in kept):
                kept.append(j)
        norms.append(np.linalg.norm(g))
        distinct.append(len(kept))
    return norms, distinct


@report.alternative
def in_tensorflow(model, x, y):
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        risk = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
    gradients = tape.gradient(risk, variables)
    counts = []
    for g in gradients:
        units = tf.transpose(tf.reshape(g, [-1, g.shape[-1]]))
        far = tf.reduce_max(tf.abs(units[:, None] - units[None]), axis=2) > 1e-5 * tf.norm(g)
        new = tf.reduce_all(far | (tf.range(len(units))[:, None] <= tf.range(len(units))[None]), axis=1)
        counts.append(tf.reduce_sum(tf.cast(new, "int32")))
    return tf.stack([tf.norm(g) for g in gradients]), tf.stack(counts)


report.equivalent(
    "line 10: <= → <", because="only a gradient of zeros differs, and there argmax finds unit 0 in both ways"
)
