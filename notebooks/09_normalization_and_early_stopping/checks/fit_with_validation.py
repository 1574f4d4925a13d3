"""What `check(fit_with_validation)` looks at (lecture 33:02).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import scripted_training
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import likeness
from helpers.recorded_training import CLASS, Recorder, numbered_examples

fitting = Checks("fit_with_validation", kind="report", lecture="33:02")

# Of the data; a training set, a validation set and a test set of 24, 12 and 12.
N, SHARES = 48, (0.5, 0.25, 0.25)

EPOCHS = 13


def recorded(fit_with_validation, rng, scores=None, seed=None, accuracy=None, **settings):
    """What the network was trained, validated and tested on, and what came of it."""
    x, y = numbered_examples(rng, N)
    if scores is None:
        scores = scripted_training.fall_wait_fall(rng, 4, EPOCHS)
    made = []

    def build(layer):
        made.append(Recorder(layer, scores, accuracy))
        return made[-1]

    chance = np.random.default_rng(int(rng.integers(1 << 30)) if seed is None else seed)
    settings = {"epochs": EPOCHS, "halve_after": 2, "stop_after": 4} | settings
    model, score = fit_with_validation(build, x, y, SHARES, chance, **settings)
    return x, model, score


def in_a_row(numbers, length=2 * N):
    """Numbers of examples, -1 behind the last."""
    row = np.full(length, -1.0)
    numbers = np.asarray(numbers, "float64")[:length]
    row[: len(numbers)] = numbers
    return row


@fitting.check("each set for its purpose, and no example for two", points=2)
def purposes(fit_with_validation, rng):
    scores = scripted_training.fall_wait_fall(rng, 4, EPOCHS)
    x, model, _ = recorded(fit_with_validation, rng, scores)
    fit = model.fits[0]
    tested = np.concatenate([[], *(one.x for one in model.tests)])
    return {
        "scores": scores,
        "numbers of the examples": x[:, 0],
        "trained on": in_a_row(fit.x),
        "classes trained on": in_a_row(fit.y - CLASS),
        "validated on": in_a_row(fit.valid[0]),
        "tested on": in_a_row(tested),
    }


@purposes.summary()
def purposes_summary(theirs, ours):
    sets = {name: theirs[name][theirs[name] >= 0] for name in ("trained on", "validated on", "tested on")}
    found = {f"examples {name}": len(numbers) for name, numbers in sets.items()}
    found["scores"] = theirs["scores"]
    known = set(ours["numbers of the examples"].tolist())
    train, valid, test = (set(numbers.tolist()) & known for numbers in sets.values())
    return found | {
        "examples that are none of these": N - len(train | valid | test),
        "validation examples that were trained on": len(valid & train),
        "test examples that were trained on": len(test & train),
        "test examples that were validated on": len(test & valid),
        "training examples with their own class": np.sum(
            theirs["trained on"] == theirs["classes trained on"]
        ),
    }


@fitting.check("standardized by the training set, and by nothing else", points=2)
def standardized(fit_with_validation, rng):
    x, model, _ = recorded(fit_with_validation, rng)
    fit, test = model.fits[0], model.tests[-1]
    rows = np.clip(np.round(fit.x - x[0, 0]), 0, N - 1).astype(int)
    return {
        "mean of all the data": x.mean(0),
        "mean of what was trained on": x[rows].mean(0),
        "mu in training": fit.mu,
        "mu at the test": test.mu,
    }


@standardized.summary(**{"differences in training": 0.01, "differences at the test": 0.01})
def standardized_summary(theirs, ours):
    mean = theirs["mean of what was trained on"]
    return {
        "mean of all the data": theirs["mean of all the data"],
        "differences in training": theirs["mu in training"] - mean,
        "differences at the test": theirs["mu at the test"] - mean,
    }


@fitting.check("the rate is halved and the training stopped, as asked", points=2)
def callbacks_at_work(fit_with_validation, rng):
    halve_after, stop_after = int(rng.integers(1, 3)), int(rng.integers(3, 6))
    scores = scripted_training.worse_from_the_start(rng, EPOCHS)
    _, model, _ = recorded(fit_with_validation, rng, scores, halve_after=halve_after, stop_after=stop_after)
    fit = model.fits[0].found
    return {
        "scores": scores,
        "epochs run": fit["epochs run"],
        "rate after each epoch": fit["rate after each epoch"],
        "trainings": len(model.fits),
        **landmarks(halve_after=halve_after, stop_after=stop_after),
    }


@fitting.check("at most as many epochs as asked for")
def as_many_epochs(fit_with_validation, rng):
    epochs = int(rng.integers(7, EPOCHS))
    scores = scripted_training.falling(rng, EPOCHS)
    _, model, _ = recorded(fit_with_validation, rng, scores, epochs=epochs)
    return {"scores": scores, "epochs run": model.fits[0].found["epochs run"], **landmarks(epochs=epochs)}


@fitting.check("the best network's score, asked for once and at the end", points=2)
def score_at_the_end(fit_with_validation, rng):
    scores = scripted_training.fall_wait_fall(rng, 4, EPOCHS)
    _, model, score = recorded(fit_with_validation, rng, scores, accuracy=float(rng.uniform(0.5, 1)))
    return {
        "scores": scores,
        "score": np.asarray(score, "float32"),
        "weights of the network": scripted_training.weights_of(model),
        "tests": len(model.tests),
        "tests before the training": model.fits[0].tests,
        **landmarks(lowest_validation_score=scores.min()),
    }


@fitting.check("rng decides the split")
def chance(fit_with_validation, rng):
    seed, rows = int(rng.integers(1 << 30)), []
    for chosen in (seed, seed, *range(seed + 1, seed + 5)):
        x, model, _ = recorded(fit_with_validation, rng, seed=chosen, epochs=2)
        # Which examples are trained on, and which are not.
        rows.append(np.isin(x[:, 0], np.round(model.fits[0].x)).astype("float64"))
    return {"seed": seed, "numbers of the examples": x[:, 0], "trained on": rows}


# Of five splits the mean likeness has a deviation of 0.07, and two of them differ by 0.1.
@chance.summary(**{"likeness for the same seed": 0.2, "likeness for other seeds": 0.55})
def chance_summary(theirs, ours):
    one, again, *others = theirs["trained on"]
    return {
        "seed": theirs["seed"],
        "likeness for the same seed": likeness(one, again),
        "likeness for other seeds": np.mean([likeness(one, other) for other in others]),
    }


@fitting.example()
def example(fit_with_validation, rng):
    x, y = numbered_examples(rng, N)
    scores, seed = scripted_training.fall_wait_fall(rng, 4, EPOCHS), int(rng.integers(1 << 30))

    def scored(x, y):
        chance = np.random.default_rng(seed)
        model, score = fit_with_validation(
            lambda layer: Recorder(layer, scores), x, y, SHARES, chance, epochs=EPOCHS, stop_after=4
        )
        return {"score": score, "trained on": model.fits[0].x}

    return {"x": x, "y": y}, scored
