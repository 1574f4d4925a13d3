"""Probes of optimizers in the life that Keras gives them: saved and loaded, with a schedule, in a graph, in any dtype."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.optimizer_steps import apply, gradients_of, variable_of
from helpers.optimizer_trials import SHAPE, agreement, drawn, maker, moved, spoiled, thetas
from helpers.probes import Example, Probe, Sabotage
from helpers.single_check import Arrays

# ---- saved and loaded


def _saved(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    # Late: whoever reads about probes need not import TensorFlow.
    import keras

    from helpers.small_networks import saved_and_loaded

    model = keras.Sequential([keras.layers.Dense(2, use_bias=False)])
    model.build((None, 3))
    model.layers[0].set_weights([rng.normal(size=SHAPE)])
    optimizer = maker(example, objects, rng, sabotage)(0.1)
    model.compile(optimizer, loss="mse")
    gradients = gradients_of(rng, 3, SHAPE)
    found: Arrays = {"W before": model.get_weights()[0]}
    apply(model.optimizer, model.trainable_variables, gradients[:2])
    loaded = saved_and_loaded(model, type(optimizer))
    for name, one in (("W", model), ("W loaded", loaded)):
        found[f"{name}, when it is saved"] = one.get_weights()[0]
        apply(one.optimizer, one.trainable_variables, gradients[2:])
        found[f"{name}, after another step"] = one.get_weights()[0]
    return found


def _saved_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    whole, loaded = theirs["W, after another step"], theirs["W loaded, after another step"]
    share = agreement(loaded, whole)
    return {"share of W that goes on, loaded, as it would have gone on": share, **drawn(theirs, "W before")}


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
    spoiled(_save_nothing),
)


# ---- the configuration


def _config(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    import keras

    changing = keras.optimizers.schedules.PiecewiseConstantDecay([0], [0.07, 0.21])
    optimizer = maker(example, objects, rng, sabotage)(changing)
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
        **drawn(theirs, "θ before"),
        "registered": theirs["registered as"] == ours["registered as"],
        "the copy has its name": theirs["name"] == theirs["name of the copy"],
        "share of θ that the copy moves alike": agreement(copy, mine),
    }


def _without_settings(optimizer: Any) -> None:
    optimizer.get_config = dict


CONFIG = Probe(
    "config",
    "the configuration holds all its settings",
    "a setting is missing from the configuration",
    "A loaded optimizer is made from `get_config` alone: begin with `super().get_config()`, which holds the name and the "
    "learning rate, a schedule perhaps, and add each argument of `__init__` by its name. Keep the decorator that registers the class.",
    _config,
    _config_summary,
    spoiled(_without_settings),
)


# ---- the learning rate


def _schedule(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    import keras

    make = maker(example, objects, rng, sabotage)
    # The second step has the rate 0: whatever is remembered, nothing moves.
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([0, 1], [0.1, 0.0, 0.2])
    start, gradients = rng.normal(size=SHAPE), gradients_of(rng, 3, SHAPE)
    scheduled = thetas(make(schedule), start, gradients, rates={})
    set_by_hand = thetas(make(0.1), start, gradients[:2], rates={1: 0.0})
    return {"θ by a schedule": scheduled, "θ with the rate set by hand": set_by_hand}


def _schedule_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    shares: Arrays = {f"share of {name} that each step moves": moved(theirs[name]) for name in ours}
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
    spoiled(_rate_of_the_start),
)


# ---- a graph


def _graph(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    import tensorflow as tf

    make = maker(example, objects, rng, sabotage)
    start, gradients = rng.normal(size=SHAPE), gradients_of(rng, 3, SHAPE)
    eager = thetas(make(0.1), start, gradients, rates={})
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
    shares = [agreement(a, b) for a, b in zip(in_graph, eager, strict=True)]
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
    spoiled(_by_numpy),
)


# ---- dtypes


def _dtypes(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    # Both steps go one way, since float16 would often show nothing of a step forth and one back.
    start, (first,) = rng.uniform(-1, 1, SHAPE), gradients_of(rng, 1, SHAPE)
    second = first * rng.uniform(0.7, 1.3, SHAPE)
    dtypes = {"half": "float16", "whole": "float64", "larger": "float64"}
    half, whole, larger = [variable_of(start, layer=name, dtype=dtype) for name, dtype in dtypes.items()]
    # Less than float32 can tell apart.
    steps = [(first, first, first), (second, second, second * (1 + 1e-9))]
    apply(maker(example, objects, rng, sabotage)(0.1), [half, whole, larger], steps)
    return {
        "θ in float16": start.astype("float16"),
        "θ in float16 after two steps": half.numpy(),
        "θ in float64": whole.numpy(),
        "θ in float64, the last gradient a little larger": larger.numpy(),
    }


def _dtypes_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    half, whole = theirs["θ in float16 after two steps"], theirs["θ in float64"]
    moves = np.isfinite(half) & (half != theirs["θ in float16"])
    larger = theirs["θ in float64, the last gradient a little larger"]
    return {
        **drawn(theirs, "θ in float16"),
        "share of θ that moves in float16": np.mean(moves),
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
    spoiled(_in_single),
)
