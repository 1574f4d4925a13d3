"""Each fault against what Keras itself shows of the model: its weights, its layers' outputs, its gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.small_networks import DEVIATION, MEAN, RATE, standardizing_network, unscaled_examples
from solutions.debugging_a_network.plant import plant

FAULTS = ("saturated", "gradient", "inputs", "rate")


def planted(fault):
    rng = np.random.default_rng(5)
    model, (x, y) = standardizing_network(rng), unscaled_examples(rng)
    healthy = model(x).numpy()
    plant(fault, model)
    return model, x, y, healthy


def outputs(model, x):
    """What each layer gives."""
    found = []
    for layer in model.layers:
        x = layer(x)
        found.append(np.asarray(x))
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_units_are_saturated_only_by_the_fault_of_that_name_and_by_wide_inputs(fault):
    model, x, _, _ = planted(fault)
    first, second = [np.mean(np.abs(h) > 0.99) for h in outputs(model, x)[1:3]]
    assert (max(first, second) > 0.5) == (fault in ("saturated", "inputs"))


@pytest.mark.parametrize("fault", FAULTS)
def test_inputs_are_normalized_but_for_the_fault_of_that_name(fault):
    model, x, _, _ = planted(fault)
    given = outputs(model, x)[0]
    expected = (x.numpy() - MEAN) / DEVIATION
    assert np.allclose(given, expected) == (fault != "inputs")
    assert (np.abs(given).max() > 6) == (fault == "inputs")


@pytest.mark.parametrize("fault", ["gradient", "rate"])
def test_the_forward_pass_does_not_show_it(fault):
    model, x, _, healthy = planted(fault)
    np.testing.assert_allclose(model(x), healthy, rtol=1e-12)


@pytest.mark.parametrize("fault", ["gradient", "rate"])
def test_the_tape_disagrees_with_an_independent_network_only_for_a_wrong_gradient(fault):
    model, x, y, _ = planted(fault)
    healthy = standardizing_network(np.random.default_rng(5))
    found = []
    for network in (model, healthy):
        kernel = network.layers[1].kernel
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, network(x)))
        found.append(np.asarray(tape.gradient(loss, kernel.value)))
    assert np.allclose(*found, rtol=0.1) == (fault == "rate")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_rate_is_what_it_was_but_for_the_fault_of_that_name(fault):
    rate = float(planted(fault)[0].optimizer.learning_rate)
    assert rate == pytest.approx(100 * RATE if fault == "rate" else RATE)


def test_a_fault_that_does_not_exist_is_refused_with_its_name():
    with pytest.raises(ValueError, match="overfitting"):
        planted("overfitting")
