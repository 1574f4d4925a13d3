"""Runs as numbers: healthy within limits, ill in one place."""

import numpy as np
import pytest

from helpers.runs import LAYERS, STEPS, healthy, in_words, jumping, pushed, wide, with_one, wrong_gradient


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_healthy_run_takes_what_is_given_in_the_place_of_its_own(rng):
    run = healthy(rng, losses=np.ones(3))
    np.testing.assert_array_equal(run["losses"], 1)
    assert np.all(run["saturated"] <= 0.2)
    assert set(run) == {"means", "deviations", "saturated", "errors", "norms", "losses"}


def test_the_loss_of_a_healthy_run_falls_at_every_step(rng):
    assert np.all(np.diff(healthy(rng)["losses"]) < 0)


def test_one_value_is_replaced_in_a_copy():
    values = np.zeros(3)
    np.testing.assert_array_equal(with_one(values, 5.0, 1), [0, 5, 0])
    np.testing.assert_array_equal(values, 0)


@pytest.mark.parametrize("layer", range(LAYERS))
def test_one_layer_is_pushed_over_the_edge_and_not_the_average(rng, layer):
    shares = pushed(rng, layer)
    np.testing.assert_array_equal(shares > 0.5, np.arange(LAYERS) == layer)
    assert shares.mean() < 0.5


def test_one_error_is_none_of_rounding(rng):
    found = wrong_gradient(rng, error=0.25, norm=1e-9)
    place = int(np.argmax(found["errors"]))
    assert (found["errors"][place], found["norms"][place]) == (0.25, 1e-9)
    assert np.sum(found["errors"] > 1e-3) == 1


def test_one_deviation_is_wide(rng):
    assert np.sum(wide(rng)["deviations"] > 3) == 1


def test_a_jumping_loss_ends_lower_and_rises_at_every_second_step(rng):
    losses = jumping(rng)
    assert losses[-1] < losses[0]
    assert np.sum(np.diff(losses) > 0) == STEPS / 2


@pytest.mark.parametrize("causes", [{"rate", "inputs"}, ["rate", "inputs", "rate"], ("inputs", "rate")])
def test_causes_are_told_in_one_order_whatever_holds_them(causes):
    assert in_words(causes) == "inputs, rate"


def test_a_text_is_told_as_it_is():
    assert in_words("rate") == "rate"
