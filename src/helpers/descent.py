"""Mini-batch gradient descent for experiments: all steps in one graph, which is traced once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf


class Descent:
    """Gradient descent with momentum on mini-batches (lecture 40:27), for a loss that is any function of a batch.

    direction = gradient + β · direction,    θ ← θ - α · direction

    Every epoch has an order of its own; a batch that an epoch leaves unfinished is filled from the next one. Where there are
    fewer examples than a batch holds, each step sees all of them.

    Args:
        variables: what moves.
        loss_of: the loss of a batch; takes as many arrays as `data` has.
        data: arrays with an example a row.
        lr, beta: α and β.
        size: examples in a batch.
        seed: decides the orders.
    """

    def __init__(
        self,
        variables: Sequence[Any],
        loss_of: Callable[..., Any],
        *data: Any,
        lr: float = 0.1,
        beta: float = 0.9,
        size: int = 50,
        seed: int = 0,
    ) -> None:
        self.variables = list(variables)
        self.loss_of = loss_of
        self.data = [tf.constant(part) for part in data]
        self.lr = lr
        self.beta = beta
        self.size = min(size, len(data[0]))
        self._rng = np.random.default_rng(seed)
        self._waiting = np.zeros(0, "int64")
        self._directions = [tf.Variable(tf.zeros(v.shape, v.dtype)) for v in self.variables]
        self._graph = tf.function(self._steps)

    def go(self, steps: int) -> "Descent":
        """Go so many steps further.

        Args:
            steps: how many.
        Returns:
            This descent.
        """
        rows = np.stack([self._rows() for _ in range(steps)])
        self._graph(tf.constant(rows))
        return self

    def _rows(self) -> np.ndarray:
        """Which examples the next step sees."""
        while len(self._waiting) < self.size:
            order = self._rng.permutation(len(self.data[0]))
            self._waiting = np.concatenate([self._waiting, order])
        rows = self._waiting[: self.size]
        self._waiting = self._waiting[self.size :]
        return rows

    def _steps(self, rows: tf.Tensor) -> None:
        def once(i: tf.Tensor) -> tuple[tf.Tensor]:
            self._step(rows[i])
            return (i + 1,)

        # Not `for`: where TensorFlow finds no source to rewrite, it could not go over a tensor.
        tf.while_loop(lambda i: i < tf.shape(rows)[0], once, (0,))

    def _step(self, rows: tf.Tensor) -> None:
        batch = [tf.gather(part, rows) for part in self.data]
        with tf.GradientTape() as tape:
            loss = self.loss_of(*batch)
        gradients = tape.gradient(loss, self.variables)
        for variable, direction, gradient in zip(self.variables, self._directions, gradients, strict=True):
            direction.assign(gradient + self.beta * direction)
            variable.assign_sub(self.lr * direction)
