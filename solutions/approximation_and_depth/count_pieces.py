"""count_pieces: how many linear pieces a ReLU network has on an interval, exactly, from its weights."""

from functools import cache

import keras
import numpy as np

from autograder.exercise import Exercise

pieces = Exercise("count_pieces", kind="report", lecture="47:06")


@pieces.reference
def count_pieces(model, left=0.0, right=1.0):
    """Count the linear pieces of a ReLU network with one input, exactly.

    A piece is as much of [left, right] as has one slope: where the slope changes, the next begins. A kink can only be where the
    pre-activation of a unit crosses 0. Where all layers below are straight, that is the zero of a straight line: so go through the
    layers from the first on, with the places found so far, and add the crossings of each layer's units between neighbours. At the
    end compare the slopes of f on neighbouring segments: a unit whose crossing leaves the slope as it was makes no piece.
    Two units may cross at one place, but for rounding: take places nearer than 1e-12 as one, since the slope between them is noise.

    Compute with NumPy in float64; a slope counts as changed if it differs by more than a millionth of the steepest one.

    Args:
        model: a keras.Sequential of Dense layers with biases: hidden ones with ReLU, the last one linear with one unit. Its first input
            is one number. `layer.get_weights()` gives W and b.
        left, right: the ends of the interval.
    Returns:
        The number of pieces, an integer; at least 1.
    """
    ### BEGIN SOLUTION
    weights = [[np.asarray(w, "float64") for w in layer.get_weights()] for layer in model.layers]

    def pre_activation(x, layers):
        """Of the last of the first so many layers."""
        h = x[:, None]
        for W, b in weights[: layers - 1]:
            h = np.maximum(h @ W + b, 0)
        W, b = weights[layers - 1]
        return h @ W + b

    x = np.array([left, right], "float64")
    for layers in range(1, len(weights)):
        a = pre_activation(x, layers)
        before, after = a[:-1], a[1:]
        i, j = np.nonzero(before * after < 0)
        share = before[i, j] / (before[i, j] - after[i, j])
        crossings = x[i] + share * (x[i + 1] - x[i])
        x = np.unique(np.concatenate([x, crossings]).round(12))
    f = pre_activation(x, len(weights))[:, 0]
    slopes = np.diff(f) / np.diff(x)
    changes = np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()
    return 1 + int(np.sum(changes))
    ### END SOLUTION


@cache
def built(units):
    """A ReLU network of that shape."""
    hidden = [keras.layers.Dense(n, activation="relu") for n in units]
    return keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])


def shallow(kinks, slopes, v, c=0.25):
    """One hidden layer: unit j has its kink at kinks[j], a slope there and an output weight."""
    kinks, slopes, v = (np.asarray(part, "float64") for part in (kinks, slopes, v))
    model = built((len(kinks),))
    model.set_weights([slopes[None, :], -slopes * kinks, v[:, None], np.array([c])])
    return model


def whole(rng, *shape):
    """Whole numbers between -3 and 3, none of them 0."""
    return rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], shape)


def sixteenths(rng, n, low, high):
    """Different multiples of 1/16 between two of them, those left out."""
    return rng.permutation(np.arange(16 * low + 1, 16 * high))[:n] / 16


# Networks whose layers all bend the line, and in which it shows however they are counted wrongly.
NUMBERS = {
    (5, 7): (5, 8, 9, 10, 12, 15, 24, 26),
    (3, 11): (4, 5, 6, 8, 9, 17, 21, 27),
    (5, 7, 3): (31, 35, 39, 53, 67, 73, 74, 78),
}


def up_and_down(rng, n):
    """Slopes of n units that switch on and off in turn."""
    return np.abs(whole(rng, n)) * (-1.0) ** np.arange(n)


def deep(chance, units):
    """Several hidden layers; kinks of the first lie in [0, 1], so that there is much to fold."""
    model = built(units)
    number = chance.choice(NUMBERS[units])
    rng = np.random.default_rng([number, *units])
    values = [whole(rng, 1, units[0])]
    values.append(-values[0][0] * sixteenths(rng, units[0], 0, 1))
    for below, above in zip(units, (*units[1:], 1), strict=True):
        values.append(whole(rng, below, above))
        # no multiple of a sixteenth, so that no unit is exactly 0 at a kink of another layer
        values.append(rng.integers(-6, 7, above) / 7 + 1 / 31)
    # nobody reads the first unit
    values[2][0] = 0
    # a power of two rounds nothing
    larger = 2.0 ** chance.integers(-2, 3)
    model.set_weights([*values[:-2], larger * values[-2], larger * values[-1]])
    return model


def weights_of(model):
    """All weights in one row: what a draw has drawn."""
    return np.concatenate([np.ravel(w) for w in model.get_weights()])


@pieces.check("one hidden layer", points=2)
def one_hidden_layer(count_pieces, rng):
    found, drawn = [], []
    zigzag = shallow(np.sort(sixteenths(rng, 3, 0, 1)), np.ones(3), np.array([2.0, -2.0, 2.0]))
    found.append(count_pieces(zigzag))
    for units, scale in ((7, 1e-7), (11, 1)):
        v = scale * np.abs(whole(rng, units))
        model = shallow(sixteenths(rng, units, 0, 1), up_and_down(rng, units), v, c=scale / 4)
        drawn.append(weights_of(model))
        found.append(count_pieces(model))
    return {"weights": np.concatenate(drawn), "pieces with 3, 7 and 11 units": np.array(found)}


@pieces.check("kinks outside of the interval do not count")
def outside(count_pieces, rng):
    inside, more = sixteenths(rng, 4, 0, 1), sixteenths(rng, 5, 1, 3)
    kinks = np.concatenate([inside, more, -sixteenths(rng, 2, 0, 1)])
    model = shallow(kinks, up_and_down(rng, 11), np.abs(whole(rng, 11)))
    return {"kinks": kinks, "pieces of a network with 11 units": np.array([count_pieces(model)])}


@pieces.check("another interval")
def another_interval(count_pieces, rng):
    kinks, slopes = sixteenths(rng, 11, -2, 2), up_and_down(rng, 11)
    # two units at each kink: where they cross is the same but for rounding
    model = shallow(np.tile(kinks, 2), np.append(slopes, 3 * slopes), np.abs(whole(rng, 22)))
    found = [count_pieces(model, -1.03, 1.57), count_pieces(model, -2, -0.51), count_pieces(model, 5.0, 6.0)]
    return {"kinks": kinks, "pieces on [-1.03, 1.57], [-2, -0.51] and [5, 6]": np.array(found)}


@pieces.check("a kink that leaves the slope as it was makes no piece", points=2)
def no_change(count_pieces, rng):
    # a little off, so that slopes which should be equal differ by rounding
    kinks = sixteenths(rng, 5, 0, 1) + rng.uniform(0, 0.01)
    slopes, v = np.abs(whole(rng, 5)), -np.abs(whole(rng, 5))
    # ReLU(s(x - c)) and -ReLU(s(c - x)) side by side are a straight line.
    twin_kinks = np.concatenate([kinks, kinks[:2]])
    twin_slopes = np.concatenate([slopes, -slopes[:2]])
    twins = np.concatenate([v, -v[:2]])
    cancelled = count_pieces(shallow(twin_kinks, twin_slopes, twins, c=100))
    v[0] = 0
    unread = count_pieces(shallow(kinks, slopes, v, c=100))
    found = np.array([cancelled, unread])
    return {"kinks": kinks, "pieces where two units are cancelled, and where one is not read": found}


@pieces.check("pieces too narrow for a grid")
def narrow(count_pieces, rng):
    kinks = sixteenths(rng, 3, 0, 1)
    beside = kinks + rng.uniform(1, 3, 3) * [1e-5, -1e-5, 1e-7]
    weights = np.abs(whole(rng, 3))
    model = shallow(np.concatenate([kinks, beside]), np.ones(6), np.concatenate([weights, 2 * weights]))
    return {"kinks": kinks, "pieces with 6 kinks, two by two": np.array([count_pieces(model)])}


@pieces.check("two hidden layers: what the second folds", points=2)
def two_hidden_layers(count_pieces, rng):
    found, drawn = [], []
    for units in ((5, 7), (3, 11)):
        model = deep(rng, units)
        drawn.append(weights_of(model))
        found.append(count_pieces(model))
    return {"weights": np.concatenate(drawn), "pieces with 5 and 7, with 3 and 11 units": np.array(found)}


@pieces.check("three hidden layers")
def three_hidden_layers(count_pieces, rng):
    found, drawn = [], []
    for _ in range(3):
        model = deep(rng, (5, 7, 3))
        drawn.append(weights_of(model))
        found.append(count_pieces(model, -1, 2))
    return {"weights": np.concatenate(drawn), "pieces of three networks": np.array(found)}


@pieces.check("no kink at all: one piece")
def straight(count_pieces, rng):
    kinks = sixteenths(rng, 3, 2, 4)
    model = shallow(kinks, np.abs(whole(rng, 3)), np.abs(whole(rng, 3)))
    line = count_pieces(model, 5.0, 7.0)
    flat = count_pieces(shallow([0.5, 0.25, 0.75], [1, 1, -1], [0, 0, 0]))
    return {"kinks": kinks, "pieces of a straight line and of a constant": np.array([line, flat])}


@pieces.example()
def example(count_pieces, rng):
    return {"model": deep(rng, (5, 7))}, lambda model: {"pieces": np.array([float(count_pieces(model))])}


LOOP = "range(1, len(weights))"
ENDS = 'np.array([left, right], "float64")'
CHANGED = "np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()"
CHANGES = f"changes = {CHANGED}\n    return 1 + int(np.sum(changes))"
ONCE_A_KINK = "np.sum(changes[1:] & ~changes[:-1]) + changes[0]"


def on_a_grid(points, kinks):
    """An answer that compares slopes between so many places."""
    grid = f"np.linspace(left, right, {points})"
    return pieces.edited((ENDS, grid), (LOOP, "[]"), ("np.sum(changes)", kinks))


pieces.misconception(
    "kinks are counted, not pieces",
    ("return 1 + int(", "return int("),
    advice="Two kinks cut a line into three pieces: one more than kinks.",
)
pieces.misconception(
    "every crossing of a unit makes a piece",
    (CHANGES, "return 1 + len(slopes) - 1"),
    advice="Where two units cross together, or where nobody reads the unit, the slope stays: compare the slopes on both sides.",
)
pieces.misconception(
    "only the first hidden layer makes kinks",
    (LOOP, "range(1, 2)"),
    advice="Units of the second layer cross 0 as well, as often as their pre-activation, which has kinks itself, goes up and down.",
)
pieces.misconception(
    "only the last hidden layer makes kinks",
    (LOOP, "range(len(weights) - 1, len(weights))"),
    advice="Between 0 and 1 the pre-activations of a deeper layer are not straight. Begin with the first layer, and add its kinks "
    "before you look at the next.",
)
pieces.misconception(
    "each layer is searched between the two ends only",
    source=pieces.edited(
        ("        a = pre_activation(", "        found, x = x, x[[0, -1]]\n        a = pre_activation("),
        ("[x, crossings]", "[found, crossings]"),
    ),
    advice="Between 0 and 1 the pre-activations of a deeper layer bend, and may cross 0 several times. Look between neighbours among "
    "all the places found so far.",
)
pieces.misconception(
    "only units that switch on are seen",
    ("before * after < 0", "(before < 0) & (after > 0)"),
    advice="A unit that switches off changes the slope as well: look for any change of sign.",
)
pieces.misconception(
    "a small change of slope is none, however flat the network is",
    source=pieces.edited((" * np.abs(slopes).max()", "")),
    advice="What is small depends on the network: hold the change against its steepest slope.",
)
pieces.misconception(
    "where all slopes are 0 each of them counts as changed",
    source=pieces.edited(("> 1e-6 * np.abs(slopes).max()", ">= 1e-6 * np.abs(slopes).max()")),
    advice="A constant network has one piece. A millionth of a slope of 0 is 0, and 0 >= 0 holds: ask for more than that.",
)
pieces.misconception(
    "always on [0, 1]",
    (ENDS, 'np.array([0.0, 1.0], "float64")'),
    advice="Begin with the ends of the interval that is asked for: left and right.",
)
pieces.misconception(
    "different slopes are counted: a slope that comes again counts once",
    (CHANGES, "return len(np.unique((slopes / (np.abs(slopes).max() or 1)).round(6)))"),
    advice="A sawtooth has two slopes and many pieces. Compare neighbours, np.diff(slopes).",
)
pieces.misconception(
    "only where f turns round a piece ends: changes of sign are counted",
    source=pieces.edited((CHANGED, "np.diff(np.sign(slopes.round(9))) != 0")),
    advice="f may go on rising, only steeper: that is a piece of its own. Compare slopes, not their signs.",
)
pieces.misconception(
    "places nearer than a millionth are taken as one",
    source=pieces.edited((".round(12))", ")\n        x = x[np.append(True, np.diff(x) > 1e-6)]")),
    advice="Real kinks may lie as near as that. The millionth is for slopes; places are one only where rounding tore them apart: 1e-12.",
)
pieces.misconception(
    "between two neighbours only the first unit that crosses is taken",
    source=pieces.edited(
        (
            "        share = ",
            "        i, first = np.unique(i, return_index=True)\n        j = j[first]\n        share = ",
        )
    ),
    advice="Several units may cross between the same two neighbours: each of them adds a place.",
)
pieces.misconception(
    "counted on a grid that is too coarse",
    source=on_a_grid(1001, ONCE_A_KINK),
    advice="A piece narrower than the grid slips through. The weights say exactly where each unit crosses 0.",
)
pieces.misconception(
    "counted on a grid, where a kink between two grid points counts twice",
    source=on_a_grid(2001, "np.sum(changes)"),
    advice="A kink between two grid points makes a third slope of both. The weights say exactly where each unit crosses 0.",
)
pieces.misconception(
    "counted on a grid that is fine, but a grid",
    source=on_a_grid(20001, ONCE_A_KINK),
    advice="However fine the grid, a piece may be narrower. The weights say exactly where each unit crosses 0.",
)
pieces.misconception(
    "units are counted: n units, n + 1 pieces",
    source="""
    def count_pieces(model, left=0.0, right=1.0):
        return 1 + sum(len(layer.get_weights()[1]) for layer in model.layers[:-1])
    """,
    advice="n + 1 is the most that one hidden layer can have. How many there are depends on where the kinks lie, and depth can "
    "make more.",
)
pieces.misconception(
    "the most that depth allows: a product of the layers",
    source="""
    def count_pieces(model, left=0.0, right=1.0):
        return int(np.prod([len(layer.get_weights()[1]) + 1 for layer in model.layers[:-1]]))
    """,
    advice="That is a bound, which few networks come near. Find where the units really cross 0.",
)
pieces.misconception(
    "crossings are added up, two at one place as two",
    source=pieces.edited(
        (f"    x = {ENDS}", f"    total = 1\n    x = {ENDS}"),
        ("        share = ", "        total += len(i)\n        share = "),
        (CHANGES, "return total"),
    ),
    advice="Two units that cross at one place make one kink, or none at all if they cancel: compare the slopes on both sides.",
)
pieces.misconception(
    "the output gets ReLU as well",
    source=pieces.edited(("    slopes = np.diff(f)", "    f = np.maximum(f, 0)\n    slopes = np.diff(f)")),
    advice="The last layer is linear: f may be negative.",
)
pieces.misconception(
    "the activation functions are left out below",
    source=pieces.edited(("np.maximum(h @ W + b, 0)", "h @ W + b")),
    advice="A layer reads what ReLU left of the one below: h = max(a, 0).",
)


@pieces.alternative
def segment_by_segment(model, left=0.0, right=1.0):
    # on each segment all units of the layer below are straight lines, slope * x + height
    segments = [(float(left), float(right), np.array([1.0]), np.array([0.0]))]
    for number, layer in enumerate(model.layers):
        W, b = (np.array(part, dtype="float64") for part in layer.get_weights())
        cut = []
        for start, end, slope, height in segments:
            s, c = slope @ W, height @ W + b
            if number == len(model.layers) - 1:
                cut.append((start, end, s, c))
                continue
            with np.errstate(divide="ignore", invalid="ignore"):
                zeros = -c / s
            inside = np.unique(zeros[(zeros > start + 1e-10) & (zeros < end - 1e-10)])
            edges = [start, *inside, end]
            for k in range(len(edges) - 1):
                lower, upper = edges[k], edges[k + 1]
                on = s * (lower + upper) / 2 + c > 0
                cut.append((lower, upper, np.where(on, s, 0), np.where(on, c, 0)))
        segments = cut
    slopes = [float(s[0]) for _, _, s, _ in segments]
    most = max(abs(slope) for slope in slopes)
    count = 1
    for k in range(1, len(slopes)):
        if abs(slopes[k] - slopes[k - 1]) > 1e-6 * most:
            count += 1
    return count


@pieces.alternative
def by_slopes_beside(model, left=0.0, right=1.0):
    layers = [layer.get_weights() for layer in model.layers]

    def run(x, stop):
        """The pre-activation of layer `stop`, and its slope, at x."""
        h, dh = np.array([x], "float64"), np.ones(1)
        for k, (W, b) in enumerate(layers):
            a, da = h @ W.astype("float64") + b, dh @ W.astype("float64")
            if k == stop:
                return a, da
            h, dh = np.where(a > 0, a, 0), np.where(a > 0, da, 0)
        return None

    places = np.array([left, right], "float64")
    for stop in range(len(layers) - 1):
        more = []
        for k in range(len(places) - 1):
            middle = (places[k] + places[k + 1]) / 2
            a, da = run(middle, stop)
            for value, slope in zip(a, da, strict=True):
                if slope and places[k] < middle - value / slope < places[k + 1]:
                    more.append(middle - value / slope)
        places = np.sort([*places, *more])
        places = places[np.append(True, np.diff(places) > 1e-11)]
    middles = (places[1:] + places[:-1]) / 2
    found = np.array([run(middle, len(layers) - 1)[1][0] for middle in middles])
    return 1 + np.count_nonzero(np.abs(np.diff(found)) > 1e-6 * np.max(np.abs(found)))


pieces.equivalent("line 1: 'float64' → 'float32'", because="weights are float32 already, and x is float64")
pieces.equivalent(
    "line 11: 'float64' → 'float32'",
    because="the ends of the interval move by their rounding, and what is added is float64",
)
pieces.equivalent(
    "line 15: < → <=", because="a unit that is 0 at a place of the list adds the place that is there already"
)
pieces.equivalent("line 15: * → /", because="a quotient is negative where a product is")
pieces.equivalent("line 18: 12 → 13", because="it puts together what rounding tore apart, by far less")
