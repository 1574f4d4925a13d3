"""layer_backward: back through a = hW + b."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF

layer = Exercise("layer_backward", kind="gradient", lecture="21:30", not_yours=BY_ITSELF)


@layer.reference
def layer_backward(da, h, W):
    """From the gradient at a layer's pre-activation to its weights, its biases and the layer below.

    For a = hW + b, with one example a row:
    dW = hᵀ da,   db = sum over the examples of da,   dh = da Wᵀ      (lecture 21:30)

    The loss is a mean over the batch, and its 1/N sits in `da` already.

    Args:
        da: gradient at the pre-activation, float tensor of shape (N, H_out).
        h: what came into the layer, shape (N, H_in).
        W: its weights, shape (H_in, H_out).
    Returns:
        dW, db, dh of shapes (H_in, H_out), (H_out,) and (N, H_in).
    """
    ### BEGIN SOLUTION
    dW = tf.transpose(h) @ da
    db = tf.reduce_sum(da, axis=0)
    dh = da @ tf.transpose(W)
    return dW, db, dh
    ### END SOLUTION


def _sizes(rng, N, H_in, H_out, dtype="float32"):
    shapes = (N, H_out), (N, H_in), (H_in, H_out)
    return [tf.constant(rng.normal(size=shape), dtype) for shape in shapes]


@layer.check("the weights' gradient")
def weight_gradient(layer_backward, rng):
    da, h, W = _sizes(rng, 4, 3, 5)
    dW, _, _ = layer_backward(da, h, W)
    return {"dW": dW, **landmarks(da=da, h=h, W=W, examples=4)}


@layer.check("the biases' gradient")
def bias_gradient(layer_backward, rng):
    da, h, W = _sizes(rng, 4, 3, 5)
    _, db, _ = layer_backward(da, h, W)
    return {"db": db, **landmarks(da=da, examples=4)}


@layer.check("the gradient of the layer below")
def layer_below(layer_backward, rng):
    da, h, W = _sizes(rng, 4, 3, 5)
    _, _, dh = layer_backward(da, h, W)
    return {"dh": dh, **landmarks(da=da, h=h, W=W, examples=4)}


@layer.example(without={"untouched": "tensors cannot be changed"})
def example(layer_backward, rng, N=4, H=5, dtype="float32"):
    # Where there are as many examples as units, there are as many inputs as well.
    H_in = H if N == H else 3
    inputs = dict(zip(("da", "h", "W"), _sizes(rng, N, H_in, H, dtype), strict=True))
    return inputs, lambda **given: dict(zip(("dW", "db", "dh"), layer_backward(**given), strict=True))


layer.misconception(
    "h is not transposed in dW",
    ("tf.transpose(h) @ da", "h @ da"),
    advice="dW has the shape of W, (H_in, H_out). Of h and da only hᵀ da has it; its sum runs over the examples.",
)
layer.misconception(
    "dW comes out transposed",
    ("tf.transpose(h) @ da", "tf.transpose(da) @ h"),
    advice="∇ₐ hᵀ is the lecture's formula for columns. With one example a row the factors change places: hᵀ da.",
)
layer.misconception(
    "dW is averaged over the batch",
    ("tf.transpose(h) @ da", "tf.transpose(h) @ da / len(h)"),
    lecture="39:31",
    advice="The mean belongs to the loss, and `da` holds its 1/N already. Dividing again makes it 1/N².",
)
layer.misconception(
    "the bias's gradient is averaged over the batch",
    ("tf.reduce_sum(da, axis=0)", "tf.reduce_mean(da, axis=0)"),
    lecture="39:31",
    advice="The bias takes part in every example: its gradients add up. The mean's 1/N sits in `da` already.",
)
layer.misconception(
    "the second example is left out of dW",
    source=layer.edited(("tf.transpose(h) @ da", "tf.transpose(h) @ da - h[1:2, :, None][0] * da[1:2]")),
    advice="Every example has a share in dW, hᵀ da of its own row: a loop that adds to the first begins at the second.",
)
layer.misconception(
    "the bias's gradient is not summed over the batch",
    ("tf.reduce_sum(da, axis=0)", "da"),
    advice="∇_b = ∇ₐ holds for one example. A batch has N of them and one b: sum over axis 0.",
)
layer.misconception(
    "the bias's gradient is summed over the units",
    ("tf.reduce_sum(da, axis=0)", "tf.reduce_sum(da, axis=1)"),
    advice="Axis 0 counts examples, axis 1 units. Each unit has a bias of its own: sum over the examples only.",
)
layer.misconception(
    "W is not transposed in dh",
    ("da @ tf.transpose(W)", "da @ W"),
    advice="dh has the shape of h, (N, H_in), and da has (N, H_out): only da Wᵀ fits. Going back, W works the other way round.",
)
layer.misconception(
    "the layer below gets da itself",
    ("da @ tf.transpose(W)", "da"),
    advice="Between h and a stand the weights. Each unit below gets the gradients of the units above, weighted by W.",
)
layer.misconception(
    "the bias's gradient keeps the axis of the examples",
    ("tf.reduce_sum(da, axis=0)", "tf.reduce_sum(da, axis=0, keepdims=True)"),
    advice="b has shape (H_out,), and so has its gradient: keepdims=True leaves (1, H_out).",
)
layer.misconception(
    "dh is not returned",
    ("return dW, db, dh", "return dW, db"),
    advice="The layer below waits for its gradient: return all three, dW, db, dh.",
)
layer.misconception(
    "the order dh, dW, db",
    ("return dW, db, dh", "return dh, dW, db"),
    advice="Read the last lines of the statement again: dW, db, dh.",
)


@layer.alternative
def by_einsum(da, h, W):
    return tf.einsum("ni,no->io", h, da), tf.einsum("no->o", da), tf.einsum("no,io->ni", da, W)


@layer.alternative
def example_by_example(da, h, W):
    dW = sum(h[n][:, None] * da[n][None, :] for n in range(len(h)))
    return dW, tf.add_n([da[n] for n in range(len(da))]), tf.matmul(da, W, transpose_b=True)


@layer.alternative
def by_numpy(da, h, W):
    da, h, W = np.asarray(da), np.asarray(h), np.asarray(W)
    return h.T.dot(da), np.ones(len(da), da.dtype) @ da, W.dot(da.T).T
