"""learn_from_few: everything that is there goes into pre-training, and what has a label into fine-tuning."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.stand_in_training import RecordedPretraining, RecordedTraining
from solutions.unsupervised_pretraining.fine_tune import fine_tune
from solutions.unsupervised_pretraining.pretrain import pretrain

few = Exercise("learn_from_few", kind="report", lecture="54:23")


@few.reference
def learn_from_few(x, y, units, C, noise, train_autoencoder, train):
    """Learn from many examples of which few have a label.

    Pre-train on x, all of it, and without y; then fine-tune on those examples alone whose class is known. -1 is a
    mark and no class: it must not reach fine-tuning.

    Args:
        x: inputs (N, D), float32 array.    y: their classes, integers of shape (N,), -1 where nobody has said it.
        units: of the hidden layers, from below.    C: the number of classes.    noise: of the autoencoders.
        train_autoencoder: as `pretrain` wants it.    train: as `fine_tune` wants it.
    Returns:
        The trained model, from x to f(x) (N, C).
    """
    ### BEGIN SOLUTION
    encoders = pretrain(x, units, noise, train_autoencoder)
    labelled = y >= 0
    return fine_tune(encoders, x[labelled], y[labelled], C, train)
    ### END SOLUTION


D, C, NOISE = 11, 5, 0.3


def examples(rng, N=17, labelled=7):
    """All classes but the last are there, 0 among them; the labelled examples stand anywhere."""
    x = rng.uniform(0.1, 0.9, size=(N, D)).astype("float32")
    y = np.full(N, -1)
    y[rng.permutation(N)[:labelled]] = np.arange(labelled) % (C - 1)
    return x, y


def learned(learn_from_few, rng, units, noise=NOISE, steps=2):
    """What either training was given, and what the model says of other inputs."""
    x, y = examples(rng)
    first, second = RecordedPretraining(rng), RecordedTraining(rng, units, steps)
    model = learn_from_few(x, y, units, C, noise, first, second)
    other, _ = examples(rng, 7, 4)
    found = {"f": model(other)}
    return found, first, second.only, landmarks(x=x, y=y, examples=len(x), labelled=7)


@few.check("pre-trained on every x")
def pretrained_on(learn_from_few, rng):
    _, first, _, marks = learned(learn_from_few, rng, [7, 3])
    found = {f"what layer {k + 1} is trained on": h for k, h in enumerate(first.inputs)}
    return {**found, **marks}


@few.check("fine-tuned on the labelled examples, and on no other", points=2)
def fine_tuned_on(learn_from_few, rng):
    _, _, second, marks = learned(learn_from_few, rng, [7])
    return {"x of fine-tuning": second["x"], "y of fine-tuning": second["y"], **marks}


@few.check("fine-tuning begins with what pre-training found")
def beginning(learn_from_few, rng):
    _, _, second, marks = learned(learn_from_few, rng, [7, 3])
    return {"f of the labelled examples, before": second["f before"], **marks}


@few.check("the model that comes back")
def model_returned(learn_from_few, rng):
    found, *_ = learned(learn_from_few, rng, [7], steps=3)
    return found


@few.check("the noise that was asked for")
def noise_given(learn_from_few, rng):
    found = {}
    for noise in (0.0, float(rng.uniform(0.1, 0.9))):
        _, first, _, _ = learned(learn_from_few, rng, [3], noise)
        found[f"noises of the layers, for {'some' if noise else 'no noise'}"] = first.noises
    return found


@few.check("where every example has a label")
def all_labelled(learn_from_few, rng):
    x, y = examples(rng, 13, 13)
    first, second = RecordedPretraining(rng), RecordedTraining(rng, [3])
    model = learn_from_few(x, y, [3], C, NOISE, first, second)
    return {"y of fine-tuning": second.only["y"], "f": model(x)}


@few.example()
def example(learn_from_few, rng, N=17):
    seed = int(rng.integers(1 << 30))
    x, y = examples(rng, N)

    def learned_again(x, y):
        again = np.random.default_rng(seed)
        first, second = RecordedPretraining(again), RecordedTraining(again, [7])
        model = learn_from_few(x, y, [7], C, NOISE, first, second)
        return {"f": model(x)}

    return {"x": x, "y": y}, learned_again


FIRST = "encoders = pretrain(x, units, noise, train_autoencoder)"
KNOWN = "labelled = y >= 0"
SECOND = "return fine_tune(encoders, x[labelled], y[labelled], C, train)"

few.misconception(
    "pre-trained on the labelled examples only",
    (FIRST, "encoders = pretrain(x[y >= 0], units, noise, train_autoencoder)"),
    advice="Pre-training needs no labels, so that every x is of use to it: hand over all of x.",
    question="Which examples can pre-training learn from?",
)
few.misconception(
    "pre-trained on the unlabelled examples only",
    (FIRST, "encoders = pretrain(x[y < 0], units, noise, train_autoencoder)"),
    advice="The labelled examples are inputs like the others: hand over all of x.",
)
few.misconception(
    "class 0 is taken for unlabelled",
    (KNOWN, "labelled = y > 0"),
    advice="Classes are counted from 0, and -1 says that a class is not known: y >= 0.",
)
few.misconception(
    "the unlabelled examples are fine-tuned on, and the others left out",
    (KNOWN, "labelled = y < 0"),
    advice="-1 says that a class is not known. Fine-tune where it is: y >= 0.",
)
few.misconception(
    "an unlabelled example counts as class 0",
    (SECOND, "return fine_tune(encoders, x, np.maximum(y, 0), C, train)"),
    advice="Not to know a class is no class. Leave these examples out of fine-tuning.",
)
few.misconception(
    "an unlabelled example counts as a class of its own",
    (SECOND, "return fine_tune(encoders, x, y % C, C, train)"),
    advice="-1 as an index means the last class, which nobody has said. Leave these examples out of fine-tuning.",
)
few.misconception(
    "what pre-training found is not used",
    (SECOND, "return fine_tune([], x[labelled], y[labelled], C, train)"),
    advice="Hand the encoders that `pretrain` gave to `fine_tune`.",
)
few.misconception(
    "the noise is left out",
    (FIRST, "encoders = pretrain(x, units, 0.0, train_autoencoder)"),
    advice="`noise` goes to pretrain as it is.",
)
# Faults by `source` take no part in double faults.
few.misconception(
    "the unlabelled examples are fine-tuned on as well, with -1 as their class",
    source=few.edited((SECOND, "return fine_tune(encoders, x, y, C, train)")),
    advice="-1 is no class: Keras's cross-entropy stops there with an error, or computes NaN. "
    "Leave these examples out of fine-tuning, in x and in y.",
    question="What is the cross-entropy of an example whose class nobody has said?",
)
few.misconception(
    "the labels are used before fine-tuning",
    source=few.edited(
        (FIRST, "encoders = pretrain(x * (1 + y[:, None] / C), units, noise, train_autoencoder)"),
    ),
    advice="Pre-training is to work where nobody has labelled anything: no y goes into it.",
)
few.misconception(
    "the labels are appended to the inputs",
    source=few.edited(
        (
            FIRST,
            "both = np.hstack([x, np.eye(C)[y]]).astype('float32')\n"
            "    encoders = pretrain(both, units, noise, train_autoencoder)",
        ),
    ),
    advice="Pre-training is to work where nobody has labelled anything, and no label is there when the network is used: leave y out.",
)
few.misconception(
    "x is cut to the labelled, y is not",
    source=few.edited((SECOND, "return fine_tune(encoders, x[labelled], y, C, train)")),
    advice="x and y go together, row by row: take the labelled rows of both.",
)
few.misconception(
    "only the first labelled example of each class",
    source=few.edited(
        (KNOWN, "classes, labelled = np.unique(y, return_index=True)\n    labelled = labelled[classes >= 0]")
    ),
    advice="All labelled examples take part in fine-tuning.",
)
few.misconception(
    "the encoders are returned, not the network",
    source=few.edited(
        (SECOND, "fine_tune(encoders, x[labelled], y[labelled], C, train)\n    return encoders[-1]")
    ),
    advice="Return what fine_tune gives: the model, from x to f(x).",
)
few.misconception(
    "the hidden layers from above",
    source=few.edited((FIRST, "encoders = pretrain(x, units[::-1], noise, train_autoencoder)")),
    advice="units[0] belongs to the layer next to x, as in `pretrain`.",
)


@few.alternative
def by_rows(x, y, units, C, noise, train_autoencoder, train):
    rows = [n for n, c in enumerate(y) if c != -1]
    return fine_tune(
        pretrain(x, units, noise, train_autoencoder),
        np.take(x, rows, axis=0),
        np.take(y, rows),
        C,
        train,
    )


@few.alternative
def by_where(x, y, units, C, noise, train_autoencoder, train):
    (known,) = np.where(np.asarray(y) > -1)
    layers = pretrain(np.array(x), list(units), noise, train=train_autoencoder)
    model = fine_tune(encoders=layers, x=x[known], y=y[known], C=C, train=train)
    return model  # noqa: RET504
