"""What `check(multiplications)` looks at (lecture 24:00).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks

cost = Checks("multiplications", kind="report", lecture="24:00")


def _counts(found):
    forward, backward = found
    return {"forward": float(forward), "backward": float(backward)}


@cost.check("one layer")
def one_layer(multiplications, rng):
    N, D, C = (int(n) for n in rng.integers(3, 90, size=3))
    return _counts(multiplications(N, [D, C]))


@cost.check("several layers", points=2)
def several_layers(multiplications, rng):
    return _counts(multiplications(int(rng.integers(3, 90)), [int(n) for n in rng.integers(3, 90, size=5)]))


@cost.check("they are integers, since they count")
def integers(multiplications, rng):
    N, D, C = (int(n) for n in rng.integers(3, 90, size=3))
    counts = multiplications(N, [D, C])
    kinds = ["a whole number" if np.asarray(n).dtype.kind in "iu" else "no integer" for n in counts]
    return {"N, D, C": [N, D, C], "forward": kinds[0], "backward": kinds[1]}


@cost.example()
def example(multiplications, rng):
    N = int(rng.integers(3, 90))
    sizes = [int(n) for n in rng.integers(3, 90, size=4)]
    return {"sizes": sizes}, lambda sizes: _counts(multiplications(N, sizes))
