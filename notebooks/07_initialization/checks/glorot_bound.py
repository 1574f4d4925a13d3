"""What `check(glorot_bound)` looks at (lecture 32:09).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks

bound = Checks("glorot_bound", kind="function", lecture="32:09")


def layers(rng, count=4):
    """Sizes (H_in, H_out), never alike."""
    return [(int(rng.integers(3, 60)), int(rng.integers(100, 900))) for _ in range(count)] + [
        (int(rng.integers(100, 900)), int(rng.integers(3, 60))) for _ in range(count)
    ]


def found(glorot_bound, rng, which):
    return [float(glorot_bound(*sizes)[which]) for sizes in layers(rng)]


@bound.check("the variance that keeps a as wide as h", forward=1e-6)
def forward_variance(glorot_bound, rng):
    return {"forward": found(glorot_bound, rng, 0)}


@bound.check("the variance that keeps dh as wide as da", backward=1e-6)
def backward_variance(glorot_bound, rng):
    return {"backward": found(glorot_bound, rng, 1)}


@bound.check("the compromise", both=1e-6)
def compromise(glorot_bound, rng):
    return {"both": found(glorot_bound, rng, 2)}


@bound.check("the bound r", r=1e-6)
def bound_r(glorot_bound, rng):
    return {"r": found(glorot_bound, rng, 3)}


NUMBERS = "two numbers come in, and numbers go out"


@bound.example(without={"untouched": NUMBERS, "graph": NUMBERS, "dtype": NUMBERS, "one": NUMBERS})
def example(glorot_bound, rng):
    H_in, H_out = layers(rng)[0]
    return {}, lambda: {"r": glorot_bound(H_in, H_out)[3]}
