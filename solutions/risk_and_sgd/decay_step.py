"""decay_step: one step of gradient descent with weight decay, line by line."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks

decay = Exercise("decay_step", kind="function", lecture="29:50")


@decay.reference
def decay_step(w, dw, lr, lam):
    """One step with weight decay, and every line on the way to it.

    dOmega:  ∇Ω, where Ω(w) = sum_i w_i^2                            (lecture 29:50)
    delta:   Δ = -∇L - λ∇Ω                                           (lecture 13:19)
    shrink:  what stands in front of w when w + αΔ is multiplied out:  shrink · w - α∇L
    new:     w + αΔ

    Args:
        w: weights, float tensor of any shape.
        dw: ∇L, the gradient of the loss alone, as `w`.
        lr: the learning rate α.    lam: λ.
    Returns:
        dOmega, delta, shrink, new: in this order; shrink is a number, the others are as `w`.
    """
    ### BEGIN SOLUTION
    dOmega = 2 * w
    delta = -dw - lam * dOmega
    shrink = 1 - 2 * lr * lam
    new = w + lr * delta
    return dOmega, delta, shrink, new
    ### END SOLUTION


def drawn(rng, dtype="float64"):
    """w, dw, lr and lam; lr and lam are far larger than in training, so that no term hides behind another.

    float32 holds both and their product to the last digit: `tf.cast(lr, w.dtype)` goes through it.
    """
    w, dw = (tf.constant(rng.normal(size=(4, 3)), dtype) for _ in range(2))
    return w, dw, float(rng.integers(103, 308) / 1024), float(rng.integers(512, 922) / 1024)


def beyond_zero(rng):
    """As `drawn`, but αλ is above one half: the penalty alone takes every weight past 0."""
    w, dw, _, lam = drawn(rng)
    return w, dw, float(rng.integers(1280, 2049) / 1024), lam


@decay.check("∇Ω")
def penalty_gradient(decay_step, rng):
    w, dw, lr, lam = drawn(rng)
    return {"dOmega": decay_step(w, dw, lr, lam)[0], **landmarks(w=w, dw=dw, lr=lr, lam=lam)}


@decay.check("Δ, the direction of the step")
def step_direction(decay_step, rng):
    w, dw, lr, lam = drawn(rng)
    return {"delta": decay_step(w, dw, lr, lam)[1], **landmarks(w=w, dw=dw, lr=lr, lam=lam)}


# it may come in float32
@decay.check("the factor by which a weight shrinks", shrink=1e-5)
def shrink_factor(decay_step, rng):
    cases = [drawn(rng) for _ in range(4)] + [beyond_zero(rng) for _ in range(2)]
    return {"shrink": [np.asarray(decay_step(*case)[2], "float64") for case in cases]}


@decay.check("the new weights")
def new_weights(decay_step, rng):
    w, dw, lr, lam = drawn(rng)
    far = decay_step(*beyond_zero(rng))[3]
    return {
        "new": decay_step(w, dw, lr, lam)[3],
        "new, αλ above one half": far,
        **landmarks(w=w, dw=dw, lr=lr, lam=lam),
    }


@decay.check("five steps, the gradient another at each", points=2)
def five_steps(decay_step, rng):
    w, _, lr, lam = drawn(rng, "float32")
    path = [w]
    for _ in range(5):
        dw = tf.constant(rng.normal(size=w.shape), "float32")
        path.append(decay_step(path[-1], dw, lr, lam)[3])
    return {"w after each step": path}


@decay.example(
    without={
        "untouched": "tensors cannot be changed",
        "graph": "the loop of training stands outside any graph",
        "one": "weights are no examples",
    },
)
def example(decay_step, rng, N=4, dtype="float32"):
    w, dw = (tf.constant(rng.normal(size=(N, 3)), dtype) for _ in range(2))

    def tensors(w, dw):
        dOmega, delta, _, new = decay_step(w, dw, 0.25, 0.75)
        return {"dOmega": dOmega, "delta": delta, "new": new}

    return {"w": w, "dw": dw}, tensors


decay.misconception(
    "w for 2w, in ∇Ω alone",
    ("dOmega = 2 * w", "dOmega = w"),
    advice="The derivative of w² is 2w, as your factor has it: 1 - 2αλ.",
)
decay.misconception(
    "w for 2w",
    ("dOmega = 2 * w", "dOmega = w"),
    ("1 - 2 * lr * lam", "1 - lr * lam"),
    advice="The derivative of w² is 2w. (Texts that write λ/2 in front get rid of the 2; the lecture does not.)",
)
decay.misconception(
    "the gradient of the absolute value",
    ("dOmega = 2 * w", "dOmega = tf.sign(w)"),
    advice="The sign of w is the gradient of |w|, L1. Differentiate w².",
)
decay.misconception(
    "the gradient of the norm",
    ("dOmega = 2 * w", "dOmega = w / tf.sqrt(tf.reduce_sum(w * w))"),
    advice="Ω is the squared norm, without the root: each weight's derivative depends on that weight only.",
)
decay.misconception(
    "λ stands in ∇Ω already",
    ("dOmega = 2 * w", "dOmega = 2 * lam * w"),
    ("-dw - lam * dOmega", "-dw - dOmega"),
    advice="∇Ω is the gradient of Ω = Σ w² alone. λ comes in with the next line, Δ = -∇L - λ∇Ω.",
)
decay.misconception(
    "λ is counted twice, in ∇Ω and in Δ",
    ("dOmega = 2 * w", "dOmega = 2 * lam * w"),
    advice="∇Ω is the gradient of Ω = Σ w² alone: 2w. λ comes in with Δ = -∇L - λ∇Ω, once.",
)
decay.misconception(
    "ascent: along the gradient of the loss",
    ("-dw - lam * dOmega", "dw + lam * dOmega"),
    lecture="13:19",
    advice="The gradient points uphill. Δ goes the other way, for the loss and for the penalty.",
)
decay.misconception(
    "the penalty makes weights grow",
    ("-dw - lam * dOmega", "-dw + lam * dOmega"),
    lecture="13:19",
    advice="The penalty is minimized too, so its gradient gets a minus as well: Δ = -∇L - λ∇Ω.",
)
decay.misconception(
    "the gradient of the loss is left out of Δ",
    ("-dw - lam * dOmega", "-lam * dOmega"),
    lecture="13:19",
    advice="A step goes against both gradients: Δ = -∇L - λ∇Ω, where ∇L is `dw`.",
)
decay.misconception(
    "Δ is the gradient, and the step goes against it",
    ("-dw - lam * dOmega", "dw + lam * dOmega"),
    ("new = w + lr * delta", "new = w - lr * delta"),
    lecture="13:19",
    advice="The new weights are right. But Δ is the direction of the step and holds the minus signs: Δ = -∇L - λ∇Ω, new = w + αΔ.",
)
decay.misconception(
    "the step goes against Δ",
    ("new = w + lr * delta", "new = w - lr * delta"),
    lecture="13:19",
    advice="Δ has its minus signs already: w + αΔ.",
)
decay.misconception(
    "Δ holds the learning rate already",
    ("-dw - lam * dOmega", "lr * (-dw - lam * dOmega)"),
    ("new = w + lr * delta", "new = w + delta"),
    lecture="13:19",
    advice="The new weights are right. But Δ is the direction alone; α says in the last line how far to go.",
)
decay.misconception(
    "λ is left out of Δ",
    ("-dw - lam * dOmega", "-dw - dOmega"),
    lecture="13:19",
    advice="λ says how much the penalty counts beside the loss: multiply ∇Ω by it.",
)
decay.misconception(
    "the learning rate is applied twice to the penalty",
    ("-dw - lam * dOmega", "-dw - lr * lam * dOmega"),
    lecture="13:19",
    advice="α multiplies Δ as a whole, in the last line; Δ itself holds λ alone.",
)
decay.misconception(
    "the whole step without the learning rate",
    ("new = w + lr * delta", "new = w + delta"),
    lecture="13:19",
    advice="θ ← θ + αΔ: take a small part α of Δ.",
)
decay.misconception(
    "the penalty's step is not scaled by the learning rate",
    ("new = w + lr * delta", "new = w - lr * dw - lam * dOmega"),
    lecture="13:19",
    advice="α multiplies the whole of Δ, the penalty's part included. Write new = w + αΔ with the Δ of the line above.",
)
decay.misconception(
    "the step is shrunk as well as the weight",
    ("new = w + lr * delta", "new = shrink * (w - lr * dw)"),
    advice="Multiply w + αΔ out: the factor stands in front of w alone, and -α∇L comes as it is.",
)
decay.misconception(
    "the factor without its 2",
    ("1 - 2 * lr * lam", "1 - lr * lam"),
    advice="Put ∇Ω = 2w into w - αλ∇Ω and take w out of the bracket: the 2 stays.",
)
decay.misconception(
    "the factor without the learning rate",
    ("1 - 2 * lr * lam", "1 - 2 * lam"),
    advice="The penalty reaches w through αΔ, so α stands in the factor.",
)
# The next ones are by `source`, so that double faults do not grow with them.
decay.misconception(
    "the factor is cut off at 0",
    source=decay.edited(
        ("shrink = 1 - 2 * lr * lam", "shrink = max(0.0, 1 - 2 * lr * lam)"),
        ("new = w + lr * delta", "new = shrink * w - lr * dw"),
    ),
    advice="For αλ above one half a step of the penalty goes past 0 to the other side, and the factor is negative. "
    "Leave it as it comes out.",
)
decay.misconception(
    "the factor is cut off at 0, the new weights are not",
    source=decay.edited(("shrink = 1 - 2 * lr * lam", "shrink = max(0.0, 1 - 2 * lr * lam)")),
    advice="Your new weights go past 0 where αλ is above one half: there the factor is negative. Leave it as it comes out.",
)
decay.misconception(
    "the factor is the new weight divided by the old",
    source=decay.edited(
        (
            "    shrink = 1 - 2 * lr * lam\n    new = w + lr * delta\n",
            "    new = w + lr * delta\n    shrink = new / w\n",
        )
    ),
    advice="That quotient holds ∇L as well. Write Δ out in w + αΔ and collect what stands in front of w: one number, for all weights.",
)
decay.misconception(
    "the factor of continuous decay, an exponential",
    source=decay.edited(("1 - 2 * lr * lam", "float(np.exp(-2 * lr * lam))")),
    advice="e to the power of -2αλ is what many tiny steps make. One step takes 2αλ of w away: multiply w + αΔ out.",
)
decay.misconception(
    "what is taken away instead of what remains",
    ("1 - 2 * lr * lam", "2 * lr * lam"),
    advice="That is the share that goes. The weight that remains is 1 minus it.",
)


@decay.alternative
def in_tensors_of_one_dtype(w, dw, lr, lam):
    alpha, strength = tf.cast(lr, w.dtype), tf.cast(lam, w.dtype)
    dOmega = tf.multiply(tf.constant(2, w.dtype), w)
    delta = tf.negative(tf.add(dw, strength * dOmega))
    keep = tf.cast(1 - 2 * lr * lam, w.dtype)
    return dOmega, delta, keep, tf.subtract(keep * w, tf.multiply(alpha, dw))


@decay.alternative
def by_formula(w, dw, lr, lam):
    keep = 1 - 2 * lam * lr
    return w + w, -(dw + 2 * lam * w), keep, keep * w - lr * dw


@decay.alternative
def by_tape_free_numpy(w, dw, lr, lam):
    w, dw = np.asarray(w), np.asarray(dw)
    slope = np.multiply(w, 2)
    delta = np.negative(dw + lam * slope)
    return slope, delta, np.float64(1) - lr * lam * 2, (w + lr * delta).astype(w.dtype)


@decay.alternative
def by_ops(w, dw, lr, lam):
    dOmega = keras.ops.add(w, w)
    delta = keras.ops.negative(keras.ops.add(dw, keras.ops.multiply(dOmega, lam)))
    return dOmega, delta, keras.ops.subtract(1.0, 2.0 * lr * lam), keras.ops.add(w, lr * delta)
