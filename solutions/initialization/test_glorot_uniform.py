"""Against the moments of the uniform distribution and Keras's own initializer, and through Keras's life cycle."""

import keras
import numpy as np

from solutions.initialization.glorot_uniform import GlorotUniform


def test_it_draws_from_the_distribution_of_keras_own():
    ours = np.asarray(GlorotUniform(seed=1)((200, 100)))
    theirs = np.asarray(keras.initializers.GlorotUniform(seed=2)((200, 100)))
    quantiles = np.linspace(0.02, 0.98, 25)
    # 20,000 values: a quantile's deviation is below 0.4 % of the width, and the width is 2r
    r = np.sqrt(6 / 300)
    np.testing.assert_allclose(
        np.quantile(ours, quantiles), np.quantile(theirs, quantiles), atol=5 * 0.01 * r
    )
    assert np.abs(ours).max() <= r


def test_layers_that_share_one_differ_and_a_run_repeats():
    def weights():
        shared = GlorotUniform(seed=5)
        layers = [keras.layers.Dense(4, kernel_initializer=shared) for _ in range(2)]
        for layer in layers:
            layer.build((None, 3))
        return [layer.kernel.numpy() for layer in layers]

    first, second = weights()
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(weights(), [first, second])


def test_a_loaded_model_knows_its_initializer(tmp_path):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, kernel_initializer=GlorotUniform(seed=9))]
    )
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(again.layers[0].kernel_initializer, GlorotUniform)
    assert again.layers[0].kernel_initializer.seed == 9
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])


def test_half_precision_layers_get_weights_and_train():
    layer = keras.layers.Dense(4, kernel_initializer=GlorotUniform(seed=9), dtype="float16")
    model = keras.Sequential([keras.Input((3,), dtype="float16"), layer])
    before = layer.kernel.numpy()
    model.compile(keras.optimizers.SGD(0.1), loss="mse")
    model.fit(np.ones((2, 3), "float16"), np.zeros((2, 4), "float16"), verbose=0)
    after = layer.kernel.numpy()
    assert (before.dtype, after.dtype) == ("float16", "float16")
    assert np.all(np.isfinite(after))
    assert np.any(after != before)
