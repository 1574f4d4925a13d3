"""What noise takes away is told by shares and factors, and by what comes back."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import lost_entries


class Lossy(keras.Model):
    """Loses entries of its input, and multiplies the others; beyond that it is linear."""

    def __init__(self, units, noise, factor=1.0):
        super().__init__()
        self.noise = noise
        self.rng = np.random.default_rng(0)
        self.factor = factor
        self.layer = keras.layers.Dense(units, use_bias=False)

    def corrupt(self, x):
        kept = self.rng.random(x.shape) >= self.noise
        return x * tf.cast(kept, x.dtype) * self.factor

    def call(self, x, training=False):
        return self.layer(self.corrupt(x) if training else x)


def drawn(seed=1):
    return np.random.default_rng(seed)


def arrays(found):
    return {name: np.array(value) for name, value in found.items()}


@pytest.mark.parametrize("factor", [1.0, 1.25])
def test_share_and_factor_are_those_of_the_model(factor):
    found = arrays(lost_entries.at_two_noises(lambda units, noise: Lossy(units, noise, factor), drawn()))
    told = lost_entries.shares_and_factors(found, found)
    assert told["factor of the kept, small noise"] == pytest.approx(factor)
    assert 0.75 - 0.06 < told["share of entries kept, small noise"] < 0.85 + 0.06
    assert 0.15 - 0.06 < told["share of entries kept, large noise"] < 0.25 + 0.06


def test_what_is_lost_comes_back_as_if_it_were_0():
    found = arrays(lost_entries.one_input_a_unit(Lossy(lost_entries.COLUMNS, 0.3), drawn()))
    told = lost_entries.seen_as(found, found)
    assert told["share of x_hat as if x were 0"] == pytest.approx(0.3, abs=0.06)
    assert told["share of x_hat as if x were clean"] == pytest.approx(0.7, abs=0.06)
