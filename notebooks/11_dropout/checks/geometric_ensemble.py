"""What `check(all_masks, geometric_ensemble)` looks at (lecture 53:36).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.inputs import uneven_probability

ensemble = Checks(
    "geometric_ensemble",
    kind="function",
    lecture="53:36",
    objects=("all_masks", "geometric_ensemble"),
)


def in_order(masks, p):
    """Masks and their probabilities in the order of the masks as binary numbers."""
    masks, p = np.asarray(masks, "float64"), np.asarray(p, "float64")
    order = np.lexsort(masks.T)
    return masks[order], p[order]


def output_layer(rng, N=3, H=6, C=4):
    return rng.normal(size=(H, C)), rng.normal(size=C), rng.normal(size=(N, H))


@ensemble.check("every mask once, with its probability")
def masks_and_probabilities(all_masks, geometric_ensemble, rng):
    found = {}
    for H in (1, 3, 4):
        masks, p = in_order(*all_masks(H, uneven_probability(rng, most=0.3)))
        found |= {f"masks of {H} units": masks, f"p for {H} units": p}
    return found


@ensemble.check("fair coins: Z, what the geometric mean sums to before it is renormalized")
def fair_coins_sum(all_masks, geometric_ensemble, rng):
    return {"Z": geometric_ensemble(*output_layer(rng), 0.5)[1]}


@ensemble.check("fair coins: the renormalized geometric mean", points=2)
def fair_coins_mean(all_masks, geometric_ensemble, rng):
    return {"f": geometric_ensemble(*output_layer(rng), 0.5)[0]}


@ensemble.check("unfair coins: each network counts as often as its mask is drawn", points=2)
def unfair_coins(all_masks, geometric_ensemble, rng):
    f, Z = geometric_ensemble(*output_layer(rng), uneven_probability(rng, most=0.3))
    return {"f": f, "Z": Z}


@ensemble.check("large pre-activations")
def large_pre_activations(all_masks, geometric_ensemble, rng):
    W, b, h = output_layer(rng)
    f, Z = geometric_ensemble(W, b + 1000, h, 0.5)
    return {"f": f, "Z": Z}


@ensemble.check("networks that are sure of a class")
def sure_networks(all_masks, geometric_ensemble, rng):
    W, b, h = output_layer(rng)
    f, Z = geometric_ensemble(300 * W, b, h, 0.5)
    # Z is far below what a float can hold.
    return {"f": f, "log Z, at least -700": np.maximum(np.log(np.maximum(Z, 1e-304)), -700)}


@ensemble.example(
    without={"graph": "it works on NumPy's arrays", "dtype": "all of it is in float64"},
)
def example(all_masks, geometric_ensemble, rng, N=3):
    W, b, h = output_layer(rng, N)

    def mean(W, b, h):
        f, Z = geometric_ensemble(W, b, h, 0.4)
        return {"f": f, "Z": Z}

    return {"W": W, "b": b, "h": h}, mean
