"""What `check(step_lengths)` looks at (lecture 40:27).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks

lengths = Checks("step_lengths", kind="report", lecture="40:27")

ORDER = ("Momentum", "AdaGrad", "RMSProp", "Adam")


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
