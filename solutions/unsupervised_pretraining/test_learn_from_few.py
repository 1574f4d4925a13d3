"""learn_from_few: who sees which examples, and what comes of it on digits."""

import keras
import numpy as np

from helpers import data
from solutions.unsupervised_pretraining.learn_from_few import learn_from_few


def few_labels(y, per_class):
    """All classes but those of the first few examples of each are hidden."""
    hidden = np.full_like(y, -1)
    for c in range(10):
        rows = np.flatnonzero(y == c)[:per_class]
        hidden[rows] = c
    return hidden


def test_pretraining_sees_all_and_fine_tuning_what_is_labelled():
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).uniform(size=(9, 5)).astype("float32")
    y = np.array([-1, 0, -1, 2, 1, -1, 0, -1, -1])
    seen = []

    def train_autoencoder(autoencoder, h):
        autoencoder(h)
        seen.append(np.array(h))

    def train(model, x, y):
        seen.append(np.array(x))
        seen.append(np.array(y))

    model = learn_from_few(x, y, [4], 3, 0.0, train_autoencoder, train)
    np.testing.assert_array_equal(seen[0], x)
    np.testing.assert_array_equal(seen[1], x[[1, 3, 4, 6]])
    np.testing.assert_array_equal(seen[2], [0, 2, 1, 0])
    assert model(x).shape == (9, 3)


def test_it_learns_digits_from_ten_labels_a_class():
    keras.utils.set_random_seed(2)
    (x, y), (x_valid, y_valid), _ = data.digits()

    def train_autoencoder(autoencoder, h):
        autoencoder.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
        autoencoder.fit(np.array(h), np.array(h), epochs=5, verbose=0)

    def train(model, x, y):
        model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        model.fit(x, y, epochs=40, verbose=0)

    model = learn_from_few(x, few_labels(y, 10), [50], 10, 0.2, train_autoencoder, train)
    accuracy = np.mean(np.argmax(model(x_valid), axis=1) == y_valid)
    # Over 0.85 is usual; chance is 0.1.
    assert accuracy > 0.7
