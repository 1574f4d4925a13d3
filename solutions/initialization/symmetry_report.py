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
        distinct.append(np.sum(first_alike == np.arange(len(gaps))))
    return np.array(norms), np.array(distinct)
    ### END SOLUTION


class Steered(keras.Model):
    """A model of which the gradients are known: the loss moves with each V as the columns of its G say, whatever x is."""

    def __init__(self, *gradients):
        super().__init__()
        self.gradients = [tf.constant(G, "float32") for G in gradients]
        self.matrices = [self.add_weight(shape=G.shape, initializer="zeros") for G in self.gradients]

    def call(self, x):
        a = 0.0
        for V, G in zip(self.matrices, self.gradients, strict=True):
            a += tf.reduce_sum(V * G)
        logits = tf.stack([a, 0 * a, 0 * a])
        return tf.tile(tf.nn.softmax(logits)[None], [len(x), 1])


def nearly_copies(rng):
    """For each of several numbers that a column has, one column and another that differs and shares that number."""
    first = rng.uniform(1, 2, size=4)
    other = rng.uniform(1, 2, size=4)
    return {
        "equal in length": (first, other * np.linalg.norm(first) / np.linalg.norm(other)),
        "equal in their sum": (first, other + np.mean(first - other)),
        "equal in the first entry": (first, np.append(first[:1], other[1:])),
        "equal in the last entry": (first, np.append(other[:3], first[3:])),
        "equal in the largest entry": (np.append(first, 3), np.append(3, other)),
        "equal in direction": (first, 2 * first),
        "of the same entries": (first, first[::-1]),
    }


@report.check("units are copies only if all entries agree")
def every_entry(symmetry_report, rng):
    kinds = nearly_copies(rng)
    # The fourth is a copy of the third.
    gradients = []
    for first, second in kinds.values():
        third = rng.normal(size=len(first))
        gradients.append(np.stack([first, second, third, third], axis=1))
    x, y = examples(rng)
    found = reported(symmetry_report, Steered(*gradients), x, 0 * y + 1)
    counts = np.zeros(len(kinds), "int64")
    if found["distinct"].shape == counts.shape:
        counts = found["distinct"]
    told = {f"distinct, two being {kind}": n for kind, n in zip(kinds, counts, strict=True)}
    return {"norms": found["norms"], **told}


@report.check("how close is equal: up to 1e-5 of the whole gradient's norm")
def tolerance_of_whole(symmetry_report, rng):
    large, small = rng.uniform(1, 2, size=4), rng.uniform(1, 2, size=4) * 1e-6
    half, four = signs(rng), signs(rng)
    for G, tolerances in ((half, 0.5), (four, 4)):
        # One entry tells the second column from the first: neither their first, nor their last, nor their largest.
        row = 1 + np.argmin(G[1:-1, 0])
        G[row, 1] += tolerances * 1e-5 * np.linalg.norm(G)
    x, y = examples(rng)
    gradients = (np.stack([large, small, 2 * small], axis=1), half, four, roundings(rng), chain(rng))
    return reported(symmetry_report, Steered(*gradients), x, 0 * y + 1)


def roundings(rng):
    """A column, another, and a copy of the first; whoever sorts by the outer entries puts the other between the two."""
    G = np.tile(rng.uniform(1, 2, size=(4, 1)), 3)
    G[1:3, 1] = rng.uniform(3, 4, size=2)
    G[[0, -1]] += 2e-6 * np.arange(3)
    return G


def chain(rng):
    """Three columns: the second equals the first and the third the second, but the third not the first."""
    G = np.tile(rng.uniform(1, 2, size=(4, 1)), 3)
    G[rng.integers(4)] += 0.7e-5 * np.linalg.norm(G) * np.arange(3)
    return G


def signs(rng):
    """Six columns, the second a copy of the first; no entry is near the norm, and no number of a column is another's."""
    columns = []
    for size, positive in ((1, 3), (1, 3), (0.9, 1), (0.93, 2), (0.96, 4), (0.99, 5)):
        columns.append(size * rng.permutation([1.0] * positive + [-1.0] * (6 - positive)))
    columns[1] = columns[0].copy()
    return np.stack(columns, axis=1)


@report.example()
def example(symmetry_report, rng):
    x, y = examples(rng)
    return {"model": filled(with_two_modes(), rng)}, lambda model: reported(symmetry_report, model, x, y)


UNITS = 7


# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 7 hidden units, 5 classes; every weight and bias is drawn."""
    return filled(built(4, UNITS, 5), rng)


class Tiring(keras.layers.Layer):
    """Passes x on, and in training less of it each time: as batch normalization does, it keeps account of its calls."""

    def build(self, shape):
        self.calls = self.add_weight(shape=(), trainable=False)

    def call(self, x, training=False):
        if not training:
            return x
        self.calls.assign_add(1.0)
        return x * 0.5**self.calls


@cache
def with_two_modes():
    """As `built`, behind a layer that does something else in training."""
    hidden = keras.layers.Dense(UNITS, activation="tanh")
    model = keras.Sequential([Tiring(), hidden, keras.layers.Dense(5, activation="softmax")])
    model.build((None, 4))
    return model


def examples(rng, N=6):
    """One column of x is 0 everywhere, like the pixels at the rim of an image: its weights get no gradient."""
    x = rng.normal(size=(N, 4)) * [1, 1, 0, 1]
    return tf.constant(x, "float32"), tf.constant(rng.integers(5, size=N))


def reported(symmetry_report, model, x, y):
    norms, distinct = symmetry_report(model, x, y)
    return {"norms": np.asarray(norms, "float32"), "distinct": np.asarray(distinct, "int64")}


def copy_unit(model, one, others):
    """Make hidden units copies of another but for four roundings: the same weights in, bias, and weights out."""
    W1, b1, W2, b2 = model.get_weights()
    W1[:, others], b1[others], W2[others] = W1[:, [one]], b1[one], 1.0000005 * W2[one]
    model.set_weights([W1, b1, W2, b2])


def beyond_doubt(rng, copies=(), size=1):
    """A network of which some hidden units are copies, and examples, drawn until chance makes no number of a gradient
    equal to another, and none of a copy so near 0 that roundings count beside it.
    """
    copies = list(copies)
    while True:
        model, (x, y) = network(rng), examples(rng)
        x *= size
        if copies:
            copy_unit(model, copies[0], copies[1:])
        gradients = gradients_by_hand(model, x, y)
        hidden, output = gradients[:2], gradients[2:]
        copied = [G[np.any(G, axis=1)][:, copies[:1]] / np.linalg.norm(G) for G in hidden]
        different = [np.delete(G, copies[1:], axis=1) for G in hidden]
        if all(np.all(np.abs(part) > 0.02) for part in copied) and all(map(all_apart, [*different, *output])):
            return model, x, y


def gradients_by_hand(model, x, y):
    """In float64, so that what is drawn does not depend on the machine."""
    W1, b1, W2, b2 = [w.astype("float64") for w in model.get_weights()]
    x = np.asarray(x, "float64")
    h = np.tanh(x @ W1 + b1)
    e = np.exp(h @ W2 + b2)
    da2 = (e / e.sum(axis=1, keepdims=True) - np.eye(len(b2))[y]) / len(x)
    da1 = da2 @ W2.T * (1 - h**2)
    return [x.T @ da1, da1.sum(axis=0, keepdims=True), h.T @ da2, da2.sum(axis=0, keepdims=True)]


def all_apart(G):
    """Whether any two columns differ clearly in each entry that is not always 0, in sum, length and largest entry."""
    entries = G[np.any(G, axis=1)]
    numbers = [*entries, G.sum(axis=0), np.linalg.norm(G, axis=0), np.abs(G).max(axis=0)]
    return np.diff(np.sort(numbers)).min() > 3e-5 * np.linalg.norm(G)


@report.check("random weights: nothing is zero, no two units are alike")
def random_weights(symmetry_report, rng):
    return reported(symmetry_report, *beyond_doubt(rng))


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
    # never side by side
    copies = rng.permutation([0, 2, 4, 6])[: rng.integers(3, 5)]
    return reported(symmetry_report, *beyond_doubt(rng, copies))


@report.check("gradients so small that only their ratio tells")
def small_gradients(symmetry_report, rng):
    copies = rng.choice([1, 3, 5], 2, replace=False)
    return reported(symmetry_report, *beyond_doubt(rng, copies, 1e-9))


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
    "a bias counts as one column",
    ("columns = np.reshape(g, (-1, g.shape[-1]))", "columns = np.reshape(g, (len(g), -1))"),
    advice="Entry j of ∇_b belongs to unit j, as column j of ∇_W does: read ∇_b as one row, (1, H), not as one column.",
)
for what, number in {
    "length": "np.sqrt(np.sum(columns**2, axis=0, keepdims=True))",
    "sum": "np.sum(columns, axis=0, keepdims=True)",
    "first entry": "columns[:1]",
    "last entry": "columns[-1:]",
    "largest entry": "np.max(np.abs(columns), axis=0, keepdims=True)",
    "direction": "columns / np.maximum(np.sqrt(np.sum(columns**2, axis=0)), 1e-30)",
    "entries in whatever order": "np.sort(columns, axis=0)",
}.items():
    # By `source`: in double faults they would cost more than they explain.
    report.misconception(
        f"columns are told apart by their {what} alone",
        source=report.edited(("        gaps = ", f"        columns = {number}\n        gaps = ")),
        advice="Different columns may share one number. Two units are copies only if *all* their entries agree.",
    )
report.misconception(
    "different numbers are counted, not columns",
    ("np.sum(first_alike == np.arange(len(gaps)))", "len(np.unique(columns))"),
    advice="Two units are copies if their whole columns agree. Compare columns, not entries.",
)
report.misconception(
    "the tolerance is absolute",
    # with 1e-5, two of many random entries would now and then agree by chance
    ("1e-5 * norms[-1]", "2e-6"),
    advice="A gradient may be tiny everywhere and its columns still differ. Measure by its norm.",
)
report.misconception(
    "the tolerance is measured by a single column",
    source=report.edited(("1e-5 * norms[-1]", "1e-5 * np.sqrt(np.sum(columns**2, axis=0))")),
    advice="‖∇‖ is that of the whole gradient: next to a large column, two tiny ones are equal up to rounding.",
)
report.misconception(
    "the tolerance is measured by the largest entry",
    source=report.edited(("1e-5 * norms[-1]", "1e-5 * np.abs(columns).max()")),
    advice="‖∇‖ is the root of the sum of all squares, and larger than any entry: take 1e-5 of that.",
)
report.misconception(
    "the norm of a matrix as a map, its largest singular value",
    source=report.edited(("np.sqrt(np.sum(columns**2))", "np.linalg.norm(columns, 2)")),
    advice="With ord=2 NumPy gives another norm for matrices. Leave ord out: the root of the sum of all squares.",
)
report.misconception(
    "np.allclose with tolerances of its own",
    source=report.edited(
        (
            "gaps = np.abs(columns[:, :, None] - columns[:, None, :]).max(axis=0)",
            "gaps = 1.0 - np.isclose(columns[:, :, None], columns[:, None, :]).all(axis=0)",
        )
    ),
    advice="By default it takes 1e-8 for nothing, and 1e-5 of each entry: a gradient may be that small. Pass atol=1e-5 * norm, rtol=0.",
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
        "np.sum(first_alike == np.arange(len(gaps)))",
        "1 + int(np.sum(np.diagonal(gaps, 1) > 1e-5 * norms[-1]))",
    ),
    advice="Copies need not stand side by side. Compare every column with every other.",
)
# The next ones are by `source`, so that double faults do not grow with them.
report.misconception(
    "a column is compared with the counted ones alone",
    source=report.edited(
        (
            "        distinct.append(np.sum(first_alike == np.arange(len(gaps))))\n",
            "        counted = []\n"
            "        for j in range(len(gaps)):\n"
            "            if np.all(gaps[j, counted] > 1e-5 * norms[-1]):\n"
            "                counted.append(j)\n"
            "        distinct.append(len(counted))\n",
        )
    ),
    advice="Of three columns, the third may equal the second, and the second the first, while the third is a little farther from "
    "the first. Compare with *all* columns before it.",
)
report.misconception(
    "the columns are sorted, and only neighbours compared",
    source=report.edited(
        ("        gaps = ", "        columns = columns[:, np.lexsort(columns[::-1])]\n        gaps = "),
        (
            "np.sum(first_alike == np.arange(len(gaps)))",
            "1 + int(np.sum(np.diagonal(gaps, 1) > 1e-5 * norms[-1]))",
        ),
    ),
    advice="Sorting goes by the last digit, and those are rounding: another column may come between two copies. Compare every "
    "column with all before it.",
)
report.misconception(
    "the model is called as in training",
    source=report.edited(("model(x))", "model(x, training=True))")),
    advice="Then a batch normalization moves its averages on and dropout draws masks: the model is not left as it is. "
    "Leave `training` out.",
)
report.misconception(
    "equal columns of zeros count as different",
    (
        "distinct.append(np.sum(first_alike == np.arange(len(gaps))))",
        "distinct.append(np.sum(first_alike == np.arange(len(gaps))) if norms[-1] else len(gaps))",
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
        "distinct.append(np.sum(first_alike == np.arange(len(gaps))))",
        "distinct.append(len(gaps) - np.sum(first_alike == np.arange(len(gaps))))",
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
        count = 0
        for j in range(g.shape[-1]):
            if all(abs(g[..., j] - g[..., i]).max() > tolerance for i in range(j)):
                count += 1
        norms.append(np.linalg.norm(g))
        distinct.append(count)
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
