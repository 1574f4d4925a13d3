"""Probes of optimizers: what is tried of every answer that is a `keras.optimizers.Optimizer`, whatever step it takes.

An example shows how an optimizer is made, with settings far from its defaults:

    @momentum.example()
    def example(Momentum, rng):
        return {}, lambda learning_rate: Momentum(learning_rate, beta=0.7)

A probe makes its own variables and gradients. It holds an optimizer against itself: together and alone, before and
after loading, in a graph and without one. So an optimizer that takes another step passes, if it takes it everywhere.
"""

import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from helpers.optimizer_steps import apply, gradients_of, variable_of
from helpers.probes import BATTERIES, Call, Example, Probe, Sabotage
from helpers.single_check import Arrays

KIND = "optimizer"
SHAPE = (3, 2)
# Two ways to the same values may add up in another order.
NEAR = 1e-4


def _maker(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Any:
    """What makes an optimizer from a learning rate."""
    _, make = example(*objects, rng)
    return sabotage(make)


def _spoiled(spoil: Callable[[Any], None]) -> Sabotage:
    """A sabotage that changes an optimizer after it was made."""

    def sabotage(make: Call) -> Call:
        def made(learning_rate: Any) -> Any:
            optimizer = make(learning_rate)
            spoil(optimizer)
            return optimizer

        return made

    return sabotage


def _share(a: np.ndarray, b: np.ndarray) -> float:
    """The share of numbers in which two arrays agree."""
    scale = np.max(np.abs(b), initial=0)
    return float(np.mean(np.isclose(a, b, rtol=NEAR, atol=NEAR * scale, equal_nan=True)))


def _drawn(theirs: Arrays, name: str) -> Arrays:
    """What was drawn: what belongs to another draw then fits nothing."""
    return {name: theirs[name]}


def _moved(thetas: np.ndarray) -> list[float]:
    """The share of θ that each step moves.

    Args:
        thetas: θ before the first step and after each, along the first axis.
    """
    return [float(np.mean(after != before)) for before, after in pairwise(thetas)]


# ---- a step changes the variable


def _assigned(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    optimizer = _maker(example, objects, rng, sabotage)(0.1)
    theta = variable_of(rng, SHAPE)
    before = theta.numpy()
    apply(optimizer, [theta], gradients_of(rng, 1, SHAPE))
    return {"θ before": before, "θ after a step": theta.numpy()}


def _assigned_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    moved = theirs["θ before"] != theirs["θ after a step"]
    return {"share of θ that a step moves": np.mean(moved), **_drawn(theirs, "θ before")}


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
    _spoiled(_give_back),
)


# ---- slots


def _slots(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make = _maker(example, objects, rng, sabotage)
    start, gradients = rng.normal(size=SHAPE), gradients_of(rng, 3, SHAPE)
    together = [variable_of(start, layer="first"), variable_of(rng, SHAPE, layer="second")]
    apply(make(0.1), together, [(gradients[0], gradients[2]), (gradients[1], gradients[0])])
    alone = variable_of(start)
    apply(make(0.1), [alone], gradients[:2])
    return {"θ before": start, "θ": together[0].numpy(), "θ, alone": alone.numpy()}


def _slots_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    share = _share(theirs["θ"], theirs["θ, alone"])
    return {"share of θ that is the same with another beside it": share, **_drawn(theirs, "θ before")}


def _first_slot(optimizer: Any) -> None:
    optimizer._get_variable_index = lambda variable: 0


SLOTS = Probe(
    "slots",
    "each variable has a memory of its own",
    "variables share what each should remember for itself",
    "A model has many variables, and `update_step` is called for each. Make one slot for each in `build` "
    "(`self.add_optimizer_variables(variables, …)`) and find it by `self._get_variable_index(variable)`. What is counted at "
    "each call is counted once a variable: the number of steps is `self.iterations`.",
    _slots,
    _slots_summary,
    _spoiled(_first_slot),
)


# ---- saved and loaded


def _saved(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    # Late: whoever reads about probes need not import TensorFlow.
    import keras

    model = keras.Sequential([keras.layers.Dense(2, use_bias=False)])
    model.build((None, 3))
    model.layers[0].set_weights([rng.normal(size=SHAPE)])
    model.compile(_maker(example, objects, rng, sabotage)(0.1), loss="mse")
    gradients = gradients_of(rng, 3, SHAPE)
    found: Arrays = {"W before": model.get_weights()[0]}
    apply(model.optimizer, model.trainable_variables, gradients[:2])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.keras")
        model.save(file)
        loaded = keras.saving.load_model(file)
    for name, one in (("W", model), ("W loaded", loaded)):
        found[f"{name}, when it is saved"] = one.get_weights()[0]
        apply(one.optimizer, one.trainable_variables, gradients[2:])
        found[f"{name}, after another step"] = one.get_weights()[0]
    return found


def _saved_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    whole, loaded = theirs["W, after another step"], theirs["W loaded, after another step"]
    share = _share(loaded, whole)
    return {"share of W that goes on, loaded, as it would have gone on": share, **_drawn(theirs, "W before")}


def _save_nothing(optimizer: Any) -> None:
    def save_own_variables(store: Any) -> None:
        for i, variable in enumerate(optimizer.variables):
            store[str(i)] = 0 * variable.numpy()

    optimizer.save_own_variables = save_own_variables


SAVED = Probe(
    "saved",
    "saved in a compiled model and loaded, it goes on where it was",
    "what it remembers is lost when the model is saved",
    "Keras saves what `self.add_optimizer_variables` made, and nothing else: no list of tensors, no tf.Variable, no number in "
    "an attribute. The settings come back by `get_config`, for a class that is registered.",
    _saved,
    _saved_summary,
    _spoiled(_save_nothing),
)


# ---- the configuration


def _config(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    import keras

    optimizer = _maker(example, objects, rng, sabotage)(0.07)
    copy = type(optimizer).from_config(optimizer.get_config())
    start, gradients = rng.normal(size=SHAPE), gradients_of(rng, 2, SHAPE)
    found: Arrays = {
        "θ before": start,
        "registered as": keras.saving.get_registered_name(type(optimizer)),
        "name": optimizer.name,
        "name of the copy": copy.name,
    }
    for name, one in (("θ", optimizer), ("θ of the copy", copy)):
        theta = variable_of(start)
        apply(one, [theta], gradients)
        found[f"{name} after two steps"] = theta.numpy()
    return found


def _config_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    mine, copy = theirs["θ after two steps"], theirs["θ of the copy after two steps"]
    return {
        **_drawn(theirs, "θ before"),
        "registered": theirs["registered as"] == ours["registered as"],
        "the copy has its name": theirs["name"] == theirs["name of the copy"],
        "share of θ that the copy moves alike": _share(copy, mine),
    }


def _without_settings(optimizer: Any) -> None:
    optimizer.get_config = dict


CONFIG = Probe(
    "config",
    "the configuration holds all its settings",
    "a setting is missing from the configuration",
    "A loaded optimizer is made from `get_config` alone: begin with `super().get_config()`, which holds the name and the "
    "learning rate, and add each argument of `__init__` under its own name. Keep the decorator that registers the class.",
    _config,
    _config_summary,
    _spoiled(_without_settings),
)


# ---- the learning rate


def _schedule(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    import keras

    make = _maker(example, objects, rng, sabotage)
    # The second step has the rate 0: whatever is remembered, nothing moves.
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([0, 1], [0.1, 0.0, 0.2])
    start, gradients = rng.normal(size=SHAPE), gradients_of(rng, 3, SHAPE)
    scheduled = _thetas(make(schedule), start, gradients, rates={})
    set_by_hand = _thetas(make(0.1), start, gradients[:2], rates={1: 0.0})
    return {"θ by a schedule": scheduled, "θ with the rate set by hand": set_by_hand}


def _thetas(optimizer: Any, start: np.ndarray, gradients: np.ndarray, rates: dict[int, float]) -> np.ndarray:
    """θ before the first step and after each, where the learning rate is set before some steps."""
    theta = variable_of(start)
    found = [theta.numpy()]
    for step, gradient in enumerate(gradients):
        if step in rates:
            optimizer.learning_rate = rates[step]
        apply(optimizer, [theta], [gradient])
        found.append(theta.numpy())
    return np.array(found)


def _schedule_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    shares: Arrays = {f"share of {name} that each step moves": _moved(theirs[name]) for name in ours}
    return shares | {"θ before": theirs["θ by a schedule"][0]}


def _rate_of_the_start(optimizer: Any) -> None:
    step = optimizer.update_step
    optimizer.update_step = lambda gradient, variable, learning_rate: step(gradient, variable, 0.1)


SCHEDULE = Probe(
    "schedule",
    "a step uses the learning rate of that step",
    "another learning rate than that of the step is used",
    "The rate may change from step to step, by a schedule or by hand; where it is 0, nothing moves. `update_step` is handed the "
    "rate of this step: multiply the whole step by it, outside of what is remembered.",
    _schedule,
    _schedule_summary,
    _spoiled(_rate_of_the_start),
)


# ---- variables that take no part in a step


def _unlisted(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    optimizer = _maker(example, objects, rng, sabotage)(0.1)
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
    return {"share of θ that is as it was": share, **_drawn(theirs, "θ before")}


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
    _spoiled(_move_all),
)


# ---- the count of steps


def _iterations(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    optimizer = _maker(example, objects, rng, sabotage)(0.1)
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
    _spoiled(_count_too),
)


# ---- a graph


def _graph(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    import tensorflow as tf

    make = _maker(example, objects, rng, sabotage)
    start, gradients = rng.normal(size=SHAPE), gradients_of(rng, 3, SHAPE)
    eager = _thetas(make(0.1), start, gradients, rates={})
    theta, optimizer = variable_of(start), make(0.1)
    optimizer.build([theta])

    # As in `fit`, which does not rewrite Python's `if` and `for` either.
    @tf.function(autograph=False)
    def step(gradient: Any) -> None:
        optimizer.apply([gradient], [theta])

    traced = step.get_concrete_function(tf.TensorSpec(SHAPE, "float32"))
    in_graph = [theta.numpy()]
    for gradient in gradients:
        traced(tf.constant(gradient, "float32"))
        in_graph.append(theta.numpy())
    return {"θ after each step": eager, "θ after each step in a graph": np.array(in_graph)}


def _graph_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    eager, in_graph = theirs["θ after each step"], theirs["θ after each step in a graph"]
    shares = [_share(a, b) for a, b in zip(in_graph, eager, strict=True)]
    return {"share of θ that is the same in a graph, after each step": shares, "θ before": eager[0]}


def _by_numpy(optimizer: Any) -> None:
    step = optimizer.update_step
    optimizer.update_step = lambda gradient, variable, learning_rate: step(
        np.asarray(gradient.numpy()), variable, learning_rate
    )


GRAPH = Probe(
    "graph",
    "it steps in a graph as it does outside",
    "something happens in Python that a graph does once only",
    "`model.fit` builds a graph of your `update_step` once and runs it at each step: NumPy, `float(…)`, and a number that Python "
    "counts up are stuck at the first. Keep what changes in slots, with `self.assign`; the number of steps is `self.iterations`.",
    _graph,
    _graph_summary,
    _spoiled(_by_numpy),
)


# ---- dtypes


def _dtypes(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    start, (first, second) = rng.normal(size=SHAPE), gradients_of(rng, 2, SHAPE)
    dtypes = {"half": "float16", "whole": "float64", "larger": "float64"}
    half, whole, larger = [variable_of(start, layer=name, dtype=dtype) for name, dtype in dtypes.items()]
    # Less than float32 can tell apart.
    steps = [(first, first, first), (second, second, second * (1 + 1e-9))]
    apply(_maker(example, objects, rng, sabotage)(0.1), [half, whole, larger], steps)
    return {
        "θ in float16": start.astype("float16"),
        "θ in float16 after two steps": half.numpy(),
        "θ in float64": whole.numpy(),
        "θ in float64, the last gradient a little larger": larger.numpy(),
    }


def _dtypes_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    half, whole = theirs["θ in float16 after two steps"], theirs["θ in float64"]
    moved = np.isfinite(half) & (half != theirs["θ in float16"])
    larger = theirs["θ in float64, the last gradient a little larger"]
    return {
        **_drawn(theirs, "θ in float16"),
        "share of θ that moves in float16": np.mean(moved),
        "share of θ in float64 that is as exact as that": np.mean(larger != whole),
    }


def _in_single(optimizer: Any) -> None:
    step = optimizer.update_step

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        import tensorflow as tf

        step(tf.cast(tf.cast(gradient, "float32"), gradient.dtype), variable, learning_rate)

    optimizer.update_step = update_step


DTYPE = Probe(
    "dtype",
    "it computes in the dtype of the variable",
    "a dtype is taken for granted",
    "The learning rate is float32 whatever the variable is: `keras.ops.cast(learning_rate, variable.dtype)`, and the number of "
    "steps likewise. Python's numbers adapt by themselves.",
    _dtypes,
    _dtypes_summary,
    _spoiled(_in_single),
)


# ---- gradients of 0


def _zero(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    optimizer = _maker(example, objects, rng, sabotage)(0.1)
    theta, gradients = variable_of(rng, SHAPE), gradients_of(rng, 2, SHAPE)
    # A dead unit, or a pixel without ink.
    gradients[:, 0] = 0
    apply(optimizer, [theta], gradients)
    return {"gradients": gradients, "θ after two steps": theta.numpy()}


def _zero_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    share = np.mean(np.isfinite(theirs["θ after two steps"]))
    return {"share of θ that is a number": share, **_drawn(theirs, "gradients")}


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
    _spoiled(_divide),
)

BATTERIES[KIND] = (ASSIGNED, SLOTS, SCHEDULE, UNLISTED, ITERATIONS, GRAPH, DTYPE, ZERO, CONFIG, SAVED)
# Each looks at one property, and a wrong formula has them all: together they weigh less than the formula.
HALF = {probe.key: 0.5 for probe in BATTERIES[KIND]}
