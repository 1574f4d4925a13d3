"""Measure what pre-training is worth where labels are few, and write it into src/helpers/few_labels.py.

    python tools/measure_few_labels.py            # ten seeds, some minutes

Five networks with two hidden layers of 100 units learn digits from 5, 10, 20 and 50 labelled images a class. One of them begins
where pre-training on all 1,197 images of the training set ended. Accuracy is that of the validation set; the test set is not touched.
"""

import argparse
from pathlib import Path

from helpers.quiet import import_tensorflow

import_tensorflow()

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from helpers import data  # noqa: E402
from helpers.descent import Descent  # noqa: E402
from solutions.unsupervised_pretraining.fine_tune import fine_tune  # noqa: E402
from solutions.unsupervised_pretraining.pretrain import pretrain  # noqa: E402
from solutions.unsupervised_pretraining.reconstruction_loss import reconstruction_loss  # noqa: E402

FILE = Path(__file__).parents[1] / "src" / "helpers" / "few_labels.py"
UNITS = (100, 100)
LABELS = (5, 10, 20, 50)
# Early, and when the loss of the slowest has long stopped to fall.
STEPS = (400, 1600)
NOISE, RATE = 0.2, 0.5
PRETRAINING_STEPS = 480
# Fresh networks: their activation function, learning rate and rate of dropout.
FRESH = {
    "sigmoid": ("sigmoid", 0.1, 0.0),
    "sigmoid, dropout": ("sigmoid", 0.1, RATE),
    "ReLU": ("relu", 0.05, 0.0),
    "ReLU, dropout": ("relu", 0.05, RATE),
}
(X, Y), (X_VALID, Y_VALID), _ = data.digits()


def train_autoencoder(autoencoder, h):
    """20 epochs of mini-batches of 50."""
    autoencoder(h[:1])

    def loss_of(x):
        return reconstruction_loss(autoencoder, x, training=True)

    Descent(autoencoder.trainable_variables, loss_of, h).go(PRETRAINING_STEPS)


def fresh_layers(activation, rate):
    """Hidden layers that know nothing, with dropout behind each where asked for."""
    layers = []
    for H in UNITS:
        layers.append(keras.layers.Dense(H, activation=activation))
        if rate:
            layers.append(keras.layers.Dropout(rate))
    return layers


class Measured:
    """The `train` of `fine_tune`: it trains, and notes the accuracy after each number of `STEPS`."""

    def __init__(self, lr, seed):
        self.lr = lr
        self.seed = seed
        self.accuracies = []

    def __call__(self, model, x, y):
        loss_of_classes = keras.losses.SparseCategoricalCrossentropy()
        descent = Descent(
            model.trainable_variables,
            lambda x, y: loss_of_classes(y, model(x, training=True)),
            x,
            y,
            lr=self.lr,
            seed=self.seed,
        )
        gone = 0
        for steps in STEPS:
            descent.go(steps - gone)
            gone = steps
            right = np.argmax(model(X_VALID, training=False), axis=1) == Y_VALID
            self.accuracies.append(float(right.mean()))


def copied(encoders):
    """The same layers, so that one training leaves no trace in the next."""
    copies = []
    for encoder in encoders:
        copy = keras.layers.Dense(encoder.units, activation=encoder.activation)
        copy.build((None, encoder.kernel.shape[0]))
        copy.set_weights(encoder.get_weights())
        copies.append(copy)
    return copies


def labelled(per_class, rng):
    """So many images of each class, drawn at random."""
    rows = [rng.permutation(np.flatnonzero(c == Y))[:per_class] for c in range(10)]
    chosen = np.concatenate(rows)
    return X[chosen], Y[chosen]


def run(seed, found):
    """All networks and numbers of labels for one seed; the same images for each network."""
    keras.utils.set_random_seed(seed)
    encoders = pretrain(X, list(UNITS), NOISE, train_autoencoder)
    rng = np.random.default_rng(seed)
    for number, per_class in enumerate(LABELS):
        x, y = labelled(per_class, rng)
        for name in ["pre-trained", *FRESH]:
            if name == "pre-trained":
                layers, lr = copied(encoders), 0.1
            else:
                activation, lr, rate = FRESH[name]
                layers = fresh_layers(activation, rate)
            train = Measured(lr, seed)
            fine_tune(layers, x, y, 10, train)
            found[name][:, number, seed] = train.accuracies
        tf.keras.backend.clear_session()


def write(found, seeds):
    """A module of numbers, which notebooks import."""
    lines = [
        '"""Validation accuracy on digits by labelled images a class, with and without pre-training (unit 13).',
        "",
        "Made by tools/measure_few_labels.py, which says how; not edited by hand.",
        '"""',
        "",
        "import numpy as np",
        "",
        f"LABELS = {LABELS}",
        f"STEPS = {STEPS}",
        f"SEEDS = {seeds}",
        "# By network: accuracies of shape (steps, labels, seeds).",
        "ACCURACY = {",
    ]
    for name, values in found.items():
        lines.append(f"    {name!r}: np.array({values.round(4).tolist()}),")
    lines.append("}")
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    names = ["pre-trained", *FRESH]
    found = {name: np.full((len(STEPS), len(LABELS), seeds), np.nan) for name in names}
    for seed in range(seeds):
        run(seed, found)
        print(f"seed {seed + 1} of {seeds}", flush=True)
    write(found, seeds)
    for name, values in found.items():
        print(name, values.mean(axis=2).round(3).tolist())


if __name__ == "__main__":
    main()
