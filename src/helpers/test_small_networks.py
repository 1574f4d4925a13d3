"""The networks that checks hand out: what they compute, and what is read from them."""

import numpy as np
import pytest
import tensorflow as tf

from helpers.small_networks import (
    RATE,
    Linear,
    clusters,
    examined,
    outputs,
    slopes_along,
    sorted_by_class,
    standardizing_network,
    symptoms_and_outputs,
    unscaled_examples,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_linear_network_is_a_softmax_of_xW(rng):
    W, x = rng.normal(size=(4, 3)), rng.normal(size=(5, 4))
    unnormalized = np.exp(x @ W)
    expected = unnormalized / unnormalized.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(Linear(W)(x), expected, rtol=1e-12)


def test_the_linear_network_loses_every_other_input_in_training_only(rng):
    W, x = rng.normal(size=(4, 3)), rng.normal(size=(5, 4))
    rest = x * [0, 1, 0, 1]
    np.testing.assert_allclose(Linear(W)(x, training=True), Linear(W)(rest), rtol=1e-12)


def test_a_late_network_has_variables_from_its_first_call_on(rng):
    model = Linear(rng.normal(size=(4, 3)), late=True)
    assert model.trainable_variables == []
    model(np.ones((2, 4)))
    assert [tuple(v.shape) for v in model.trainable_variables] == [(4, 3), (3,)]


def test_a_straight_line_parts_the_clusters(rng):
    x, y = clusters(rng, 50)
    assert np.mean(np.argmax(x[:, :3], axis=1) == y) > 0.9
    assert len(x) == 50


def test_classes_come_in_order(rng):
    x, y = sorted_by_class(rng, 90, 11, 5)
    assert np.all(np.diff(y) >= 0)
    assert x.shape == (90, 11)


def test_what_the_first_layer_gets_has_mean_0_and_deviation_1(rng):
    model, (x, _) = standardizing_network(rng), unscaled_examples(rng, N=4000)
    given = np.asarray(model.layers[0](x))
    # over 4,000 examples a mean is known to 0.016
    np.testing.assert_allclose(given.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(given.std(axis=0), 1, atol=0.1)


def test_the_slopes_of_a_healthy_network_agree_and_its_weights_stay(rng):
    model, (x, y) = standardizing_network(rng), unscaled_examples(rng)
    before = model.get_weights()
    found = slopes_along(model, x, y, rng)
    np.testing.assert_allclose(found["slopes by the tape"], found["slopes measured"], rtol=1e-5)
    for was, weight in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, weight)


INPUTS = "inputs are not normalized"
PINNED = "share of a hidden layer that is saturated, up to one half"
WRONG = "relative error of a gradient, up to 0.02"
FASTER = "the rate in multiples of what it was, up to 50"
MOVED = "how far f(x) has moved"


def test_the_last_of_the_outputs_is_what_the_network_gives(rng):
    model, (x, _) = standardizing_network(rng), unscaled_examples(rng)
    found = outputs(model, x)
    np.testing.assert_allclose(found[-1], model(x), rtol=1e-12)
    assert [h.shape[1] for h in found] == [5, 7, 11, 3]


def ill(change):
    """The symptoms of a network after a change."""
    rng = np.random.default_rng(1)
    model, (x, y) = standardizing_network(rng), unscaled_examples(rng)
    before = {"f before": model(x).numpy()}
    change(model)
    found = symptoms_and_outputs(before | examined(model, x, y, rng), before)
    return {name: float(found[name]) for name in (INPUTS, PINNED, WRONG, FASTER, MOVED)}


def test_a_network_that_nobody_changed_has_no_symptom():
    found = ill(lambda model: None)
    assert found.pop(PINNED) < 0.1
    assert found == {INPUTS: 0, WRONG: 0, FASTER: 1, MOVED: 0}


@pytest.mark.parametrize(("times", "told"), [(2, 2), (60, 50), (1000, 50)])
def test_a_rate_is_told_up_to_fifty_times(times, told):
    def hurry(model):
        model.optimizer.learning_rate = times * RATE

    found = ill(hurry)
    assert found[FASTER] == pytest.approx(told, abs=1e-3)
    assert found[MOVED] == 0


def test_a_gradient_that_is_wrong_leaves_the_outputs_alone():
    def mislead(model):
        model.layers[1].activation = tf.custom_gradient(lambda a: (tf.tanh(a), lambda dh: 2 * dh))

    found = ill(mislead)
    assert (found[WRONG], found[MOVED]) == (0.02, 0)


def test_inputs_that_go_past_the_first_layer_are_seen():
    def open_up(model):
        model.layers[0].offset = 40.0

    found = ill(open_up)
    assert (found[INPUTS], found[WRONG]) == (1, 0)
    assert found[MOVED] > 0.01


def test_a_layer_of_large_weights_is_seen():
    def enlarge(model):
        kernel = model.layers[2].kernel
        kernel.assign(500 * kernel)

    assert ill(enlarge)[PINNED] == 0.5
