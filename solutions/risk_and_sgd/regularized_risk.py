"""regularized_risk: what training minimizes, the mean loss and λΩ."""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import classifier, filled, labelled_examples

risk = Exercise("regularized_risk", kind="function", lecture="10:59")


@risk.reference
def regularized_risk(model, x, y, lam):
    """The mean loss over the examples, plus λ times the squared weights of all layers.

    (1/T) sum_t -log f(x_t)_{y_t}  +  λ Ω,    Ω = sum over layers and entries of W^2      (lecture 10:59, 29:50)

    The biases are not penalized. `model.trainable_variables` holds both: a W has two axes, a b has one.
    `keras.losses.sparse_categorical_crossentropy(y, f)` gives -log f_y, one number for each example.

    Args:
        model: takes x, gives probabilities f of shape (T, C).
        x: inputs (T, D).    y: classes, integers of shape (T,).
        lam: λ, at least 0.
    Returns:
        The risk, a scalar tensor through which a tape can differentiate.
    """
    ### BEGIN SOLUTION
    losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
    penalty = sum(tf.reduce_sum(tf.square(v)) for v in model.trainable_variables if len(v.shape) > 1)
    return tf.reduce_mean(losses) + lam * penalty
    ### END SOLUTION


# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 5 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 5, 3), rng)


@risk.check("the mean loss, where λ is 0")
def mean_loss(regularized_risk, rng):
    model, found = network(rng), {}
    for T in (1, 8):
        found[f"risk of {T} examples"] = regularized_risk(model, *labelled_examples(rng, T), 0.0)
    model = filled(regularized(), rng)
    found["risk of layers with regularizers"] = regularized_risk(model, *labelled_examples(rng, 6), 0.0)
    return found


@cache
def regularized():
    """4 inputs, 5 hidden units, 3 classes; Keras itself keeps account of what the weights cost."""
    cost = keras.regularizers.L2(0.1)
    hidden = keras.layers.Dense(5, activation="tanh", kernel_regularizer=cost)
    model = keras.Sequential([hidden, keras.layers.Dense(3, activation="softmax", kernel_regularizer=cost)])
    model.build((None, 4))
    return model


def _marks(model, x, y):
    """What the risk is made of, and how many examples and layers there are."""
    per_example = keras.losses.sparse_categorical_crossentropy(y, model(x))
    known = {"the mean loss": np.mean(per_example), "examples": len(x), "layers": len(model.layers)}
    squares = [np.square(layer.kernel).sum() for layer in model.layers]
    known["Ω"] = np.sum(squares)
    for k, of_layer in enumerate(squares, 1):
        known[f"Ω of layer {k} alone"] = of_layer
    return landmarks(**known)


@risk.check("λ times the squared weights comes on top", points=2)
def penalty_on_top(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 8)
    lams = rng.uniform(0.05, 0.5, size=4)
    risks = [regularized_risk(model, x, y, float(lam)) for lam in lams]
    return {"risk by λ": risks, **_marks(model, x, y), **landmarks(**{"λ": lams})}


@risk.check("a tape can differentiate it, by weights and by biases")
def gradients(regularized_risk, rng):
    model, (x, y), lam = network(rng), labelled_examples(rng, 8), float(rng.uniform(0.2, 0.5))
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, lam))
    names = [f"d{name}{k}" for k in (1, 2) for name in ("W", "b")]
    # What the tape has not seen has gradient 0, not None; for that it wants TensorFlow's own variables.
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    weights = {f"W{k}": layer.kernel for k, layer in enumerate(model.layers, 1)}
    marks = landmarks(**weights, **{"λ": lam}, examples=8)
    return dict(zip(names, gradients, strict=True)) | marks


class Named(keras.layers.Layer):
    """A layer of tanh units whose parameters are called W and b, not as those of Keras's layers."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="W")
        self.bias = self.add_weight(shape=(self.units,), name="b")

    def call(self, h):
        return tf.tanh(h @ self.kernel + self.bias)


@cache
def deep():
    """4 inputs, three hidden layers, 3 classes."""
    hidden = [keras.layers.Dense(5, activation="tanh"), Named(4), keras.layers.Dense(6, activation="tanh")]
    model = keras.Sequential([*hidden, keras.layers.Dense(3, activation="softmax")])
    model.build((None, 4))
    return model


@risk.check("the weights of every layer, however many there are")
def every_layer(regularized_risk, rng):
    return {
        "risk": regularized_risk(
            filled(deep(), rng), *labelled_examples(rng, 5), float(rng.uniform(0.1, 0.3))
        )
    }


@risk.check("weights of exactly 0 have a slope")
def slope_at_0(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    model.layers[0].kernel.assign(tf.zeros((4, 5)))
    lam = float(rng.uniform(0.2, 0.5))
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, lam))
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    found = dict(zip(("dW1", "db1", "dW2", "db2"), gradients, strict=True))
    return found | landmarks(**{"λ": lam, "W2": model.layers[1].kernel})


@risk.example(
    without={
        "graph": "the loop of training stands outside any graph",
        "dtype": "the model has the dtype of its weights",
        "one": "a check of its own has one example",
    }
)
def example(regularized_risk, rng, N=6):
    x, y = labelled_examples(rng, N)

    def with_penalty(model, x, y):
        return {"risk": regularized_risk(model, x, y, 0.1)}

    return {"model": network(rng), "x": x, "y": y}, with_penalty


risk.misconception(
    "the losses are summed",
    ("tf.reduce_mean(losses)", "tf.reduce_sum(losses)"),
    advice="Empirical risk is an average over the T examples: divide by T, or take reduce_mean. "
    "Else the step grows with the batch.",
)
risk.misconception(
    "the losses are not averaged",
    ("tf.reduce_mean(losses)", "losses"),
    advice="`losses` holds one number for each example; the risk is one number. Take tf.reduce_mean.",
)
risk.misconception(
    "the biases are penalized",
    (" if len(v.shape) > 1)", ")"),
    lecture="29:50",
    advice="A bias only shifts a unit, and there are few of them. Sum over the variables with two axes.",
)
risk.misconception(
    "only the biases are penalized",
    ("len(v.shape) > 1", "len(v.shape) == 1"),
    lecture="29:50",
    advice="The other way round: a W has two axes, a b has one, and W pays.",
)
risk.misconception(
    "only one layer's weights are penalized",
    ("in model.trainable_variables if", "in model.trainable_variables[-2:] if"),
    lecture="10:59",
    advice="Ω runs over the weights of all layers. Go through the whole of model.trainable_variables.",
)
risk.misconception(
    "the sum ends after the first layer",
    ("in model.trainable_variables if", "in model.trainable_variables[:2] if"),
    lecture="10:59",
    advice="Ω runs over the weights of all layers. Look for a `return` inside the loop, or an index [0].",
)
risk.misconception(
    "a W is known by its name",
    source=risk.edited(("if len(v.shape) > 1)", 'if "kernel" in v.name)')),
    advice="Only Keras's own layers call a W kernel; yours may have any name. Go by the number of axes: a W has two.",
)
risk.misconception(
    "the norm instead of its square",
    ("tf.reduce_sum(tf.square(v))", "tf.norm(v)"),
    lecture="29:50",
    advice="Ω is the sum of the squares itself, without a root.",
)
risk.misconception(
    "absolute values instead of squares",
    ("tf.square(v)", "tf.abs(v)"),
    lecture="29:50",
    advice="Absolute values make another regularizer, L1. L2 squares each weight.",
)
risk.misconception(
    "the sum is squared instead of each weight",
    ("tf.reduce_sum(tf.square(v))", "tf.square(tf.reduce_sum(v))"),
    lecture="29:50",
    advice="In a sum, positive and negative weights cancel. Square each weight first, then sum.",
)
risk.misconception(
    "λ is divided by the number of examples",
    ("+ lam * penalty", "+ lam * penalty / len(x)"),
    advice="Only the losses are averaged. λΩ is added once, whatever T is: (1/T) Σ L + λΩ.",
)
risk.misconception(
    "the penalty is added for each example",
    ("+ lam * penalty", "+ lam * penalty * len(x)"),
    advice="λΩ stands outside the average over examples and is added once.",
)
risk.misconception(
    "the mean of the squares in each layer",
    ("tf.reduce_sum(tf.square(v))", "tf.reduce_mean(tf.square(v))"),
    lecture="29:50",
    advice="Ω is a sum over all entries of W; a mean would let large layers off lightly.",
)
risk.misconception(
    "one half stands in front of Ω",
    ("+ lam * penalty", "+ 0.5 * lam * penalty"),
    lecture="29:50",
    advice="The lecture writes λ Σ w², with gradient 2λw. The half belongs to another convention.",
)
risk.misconception(
    "Ω is divided by the number of layers",
    ("+ lam * penalty", "+ lam * penalty / len(model.layers)"),
    lecture="29:50",
    advice="Ω is a sum over the layers, not their mean.",
)
risk.misconception(
    "the penalty is subtracted",
    ("tf.reduce_mean(losses) + lam", "tf.reduce_mean(losses) - lam"),
    advice="Training minimizes the sum of both; with a minus, it would make the weights as large as it can.",
)
risk.misconception(
    "λ is left out",
    ("+ lam * penalty", "+ penalty"),
    advice="λ says how much Ω counts beside the loss: multiply by `lam`.",
)
risk.misconception(
    "what Keras's regularizers cost is added as well",
    source=risk.edited(("+ lam * penalty", "+ lam * penalty + sum(model.losses)")),
    advice="model.losses holds what the layers' own regularizers cost, with a λ of theirs. The risk has one penalty, "
    "λΩ, and you add it by hand.",
)
risk.misconception(
    "the penalty is left out",
    ("tf.reduce_mean(losses) + lam * penalty", "tf.reduce_mean(losses)"),
    advice="That is the empirical risk. Structural risk adds λΩ.",
)
risk.misconception(
    "the penalty is a number for the tape, not a function of the weights",
    ("tf.square(v)", "tf.square(v.numpy())"),
    advice="A tape records TensorFlow's operations on variables only. Leave .numpy() and float() out.",
)
risk.misconception(
    "the outputs are numbers for the tape, not functions of the weights",
    ("model(x))", "model(x).numpy())"),
    advice="model.predict and .numpy() hand out plain numbers, and no tape looks behind those. Call the model: model(x).",
)
risk.misconception(
    "the risk is a Python number, through which no gradient flows",
    ("return tf.reduce_mean(losses) + lam * penalty", "return float(tf.reduce_mean(losses) + lam * penalty)"),
    advice="Return the scalar tensor as it is: float() and .numpy() cut it off from the tape.",
)
risk.misconception(
    "the loss without its minus",
    ("return tf.reduce_mean(losses)", "return -tf.reduce_mean(losses)"),
    lecture="16:10",
    advice="The loss is -log f_y, which is small where the right class is probable. Without the minus, training would make it improbable.",
)


@risk.alternative
def by_hand(model, x, y, lam):
    f = model(x)
    loss = -tf.math.log(tf.gather(f, y, batch_dims=1))
    penalty = 0.0
    for layer in model.layers:
        penalty += tf.reduce_sum(layer.kernel**2)
    return tf.reduce_sum(loss) / len(loss) + lam * penalty


@risk.alternative
def by_keras_own_loss(model, x, y, lam):
    penalty = tf.add_n([2 * tf.nn.l2_loss(v) for v in model.trainable_variables if v.shape.rank == 2])
    return keras.losses.SparseCategoricalCrossentropy()(y, model(x)) + lam * penalty


@risk.alternative
def by_ops(model, x, y, lam):
    f = model(x)
    onehot = keras.ops.one_hot(y, f.shape[1], dtype=f.dtype)
    nll = -keras.ops.sum(onehot * keras.ops.log(f), axis=1)
    Ws = [v for v in model.trainable_variables if v.ndim == 2]
    return keras.ops.mean(nll) + lam * keras.ops.sum([keras.ops.vdot(W, W) for W in Ws])
