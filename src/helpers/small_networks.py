"""Small networks that checks hand to an answer: one that costs next to nothing, and one to make ill; and what they learn.

`rng` is a check's own generator, as in `helpers.inputs`.
"""

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import fill
from helpers.single_check import Arrays

# Of the inputs of `standardizing_network`, and its learning rate.
MEAN, DEVIATION, RATE = 10.0, 5.0, 0.5


class Linear:
    """A network without hidden layers, in float64; in training it loses every other input.

    That stands for dropout, without its chance: who leaves it on gives the same numbers at each call.

    Attributes:
        W, b: its variables.
        called: whether it has variables yet.
    """

    def __init__(self, W: np.ndarray, late: bool = False) -> None:
        """Begin with the weights W and biases of 0.

        Args:
            W: of shape (D, C).
            late: have no variables before the first call, as a Keras network without an input shape.
        """
        self.W = keras.Variable(W, dtype="float64")
        self.b = keras.Variable(np.zeros(W.shape[1]), dtype="float64")
        self.called = not late

    @property
    def trainable_variables(self) -> list[Any]:
        """W and b, once there are any."""
        return [self.W, self.b] if self.called else []

    @property
    def trainable_weights(self) -> list[Any]:
        """Keras's other name for them."""
        return self.trainable_variables

    def __call__(self, x: Any, training: bool = False) -> Any:
        """The probabilities of the classes, shape (N, C), for inputs of shape (N, D)."""
        self.called = True
        h = tf.convert_to_tensor(x, "float64")
        if training:
            h *= np.arange(h.shape[1]) % 2.0
        return tf.nn.softmax(h @ self.W.value + self.b.value)


def saved_and_loaded(model: Any, thing: type) -> Any:
    """A network as it comes back from a file.

    Args:
        model: a Keras model.
        thing: a class that it is made of; it is at hand, so that loading works alike whether or not it is registered.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.keras")
        model.save(file)
        return keras.saving.load_model(file, custom_objects={thing.__name__: thing})


def clusters(rng: np.random.Generator, N: int, D: int = 7, C: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Examples around a centre for each class, far enough apart for a straight line between them.

    Args:
        N: how many.    D: inputs of each.    C: how many classes there are.
    Returns:
        x, y: arrays of shapes (N, D) and (N,), of float64 and of integers.
    """
    y = rng.permutation(np.resize(np.arange(C), N))
    centres = 4 * np.eye(C, D)
    return centres[y] + 0.7 * rng.normal(size=(N, D)), y


def sorted_by_class(rng: np.random.Generator, N: int, D: int, C: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise with classes, sorted as many files are: with more inputs than examples to learn, any can be learned by heart.

    Args:
        N, D, C: as for `clusters`.
    Returns:
        x, y: as for `clusters`.
    """
    return rng.normal(size=(N, D)), np.sort(rng.integers(C, size=N))


def standardizing_network(rng: np.random.Generator, D: int = 5, H: int = 7, C: int = 3) -> Any:
    """A new healthy network in float64, which first normalizes its inputs: whoever changed the last one changed no other.

    Args:
        D: inputs, of mean 10 and deviation 5.    H: units of the first hidden layer; the second has four more.
        C: classes.
    Returns:
        A compiled `keras.Sequential`: a Rescaling, two hidden Dense layers with tanh, and one with softmax.
    """
    layers = [
        keras.layers.Rescaling(1 / DEVIATION, -MEAN / DEVIATION, dtype="float64"),
        keras.layers.Dense(H, activation="tanh", dtype="float64"),
        keras.layers.Dense(H + 4, activation="tanh", dtype="float64"),
        keras.layers.Dense(C, activation="softmax", dtype="float64"),
    ]
    model = keras.Sequential([keras.Input((D,), dtype="float64"), *layers])
    fill(model, rng, scale=0.4)
    model.compile(keras.optimizers.SGD(RATE))
    return model


def unscaled_examples(
    rng: np.random.Generator, N: int = 23, D: int = 5, C: int = 3
) -> tuple[Any, np.ndarray]:
    """What a `standardizing_network` takes.

    Args:
        N: how many.    D: inputs of each.    C: how many classes there are.
    Returns:
        x, y: a float64 tensor of shape (N, D), and classes.
    """
    return tf.constant(MEAN + DEVIATION * rng.normal(size=(N, D))), rng.integers(C, size=N)


def outputs(model: Any, x: Any) -> list[Any]:
    """What each layer of a network gives, one after the other: quicker than the network itself.

    Args:
        model: a `keras.Sequential`.
        x: what the first layer takes.
    """
    found = []
    for layer in model.layers:
        x = layer(x)
        found.append(x)
    return found


def slopes_along(
    model: Any, x: Any, y: np.ndarray, rng: np.random.Generator, far: float = 1e-5
) -> dict[str, np.ndarray]:
    """The slope of the loss along two directions, as the tape has it, and as it is.

    One direction moves the first W, the other all the others: a wrong slope anywhere shows in the first W. Both lead
    mostly where the tape says that it climbs, where errors hardly cancel, and by chance elsewhere.

    Args:
        model: as `standardizing_network` makes it; its weights stay as they are.
        x, y: examples.
        far: how far to go to either side.
    Returns:
        Two arrays of two numbers.
    """
    kernels = [layer.kernel for layer in model.layers[1:]]
    with tf.GradientTape() as tape:
        loss = _mean_loss(model, x, y)
    slopes = tape.gradient(loss, [kernel.value for kernel in kernels], unconnected_gradients="zero")
    by_tape, measured = [], []
    for group in (slice(1), slice(1, None)):
        before = [kernel.numpy() for kernel in kernels[group]]
        directions = [_climbing(slope, rng) for slope in slopes[group]]
        losses = []
        for step in (far, -far, 0):
            for kernel, values, direction in zip(kernels[group], before, directions, strict=True):
                kernel.assign(values + step * direction)
            if step:
                losses.append(float(_mean_loss(model, x, y)))
        pairs = zip(slopes[group], directions, strict=True)
        by_tape.append(sum(float(np.sum(slope * direction)) for slope, direction in pairs))
        measured.append((losses[0] - losses[1]) / (2 * far))
    return {"slopes by the tape": np.array(by_tape), "slopes measured": np.array(measured)}


def _climbing(slope: Any, rng: np.random.Generator) -> np.ndarray:
    """A random direction, and a longer way up a slope."""
    direction, up = rng.normal(size=slope.shape) / 3, np.asarray(slope)
    length = np.linalg.norm(up)
    return direction + (np.sqrt(up.size) / length * up if length else 0)


def _mean_loss(model: Any, x: Any, y: np.ndarray) -> Any:
    f = outputs(model, x)[-1]
    return -tf.reduce_mean(tf.math.log(tf.gather(f, y, batch_dims=1)))


def examined(model: Any, x: Any, y: np.ndarray, rng: np.random.Generator) -> Arrays:
    """What can be seen of a network that may be ill, for `symptoms` to read.

    Args:
        model: as `standardizing_network` makes it, changed by an answer.
        x, y: examples.
    """
    names = ("first hidden layer gets", "h1", "h2", "f")
    found = {name: np.asarray(h) for name, h in zip(names, outputs(model, x), strict=True)}
    rate = float(model.optimizer.learning_rate)
    return {**found, **slopes_along(model, x, y, rng), "rate": rate}


def symptoms(theirs: Arrays, ours: Arrays) -> Arrays:
    """How far each illness has come in the numbers of `examined`; what is ill enough is not told apart further.

    Args:
        theirs: evidence.
        ours: the reference's, with the outputs of the healthy network, "f before".
    """
    got = theirs["first hidden layer gets"]
    far = max(np.abs(got.mean(axis=0)).max(), got.std(axis=0).max())
    hidden = [np.abs(theirs[name]) for name in ("h1", "h2")]
    pinned = max(np.mean(h > 0.99) for h in hidden)
    magnitude = max(np.mean(h) for h in hidden)
    by_tape, measured = theirs["slopes by the tape"], theirs["slopes measured"]
    apart = np.abs(by_tape - measured) / np.maximum(np.abs(by_tape) + np.abs(measured), 1e-6)
    moved = np.abs(theirs["f"] - ours["f before"]).max()
    return {
        "what f(x) was before": theirs["f before"],
        "inputs are not normalized": far > 3,
        "share of a hidden layer that is saturated, up to one half": min(pinned, 0.5),
        "mean |h| of a hidden layer, up to 0.3": min(magnitude, 0.3),
        "relative error of a gradient, up to 0.02": min(np.round(apart.max(), 4), 0.02),
        "the rate in multiples of what it was, up to 50": min(np.round(theirs["rate"] / RATE, 3), 50),
        "f(x) is a number everywhere": np.isfinite(theirs["f"]).all(),
        "f(x) is what it was": moved < 1e-9,
    }


def symptoms_and_outputs(theirs: Arrays, ours: Arrays) -> Arrays:
    """The same, and how far the outputs moved.

    Args:
        theirs, ours: as for `symptoms`.
    """
    moved = np.abs(theirs["f"] - ours["f before"]).max()
    # what rounding does is nothing
    return {**symptoms(theirs, ours), "how far f(x) has moved": np.round(moved, 9)}
