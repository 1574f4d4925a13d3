"""What `check(all_masks, geometric_ensemble)` looks at (lecture 53:36).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
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


def output_layer(rng, N=3, H=6, C=5):
    return rng.normal(size=(H, C)), rng.normal(size=C), rng.normal(size=(N, H))


def averaged(geometric_ensemble, W, b, h, keep):
    """What the networks give together, and beside it what the network without a mask gives."""
    f, Z = geometric_ensemble(W, b, h, keep)
    a = h @ W + b
    without = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    marks = landmarks(b=b, h=h, W=W, keep=keep, networks=2 ** len(W))
    return {"f": f, "Z": Z, **marks, **landmarks(**{"f without a mask": without})}


@ensemble.check("every mask once, with its probability")
def masks_and_probabilities(all_masks, geometric_ensemble, rng):
    found = {}
    # A byte holds eight units.
    for H in (1, 3, 9):
        masks, p = in_order(*all_masks(H, uneven_probability(rng, most=0.3)))
        found |= {f"masks of {H} units": masks, f"p for {H} units": p}
    return found


@ensemble.check("fair coins: Z, what the geometric mean sums to before it is renormalized")
def fair_coins_sum(all_masks, geometric_ensemble, rng):
    found = averaged(geometric_ensemble, *output_layer(rng), 0.5)
    del found["f"]
    return found


@ensemble.check("fair coins: the renormalized geometric mean", points=2)
def fair_coins_mean(all_masks, geometric_ensemble, rng):
    found = averaged(geometric_ensemble, *output_layer(rng), 0.5)
    del found["Z"]
    return found


@ensemble.check("unfair coins: each network counts as often as its mask is drawn", points=2)
def unfair_coins(all_masks, geometric_ensemble, rng):
    return averaged(geometric_ensemble, *output_layer(rng), uneven_probability(rng, most=0.3))


@ensemble.check("large pre-activations")
def large_pre_activations(all_masks, geometric_ensemble, rng):
    W, b, h = output_layer(rng)
    f, Z = geometric_ensemble(W, b + 1000, h, 0.5)
    return {"f": f, "Z": Z}


@ensemble.check("networks that are sure of a class")
def sure_networks(all_masks, geometric_ensemble, rng):
    W, b, h = output_layer(rng)
    a = ((rng.random((4000, 1, len(W))) < 0.5) * h) @ W
    behind = a.max(axis=-1, keepdims=True) - a
    # Z is still a float, exp(-350) or so, and some networks leave nothing of a class.
    h *= 350 / behind.mean(axis=0).min(axis=-1, keepdims=True)
    f, Z = geometric_ensemble(W, b, h, 0.5)
    return {"f": f, "log Z, at least -700": np.maximum(np.log(np.maximum(Z, 1e-304)), -700)}


@sure_networks.summary()
def sure_networks_summary(theirs, ours):
    """How the sums are wrong, and not by how much: that depends on what was put in the place of 0."""
    f, log_Z, right = theirs["f"], *(found["log Z, at least -700"] for found in (theirs, ours))
    close = np.isclose(f, ours["f"], rtol=1e-9, atol=1e-10)
    return {
        "examples for which f is no number": np.sum(~np.isfinite(f).all(axis=1)),
        "examples for which f is right": np.sum(close.all(axis=1)),
        "examples for which Z is too large": np.sum(log_Z > right + 1e-6),
        "examples for which Z is too small": np.sum(log_Z < right - 1e-6),
    }


@ensemble.example(
    without={"graph": "it works on NumPy's arrays", "dtype": "all of it is in float64"},
)
def example(all_masks, geometric_ensemble, rng, N=3):
    W, b, h = output_layer(rng, N)

    def mean(W, b, h):
        f, Z = geometric_ensemble(W, b, h, 0.4)
        return {"f": f, "Z": Z}

    return {"W": W, "b": b, "h": h}, mean
