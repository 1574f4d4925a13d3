"""What `check(normalized_mlp)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks
from helpers.inputs import BatchNormStandIn

normalized = Checks(
    "normalized_mlp",
    kind="network",
    lecture="54:33",
    given={"BatchNorm": BatchNormStandIn},
    not_yours=["keras.layers.BatchNormalization"],
)


def filled(model, rng):
    """Set all weights by shape; those of one shape by the order in which the model lists them. Vectors are positive: variances must be."""
    for weight in model.weights:
        noise = rng.normal(size=weight.shape)
        weight.assign(0.5 + abs(noise) if len(weight.shape) == 1 else noise)
    return model


@normalized.check("the weights, layer by layer", points=2)
def weights_by_layer(normalized_mlp, rng):
    D, units, C = int(rng.integers(20, 40)), [int(n) for n in rng.integers(5, 20, 2)], 4
    model = normalized_mlp(D, units, C)
    return {
        "kind of model": type(model).__name__,
        "trained weights": ", ".join(str(tuple(w.shape)) for w in model.trainable_weights),
        "all weights": ", ".join(sorted(str(tuple(w.shape)) for w in model.weights)),
    }


@normalized.check("in training: normalized before the activation", points=2)
def in_training(normalized_mlp, rng):
    model = filled(normalized_mlp(5, [7], 4), rng)
    return {"f": model(rng.normal(size=(8, 5)).astype("float32"), training=True)}


@normalized.check("at test time, and with layers of the same width")
def at_test_time(normalized_mlp, rng):
    model = filled(normalized_mlp(5, [6, 6], 4), rng)
    model(rng.normal(size=(8, 5)).astype("float32"), training=True)
    return {"f": model(rng.normal(size=(8, 5)).astype("float32"))}


@normalized.check("without a hidden layer")
def no_hidden_layer(normalized_mlp, rng):
    return {"f": filled(normalized_mlp(5, [], 4), rng)(rng.normal(size=(3, 5)).astype("float32"))}


@normalized.example()
def example(normalized_mlp, rng, N=4):
    model = filled(normalized_mlp(5, [6], 4), rng)
    return {"x": rng.normal(size=(N, 5)).astype("float32")}, lambda x: {"f": model(x)}
