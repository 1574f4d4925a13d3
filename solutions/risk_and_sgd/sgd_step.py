"""sgd_step: one update of all parameters from one batch, with a tape."""

from functools import cache

import keras
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import classifier, filled, labelled_examples
from solutions.risk_and_sgd.regularized_risk import regularized_risk


# This stands in for the exercise above while the checks run.
def _risk(model, x, y, lam):
    nll = keras.losses.sparse_categorical_crossentropy(y, model(x))
    return tf.reduce_mean(nll) + 2 * lam * sum(tf.nn.l2_loss(layer.kernel) for layer in model.layers)


step = Exercise(
    "sgd_step",
    kind="step",
    lecture="13:19",
    given={"regularized_risk": _risk},
    not_yours=["keras.optimizers.SGD", "keras.Model.fit", "keras.Model.train_on_batch"],
)


@step.reference
def sgd_step(model, x, y, lr, lam):
    """One step of stochastic gradient descent: the model's parameters move, all at once.

    Δ = -∇(risk of this batch),    θ ← θ + αΔ      (lecture 13:19)

    Record `regularized_risk(model, x, y, lam)` on a `tf.GradientTape`, ask the tape for the gradients with respect to
    `model.trainable_variables`, and change each variable with its `assign`, `assign_add` or `assign_sub`.

    Args:
        model: takes x, gives probabilities; changed in place.
        x, y: one batch, (N, D) and (N,).
        lr: the learning rate α.    lam: λ.
    Returns:
        The risk of the batch before the step, a scalar.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        risk = regularized_risk(model, x, y, lam)
    variables = model.trainable_variables
    gradients = tape.gradient(risk, variables)
    for v, g in zip(variables, gradients, strict=True):
        v.assign_add(-lr * g)
    return risk
    ### END SOLUTION


# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 5 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 5, 3), rng)


def parameters(model):
    return dict(zip(("W1", "b1", "W2", "b2"), model.get_weights(), strict=True))


@step.check("one step without a penalty", points=2)
def step_without_penalty(sgd_step, rng):
    model = network(rng)
    sgd_step(model, *labelled_examples(rng, 6), lr=float(rng.uniform(0.3, 0.6)), lam=0.0)
    return parameters(model)


@step.check("one step with a penalty")
def step_with_penalty(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    sgd_step(model, x, y, lr=float(rng.uniform(0.3, 0.6)), lam=float(rng.uniform(0.2, 0.4)))
    return parameters(model)


@step.check("two steps, each on another batch")
def two_steps(sgd_step, rng):
    model, lr = network(rng), float(rng.uniform(0.3, 0.6))
    for N in (3, 7):
        sgd_step(model, *labelled_examples(rng, N), lr=lr, lam=0.1)
    return parameters(model)


# a float32, or a Python number made from it
@step.check("it returns the risk before the step", risk=1e-4)
def risk_returned(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    risk = sgd_step(model, x, y, lr=0.5, lam=float(rng.uniform(0.1, 0.3)))
    return {"risk": float(risk)}


@step.check("as far as the gradient says, however large it is")
def large_gradients(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    sgd_step(model, 40 * x, y, lr=float(rng.uniform(0.3, 0.6)), lam=0.0)
    return parameters(model)


@step.example()
def example(sgd_step, rng):
    x, y = labelled_examples(rng, 6)

    def one_step(model, x, y):
        sgd_step(model, x, y, lr=0.4, lam=0.1)
        return {}

    return {"model": network(rng), "x": x, "y": y}, one_step


step.misconception(
    "ascent: along the gradient",
    ("-lr * g", "lr * g"),
    advice="The gradient points to where the risk grows. Go the other way: Δ = -∇.",
)
step.misconception(
    "the risk of a batch is summed, not averaged",
    ("x, y, lam)\n    variables", "x, y, lam) * len(x)\n    variables"),
    lecture="39:31",
    advice="`regularized_risk` is a mean already. Do not multiply by the size of the batch: the step would grow with it.",
)
step.misconception(
    "the gradient is multiplied by the size of the batch",
    ("-lr * g", "-lr * len(x) * g"),
    lecture="39:31",
    advice="`regularized_risk` is a mean, so that a step does not grow with the batch. Take its gradient as it is.",
)
step.misconception(
    "the gradient is divided by the size of the batch once more",
    ("-lr * g", "-lr * g / len(x)"),
    lecture="39:31",
    advice="`regularized_risk` is a mean over the batch already, and so is its gradient.",
)
step.misconception(
    "no penalty",
    ("x, y, lam)\n    variables", "x, y, 0.0)\n    variables"),
    advice="Hand `lam` on to regularized_risk: its gradient then holds that of the penalty.",
)
step.misconception(
    "the learning rate is applied twice to the penalty",
    ("x, y, lam)\n    variables", "x, y, lr * lam)\n    variables"),
    advice="α multiplies the whole gradient once, where the variable changes. λ goes to regularized_risk as it is.",
)
step.misconception(
    "the penalty is counted twice",
    ("-lr * g", "-lr * (g + 2 * lam * v)"),
    lecture="29:50",
    advice="The gradient of regularized_risk holds 2λW already. Leave the extra decay out.",
)
step.misconception(
    "the learning rate is left out",
    ("-lr * g", "-g"),
    advice="Take a part α of the way: multiply the gradient by `lr`.",
)
step.misconception(
    "the biases stay as they are",
    (
        "variables = model.trainable_variables",
        "variables = [v for v in model.trainable_variables if v.ndim > 1]",
    ),
    lecture="29:50",
    advice="Biases are not penalized, but they are trained: update all of model.trainable_variables.",
)
step.misconception(
    "only the output layer is trained",
    ("variables = model.trainable_variables", "variables = model.layers[-1].trainable_variables"),
    advice="θ is all parameters: the gradient goes back through every layer, and each layer moves.",
)
step.misconception(
    "the new value never reaches the model",
    ("v.assign_add(-lr * g)", "v = v - lr * g  # noqa: PLW2901"),
    advice="`v = v - …` gives the name v to a new tensor, and the variable keeps its value. Use v.assign_sub(…).",
)
step.misconception(
    "the step takes the place of the parameter",
    ("v.assign_add(-lr * g)", "v.assign(-lr * g)"),
    advice="`assign` forgets the old value. Write v.assign(v - lr * g), or v.assign_sub(lr * g).",
)
step.misconception(
    "only the first variable moves",
    source="""
    def sgd_step(model, x, y, lr, lam):
        with tf.GradientTape() as tape:
            risk = regularized_risk(model, x, y, lam)
        for v, g in zip(model.trainable_variables, tape.gradient(risk, model.trainable_variables)):
            v.assign_sub(lr * g)
            return risk
    """,
    advice="A `return` inside the loop ends it after one variable. Put it behind the loop.",
)
step.misconception(
    "the sign of the gradient instead of the gradient",
    ("-lr * g", "-lr * tf.sign(g)"),
    advice="How far a parameter moves depends on how steep the risk is: multiply α by the gradient itself.",
)
step.misconception(
    "the risk after the step is returned",
    ("return risk", "return regularized_risk(model, x, y, lam)"),
    advice="Return what the tape recorded. Computing it again costs a forward pass, and is another number.",
)
step.misconception(
    "each variable moves before the next one's gradient is computed",
    source="""
    def sgd_step(model, x, y, lr, lam):
        for v in model.trainable_variables:
            with tf.GradientTape() as tape:
                risk = regularized_risk(model, x, y, lam)
            v.assign_sub(lr * tape.gradient(risk, v))
        return risk
    """,
    advice="All gradients belong to the same θ. One tape, one call of tape.gradient for all variables, then the updates.",
)


@step.alternative
def with_operators(model, x, y, lr, lam):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for v in model.trainable_variables:
            tape.watch(v.value)
        risk = regularized_risk(model, x, y, lam)
    new = [
        v - lr * g
        for v, g in zip(
            model.trainable_variables, tape.gradient(risk, model.trainable_variables), strict=False
        )
    ]
    for v, value in zip(model.trainable_variables, new):  # noqa: B905
        v.assign(value)
    return float(risk)


@step.alternative
def by_layer(model, x, y, lr, lam):
    with tf.GradientTape(persistent=True) as tape:
        f = tf.gather(model(x), y, batch_dims=1)
        penalty = tf.add_n([tf.reduce_sum(layer.kernel**2) for layer in model.layers])
        risk = lam * penalty - tf.reduce_mean(tf.math.log(f))
    moves = [
        (layer, tape.gradient(risk, [layer.kernel, layer.bias])) for layer in model.layers if layer.trainable
    ]
    for layer, (dW, db) in moves:
        layer.kernel.assign_sub(lr * dW)
        layer.bias.assign_sub(lr * db)
    return risk


step.equivalent("line 5: True → False", because="there are as many gradients as variables")
