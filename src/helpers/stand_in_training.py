"""What checks of pre-training hand to an answer: an autoencoder whose noise is known, and training that keeps a record.

Weights and noise of a right answer are random; with these in their place, what comes out is the same whatever its style.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import fill

# Noise takes every third input away.
EVERY = 3


def _begin(shape: Sequence[int], dtype: Any = "float32") -> tf.Tensor:
    """What a weight of that shape begins with."""
    values = np.random.default_rng(list(shape)).uniform(-1, 1, size=shape)
    return tf.constant(values, dtype)


class KnownNoise(keras.layers.Layer):
    """Stands in for an `Autoencoder`, so that a mistake in that one is not counted again.

    Its noise always strikes the same inputs, its weights begin with numbers that their shapes decide, and its decoder
    multiplies by a matrix that never changes. It is a layer, since a model takes longer to make.

    Args:
        units: how many.
        noise: 0 for none.
    """

    def __init__(self, units: int, noise: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.noise = noise

    def build(self, input_shape: Any) -> None:
        width = input_shape[-1]
        self.W = self.add_weight(shape=(width, self.units), initializer=_begin, name="W")
        self.b = self.add_weight(shape=(self.units,), initializer=_begin, name="b")
        self.c = self.add_weight(shape=(width,), initializer=_begin, name="c")
        self.back = np.random.default_rng([width, self.units]).normal(size=(self.units, width))

    def corrupt(self, x: Any) -> Any:
        """The same inputs are lost each time."""
        if not self.noise:
            return x
        lost = np.arange(self.c.shape[0]) % EVERY == 0
        return keras.ops.where(lost, keras.ops.zeros_like(x), x)

    def encode(self, x: Any) -> Any:
        """The code of x."""
        return keras.activations.sigmoid(keras.ops.dot(x, self.W) + self.b)

    def decode(self, h: Any) -> Any:
        """A pre-activation for each input."""
        return keras.ops.dot(h, keras.ops.cast(self.back, h.dtype)) + self.c

    def call(self, x: Any, training: bool = False) -> Any:
        """What is made of x again."""
        given = self.corrupt(x) if training else x
        return keras.activations.sigmoid(self.decode(self.encode(given)))


class RecordedPretraining:
    """The `train(autoencoder, h)` of a check: it writes down what came, and gives each weight a value that its shape decides.

    Args:
        rng: one number of it is drawn.

    Attributes:
        inputs: what each autoencoder was trained on, in this order.
        noises: the noise of each.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.seed = int(rng.integers(1 << 30))
        self.inputs: list[np.ndarray] = []
        self.noises: list[float] = []

    def __call__(self, autoencoder: Any, h: Any) -> None:
        # It may not have its weights yet.
        autoencoder(h)
        fill(autoencoder, np.random.default_rng(self.seed), scale=1.0)
        self.inputs.append(np.array(h))
        self.noises.append(float(autoencoder.noise))


class RecordedTraining:
    """The `train(model, x, y)` of a check: the weights on top get known values, then come steps of gradient descent.

    Where a class is -1, and so nobody has said it, there is nothing to descend: the call is written down, and no step taken.

    Args:
        rng: one number of it is drawn.
        hidden: widths of the hidden layers; a weight whose last axis has another length belongs to the top.
        steps: how many, each on all of x and y, with learning rate 1.

    Attributes:
        calls: what each call was given, and what the model said of x before the first step.
    """

    def __init__(self, rng: np.random.Generator, hidden: Sequence[int], steps: int = 3) -> None:
        self.seed = int(rng.integers(1 << 30))
        self.hidden = tuple(hidden)
        self.steps = steps
        self.calls: list[dict[str, np.ndarray]] = []

    def __call__(self, model: Any, x: Any, y: Any) -> None:
        # It may not have its weights yet.
        model(x)
        for weight in model.weights:
            if weight.shape[-1] not in self.hidden:
                drawn = np.random.default_rng([self.seed, len(weight.shape)]).normal(size=weight.shape)
                weight.assign(drawn)
        f = model(x)
        self.calls.append({"x": np.array(x), "y": np.array(y), "f before": np.array(f)})
        if np.any(np.asarray(y) < 0):
            return
        for _ in range(self.steps):
            self._step(model, x, y)

    def _step(self, model: Any, x: Any, y: Any) -> None:
        variables = model.trainable_variables
        with tf.GradientTape() as tape:
            f_y = tf.gather(model(x), tf.constant(y), batch_dims=1)
            loss = -tf.reduce_mean(tf.math.log(f_y))
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(gradient)

    @property
    def only(self) -> dict[str, np.ndarray]:
        """What the one call was given.

        Raises:
            ValueError: if there was none, or another one.
        """
        if not self.calls:
            raise ValueError("`train(model, x, y)` was never called")
        if len(self.calls) > 1:
            raise ValueError(f"`train(model, x, y)` was called {len(self.calls)} times; once is enough")
        return self.calls[0]


def trained_encoders(rng: np.random.Generator, D: int, units: Sequence[int]) -> list[Any]:
    """Layers as pre-training leaves them: made with one set of numbers, and holding another.

    Args:
        rng: one number of it is drawn.
        D: inputs of the first.
        units: of each.
    """
    encoders = []
    seed = int(rng.integers(1 << 30))
    for number, H in enumerate(units):
        begin = keras.initializers.RandomUniform(-1, 1, seed=1000 * number + H)
        encoder = keras.layers.Dense(
            H, activation="sigmoid", kernel_initializer=begin, bias_initializer=begin
        )
        encoder.build((None, D))
        fill(encoder, np.random.default_rng([seed, number]), scale=1.0)
        encoders.append(encoder)
        D = H
    return encoders
