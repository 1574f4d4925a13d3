"""Variables, gradients and steps, for checks of optimizers."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


def variable_of(
    values: Any, shape: tuple[int, ...] = (), *, layer: str = "layer", dtype: str = "float32"
) -> Any:
    """A variable as a layer has it: called "kernel" like many others, with a path that is its own.

    Args:
        values: the values, or a generator that draws them from a normal distribution.
        shape: the shape, where they are drawn.
        layer: what stands before its name in its path.
        dtype: its dtype.
    Returns:
        A `keras.Variable`.
    """
    # Late: whoever reads about probes need not import TensorFlow.
    import keras

    if isinstance(values, np.random.Generator):
        values = values.normal(size=shape)
    with keras.name_scope(layer):
        return keras.Variable(values, dtype=dtype, name="kernel")


def gradients_of(rng: np.random.Generator, steps: int, shape: tuple[int, ...]) -> np.ndarray:
    """Gradients of either sign and between 1/2 and 2 in size, so that none is lost in rounding.

    Args:
        rng: draws them.
        steps: how many.
        shape: of each.
    Returns:
        A float64 array of shape (steps, *shape).
    """
    sizes = rng.uniform(0.5, 2, size=(steps, *shape))
    return sizes * rng.choice([-1, 1], size=(steps, *shape))


def apply(optimizer: Any, variables: Sequence[Any], steps: Iterable[Any]) -> None:
    """Take steps with given gradients.

    Args:
        optimizer: takes them.
        variables: what it moves.
        steps: for each step a gradient for each variable; for one variable the gradient alone will do.
    """
    import tensorflow as tf

    for gradients in steps:
        if len(variables) == 1 and isinstance(gradients, np.ndarray):
            gradients = [gradients]
        tensors = []
        for gradient, variable in zip(gradients, variables, strict=True):
            tensors.append(tf.constant(gradient, variable.dtype))
        optimizer.apply(tensors, list(variables))


def walk(
    optimizer: Any,
    starts: dict[str, np.ndarray],
    gradients: dict[str, np.ndarray],
    rates: Sequence[float] = (),
) -> dict[str, np.ndarray]:
    """Where steps with given gradients lead.

    Args:
        optimizer: takes them.
        starts: the values with which each variable begins, by its name.
        gradients: for each of them the gradient at each step, along the first axis.
        rates: the learning rate of each step, where it is set anew.
    Returns:
        "W after step 1" and so on, for each variable and step.
    """
    variables = [variable_of(start, layer=name) for name, start in starts.items()]
    found = {}
    for step, these in enumerate(zip(*gradients.values(), strict=True)):
        if len(rates):
            optimizer.learning_rate = float(rates[step])
        apply(optimizer, variables, [these])
        for name, variable in zip(starts, variables, strict=True):
            found[f"{name} after step {step + 1}"] = variable.numpy()
    return found


def problem(rng: np.random.Generator, steps: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """A weight matrix and biases, with a gradient for each step.

    Args:
        rng: draws them.
        steps: how many.
    Returns:
        The starts and the gradients, as `walk` takes them.
    """
    shapes = {"W": (3, 5), "b": (7,)}
    starts = {name: rng.normal(size=shape).astype("float32") for name, shape in shapes.items()}
    gradients = {name: gradients_of(rng, steps, shape) for name, shape in shapes.items()}
    return starts, gradients


def known(
    starts: dict[str, np.ndarray], gradients: dict[str, np.ndarray], **settings: float
) -> dict[str, np.ndarray]:
    """What belongs to a walk and may be recognized in its values, for `landmarks`.

    Args:
        starts, gradients: as `walk` takes them.
        settings: of the optimizer.
    """
    found: dict[str, Any] = dict(settings)
    for name, start in starts.items():
        found[f"{name} before"] = start
        for step, gradient in enumerate(gradients[name]):
            found[f"gradient of {name} at step {step + 1}"] = gradient.astype("float32")
    return found


def moves(found: dict[str, np.ndarray], starts: dict[str, np.ndarray], lr: float) -> dict[str, np.ndarray]:
    """How far each step went, in units of the learning rate.

    Args:
        found: what `walk` gave.
        starts: where it began.
        lr: α, the same for all steps.
    Returns:
        "(change of W at step 1) / α" and so on.
    """
    told = {}
    for name, before in starts.items():
        step = 1
        while f"{name} after step {step}" in found:
            after = found[f"{name} after step {step}"]
            told[f"(change of {name} at step {step}) / α"] = (after - before) / np.float32(lr)
            before = after
            step += 1
    return told
