"""What `check(normalized_mlp)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks, fill

normalized = Checks(
    "normalized_mlp",
    kind="network",
    lecture="54:33",
    not_yours=["keras.layers.BatchNormalization"],
)


def filled(model, rng):
    """Draw all weights anew, by shape; a BatchNorm's four whatever the order in which it made them. Vectors are positive."""
    # Small, so that no softmax is 0 and 1 whatever went wrong below it.
    fill(model, rng, scale=0.4)
    for each in model.layers:
        weights, values = each.weights, each.get_weights()
        if hasattr(each, "moving_mu"):
            weights = [each.gamma, each.beta, each.moving_mu, each.moving_var]
        for weight, value in zip(weights, values, strict=True):
            weight.assign(0.5 + abs(value) if value.ndim == 1 else value)
    return model


def batch(rng, N):
    return rng.normal(size=(N, 5)).astype("float32")


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
    x = batch(rng, 8)
    model = filled(normalized_mlp(5, [7], 4), rng)
    return {"f": model(x, training=True)}


@normalized.check("at test time, and with layers of the same width")
def at_test_time(normalized_mlp, rng):
    first, second = batch(rng, 8), batch(rng, 8)
    model = filled(normalized_mlp(5, [6, 6], 4), rng)
    model(first, training=True)
    return {"f": model(second)}


@normalized.check("without a hidden layer")
def no_hidden_layer(normalized_mlp, rng):
    x = batch(rng, 3)
    return {"f": filled(normalized_mlp(5, [], 4), rng)(x)}


@normalized.example()
def example(normalized_mlp, rng, N=4):
    x = batch(rng, N)
    # So many units that for one example, too, some are off and some are on.
    model = filled(normalized_mlp(5, [24], 4), rng)
    return {"x": x}, lambda x: {"f": model(x)}
