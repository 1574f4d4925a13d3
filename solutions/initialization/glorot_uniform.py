"""GlorotUniform: small random weights, as Glorot and Bengio draw them."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import likeness

glorot = Exercise(
    "GlorotUniform",
    kind="initializer",
    lecture="32:09",
    not_yours=["keras.initializers.VarianceScaling"],
)


@glorot.reference
@keras.saving.register_keras_serializable("fdl")
class GlorotUniform(keras.initializers.Initializer):
    """Weights from the uniform distribution that keeps activations and gradients about as wide as they were.

    W_ij ~ U(-r, r),    r = √6 / √(H_in + H_out)      (lecture 32:09)

    Every call draws anew, with a seed as well: one initializer given to two layers must not make them copies
    of each other. Draw from `self.seeds`, which moves on with each draw. Two initializers with the same seed give the
    same values in the same order.

    Args:
        seed: an integer that makes the values repeatable, or None.
    Call:
        shape: of the weights, (H_in, H_out).
        dtype: of the weights; None means Keras's default, `keras.config.floatx()`.
    Returns:
        A tensor of that shape and dtype.
    """

    def __init__(self, seed=None):
        self.seed = seed
        self.seeds = keras.random.SeedGenerator(seed)

    def __call__(self, shape, dtype=None):
        ### BEGIN SOLUTION
        H_in, H_out = shape
        r = (6 / (H_in + H_out)) ** 0.5
        return keras.random.uniform(shape, -r, r, dtype=dtype, seed=self.seeds)
        ### END SOLUTION

    def get_config(self):
        """The arguments of `__init__` by name: what `from_config` needs to make it again. A seed of None stays None."""
        ### BEGIN SOLUTION
        return {"seed": self.seed}
        ### END SOLUTION


def lopsided(rng):
    """Two shapes, one with many more columns than rows and one the other way; at least 6,000 values each."""
    few, many = int(rng.integers(20, 26)), int(rng.integers(300, 340))
    return (few, many), (many, few)


def oblong(rng):
    """A shape of at least 1,200 values, never a square."""
    return int(rng.integers(30, 36)), int(rng.integers(40, 50))


def spread(theirs, ours):
    """The mean in deviations, and the logarithm of how large the values are, beside what they should be."""
    theirs, ours = theirs.astype("float64"), ours.astype("float64")
    size = np.quantile(np.abs(theirs), (0.5, 0.75, 0.95))
    return [np.mean(theirs) / np.std(theirs), *np.log(size / np.std(ours))]


def outermost(theirs, ours):
    """The share of values in the last twentieth before the bound, and beyond it."""
    return np.mean(np.abs(theirs) > 0.95 * np.abs(ours).max())


def drawn(W):
    """The values of W, and its shape and dtype on their own, since only these are not random."""
    return {"values": values_of(W), "shape": tuple(W.shape), "dtype": np.asarray(W).dtype.name}


def values_of(W):
    """In two bytes each: they are compared as distributions, and students download them."""
    return np.asarray(W).astype("float16").ravel()


@glorot.check("uniform between -r and r, for any two sizes", points=2)
def values(GlorotUniform, rng):
    cases = zip(("few units in", "many units in"), lopsided(rng), strict=True)
    return {
        f"{what}, {case}": part
        for case, shape in cases
        for what, part in drawn(GlorotUniform()(shape)).items()
    }


@values.summary(
    **{
        "mean and quantiles, few units in": 0.12,
        "mean and quantiles, many units in": 0.12,
        "share of values close to the bound or beyond it": 0.03,
    }
)
def values_summary(theirs, ours):
    found = {}
    for case in ("few units in", "many units in"):
        found[f"shape, {case}"] = theirs[f"shape, {case}"]
        found[f"mean and quantiles, {case}"] = spread(theirs[f"values, {case}"], ours[f"values, {case}"])
    last = "values, many units in"
    return found | {"share of values close to the bound or beyond it": outermost(theirs[last], ours[last])}


@glorot.check("two layers do not get the same values", points=2)
def calls(GlorotUniform, rng):
    shape, seeded = oblong(rng), GlorotUniform(seed=int(rng.integers(1 << 30)))
    shared = GlorotUniform()
    return {
        "one initializer, two calls": [values_of(shared(shape)) for _ in range(2)],
        "one initializer with a seed, two calls": [values_of(seeded(shape)) for _ in range(2)],
        "two initializers": [values_of(GlorotUniform()(shape)) for _ in range(2)],
    }


@calls.summary(
    **{
        "likeness of one initializer, two calls": 0.3,
        "likeness of one initializer with a seed, two calls": 0.3,
        "likeness of two initializers": 0.3,
    }
)
def calls_summary(theirs, ours):
    return {f"likeness of {case}": likeness(*pair) for case, pair in theirs.items()}


@glorot.check("a seed makes it repeatable")
def repeats(GlorotUniform, rng):
    shape, seed = oblong(rng), int(rng.integers(1 << 30))
    first, again, other = [values_of(GlorotUniform(seed=s)(shape)) for s in (seed, seed, seed + 1)]
    return {"the same seed": [first, again], "another seed": [first, other]}


@repeats.summary(**{"likeness with the same seed": 0.3, "likeness with another seed": 0.3})
def repeats_summary(theirs, ours):
    return {f"likeness with {case}": likeness(*pair) for case, pair in theirs.items()}


@glorot.check("it initializes a layer")
def in_a_layer(GlorotUniform, rng):
    H_in, H_out = lopsided(rng)[0]
    layer = keras.layers.Dense(H_out, kernel_initializer=GlorotUniform())
    layer.build((None, H_in))
    return drawn(layer.kernel)


@in_a_layer.summary(**{"mean and quantiles": 0.12})
def in_a_layer_summary(theirs, ours):
    return {"shape": theirs["shape"], "mean and quantiles": spread(theirs["values"], ours["values"])}


@glorot.check("weights in the dtype that is asked for")
def dtypes(GlorotUniform, rng):
    shape, found = oblong(rng), {}
    for dtype in ("float64", "float16", None):
        W = drawn(GlorotUniform()(shape, dtype=dtype))
        found |= {f"shape for {dtype}": W["shape"], f"dtype for {dtype}": W["dtype"]}
    return found


@glorot.check("it can be saved and loaded")
def config(GlorotUniform, rng):
    shape, seed = oblong(rng), int(rng.integers(1 << 30))
    found = {"registered as": keras.saving.get_registered_name(GlorotUniform)}
    for case, made in {"": GlorotUniform(seed=seed), ", without a seed": GlorotUniform()}.items():
        copy = GlorotUniform.from_config(made.get_config())
        found |= {f"W{case}": values_of(made(shape)), f"W of the copy{case}": values_of(copy(shape))}
        found[f"W of a later copy{case}"] = values_of(GlorotUniform.from_config(made.get_config())(shape))
    unseeded = GlorotUniform().get_config()
    found["W of two copies"] = [values_of(GlorotUniform.from_config(unseeded)(shape)) for _ in range(2)]
    return found


@config.summary(
    **{
        "likeness of the copy's values": 0.3,
        "likeness of the copy's values, without a seed": 0.3,
        "likeness of the values of a copy made after a draw": 0.3,
        "likeness of two copies, without a seed": 0.3,
    }
)
def config_summary(theirs, ours):
    found = {"registered": theirs["registered as"] == ours["registered as"]}
    for case in ("", ", without a seed"):
        pair = theirs[f"W{case}"], theirs[f"W of the copy{case}"]
        found[f"likeness of the copy's values{case}"] = likeness(*pair)
    later = likeness(theirs["W"], theirs["W of a later copy"])
    found["likeness of the values of a copy made after a draw"] = later
    found["likeness of two copies, without a seed"] = likeness(*theirs["W of two copies"])
    return found


@glorot.check("without a dtype, Keras's default, whatever that is")
def default_dtype(GlorotUniform, rng):
    shape, before = oblong(rng), keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        W = GlorotUniform()(shape)
    finally:
        keras.config.set_floatx(before)
    return {"shape": tuple(W.shape), "dtype where Keras's default is float64": np.asarray(W).dtype.name}


@glorot.example(without={"dtype": "a check of its own asks for several"})
def example(GlorotUniform, rng):
    shape = np.array(oblong(rng))
    return {"shape": shape}, lambda shape: {"W": GlorotUniform()(tuple(shape))}


glorot.misconception(
    "fan-in only",
    ("6 / (H_in + H_out)", "3 / H_in"),
    advice="That keeps activations as wide as they were, not gradients. H_out belongs under the root as well.",
)
glorot.misconception(
    "fan-out only",
    ("6 / (H_in + H_out)", "3 / H_out"),
    advice="That keeps gradients as wide as they were, not activations. H_in belongs under the root as well.",
)
glorot.misconception(
    "√3 for √6",
    ("6 / (H_in", "3 / (H_in"),
    advice="r² = 3 Var[W], and Var[W] = 2/(H_in + H_out): that makes 6.",
)
glorot.misconception(
    "the deviation is taken for the bound",
    ("6 / (H_in", "2 / (H_in"),
    advice="√2/√(H_in + H_out) is the deviation. A uniform distribution reaches √3 times as far.",
)
glorot.misconception(
    "the root is missing",
    (") ** 0.5", ")"),
    advice="r = √6/√(H_in + H_out): without the root the weights are far too small.",
)
glorot.misconception(
    "the root of the 6 alone",
    ("(6 / (H_in + H_out)) ** 0.5", "6**0.5 / (H_in + H_out)"),
    advice="r² = 6/(H_in + H_out): the root is taken of the whole fraction, r = √6/√(H_in + H_out).",
)
# What follows is by `source`, so that double faults do not grow with it.
glorot.misconception(
    "He's bound instead of Glorot's",
    source=glorot.edited(("6 / (H_in + H_out)", "6 / H_in")),
    advice="√6/√H_in is for ReLU, which lets half of the signal through. Glorot's bound counts H_out as well.",
)
glorot.misconception(
    "r is taken for the whole width",
    source=glorot.edited(("shape, -r, r", "shape, -r / 2, r / 2")),
    advice="The distribution reaches from -r to r: it is 2r wide.",
)
glorot.misconception(
    "the sizes are multiplied",
    source=glorot.edited(("6 / (H_in + H_out)", "6 / (H_in * H_out)")),
    advice="Under the root stands the sum of both sizes, as many weights as come in and go out of a unit.",
)
glorot.misconception(
    "a truncated normal instead of a uniform distribution",
    source=glorot.edited(
        (
            "keras.random.uniform(shape, -r, r, dtype",
            "keras.random.truncated_normal(shape, 0.0, r / 3**0.5, dtype",
        )
    ),
    advice="Glorot's comes in two forms, and this exercise asks for the uniform one: keras.random.uniform.",
)
glorot.misconception(
    "without a seed, the seed is 0",
    source=glorot.edited(("keras.random.SeedGenerator(seed)", "keras.random.SeedGenerator(seed or 0)")),
    lecture="30:27",
    advice="Then every initializer without a seed draws the same. Hand None on: it means a seed of its own.",
)
glorot.misconception(
    "normal instead of uniform",
    (
        "keras.random.uniform(shape, -r, r, dtype",
        "keras.random.normal(shape, 0.0, r / 3**0.5, dtype",
    ),
    advice="The same variance, and another distribution: a normal one has rare large values. Draw with keras.random.uniform.",
)
glorot.misconception(
    "positive weights only",
    ("shape, -r, r", "shape, 0, r"),
    advice="Weights must not all pull one way: draw from -r to r, so that their mean is 0.",
)
glorot.misconception(
    "axes swapped",
    ("uniform(shape, ", "uniform((H_out, H_in), "),
    lecture="3:17",
    advice="In Keras W has shape (H_in, H_out), so that a = hW + b. Draw in the shape that was asked for.",
)
glorot.misconception(
    "the same seed for every layer",
    ("seed=self.seeds", "seed=1"),
    lecture="30:27",
    advice="An integer gives the same values at every call, in every layer. Pass self.seeds, which moves on with each draw.",
)
glorot.misconception(
    "a given seed repeats itself at every call",
    ("seed=self.seeds", "seed=self.seed"),
    lecture="30:27",
    advice="Keras's own initializers do that, and two layers that share one become copies. Pass self.seeds, which moves on.",
)
glorot.misconception(
    "the seed is ignored",
    (", seed=self.seeds", ""),
    advice="Then nobody can repeat a run. Pass self.seeds, which starts from the seed.",
)
glorot.misconception(
    "float32 is hard-coded",
    ("dtype=dtype", 'dtype="float32"'),
    advice="A layer says in which dtype it wants its weights: pass `dtype` on.",
)
glorot.misconception(
    "float32 is taken for the default",
    source=glorot.edited(("dtype=dtype", 'dtype=dtype or "float32"')),
    advice="Keras's default can be set: hand `dtype` on as it is, None as well, or ask keras.config.floatx().",
)
glorot.misconception(
    "the seed is missing from the configuration",
    ('{"seed": self.seed}', "{}"),
    advice='An initializer is loaded from get_config alone. Without "seed" the copy draws other values.',
)
glorot.misconception(
    "the seed that was drawn stands in the configuration",
    source=glorot.edited(('{"seed": self.seed}', '{"seed": int(self.seeds.state.numpy()[0])}')),
    lecture="30:27",
    advice="Copies of an initializer without a seed, one for each layer, would all draw the same. Return what __init__ was "
    "given: None stays None.",
)
glorot.misconception(
    "the seed in the configuration moves on with each draw",
    source=glorot.edited(
        (
            "        return keras.random.uniform(shape, -r, r, dtype=dtype, seed=self.seeds)\n",
            "        if self.seed is not None:\n"
            "            self.seed += 1\n"
            "        return keras.random.uniform(shape, -r, r, dtype=dtype, seed=self.seeds)\n",
        )
    ),
    advice="Whatever has been drawn, get_config returns what __init__ was given, so that a copy begins where this one began. "
    "Leave self.seed as it is: self.seeds moves on.",
)
glorot.misconception(
    "the initializer is not registered with Keras",
    ('@keras.saving.register_keras_serializable("fdl")\n', ""),
    advice='Keep @keras.saving.register_keras_serializable("fdl") above the class: '
    "without it, Keras cannot load a model that holds the initializer.",
)
glorot.misconception(
    "without a seed the configuration has a seed of 0",
    source=glorot.edited(('return {"seed": self.seed}', 'return {"seed": self.seed or 0}')),
    advice="Then all copies draw the same values, and Keras makes copies of an initializer for layers. None stays None.",
)


@glorot.alternative
@keras.saving.register_keras_serializable("fdl")
class GlorotByNumPy(keras.initializers.Initializer):
    def __init__(self, seed=None):
        self.seed = seed
        self.rng = np.random.default_rng(seed)

    def __call__(self, shape, dtype=None):
        r = np.sqrt(6 / np.sum(shape))
        return tf.constant(self.rng.uniform(-r, r, size=shape), dtype or keras.config.floatx())

    def get_config(self):
        return dict(super().get_config(), seed=self.seed)


@glorot.alternative
@keras.saving.register_keras_serializable("fdl")
class GlorotByScaling(keras.initializers.Initializer):
    def __init__(self, seed=None):
        super().__init__()
        self.seed = seed
        self.seeds = keras.random.SeedGenerator(seed)

    def __call__(self, shape, dtype=None):
        unit = keras.random.uniform(shape, seed=self.seeds, dtype=keras.backend.standardize_dtype(dtype))
        scale = 6**0.5 / (shape[0] + shape[1]) ** 0.5
        return (2 * unit - 1) * scale

    def get_config(self):
        return {"seed": self.seed}


@glorot.alternative
@keras.saving.register_keras_serializable("fdl")
class GlorotByRandomUniform(keras.initializers.Initializer):
    def __init__(self, seed=None):
        self.seed = seed
        self.seeds = keras.random.SeedGenerator(seed)

    def __call__(self, shape, dtype=None):
        r = (6 / sum(shape)) ** 0.5
        return keras.initializers.RandomUniform(-r, r, seed=self.seeds)(shape, dtype)

    def get_config(self):
        return {"seed": self.seed}
