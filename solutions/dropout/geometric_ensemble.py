"""all_masks and geometric_ensemble: the exponentially many networks of which dropout takes the average."""

import numpy as np
import tensorflow as tf  # noqa: F401  an alternative below uses it

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import uneven_probability

ensemble = Exercise(
    "geometric_ensemble", kind="function", lecture="53:36", objects=("all_masks", "geometric_ensemble")
)


@ensemble.reference
def all_masks(H, keep):
    """Every mask of H units, and the probability with which dropout draws it.

    p(m) = keep^(number of ones in m) * (1 - keep)^(number of zeros in m)

    Args:
        H: the number of units, 1 to 16 or so.
        keep: the probability of keeping a unit.
    Returns:
        Two NumPy arrays. masks: (2**H, H), zeros and ones, in any order.    p: (2**H,), in the same order; sums to 1.
    """
    ### BEGIN SOLUTION
    masks = (np.arange(2**H)[:, None] >> np.arange(H)) % 2
    ones = masks.sum(axis=1)
    return masks, keep**ones * (1 - keep) ** (H - ones)
    ### END SOLUTION


@ensemble.reference
def geometric_ensemble(W, b, h, keep):
    """The renormalized geometric mean of all the networks that dropout on `h` can make.

    f(m) = softmax((m * h) W + b)                  one network for each of the 2**H masks m
    g_c  = product over m of f_c(m)^p(m)           their geometric mean, class by class
    Z    = sum over c of g_c,    f_c = g_c / Z     renormalized      (lecture 53:36)

    Take logarithms: the product of powers becomes sum_m p(m) log f_c(m), and nothing underflows.

    Args:
        W: (H, C).    b: (C,).    h: hidden activations (N, H), without a mask.    All float64 arrays.
        keep: the probability of keeping a unit.
    Returns:
        Two NumPy arrays. f: (N, C), rows sum to 1.    Z: (N,), at most 1.
    """
    ### BEGIN SOLUTION
    masks, p = all_masks(h.shape[1], keep)
    # (2**H, N, C)
    a = (masks[:, None, :] * h) @ W + b
    log_f = a - np.logaddexp.reduce(a, axis=-1, keepdims=True)
    g = np.exp(np.tensordot(p, log_f, axes=1))
    Z = g.sum(axis=-1)
    return g / Z[:, None], Z
    ### END SOLUTION


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


ensemble.misconception(
    "p is that of so many ones, not of one mask",
    source=ensemble.edited(
        (
            "return masks, keep**ones * (1 - keep) ** (H - ones)",
            "from math import comb\n\n    p = keep**ones * (1 - keep) ** (H - ones)\n"
            "    p = p * np.array([comb(H, int(k)) for k in ones])\n    return masks, p / p.sum()",
        )
    ),
    advice="The binomial coefficient counts masks with so many ones. Here each mask stands for itself: a factor for each of its coins.",
)
ensemble.misconception(
    "Z is that of numbers shifted by their maximum",
    source=ensemble.edited(("    return g / Z[:, None], Z", "    return g / Z[:, None], Z / g.max(axis=-1)")),
    advice="The shift cancels in f, and not in Z: multiply it back, or leave it out, since log g is at most 0.",
)


ensemble.misconception(
    "the arithmetic mean of the networks",
    ("np.exp(np.tensordot(p, log_f, axes=1))", "np.tensordot(p, np.exp(log_f), axes=1)"),
    advice="Average the logarithms and exponentiate afterwards: the geometric mean is a product of powers, not a sum.",
)
ensemble.misconception(
    "the geometric mean is not renormalized",
    ("return g / Z[:, None], Z", "return g, Z"),
    advice="A geometric mean of distributions sums to Z < 1 unless they all agree. Divide each row by its sum.",
)
ensemble.misconception(
    "all masks count the same",
    ("np.tensordot(p, log_f, axes=1)", "np.mean(log_f, axis=0)"),
    advice="Only with fair coins are all masks equally probable. Weight each log f by its p: np.tensordot(p, log_f, 1).",
)
ensemble.misconception(
    "a product of all the networks, not a mean",
    ("np.tensordot(p, log_f, axes=1)", "np.sum(log_f, axis=0)"),
    advice="Each network enters with the power p(m), and the powers sum to 1. Without them the product is far too sure of itself.",
)
ensemble.misconception(
    "the networks are not normalized before they are averaged",
    ("log_f = a - np.logaddexp.reduce(a, axis=-1, keepdims=True)", "log_f = a"),
    advice="You have averaged pre-activations. f comes out right (the derivation below says why), but Z does not: "
    "take the mean of log softmax(a).",
)
ensemble.misconception(
    "keeping and dropping are swapped",
    ("keep**ones * (1 - keep) ** (H - ones)", "(1 - keep) ** ones * keep ** (H - ones)"),
    lecture="50:43",
    advice="A one in the mask is a unit that was kept: it brings the factor `keep`.",
)
ensemble.misconception(
    "the probability of what is dropped is left out",
    ("keep**ones * (1 - keep) ** (H - ones)", "keep**ones"),
    lecture="50:43",
    advice="Each of the H coins brings a factor, `keep` for a one and `1 - keep` for a zero. Check that p sums to 1.",
)
ensemble.misconception(
    "the mask without any unit is left out",
    ("np.arange(2**H)", "np.arange(1, 2**H)"),
    advice="All units may be dropped at once: the mask of zeros is one of the 2**H, and its network is softmax(b).",
)
ensemble.misconception(
    "the exponential overflows",
    ("np.logaddexp.reduce(a, axis=-1, keepdims=True)", "np.log(np.exp(a).sum(axis=-1, keepdims=True))"),
    lecture="6:52",
    advice="exp(1000) is infinite. Subtract each row's maximum before you exponentiate, or use np.logaddexp.reduce, which does.",
)
LOG_F = "log_f = a - np.logaddexp.reduce(a, axis=-1, keepdims=True)"
A = "a = (masks[:, None, :] * h) @ W + b"
ensemble.misconception(
    "each network is normalized over the batch",
    (LOG_F, "log_f = a - np.logaddexp.reduce(a, axis=1, keepdims=True)"),
    lecture="6:52",
    advice="Each network gives each example a distribution over the classes: the softmax runs over the last axis.",
)
ensemble.misconception(
    "the bias is masked or scaled as well",
    (A, "a = (masks[:, None, :] * h) @ W + keep * b"),
    advice="Dropout switches hidden units off. The bias is there in each of the networks, whole.",
)
ensemble.misconception(
    "the bias is left out",
    source=ensemble.edited((A, "a = (masks[:, None, :] * h) @ W")),
    advice="Dropout switches hidden units off. The bias is there in each of the networks, whole.",
)
ensemble.misconception(
    "a one in the mask switches a unit off",
    source=ensemble.edited((A, "a = ((1 - masks)[:, None, :] * h) @ W + b")),
    lecture="50:43",
    advice="A one in the mask is a unit that is kept: multiply h by the mask itself.",
)
ensemble.misconception(
    "masks are counted in bytes",
    source=ensemble.edited(("np.arange(2**H)[:, None]", 'np.arange(2**H).astype("uint8")[:, None]')),
    advice="A uint8 counts to 255. From nine units on the masks would come again. Leave NumPy's integers as they are.",
)
# What follows is by `source`: numbers that are not finite hide every other fault.
SHIFTED = "e = np.exp(a - a.max(axis=-1, keepdims=True))\n    f = e / e.sum(axis=-1, keepdims=True)\n"
ensemble.misconception(
    "the exponentials overflow before they are divided",
    source=ensemble.edited((LOG_F, "log_f = np.log(np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True))")),
    lecture="6:52",
    advice="exp(1000) is infinite, and ∞/∞ no number. Stay with logarithms: a - np.logaddexp.reduce(a, axis=-1, keepdims=True).",
)
ensemble.misconception(
    "the logarithm of a probability that was rounded to 0",
    source=ensemble.edited((LOG_F, f"{SHIFTED}    log_f = np.log(f)")),
    advice="Where a network is sure, f is 0 in a float, and its logarithm is -∞. Do not go through f: log f = a - log Σ exp(a).",
)
ensemble.misconception(
    "something stands in for tiny probabilities before the logarithm is taken",
    source=ensemble.edited((LOG_F, f"{SHIFTED}    log_f = np.log(np.maximum(f, 1e-12))")),
    advice="Then a network that is sure counts as less sure. Nothing needs a guard if you do not go through f: "
    "log f = a - log Σ exp(a).",
)
ensemble.misconception(
    "normalized over the batch, not over the classes",
    ("Z = g.sum(axis=-1)", "Z = g.sum(axis=0)"),
    ("return g / Z[:, None], Z", "return g / Z, Z"),
    advice="Each example has a distribution over classes of its own: sum over the last axis.",
)

ensemble.alternative(
    name="by tf, mask by mask",
    source="""
    def all_masks(H, keep):
        grid = tf.meshgrid(*[tf.constant([0.0, 1.0], "float64")] * H, indexing="ij")
        masks = tf.stack([tf.reshape(g, [-1]) for g in grid], axis=1)
        p = tf.reduce_prod(tf.where(masks > 0, tf.constant(keep, "float64"), 1 - keep), axis=1)
        return masks.numpy(), p.numpy()

    def geometric_ensemble(W, b, h, keep):
        total = tf.zeros((h.shape[0], len(b)), "float64")
        for mask, p in zip(*all_masks(h.shape[1], keep)):
            a = tf.matmul(h * mask, W) + b
            a -= tf.reduce_max(a, axis=1, keepdims=True)
            total += p * (a - tf.math.log(tf.reduce_sum(tf.exp(a), axis=1, keepdims=True)))
        Z = tf.reduce_sum(tf.exp(total), axis=1)
        return (tf.exp(total) / Z[:, tf.newaxis]).numpy(), Z.numpy()
    """,
)
ensemble.alternative(
    name="unit by unit",
    source="""
    def all_masks(H, keep):
        if H == 0:
            return np.zeros((1, 0)), np.ones(1)
        masks, p = all_masks(H - 1, keep)
        off, on = np.zeros((len(p), 1)), np.ones((len(p), 1))
        return (
            np.concatenate([np.hstack([off, masks]), np.hstack([on, masks])]),
            np.concatenate([(1 - keep) * p, keep * p]),
        )

    def geometric_ensemble(W, b, h, keep):
        masks, p = all_masks(h.shape[-1], keep)
        a = np.einsum("mh,nh,hc->nmc", masks, h, W) + b
        log_f = a - np.logaddexp.reduce(a, axis=-1, keepdims=True)
        log_g = np.einsum("m,nmc->nc", p, log_f)
        log_Z = np.logaddexp.reduce(log_g, axis=-1)
        return np.exp(log_g - log_Z[:, None]), np.exp(log_Z)
    """,
)
