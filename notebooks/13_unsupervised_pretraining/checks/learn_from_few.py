"""What `check(learn_from_few)` looks at (lecture 54:23).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.stand_in_training import RecordedPretraining, RecordedTraining

few = Checks("learn_from_few", kind="report", lecture="54:23")

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
