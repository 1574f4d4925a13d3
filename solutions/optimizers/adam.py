"""Adam: RMSProp with momentum, both corrected for having begun with zeros."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import optimizer_probes
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk
from helpers.optimizers import Optimizer

adam = Exercise("Adam", kind=optimizer_probes.KIND, lecture="42:10", not_yours=["keras.optimizers.Adam"])


@adam.reference
@keras.saving.register_keras_serializable("fdl")
class Adam(Optimizer):
    """RMSProp with a moving average of the gradient in its place, both averages corrected (named at 42:10).

    m ← β₁ m + (1 - β₁) g,    v ← β₂ v + (1 - β₂) g²,    with m = v = 0 at first
    m̂ = m / (1 - β₁ᵗ),        v̂ = v / (1 - β₂ᵗ),         t = 1 at the first step
    θ ← θ - α m̂ / (√v̂ + ε)

    `self.iterations`, an integer, is the number of steps that are *behind* us: 0 during the first. Cast it before you
    use it as an exponent.

    Args:
        learning_rate: α, a float or one of Keras's schedules.
        beta1, beta2: β₁ and β₂, how much of each average is kept at a step.
        eps: ε, added to the root of v̂.
        kwargs: Keras's own settings, such as `name`.
    """

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps

    def build(self, variables):
        """Make two slots of zeros for each of the variables."""
        if self.built:
            return
        super().build(variables)
        ### BEGIN SOLUTION
        self.ms = self.add_optimizer_variables(variables, "m")
        self.vs = self.add_optimizer_variables(variables, "v")
        ### END SOLUTION

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable and its two slots, as in `Momentum`."""
        ### BEGIN SOLUTION
        lr = keras.ops.cast(learning_rate, variable.dtype)
        t = keras.ops.cast(self.iterations + 1, variable.dtype)
        i = self.index_of(variable)
        m, v = self.ms[i], self.vs[i]
        self.assign(m, self.beta1 * m + (1 - self.beta1) * gradient)
        self.assign(v, self.beta2 * v + (1 - self.beta2) * keras.ops.square(gradient))
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        self.assign_sub(variable, lr * m_hat / (keras.ops.sqrt(v_hat) + self.eps))
        ### END SOLUTION

    def get_config(self):
        """The arguments of `__init__` by name, with Keras's own."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "beta1": self.beta1, "beta2": self.beta2, "eps": self.eps}
        ### END SOLUTION


def settings(rng):
    return {
        "lr": float(rng.uniform(0.1, 0.3)),
        "beta1": float(rng.uniform(0.55, 0.65)),
        "beta2": float(rng.uniform(0.7, 0.8)),
    }


def made(Adam, chosen, **others):
    return Adam(chosen["lr"], beta1=chosen["beta1"], beta2=chosen["beta2"], **others)


@adam.check("the first steps, with a gradient that changes", points=3)
def first_steps(Adam, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 3)
    found = walk(made(Adam, chosen), starts, gradients)
    return {
        **moves(found, starts, chosen["lr"]),
        **found,
        **landmarks(**known(starts, gradients, **chosen)),
    }


@adam.check("ε is added to the root of v̂", points=2)
def small_gradients(Adam, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 2)
    eps, small = float(rng.uniform(0.02, 0.05)), {name: each * 0.01 for name, each in gradients.items()}
    found = walk(made(Adam, chosen, eps=eps), starts, small)
    return {
        **moves(found, starts, chosen["lr"]),
        **landmarks(**known(starts, small, eps=eps, **chosen)),
    }


@adam.check("the rate of a step is used for that step alone")
def rates(Adam, rng):
    starts, gradients = problem(rng, 3)
    steps = rng.uniform(0.05, 0.1, 3) * [4, 1, 2]
    found = walk(Adam(0.5, beta1=0.6), {"W": starts["W"]}, {"W": gradients["W"]}, steps)
    by_step = {f"lr of step {i + 1}": each for i, each in enumerate(steps)}
    return {**found, **landmarks(**by_step)}


@adam.check("a gradient that stays, small or large: every step has the length α", points=2)
def constant_gradient(Adam, rng):
    g, found = gradients_of(rng, 1, (24,)), {}
    # The second half are a feature's weights that is measured in another unit, a hundredth of the first.
    starts, gradients = {"θ": np.zeros(48, "float32")}, {"θ": np.repeat(np.hstack([g, 100 * g]), 4, axis=0)}
    steps = moves(walk(Adam(0.25), starts, gradients), starts, 0.25)
    for name, part in (("g", slice(0, 24)), ("100 g", slice(24, 48))):
        found[f"steps / α, for the gradient {name}"] = np.array([step[part] for step in steps.values()])
    return found | landmarks(g=g[0].astype("float32"))


@adam.example(points=optimizer_probes.HALF)
def example(Adam, rng):
    beta1, beta2 = float(rng.uniform(0.55, 0.65)), float(rng.uniform(0.7, 0.8))
    eps = float(rng.uniform(0.3, 0.6))
    return {}, lambda learning_rate: Adam(learning_rate, beta1=beta1, beta2=beta2, eps=eps)


adam.misconception(
    "no bias correction",
    ("m / (1 - self.beta1**t)", "m"),
    ("v / (1 - self.beta2**t)", "v"),
    advice="Both averages began with zeros and are too small at first, v far more than m: divide by 1 - β₁ᵗ and by 1 - β₂ᵗ.",
)
adam.misconception(
    "only v is corrected",
    ("m / (1 - self.beta1**t)", "m"),
    advice="m began with zeros as well: m̂ = m / (1 - β₁ᵗ).",
)
adam.misconception(
    "only m is corrected",
    ("v / (1 - self.beta2**t)", "v"),
    advice="v began with zeros as well, and with β₂ = 0.999 it takes a thousand steps to recover: v̂ = v / (1 - β₂ᵗ).",
)
adam.misconception(
    "1 - β₁ is missing",
    ("(1 - self.beta1) * gradient", "gradient"),
    advice="m is an average, whose weights add up to 1: β₁ and 1 - β₁. (The lecture's momentum is a sum.)",
)
adam.misconception(
    "1 - β₂ is missing",
    ("(1 - self.beta2) * keras", "keras"),
    advice="v is an average, whose weights add up to 1: β₂ and 1 - β₂.",
)
adam.misconception(
    "no root",
    ("keras.ops.sqrt(v_hat)", "v_hat"),
    advice="v̂ is as g²: without the root a step is as 1/g. Divide by √v̂ + ε.",
)
adam.misconception(
    "ε stands inside the root",
    ("keras.ops.sqrt(v_hat) + self.eps", "keras.ops.sqrt(v_hat + self.eps)"),
    advice="√(v̂ + ε) and √v̂ + ε differ where gradients are small: first the root, then ε.",
)
adam.misconception(
    "ascent: the step is added",
    ("self.assign_sub", "self.assign_add"),
    advice="The gradient points to where the loss grows: subtract the step.",
)
# What follows is by `source`, so that double faults do not grow with it.
adam.misconception(
    "the first step has the number 0",
    source=adam.edited(("self.iterations + 1", "self.iterations")),
    advice="1 - β⁰ is 0, and nothing can be divided by it. During the first step self.iterations is 0, and t is 1: add 1.",
)
adam.misconception(
    "the step counts from 2",
    source=adam.edited(("self.iterations + 1", "self.iterations + 2")),
    advice="During the first step self.iterations is 0: t = self.iterations + 1.",
)
adam.misconception(
    "β is not raised to the power t",
    source=adam.edited(("self.beta1**t", "self.beta1"), ("self.beta2**t", "self.beta2")),
    advice="1 - β is the correction of the first step alone. After t steps an average lacks βᵗ: divide by 1 - βᵗ.",
)
adam.misconception(
    "t times β instead of the power",
    source=adam.edited(("self.beta1**t", "self.beta1 * t"), ("self.beta2**t", "self.beta2 * t")),
    advice="What the zeros at the beginning still weigh shrinks by the factor β at each step: βᵗ, a power.",
)
adam.misconception(
    "β₁ and β₂ are swapped",
    source=adam.edited(
        ("self.beta1 = beta1", "self.beta1 = beta2"),
        ("self.beta2 = beta2", "self.beta2 = beta1"),
        ('"beta1": self.beta1, "beta2": self.beta2', '"beta1": self.beta2, "beta2": self.beta1'),
    ),
    advice="β₁ belongs to m, the average of g, and β₂ to v, the average of g².",
)
adam.misconception(
    "β and 1 - β are swapped",
    source=adam.edited(
        (
            "self.beta1 * m + (1 - self.beta1) * gradient",
            "(1 - self.beta1) * m + self.beta1 * gradient",
        ),
        (
            "self.beta2 * v + (1 - self.beta2) * keras.ops.square(gradient)",
            "(1 - self.beta2) * v + self.beta2 * keras.ops.square(gradient)",
        ),
    ),
    advice="β = 0.9 keeps nine tenths of the average: β belongs to m and v, 1 - β to the new gradient.",
)
adam.misconception(
    "the gradient instead of its average: RMSProp with a correction",
    source=adam.edited(("m_hat = m / (1 - self.beta1**t)", "m_hat = gradient")),
    advice="The step is along m̂, the corrected average of the gradients; g itself is in it with the weight 1 - β₁.",
)
adam.misconception(
    "the corrected averages are kept",
    source=adam.edited(
        ("m_hat = m / (1 - self.beta1**t)", "m_hat = m / (1 - self.beta1**t)\n        self.assign(m, m_hat)"),
        ("v_hat = v / (1 - self.beta2**t)", "v_hat = v / (1 - self.beta2**t)\n        self.assign(v, v_hat)"),
    ),
    advice="The correction is for this step's use only. The slots keep m and v as they are, or it is applied again and again.",
)
adam.misconception(
    "ε is added to √v, before the correction: Keras's own form",
    source=adam.edited(
        (
            "lr * m_hat / (keras.ops.sqrt(v_hat) + self.eps)",
            "lr * m_hat * keras.ops.sqrt(1 - self.beta2**t) / (keras.ops.sqrt(v) + self.eps)",
        )
    ),
    advice="Keras puts both corrections into the rate, and so its ε counts for more at the first steps. Here ε is added to √v̂.",
)
adam.misconception(
    "m is divided before it is averaged: each gradient by its own root",
    source=adam.edited(
        ("(1 - self.beta1) * gradient", "(1 - self.beta1) * gradient / root"),
        (
            "        self.assign(m,",
            "        squares = self.beta2 * v + (1 - self.beta2) * gradient**2\n"
            "        root = keras.ops.sqrt(squares / (1 - self.beta2**t)) + self.eps\n"
            "        self.assign(m,",
        ),
        ("lr * m_hat / (keras.ops.sqrt(v_hat) + self.eps)", "lr * m_hat"),
    ),
    advice="m averages the gradients as they are. The division by √v̂ + ε comes afterwards, at each step with the newest v̂.",
)
adam.misconception(
    "one pair of slots for all variables",
    source=adam.edited(
        (
            "self.ms = self.add_optimizer_variables(variables,",
            "self.ms = self.add_optimizer_variables(variables[:1],",
        ),
        (
            "self.vs = self.add_optimizer_variables(variables,",
            "self.vs = self.add_optimizer_variables(variables[:1],",
        ),
        ("i = self.index_of(variable)", "i = 0"),
    ),
    advice="Each variable has its own m and v, of its own shape: slots for each, found by self.index_of(variable).",
)
adam.misconception(
    "a counter of Python's, which a graph does not count up",
    source=adam.edited(
        ("self.eps = eps", "self.eps = eps\n        self.t = 0"),
        (
            "t = keras.ops.cast(self.iterations + 1, variable.dtype)",
            "if self.index_of(variable) == 0:\n            self.t += 1\n        t = keras.ops.cast(self.t, variable.dtype)",
        ),
    ),
    advice="In `model.fit`'s graph self.t stays what it was when that was built; nor is it saved. Keras counts: self.iterations + 1.",
)
adam.misconception(
    "a counter that goes up at every variable",
    source=adam.edited(
        (
            "super().build(variables)",
            'super().build(variables)\n        self.t = self.add_variable((), name="t")',
        ),
        (
            "t = keras.ops.cast(self.iterations + 1, variable.dtype)",
            "self.assign_add(self.t, 1.0)\n        t = keras.ops.cast(self.t, variable.dtype)",
        ),
    ),
    advice="`update_step` is called once for each variable, so t would run ahead of the steps. Keras counts steps: self.iterations + 1.",
)
adam.misconception(
    "the new weights are computed and not assigned",
    source=adam.edited(
        (
            "self.assign_sub(variable, lr * m_hat / (keras.ops.sqrt(v_hat) + self.eps))",
            "return variable - lr * m_hat / (keras.ops.sqrt(v_hat) + self.eps)",
        )
    ),
    advice="Keras does not look at what `update_step` returns, and `variable = variable - …` only gives the name to a new tensor. "
    "Change the variable itself: self.assign_sub(variable, …).",
)


@adam.alternative
@keras.saving.register_keras_serializable("fdl")
class AdamByTensorFlow(Optimizer):
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.betas, self.eps = (beta1, beta2), eps

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.slots = [
            (self.add_variable_from_reference(v, "first"), self.add_variable_from_reference(v, "second"))
            for v in variables
        ]

    def update_step(self, gradient, variable, learning_rate):
        step = tf.cast(self.iterations, gradient.dtype) + 1
        corrected = []
        pair = self.slots[self.index_of(variable)]
        for slot, beta, value in zip(pair, self.betas, (gradient, gradient**2), strict=True):
            slot.assign(slot + (1 - beta) * (value - slot))
            corrected.append(slot.value / (1 - tf.pow(tf.cast(beta, gradient.dtype), step)))
        first, second = corrected
        variable.assign_sub(tf.cast(learning_rate, gradient.dtype) * first / (tf.sqrt(second) + self.eps))

    def get_config(self):
        config = super().get_config()
        config.update(beta1=self.betas[0], beta2=self.betas[1], eps=self.eps)
        return config


@adam.alternative
@keras.saving.register_keras_serializable("fdl")
class AdamByCorrectedRate(Optimizer):
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-7, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.firsts, self.seconds = self.add_optimizer_variables(variables, ["first", "second"])

    def update_step(self, gradient, variable, learning_rate):
        place = self.index_of(variable)
        first, second = self.firsts[place], self.seconds[place]
        first.assign(keras.ops.add(self.beta1 * first, (1 - self.beta1) * gradient))
        second.assign(keras.ops.add(self.beta2 * second, (1 - self.beta2) * gradient * gradient))
        t = keras.ops.cast(self.iterations, gradient.dtype) + 1
        # Both corrections in one number; ε is corrected along, so that it is added to the root of the corrected average.
        root = keras.ops.sqrt(1 - keras.ops.power(self.beta2, t))
        rate = keras.ops.cast(learning_rate, gradient.dtype) * root / (1 - keras.ops.power(self.beta1, t))
        self.assign_sub(variable, rate * first / (keras.ops.sqrt(second) + self.eps * root))

    def get_config(self):
        return {**super().get_config(), "beta1": self.beta1, "beta2": self.beta2, "eps": self.eps}
