"""What `check(RMSProp)` looks at (lecture 41:54).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import optimizer_probes
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk

rmsprop = Checks(
    "RMSProp",
    kind=optimizer_probes.KIND,
    lecture="41:54",
    not_yours=["keras.optimizers.RMSprop"],
)


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
