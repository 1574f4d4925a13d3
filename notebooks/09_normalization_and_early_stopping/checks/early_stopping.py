"""What `check(EarlyStopping)` looks at (lecture 36:49).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import callback_probes, scripted_training
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.scripted_training import logs_of, trained

stopping = Checks(
    "EarlyStopping",
    kind=callback_probes.KIND,
    lecture="36:49",
    not_yours=["keras.callbacks.EarlyStopping", "keras.callbacks.ModelCheckpoint"],
)


def tried(EarlyStopping, patience, scripts, watched=scripted_training.WATCHED):
    """A training for each script of scores, each with a callback of its own: how long it was, and what came of it."""
    epochs, ends = [], []
    for scores in scripts:
        found = trained(EarlyStopping(patience=patience, monitor=watched), logs_of(scores, watched))
        epochs.append(found["epochs run"])
        ends.append(found["weights at the end"])
    return {"scores": np.stack(scripts), "epochs run": epochs, "weights at the end": np.stack(ends)}


def with_marks(found):
    """And the weights that a training could end with instead: of the last epoch, and of the one behind the best."""
    scripts, epochs = found["scores"], found["epochs run"]
    last = [scripted_training.weights_at(run - 1) for run in epochs]
    behind = [scripted_training.weights_at(int(np.argmin(scores)) + 1) for scores in scripts]
    marks = landmarks(
        weights_of_the_last_epoch=np.stack(last), weights_of_the_epoch_after_the_best=np.stack(behind)
    )
    return {**found, **marks}


EPOCHS = 13


def scripts_for(rng, patience):
    """Scores that end the training each in another way, with this look-ahead."""
    return [
        scripted_training.fall_wait_fall(rng, patience, EPOCHS),
        scripted_training.worse_from_the_start(rng, EPOCHS),
        # Whoever asks for more than the comparison does stops here.
        0.5 + 1e-4 * scripted_training.falling(rng, EPOCHS),
    ]


@stopping.check("it stops when the look-ahead is over, and not before", points=2)
def when(EarlyStopping, rng):
    patience = int(rng.integers(2, 5))
    scripts = scripts_for(rng, patience)
    at_once = [scripted_training.worse_from_the_start(rng, EPOCHS)]
    return {
        "scores": np.stack(scripts),
        "epochs run": tried(EarlyStopping, patience, scripts)["epochs run"],
        "epochs run, patience 1": tried(EarlyStopping, 1, at_once)["epochs run"],
        **landmarks(
            best_epoch_counted_from_1=[int(np.argmin(scores)) + 1 for scores in scripts], patience=patience
        ),
    }


@stopping.check("the weights of the best epoch come back", points=2)
def weights(EarlyStopping, rng):
    patience = int(rng.integers(2, 5))
    scripts = scripts_for(rng, patience)[:2]
    to_zero = scripted_training.fall_wait_fall(rng, patience, EPOCHS)
    scripts.append(to_zero - to_zero.min())
    found = with_marks(tried(EarlyStopping, patience, scripts))
    del found["epochs run"]
    return found


@stopping.check("they come back as well where the epochs run out first")
def run_out(EarlyStopping, rng):
    scripts = [scripted_training.fall_wait_fall(rng, 3, EPOCHS)]
    return with_marks(tried(EarlyStopping, EPOCHS + 2, scripts))


@stopping.check("a score as good as the best is no improvement")
def ties(EarlyStopping, rng):
    patience = int(rng.integers(3, 5))
    scripts = [scripted_training.with_ties(rng, patience, EPOCHS)]
    return with_marks(tried(EarlyStopping, patience, scripts))


@stopping.check("while the training goes on, the weights are left alone")
def left_alone(EarlyStopping, rng):
    scores = scripted_training.fall_wait_fall(rng, 4, EPOCHS)
    found = trained(EarlyStopping(patience=4), logs_of(scores), each=True)
    return {
        "scores": scores,
        "weights after each epoch": found["weights after each epoch"],
        "learning rate after each epoch": found["rate after each epoch"],
    }


@stopping.check("any score may be watched, and NaN is none")
def watched(EarlyStopping, rng):
    patience = int(rng.integers(2, 4))
    scores = scripted_training.fall_wait_fall(rng, patience, EPOCHS)
    diverged, never = scores.copy(), np.full(EPOCHS, np.nan)
    diverged[0] = np.nan
    callback = EarlyStopping(patience=patience)
    trained(callback, logs_of(scores))
    return {
        **tried(EarlyStopping, patience, [scores], "val_error"),
        **{f"{name}, with NaN": value for name, value in tried(EarlyStopping, patience, [diverged]).items()},
        **{
            f"{name}, with nothing but NaN": value
            for name, value in tried(EarlyStopping, patience, [never]).items()
        },
        "weights at the end of a second training, with nothing but NaN": trained(callback, logs_of(never))[
            "weights at the end"
        ],
    }


@stopping.check("best and best_epoch say what was found")
def attributes(EarlyStopping, rng):
    scores = scripted_training.fall_wait_fall(rng, 2, EPOCHS)
    callback, first = EarlyStopping(patience=2), int(rng.integers(3, 9))
    trained(callback, logs_of(scores), first=first)
    return {
        "best": float(callback.best),
        "best_epoch": callback.best_epoch,
        **landmarks(lowest_score=scores.min(), first_epoch=first),
    }


@stopping.example()
def example(EarlyStopping, rng):
    scores = scripted_training.fall_wait_fall(rng, 3, EPOCHS)
    return {"callback": EarlyStopping(patience=3), "logs": logs_of(scores)}, trained
