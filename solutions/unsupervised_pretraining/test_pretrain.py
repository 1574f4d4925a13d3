"""pretrain, with real training: codes by NumPy, layers that are better than chance, labels nowhere."""

import inspect

import keras
import numpy as np

from solutions.unsupervised_pretraining.pretrain import pretrain
from solutions.unsupervised_pretraining.reconstruction_loss import reconstruction_loss


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


class Descent:
    """Keras's own SGD on the reconstruction loss; it keeps the autoencoders and what they saw."""

    def __init__(self, epochs=5):
        self.epochs = epochs
        self.seen = []
        self.trained = []

    def __call__(self, autoencoder, h):
        self.seen.append(np.array(h))
        self.trained.append(autoencoder)
        autoencoder.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
        autoencoder.fit(np.array(h), np.array(h), epochs=self.epochs, batch_size=8, verbose=0)


def examples(N=24, D=6):
    return np.random.default_rng(0).uniform(size=(N, D)).astype("float32")


def test_every_layer_sees_the_codes_of_the_trained_layer_below():
    keras.utils.set_random_seed(1)
    x, train = examples(), Descent()
    layers = pretrain(x, [5, 4, 3], 0.2, train)
    h = x
    for layer, autoencoder, seen in zip(layers, train.trained, train.seen, strict=True):
        np.testing.assert_allclose(seen, h, rtol=1e-5)
        W, b, _ = autoencoder.get_weights()
        np.testing.assert_array_equal(layer.get_weights()[0], W)
        h = sigmoid(h @ W + b)
        np.testing.assert_allclose(layer(seen), h, rtol=1e-4)
    assert [layer.units for layer in layers] == [5, 4, 3]


def test_no_layer_holds_its_decoder():
    keras.utils.set_random_seed(2)
    layers = pretrain(examples(), [5, 4], 0.0, Descent(1))
    shapes = [[tuple(w.shape) for w in layer.trainable_weights] for layer in layers]
    assert shapes == [[(6, 5), (5,)], [(5, 4), (4,)]]


def test_training_lowers_the_loss_of_each_layer():
    keras.utils.set_random_seed(3)
    losses = []

    def train(autoencoder, h):
        autoencoder(h)
        before = float(reconstruction_loss(autoencoder, h))
        Descent(20)(autoencoder, h)
        losses.append((before, float(reconstruction_loss(autoencoder, h))))

    pretrain(examples(), [5, 4], 0.0, train)
    assert len(losses) == 2
    assert all(after < before for before, after in losses)


def test_it_takes_no_labels():
    assert list(inspect.signature(pretrain).parameters) == ["x", "units", "noise", "train"]
