"""Momentum: the lecture's, an optimizer of Keras."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import optimizer_probes
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk
from helpers.optimizers import Optimizer

momentum = Exercise(
    "Momentum", kind=optimizer_probes.KIND, lecture="40:27", not_yours=["keras.optimizers.SGD"]
)


@momentum.reference
@keras.saving.register_keras_serializable("fdl")
class Momentum(Optimizer):
    """Gradient descent with a memory: a step goes on in the direction of the step before.

    Δ ← -g + β Δ,    θ ← θ + α Δ,    with Δ = 0 at first      (lecture 40:27)

    Yours to write: what `build` makes, the step, and the configuration. Keras calls `update_step` once for each
    variable at each step. The slot of a variable holds its Δ (or -Δ, if you subtract it); `self.index_of(variable)` tells which of the
    slots that is.

    Args:
        learning_rate: α, a float or one of Keras's schedules.
        beta: β, how much of the direction before is kept, at least 0 and below 1.
        kwargs: Keras's own settings, such as `name`.
    """

    def __init__(self, learning_rate=0.01, beta=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta = beta

    def build(self, variables):
        """Make a slot of zeros for each variable: `self.add_optimizer_variables(variables, "delta")` returns a list of them.

        Args:
            variables: all that may be moved, a list.
        """
        if self.built:
            return
        super().build(variables)
        ### BEGIN SOLUTION
        self.deltas = self.add_optimizer_variables(variables, "delta")
        ### END SOLUTION

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable and its slot: `self.assign(v, value)`, `self.assign_add(v, value)`. Nothing is returned.

        Args:
            gradient: g, a tensor as the variable.
            variable: θ, a variable with `shape`, `dtype` and the usual operators.
            learning_rate: α of this step, a scalar of dtype float32: cast it to `variable.dtype`.
        """
        ### BEGIN SOLUTION
        lr = keras.ops.cast(learning_rate, variable.dtype)
        delta = self.deltas[self.index_of(variable)]
        self.assign(delta, self.beta * delta - gradient)
        self.assign_add(variable, lr * delta)
        ### END SOLUTION

    def get_config(self):
        """The arguments of `__init__` by name; Keras's own, with the learning rate, come from `super().get_config()`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "beta": self.beta}
        ### END SOLUTION


def settings(rng):
    return {"lr": float(rng.uniform(0.05, 0.2)), "beta": float(rng.uniform(0.55, 0.8))}


@momentum.check("the first steps, with a gradient that changes", points=2)
def first_steps(Momentum, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 3)
    found = walk(Momentum(chosen["lr"], beta=chosen["beta"]), starts, gradients)
    return {
        **moves(found, starts, chosen["lr"]),
        **found,
        **landmarks(**known(starts, gradients, **chosen)),
    }


@momentum.check("the rate of a step is used for that step alone", points=2)
def rates(Momentum, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 3)
    steps = rng.uniform(0.05, 0.1, 3) * [4, 1, 2]
    found = walk(Momentum(0.5, beta=chosen["beta"]), starts, gradients, steps)
    by_step = {f"lr of step {i + 1}": rate for i, rate in enumerate(steps)}
    return {**found, **landmarks(beta=chosen["beta"], **by_step, **known(starts, gradients))}


@momentum.check("a gradient that stays: the steps grow, and by how much is decided by β")
def constant_gradient(Momentum, rng):
    g = gradients_of(rng, 1, (5,))
    found = {"g": g[0].astype("float32")}
    for beta in (0.0, 0.5):
        starts, gradients = {"θ": np.zeros(5, "float32")}, {"θ": np.repeat(g, 4, axis=0)}
        steps = moves(walk(Momentum(0.25, beta=beta), starts, gradients), starts, 0.25)
        found[f"steps of θ[0] / (-α g), β = {beta}"] = [
            -step[0] / np.float32(g[0, 0]) for step in steps.values()
        ]
    return found


@momentum.example(points=optimizer_probes.HALF)
def example(Momentum, rng):
    beta = float(rng.uniform(0.55, 0.8))
    return {}, lambda learning_rate: Momentum(learning_rate, beta=beta)


STEP = "self.assign(delta, self.beta * delta - gradient)\n        self.assign_add(variable, lr * delta)"
momentum.misconception(
    "the gradient is multiplied by 1 - β",
    ("* delta - gradient", "* delta - (1 - self.beta) * gradient"),
    advice="That is a moving average, as RMSProp has one. Momentum adds the whole gradient, and its steps may grow by up to 1/(1 - β).",
)
momentum.misconception(
    "the learning rate is inside the memory",
    ("* delta - gradient", "* delta - lr * gradient"),
    ("lr * delta)", "delta)"),
    advice="Keras's SGD does it that way. The lecture keeps α outside, so that a rate that is lowered takes effect at once: θ ← θ + αΔ.",
)
momentum.misconception(
    "the learning rate counts twice, in the memory and in the step",
    ("* delta - gradient", "* delta - lr * gradient"),
    advice="Δ holds gradients as they are. α multiplies once, where θ moves.",
)
momentum.misconception(
    "ascent: the gradient is added",
    ("* delta - gradient", "* delta + gradient"),
    advice="The gradient points to where the loss grows: Δ ← -g + βΔ.",
)
momentum.misconception(
    "β and 1 - β are swapped",
    ("self.beta * delta", "(1 - self.beta) * delta"),
    advice="β = 0.9 keeps nine tenths of the direction before: multiply Δ by β.",
)
momentum.misconception(
    "β is left out: all gradients are summed",
    ("self.beta * delta", "delta"),
    advice="Without β no gradient is ever forgotten, and θ circles the minimum for ever. Multiply the old Δ by β.",
)
momentum.misconception(
    "Nesterov's look-ahead",
    ("lr * delta)", "lr * (self.beta * delta - gradient))"),
    advice="That is Nesterov's variant, which looks one step ahead. The lecture's step is αΔ, with the new Δ.",
)
momentum.misconception(
    "β is missing from the configuration",
    ('{**super().get_config(), "beta": self.beta}', "super().get_config()"),
    advice='A loaded optimizer is made from get_config alone. Without "beta" it falls back to 0.9, silently.',
)
# What follows is by `source`, so that double faults do not grow with it.
momentum.misconception(
    "the direction is not kept: plain gradient descent",
    source=momentum.edited(
        ("self.assign(delta, self.beta * delta - gradient)", "delta = self.beta * delta - gradient")
    ),
    advice="The slot still holds zeros at the next step. Write the new Δ into it: self.assign(delta, …).",
)
momentum.misconception(
    "the step is taken with the old direction",
    source=momentum.edited(
        (
            STEP,
            "self.assign_add(variable, lr * delta)\n        self.assign(delta, self.beta * delta - gradient)",
        )
    ),
    advice="The first step would go nowhere. First the new Δ, then the step with it.",
)
momentum.misconception(
    "the direction before is subtracted",
    source=momentum.edited(("self.beta * delta - gradient", "-self.beta * delta - gradient")),
    advice="Momentum goes on in the direction before: Δ ← -g + βΔ. (With Δ ← g + βΔ it is θ ← θ - αΔ, with the same sign of g in both.)",
)
momentum.misconception(
    "β multiplies the gradient as well",
    source=momentum.edited(("self.beta * delta - gradient", "self.beta * (delta - gradient)")),
    advice="Only the memory fades: -g comes whole, βΔ is added.",
)
momentum.misconception(
    "the step takes the place of θ",
    source=momentum.edited(("self.assign_add(variable", "self.assign(variable")),
    advice="`assign` forgets the old value. Write self.assign_add(variable, …), or assign variable + ….",
)
momentum.misconception(
    "the new weights are computed and not assigned",
    source=momentum.edited(("self.assign_add(variable, lr * delta)", "return variable + lr * delta")),
    advice="Keras does not look at what `update_step` returns, and `variable = variable + …` only gives the name to a new tensor. "
    "Change the variable itself: self.assign_add(variable, lr * delta).",
)
momentum.misconception(
    "one slot for all variables",
    source=momentum.edited(
        (
            "self.deltas = self.add_optimizer_variables(variables,",
            "self.deltas = self.add_optimizer_variables(variables[:1],",
        ),
        ("self.deltas[self.index_of(variable)]", "self.deltas[0]"),
    ),
    advice="Each variable has a direction of its own, of its own shape: a slot for each, found by self.index_of(variable).",
)
momentum.misconception(
    "slots are found by shape",
    source=momentum.edited(
        (
            "delta = self.deltas[self.index_of(variable)]",
            "delta = next(d for d in self.deltas if d.shape == variable.shape)",
        )
    ),
    advice="Two layers may have weights of the same shape, and then share a direction. Go by self.index_of(variable).",
)
momentum.misconception(
    "slots that Keras does not know of, so that they are not saved",
    source=momentum.edited(
        (
            'self.deltas = self.add_optimizer_variables(variables, "delta")',
            "self.deltas = [tf.Variable(tf.zeros(v.shape, v.dtype)) for v in variables]",
        )
    ),
    advice="Keras saves the slots that self.add_optimizer_variables made. A tf.Variable in a list begins with zeros again after loading.",
)
momentum.misconception(
    "the direction is kept in a Python list",
    source=momentum.edited(
        (
            'self.deltas = self.add_optimizer_variables(variables, "delta")',
            "self.deltas = [tf.zeros(v.shape, v.dtype) for v in variables]",
        ),
        ("self.assign(delta, self.beta * delta - gradient)", "delta = self.beta * delta - gradient"),
        (
            "self.assign_add(variable, lr * delta)",
            "self.deltas[self.index_of(variable)] = delta\n        self.assign_add(variable, lr * delta)",
        ),
    ),
    advice="A graph knows nothing of an assignment to a list, nor is a list saved with the model. Keep Δ in a slot, with self.assign.",
)
momentum.misconception(
    "the learning rate of the beginning is kept",
    source=momentum.edited(
        ("self.beta = beta", "self.beta = beta\n        self.rate = self.learning_rate + 0.0"),
        ("keras.ops.cast(learning_rate,", "keras.ops.cast(self.rate,"),
    ),
    lecture="38:35",
    advice="The rate may be changed while training, by a schedule or a callback. Use the `learning_rate` that update_step is handed.",
)
momentum.misconception(
    "every variable moves each time that one is updated",
    source=momentum.edited(
        ("super().build(variables)", "super().build(variables)\n        self.moved = list(variables)"),
        (
            "self.assign_add(variable, lr * delta)",
            "for v, d in zip(self.moved, self.deltas):\n            self.assign_add(v, lr * d)",
        ),
    ),
    advice="`update_step` is called once for each variable in a step. Move this one: others have a call of their own, or are frozen.",
)
momentum.misconception(
    "the steps are counted in update_step",
    source=momentum.edited(
        (
            "self.assign_add(variable, lr * delta)",
            "self.assign_add(variable, lr * delta)\n        self.iterations.assign_add(1)",
        )
    ),
    advice="Keras counts the steps already, and a schedule would run ahead: leave self.iterations alone.",
)
momentum.misconception(
    "float32 is hard-coded",
    source=momentum.edited(
        (
            "self.assign(delta, self.beta * delta - gradient)",
            "gradient = tf.cast(gradient, 'float32')\n"
            "        self.assign(delta, self.beta * tf.cast(delta.value, 'float32') - gradient)",
        )
    ),
    advice="Compute in the dtype of the variable: only the learning rate needs a cast, to variable.dtype.",
)
momentum.misconception(
    "Keras's own entries are missing from the configuration",
    source=momentum.edited(('{**super().get_config(), "beta": self.beta}', '{"beta": self.beta}')),
    advice="The name and the learning rate are lost when the model is saved: begin with super().get_config(), and add `beta`.",
)
momentum.misconception(
    "the optimizer is not registered with Keras",
    source=momentum.edited(('@keras.saving.register_keras_serializable("fdl")\n', "")),
    advice='Keep @keras.saving.register_keras_serializable("fdl") above the class: '
    "without it, Keras cannot load a model that was compiled with the optimizer.",
)


@momentum.alternative
@keras.saving.register_keras_serializable("fdl")
class MomentumByVelocity(Optimizer):
    def __init__(self, learning_rate=0.01, beta=0.9, **kwargs):
        super().__init__(learning_rate, **kwargs)
        self.beta = beta

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.sums = []
        for v in variables:
            self.sums.append(self.add_variable_from_reference(v, name="sum"))

    def update_step(self, gradient, variable, learning_rate):
        kept = self.sums[self.index_of(variable)]
        kept.assign(keras.ops.add(gradient, keras.ops.multiply(kept, keras.ops.cast(self.beta, kept.dtype))))
        variable.assign_sub(kept * keras.ops.cast(learning_rate, kept.dtype))

    def get_config(self):
        config = super().get_config()
        config.update(beta=self.beta)
        return config


@momentum.alternative
@keras.saving.register_keras_serializable("fdl")
class MomentumByTensorFlow(Optimizer):
    def __init__(self, learning_rate=0.01, beta=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta = beta

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.slots = [
            self.add_variable(v.shape, dtype=v.dtype, name=f"direction_{i}") for i, v in enumerate(variables)
        ]

    def update_step(self, gradient, variable, learning_rate):
        slot = self.slots[self.index_of(variable)]
        direction = tf.subtract(tf.multiply(slot.value, self.beta), gradient)
        slot.assign(direction)
        variable.assign(variable + tf.cast(learning_rate, gradient.dtype) * direction)

    def get_config(self):
        return super().get_config() | {"beta": float(self.beta)}


momentum.equivalent(
    "update_step line 1: without keras.ops.cast",
    because="a slot is a variable of Keras, which takes a factor of another dtype",
)
