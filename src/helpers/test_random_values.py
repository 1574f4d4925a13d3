"""Where luck has a share: a factor of what is kept, and zeros that should be elsewhere, are told; what is right is not."""

import numpy as np
import pytest

from helpers.random_values import identities
from helpers.scene import Scene

RATE = 0.3


def told(wrong, right=lambda h, mask: h * mask):
    """What is told of `wrong(h, mask)` where `right(h, mask)` of another luck was expected."""
    rng = np.random.default_rng(0)
    h = rng.uniform(1, 2, size=(6, 9))
    mask, other = rng.random((2, 4, 6, 9)) < 1 - RATE
    scene = Scene(right(h, mask), {"h": h, "rate": np.array(RATE)})
    return [relation.words for relation in identities(wrong(h, other), scene)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda h, mask: h * mask * (1 - RATE), "h, times 1 - rate, with zeros in some places"),
        (lambda h, mask: np.broadcast_to(h * (1 - RATE) ** 2, mask.shape), "h, times the square of 1 - rate"),
        (lambda h, mask: h * (1 + 0.1 * mask), "never 0, where some of what was expected is"),
        (
            lambda h, mask: h * np.broadcast_to(mask[:1], mask.shape),
            "0 in the same places all along axis 0, where that should differ",
        ),
        (
            lambda h, mask: h * np.broadcast_to(mask[:, :1], mask.shape),
            "0 in the same places all along axis 1, where that should differ",
        ),
    ],
    ids=[
        "a factor of the kept",
        "a factor",
        "no zeros",
        "one mask for all calls",
        "one mask for all examples",
    ],
)
def test_what_luck_has_no_share_in_is_told(wrong, words):
    assert words in told(wrong)


def test_of_an_honest_mask_nothing_is_told():
    assert told(lambda h, mask: h * mask) == []


def test_zeros_where_none_belong_are_told():
    words = "0 in some places, where nothing of what was expected is"
    assert words in told(lambda h, mask: h * mask, lambda h, mask: np.broadcast_to(h, mask.shape))
