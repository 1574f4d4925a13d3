"""Many small networks, trained side by side by NumPy: for experiments over seeds and learning rates that would take Keras minutes.

networks = Networks(5, D=64, H=32, C=10, seed=0)          # five of them, each with weights of its own
for _ in range(20):
    networks.epoch(x, y, lr=[0.01, 0.03, 0.1, 0.3, 1.0])  # each with a rate of its own
networks.loss(x_valid, y_valid)                           # five numbers
"""

from collections.abc import Sequence
from typing import Any

import numpy as np


class Networks:
    """R networks with one hidden layer of ReLU units and a softmax, trained by mini-batch gradient descent.

    Args:
        R: how many.
        D: inputs.    H: hidden units.    C: classes.
        seed: decides their first weights and the orders of the examples, which differ from network to network.
    """

    def __init__(self, R: int, D: int, H: int, C: int, seed: int = 0) -> None:
        self.R, self.C = R, C
        self.rng = np.random.default_rng(seed)
        self.theta = [
            self._normal(R, D, H) * np.float32((2 / D) ** 0.5),
            np.zeros((R, 1, H), "float32"),
            self._normal(R, H, C) * np.float32(H**-0.5),
            np.zeros((R, 1, C), "float32"),
        ]

    def _normal(self, *shape: int) -> np.ndarray:
        return self.rng.normal(size=shape).astype("float32")

    def f(self, x: np.ndarray) -> np.ndarray:
        """The probabilities that each network gives to the classes.

        Args:
            x: (N, D), the same for all networks, or (R, N, D).
        Returns:
            (R, N, C).
        """
        return self._forward(np.asarray(x, "float32"))[1]

    def _forward(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        W1, b1, W2, b2 = self.theta
        # A rate that is too large ends in infinities: that is what some experiments are about.
        with np.errstate(all="ignore"):
            h = np.maximum(x @ W1 + b1, 0)
            a = h @ W2 + b2
            powers = np.exp(a - a.max(-1, keepdims=True))
            return h, powers / powers.sum(-1, keepdims=True)

    def gradient(self, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
        """The gradient of each network's mean loss, parameter by parameter.

        Args:
            x: (N, D) or (R, N, D).
            y: the classes, (N,) or (R, N).
        """
        x = np.asarray(x, "float32")
        h, f = self._forward(x)
        W2 = self.theta[2]
        with np.errstate(all="ignore"):
            da = (f - self._onehot(y)) / np.float32(x.shape[-2])
            dh = da @ W2.transpose(0, 2, 1) * (h > 0)
            return [
                np.swapaxes(x, -1, -2) @ dh,
                dh.sum(1, keepdims=True),
                h.transpose(0, 2, 1) @ da,
                da.sum(1, keepdims=True),
            ]

    def step(self, x: np.ndarray, y: np.ndarray, lr: float | Sequence[float]) -> None:
        """One step of gradient descent.

        Args:
            x, y: one batch for all networks, or one for each.
            lr: the learning rate, or one for each network.
        """
        rate = np.reshape(np.asarray(lr, "float32"), (-1, 1, 1))
        for parameter, gradient in zip(self.theta, self.gradient(x, y), strict=True):
            with np.errstate(all="ignore"):
                parameter -= rate * gradient

    def epoch(self, x: np.ndarray, y: np.ndarray, lr: float | Sequence[float], size: int = 50) -> None:
        """One epoch of mini-batches, in an order of its own for each network; a tail that fills no batch is left out.

        Args:
            x, y: the training set, (N, D) and (N,).
            lr: the learning rate, or one for each network.
            size: examples in a batch.
        """
        x = np.asarray(x, "float32")
        order = self.rng.random((self.R, len(x))).argsort(axis=1)
        for start in range(0, len(x) - size + 1, size):
            rows = order[:, start : start + size]
            self.step(x[rows], y[rows], lr)

    def loss(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The mean loss of each network.

        Args:
            x, y: examples, (N, D) and (N,).
        """
        own = (self.f(x) * self._onehot(y)).sum(-1)
        return -np.log(np.maximum(own, 1e-30)).mean(-1)

    def right(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Which examples each network classifies correctly, (R, N).

        Args:
            x, y: examples, (N, D) and (N,).
        """
        return self.f(x).argmax(-1) == y

    def _onehot(self, y: Any) -> np.ndarray:
        return np.eye(self.C, dtype="float32")[y]
