"""Fifty examples that a network without hidden layers learns one after the other, each at a step that is known before."""

import numpy as np

N, C, SCALE = 50, 3, 5.0
# How far a margin moves in a step, in multiples of the learning rate, as long as all classes are nearly as likely.
PER_STEP = SCALE**2 / N
# Between two steps, so that rounding and the biases do not decide at which an example turns right.
BETWEEN = 0.4


def one_by_one(rng: np.random.Generator, lr: float, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Examples of which 48 are right from the start, one from step `last - 2` on, and the last one from step `last` on.

    Each example has an input of its own, so that its margin moves by itself.

    Args:
        rng: a check's own generator.
        lr: the learning rate with which they are to be learned.
        last: from 3 to 6; with 0, all are right from the start.
    Returns:
        x, y, W: arrays of shapes (50, 50), (50,) and (50, 3); W is what the network begins with, beside biases of 0.
    """
    y = rng.permutation(np.resize(np.arange(C), N))
    margins = np.zeros((N, C))
    step = lr * PER_STEP
    margins[np.arange(N), y] = step * rng.uniform(1, 3, N)
    late = rng.permutation(N)[: 2 if last else 0]
    for example, when in zip(late, (last - 2, last), strict=False):
        margins[example] = 0
        margins[example, (y[example] + rng.integers(1, C)) % C] = step * (when - BETWEEN)
    inputs = rng.permutation(N)
    x = SCALE * np.eye(N)[inputs]
    W = np.zeros((N, C))
    W[inputs] = margins / SCALE
    return x, y, W
