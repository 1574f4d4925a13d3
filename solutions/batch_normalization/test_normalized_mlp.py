"""normalized_mlp, counted by hand, with our BatchNorm inside, fitted, saved and loaded."""

import keras
import numpy as np

from helpers import data
from solutions.batch_normalization.batch_norm import BatchNorm
from solutions.batch_normalization.normalized_mlp import normalized_mlp


def test_parameters_counted_by_hand():
    model = normalized_mlp(64, [32, 16], 10)
    # W 64·32, gamma and beta 2·32; W 32·16, 2·16; W 16·10 and b 10; two statistics for each of 48 units
    assert model.count_params() == 64 * 32 + 64 + 32 * 16 + 32 + 160 + 10 + 2 * 48
    assert sum(isinstance(layer, BatchNorm) for layer in model.layers) == 2


def test_it_learns_and_comes_back_from_disk(tmp_path):
    keras.utils.set_random_seed(1)
    (x, y), (x_valid, y_valid), _ = data.digits()
    model = normalized_mlp(64, [32], 10)
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=5, verbose=0)
    # it reaches 0.95; chance is 0.1
    assert model.evaluate(x_valid, y_valid, verbose=0)[1] > 0.85
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(
        keras.saving.load_model(tmp_path / "model.keras")(x[:5]), model(x[:5]), rtol=1e-5
    )
