"""What `check(Momentum)` looks at (lecture 40:27).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import optimizer_probes
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk

momentum = Checks("Momentum", kind=optimizer_probes.KIND, lecture="40:27", not_yours=["keras.optimizers.SGD"])


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
