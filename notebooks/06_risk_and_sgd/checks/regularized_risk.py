"""What `check(regularized_risk)` looks at (lecture 10:59).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import classifier, filled, labelled_examples

risk = Checks("regularized_risk", lecture="10:59")

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 5 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 5, 3), rng)


@risk.check("the mean loss, where λ is 0")
def mean_loss(regularized_risk, rng):
    model = network(rng)
    return {f"risk of {T} examples": regularized_risk(model, *labelled_examples(rng, T), 0.0) for T in (1, 8)}


@risk.check("λ times the squared weights comes on top", points=2)
def penalty_on_top(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 8)
    lams = rng.uniform(0.05, 0.5, size=2)
    return {"risk by λ": [regularized_risk(model, x, y, float(lam)) for lam in lams]}


@risk.check("a tape can differentiate it, by weights and by biases")
def gradients(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 8)
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, float(rng.uniform(0.2, 0.5))))
    names = [f"d{name}{k}" for k in (1, 2) for name in ("W", "b")]
    # What the tape has not seen has gradient 0, not None; for that it wants TensorFlow's own variables.
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    return dict(zip(names, gradients, strict=True))
