"""step_lengths: how far each optimizer goes at step t, if the gradient stays what it is."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks

lengths = Exercise("step_lengths", kind="report", lecture="40:27")
ORDER = ("Momentum", "AdaGrad", "RMSProp", "Adam")


@lengths.reference
def step_lengths(g, beta, t):
    """The length of step t in units of α, |θ after − θ before| / α, where the gradient is the same number g at each step.

    In closed form, without going through the steps: sum the geometric series. Everything starts at 0, ε is left out,
    g is not 0. Adam has β₁ = β₂ = β.

    Args:
        g: the gradient, a number.
        beta: β, at least 0 and below 1; AdaGrad has none.
        t: the number of the step, counted from 1, or an array of such numbers.
    Returns:
        A dict with the keys "Momentum", "AdaGrad", "RMSProp" and "Adam"; each value has the shape of `t`.
    """
    ### BEGIN SOLUTION
    t = np.asarray(t, "float64")
    return {
        "Momentum": abs(g) * (1 - beta**t) / (1 - beta),
        "AdaGrad": 1 / np.sqrt(t),
        "RMSProp": 1 / np.sqrt(1 - beta**t),
        "Adam": np.ones_like(t),
    }
    ### END SOLUTION


def later_steps(rng):
    """The first step, and four others in their order."""
    return np.array([1, *np.sort(rng.choice(np.arange(2, 14), 4, replace=False))])


def drawn(rng):
    g = float(rng.uniform(1.5, 3) * rng.choice([-1, 1]))
    return g, float(rng.uniform(0.5, 0.8)), later_steps(rng)


def of(name, step_lengths, rng):
    g, beta, t = drawn(rng)
    found = {"t": t}
    for sign, gradient in (("g > 0", abs(g)), ("g < 0", -abs(g))):
        found[f"lengths of {name}'s steps, {sign}"] = np.asarray(
            step_lengths(gradient, beta, t)[name], "float32"
        )
    return {**found, **landmarks(g=abs(g), beta=beta)}


@lengths.check("Momentum's steps grow from |g| towards |g|/(1 − β)")
def of_momentum(step_lengths, rng):
    return of("Momentum", step_lengths, rng)


@lengths.check("AdaGrad's steps shrink")
def of_adagrad(step_lengths, rng):
    return of("AdaGrad", step_lengths, rng)


@lengths.check("RMSProp's first steps are longer")
def of_rmsprop(step_lengths, rng):
    return of("RMSProp", step_lengths, rng)


@lengths.check("Adam's steps are corrected")
def of_adam(step_lengths, rng):
    return of("Adam", step_lengths, rng)


@lengths.check("a single t gives single numbers")
def single(step_lengths, rng):
    g, beta, t = drawn(rng)
    found = step_lengths(-abs(g), beta, int(t[2]))
    lengths = {f"length of {name}'s step": np.asarray(found[name], "float32") for name in ORDER}
    return {"t": int(t[2]), **lengths, **landmarks(g=abs(g), beta=beta)}


@lengths.example()
def example(step_lengths, rng):
    g, beta, t = drawn(rng)

    def all_four(t):
        found = step_lengths(g, beta, t)
        return {name: found[name] for name in ORDER}

    return {"t": t}, all_four


MOMENTUM = "abs(g) * (1 - beta**t) / (1 - beta)"
lengths.misconception(
    "Momentum: the limit at every step",
    (MOMENTUM, "abs(g) / (1 - beta) + 0 * t"),
    advice="|g|/(1 - β) is reached only in the end. The first step has the length |g|; sum t terms of the geometric series.",
)
lengths.misconception(
    "Momentum: one term too few",
    (MOMENTUM, "abs(g) * (1 - beta ** (t - 1)) / (1 - beta)"),
    advice="At step 1 there is one term, β⁰: 1 + β + … + βᵗ⁻¹ = (1 - βᵗ)/(1 - β).",
)
lengths.misconception(
    "Momentum: one term too many",
    (MOMENTUM, "abs(g) * (1 - beta ** (t + 1)) / (1 - beta)"),
    advice="At step 1 there is one term, β⁰: 1 + β + … + βᵗ⁻¹ = (1 - βᵗ)/(1 - β).",
)
lengths.misconception(
    "Momentum: an average instead of a sum",
    (MOMENTUM, "abs(g) * (1 - beta**t)"),
    advice="With (1 - β)g a step would never be longer than |g|. Momentum sums whole gradients.",
)
lengths.misconception(
    "Momentum: the gradient's sign is left in",
    (MOMENTUM, "g * (1 - beta**t) / (1 - beta)"),
    advice="A length is never negative: |g|.",
)
lengths.misconception(
    "AdaGrad: 1/t for 1/√t",
    ("1 / np.sqrt(t)", "1 / t"),
    advice="v = t g², and the step is divided by the root of it.",
)
lengths.misconception(
    "AdaGrad: the steps do not shrink",
    ("1 / np.sqrt(t)", "np.ones_like(t)"),
    advice="v is a sum: after t steps it is t g², and g/√v = ±1/√t.",
)
lengths.misconception(
    "AdaGrad: the gradient's size is left in",
    ("1 / np.sqrt(t)", "abs(g) / np.sqrt(t)"),
    advice="g/√(t g²): the size of g cancels.",
)
# What follows is by `source`, so that double faults do not grow with it.
lengths.misconception(
    "RMSProp: shorter first steps instead of longer ones",
    source=lengths.edited(("1 / np.sqrt(1 - beta**t)", "np.sqrt(1 - beta**t)")),
    advice="v = (1 - βᵗ) g² is too small at first. It is what the step is divided by.",
)
lengths.misconception(
    "RMSProp: no root",
    source=lengths.edited(("1 / np.sqrt(1 - beta**t)", "1 / (1 - beta**t)")),
    advice="The step is divided by √v, and v = (1 - βᵗ) g².",
)
lengths.misconception(
    "RMSProp: always the length α",
    source=lengths.edited(("1 / np.sqrt(1 - beta**t)", "np.ones_like(t)")),
    advice="So it is in the end. At first v = (1 - βᵗ) g² has not forgotten its zero yet.",
)
lengths.misconception(
    "RMSProp: v of the step before",
    source=lengths.edited(("np.sqrt(1 - beta**t)", "np.sqrt(1 - beta ** (t + 1))")),
    advice="At step 1, v = (1 - β) g²: the exponent is t.",
)
lengths.misconception(
    "Adam: no correction",
    source=lengths.edited(("np.ones_like(t)", "np.sqrt(1 - beta**t)")),
    advice="Without the correction m/√v would be √(1 - βᵗ). With it m̂ = g and v̂ = g².",
)
lengths.misconception(
    "Adam: the gradient's size is left in",
    source=lengths.edited(("np.ones_like(t)", "abs(g) * np.ones_like(t)")),
    advice="m̂ = g and v̂ = g²: the size of g cancels.",
)
lengths.misconception(
    "a list, also for a single t",
    source=lengths.edited(('t = np.asarray(t, "float64")', 't = np.atleast_1d(np.asarray(t, "float64"))')),
    advice="Each value has the shape of t. A number has the shape (): np.asarray(t) keeps it, np.atleast_1d does not.",
)


@lengths.alternative
def by_series(g, beta, t):
    t = np.asarray(t)
    longest = int(np.max(t))
    sums = np.cumsum(float(beta) ** np.arange(longest))[t - 1]
    average = (1 - beta) * sums
    return {
        "Momentum": np.abs(g * sums),
        "AdaGrad": np.abs(g) / np.sqrt(t * g**2),
        "RMSProp": average**-0.5,
        "Adam": sums / sums,
    }


@lengths.alternative
def by_powers(g, beta, t):
    left = np.power(float(beta), t)
    return {
        "Momentum": np.abs(g) / (1 - beta) * (1 - left),
        "AdaGrad": np.power(np.asarray(t, float), -0.5),
        "RMSProp": np.power(1 - left, -0.5),
        "Adam": np.ones(np.shape(t)),
    }


lengths.equivalent(
    "line 1: without t = np.asarray(t, 'float64')", because="NumPy takes whole numbers as well"
)
lengths.equivalent("line 1: 'float64' → 'float32'", because="seven digits are as good as sixteen here")
