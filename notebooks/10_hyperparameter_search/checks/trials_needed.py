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


@needed.check("with a certainty of 95 %", points=2)
def usual(trials_needed, rng):
    share = rng.uniform(0.01, 0.2, size=7)
    return {"trials": [trials_needed(float(q), 0.95) for q in share], **landmarks(share=share)}


@needed.check("with any certainty")
def any_certainty(trials_needed, rng):
    share, certainty = rng.uniform(0.02, 0.2, size=7), rng.uniform(0.3, 0.999, size=7)
    return several(trials_needed, share, certainty, np.zeros(7))


@needed.check("where some of the trials die")
def with_deaths(trials_needed, rng):
    share, certainty = rng.uniform(0.02, 0.2, size=7), rng.uniform(0.8, 0.99, size=7)
    return several(trials_needed, share, certainty, rng.uniform(0.2, 0.7, size=7))


@needed.check("where a few trials are enough")
def few(trials_needed, rng):
    share, certainty = rng.uniform(0.35, 0.9, size=7), rng.uniform(0.4, 0.99, size=7)
    return several(trials_needed, share, certainty, np.zeros(7))


@needed.example()
def example(trials_needed, rng):
    share = rng.uniform(0.02, 0.2, size=5)
    return {"share": share}, lambda share: {"trials": [trials_needed(float(q), 0.9) for q in share]}
