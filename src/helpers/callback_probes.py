"""Probes of callbacks: what every callback should do, whatever it computes.

An exercise's example gives a callback that watches `val_loss`, and what it is told of each epoch:

    @stopping.example()
    def example(EarlyStopping, rng):
        return {"callback": EarlyStopping(patience=2), "logs": logs_of(scores)}, trained

`trained` (helpers.scripted_training) calls the hooks as `fit` does, so that a probe takes milliseconds.
"""

import contextlib
import copy
import io
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from helpers.probes import BATTERIES, Call, Example, Probe, Sabotage
from helpers.scripted_training import WATCHED, Logs, move, network
from helpers.single_check import Arrays

KIND = "callback"
# Of what a callback keeps, so many numbers are looked at, and so deep.
LONGEST, DEEPEST = 250, 6
# Keras's own attributes of every callback.
KERAS_OWN = ("_model", "params", "validation_data")
# Steps of an epoch, and the number of the first epoch, where they are not 1 and 0.
BATCHES, FIRST = 3, 5


def _two(example: Example, objects: Sequence[Any], rng: np.random.Generator) -> list[tuple[Any, Logs, Call]]:
    """Two callbacks that know nothing of each other, with the same logs."""
    seed = int(rng.integers(1 << 30))
    made = []
    for _ in range(2):
        inputs, call = example(*objects, np.random.default_rng(seed))
        made.append((inputs["callback"], inputs["logs"], call))
    return made


def _agree(theirs: Arrays, ours: Arrays) -> Arrays:
    """How much of the first training came again in the second; and what they were told, which belongs to the draw."""
    found: Arrays = {"scores": theirs["scores"]}
    for name in ours:
        if name.endswith(", again"):
            first = theirs[name.removesuffix(", again")]
            close = np.isclose(theirs[name], first, equal_nan=True)
            found[f"share of {name.removesuffix(', again')} that is the same"] = np.mean(close)
    return found


def _both(first: Arrays, second: Arrays, logs: Logs) -> Arrays:
    """What two trainings gave, and the scores that they were told."""
    again = {f"{name}, again": value for name, value in second.items()}
    return {"scores": _scores(logs), **first, **again}


def _scores(logs: Logs) -> list[float]:
    return [told[WATCHED] for told in logs]


# ---- a second fit begins anew


def _anew(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng)
    call = sabotage(call)
    # What one training does to its logs is another probe's question.
    first = call(**{**inputs, "logs": copy.deepcopy(inputs["logs"])})
    second = call(**{**inputs, "logs": copy.deepcopy(inputs["logs"])})
    return _both(first, second, inputs["logs"])


def _with_a_past(call: Call) -> Call:
    """From the second training on, as if an epoch had come before."""
    calls: list[int] = []

    def later(logs: Logs, **inputs: Any) -> Arrays:
        calls.append(1)
        found = call(logs=logs, **inputs)
        return {name: np.asarray(value) + len(calls) for name, value in found.items()}

    return later


ANEW = Probe(
    "anew",
    "a second fit begins anew",
    "a second fit goes on where the first ended",
    "A callback may be used in several trainings. Set the best score and the counter in `on_train_begin`, which `fit` calls each time, "
    "and not in `__init__`, which runs once.",
    _anew,
    _agree,
    _with_a_past,
)


# ---- weights that are kept are copies


def _copies(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng)
    callback, scores = inputs["callback"], _scores(inputs["logs"])
    before, after = [], []

    def look(model: Any) -> None:
        before.append(_kept(callback))
        weights = model.get_weights()
        move(model, len(inputs["logs"]) + len(before))
        after.append(_kept(callback))
        model.set_weights(weights)

    found = sabotage(call)(**inputs, between=look)
    unseen = np.zeros(LONGEST)
    rest = [unseen] * (len(inputs["logs"]) - len(before))
    return {
        "scores": scores,
        "kept after each epoch": [*before, *rest],
        "kept, once the weights have moved": [*after, *rest],
        "weights at the end": found["weights at the end"],
    }


def _copies_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    before, after = theirs["kept after each epoch"], theirs["kept, once the weights have moved"]
    moved = np.any(before != after)
    # Who names the network's variables for another use, and keeps copies beside them, puts the right ones back.
    put_back = np.allclose(theirs["weights at the end"], ours["weights at the end"])
    return {"scores": theirs["scores"], "what is kept stays as it is": float(put_back or not moved)}


def _kept(callback: Any) -> np.ndarray:
    """All numbers that a callback keeps, in a row of a fixed length."""
    own = {name: value for name, value in vars(callback).items() if name not in KERAS_OWN}
    numbers = [np.ravel(part) for part in _numbers(own, 0)]
    row = np.zeros(LONGEST)
    values = np.concatenate([np.zeros(0), *numbers])[:LONGEST]
    row[: len(values)] = np.nan_to_num(values)
    return row


def _numbers(thing: Any, depth: int) -> Iterator[np.ndarray]:
    """The numbers within lists, dicts, arrays, variables and networks."""
    if depth > DEEPEST or isinstance(thing, str | bytes):
        return
    if isinstance(thing, dict):
        thing = list(thing.values())
    if hasattr(thing, "get_weights"):
        thing = thing.get_weights()
    if isinstance(thing, list | tuple | set):
        for part in thing:
            yield from _numbers(part, depth + 1)
        return
    if not isinstance(thing, bool | int | float) and not hasattr(thing, "__array__"):
        return
    array = np.array(thing)
    if array.dtype.kind in "fiub":
        yield array.astype("float64")


def _referring(call: Call) -> Call:
    """As if a callback kept the network's own variables and put these back."""

    def referred(callback: Any, **inputs: Any) -> Arrays:
        callback.kept_for_later = network().weights
        found = call(callback=callback, **inputs)
        return {**found, "weights at the end": found["weights at the end"] + 1}

    return referred


COPIES = Probe(
    "copies",
    "weights that are kept are copies",
    "what is kept is a reference to the network's weights, and moves with them",
    "`model.weights`, `layer.kernel` and `variable.value` are the network's own variables: the next step changes them, and your best "
    "weights with them. `model.get_weights()` gives copies.",
    _copies,
    _copies_summary,
    _referring,
)


# ---- the logs are left as they are


def _logs(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng)
    before = copy.deepcopy(inputs["logs"])
    sabotage(call)(**inputs)
    return {
        "logs": [_entries(told, told) for told in before],
        "logs afterwards": [_entries(told, was) for told, was in zip(inputs["logs"], before, strict=True)],
    }


def _entries(told: dict[str, float], names: dict[str, float]) -> list[float]:
    """How many entries there are, and those of these names; NaN for one that is gone."""
    return [len(told), *(float(told.get(name, np.nan)) for name in names)]


def _logs_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    return {"share of the logs that is as it was": np.mean(theirs["logs afterwards"] == ours["logs"])}


def _taking_out(call: Call) -> Call:
    def taken(logs: Logs, **inputs: Any) -> Arrays:
        found = call(logs=logs, **inputs)
        for told in logs:
            told.pop("loss")
        return found

    return taken


LOGS = Probe(
    "logs",
    "the logs are left as they are",
    "the logs are changed",
    "`logs` is one dict for all callbacks of a training. Read from it; what you keep belongs to an attribute of your own.",
    _logs,
    _logs_summary,
    _taking_out,
)


# ---- the score that is watched is missing


def _missing(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    inputs, call = example(*objects, rng)
    without = [{name: value for name, value in told.items() if name != WATCHED} for told in inputs["logs"]]
    words = _what_is_said(sabotage(call), inputs["callback"], without)
    return {
        "scores": _scores(inputs["logs"]),
        f"{WATCHED} is named where it is missing": float(WATCHED in words),
    }


def _what_is_said(call: Call, callback: Any, logs: Logs) -> str:
    """The words of an exception, of warnings and of what is printed."""
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            call(callback=callback, logs=logs)
            raised = ""
        except NotImplementedError:
            raise
        # A student's code may raise anything.
        except Exception as error:
            raised = str(error)
    return " ".join([raised, *(str(one.message) for one in warned), printed.getvalue()])


def _silent(call: Call) -> Call:
    def silenced(callback: Any, logs: Logs) -> Arrays:
        return call(callback=callback, logs=[{**told, WATCHED: np.inf} for told in logs])

    return silenced


MISSING = Probe(
    "missing",
    "a score that is missing is named",
    "a score that is missing goes unnoticed, or fails without its name",
    "Without validation data there is no `val_loss` in `logs`. `logs.get(…)` gives None or a default then, and nobody learns why nothing "
    "happens. `logs[self.monitor]` raises with the name that is missing.",
    _missing,
    None,
    _silent,
)


# ---- NaN


def _nan(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    (one, logs, call), (other, _, _) = _two(example, objects, rng)
    # Not the first epoch, where whatever comes is the best so far.
    places = range(1, len(logs), 3)
    worst, none = copy.deepcopy(logs), copy.deepcopy(logs)
    for place in places:
        worst[place][WATCHED] = np.inf
        none[place][WATCHED] = np.nan
    first = call(callback=one, logs=worst)
    return _both(first, sabotage(call)(callback=other, logs=none), logs)


def _praised(call: Call) -> Call:
    """As if NaN were the best score of all."""

    def praised(callback: Any, logs: Logs) -> Arrays:
        lower = [
            {**told, WATCHED: np.nan_to_num(told[WATCHED], nan=-100.0 - n)} for n, told in enumerate(logs)
        ]
        return call(callback=callback, logs=lower)

    return praised


NAN = Probe(
    "nan",
    "a score that is NaN counts like a bad one",
    "NaN counts otherwise than a bad score",
    "A training that diverges has the score NaN, and every comparison with NaN is False: `not score >= best` is True then. "
    "Ask `score < best`, and let everything else be no improvement.",
    _nan,
    _agree,
    _praised,
)


# ---- once an epoch, and whatever its number is


def _batches(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    (one, logs, call), (other, _, _) = _two(example, objects, rng)
    first = call(callback=one, logs=copy.deepcopy(logs))
    second = sabotage(call)(callback=other, logs=copy.deepcopy(logs), batches=BATCHES)
    return _both(first, second, logs)


def _every_batch(call: Call) -> Call:
    """As if each step counted."""

    def repeated(callback: Any, logs: Logs, batches: int) -> Arrays:
        found = call(callback=callback, logs=logs, batches=batches)
        return {name: np.asarray(value) + batches for name, value in found.items()}

    return repeated


BATCHES_PROBE = Probe(
    "batches",
    "it acts once an epoch, however many batches there are",
    "it acts after each batch",
    "The validation score is there once an epoch. `on_epoch_end` is called just then; `on_train_batch_end` and `on_test_batch_end` come "
    "many times in between.",
    _batches,
    _agree,
    _every_batch,
)


def _initial(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    (one, logs, call), (other, _, _) = _two(example, objects, rng)
    first = call(callback=one, logs=copy.deepcopy(logs))
    second = sabotage(call)(callback=other, logs=copy.deepcopy(logs), first=FIRST)
    return _both(first, second, logs)


def _ahead(call: Call) -> Call:
    """As if the epochs up to the first one's number were over."""

    def skipped(callback: Any, logs: Logs, first: int) -> Arrays:
        found = call(callback=callback, logs=logs)
        return {name: np.asarray(value) + first for name, value in found.items()}

    return skipped


INITIAL = Probe(
    "initial",
    "the first epoch need not be number 0",
    "the number of an epoch is taken for how many there were",
    "`fit(initial_epoch=5)` begins with epoch 5. Count epochs yourself, and begin in `on_train_begin` rather than where `epoch == 0`.",
    _initial,
    _agree,
    _ahead,
)

BATTERIES[KIND] = (ANEW, COPIES, LOGS, MISSING, NAN, BATCHES_PROBE, INITIAL)
