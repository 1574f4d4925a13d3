"""fit_with_validation: split, standardize, train with an eye on the validation set, and test once."""

import numpy as np

from autograder.exercise import Exercise
from helpers import scripted_training
from helpers.evidence import landmarks
from helpers.inputs import likeness
from helpers.recorded_training import CLASS, Recorder, numbered_examples
from solutions.normalization_and_early_stopping.early_stopping import EarlyStopping
from solutions.normalization_and_early_stopping.halve_on_plateau import HalveOnPlateau
from solutions.normalization_and_early_stopping.split import split
from solutions.normalization_and_early_stopping.standardizer import Standardizer

fitting = Exercise("fit_with_validation", kind="report", lecture="33:02")


@fitting.reference
def fit_with_validation(build, x, y, shares, rng, epochs=100, halve_after=3, stop_after=10):
    """Train a network so that its score on the test set can be believed.

    Split the data; adapt a `Standardizer` to the training set; let `build` make the network; train it with `fit`, with the validation
    set for `HalveOnPlateau` and `EarlyStopping` to watch; and only then, once, ask for its score on the test set
    with `evaluate` (lecture 33:02, 36:38).

    Args:
        build: takes the adapted Standardizer, and returns a compiled network that begins with it. So the network takes x as it is.
        x, y: all the data.    shares, rng: as for `split`.
        epochs: at most so many.
        halve_after, stop_after: the `patience` of either callback.
    Returns:
        The network, with the weights of its best epoch, and its score on the test set, as `evaluate` gives it.
    """
    ### BEGIN SOLUTION
    train, valid, test = split(x, y, shares, rng)
    standardizer = Standardizer()
    standardizer.adapt(train[0])
    model = build(standardizer)
    callbacks = [HalveOnPlateau(patience=halve_after), EarlyStopping(patience=stop_after)]
    model.fit(*train, validation_data=valid, epochs=epochs, callbacks=callbacks, verbose=0)
    score = model.evaluate(*test, verbose=0)
    return model, score
    ### END SOLUTION


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


ADAPT = "standardizer.adapt(train[0])"
SCORE = "score = model.evaluate(*test, verbose=0)"
fitting.misconception(
    "standardized by all the data",
    (ADAPT, "standardizer.adapt(x)"),
    lecture="38:09",
    advice="Then the training knows something of the test set, its mean and scale. Split first, and adapt to the training set alone.",
)
fitting.misconception(
    "standardized by training and validation set",
    (ADAPT, "standardizer.adapt(np.concatenate([train[0], valid[0]]))"),
    lecture="38:09",
    advice="The validation set plays the part of data that nobody has seen. Adapt to the training set alone.",
)
fitting.misconception(
    "one set chooses the epoch and judges it as well",
    ("validation_data=valid", "validation_data=test"),
    advice="Whether that is the test set or the validation set: what has chosen cannot judge, its score flatters. Stop by the validation "
    "set, and evaluate on the test set.",
)
fitting.misconception(
    "tested on the training set",
    (SCORE, SCORE.replace("*test", "*train")),
    advice="The network may know the training set by heart. Evaluate on the test set.",
)
fitting.misconception(
    "no early stopping",
    (
        "[HalveOnPlateau(patience=halve_after), EarlyStopping(patience=stop_after)]",
        "[HalveOnPlateau(patience=halve_after)]",
    ),
    lecture="36:49",
    advice="Hand both callbacks to `fit`, and let them watch `val_loss`: the training loss goes on falling.",
)
# What follows is by `source`, so that double faults do not grow with it.
fitting.misconception(
    "the rate is never halved",
    source=fitting.edited(("HalveOnPlateau(patience=halve_after), ", "")),
    lecture="38:35",
    advice="Hand both callbacks to `fit`.",
)
fitting.misconception(
    "the two look-aheads are swapped",
    source=fitting.edited(
        ("patience=halve_after", "patience=stop_after"),
        ("EarlyStopping(patience=stop_after)", "EarlyStopping(patience=halve_after)"),
    ),
    advice="The rate is halved after `halve_after` epochs; it needs time to help before the training stops, after `stop_after`.",
)
fitting.misconception(
    "the callbacks keep their own look-aheads",
    source=fitting.edited(
        ("patience=halve_after", ""), ("EarlyStopping(patience=stop_after)", "EarlyStopping()")
    ),
    advice="Hand `halve_after` and `stop_after` on, as `patience`.",
)
fitting.misconception(
    "the test set is standardized by itself",
    source=fitting.edited((SCORE, "standardizer.adapt(test[0])\n    " + SCORE)),
    lecture="38:09",
    advice="The network was trained in the training set's units. Test examples are measured in the same ones.",
)
fitting.misconception(
    "the validation set is trained on as well",
    source=fitting.edited(
        (
            "model.fit(*train, ",
            "model.fit(np.concatenate([train[0], valid[0]]), np.concatenate([train[1], valid[1]]), ",
        )
    ),
    advice="A score on examples that were trained on does not turn when the network overfits. Train on the training set alone.",
)
fitting.misconception(
    "the training set validates",
    source=fitting.edited(("validation_data=valid", "validation_data=train")),
    advice="The training loss goes on falling while the network overfits. Validate on examples that it is not trained on.",
)
fitting.misconception(
    "the number of epochs is not handed on",
    source=fitting.edited(("epochs=epochs, ", "")),
    advice="Without `epochs` Keras trains for one.",
)
fitting.misconception(
    "the best validation score is returned",
    source=fitting.edited(("return model, score", 'return model, min(model.history.history["val_loss"])')),
    advice="It is the best of many, and so too good to be true. Return what `evaluate` gives on the test set.",
)
fitting.misconception(
    "tested before the training",
    source=fitting.edited(
        ("    " + SCORE + "\n", ""), ("    callbacks = ", "    " + SCORE + "\n    callbacks = ")
    ),
    advice="The score is the trained network's: evaluate behind `fit`.",
)
fitting.misconception(
    "the test set is looked at twice",
    source=fitting.edited(("    model.fit", "    model.evaluate(*test, verbose=0)\n    model.fit")),
    advice="Whoever looks at the test set begins to choose by it. Once, at the end.",
)
fitting.misconception(
    "the split is always the same",
    source=fitting.edited(("split(x, y, shares, rng)", "split(x, y, shares, np.random.default_rng(0))")),
    advice="Hand the `rng` on that was given.",
)
fitting.misconception(
    "x is standardized before the network as well",
    source=fitting.edited(
        (
            "model = build(standardizer)",
            "train = np.asarray(standardizer(train[0])), train[1]\n    model = build(standardizer)",
        )
    ),
    advice="The network begins with the standardizer and takes x as it is. So x is standardized twice in training, once at the test.",
)
fitting.misconception(
    "all three sets are standardized before the network as well",
    source=fitting.edited(
        (
            "model = build(standardizer)",
            "train, valid, test = ((np.asarray(standardizer(one)), y) for one, y in (train, valid, test))\n"
            "    model = build(standardizer)",
        )
    ),
    advice="The network begins with the standardizer and takes x as it is; whoever uses it later would not know. Hand x on as it is.",
)
fitting.misconception(
    "in the end the network learns the validation set as well",
    source=fitting.edited(
        (
            SCORE,
            "both = [np.concatenate(parts) for parts in zip(train, valid)]\n"
            "    model.fit(*both, epochs=callbacks[1].best_epoch + 1, verbose=0)\n    " + SCORE,
        )
    ),
    lecture="36:49",
    advice="Nothing then says when to stop, and the weights of the best epoch are gone. Behind `fit` comes `evaluate`.",
)
fitting.misconception(
    "never adapted",
    source=fitting.edited((ADAPT, "standardizer.build(train[0].shape)")),
    lecture="38:09",
    advice="A new Standardizer subtracts 0 and divides by 1. Let it measure the training set: `adapt`.",
)

fitting.misconception(
    "the first of the numbers that evaluate gives",
    source=fitting.edited(("return model, score", "return model, np.ravel(score)[0]")),
    advice="A network that is compiled with metrics has several: hand all of them back, as they come.",
)


@fitting.alternative
def by_hand(build, x, y, shares, rng, epochs=100, halve_after=3, stop_after=10):
    (x_train, y_train), (x_valid, y_valid), (x_test, y_test) = split(x, y, shares, rng)
    layer = Standardizer()
    layer.adapt(x_train)
    model = build(layer)
    stop = EarlyStopping(stop_after, monitor="val_loss")
    model.fit(
        x=x_train,
        y=y_train,
        batch_size=32,
        epochs=epochs,
        callbacks=[stop, HalveOnPlateau(halve_after)],
        validation_data=(x_valid, y_valid),
        verbose=0,
    )
    return model, model.evaluate(x_test, y_test, verbose=0)


@fitting.alternative
def with_an_order_of_its_own(build, x, y, shares, rng, epochs=100, halve_after=3, stop_after=10):
    order = rng.permutation(len(x))
    x, y = x[order], y[order]
    a = round(shares[0] * len(x))
    b = a + round(shares[1] * len(x))
    layer = Standardizer()
    layer.adapt(x[:a])
    network = build(layer)
    watching = HalveOnPlateau(halve_after), EarlyStopping(stop_after)
    network.fit(
        x[:a], y[:a], epochs=epochs, verbose=0, validation_data=(x[a:b], y[a:b]), callbacks=list(watching)
    )
    found = network.evaluate(x[b:], y[b:], verbose=0)
    return network, found


for mutant in ("line 6: without verbose=0", "line 6: 0 → 1", "line 7: without verbose=0", "line 7: 0 → 1"):
    fitting.equivalent(mutant, because="it decides what is printed, and nothing else")
