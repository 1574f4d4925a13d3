"""The data of the course: real, small, and there without a network.

Every function returns the same three parts at every call and on every machine:

    (x_train, y_train), (x_valid, y_valid), (x_test, y_test) = data.digits()

Train on the first, choose on the second, and touch the third once, at the end (lecture 33:02).
"""

import random
from functools import cache

import numpy as np

Part = tuple[np.ndarray, np.ndarray]
Parts = tuple[Part, Part, Part]
SEED = 20


def digits() -> Parts:
    """Handwritten digits of 8×8 pixels, 1,797 of them, from scikit-learn.

    Returns:
        Parts of 1,197, 300 and 300 examples; x: ink of the pixels, float32 of shape (N, 64), in [0, 1];
        y: classes 0 … 9, int64 of shape (N,). `x[i].reshape(8, 8)` is the i-th image.
    """
    return _copy(_digits())


def mnist1d() -> Parts:
    """MNIST-1D: ten kinds of noisy curves, shifted and stretched, 5,000 of them (Greydanus and Kobak).

    A straight line between classes fails here and a network does not, though it trains in seconds.

    Returns:
        Parts of 3,200, 800 and 1,000 examples; x: samples of the curve, float32 of shape (N, 40), mean 0 and
        deviation 1 over all of them; y: classes 0 … 9, int64 of shape (N,).
    """
    return _copy(_mnist1d())


def mnist() -> Parts:
    """MNIST, 70,000 digits of 28×28 pixels: an option where there is a network, to fetch 11 MB once.

    Returns:
        Parts of 50,000, 10,000 and 10,000 examples; x: ink of the pixels, float32 of shape (N, 784), in
        [0, 1]; y: classes 0 … 9, int64 of shape (N,).
    """
    import keras

    seen, test = (_flat(*part) for part in keras.datasets.mnist.load_data())
    train, valid = _split(seen, 10_000)
    return train, valid, test


def _flat(x: np.ndarray, y: np.ndarray) -> Part:
    """Images of N×28×28 bytes as rows in [0, 1]."""
    return x.reshape(len(x), -1).astype("float32") / 255, y.astype("int64")


@cache
def _digits() -> Parts:
    # Late: importing scikit-learn takes a second.
    from sklearn.datasets import load_digits

    found = load_digits()
    # The file is sorted by writer.
    order = np.random.default_rng(SEED).permutation(len(found.target))
    x = found.data[order].astype("float32") / 16
    y = found.target[order].astype("int64")
    seen, test = _split((x, y), 300)
    train, valid = _split(seen, 300)
    return train, valid, test


@cache
def _mnist1d() -> Parts:
    from mnist1d.data import get_dataset_args, make_dataset

    # The generator seeds both for everybody.
    python_state, numpy_state = random.getstate(), np.random.get_state()
    try:
        made = make_dataset(get_dataset_args())
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
    seen = made["x"].astype("float32"), made["y"].astype("int64")
    test = made["x_test"].astype("float32"), made["y_test"].astype("int64")
    train, valid = _split(seen, 800)
    return train, valid, test


def _split(part: Part, n: int) -> tuple[Part, Part]:
    """All examples but the last n, and these."""
    x, y = part
    return (x[:-n], y[:-n]), (x[-n:], y[-n:])


def _copy(parts: Parts) -> Parts:
    """What a student changes in place must not change what the next call returns."""
    train, valid, test = [(x.copy(), y.copy()) for x, y in parts]
    return train, valid, test
