"""What `check(AdaGrad)` looks at (lecture 41:15).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import optimizer_probes
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.optimizer_steps import gradients_of, known, moves, problem, walk

adagrad = Checks(
    "AdaGrad",
    kind=optimizer_probes.KIND,
    lecture="41:15",
    not_yours=["keras.optimizers.Adagrad"],
)


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
