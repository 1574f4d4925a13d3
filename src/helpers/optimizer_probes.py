"""Probes of optimizers: what is tried of every answer that is a `keras.optimizers.Optimizer`, whatever step it takes.

An example shows how an optimizer is made, with settings far from its defaults:

    @momentum.example()
    def example(Momentum, rng):
        return {}, lambda learning_rate: Momentum(learning_rate, beta=0.7)

A probe makes its own variables and gradients. It holds an optimizer against itself: together and alone, before and
after loading, in a graph and without one. So an optimizer that takes another step passes, if it takes it everywhere.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.optimizer_life_probes import CONFIG, DTYPE, GRAPH, SAVED, SCHEDULE
from helpers.optimizer_steps import apply, gradients_of, variable_of
from helpers.optimizer_trials import SHAPE, agreement, drawn, maker, spoiled
from helpers.probes import BATTERIES, Example, Probe, Sabotage
from helpers.single_check import Arrays

KIND = "optimizer"

# ---- a step changes the variable


def _assigned(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    optimizer = maker(example, objects, rng, sabotage)(0.1)
    theta = variable_of(rng, SHAPE)
    before = theta.numpy()
    apply(optimizer, [theta], gradients_of(rng, 1, SHAPE))
    return {"θ before": before, "θ after a step": theta.numpy()}


def _assigned_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    moved = theirs["θ before"] != theirs["θ after a step"]
    return {"share of θ that a step moves": np.mean(moved), **drawn(theirs, "θ before")}


def _give_back(optimizer: Any) -> None:
    optimizer.update_step = lambda gradient, variable, learning_rate: variable - gradient


ASSIGNED = Probe(
    "assigned",
    "a step changes the variable itself",
    "new values are computed and not assigned",
    "Keras does not look at what `update_step` returns, and `variable = variable + …` only gives the name to another tensor: "
    "write the new value into the variable, with `self.assign(variable, …)` or `self.assign_add(variable, …)`.",
    _assigned,
    _assigned_summary,
    spoiled(_give_back),
)


# ---- slots


def _slots(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make = maker(example, objects, rng, sabotage)
    start, gradients = rng.normal(size=SHAPE), gradients_of(rng, 3, SHAPE)
    together = [variable_of(start, layer="first"), variable_of(rng, SHAPE, layer="second")]
    optimizer = make(0.1)
    apply(optimizer, together, [(gradients[0], gradients[2])])
    # Whoever finds a slot by counting calls takes the other's.
    apply(optimizer, together[::-1], [(gradients[0], gradients[1])])
    alone = variable_of(start)
    apply(make(0.1), [alone], gradients[:2])
    return {"θ before": start, "θ": together[0].numpy(), "θ, alone": alone.numpy()}


def _slots_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    share = agreement(theirs["θ"], theirs["θ, alone"])
    return {"share of θ that is the same with another beside it": share, **drawn(theirs, "θ before")}


def _first_slot(optimizer: Any) -> None:
    optimizer._get_variable_index = lambda variable: 0


SLOTS = Probe(
    "slots",
    "each variable has a memory of its own",
    "variables share what each should remember for itself",
    "A model has many variables, and `update_step` is called for each. Make one slot for each in `build` "
    "(`self.add_optimizer_variables(variables, …)`) and find it by `self.index_of(variable)`. What is counted at "
    "each call is counted once a variable: the number of steps is `self.iterations`.",
    _slots,
    _slots_summary,
    spoiled(_first_slot),
)


# ---- variables that take no part in a step


def _unlisted(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    optimizer = maker(example, objects, rng, sabotage)(0.1)
    moving, frozen = [variable_of(rng, SHAPE, layer=f"layer_{i}") for i in range(2)]
    before = frozen.numpy()
    first, *others = gradients_of(rng, 3, SHAPE)
    # The frozen one once took part, so there is something that it could be moved by.
    apply(optimizer, [moving, frozen], [(first, others[0])])
    then = frozen.numpy()
    apply(optimizer, [moving], others[1:])
    return {"θ before": before, "θ when it is frozen": then, "θ afterwards": frozen.numpy()}


def _unlisted_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    share = np.mean(theirs["θ when it is frozen"] == theirs["θ afterwards"])
    return {"share of θ that is as it was": share, **drawn(theirs, "θ before")}


def _move_all(optimizer: Any) -> None:
    step = optimizer.update_step

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        step(gradient, variable, learning_rate)
        for each in optimizer._trainable_variables:
            each.assign_add(np.ones(SHAPE))

    optimizer.update_step = update_step


UNLISTED = Probe(
    "unlisted",
    "a variable that gets no gradient stays",
    "variables that are frozen are moved as well",
    "`update_step` is called once for each variable that takes part: change that one and its slots, and no other.",
    _unlisted,
    _unlisted_summary,
    spoiled(_move_all),
)


# ---- the count of steps


def _iterations(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    optimizer = maker(example, objects, rng, sabotage)(0.1)
    both = [variable_of(rng, SHAPE, layer=f"layer_{i}") for i in range(2)]
    before = both[0].numpy()
    steps = gradients_of(rng, 4, SHAPE).reshape(2, 2, *SHAPE)
    apply(optimizer, both, steps)
    return {
        "θ before": before,
        "steps taken": len(steps),
        "optimizer.iterations": int(optimizer.iterations.numpy()),
    }


def _count_too(optimizer: Any) -> None:
    step = optimizer.update_step

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        step(gradient, variable, learning_rate)
        optimizer.iterations.assign_add(1)

    optimizer.update_step = update_step


ITERATIONS = Probe(
    "iterations",
    "the steps are counted, each once",
    "the steps are counted once more",
    "Keras adds 1 to `self.iterations` after each step, for all variables together. Read it, and leave the counting to Keras.",
    _iterations,
    None,
    spoiled(_count_too),
)


# ---- gradients of 0


def _zero(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    optimizer = maker(example, objects, rng, sabotage)(0.1)
    theta, gradients = variable_of(rng, SHAPE), gradients_of(rng, 2, SHAPE)
    # A dead unit, or a pixel without ink.
    gradients[:, 0] = 0
    apply(optimizer, [theta], gradients)
    return {"gradients": gradients, "θ after two steps": theta.numpy()}


def _zero_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    share = np.mean(np.isfinite(theirs["θ after two steps"]))
    return {"share of θ that is a number": share, **drawn(theirs, "gradients")}


def _divide(optimizer: Any) -> None:
    step = optimizer.update_step

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        step(gradient, variable, learning_rate)
        variable.assign_add(0 * gradient / gradient)

    optimizer.update_step = update_step


ZERO = Probe(
    "zero",
    "where the gradient is 0, θ stays a number",
    "a gradient of 0 gives no number",
    "A dead unit has the gradient 0 at every step, and 0/√0 is no number: add ε to the root.",
    _zero,
    _zero_summary,
    spoiled(_divide),
)


BATTERIES[KIND] = (ASSIGNED, SLOTS, SCHEDULE, UNLISTED, ITERATIONS, GRAPH, DTYPE, ZERO, CONFIG, SAVED)
# Each looks at one property, and a wrong formula has them all: together they weigh less than the formula.
HALF = {probe.key: 0.5 for probe in BATTERIES[KIND]}
