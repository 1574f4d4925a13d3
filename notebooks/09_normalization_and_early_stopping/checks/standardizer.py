"""What `check(Standardizer)` looks at (lecture 38:09).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.small_networks import saved_and_loaded

standardizer = Checks(
    "Standardizer",
    kind="layer",
    lecture="38:09",
    not_yours=[
        "keras.layers.Normalization",
        "sklearn.preprocessing.StandardScaler",
        "sklearn.preprocessing.scale",
    ],
)

# Examples of a training set, and real-valued inputs of each.
N, REAL = 31, 5


def measured(rng, N=N, D=REAL):
    """Real-valued inputs, each with a mean and a scale of its own: from hundredths to tens."""
    scale = rng.permutation(np.geomspace(0.03, 40, D))
    values = rng.normal(size=(N, D)) + rng.uniform(-3, 3, D)
    # None of them lies between 0 and 1 by chance.
    values[rng.integers(N)] = -rng.uniform(1, 3, D)
    return (scale * values).astype("float32")


def columns(*parts):
    """Inputs side by side, in float32."""
    return np.concatenate(parts, axis=1).astype("float32")


def adapted(Standardizer, x, **settings):
    """A layer that has seen a training set."""
    layer = Standardizer(**settings)
    layer.adapt(x)
    return layer


@standardizer.check("a new layer: two weights that are not trained, and x as it came")
def new_layer(Standardizer, rng):
    layer, x = Standardizer(), measured(rng)
    x_hat = layer(x)
    weights = {"mu": layer.mu, "sigma": layer.sigma}
    found = {"x_hat": x_hat}
    for name, w in weights.items():
        found[f"{name} at first"] = w
        found[f"{name} is a weight"] = str(any(w is other for other in layer.weights))
        found[f"{name} is trained"] = str(any(w is other for other in layer.trainable_weights))
    return found


@standardizer.check("mean 0 and deviation 1, input by input", points=2)
def real_valued(Standardizer, rng):
    x = measured(rng)
    layer = adapted(Standardizer, x)
    marks = landmarks(x=x, centred=x - x.mean(0), mean=x.mean(0), deviation=x.std(0), examples=N, inputs=REAL)
    return {"x_hat": layer(x), "mu": layer.mu, "sigma": layer.sigma, **marks}


@standardizer.check("new examples are held against the training set", points=2)
def new_examples(Standardizer, rng):
    x = measured(rng)
    layer = adapted(Standardizer, x)
    new = (2 * x[:7] + rng.normal(size=(7, REAL))).astype("float32")
    return {
        "x_hat": layer(new),
        "x_hat of one example": layer(new[:1]),
        "x_hat in training": layer(new, training=True),
        "x_hat in a graph": tf.function(layer, autograph=False)(new),
        "mu afterwards": layer.mu,
        **landmarks(x=new, new_mean=new.mean(0), new_deviation=new.std(0), examples=7),
    }


@standardizer.check("binary inputs stay as they are", points=2)
def binary_inputs(Standardizer, rng):
    flags = rng.integers(2, size=(N, 3))
    flags[:2] = [[0], [1]]
    lopsided = np.zeros((N, 1))
    lopsided[rng.integers(N)] = 1
    x = columns(flags, measured(rng, D=2), lopsided, np.zeros((N, 1)), np.ones((N, 1)))
    layer = adapted(Standardizer, x)
    # New examples may be 1 where the training set was always 0.
    new = columns(rng.integers(2, size=(5, 3)), measured(rng, 5, 2), rng.integers(2, size=(5, 3)))
    return {"x_hat": layer(x), "x_hat of new examples": layer(new), **landmarks(x=x, examples=N)}


@standardizer.check("two values make an input binary only if they are 0 and 1")
def two_values(Standardizer, rng):
    low, high = rng.uniform(2, 4), rng.uniform(5, 9)
    coins = rng.integers(2, size=(N, 4))
    coins[:2] = [[0], [1]]
    signs, levels, halves = 2 * coins[:, :1] - 1, low + (high - low) * coins[:, 1:2], coins[:, 2:3] / 2
    between = np.clip(rng.normal(0.5, 0.4, size=(N, 1)), 0, 1)
    x = columns(signs, levels, halves, between, 2 * coins[:, 3:])
    return {"x_hat": adapted(Standardizer, x)(x), **landmarks(x=x, examples=N)}


@standardizer.check("an input that never changes does no harm", points=2)
def constant_inputs(Standardizer, rng):
    # Numbers that binary fractions do not hold: their mean is rounded, and their deviation is not always 0.
    rounded = rng.uniform(0.1, 0.9, 7) * rng.permutation([1, 1, 1, 1, 30, 30, 30])
    exact = rng.choice([0.5, 2.0, -4.0], 2)
    same = np.tile([*rounded, *exact], (N, 1))
    x = columns(same, measured(rng, D=2))
    layer = adapted(Standardizer, x)
    new = x[:5] + rng.uniform(0.1, 0.5, size=(5, 11)).astype("float32")
    return {"x_hat of new examples": layer(new), "sigma": layer.sigma, **landmarks(centred=new - x.mean(0))}


@standardizer.check("a small deviation is none the less one", **{"x_hat beside a large mean": 0.02})
def small_scales(Standardizer, rng):
    x = (measured(rng) * 1e-6).astype("float32")
    # Beside its mean as well.
    beside = (30 + 4e-3 * rng.normal(size=(N, 2))).astype("float32")
    return {
        "x_hat": adapted(Standardizer, x)(x),
        "x_hat beside a large mean": adapted(Standardizer, beside)(beside),
        **landmarks(x=x, examples=N),
    }


@standardizer.check("adapting again forgets what was measured before")
def again(Standardizer, rng):
    layer = adapted(Standardizer, measured(rng))
    x = measured(rng, 23)
    x[:, 0] = rng.integers(2, size=23)
    layer.adapt(x)
    return {"x_hat": layer(x), "mu": layer.mu, "sigma": layer.sigma, **landmarks(x=x, examples=23)}


@standardizer.check("a saved network keeps what was measured")
def saved(Standardizer, rng):
    x = measured(rng)
    layer = adapted(Standardizer, x)
    model = keras.Sequential([keras.Input((REAL,)), layer])
    loaded = saved_and_loaded(model, Standardizer)
    return {
        "registered as": keras.saving.get_registered_name(Standardizer),
        "x_hat after loading": loaded(x),
        **landmarks(x=x),
    }


@standardizer.example()
def example(Standardizer, rng, N=4, dtype="float32"):
    layer = Standardizer(dtype=dtype)
    layer.adapt(measured(rng).astype(dtype))
    return {"x": tf.constant(measured(rng, N), dtype)}, lambda x: {"x_hat": layer(x)}
