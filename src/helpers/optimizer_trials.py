"""What probes of optimizers share: how one is made and spoiled, where it goes, and how that is compared."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from helpers.optimizer_steps import apply, variable_of
from helpers.probes import Call, Example, Sabotage
from helpers.single_check import Arrays

SHAPE = (3, 2)
# Two ways to the same values may add up in another order.
NEAR = 1e-4


def maker(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Any:
    """What makes an optimizer from a learning rate."""
    _, make = example(*objects, rng)
    return sabotage(make)


def spoiled(spoil: Callable[[Any], None]) -> Sabotage:
    """A sabotage that changes an optimizer after it was made."""

    def sabotage(make: Call) -> Call:
        def made(learning_rate: Any) -> Any:
            optimizer = make(learning_rate)
            spoil(optimizer)
            return optimizer

        return made

    return sabotage


def agreement(a: np.ndarray, b: np.ndarray) -> float:
    """The share of numbers in which two arrays agree."""
    scale = np.max(np.abs(b), initial=0)
    return float(np.mean(np.isclose(a, b, rtol=NEAR, atol=NEAR * scale, equal_nan=True)))


def drawn(theirs: Arrays, name: str) -> Arrays:
    """What was drawn: what belongs to another draw then fits nothing."""
    return {name: theirs[name]}


def moved(thetas: np.ndarray) -> list[float]:
    """The share of θ that each step moves.

    Args:
        thetas: θ before the first step and after each, along the first axis.
    """
    return [float(np.mean(after != before)) for before, after in pairwise(thetas)]


def thetas(optimizer: Any, start: np.ndarray, gradients: np.ndarray, rates: dict[int, float]) -> np.ndarray:
    """θ before the first step and after each, where the learning rate is set before some steps."""
    theta = variable_of(start)
    found = [theta.numpy()]
    for step, gradient in enumerate(gradients):
        if step in rates:
            optimizer.learning_rate = rates[step]
        apply(optimizer, [theta], [gradient])
        found.append(theta.numpy())
    return np.array(found)
