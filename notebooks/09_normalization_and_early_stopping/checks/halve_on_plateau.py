"""What `check(HalveOnPlateau)` looks at (lecture 38:35).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import callback_probes, scripted_training
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.scripted_training import logs_of, trained

halving = Checks(
    "HalveOnPlateau",
    kind=callback_probes.KIND,
    lecture="38:35",
    not_yours=["keras.callbacks.ReduceLROnPlateau"],
)

EPOCHS = 13


def scripts_for(rng, patience):
    """Scores with plateaus of several lengths: so that the rate is halved once, again and again, and never."""
    return [
        scripted_training.fall_wait_fall(rng, patience, EPOCHS),
        scripted_training.worse_from_the_start(rng, EPOCHS),
        # Whoever asks for more than the comparison does halves here.
        0.5 + 1e-4 * scripted_training.falling(rng, EPOCHS),
    ]


def rates(HalveOnPlateau, scripts, watched=scripted_training.WATCHED, others=(), **settings):
    """The rate after each epoch, for each script of scores with a callback of its own."""
    found = []
    for scores in scripts:
        callback = HalveOnPlateau(monitor=watched, **settings)
        found.append(trained(callback, logs_of(scores, watched), rates=others)["rate after each epoch"])
    return np.stack(found)


@halving.check("the rate is halved when the score has not improved for a while", points=2)
def when(HalveOnPlateau, rng):
    patience = int(rng.integers(2, 5))
    scripts = scripts_for(rng, patience)
    found = rates(HalveOnPlateau, scripts, patience=patience)
    one = rates(HalveOnPlateau, [scripted_training.worse_from_the_start(rng, 7)], patience=1)
    # The rate is at its minimum when the first look-ahead is over; within the second somebody raises it.
    others = np.full(9, np.nan)
    others[5] = rng.uniform(1.2, 1.6)
    scores = [scripted_training.worse_from_the_start(rng, 9)]
    raised = rates(HalveOnPlateau, scripts=scores, others=others, patience=3, min_lr=scripted_training.RATE)
    return {
        "scores": np.stack(scripts),
        "rate after each epoch": found,
        "rate after each epoch, patience 1": one,
        "rate from epoch 5 on, where it is raised from the minimum, patience 3": raised[:, 5:],
        **landmarks(rate_at_first=scripted_training.RATE, patience=patience),
    }


@halving.check("the score has to be better than the best, not as good")
def ties(HalveOnPlateau, rng):
    patience = int(rng.integers(3, 5))
    scripts = [scripted_training.with_ties(rng, patience, EPOCHS)]
    return {
        "scores": np.stack(scripts),
        "rate after each epoch": rates(HalveOnPlateau, scripts, patience=patience),
    }


@halving.check("after halving, the best score is still the best")
def after_halving(HalveOnPlateau, rng):
    # Behind a plateau a slow fall that comes near the best, and below it at the very end only.
    first = scripted_training.falling(rng, 4)
    slowly = first[-1] + np.linspace(0.3, 0.01, 9) + rng.uniform(0, 0.005, 9)
    scores = np.concatenate([first, slowly, scripted_training.falling(rng, 3, first[-1])])
    return {"scores": scores, "rate after each epoch": rates(HalveOnPlateau, [scores], patience=2)}


@halving.check("the rate is the optimizer's, whoever has set it")
def of_the_optimizer(HalveOnPlateau, rng):
    scores = scripted_training.worse_from_the_start(rng, 11)
    others = np.full(11, np.nan)
    others[0], others[5] = rng.uniform(0.1, 0.3), rng.uniform(0.6, 0.9)
    model, steps = scripted_training.network(), int(rng.integers(50, 100))
    optimizer = model.optimizer
    optimizer.iterations.assign(steps)
    found = rates(HalveOnPlateau, [scores], others=others, patience=2)
    afterwards, model.optimizer = model.optimizer, optimizer
    return {
        "rate after each epoch": found,
        "steps that the optimizer has counted": int(afterwards.iterations),
        "the optimizer is the one that was there": float(afterwards is optimizer),
        **landmarks(rate_set_at_epoch_5=others[5]),
    }


@halving.check("it never falls below the minimum")
def minimum(HalveOnPlateau, rng):
    scores = scripted_training.worse_from_the_start(rng, 11)
    least = float(rng.uniform(0.14, 0.2))
    found = rates(HalveOnPlateau, [scores], patience=2, min_lr=least)
    return {"rate after each epoch": found, **landmarks(min_lr=least)}


@halving.check("the training goes on, and its weights are left alone")
def goes_on(HalveOnPlateau, rng):
    scores = scripted_training.fall_wait_fall(rng, 3, EPOCHS)
    found = trained(HalveOnPlateau(patience=2), logs_of(scores), each=True)
    return {
        "scores": scores,
        "epochs run": found["epochs run"],
        "weights after each epoch": found["weights after each epoch"],
        "weights at the end": found["weights at the end"],
    }


@halving.check("any score may be watched, and NaN is none")
def watched(HalveOnPlateau, rng):
    scores = scripted_training.fall_wait_fall(rng, 2, EPOCHS)
    never = np.full(EPOCHS, np.nan)
    return {
        "scores": scores,
        "rate after each epoch": rates(HalveOnPlateau, [scores], "val_error", patience=2),
        "rate after each epoch, with nothing but NaN": rates(HalveOnPlateau, [never], patience=2),
    }


@halving.example(without={"copies": "it keeps no weights at all"})
def example(HalveOnPlateau, rng):
    scores = scripted_training.fall_wait_fall(rng, 2, EPOCHS)
    return {"callback": HalveOnPlateau(patience=2), "logs": logs_of(scores)}, trained
