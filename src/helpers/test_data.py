import random

import keras
import numpy as np
import pytest

from helpers import data

SIZES = {
    "digits": (data.digits, (1197, 300, 300), 64),
    "mnist1d": (data.mnist1d, (3200, 800, 1000), 40),
}


@pytest.mark.parametrize(("load", "sizes", "width"), SIZES.values(), ids=SIZES)
def test_parts_have_the_shapes_dtypes_and_classes_that_they_promise(load, sizes, width):
    for (x, y), n in zip(load(), sizes, strict=True):
        assert (x.shape, y.shape) == ((n, width), (n,))
        assert (x.dtype, y.dtype) == ("float32", "int64")
        assert set(y) == set(range(10))
        assert np.isfinite(x).all()


@pytest.mark.parametrize("load", [data.digits, data.mnist1d], ids=["digits", "mnist1d"])
def test_no_example_stands_in_two_parts(load):
    (train, _), (valid, _), (test, _) = load()
    rows = [row.tobytes() for x in (train, valid, test) for row in x]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("load", [data.digits, data.mnist1d], ids=["digits", "mnist1d"])
def test_what_is_changed_in_place_does_not_come_back(load):
    (x, y), _, _ = load()
    before = x[0].copy(), y[0].copy()
    x[:], y[:] = -7, -7
    (again, label), _, _ = load()
    np.testing.assert_array_equal(again[0], before[0])
    assert label[0] == before[1]


def test_digits_are_ink_between_0_and_1():
    (x, _), _, _ = data.digits()
    assert (x.min(), x.max()) == (0, 1)


def test_the_classes_of_each_part_of_digits_are_about_equally_many():
    for _, y in data.digits():
        share = np.bincount(y) / len(y)
        assert share.min() > 0.06
        assert share.max() < 0.14


def test_mnist1d_is_centred_and_scaled():
    parts = data.mnist1d()
    x = np.concatenate([x for x, _ in parts])
    assert abs(x.mean()) < 1e-4
    assert abs(x.std() - 1) < 1e-4


def test_making_mnist1d_leaves_everybodys_random_numbers_alone():
    data._mnist1d.cache_clear()
    random.seed(3)
    np.random.seed(3)
    expected = random.random(), np.random.rand()
    random.seed(3)
    np.random.seed(3)
    data.mnist1d()
    assert (random.random(), np.random.rand()) == expected


def test_mnist_is_split_and_scaled_like_the_others(monkeypatch):
    ink, classes = np.arange(256, dtype="uint8").reshape(1, 16, 16), np.array([7], "uint8")
    whole = (np.repeat(ink, 10_003, 0), np.repeat(classes, 10_003)), (ink, classes)
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: whole)
    (x, y), (x_valid, _), (x_test, _) = data.mnist()
    assert (x.shape, x_valid.shape, x_test.shape) == ((3, 256), (10_000, 256), (1, 256))
    assert (x.dtype, y.dtype) == ("float32", "int64")
    np.testing.assert_allclose(x[0], np.arange(256) / 255, rtol=1e-6)
