"""What takes too long or too much ends, and what comes after it is done."""

import math
import os

import pytest

from autograder import limited


def endless():
    while True:
        pass


def huge():
    return len(bytearray(limited.MEMORY + (1 << 20)))


def ended():
    os._exit(7)


def test_a_call_returns_what_the_function_returns_and_raises_what_it_raises():
    assert limited.call(math.gcd, 12, 18) == 6
    with pytest.raises(ValueError, match="math domain error"):
        limited.call(math.sqrt, -1)


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (endless, limited.TooMuch, "it takes more than 0.5 s"),
        (huge, limited.TooMuch, "it takes more than 2 GB of memory"),
        # That is nobody's fault who wrote what is read.
        (ended, RuntimeError, "the process that reads ended with 7"),
    ],
)
def test_what_cannot_be_done_is_told_and_the_next_call_is_served(function, error, words):
    with pytest.raises(error, match=words):
        limited.call(function, seconds=0.5)
    assert limited.call(math.gcd, 12, 18) == 6
