"""What `check(trials_needed)` looks at (lecture 34:03).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks

needed = Checks("trials_needed", kind="report", lecture="34:03")


def several(trials_needed, share, certainty, dying):
    """The numbers of trials for several cases, and what was given."""
    rows = zip(share, certainty, dying, strict=True)
    found = [trials_needed(float(q), float(c), float(p)) for q, c, p in rows]
    return {"trials": found, **landmarks(share=share, certainty=certainty, dying=dying)}


def not_whole(rng, low, high):
    """Seven numbers of trials before they are rounded: some would be rounded down to the nearest, others up."""
    fractions = np.concatenate([rng.uniform(0.1, 0.4, 3), rng.uniform(0.6, 0.9, 4)])
    return rng.integers(low, high, size=7) + rng.permutation(fractions)


def hit_for(n, certainty):
    """The chance to hit with which so many trials are needed."""
    return 1 - (1 - certainty) ** (1 / n)


@needed.check("with a certainty of 95 %")
def usual(trials_needed, rng):
    share = hit_for(not_whole(rng, 14, 290), 0.95)
    # more trials than anybody would make, and 1 - share has few digits in float32
    small = hit_for(not_whole(rng, 2000, 20_000)[:3], 0.95)
    return {
        "trials": [trials_needed(float(q), 0.95) for q in share],
        "trials for small shares": [trials_needed(float(q), 0.95) for q in small],
        **landmarks(share=share, **{"small share": small}),
    }


@needed.check("with any certainty")
def any_certainty(trials_needed, rng):
    certainty = rng.uniform(0.3, 0.999, size=7)
    return several(trials_needed, hit_for(not_whole(rng, 4, 150), certainty), certainty, np.zeros(7))


@needed.check("where some of the trials die")
def with_deaths(trials_needed, rng):
    # Where many are good it matters whether deaths thin out the good ones or lengthen the search; where few are, how many trials there are.
    share = np.concatenate([rng.uniform(0.75, 0.9, size=7), rng.uniform(0.1, 0.3, size=7)])
    dying = rng.uniform(0.2, 0.4, size=14)
    n = np.concatenate([not_whole(rng, 2, 6), not_whole(rng, 10, 40)])
    certainty = 1 - (1 - share * (1 - dying)) ** n
    return several(trials_needed, share, certainty, dying)


@needed.check("where a few trials are enough")
def few(trials_needed, rng):
    certainty = rng.uniform(0.4, 0.99, size=7)
    return several(trials_needed, hit_for(not_whole(rng, 1, 6), certainty), certainty, np.zeros(7))


@needed.check("where it comes out even")
def even(trials_needed, rng):
    # the logarithm of (1/2)ⁿ is n times that of 1/2 to the last bit where n is a power of 2
    powers = rng.permutation([1, 2, 4, 8, 16])
    found = [trials_needed(0.5, float(1 - 0.5**n)) for n in powers]
    return {"trials": found, **landmarks(certainty=1 - 0.5**powers)}


@needed.example()
def example(trials_needed, rng):
    share = rng.uniform(0.02, 0.2, size=5)
    return {"share": share}, lambda share: {"trials": [trials_needed(float(q), 0.9) for q in share]}
