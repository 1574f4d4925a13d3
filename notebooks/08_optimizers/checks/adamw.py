"""What `check(AdamW)` looks at (lecture 29:50).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers import optimizer_probes
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.optimizer_steps import known, moves, problem, walk

adamw = Checks("AdamW", kind=optimizer_probes.KIND, lecture="29:50", not_yours=["keras.optimizers.AdamW"])


def settings(rng):
    return {"lr": float(rng.uniform(0.1, 0.3)), "lam": float(rng.uniform(0.2, 0.4))}


@adamw.check("weights decay beside Adam's step, biases do not", points=2)
def first_steps(AdamW, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 3)
    optimizer = AdamW(chosen["lr"], lam=chosen["lam"], beta1=0.6, beta2=0.8)
    found = walk(optimizer, starts, gradients)
    return {
        **moves(found, starts, chosen["lr"]),
        **found,
        **landmarks(**known(starts, gradients, **chosen)),
    }


@adamw.check("however large the gradients are, the decay is the same")
def large_gradients(AdamW, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 2)
    found = {}
    for name, factor in (("gradients", 1), ("100 times the gradients", 100)):
        these = {"W": factor * gradients["W"]}
        walked = walk(AdamW(chosen["lr"], lam=chosen["lam"]), {"W": starts["W"]}, these)
        found |= {f"{key}, with {name}": values for key, values in walked.items()}
    return {**found, **landmarks(W=starts["W"], **chosen)}


@adamw.check("without a gradient a weight keeps the share 1 - 2αλ of itself, however many its axes")
def without_gradient(AdamW, rng):
    chosen, (starts, gradients) = settings(rng), problem(rng, 2)
    W, none = starts["W"], 0 * gradients["W"]
    # Kernels as of a convolution, beside the same numbers as a matrix.
    starts = {"W": W, "kernel": W[None, None]}
    found = walk(AdamW(chosen["lr"], lam=chosen["lam"]), starts, {"W": none, "kernel": none[:, None, None]})
    return {**found, **landmarks(W=W, **chosen)}


@adamw.check("with λ = 0 it is Adam")
def without_decay(AdamW, rng):
    starts, gradients = problem(rng, 2)
    return walk(AdamW(0.2, lam=0.0, beta1=0.6, beta2=0.8), starts, gradients)


@adamw.example(points=optimizer_probes.HALF)
def example(AdamW, rng):
    lam, beta1, beta2 = (
        float(rng.uniform(0.2, 0.4)),
        float(rng.uniform(0.55, 0.65)),
        float(rng.uniform(0.7, 0.8)),
    )
    return {}, lambda learning_rate: AdamW(learning_rate, lam=lam, beta1=beta1, beta2=beta2, eps=0.3)
