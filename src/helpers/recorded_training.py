"""Stands in for a compiled network: it writes down what it is trained and tested on, and its scores are written beforehand.

Every example is known by its number, which its first input and its class tell: `numbered_examples`.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

from helpers.scripted_training import logs_of, move, network, trained, weights_of

# Added to an example's number, its class.
CLASS = 1000


def numbered_examples(rng: np.random.Generator, N: int, D: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Examples that can be told apart: the first input is the example's number, and the class tells it too.

    Args:
        N: how many, with numbers one behind the other; which is the first is drawn.
        D: inputs of each, real-valued, each with a mean of its own.
    Returns:
        x, y: arrays of shapes (N, D) and (N,), of float32 and of integers.
    """
    x = rng.normal(size=(N, D)) + np.arange(D)
    numbers = 50 * int(rng.integers(1, 20)) + np.arange(N)
    x[:, 0] = numbers
    return x.astype("float32"), CLASS + numbers


def numbers_of(x: Any) -> np.ndarray:
    """Which examples these are.

    Args:
        x: inputs of `numbered_examples`; those that have been changed get numbers that no example has.
    """
    return np.asarray(x, "float64")[:, 0]


class Recorder:
    """A network in name only.

    Args:
        layer: the standardizer that is handed to it.
        scores: the validation score of each epoch.
        accuracy: what `evaluate` tells beside the score, as of a network that is compiled with a metric; None for one without.

    Attributes:
        fits, tests: what each `fit` was given, and each `evaluate` and the like; with the layer's mean at that time.
        weights: as those of a network.
    """

    def __init__(self, layer: Any, scores: Sequence[float], accuracy: float | None = None) -> None:
        self.layer, self.scores, self.accuracy = layer, scores, accuracy
        self.fits: list[SimpleNamespace] = []
        self.tests: list[SimpleNamespace] = []
        self.history: Any = None
        move(network(), -1)

    def fit(
        self,
        x: Any,
        y: Any,
        *,
        epochs: int = 1,
        validation_data: Any = None,
        callbacks: Any = (),
        **others: Any,
    ) -> Any:
        """As Keras's, with an epoch a score; arguments that change nothing here are taken too.

        Args:
            x, y: the training set.
            epochs: how many, at most as many as there are scores.
            validation_data: two arrays.
            callbacks: one or several.
            others: batch_size, verbose and the like.
        Returns:
            Something with the attributes `history` and `epoch`.
        """
        logs = logs_of(self.scores[:epochs])
        seen = np.zeros(0), np.zeros(0)
        if validation_data is None:
            logs = [{name: one for name, one in told.items() if not name.startswith("val_")} for told in logs]
        else:
            seen = numbers_of(validation_data[0]), np.asarray(validation_data[1], "float64")
        listed = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
        every = keras.callbacks.CallbackList(list(listed), add_history=False, model=network())
        found = trained(every, logs)
        self.fits.append(
            SimpleNamespace(
                x=numbers_of(x),
                y=np.asarray(y, "float64"),
                valid=seen,
                mu=self._mu(),
                tests=len(self.tests),
                found=found,
            )
        )
        run = found["epochs run"]
        history = {name: [told[name] for told in logs[:run]] for name in logs[0]}
        self.history = SimpleNamespace(history=history, epoch=list(range(run)))
        return self.history

    def evaluate(self, x: Any, y: Any = None, **others: Any) -> float | list[float]:
        """The score, which tells the weights that were tested, and the accuracy where there is one.

        Args:
            x, y: the examples.
            others: verbose and the like.
        """
        self.tests.append(SimpleNamespace(x=numbers_of(x), mu=self._mu()))
        score = float(weights_of(network())[0])
        return score if self.accuracy is None else [score, self.accuracy]

    def predict(self, x: Any, **others: Any) -> np.ndarray:
        """Whatever is predicted, the examples have been looked at.

        Args:
            x: the examples.
            others: verbose and the like.
        """
        self.evaluate(x)
        return np.zeros((len(x), 1), "float32")

    def __call__(self, x: Any, training: bool = False) -> np.ndarray:
        return self.predict(x)

    def get_weights(self) -> list[np.ndarray]:
        return network().get_weights()

    def set_weights(self, weights: list[np.ndarray]) -> None:
        network().set_weights(weights)

    @property
    def weights(self) -> list[Any]:
        return network().weights

    @property
    def optimizer(self) -> Any:
        return network().optimizer

    def _mu(self) -> np.ndarray:
        """A copy of the layer's mean; of one that was never adapted, NaN."""
        mu = getattr(self.layer, "mu", None)
        if mu is None:
            return np.full(1, np.nan)
        return np.array(mu, "float64")
