"""What `check(GlorotUniform)` looks at (lecture 32:09).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np

from helpers.checks import Checks
from helpers.inputs import likeness

glorot = Checks(
    "GlorotUniform",
    kind="initializer",
    lecture="32:09",
    not_yours=["keras.initializers.VarianceScaling"],
)


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
