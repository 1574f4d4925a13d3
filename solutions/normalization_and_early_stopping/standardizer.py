"""Standardizer: real-valued inputs with mean 0 and deviation 1, as measured on the training set."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.small_networks import saved_and_loaded

standardizer = Exercise(
    "Standardizer",
    kind="layer",
    lecture="38:09",
    not_yours=[
        "keras.layers.Normalization",
        "sklearn.preprocessing.StandardScaler",
        "sklearn.preprocessing.scale",
    ],
)


@standardizer.reference
@keras.saving.register_keras_serializable("fdl")
class Standardizer(keras.layers.Layer):
    """Subtract each input's mean and divide by its standard deviation, both measured on the training set.

    x̂_j = (x_j - μ_j) / σ_j,    μ_j = 1/N sum_n x_nj,    σ_j² = 1/N sum_n (x_nj - μ_j)²      (lecture 38:09)

    `adapt` measures, once, and a second `adapt` forgets the first. `call` uses what was measured, in training and at test time.
    Two kinds of input are special, judged by the training set:

    - binary: it holds nothing but 0 and 1 (or one of them alone). It stays as it is (lecture 38:20).
    - constant: all its values are equal. They are subtracted, and divided by 1, so that new values are not blown up.

    Attributes:
        mu, sigma: weights of shape (D,) that no optimizer trains: what `call` subtracts, and what it divides by. They start
            at 0 and 1, and are 0 and 1 again for an input that stays as it is.
    Call:
        x: float tensor of shape (N, D); N is unknown while `fit` builds its graph.
    Returns:
        x̂, same shape and dtype as `x`.
    """

    def build(self, input_shape):
        """Make the two weights with self.add_weight(name=..., shape=..., initializer=..., trainable=...)."""
        ### BEGIN SOLUTION
        D = (input_shape[-1],)
        self.mu = self.add_weight(name="mu", shape=D, initializer="zeros", trainable=False)
        self.sigma = self.add_weight(name="sigma", shape=D, initializer="ones", trainable=False)
        ### END SOLUTION

    def adapt(self, x):
        """Measure mu and sigma on the training set, an array of shape (N, D), and `assign` them."""
        if not self.built:
            self.build(x.shape)
        ### BEGIN SOLUTION
        mu = np.mean(x, axis=0)
        sigma = np.std(x, axis=0)
        binary = np.all((x == 0) | (x == 1), axis=0)
        constant = np.max(x, axis=0) == np.min(x, axis=0)
        mu[binary] = 0
        sigma[binary | constant] = 1
        self.mu.assign(mu)
        self.sigma.assign(sigma)
        ### END SOLUTION

    def call(self, x):
        ### BEGIN SOLUTION
        return (x - self.mu) / self.sigma
        ### END SOLUTION

    def compute_output_shape(self, input_shape):
        return input_shape


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


MU, SIGMA = "mu = np.mean(x, axis=0)", "sigma = np.std(x, axis=0)"
CONSTANT = "constant = np.max(x, axis=0) == np.min(x, axis=0)"
CALL = "return (x - self.mu) / self.sigma"
standardizer.misconception(
    "divided by the variance",
    (SIGMA, "sigma = np.var(x, axis=0)"),
    advice="The variance has the square of x's unit. Its root, the standard deviation, makes the result free of units.",
)
standardizer.misconception(
    "one mean and one deviation for all inputs",
    (MU, "mu = np.mean(x) * np.ones(x.shape[1])"),
    (SIGMA, "sigma = np.std(x) * np.ones(x.shape[1])"),
    advice="Each input has its own unit. Take mean and deviation over the examples alone: axis 0.",
)
standardizer.misconception(
    "binary inputs are scaled as well",
    ("sigma[binary | constant]", "sigma[constant]"),
    ("mu[binary] = 0", "pass"),
    lecture="38:20",
    advice="A yes or no has no unit to get rid of. Leave inputs that hold nothing but 0 and 1 alone.",
)
standardizer.misconception(
    "binary inputs are centred",
    ("mu[binary] = 0", "pass"),
    lecture="38:20",
    advice="As it is means μ = 0 as well as σ = 1.",
)
standardizer.misconception(
    "a constant input is divided by its deviation, 0",
    ("sigma[binary | constant]", "sigma[binary]"),
    advice="0/0 is NaN, and one NaN makes the whole network NaN. Where all values are equal, divide by 1.",
)
standardizer.misconception(
    "the deviation of a constant input is taken for exactly 0",
    (CONSTANT, "constant = sigma == 0"),
    advice="The mean of equal numbers is rounded, so their deviation may be 0.00000001, and dividing by it gives noise. "
    "Ask whether the largest value equals the smallest.",
)
standardizer.misconception(
    "the means are not subtracted",
    (CALL, "return x / self.sigma"),
    advice="Without it all inputs of one sign push all weights of a unit the same way. Subtract mu first.",
)
standardizer.misconception(
    "divided first, then centred",
    (CALL, "return x / self.sigma - self.mu"),
    advice="The mean is measured in the old unit: (x - mu) / sigma, with the brackets.",
)
standardizer.misconception(
    "the estimate with N - 1",
    ("np.std(x, axis=0)", "np.std(x, axis=0, ddof=1)"),
    advice="Here the training set is described, not a population estimated: divide by N, so that its deviation is exactly 1.",
)
standardizer.misconception(
    "a binary input keeps what was measured before",
    ("mu[binary] = 0", "mu = np.where(binary, np.asarray(self.mu), mu)"),
    (
        "sigma[binary | constant] = 1",
        "sigma[constant] = 1\n        sigma = np.where(binary, np.asarray(self.sigma), sigma)",
    ),
    advice="The two weights hold 0 and 1 only until `adapt` is called for the first time. Assign 0 and 1 where an input is binary.",
)
standardizer.misconception(
    "nearly equal values count as equal",
    (CONSTANT, "constant = np.isclose(np.max(x, axis=0), np.min(x, axis=0), rtol=1e-3)"),
    advice="How far values lie apart says nothing beside how large they are: what varies little is what standardizing is for. "
    "Ask whether the largest value equals the smallest.",
)
# What follows is by `source`, so that double faults do not grow with it.
standardizer.misconception(
    "a small number is added to the deviation",
    source=standardizer.edited(
        ("self.sigma.assign(sigma)", "self.sigma.assign(sigma + 1e-7)"),
        ("sigma[binary | constant]", "sigma[binary]"),
    ),
    advice="A constant input is then divided by 0.0000001, and a new value that differs is ten million times as large. Divide by 1.",
)
standardizer.misconception(
    "the deviation is never less than a small number",
    source=standardizer.edited(
        ("self.sigma.assign(sigma)", "self.sigma.assign(np.maximum(sigma, 1e-7))"),
        ("sigma[binary | constant]", "sigma[binary]"),
    ),
    advice="A constant input is then divided by 0.0000001, and a new value that differs is ten million times as large. Divide by 1.",
)
standardizer.misconception(
    "a small deviation passes for none",
    source=standardizer.edited((CONSTANT, "constant = sigma < 1e-4")),
    advice="What is small depends on the unit: in kilometres a hair is 0.00000001 thick. Constant means that all values are equal.",
)
standardizer.misconception(
    "constant inputs become 0 for ever",
    source=standardizer.edited((CALL, "return tf.where(self.sigma == 1.0, 0.0, (x - self.mu) / self.sigma)")),
    advice="A new value tells something, even where the training set never changed. Subtract mu and divide by 1.",
)
standardizer.misconception(
    "the statistics of the batch that is at hand",
    source=standardizer.edited(
        (CALL, "mu, var = tf.nn.moments(x, 0)\n        return (x - mu) / tf.maximum(tf.sqrt(var), 1e-6)")
    ),
    lecture="38:09",
    advice="Then an example's input depends on whom it shares a batch with. Use what `adapt` has measured on the training set.",
)
standardizer.misconception(
    "in training the statistics of the batch, as in batch normalization",
    source=standardizer.edited(
        ("def call(self, x):", "def call(self, x, training=False):"),
        (
            CALL,
            "if training:\n            mu, var = tf.nn.moments(x, 0)\n"
            "            return (x - mu) / tf.maximum(tf.sqrt(var), 1e-6)\n        " + CALL,
        ),
    ),
    lecture="38:09",
    advice="Then an example's input depends on whom it shares a batch with. What `adapt` has measured is for training as well: "
    "`call` need not ask which of the two it is.",
)
standardizer.misconception(
    "the mean of the squares minus the square of the mean",
    source=standardizer.edited(
        (
            SIGMA,
            'squares = np.mean(np.asarray(x, "float32") ** 2, axis=0)\n'
            "        sigma = np.sqrt(np.maximum(squares - mu**2, 0))",
        )
    ),
    advice="Right on paper. Where the mean is large, two nearly equal numbers are subtracted and the digits are lost: "
    "square the deviations instead, as np.std does.",
)
standardizer.misconception(
    "each call adapts anew",
    source=standardizer.edited(
        (CALL, "if tf.executing_eagerly():\n            self.adapt(np.asarray(x))\n        " + CALL)
    ),
    lecture="38:09",
    advice="The network was trained on inputs in the training set's units. Test examples are measured in the same ones.",
)
standardizer.misconception(
    "each example by itself",
    source=standardizer.edited(
        (
            CALL,
            "mu = tf.reduce_mean(x, 1, keepdims=True)\n        return (x - mu) / tf.math.reduce_std(x, 1, keepdims=True)",
        )
    ),
    advice="Mean over the inputs of one example mixes metres with kilograms. Take it over the examples, input by input: axis 0.",
)
standardizer.misconception(
    "two values are taken for binary",
    source=standardizer.edited(
        (
            "binary = np.all((x == 0) | (x == 1), axis=0)",
            "binary = np.array([len(np.unique(c)) <= 2 for c in np.asarray(x).T])",
        )
    ),
    lecture="38:20",
    advice="Two numbers such as 20 and 500 have a unit and a scale. Binary are the values 0 and 1.",
)
standardizer.misconception(
    "whatever lies between 0 and 1 is taken for binary",
    source=standardizer.edited(
        ("np.all((x == 0) | (x == 1), axis=0)", "np.all((x >= 0) & (x <= 1), axis=0)")
    ),
    lecture="38:20",
    advice="A grey pixel lies between 0 and 1 and is real-valued. Binary are the values 0 and 1 themselves.",
)
standardizer.misconception(
    "scaled to the range from 0 to 1",
    source=standardizer.edited((MU, "mu = np.min(x, axis=0)"), (SIGMA, "sigma = np.ptp(x, axis=0)")),
    advice="Minimum and maximum hang on two examples, often the oddest. The lecture takes mean and standard deviation.",
)
standardizer.misconception(
    "the statistics are trained",
    source=standardizer.edited(
        ('initializer="zeros", trainable=False', 'initializer="zeros"'),
        ('initializer="ones", trainable=False', 'initializer="ones"'),
    ),
    advice="They were measured. With trainable=False an optimizer leaves them alone.",
)
standardizer.misconception(
    "what was measured is no weight, and is not saved",
    source=standardizer.edited(
        (
            "self.mu.assign(mu)",
            "self.center, self.scale = tf.constant(mu), tf.constant(sigma)\n        self.mu.assign(mu)",
        ),
        (
            CALL,
            "if not hasattr(self, 'center'):\n            return x\n"
            "        return (x - tf.cast(self.center, x.dtype)) / tf.cast(self.scale, x.dtype)",
        ),
    ),
    advice="Only weights are saved with a network. `assign` mu and sigma to the weights that `build` made, and use those in `call`.",
)
standardizer.misconception(
    "the layer is not registered with Keras",
    source=standardizer.edited(('@keras.saving.register_keras_serializable("fdl")\n', "")),
    advice='Keep @keras.saving.register_keras_serializable("fdl") above the class: Keras loads a network by it.',
)
standardizer.misconception(
    "a second adapt is averaged with the first",
    source=standardizer.edited(
        (
            "self.mu.assign(mu)",
            "if np.any(self.mu):\n            mu, sigma = (mu + self.mu) / 2, (sigma + self.sigma) / 2\n        self.mu.assign(mu)",
        )
    ),
    advice="The layer is adapted to one training set, the last. Overwrite what was there.",
)


@standardizer.alternative
@keras.saving.register_keras_serializable("fdl")
class StandardizerByWhere(keras.layers.Layer):
    def build(self, input_shape):
        self.mu = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False, name="mean")
        self.sigma = self.add_weight(
            shape=(input_shape[-1],), initializer="ones", trainable=False, name="std"
        )

    def adapt(self, x):
        x = np.asarray(x, "float64")
        if not self.built:
            self.build(x.shape)
        yes_or_no = np.isin(x, [0, 1]).all(0)
        same = np.ptp(x, axis=0) == 0
        self.mu.assign(np.where(yes_or_no, 0, x.mean(0)))
        self.sigma.assign(np.where(yes_or_no | same, 1, np.sqrt(((x - x.mean(0)) ** 2).mean(0))))

    def call(self, x):
        return keras.ops.divide(keras.ops.subtract(x, self.mu), self.sigma)


@standardizer.alternative
@keras.saving.register_keras_serializable("fdl")
class StandardizerByTensors(keras.layers.Layer):
    def build(self, input_shape):
        D = input_shape[1]
        self.mu = self.add_weight(name="mu", shape=(D,), initializer="zeros", trainable=False)
        self.sigma = self.add_weight(name="sigma", shape=(D,), initializer="ones", trainable=False)

    def adapt(self, x):
        if not self.built:
            self.build(x.shape)
        x = tf.cast(x, "float64")
        mean, variance = tf.nn.moments(x, axes=[0])
        plain = tf.reduce_all((x == 0) | (x == 1), axis=0)
        still = tf.reduce_all(x == x[0], axis=0)
        self.mu.assign(tf.cast(tf.where(plain, tf.zeros_like(mean), mean), self.mu.dtype))
        self.sigma.assign(
            tf.cast(tf.where(plain | still, tf.ones_like(mean), tf.sqrt(variance)), self.mu.dtype)
        )

    def call(self, x):
        factor = 1 / self.sigma
        return x * factor - self.mu * factor
