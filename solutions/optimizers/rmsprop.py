"""RMSProp: AdaGrad that forgets."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import optimizer_probes
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk
from helpers.optimizers import Optimizer

rmsprop = Exercise(
    "RMSProp", kind=optimizer_probes.KIND, lecture="41:54", not_yours=["keras.optimizers.RMSprop"]
)


@rmsprop.reference
@keras.saving.register_keras_serializable("fdl")
class RMSProp(Optimizer):
    """As AdaGrad, but old gradients are forgotten: a moving average takes the place of the sum.

    v ← β v + (1 - β) g²,    θ ← θ - α g / (√v + ε),    with v = 0 at first      (lecture 41:54)

    Args:
        learning_rate: α, a float or one of Keras's schedules.
        beta: β, how much of the average is kept at a step, at least 0 and below 1.
        eps: ε, added to the root.
        kwargs: Keras's own settings, such as `name`.
    """

    def __init__(self, learning_rate=0.001, beta=0.9, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta = beta
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
        self.assign(v, self.beta * v + (1 - self.beta) * keras.ops.square(gradient))
        self.assign_sub(variable, lr * gradient / (keras.ops.sqrt(v) + self.eps))
        ### END SOLUTION

    def get_config(self):
        """The arguments of `__init__` by name, with Keras's own."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "beta": self.beta, "eps": self.eps}
        ### END SOLUTION


def settings(rng):
    return {"lr": float(rng.uniform(0.1, 0.3)), "beta": float(rng.uniform(0.6, 0.8))}


@rmsprop.check("the first steps, with a gradient that changes", points=2)
def first_steps(RMSProp, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 3)
    found = walk(RMSProp(chosen["lr"], beta=chosen["beta"]), starts, gradients)
    return {
        **moves(found, starts, chosen["lr"]),
        **found,
        **landmarks(**known(starts, gradients, **chosen)),
    }


@rmsprop.check("ε is added to the root", points=2)
def small_gradients(RMSProp, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 2)
    eps, small = float(rng.uniform(0.02, 0.05)), {name: each * 0.01 for name, each in gradients.items()}
    found = walk(RMSProp(chosen["lr"], beta=chosen["beta"], eps=eps), starts, small)
    return {
        **moves(found, starts, chosen["lr"]),
        **landmarks(**known(starts, small, eps=eps, **chosen)),
    }


@rmsprop.check("the rate of a step is used for that step alone")
def rates(RMSProp, rng):
    starts, gradients = problem(rng, 3)
    steps = rng.uniform(0.05, 0.1, 3) * [4, 1, 2]
    found = walk(RMSProp(0.5, beta=0.7), {"W": starts["W"]}, {"W": gradients["W"]}, steps)
    by_step = {f"lr of step {i + 1}": each for i, each in enumerate(steps)}
    return {**found, **landmarks(**by_step)}


@rmsprop.check("a gradient that stays, small or large: the steps do not shrink to nothing")
def constant_gradient(RMSProp, rng):
    g = gradients_of(rng, 1, (5,))
    found = {"g": g[0].astype("float32")}
    # The second half are a feature's weights that is measured in another unit, a hundredth of the first.
    starts, gradients = {"θ": np.zeros(10, "float32")}, {"θ": np.repeat(np.hstack([g, 100 * g]), 4, axis=0)}
    steps = moves(walk(RMSProp(0.25, beta=0.5), starts, gradients), starts, 0.25)
    for name, part in (("g", slice(0, 5)), ("100 g", slice(5, 10))):
        found[f"steps / α, for the gradient {name}"] = np.array([step[part] for step in steps.values()])
    return found


@rmsprop.example(points=optimizer_probes.HALF)
def example(RMSProp, rng):
    beta, eps = float(rng.uniform(0.55, 0.8)), float(rng.uniform(0.3, 0.6))
    return {}, lambda learning_rate: RMSProp(learning_rate, beta=beta, eps=eps)


AVERAGE = "self.beta * v + (1 - self.beta) * keras.ops.square(gradient)"
DIVISION = "lr * gradient / (keras.ops.sqrt(v) + self.eps)"
rmsprop.misconception(
    "a sum instead of a moving average: AdaGrad",
    (AVERAGE, "v + keras.ops.square(gradient)"),
    lecture="41:15",
    advice="That is AdaGrad, whose steps shrink for ever. RMSProp forgets: v ← βv + (1 - β)g².",
)
rmsprop.misconception(
    "1 - β is missing",
    ("(1 - self.beta) * keras", "keras"),
    advice="Then v is up to 1/(1 - β) times too large. The weights of an average add up to 1: β and 1 - β.",
)
rmsprop.misconception(
    "β and 1 - β are swapped",
    (AVERAGE, "(1 - self.beta) * v + self.beta * keras.ops.square(gradient)"),
    advice="β = 0.9 keeps nine tenths of the average: β belongs to v, 1 - β to g².",
)
rmsprop.misconception(
    "no root",
    ("keras.ops.sqrt(v) + self.eps", "v + self.eps"),
    advice="v is as g²: without the root a step is as 1/g, the longer the *smaller* the gradient. Divide by √v + ε.",
)
rmsprop.misconception(
    "ε stands inside the root",
    ("keras.ops.sqrt(v) + self.eps", "keras.ops.sqrt(v + self.eps)"),
    advice="Keras's RMSprop does it that way. Here the root comes first: √v + ε.",
)
rmsprop.misconception(
    "ascent: the step is added",
    ("self.assign_sub", "self.assign_add"),
    advice="The gradient points to where the loss grows: subtract the step.",
)
# What follows is by `source`, so that double faults do not grow with it.
rmsprop.misconception(
    "ε is left out",
    source=rmsprop.edited(("keras.ops.sqrt(v) + self.eps", "keras.ops.sqrt(v)")),
    advice="An entry whose gradient has been 0 so far has v = 0, and 0/√0 is no number: add ε to the root.",
)
rmsprop.misconception(
    "the average is of the gradient, and squared afterwards",
    source=rmsprop.edited(
        ("keras.ops.square(gradient)", "gradient"), ("keras.ops.sqrt(v) +", "keras.ops.abs(v) +")
    ),
    advice="Gradients of either sign cancel in an average. Square each, then average: βv + (1 - β)g².",
)
rmsprop.misconception(
    "a bias correction, as Adam has it",
    source=rmsprop.edited(
        (
            DIVISION,
            "lr * gradient / (keras.ops.sqrt(v / (1 - self.beta ** keras.ops.cast(self.iterations + 1, v.dtype))) + self.eps)",
        )
    ),
    lecture="42:10",
    advice="Adam divides v by 1 - βᵗ, RMSProp does not: its first steps are longer. Leave the correction out here.",
)
rmsprop.misconception(
    "divided by the root as it was before this gradient",
    source=rmsprop.edited(
        (f"self.assign(v, {AVERAGE})", f"root = keras.ops.sqrt(v)\n        self.assign(v, {AVERAGE})"),
        ("keras.ops.sqrt(v) +", "root +"),
    ),
    advice="At the first step v would be 0, and the step about g/ε. First the new v, then the step with it.",
)
rmsprop.misconception(
    "only this gradient counts: the average is not kept",
    source=rmsprop.edited((f"self.assign(v, {AVERAGE})", f"v = {AVERAGE}")),
    advice="The slot still holds zeros at the next step. Write the new average into it: self.assign(v, …).",
)
rmsprop.misconception(
    "one number for the whole variable",
    source=rmsprop.edited(("* keras.ops.square(gradient)", "* keras.ops.mean(keras.ops.square(gradient))")),
    advice="Each entry has an average of its own: that is what gives each parameter its own rate. Leave the mean over entries out.",
)
rmsprop.misconception(
    "one slot for all variables",
    source=rmsprop.edited(
        (
            "self.vs = self.add_optimizer_variables(variables,",
            "self.vs = self.add_optimizer_variables(variables[:1],",
        ),
        ("self.vs[self.index_of(variable)]", "self.vs[0]"),
    ),
    advice="Each variable has a v of its own, of its own shape: a slot for each, found by self.index_of(variable).",
)
rmsprop.misconception(
    "the new weights are computed and not assigned",
    source=rmsprop.edited((f"self.assign_sub(variable, {DIVISION})", f"return variable - {DIVISION}")),
    advice="Keras does not look at what `update_step` returns, and `variable = variable - …` only gives the name to a new tensor. "
    "Change the variable itself: self.assign_sub(variable, …).",
)
rmsprop.misconception(
    "v begins with ones",
    source=rmsprop.edited(
        (
            'self.vs = self.add_optimizer_variables(variables, "v")',
            'self.vs = self.add_optimizer_variables(variables, "v", initializer="ones")',
        )
    ),
    advice="Nothing has been seen at first: v begins with zeros.",
)


@rmsprop.alternative
@keras.saving.register_keras_serializable("fdl")
class RMSPropByTensorFlow(Optimizer):
    def __init__(self, learning_rate=0.001, beta=0.9, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta, self.eps = beta, eps

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.slots = [self.add_variable_from_reference(v, "average") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        slot = self.slots[self.index_of(variable)]
        slot.assign_add((1 - self.beta) * (gradient * gradient - slot))
        variable.assign_sub(
            tf.cast(learning_rate, gradient.dtype) * gradient / (tf.sqrt(slot.value) + self.eps)
        )

    def get_config(self):
        config = super().get_config()
        config.update(beta=self.beta, eps=self.eps)
        return config


@rmsprop.alternative
@keras.saving.register_keras_serializable("fdl")
class RMSPropByOps(Optimizer):
    def __init__(self, learning_rate=0.001, beta=0.9, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.settings = {"beta": beta, "eps": eps}

    def build(self, variables):
        if not self.built:
            super().build(variables)
            self.averages = self.add_optimizer_variables(variables, "average")

    def update_step(self, gradient, variable, learning_rate):
        average = self.averages[self.index_of(variable)]
        beta = keras.ops.cast(self.settings["beta"], gradient.dtype)
        new = keras.ops.add(beta * average, (1 - beta) * gradient**2)
        self.assign(average, new)
        step = keras.ops.divide(gradient, keras.ops.power(new, 0.5) + self.settings["eps"])
        self.assign(variable, variable - keras.ops.cast(learning_rate, gradient.dtype) * step)

    def get_config(self):
        return {**super().get_config(), **self.settings}
