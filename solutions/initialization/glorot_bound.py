"""glorot_bound: from two wishes about variances to the bound of a uniform distribution."""

import math

import numpy as np

from autograder.exercise import Exercise

bound = Exercise("glorot_bound", kind="function", lecture="32:09")


@bound.reference
def glorot_bound(H_in, H_out):
    """How far Glorot and Bengio's uniform reaches, and every step on the way to it.

    forward:   a_j = sum_i h_i W_ij is to vary as much as h: what Var[W] does that?
    backward:  dh_i = sum_j da_j W_ij is to vary as much as da: what Var[W] does that?
    both:      one Var[W] that meets both halfway, 2 / (H_in + H_out)
    bound:     the r for which the uniform distribution on [-r, r] has that variance      (lecture 32:09)

    Args:
        H_in: units below, whose activations come in.    H_out: units of this layer.
    Returns:
        forward, backward, both, r: three variances and the bound, each a number.
    """
    ### BEGIN SOLUTION
    forward = 1 / H_in
    backward = 1 / H_out
    both = 2 / (H_in + H_out)
    return forward, backward, both, math.sqrt(3 * both)
    ### END SOLUTION


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


bound.misconception(
    "fan-in only",
    ("both = 2 / (H_in + H_out)", "both = 1 / H_in"),
    advice="That serves the forward pass alone. Glorot and Bengio let the backward pass count as much: H_out belongs in it.",
)
bound.misconception(
    "fan-out only",
    ("both = 2 / (H_in + H_out)", "both = 1 / H_out"),
    advice="That serves the backward pass alone: H_in belongs in the compromise as well.",
)
bound.misconception(
    "forward and backward are exchanged",
    ("forward = 1 / H_in", "forward = 1 / H_out"),
    ("backward = 1 / H_out", "backward = 1 / H_in"),
    advice="Count the terms of each sum: a_j sums over the H_in units below, dh_i over the H_out units above.",
)
bound.misconception(
    "the deviation instead of the variance",
    ("forward = 1 / H_in", "forward = 1 / math.sqrt(H_in)"),
    ("backward = 1 / H_out", "backward = 1 / math.sqrt(H_out)"),
    advice="Variances of independent terms add: Var[a] = H_in Var[h] Var[W]. No root until the bound.",
)
bound.misconception(
    "the deviation instead of the variance, in the compromise as well",
    ("return forward, backward, both,", "return forward**0.5, backward**0.5, both**0.5,"),
    advice="Your r is right. The first three are variances: Var[a] = H_in Var[h] Var[W]. No root until the bound.",
)
bound.misconception(
    "2 / H_in + H_out is a quotient plus H_out",
    ("both = 2 / (H_in + H_out)", "both = 2 / H_in + H_out"),
    advice="Python divides before it adds: put the sum into brackets, 2 / (H_in + H_out).",
)
bound.misconception(
    "the variances are averaged instead of the sizes",
    ("both = 2 / (H_in + H_out)", "both = (forward + backward) / 2"),
    advice="The paper averages the two sizes, (H_in + H_out)/2, and takes one over that.",
)
bound.misconception(
    "the bound is right, but `both` averages the variances instead of the sizes",
    ("both = 2 / (H_in + H_out)", "both = (forward + backward) / 2"),
    ("math.sqrt(3 * both)", "math.sqrt(6 / (H_in + H_out))"),
    advice="Your r belongs to Var[W] = r²/3. Put your r in: that variance is one over the mean size (H_in + H_out)/2.",
)
bound.misconception(
    "the geometric mean of the sizes",
    ("both = 2 / (H_in + H_out)", "both = 1 / math.sqrt(H_in * H_out)"),
    advice="The paper takes the arithmetic mean of the two sizes: one over (H_in + H_out)/2.",
)
bound.misconception(
    "√3 for √6",
    ("both = 2 / (H_in + H_out)", "both = 1 / (H_in + H_out)"),
    advice="The mean of two sizes is their sum halved, so a 2 comes into the numerator: both = 2/(H_in + H_out).",
)
# By `source`, so that double faults do not grow with it.
bound.misconception(
    "the bounds of the two wishes are averaged",
    source=bound.edited(("math.sqrt(3 * both)", "(math.sqrt(3 * forward) + math.sqrt(3 * backward)) / 2")),
    advice="The compromise is made once, in `both`. r is the bound that belongs to that variance: solve r²/3 = both.",
)
bound.misconception(
    "the bound is taken for the deviation",
    ("math.sqrt(3 * both)", "math.sqrt(both)"),
    advice="Values of a uniform distribution on [-r, r] mostly lie well inside r: its variance is the integral of "
    "w²/(2r) from -r to r. Work it out.",
)
bound.misconception(
    "r is taken for the whole width",
    ("math.sqrt(3 * both)", "math.sqrt(12 * both)"),
    advice="The variance of a uniform distribution is width²/12, and from -r to r the width is 2r.",
)
bound.misconception(
    "divided by 3 instead of multiplied",
    ("math.sqrt(3 * both)", "math.sqrt(both / 3)"),
    advice="The variance of U(-r, r) is r²/3. Solve r²/3 = Var[W] for r.",
)
bound.misconception(
    "the root of the 6 alone",
    ("math.sqrt(3 * both)", "math.sqrt(6) / (H_in + H_out)"),
    advice="r² = 6/(H_in + H_out): the root is taken of the whole fraction, r = √6/√(H_in + H_out).",
)
bound.misconception(
    "the root is missing",
    ("math.sqrt(3 * both)", "3 * both"),
    advice="A variance is a square: the bound comes out of it by a root.",
)


@bound.alternative
def by_numpy(H_in, H_out):
    var = 1 / np.mean([H_in, H_out])
    return np.reciprocal(float(H_in)), np.reciprocal(float(H_out)), var, np.sqrt(6) / np.sqrt(H_in + H_out)


@bound.alternative
def by_powers(H_in, H_out):
    total = H_in + H_out
    return H_in**-1, H_out**-1, (total / 2) ** -1, (6 / total) ** 0.5
