"""A wrong answer that one test runs is not what the next test loads."""

import keras
import pytest

from solutions.forward_propagation.dense import Dense


@pytest.mark.parametrize("time", [1, 2])
def test_a_name_that_a_test_took_is_given_back(time):
    registered = keras.saving.get_custom_objects()
    assert registered["fdl>Dense"] is Dense
    registered["fdl>Dense"] = keras.layers.Dense
