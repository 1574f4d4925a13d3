"""EarlyStopping: stop when the validation score no longer improves, and go back to the best network."""

import keras
import numpy as np

from autograder.exercise import Exercise
from helpers import callback_probes, scripted_training
from helpers.evidence import landmarks
from helpers.scripted_training import logs_of, trained

stopping = Exercise(
    "EarlyStopping",
    kind=callback_probes.KIND,
    lecture="36:49",
    not_yours=["keras.callbacks.EarlyStopping", "keras.callbacks.ModelCheckpoint"],
)


@stopping.reference
class EarlyStopping(keras.callbacks.Callback):
    """Stop a training whose validation score has not improved for a while, and go back to the best network.

    After each epoch `fit` hands its scores over, as `logs`. An epoch is an improvement if its score is *below* the lowest
    before, by however little; one that is equal is none, and NaN is none. As soon as `patience` epochs in a row were none, the training is
    to stop: `self.model.stop_training = True`. Behind the last epoch, however the training ended, the network gets the weights
    back that it had after the best epoch (lecture 36:49); had no epoch a score, it keeps those it has.

    Args:
        patience: the look-ahead, at least 1: after so many epochs in a row without an improvement it stops.
        monitor: the name of the score in `logs`; where it is missing, an error or warning names it.
    Attributes:
        best: the lowest score so far.
        best_epoch: the epoch that had it, numbered as `fit` does.
    """

    def __init__(self, patience=5, monitor="val_loss"):
        super().__init__()
        self.patience, self.monitor = patience, monitor

    def on_train_begin(self, logs=None):
        ### BEGIN SOLUTION
        self.best = np.inf
        self.best_epoch = None
        self.best_weights = None
        self.wait = 0
        ### END SOLUTION

    def on_epoch_end(self, epoch, logs=None):
        ### BEGIN SOLUTION
        score = logs[self.monitor]
        if score < self.best:
            self.best = score
            self.best_epoch = epoch
            self.best_weights = self.model.get_weights()
            self.wait = 0
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.model.stop_training = True
        ### END SOLUTION

    def on_train_end(self, logs=None):
        ### BEGIN SOLUTION
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
        ### END SOLUTION


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


stopping.misconception(
    "the last weights stay",
    ("self.model.set_weights(self.best_weights)", "pass"),
    advice="Keep weights where the score has improved and nowhere else, and put those back in on_train_end: `set_weights`.",
)
stopping.misconception(
    "a reference to the weights is kept, not a copy",
    ("self.model.get_weights()", "self.model.weights"),
    question="What is in your list of best weights after one more step of training?",
    advice="`model.weights` are the network's variables themselves, which go on changing. `model.get_weights()` copies their values.",
)
stopping.misconception(
    "one epoch too long",
    ("self.wait >= self.patience", "self.wait > self.patience"),
    advice="Count on paper with patience 1: the first epoch without an improvement is the last one. Compare with `>=`.",
)
stopping.misconception(
    "each epoch is compared with the one before, not with the best",
    ("self.wait += 1", "self.wait += 1\n        self.best = score"),
    advice="A score that goes up and down is better than the one before half of the time. Compare with the lowest so far.",
)
stopping.misconception(
    "it stops at the first rise",
    ("self.wait >= self.patience", "self.wait >= 1"),
    advice="Validation scores are noisy. One bad epoch says little: wait for `patience` of them in a row.",
)
stopping.misconception(
    "the counter is never set back",
    ("            self.wait = 0\n            return", "            return"),
    advice="`patience` epochs *in a row*: an improvement sets the counter to 0 again.",
)
stopping.misconception(
    "a tie counts as an improvement",
    ("score < self.best", "score <= self.best"),
    advice="A score that stays the same for ever would never stop the training. Better means lower: `<`.",
)
stopping.misconception(
    "the training loss is watched",
    ("logs[self.monitor]", 'logs["loss"]'),
    advice="The training loss goes on falling while the network overfits. Take the score that `monitor` names.",
)
stopping.misconception(
    "NaN counts as an improvement",
    ("score < self.best", "not score >= self.best"),
    advice="Every comparison with NaN is False, so `not score >= best` is True. Ask `score < best`.",
)
# What follows is by `source`, so that double faults do not grow with it.
stopping.misconception(
    "a small improvement counts as none",
    source=stopping.edited(("score < self.best", "score < self.best - 1e-3")),
    advice="Keras has `min_delta` for that, and its default is 0. Here every score below the best is better: `score < self.best`.",
)
stopping.misconception(
    "the name of the score is not asked for",
    source=stopping.edited(("logs[self.monitor]", 'logs["val_loss"]')),
    advice="`monitor` says which entry of `logs` to take: somebody may watch another score.",
)
stopping.misconception(
    "a missing score passes for a bad one",
    source=stopping.edited(("logs[self.monitor]", "logs.get(self.monitor, np.inf)")),
    advice="Without validation data the training would stop early and say nothing. `logs[...]` raises, and names what is missing.",
)
RESTORE, STOP = "self.model.set_weights(self.best_weights)", "            self.model.stop_training = True"
stopping.misconception(
    "the weights come back only where the training was stopped",
    source=stopping.edited((RESTORE, "pass"), (STOP, f"{STOP}\n            {RESTORE}")),
    advice="Where the epochs run out during the look-ahead, the last network is not the best. Put weights back in on_train_end.",
)
stopping.misconception(
    "after each bad epoch the best weights are put back",
    source=stopping.edited(
        ("self.wait += 1", f"self.wait += 1\n        if self.best_weights:\n            {RESTORE}")
    ),
    advice="Then the training tries the same step again and again. It goes on from where it is, and goes back once, at the end.",
)
GIVEN, WAIT = "patience, monitor\n", "        self.wait = 0\n"
BEGIN = "        self.best = np.inf\n        self.best_epoch = None\n        self.best_weights = None\n"
stopping.misconception(
    "the best score is set once, in __init__",
    source=stopping.edited(
        (GIVEN, GIVEN + BEGIN + WAIT), (BEGIN + WAIT + "        ###", "        pass\n        ###")
    ),
    advice="A second fit with the same callback would be measured against the first. Begin anew in on_train_begin.",
)
KEPT = "        self.best_weights = None\n"
stopping.misconception(
    "the best weights of an earlier training are still kept",
    source=stopping.edited((KEPT, ""), (GIVEN, GIVEN + KEPT)),
    advice="If no epoch of a second training has a score, the first one's weights would come back. Forget them in on_train_begin.",
)
stopping.misconception(
    "the counter alone begins anew",
    source=stopping.edited((GIVEN, GIVEN + BEGIN), (BEGIN + WAIT, WAIT)),
    advice="The best score of an earlier fit belongs to another network. Set it to infinity in on_train_begin as well.",
)
stopping.misconception(
    "higher is taken for better",
    source=stopping.edited(("score < self.best", "score > self.best"), ("np.inf", "-np.inf")),
    advice="A loss should be low. Begin with infinity, and ask whether the score is below the best.",
)
stopping.misconception(
    "the best score begins at 0",
    source=stopping.edited(("np.inf", "0.0")),
    advice="No loss is below 0, so nothing would ever be an improvement. Begin with infinity.",
)
stopping.misconception(
    "a best score of 0 counts as none",
    source=stopping.edited(("score < self.best", "not self.best or score < self.best")),
    advice="`not 0.0` is True, so whatever comes behind a score of 0 would pass for better. "
    "Begin with infinity and ask `score < self.best` alone, or begin with None and ask `self.best is None`.",
)
stopping.misconception(
    "only trained weights are kept",
    source=stopping.edited(
        ("self.model.get_weights()", "[np.array(w) for w in self.model.trainable_weights]"),
        (
            RESTORE,
            "for w, value in zip(self.model.trainable_weights, self.best_weights):\n                w.assign(value)",
        ),
    ),
    advice="A normalization has statistics that no optimizer trains and that change all the same. get_weights and set_weights take all.",
)
stopping.misconception(
    "the weights from before the best epoch",
    source=stopping.edited(
        (
            "    def on_epoch_end",
            "    def on_epoch_begin(self, epoch, logs=None):\n        self.now = self.model.get_weights()\n\n    def on_epoch_end",
        ),
        ("self.best_weights = self.model.get_weights()", "self.best_weights = self.now"),
    ),
    advice="The score of an epoch belongs to the weights at its end. Copy them in on_epoch_end.",
)
stopping.misconception(
    "patience is taken for the number of epochs",
    source=stopping.edited(("self.wait >= self.patience", "epoch + 1 >= self.patience")),
    advice="`patience` counts epochs without an improvement, not all of them.",
)
stopping.misconception(
    "the epoch is numbered from 1",
    source=stopping.edited(("self.best_epoch = epoch", "self.best_epoch = epoch + 1")),
    advice="Hand on the number that `fit` gives, and it says the same as Keras's history: counted from 0.",
)
stopping.misconception(
    "the score is taken out of the logs",
    source=stopping.edited(("logs[self.monitor]", "logs.pop(self.monitor)")),
    advice="The callbacks behind yours would miss it. Read `logs[self.monitor]` and leave it there.",
)
stopping.misconception(
    "it looks after each batch",
    source=stopping.edited(
        ("def on_epoch_end(self, epoch, logs=None)", "def on_train_batch_end(self, epoch, logs=None)"),
        ("logs[self.monitor]", 'logs["loss"]'),
    ),
    advice="A batch has a training loss only. The validation score comes once an epoch: on_epoch_end.",
)


@stopping.alternative
class StoppingByHistory(keras.callbacks.Callback):
    def __init__(self, patience=5, monitor="val_loss"):
        super().__init__()
        self.patience = patience
        self.monitor = monitor

    def on_train_begin(self, logs=None):
        self.scores = []
        self.all_weights = []

    def on_epoch_end(self, epoch, logs=None):
        score = logs[self.monitor]
        self.scores.append(score if np.isfinite(score) else np.inf)
        self.all_weights.append(self.model.get_weights())
        first = int(np.argmin(self.scores))
        since = len(self.scores) - 1 - first
        self.best = self.scores[first]
        self.best_epoch = epoch - since
        if self.best == np.inf:
            since += 1
        if since >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best < np.inf:
            self.model.set_weights(self.all_weights[int(np.argmin(self.scores))])


@stopping.alternative
class StoppingByCopies(keras.callbacks.Callback):
    def __init__(self, patience=5, monitor="val_loss"):
        super().__init__()
        self.patience, self.monitor = patience, monitor

    def on_train_begin(self, logs=None):
        self.best, self.best_epoch, self.left = float("inf"), -1, self.patience
        self.kept = {}

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor not in (logs or {}):
            raise ValueError(f"there is no {self.monitor}, only {list(logs)}")
        if logs[self.monitor] < self.best:
            self.best, self.best_epoch, self.left = float(logs[self.monitor]), epoch, self.patience
            self.kept = {w.path: w.numpy() for w in self.model.weights}
        else:
            self.left -= 1
            self.model.stop_training = self.left <= 0

    def on_train_end(self, logs=None):
        for w in self.model.weights:
            if w.path in self.kept:
                w.assign(self.kept[w.path])


@stopping.alternative
class StoppingAtOnce(keras.callbacks.Callback):
    def __init__(self, patience=5, monitor="val_loss"):
        super().__init__()
        self.patience, self.monitor = patience, monitor

    def on_train_begin(self, logs=None):
        self.best, self.best_epoch, self.bad, self.variables = np.inf, None, 0, self.model.variables

    def on_epoch_end(self, epoch, logs=None):
        score = logs.get(self.monitor)
        if score is None:
            raise KeyError(f"{self.monitor} is not in the logs: is there validation data?")
        self.bad += 1
        if score < self.best:
            self.best, self.best_epoch, self.bad = score, epoch, 0
            self.saved = [np.array(w) for w in self.model.weights]
        if self.bad >= self.patience:
            self.model.stop_training = True
            self.back()

    def on_train_end(self, logs=None):
        self.back()

    def back(self):
        if self.best_epoch is not None:
            self.model.set_weights(self.saved)


stopping.equivalent(
    "on_train_begin line 2: without self.best_epoch = None",
    because="it is asked for only where an epoch has had a score, which sets it",
)
