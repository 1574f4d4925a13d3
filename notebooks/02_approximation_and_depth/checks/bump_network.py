"""What `check(bump_network)` looks at (lecture 9:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import set_by_hand
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.set_by_hand import in_single, outputs

network = Checks("bump_network", kind="network", lecture="9:43")

# Sharper steps than asked for are right as well, and softer ones nearly.
NEAR = 5e-3


def smooth(rng):
    """A function that is steep, above 0 at the left end, and below 0 at the right one."""
    size, shift, down = rng.uniform(1.5, 2.2), rng.uniform(-0.3, 0.3), rng.uniform(0.2, 0.4)
    return lambda x: size * np.cos(3 * np.pi * np.asarray(x) + shift) - down


def within(rng, n, i=None, per_cell=3):
    """Places in the cells, away from their edges; `i` is one cell, by default all."""
    cells = np.repeat(np.arange(n) if i is None else [i], per_cell)
    return (cells + rng.uniform(0.2, 0.8, len(cells))) / n


@network.check(
    "over each cell as high as f in its middle",
    points=2,
    # at an edge a very sharp step shows float32's rounding
    **{"network(x)": NEAR, "network where two bumps meet": 0.1},
)
def in_each_cell(bump_network, rng):
    f, n = smooth(rng), 7
    x = within(rng, n)
    middle = (np.floor(x * n) + 0.5) / n
    model = bump_network(f, n)
    return {
        "network(x)": outputs(model, x)[:, 0],
        "network where two bumps meet": outputs(model, np.arange(1, n) / n)[:, 0],
        **landmarks(x=x, **{"f(x)": f(x), "f in the middle of the cell": f(middle)}),
    }


@network.check(
    "0 and 1 lie inside a bump",
    **{"network(0)": NEAR, "network(1)": NEAR, "network just inside": NEAR},
)
def at_the_ends(bump_network, rng):
    f, n = smooth(rng), 5
    given = outputs(bump_network(f, n), np.array([0, 1, 0.03, 0.97]))[:, 0]
    marks = landmarks(**{"f(0)": f(0.0), "f(1)": f(1.0), "half of f(0)": f(0.0) / 2})
    return {"network(0)": given[0], "network(1)": given[1], "network just inside": given[2:], **marks}


@network.check("whatever n is, 1 as well", **{"network(x) for n = 1": NEAR, "network(x) for n = 23": NEAR})
def any_number(bump_network, rng):
    wave = smooth(rng)

    def f(x):
        # well below 0 in the middle of [0, 1]
        return wave(x) - 1

    found = {}
    for n in (1, 23):
        # with n = 1 the only cell is the first and the last
        x = np.concatenate([within(rng, n, per_cell=2), [0, 1]])
        found[f"network(x) for n = {n}"] = outputs(bump_network(f, n), x)[:, 0]
    return found


@network.check("a function that jumps gets its n bumps too", **{"network(x)": NEAR})
def a_jump(bump_network, rng):
    n, low, high = 6, float(rng.uniform(-2, -1)), float(rng.uniform(1, 2))
    # In the left half of a cell, where one cell more or less would have its middle on the other side.
    where = (3 + float(rng.uniform(0.3, 0.4))) / n
    x = np.append(within(rng, n), 3.25 / n)
    return {"network(x)": outputs(bump_network(lambda x: np.where(x < where, low, high), n), x)[:, 0]}


@network.check("an f without a value in the middle of a cell is refused")
def no_value(bump_network, rng):
    n = 5
    bad, elsewhere = int(rng.integers(1, n - 1)) + 0.5, float(rng.normal())
    found = {"f elsewhere": elsewhere}
    for name, value in (("is no number", np.nan), ("is infinite", np.inf)):

        def f(x, value=value):
            # Around the middle of one cell, and nowhere else.
            return np.where(np.abs(np.asarray(x) * n - bad) < 0.1, value, elsewhere)

        try:
            bump_network(f, n)
            found[f"where f {name}"] = "a network"
        except ValueError:
            found[f"where f {name}"] = "ValueError"
    # Infinite at an edge alone: no middle is touched. So small elsewhere that nothing looks like a jump.
    pole = float(rng.integers(2))
    try:
        with np.errstate(divide="ignore"):
            bump_network(lambda x: 0.1 / np.abs(np.asarray(x, "float64") - pole), n)
        found["where f is infinite at 0 or 1 only"] = "a network"
    except ValueError:
        found["where f is infinite at 0 or 1 only"] = "ValueError"
    return found


@network.check("the output is linear, and comes from weights alone", **{"network(x), all weights 0": 1e-6})
def from_weights(bump_network, rng):
    x = within(rng, 5)
    return {"x": x, "network(x), all weights 0": set_by_hand.without_weights(bump_network(smooth(rng), 5), x)}


@network.check("at most 2n units: 6n + 1 weights and biases")
def size(bump_network, rng):
    f, x = smooth(rng), rng.uniform(size=3)
    sizes = [set_by_hand.size_of(bump_network(f, n), x) for n in (4, 9)]
    return {"x": x, "weights and biases for n = 4 and 9": np.array(sizes)}


@size.summary()
def size_summary(theirs, ours):
    sizes = theirs["weights and biases for n = 4 and 9"]
    return {"x": theirs["x"], "too many, for n = 4 and 9": set_by_hand.beyond(sizes, np.array([25, 55]))}


@network.check("its weights are set, not trained", mistake=set_by_hand.TRAINED, advice=set_by_hand.SET_THEM)
def not_trained(bump_network, rng):
    f = smooth(rng)
    return set_by_hand.set_twice(lambda: bump_network(f, 4), within(rng, 4))


@not_trained.summary()
def not_trained_summary(theirs, ours):
    return set_by_hand.set_twice_summary(theirs, ours)


@network.example()
def example(bump_network, rng, N=4):
    model = bump_network(smooth(rng), 5)
    # Around the middle of the last cell, where f is below 0 and nothing is steep.
    x = (4 + rng.uniform(0.4, 0.6, (N, 1))) / 5
    return {"x": x.astype("float32")}, lambda x: {"f": in_single(model(x))}
