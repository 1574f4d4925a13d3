"""What is not the student's to call in an exercise: what the census found, what its author names, and whole models.

The census is kept beside the exercises, in `solutions/PACKAGE/.census.json`, by the versions of the libraries and the
state of the exercise; `fdl verify` takes it anew where either has changed.
"""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograder.exercise import Exercise, file_of
from autograder.judging.shared_file import rewrite
from helpers.errors import AuthoringError
from helpers.ownership import NotYours, declared

FILE = ".census.json"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "tensorflow", "keras")
# Of how a census is taken.
VERSION = 3
# Whole networks, and models to be fitted: a gate of theirs is a sigmoid, one frame of their loss is a softmax's, but no
# census can try them, since they take and give more than an exercise does. No exercise is about them.
WHOLE_OPERATIONS = (
    "LSTMBlockCell LSTMBlockCellGrad BlockLSTM BlockLSTMV2 BlockLSTMGrad BlockLSTMGradV2 GRUBlockCell GRUBlockCellGrad "
    "CudnnRNN CudnnRNNV2 CudnnRNNV3 CTCLoss CTCLossV2 SdcaOptimizer SdcaOptimizerV2"
).split()
WHOLE_PATHS = (
    "sklearn.neural_network sklearn.svm sklearn.discriminant_analysis sklearn.naive_bayes "
    "sklearn.metrics.pairwise.sigmoid_kernel sklearn.metrics.pairwise.pairwise_kernels matplotlib.scale.LogisticTransform "
    "sklearn.linear_model.LogisticRegression sklearn.linear_model.LogisticRegressionCV "
    "sklearn.linear_model.SGDClassifier sklearn.linear_model.SGDRegressor sklearn.linear_model.Perceptron "
    "scipy.stats.logistic scipy.stats.halflogistic scipy.stats.genlogistic scipy.stats.hypsecant scipy.stats.kstest"
).split()
WHOLE_MODELS = NotYours(
    {name: name for name in WHOLE_OPERATIONS}, tuple(sorted([*WHOLE_OPERATIONS, *WHOLE_PATHS]))
)


def not_yours(exercise: Exercise) -> NotYours:
    """What an exercise asks to write, and what is no exercise's.

    Args:
        exercise: the exercise.
    Raises:
        AuthoringError: if its author names something that does not exist.
    """
    try:
        by_hand = declared(exercise.not_yours)
    except ValueError as error:
        raise AuthoringError(f"{exercise.name}: not_yours: {error}") from None
    return by_hand | measured(exercise) | WHOLE_MODELS


def measured(exercise: Exercise) -> NotYours:
    """What the kept census of an exercise found, of whatever state it is; nothing if there is none."""
    entry = _read(file_for(exercise)).get(exercise.name)
    if entry is None:
        return NotYours()
    return NotYours.from_json(entry)


def outdated(exercise: Exercise) -> bool:
    """Whether the census was taken of another state of the exercise or of the libraries, or never."""
    entry = _read(file_for(exercise)).get(exercise.name)
    return entry is None or entry["of"] != state(exercise)


def state(exercise: Exercise) -> str:
    """What changes when a census may: the answer, the names of its checks, the libraries."""
    parts = [exercise.source, *(check.name for check in exercise.checks)]
    parts += [f"{name} {_version(name)}" for name in LIBRARIES]
    return f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:24]}-{VERSION}"


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"


def keep(name: str, found: NotYours, of: str, file: Path) -> None:
    """Write an exercise's census into the file of its unit; those of others stay.

    Args:
        name: the exercise's.
        found: the census.
        of: the state of what it was taken.
        file: the unit's.
    """

    def text() -> str:
        every = {**_read(file), name: {"of": of, **found.to_json()}}
        return json.dumps(every, indent=1, sort_keys=True) + "\n"

    rewrite(file, text)


def file_for(exercise: Exercise) -> Path:
    """Where an exercise's census is kept: beside it."""
    return file_of(exercise).parent / FILE


def _read(file: Path) -> dict[str, dict[str, Any]]:
    """The censuses in a file, by the exercise's name; what is damaged is none."""
    try:
        data = json.loads(file.read_text("utf-8"))
        return {name: entry for name, entry in data.items() if {"of", "names", "paths"} <= entry.keys()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}
