"""HalveOnPlateau: divide the learning rate by 2 when the validation score no longer improves, and go on."""

import keras
import numpy as np

from autograder.exercise import Exercise
from helpers import callback_probes, scripted_training
from helpers.evidence import landmarks
from helpers.scripted_training import logs_of, trained

halving = Exercise(
    "HalveOnPlateau",
    kind=callback_probes.KIND,
    lecture="38:35",
    not_yours=["keras.callbacks.ReduceLROnPlateau"],
)


@halving.reference
class HalveOnPlateau(keras.callbacks.Callback):
    """Halve the learning rate when the validation score has not improved for a while, and go on training.

    An epoch is an improvement if its score is below the lowest before, in the whole training, by however little; a tie is
    none, and NaN is none. As soon as `patience` epochs in a row were none, the optimizer's rate is divided by 2, but not below `min_lr`,
    and the count of epochs without an improvement begins anew (lecture 38:35). It never stops a training, and leaves weights alone.

    Take the rate from the optimizer each time, `self.model.optimizer.learning_rate`: somebody else may have changed it. Give it
    a new value by assigning to that same attribute.

    Args:
        patience: after so many epochs in a row without an improvement the rate is halved, at least 1.
        min_lr: halving never takes the rate below it. (Nothing is asked of a rate that somebody else has set below it.)
        monitor: the name of the score in `logs`; where it is missing, an error or warning names it.
    """

    def __init__(self, patience=3, min_lr=0.0, monitor="val_loss"):
        super().__init__()
        self.patience, self.min_lr, self.monitor = patience, min_lr, monitor

    def on_train_begin(self, logs=None):
        ### BEGIN SOLUTION
        self.best = np.inf
        self.wait = 0
        ### END SOLUTION

    def on_epoch_end(self, epoch, logs=None):
        ### BEGIN SOLUTION
        score = logs[self.monitor]
        if score < self.best:
            self.best = score
            self.wait = 0
            return
        self.wait += 1
        if self.wait < self.patience:
            return
        self.wait = 0
        halved = float(self.model.optimizer.learning_rate) / 2
        self.model.optimizer.learning_rate = max(halved, self.min_lr)
        ### END SOLUTION


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


halving.misconception(
    "after the first plateau every epoch halves",
    ("        self.wait = 0\n        halved", "        halved"),
    advice="The lower rate needs time to show. When the rate has been halved, the count begins at 0 again.",
)
halving.misconception(
    "the counter is never set back by an improvement",
    ("            self.wait = 0\n            return", "            return"),
    advice="`patience` epochs *in a row*: an improvement sets the counter to 0.",
)
halving.misconception(
    "one epoch too late",
    ("self.wait < self.patience", "self.wait <= self.patience"),
    advice="Count on paper with patience 1: each epoch without an improvement halves the rate.",
)
halving.misconception(
    "the training loss is watched",
    ("logs[self.monitor]", 'logs["loss"]'),
    advice="The training loss may fall for ever. Take the score that `monitor` names.",
)
halving.misconception(
    "the minimum is ignored",
    ("max(halved, self.min_lr)", "halved"),
    advice="A rate that goes on being halved is soon none at all. Take the larger of the half and `min_lr`.",
)
halving.misconception(
    "a tie counts as an improvement",
    ("score < self.best", "score <= self.best"),
    advice="A plateau is where the score stays the same. Better means lower: `<`.",
)
halving.misconception(
    "each epoch is compared with the one before, not with the best",
    ("self.wait += 1", "self.wait += 1\n        self.best = score"),
    advice="A score that goes up and down is better than the one before half of the time. Compare with the lowest so far.",
)
halving.misconception(
    "divided by ten",
    (") / 2", ") / 10"),
    advice="That is another habit. The lecture divides by 2, and goes on.",
)
halving.misconception(
    "NaN counts as an improvement",
    ("score < self.best", "not score >= self.best"),
    advice="Every comparison with NaN is False, so `not score >= best` is True. Ask `score < best`.",
)
# What follows is by `source`, so that double faults do not grow with it.
halving.misconception(
    "every epoch halves the rate",
    source=halving.edited(("        if self.wait < self.patience:\n            return\n", "")),
    advice="One bad epoch says little. Wait for `patience` of them in a row.",
)
halving.misconception(
    "the rate is halved after so many epochs, whatever the score",
    source=halving.edited(
        ("            self.wait = 0\n            return\n        self.wait", "        self.wait")
    ),
    advice="While the score improves, the rate is left alone: return before you count.",
)
RATE_NOW = "halved = float(self.model.optimizer.learning_rate) / 2"
halving.misconception(
    "the rate is remembered, not taken from the optimizer",
    source=halving.edited(
        (
            "        self.wait = 0\n        ###",
            "        self.wait = 0\n        self.rate = float(self.model.optimizer.learning_rate)\n        ###",
        ),
        (RATE_NOW, "halved = self.rate = self.rate / 2"),
    ),
    advice="Somebody else may change the rate in between: a warm-up, another callback. Ask the optimizer each time.",
)
halving.misconception(
    "the new rate never reaches the optimizer",
    source=halving.edited(("optimizer.learning_rate = max", "optimizer.lr = max")),
    advice="Assign to `self.model.optimizer.learning_rate`. An attribute of your callback changes no step, and neither does "
    "`optimizer.lr`: that was Keras 2's name, which nobody reads any more.",
)
halving.misconception(
    "a new optimizer takes the place of the old one",
    source=halving.edited(
        (
            "self.model.optimizer.learning_rate = max(halved, self.min_lr)",
            "self.model.optimizer = keras.optimizers.SGD(max(halved, self.min_lr))",
        )
    ),
    advice="A new one knows nothing of what the old one has gathered: momentum, mean squares, the number of steps. "
    "Assign to the `learning_rate` of the one that is there.",
)
halving.misconception(
    "a small improvement counts as none",
    source=halving.edited(("score < self.best", "score < self.best - 1e-4")),
    advice="Keras's own callback asks for `min_delta`. Here every score below the best is better: `score < self.best`.",
)
halving.misconception(
    "near the minimum the rate is not changed any more",
    source=halving.edited(
        (
            "self.model.optimizer.learning_rate = max(halved, self.min_lr)",
            "if halved >= self.min_lr:\n            self.model.optimizer.learning_rate = halved",
        )
    ),
    advice="Where half would be too little, the rate becomes `min_lr` itself: take the larger of the two.",
)
halving.misconception(
    "at the minimum the count does not begin anew",
    source=halving.edited(
        ("        self.wait = 0\n        halved", "        halved"),
        (
            "self.model.optimizer.learning_rate = max(halved, self.min_lr)",
            "if 2 * halved > self.min_lr:\n            self.wait = 0\n"
            "            self.model.optimizer.learning_rate = max(halved, self.min_lr)",
        ),
    ),
    advice="A rate that somebody raises then is halved in the very next epoch. Set the count to 0 whenever the look-ahead is over.",
)
halving.misconception(
    "the smaller of half and minimum",
    source=halving.edited(("max(halved", "min(halved")),
    advice="A lower bound is the *larger* of two numbers: max.",
)
halving.misconception(
    "with the rate the best score begins anew",
    source=halving.edited(
        (
            "        self.wait = 0\n        halved",
            "        self.wait = 0\n        self.best = np.inf\n        halved",
        )
    ),
    advice="Then the next epoch is an improvement, however bad. The best score stays the best of the whole training.",
)
halving.misconception(
    "the training stops instead",
    source=halving.edited(
        ("self.model.optimizer.learning_rate = max(halved, self.min_lr)", "self.model.stop_training = True")
    ),
    advice="That is early stopping. Here the training goes on, with half of the rate.",
)
halving.misconception(
    "at an improvement the rate is doubled again",
    source=halving.edited(
        (
            "            self.best = score\n",
            "            if self.best < np.inf:\n                rate = self.model.optimizer.learning_rate\n"
            "                self.model.optimizer.learning_rate = min(2 * float(rate), 0.5)\n            self.best = score\n",
        )
    ),
    advice="The rate only ever falls: an improvement sets the counter back, and nothing else.",
)
halving.misconception(
    "the best score is set once, in __init__",
    source=halving.edited(
        ("min_lr, monitor\n", "min_lr, monitor\n        self.best, self.wait = np.inf, 0\n"),
        ("        self.best = np.inf\n        self.wait = 0\n        ###", "        pass\n        ###"),
    ),
    advice="A second fit with the same callback would be measured against the first. Begin anew in on_train_begin.",
)
halving.misconception(
    "the name of the score is not asked for",
    source=halving.edited(("logs[self.monitor]", 'logs["val_loss"]')),
    advice="`monitor` says which entry of `logs` to take: somebody may watch another score.",
)
halving.misconception(
    "a missing score passes for a bad one",
    source=halving.edited(("logs[self.monitor]", "logs.get(self.monitor, np.inf)")),
    advice="Without validation data the rate would fall and nobody would know why. `logs[...]` raises, and names what is missing.",
)
halving.misconception(
    "it looks after each batch",
    source=halving.edited(
        ("def on_epoch_end(self, epoch, logs=None)", "def on_train_batch_end(self, batch, logs=None)"),
        ("logs[self.monitor]", 'logs["loss"]'),
    ),
    advice="A batch has a training loss only. The validation score comes once an epoch: on_epoch_end.",
)


@halving.alternative
class HalvingByHistory(keras.callbacks.Callback):
    def __init__(self, patience=3, min_lr=0.0, monitor="val_loss"):
        super().__init__()
        self.patience = patience
        self.min_lr = min_lr
        self.monitor = monitor

    def on_train_begin(self, logs=None):
        self.scores = []
        self.since = 0

    def on_epoch_end(self, epoch, logs=None):
        score = logs[self.monitor]
        better = np.isfinite(score) and all(score < old for old in self.scores)
        if np.isfinite(score):
            self.scores.append(score)
        self.since = 0 if better else self.since + 1
        if self.since == self.patience:
            self.since = 0
            rate = self.model.optimizer.learning_rate
            rate.assign(np.maximum(np.asarray(rate) * 0.5, self.min_lr))


@halving.alternative
class HalvingByModulo(keras.callbacks.Callback):
    def __init__(self, patience=3, min_lr=0.0, monitor="val_loss"):
        super().__init__()
        self.patience, self.min_lr, self.monitor = patience, min_lr, monitor

    def on_train_begin(self, logs=None):
        self.best, self.bad = float("inf"), 0

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor not in logs:
            raise ValueError(f"{self.monitor} is missing")
        self.bad += 1
        if logs[self.monitor] < self.best:
            self.best, self.bad = logs[self.monitor], 0
        elif self.bad % self.patience == 0:
            optimizer = self.model.optimizer
            optimizer.learning_rate = keras.ops.maximum(optimizer.learning_rate / 2, self.min_lr)
