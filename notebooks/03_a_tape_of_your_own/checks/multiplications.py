"""What `check(multiplications)` looks at (lecture 24:00).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks

cost = Checks("multiplications", kind="report", lecture="24:00")


def _counts(multiplications, cases):
    """What is counted for several networks, each given by N and its sizes."""
    found = [multiplications(N, sizes) for N, sizes in cases]
    forward, backward = zip(*found, strict=True)
    first = [N * sizes[0] * sizes[1] for N, sizes in cases]
    last = [N * sizes[-2] * sizes[-1] for N, sizes in cases]
    marks = {
        "N": [N for N, _ in cases],
        "the product of the first layer": first,
        "the product of the last layer": last,
    }
    return {
        "forward": np.array([float(n) for n in forward]),
        "backward": np.array([float(n) for n in backward]),
        **landmarks(**marks),
    }


def _networks(rng, layers):
    """Five networks of so many layers, of which the last has layers of one size."""
    sizes = rng.integers(3, 90, size=(5, layers + 1))
    sizes[-1] = sizes[-1, 0]
    return [(int(rng.integers(3, 90)), [int(n) for n in row]) for row in sizes]


@cost.check("one layer")
def one_layer(multiplications, rng):
    return _counts(multiplications, _networks(rng, 1))


@cost.check("several layers", points=2)
def several_layers(multiplications, rng):
    return _counts(multiplications, _networks(rng, 4))


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

    def counted(sizes):
        forward, backward = multiplications(N, sizes)
        return {"millions forward": forward / 1e6, "millions backward": backward / 1e6}

    return {"sizes": sizes}, counted
