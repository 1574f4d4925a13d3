"""A training whose scores are written beforehand, so that a callback can be tried many times in a moment.

`trained` calls a callback's hooks as `fit` does and in the same order, beside a small network of Keras's. After each epoch the
network's weights are those of that epoch, and no others: so it shows from which epoch weights were kept.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import keras
import numpy as np

Logs = list[dict[str, float]]
# The rate with which every scripted training begins.
RATE = 0.5
# Behind the last epoch that was run.
NEVER = -1.0
WATCHED = "val_loss"


def logs_of(scores: Iterable[float], watched: str = WATCHED) -> Logs:
    """What `fit` tells a callback after each epoch.

    Args:
        scores: one an epoch.
        watched: the name under which it is told. The training loss falls in every epoch, and the accuracies rise, and
            so does the validation loss where something else is watched.
    Returns:
        A dict for each epoch.
    """
    told = []
    for epoch, score in enumerate(scores):
        progress = 1 / (2 + epoch)
        logs = {
            "accuracy": 1 - progress,
            "loss": progress,
            "val_accuracy": 0.9 - progress,
            "val_loss": progress,
        }
        logs[watched] = float(score)
        told.append(logs)
    return told


def value_at(epoch: int) -> float:
    """What the weights of an epoch are made of: a number between 1 and 2, another one for each epoch.

    Args:
        epoch: counted from 0; -1 is before the first.
    """
    return 1 + (0.618034 * (epoch + 1)) % 1


@cache
def network() -> keras.Sequential:
    """A dense unit and a normalization, so that some weights are trained and some are not; compiled, rate and all."""
    layers = [
        keras.Input((2,)),
        keras.layers.Dense(1, use_bias=False),
        keras.layers.BatchNormalization(center=False, scale=False),
    ]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.SGD(RATE), "mse")
    return model


def move(model: Any, epoch: int) -> None:
    """Give a network the weights of an epoch.

    Args:
        model: the network.
        epoch: counted from 0; -1 is before the first.
    """
    for number, weight in enumerate(model.weights, 1):
        # The variable within Keras's own, whose `assign` takes three times as long.
        weight.value.assign(np.full(weight.shape, number * value_at(epoch), "float32"))


def weights_of(model: Any) -> np.ndarray:
    """All weights of a network in one row.

    Args:
        model: the network.
    """
    return np.concatenate([np.ravel(weight) for weight in model.get_weights()])


def weights_at(epoch: int) -> np.ndarray:
    """The weights of an epoch in one row.

    Args:
        epoch: counted from 0; -1 is before the first.
    """
    model = network()
    move(model, epoch)
    return weights_of(model)


def trained(
    callback: Any,
    logs: Logs,
    *,
    batches: int = 1,
    first: int = 0,
    rates: Sequence[float] = (),
    each: bool = False,
    between: Callable[[Any], None] | None = None,
) -> dict[str, Any]:
    """Call a callback's hooks as a `fit` with these logs would, until it stops the training or the epochs run out.

    Args:
        callback: a `keras.callbacks.Callback`.
        logs: what is told after each epoch.
        batches: steps in an epoch, of training and of validation.
        first: the number of the first epoch, `fit`'s `initial_epoch`.
        rates: by epoch, a learning rate that somebody else sets as the epoch begins; NaN leaves it as it is.
        each: whether to look at the weights after each epoch as well.
        between: called with the network after each epoch.
    Returns:
        "epochs run"; "rate after each epoch", `NEVER` behind the last; "weights at the end", behind the last hook; and, where
        asked for, "weights after each epoch", a row for each, `NEVER` for the last that was run and those behind it, since
        they may have been put back already.
    """
    model = network()
    model.stop_training = False
    model.optimizer.learning_rate.assign(RATE)
    move(model, -1)
    rate_after = np.full(len(logs), NEVER, "float32")
    weights_after = np.full((len(logs), len(weights_of(model))), NEVER, "float32")
    callback.set_params({"verbose": 0, "epochs": first + len(logs), "steps": batches})
    callback.set_model(model)
    callback.on_train_begin({})
    run = 0
    for epoch, told in enumerate(logs):
        if epoch < len(rates) and np.isfinite(rates[epoch]):
            model.optimizer.learning_rate.assign(rates[epoch])
        _epoch(callback, model, epoch, told, batches, first)
        run += 1
        rate_after[epoch] = float(model.optimizer.learning_rate)
        if each:
            weights_after[epoch] = weights_of(model)
        if between:
            between(model)
        if model.stop_training:
            break
    # Some put the best weights back as they stop, others at the very end.
    weights_after[run - 1] = NEVER
    callback.on_train_end(logs[run - 1])
    found = {"epochs run": run, "rate after each epoch": rate_after, "weights at the end": weights_of(model)}
    if each:
        found["weights after each epoch"] = weights_after
    return found


def _epoch(callback: Any, model: Any, epoch: int, told: dict[str, float], batches: int, first: int) -> None:
    """One epoch of training and validation, with every hook that `fit` calls."""
    callback.on_epoch_begin(first + epoch, {})
    for batch in range(batches):
        callback.on_train_batch_begin(batch, {})
        callback.on_train_batch_end(batch, {"loss": told["loss"], "accuracy": told["accuracy"]})
    move(model, epoch)
    of_validation = {key.removeprefix("val_"): value for key, value in told.items() if key.startswith("val_")}
    callback.on_test_begin({})
    for batch in range(batches):
        callback.on_test_batch_begin(batch, {})
        callback.on_test_batch_end(batch, of_validation)
    callback.on_test_end(of_validation)
    callback.on_epoch_end(first + epoch, told)


# ---- scores


def falling(rng: np.random.Generator, epochs: int, start: float = 1.0) -> np.ndarray:
    """Scores that are better in every epoch.

    Args:
        epochs: how many.
        start: all of them are below it.
    """
    return start - 0.01 * np.cumsum(rng.uniform(0.5, 1.5, epochs))


def above(rng: np.random.Generator, best: float, epochs: int) -> np.ndarray:
    """Scores that go up and down, and are never as good as the best before.

    Args:
        best: the best before.
        epochs: how many; each second one is lower than the one before it.
    """
    steps = rng.uniform(0.001, 0.002, epochs)
    steps[::2] += rng.uniform(0.004, 0.008, len(steps[::2]))
    return best + steps


def fall_wait_fall(rng: np.random.Generator, patience: int, epochs: int) -> np.ndarray:
    """Better for some epochs, then not for one less than the look-ahead, better again, and then never more.

    Args:
        patience: the look-ahead, at least 2.
        epochs: how many.
    """
    first = falling(rng, int(rng.integers(2, 4)))
    wait = above(rng, first[-1], patience - 1)
    second = falling(rng, int(rng.integers(1, 3)), first[-1])
    rest = epochs - len(first) - len(wait) - len(second)
    return np.concatenate([first, wait, second, above(rng, second[-1], rest)])


def worse_from_the_start(rng: np.random.Generator, epochs: int) -> np.ndarray:
    """The first epoch is the best.

    Args:
        epochs: how many.
    """
    best = float(rng.uniform(0.4, 0.6))
    return np.concatenate([[best], above(rng, best, epochs - 1)])


def with_ties(rng: np.random.Generator, patience: int, epochs: int) -> np.ndarray:
    """Better for some epochs; then now and then exactly as good as the best, and never better.

    Args:
        patience: the look-ahead, at least 3; each tie comes within it, behind an epoch that is worse.
        epochs: how many.
    """
    first = falling(rng, int(rng.integers(2, 5)))
    later = above(rng, first[-1], epochs - len(first))
    every = int(rng.integers(2, patience))
    later[every - 1 :: every] = first[-1]
    return np.concatenate([first, later])
