"""What `check(Adam)` looks at (lecture 42:10).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import optimizer_probes
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk

adam = Checks("Adam", kind=optimizer_probes.KIND, lecture="42:10", not_yours=["keras.optimizers.Adam"])


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
