"""What `check(layer_backward)` looks at (lecture 21:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import BY_ITSELF

layer = Checks("layer_backward", kind="gradient", lecture="21:30", not_yours=BY_ITSELF)


def _sizes(rng, N, H_in, H_out, dtype="float32"):
    shapes = (N, H_out), (N, H_in), (H_in, H_out)
    return [tf.constant(rng.normal(size=shape), dtype) for shape in shapes]


@layer.check("the weights' gradient")
def weight_gradient(layer_backward, rng):
    dW, _, _ = layer_backward(*_sizes(rng, 4, 3, 5))
    return {"dW": dW}


@layer.check("the biases' gradient")
def bias_gradient(layer_backward, rng):
    _, db, _ = layer_backward(*_sizes(rng, 4, 3, 5))
    return {"db": db}


@layer.check("the gradient of the layer below")
def layer_below(layer_backward, rng):
    _, _, dh = layer_backward(*_sizes(rng, 4, 3, 5))
    return {"dh": dh}


@layer.example(without={"untouched": "tensors cannot be changed"})
def example(layer_backward, rng, N=4, H=5, dtype="float32"):
    # Where there are as many examples as units, there are as many inputs as well.
    H_in = H if N == H else 3
    inputs = dict(zip(("da", "h", "W"), _sizes(rng, N, H_in, H, dtype), strict=True))
    return inputs, lambda **given: dict(zip(("dW", "db", "dh"), layer_backward(**given), strict=True))
