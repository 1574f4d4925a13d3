"""What `check(multiplications)` looks at (lecture 24:00).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks

cost = Checks("multiplications", lecture="24:00")


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
