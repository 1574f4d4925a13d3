"""Each optimizer in a real `fit`, in a graph: a model that was saved and loaded goes on as one that was not."""

import keras
import numpy as np
import pytest

from solutions.optimizers.adagrad import AdaGrad
from solutions.optimizers.adam import Adam
from solutions.optimizers.adamw import AdamW
from solutions.optimizers.momentum import Momentum
from solutions.optimizers.rmsprop import RMSProp

# Settings far from the defaults: what is missing from a configuration shows.
OPTIMIZERS = [
    Momentum(0.1, beta=0.6),
    AdaGrad(0.1, eps=0.1),
    RMSProp(0.01, beta=0.7, eps=0.1),
    Adam(0.01, beta1=0.7, beta2=0.8, eps=0.1),
    AdamW(0.01, lam=0.2, beta1=0.7, beta2=0.8, eps=0.1),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__)
def test_a_loaded_model_trains_on_where_it_was(optimizer, tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(24, 3)), rng.integers(2, size=24)
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(2, "softmax")]
    )
    model.compile(optimizer, loss="sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, loaded):
        one.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    assert type(loaded.optimizer) is type(optimizer)
    assert int(loaded.optimizer.iterations.numpy()) == 12
    for ours, wanted in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=1e-6)
