"""What `check(fine_tune)` looks at (lecture 54:23).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.stand_in_training import RecordedTraining, trained_encoders

tuning = Checks("fine_tune", kind="report", lecture="54:23")

D, C = 11, 5


def examples(rng, N=13):
    """The last class is not among them."""
    x = rng.uniform(size=(N, D)).astype("float32")
    return x, rng.permutation(np.arange(N) % (C - 1))


def tuned(fine_tune, rng, units, steps=0, first=0):
    """The model, the record of its training, and what it says of other inputs.

    Classes below `first` are not among the labels, nor is the last.
    """
    encoders = trained_encoders(rng, D, units)
    train = RecordedTraining(rng, units, steps)
    x, y = examples(rng)
    y = np.maximum(y, first)
    model = fine_tune(encoders, x, y, C, train)
    other, _ = examples(rng, 7)
    return model, train.only, {"f": model(other), **landmarks(x=other, classes=C)}


def shapes(weights):
    return ", ".join(sorted(str(tuple(w.shape)) for w in weights))


@tuning.check("stacked: training begins where pre-training ended", points=2)
def beginning(fine_tune, rng):
    _, given, found = tuned(fine_tune, rng, [7, 3])
    return {"f of the examples, before": given["f before"], **found}


@tuning.check("trained on x and y as they are")
def trained_on(fine_tune, rng):
    _, given, _ = tuned(fine_tune, rng, [7, 3], first=1)
    return {"x in training": given["x"], "y in training": given["y"]}


@tuning.check("everything is trained", points=2)
def everything(fine_tune, rng):
    model, _, found = tuned(fine_tune, rng, [7, 3], steps=3)
    return {"trained weights": shapes(model.trainable_weights), **found}


@tuning.check("the weights: encoders and one layer on top, no decoder")
def weights(fine_tune, rng):
    found = {}
    for L in (1, 3):
        units = [int(H) for H in rng.integers(20, 99, size=L)]
        model, _, _ = tuned(fine_tune, rng, units)
        found[f"weights on {L} encoders"] = shapes(model.weights)
    return found


@tuning.check("without encoders: a softmax of x")
def no_encoders(fine_tune, rng):
    model, _, found = tuned(fine_tune, rng, [], steps=2)
    return {"trained weights": shapes(model.trainable_weights), **found}


@tuning.check("many encoders, from below")
def many(fine_tune, rng):
    _, _, found = tuned(fine_tune, rng, [11, 11, 11, 11], steps=1)
    return found


@tuning.example()
def example(fine_tune, rng, N=13):
    seed = int(rng.integers(1 << 30))
    x, y = examples(rng, N)

    def tuned_again(x, y):
        # All of it anew, since encoders may be trained in place.
        again = np.random.default_rng(seed)
        encoders = trained_encoders(again, D, [7])
        train = RecordedTraining(again, [7])
        model = fine_tune(encoders, x, y, C, train)
        if not train.calls:
            raise ValueError("`train(model, x, y)` was never called, so f is left to chance")
        return {"f": model(x)}

    return {"x": x, "y": y}, tuned_again
