"""Stand-ins of pre-training give the same numbers each time, and say what they were given."""

import keras
import numpy as np
import pytest

from helpers.stand_in_training import KnownNoise, RecordedPretraining, RecordedTraining, trained_encoders


def examples(N=5, D=7):
    return np.random.default_rng(0).uniform(0.1, 1, (N, D)).astype("float32")


def test_two_autoencoders_of_one_shape_begin_alike():
    x = examples()
    np.testing.assert_array_equal(KnownNoise(3)(x), KnownNoise(3)(x))


def test_its_noise_takes_every_third_input_away_in_training_only():
    autoencoder, x = KnownNoise(3, 0.2), examples()
    clean = autoencoder(x)
    assert list(np.flatnonzero((np.array(autoencoder.corrupt(x)) == 0).all(axis=0))) == [0, 3, 6]
    np.testing.assert_array_equal(autoencoder(x, training=True), autoencoder(autoencoder.corrupt(x)))
    assert not np.allclose(autoencoder(x, training=True), clean)


def test_without_noise_training_changes_nothing():
    autoencoder, x = KnownNoise(3), examples()
    np.testing.assert_array_equal(autoencoder(x, training=True), autoencoder(x))


def test_its_weights_are_three_in_the_order_of_the_statement():
    autoencoder = KnownNoise(3)
    autoencoder(examples())
    assert [w.name for w in autoencoder.weights] == ["W", "b", "c"]


def test_pretraining_is_recorded_and_moves_the_weights():
    autoencoder, x = KnownNoise(3, 0.2), examples()
    before = KnownNoise(3)
    before(x)
    train = RecordedPretraining(np.random.default_rng(1))
    train(autoencoder, x)
    np.testing.assert_array_equal(train.inputs[0], x)
    assert train.noises == [0.2]
    assert not np.allclose(autoencoder.get_weights()[0], before.get_weights()[0])


def network(C=5):
    return keras.Sequential(
        [*trained_encoders(np.random.default_rng(2), 7, [3]), keras.layers.Dense(C, "softmax")]
    )


def test_training_moves_what_is_trainable_and_lowers_the_loss():
    x, y = examples(), np.array([0, 4, 1, 2, 0])
    model, frozen = network(), network()
    frozen.layers[0].trainable = False
    train = RecordedTraining(np.random.default_rng(3), hidden=[3])
    for one in (model, frozen):
        train(one, x, y)
    before = train.calls[0]["f before"]
    np.testing.assert_array_equal(before, train.calls[1]["f before"])
    after = np.array(model(x))
    rows = np.arange(5)
    assert np.log(after[rows, y]).mean() > np.log(before[rows, y]).mean()
    start = trained_encoders(np.random.default_rng(2), 7, [3])[0].get_weights()[0]
    np.testing.assert_array_equal(frozen.layers[0].get_weights()[0], start)
    assert not np.allclose(model.layers[0].get_weights()[0], start)


def test_training_never_or_twice_is_told():
    train = RecordedTraining(np.random.default_rng(3), hidden=[3])
    with pytest.raises(ValueError, match="was never called"):
        _ = train.only
    for _ in range(2):
        train(network(), examples(), np.zeros(5, int))
    with pytest.raises(ValueError, match="called 2 times; once is enough"):
        _ = train.only


def test_a_class_that_nobody_has_said_is_written_down_and_trains_nothing():
    x, y, model = examples(), np.array([0, -1, 1, 2, -1]), network()
    train = RecordedTraining(np.random.default_rng(3), hidden=[3])
    train(model, x, y)
    np.testing.assert_array_equal(train.only["y"], y)
    np.testing.assert_array_equal(model(x), train.only["f before"])


def test_an_encoder_made_again_has_not_learned():
    encoder = trained_encoders(np.random.default_rng(2), 7, [3])[0]
    copies = [keras.layers.Dense.from_config(encoder.get_config()) for _ in range(2)]
    for copy in copies:
        copy.build((None, 7))
    np.testing.assert_array_equal(copies[0].get_weights()[0], copies[1].get_weights()[0])
    assert not np.allclose(copies[0].get_weights()[0], encoder.get_weights()[0])
