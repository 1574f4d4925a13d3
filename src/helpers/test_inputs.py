"""Inputs as they are promised, and summaries against small cases worked out by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import inputs


def rng(seed=0):
    return np.random.default_rng(seed)


def test_what_is_far_from_zero_lies_between_1_and_2():
    h = inputs.far_from_zero(rng(), 20, 30, 4)
    assert (h.shape, h.dtype) == ((20, 30, 4), tf.float32)
    assert set(np.unique(h)) == {1.0, 1.25, 1.5, 2.0}


def test_a_short_number_is_near_and_goes_through_float32():
    for number in rng().uniform(-50, 50, 100):
        short = inputs.short(number)
        assert abs(short - number) < 1e-3
        assert tf.cast(short, "float64").numpy() == short


@pytest.mark.parametrize("most", [0.25, 0.3])
def test_an_uneven_probability_lies_on_either_side_and_far_from_one_half(most):
    drawn = np.array([inputs.uneven_probability(rng(seed), most) for seed in range(200)])
    below = drawn[drawn < 0.5]
    above = drawn[drawn > 0.5]
    # 200 fair coins: five standard deviations from the mean are 35
    assert 65 < len(below) < 135
    assert 0.15 <= below.min() < 0.16
    assert most - 0.01 < below.max() <= most
    assert 1 - most <= above.min() < 1.01 - most
    assert 0.84 < above.max() <= 0.85


def test_uneven_units_have_means_and_scales_of_their_own():
    a = inputs.uneven_units(rng(), N=4000, H=60, widest=3)
    scales = a.std(axis=0)
    assert a.shape == (4000, 60)
    # a deviation of 4000 values is known to 1.1 %: five times that is less than a tenth
    assert 0.45 < scales.min() < 1
    assert 2.5 < scales.max() < 3.3
    assert a.mean(axis=0).std() > 0.5


def test_labelled_examples_are_drawn_before_their_classes():
    x, y = inputs.labelled_examples(rng(3), N=50, D=2, C=4, dtype="float64")
    again = rng(3)
    np.testing.assert_array_equal(x, again.normal(size=(50, 2)))
    np.testing.assert_array_equal(y, again.integers(4, size=50))
    assert (x.dtype, y.dtype) == (tf.float64, tf.int64)


def test_labelled_pre_activations_have_a_class_a_row():
    a, y = inputs.labelled_pre_activations(rng(), N=2000, C=3)
    assert (a.shape, y.shape) == ((2000, 3), (2000,))
    assert set(y) == {0, 1, 2}
    # 6000 values: a deviation of 0.9 %
    assert a.std() == pytest.approx(1.5, rel=0.045)


def test_a_classifier_gives_a_distribution_over_the_classes():
    model = inputs.classifier(4, 6, 3, activation="relu")
    assert [tuple(w.shape) for w in model.trainable_variables] == [(4, 6), (6,), (6, 3), (3,)]
    assert model.layers[0].activation is keras.activations.relu
    np.testing.assert_allclose(np.sum(model(np.ones((2, 4))), axis=1), 1, rtol=1e-6)


def test_every_weight_of_what_is_filled_is_drawn():
    layer = keras.layers.Dense(3)
    layer.build((None, 2))
    assert inputs.filled(layer, rng()) is layer
    assert all(np.all(w.numpy() != 0) for w in layer.weights)


def test_the_scale_of_what_is_filled_is_the_caller_s():
    small, large = keras.layers.Dense(3), keras.layers.Dense(3)
    small.build((None, 2))
    large.build((None, 2))
    inputs.filled(small, rng(), scale=0.1)
    inputs.filled(large, rng(), scale=0.2)
    np.testing.assert_allclose(large.kernel, 2 * small.kernel, rtol=1e-6)


def test_shapes_do_not_depend_on_the_order_of_the_weights():
    W, b = np.zeros((4, 3)), np.zeros(3)
    np.testing.assert_array_equal(inputs.shapes_of([W, b]), [[3, 0], [4, 3]])
    np.testing.assert_array_equal(inputs.shapes_of([b, W]), [[3, 0], [4, 3]])


def test_entries_are_those_asked_for():
    assert inputs.entries({"da": 1, "db": 2, "dW": 3}, "dW", "da") == {"dW": 3, "da": 1}


@pytest.mark.parametrize(
    ("other", "expected"),
    [([1, 1, 0, 0], 1.0), ([1, 0, 1, 0], 0.0), ([0, 0, 1, 1], -1.0)],
    ids=["the same", "independent", "opposite"],
)
def test_agreement_of_two_masks_by_hand(other, expected):
    # half of each is kept, so chance makes half of the entries agree
    assert inputs.agreement(np.array([1, 1, 0, 0]), np.array(other)) == pytest.approx(expected)


def test_agreement_makes_allowance_for_masks_that_keep_almost_all():
    a, b = rng().random((2, 100_000)) < 0.9
    # they agree at 82 % of the places
    assert (a == b).mean() > 0.8
    assert inputs.agreement(a, b) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize(
    ("shape", "shared"),
    [((8, 1, 64), "examples"), ((8, 64, 1), "units"), ((1, 64, 64), "calls")],
    ids=["examples", "units", "calls"],
)
def test_a_mask_that_is_shared_along_one_axis_agrees_along_that_axis_only(shape, shared):
    mask = np.broadcast_to(rng().random(shape) < 0.5, (8, 64, 64))
    found = inputs.agreements(mask)
    assert found.pop(f"agreement of {shared}") == pytest.approx(1)
    assert all(abs(value) < 0.4 for value in found.values())


def test_the_tolerances_are_those_of_what_the_agreements_are_called():
    assert inputs.AGREEMENTS.keys() == inputs.agreements(np.ones((2, 2, 2), bool)).keys()


def test_a_constant_factor_is_one_value_or_none():
    assert inputs.constant_factor(np.array([2.0, 2.0])) == 2
    assert np.isnan(inputs.constant_factor(np.array([1.0, 3.0])))


def test_the_factor_of_the_kept_by_hand():
    h = np.array([[1.0, 2.0, 4.0, 8.0]])
    output = np.array([[[1.5, 0.0, 6.0, 0.0]], [[0.0, 3.0, 0.0, 0.0]]])
    found = inputs.factor_of_the_kept({"output": output}, {"h": h})
    assert found == {"share of units kept": 3 / 8, "factor of the kept": 1.5}


def test_the_factor_at_test_time_by_hand():
    theirs = {"output": np.array([[[0.5, 1.0]]]), "without training=": np.array([[1.0, 2.0]])}
    found = inputs.factor_at_test_time(theirs, {"h": np.array([[1.0, 2.0]])})
    assert found == {"factor": 0.5, "factor without training=": 1.0}


def test_likeness_is_a_correlation():
    a = np.array([1, 2, 3], "float16")
    assert inputs.likeness(a, 2 * a + 1) == pytest.approx(1)
    assert inputs.likeness(a, -a) == pytest.approx(-1)
    # deviations -1, 0, 1 and -1/3, 2/3, -1/3
    assert inputs.likeness(a, np.array([0.0, 1.0, 0.0])) == pytest.approx(0)


def test_orders_are_compared_where_both_examples_came():
    a, b = np.array([0, 1, 2, -1, 4]), np.array([0, 1, 2, 3, -1])
    assert inputs.likeness_of_orders(a, b) == pytest.approx(1)


def test_orders_of_which_half_is_missing_are_not_compared():
    a = np.array([0, 1, -1, -1])
    assert np.isnan(inputs.likeness_of_orders(a, np.arange(4)))
