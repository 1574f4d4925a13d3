"""AdaGrad: a learning rate for each parameter, by the gradients that it has had."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import optimizer_probes
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk
from helpers.optimizers import Optimizer

adagrad = Exercise(
    "AdaGrad", kind=optimizer_probes.KIND, lecture="41:15", not_yours=["keras.optimizers.Adagrad"]
)


@adagrad.reference
@keras.saving.register_keras_serializable("fdl")
class AdaGrad(Optimizer):
    """Gradient descent in which each parameter has a rate of its own: less for those whose gradients were large.

    v ← v + g²,    θ ← θ - α g / (√v + ε),    with v = 0 at first      (lecture 41:15)

    Everything is done entry by entry. The lecture writes γ for v, and leaves ε out, which is there for entries that
    never had a gradient.

    Args:
        learning_rate: α, a float or one of Keras's schedules.
        eps: ε, added to the root.
        kwargs: Keras's own settings, such as `name`.
    """

    def __init__(self, learning_rate=0.01, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.eps = eps

    def build(self, variables):
        """Make a slot of zeros for each of the variables."""
        if self.built:
            return
        super().build(variables)
        ### BEGIN SOLUTION
        self.vs = self.add_optimizer_variables(variables, "v")
        ### END SOLUTION

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable and its slot, as in `Momentum`."""
        ### BEGIN SOLUTION
        lr = keras.ops.cast(learning_rate, variable.dtype)
        v = self.vs[self.index_of(variable)]
        self.assign(v, v + keras.ops.square(gradient))
        self.assign_sub(variable, lr * gradient / (keras.ops.sqrt(v) + self.eps))
        ### END SOLUTION

    def get_config(self):
        """The arguments of `__init__` by name, with Keras's own."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "eps": self.eps}
        ### END SOLUTION


def rate(rng):
    return float(rng.uniform(0.1, 0.3))


@adagrad.check("the first steps, with a gradient that changes", points=2)
def first_steps(AdaGrad, rng):
    lr, (starts, gradients) = rate(rng), problem(rng, 3)
    found = walk(AdaGrad(lr), starts, gradients)
    return {**moves(found, starts, lr), **found, **landmarks(**known(starts, gradients, lr=lr))}


@adagrad.check("ε is added to the root", points=2)
def small_gradients(AdaGrad, rng):
    lr, eps, (starts, gradients) = rate(rng), float(rng.uniform(0.02, 0.05)), problem(rng, 2)
    small = {name: values * 0.01 for name, values in gradients.items()}
    found = walk(AdaGrad(lr, eps=eps), starts, small)
    return {**moves(found, starts, lr), **landmarks(**known(starts, small, lr=lr, eps=eps))}


@adagrad.check("the rate of a step is used for that step alone")
def rates(AdaGrad, rng):
    starts, gradients = problem(rng, 3)
    steps = rng.uniform(0.05, 0.1, 3) * [4, 1, 2]
    found = walk(AdaGrad(0.5), {"W": starts["W"]}, {"W": gradients["W"]}, steps)
    by_step = {f"lr of step {i + 1}": each for i, each in enumerate(steps)}
    return {**found, **landmarks(**by_step)}


@adagrad.check("a gradient that stays, small or large: step t has the length α/√t")
def constant_gradient(AdaGrad, rng):
    g, found = gradients_of(rng, 1, (12,)), {}
    # The second half are a feature's weights that is measured in another unit, a hundredth of the first.
    starts, gradients = {"θ": np.zeros(24, "float32")}, {"θ": np.repeat(np.hstack([g, 100 * g]), 4, axis=0)}
    steps = moves(walk(AdaGrad(0.25), starts, gradients), starts, 0.25)
    for name, part in (("g", slice(0, 12)), ("100 g", slice(12, 24))):
        found[f"steps / α, for the gradient {name}"] = np.array([step[part] for step in steps.values()])
    return found | landmarks(g=g[0].astype("float32"))


@adagrad.example(points=optimizer_probes.HALF)
def example(AdaGrad, rng):
    eps = float(rng.uniform(0.3, 0.6))
    return {}, lambda learning_rate: AdaGrad(learning_rate, eps=eps)


DIVISION = "lr * gradient / (keras.ops.sqrt(v) + self.eps)"
adagrad.misconception(
    "a moving average instead of a sum",
    ("v + keras.ops.square(gradient)", "0.9 * v + 0.1 * keras.ops.square(gradient)"),
    lecture="41:54",
    advice="That is RMSProp, the next exercise. AdaGrad sums all squares, and forgets none: v ← v + g².",
)
adagrad.misconception(
    "no root",
    ("keras.ops.sqrt(v) + self.eps", "v + self.eps"),
    advice="v is as g²: without the root a step is as 1/g, the longer the *smaller* the gradient. Divide by √v + ε.",
)
adagrad.misconception(
    "ε stands inside the root",
    ("keras.ops.sqrt(v) + self.eps", "keras.ops.sqrt(v + self.eps)"),
    advice="√(v + ε) and √v + ε differ where gradients are small. The formula of this exercise adds ε to the root.",
)
adagrad.misconception(
    "the gradient is not squared",
    ("keras.ops.square(gradient)", "keras.ops.abs(gradient)"),
    advice="v sums the squares, v ← v + g², and the root comes at the end. A sum of sizes is another average.",
)
adagrad.misconception(
    "ascent: the step is added",
    ("self.assign_sub", "self.assign_add"),
    advice="The gradient points to where the loss grows: subtract the step.",
)
adagrad.misconception(
    "divided by the root as it was before this gradient",
    (
        "self.assign(v, v + keras.ops.square(gradient))",
        "root = keras.ops.sqrt(v)\n        self.assign(v, v + keras.ops.square(gradient))",
    ),
    ("lr * gradient / (keras.ops.sqrt(v)", "lr * gradient / (root"),
    advice="At the first step v would be 0, and the step about g/ε. First v ← v + g², then the step with the new v.",
)
adagrad.misconception(
    "ε is missing from the configuration",
    ('{**super().get_config(), "eps": self.eps}', "super().get_config()"),
    advice='A loaded optimizer is made from get_config alone. Without "eps" it falls back to 10⁻⁷, silently.',
)
# What follows is by `source`, so that double faults do not grow with it.
adagrad.misconception(
    "ε is left out",
    source=adagrad.edited(("keras.ops.sqrt(v) + self.eps", "keras.ops.sqrt(v)")),
    advice="An entry whose gradient has been 0 so far has v = 0, and 0/√0 is no number: add ε to the root.",
)
adagrad.misconception(
    "the mean of the squares instead of their sum",
    source=adagrad.edited(
        (
            DIVISION,
            "lr * gradient / (keras.ops.sqrt(v / keras.ops.cast(self.iterations + 1, v.dtype)) + self.eps)",
        )
    ),
    advice="With a mean the steps would not shrink. AdaGrad divides by the root of the whole sum.",
)
adagrad.misconception(
    "only this gradient counts: the squares are not kept",
    source=adagrad.edited(("v + keras.ops.square(gradient))", "keras.ops.square(gradient))")),
    advice="g/√g² is the sign of g, whatever came before. Add g² to what the slot holds.",
)
adagrad.misconception(
    "the sum of the gradients is squared",
    source=adagrad.edited(
        ("self.assign(v, v + keras.ops.square(gradient))", "self.assign(v, v + gradient)"),
        ("keras.ops.sqrt(v) +", "keras.ops.abs(v) +"),
    ),
    advice="Gradients of either sign cancel in a sum. Square each, then add: v ← v + g².",
)
adagrad.misconception(
    "one number for the whole variable",
    source=adagrad.edited(("keras.ops.square(gradient))", "keras.ops.sum(keras.ops.square(gradient)))")),
    advice="Each entry has a sum of its own: that is what gives each parameter its own rate. Leave the sum over entries out.",
)
adagrad.misconception(
    "one slot for all variables",
    source=adagrad.edited(
        (
            "self.vs = self.add_optimizer_variables(variables,",
            "self.vs = self.add_optimizer_variables(variables[:1],",
        ),
        ("self.vs[self.index_of(variable)]", "self.vs[0]"),
    ),
    advice="Each variable has a v of its own, of its own shape: a slot for each, found by self.index_of(variable).",
)
adagrad.misconception(
    "the new weights are computed and not assigned",
    source=adagrad.edited((f"self.assign_sub(variable, {DIVISION})", f"return variable - {DIVISION}")),
    advice="Keras does not look at what `update_step` returns, and `variable = variable - …` only gives the name to a new tensor. "
    "Change the variable itself: self.assign_sub(variable, …).",
)
adagrad.misconception(
    "v begins with ones",
    source=adagrad.edited(
        (
            'self.vs = self.add_optimizer_variables(variables, "v")',
            'self.vs = self.add_optimizer_variables(variables, "v", initializer="ones")',
        )
    ),
    advice="Nothing has been seen at first: v begins with zeros, and ε keeps the division from harm.",
)
adagrad.misconception(
    "the learning rate is inside the sum",
    source=adagrad.edited(
        ("v + keras.ops.square(gradient)", "v + keras.ops.square(lr * gradient)"),
        ("lr * gradient / (", "lr * lr * gradient / ("),
    ),
    advice="v remembers gradients as they are. With α² inside, a rate that changes makes the old gradients count more or less.",
)


@adagrad.alternative
@keras.saving.register_keras_serializable("fdl")
class AdaGradByTensorFlow(Optimizer):
    def __init__(self, learning_rate=0.01, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.eps = float(eps)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.slots = [self.add_variable_from_reference(v, "squares") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        slot = self.slots[self.index_of(variable)]
        slot.assign_add(gradient**2)
        step = tf.cast(learning_rate, gradient.dtype) / (tf.sqrt(slot.value) + self.eps) * gradient
        variable.assign_add(-step)

    def get_config(self):
        config = super().get_config()
        config["eps"] = self.eps
        return config


@adagrad.alternative
@keras.saving.register_keras_serializable("fdl")
class AdaGradByDict(Optimizer):
    def __init__(self, learning_rate=0.01, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.eps = eps

    def build(self, variables):
        if not self.built:
            super().build(variables)
            self.squares = dict(enumerate(self.add_optimizer_variables(variables, "squares")))

    def update_step(self, gradient, variable, learning_rate):
        squares = self.squares[self.index_of(variable)]
        total = keras.ops.add(squares, keras.ops.multiply(gradient, gradient))
        self.assign(squares, total)
        rates = keras.ops.divide(keras.ops.cast(learning_rate, gradient.dtype), total**0.5 + self.eps)
        self.assign(variable, variable - rates * gradient)

    def get_config(self):
        return {"eps": self.eps} | super().get_config()
