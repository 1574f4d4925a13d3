"""AdamW: Adam with a weight decay that Adam does not scale."""

import keras
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import optimizer_probes
from helpers.evidence import landmarks
from helpers.optimizer_steps import known, moves, problem, walk
from solutions.optimizers.adam import Adam

adamw = Exercise("AdamW", kind=optimizer_probes.KIND, lecture="29:50", not_yours=["keras.optimizers.AdamW"])


@adamw.reference
@keras.saving.register_keras_serializable("fdl")
class AdamW(Adam):
    """Adam, and beside it the weight decay of unit 6, which is not divided by the root of anything.

    θ ← θ - α m̂ / (√v̂ + ε) - 2 α λ θ,    both with the θ before the step

    Only weights decay: variables of two axes or more. Biases, which have one, take Adam's step alone (29:50).
    Your `Adam` takes its step with `super().update_step(…)`.

    Args:
        lam: λ, as in Ω of unit 6, whose gradient is 2λθ; at least 0.
        others: those of `Adam`, by name.
    """

    def __init__(self, learning_rate=0.001, lam=0.01, **others):
        super().__init__(learning_rate=learning_rate, **others)
        self.lam = lam

    def update_step(self, gradient, variable, learning_rate):
        ### BEGIN SOLUTION
        if len(variable.shape) > 1:
            lr = keras.ops.cast(learning_rate, variable.dtype)
            self.assign_sub(variable, 2 * lr * self.lam * variable)
        super().update_step(gradient, variable, learning_rate)
        ### END SOLUTION

    def get_config(self):
        """The arguments of `__init__` by name; Adam's come from `super().get_config()`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "lam": self.lam}
        ### END SOLUTION


def settings(rng):
    return {"lr": float(rng.uniform(0.1, 0.3)), "lam": float(rng.uniform(0.2, 0.4))}


@adamw.check("weights decay beside Adam's step, biases do not", points=2)
def first_steps(AdamW, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 3)
    optimizer = AdamW(chosen["lr"], lam=chosen["lam"], beta1=0.6, beta2=0.8)
    found = walk(optimizer, starts, gradients)
    return {
        **moves(found, starts, chosen["lr"]),
        **found,
        **landmarks(**known(starts, gradients, **chosen)),
    }


@adamw.check("however large the gradients are, the decay is the same")
def large_gradients(AdamW, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 2)
    found = {}
    for name, factor in (("gradients", 1), ("100 times the gradients", 100)):
        these = {"W": factor * gradients["W"]}
        walked = walk(AdamW(chosen["lr"], lam=chosen["lam"]), {"W": starts["W"]}, these)
        found |= {f"{key}, with {name}": values for key, values in walked.items()}
    return {**found, **landmarks(W=starts["W"], **chosen)}


@adamw.check("without a gradient a weight keeps the share 1 - 2αλ of itself, however many its axes")
def without_gradient(AdamW, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 2)
    W, none = starts["W"], 0 * gradients["W"]
    # Kernels as of a convolution, beside the same numbers as a matrix.
    starts = {"W": W, "kernel": W[None, None]}
    found = walk(AdamW(chosen["lr"], lam=chosen["lam"]), starts, {"W": none, "kernel": none[:, None, None]})
    return {**found, **landmarks(W=W, **chosen)}


@adamw.check("with λ = 0 it is Adam")
def without_decay(AdamW, rng):
    starts, gradients = problem(rng, 2)
    return walk(AdamW(0.2, lam=0.0, beta1=0.6, beta2=0.8), starts, gradients)


@adamw.example(points=optimizer_probes.HALF)
def example(AdamW, rng):
    lam, beta1, beta2 = (
        float(rng.uniform(0.2, 0.4)),
        float(rng.uniform(0.55, 0.65)),
        float(rng.uniform(0.7, 0.8)),
    )
    return {}, lambda learning_rate: AdamW(learning_rate, lam=lam, beta1=beta1, beta2=beta2, eps=0.3)


DECAY = "self.assign_sub(variable, 2 * lr * self.lam * variable)"
adamw.misconception(
    "the decay goes into the gradient: Adam with L2",
    (DECAY, "gradient = gradient + 2 * self.lam * variable"),
    advice="There Adam divides it by √v̂ like any gradient, and weights with large gradients hardly decay. Subtract 2αλθ from θ itself.",
)
adamw.misconception(
    "the learning rate is left out of the decay",
    ("2 * lr * self.lam", "2 * self.lam"),
    advice="The decay is part of the step, θ ← θ - α(… + 2λθ): where α is 0, nothing moves.",
)
adamw.misconception(
    "the 2 is left out",
    ("2 * lr * self.lam", "lr * self.lam"),
    advice="Keras's AdamW means 2λ by its `weight_decay`. Here λ is as in unit 6: the gradient of λθ² is 2λθ.",
)
adamw.misconception(
    "the weights grow",
    ("self.assign_sub(", "self.assign_add("),
    advice="Decay leads towards 0: subtract 2αλθ.",
)
adamw.misconception(
    "the biases decay as well",
    ("len(variable.shape) > 1", "True"),
    advice="Biases are usually not penalized: decay only what has two axes or more.",
)
adamw.misconception(
    "only the biases decay",
    ("len(variable.shape) > 1", "len(variable.shape) == 1"),
    advice="The weights decay, which have two axes or more; biases have one.",
)
adamw.misconception(
    "λ is missing from the configuration",
    ('{**super().get_config(), "lam": self.lam}', "super().get_config()"),
    advice='A loaded optimizer is made from get_config alone. Without "lam" it falls back to 0.01, silently.',
)
# What follows is by `source`, so that double faults do not grow with it.
adamw.misconception(
    "the decay takes the place of Adam's step",
    source=adamw.edited(
        (
            "        super().update_step(gradient, variable, learning_rate)",
            "        else:\n            super().update_step(gradient, variable, learning_rate)",
        )
    ),
    advice="A weight takes both: it decays, and it takes Adam's step.",
)
adamw.misconception(
    "no decay: Adam as it was",
    source=adamw.edited((f"            {DECAY}\n", "")),
    advice="Subtract 2αλθ from each weight, beside Adam's step.",
)
adamw.misconception(
    "the decay comes after the step, on weights that have moved",
    source="""
    @keras.saving.register_keras_serializable("fdl")
    class AdamW(Adam):
        def __init__(self, learning_rate=0.001, lam=0.01, **others):
            super().__init__(learning_rate=learning_rate, **others)
            self.lam = lam

        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient, variable, learning_rate)
            if len(variable.shape) > 1:
                lr = keras.ops.cast(learning_rate, variable.dtype)
                self.assign_sub(variable, 2 * lr * self.lam * variable)

        def get_config(self):
            return {**super().get_config(), "lam": self.lam}
    """,
    advice="Both parts are taken at the θ before the step. Let the weights decay first, then take Adam's step.",
)
adamw.misconception(
    "a decay of fixed size: L1",
    source=adamw.edited(("self.lam * variable)", "self.lam * keras.ops.sign(variable))")),
    advice="Weight decay takes a share of each weight, 2αλθ, not an amount.",
)
adamw.misconception(
    "only matrices decay, and kernels of a convolution do not",
    source=adamw.edited(("len(variable.shape) > 1", "len(variable.shape) == 2")),
    advice="A convolution's kernel has four axes, and it is a weight: decay whatever has two axes or more.",
)
adamw.misconception(
    "the learning rate counts twice in the decay",
    source=adamw.edited(("2 * lr * self.lam", "2 * lr * lr * self.lam")),
    advice="2αλθ: α once.",
)
adamw.misconception(
    "the new weights are computed and not assigned",
    source=adamw.edited((DECAY, "variable = variable - 2 * lr * self.lam * variable")),
    advice="`variable = variable - …` only gives the name to a new tensor. Change the variable itself: self.assign_sub(variable, …).",
)


@adamw.alternative
@keras.saving.register_keras_serializable("fdl")
class AdamWByFactor(Adam):
    def __init__(self, learning_rate=0.001, lam=0.01, **others):
        super().__init__(learning_rate=learning_rate, **others)
        self.lam = lam

    def update_step(self, gradient, variable, learning_rate):
        weights = len(variable.shape) >= 2
        keep = 1 - 2 * self.lam * tf.cast(learning_rate, gradient.dtype) * float(weights)
        variable.assign(variable * keep)
        super().update_step(gradient, variable, learning_rate)

    def get_config(self):
        config = super().get_config()
        config["lam"] = self.lam
        return config


@adamw.alternative
@keras.saving.register_keras_serializable("fdl")
class AdamWByDifference(Adam):
    def __init__(self, learning_rate=0.001, lam=0.01, **others):
        super().__init__(learning_rate=learning_rate, **others)
        self.lam = float(lam)

    def update_step(self, gradient, variable, learning_rate):
        before = tf.identity(variable)
        super().update_step(gradient, variable, learning_rate)
        if keras.ops.ndim(before) > 1:
            decay = keras.ops.multiply(keras.ops.cast(learning_rate, before.dtype), 2 * self.lam * before)
            self.assign(variable, variable - decay)

    def get_config(self):
        return super().get_config() | {"lam": self.lam}
