"""BatchNorm: each unit's pre-activation normalized over the mini-batch, then scaled and shifted."""

import keras
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import uneven_units

batch_norm = Exercise(
    "BatchNorm",
    kind="layer",
    lecture="54:33",
    # They take other arguments, so the census cannot try them.
    not_yours=[
        "keras.layers.BatchNormalization",
        "keras.ops.batch_normalization",
        "tensorflow.nn.batch_normalization",
        "FusedBatchNormV3",
    ],
)


@batch_norm.reference
@keras.saving.register_keras_serializable("fdl")
class BatchNorm(keras.layers.Layer):
    """Normalize each unit over the mini-batch, then scale it by gamma and shift it by beta.

    training:  mu = mean over the batch of a,   var = mean over the batch of (a - mu)^2, which is not rounded away
               where mu is far larger than the deviation
               a_hat = (a - mu) / sqrt(var + eps),   a_tilde = gamma * a_hat + beta      (lecture 54:33)
               and, as a first guess at global statistics, moved towards those of the batch:
               moving_mu  <- momentum * moving_mu  + (1 - momentum) * mu,    the same for moving_var
    test:      the same with moving_mu and moving_var in the place of mu and var

    Args:
        momentum: what share of the old moving statistics stays at each training call; no optimizer's momentum.
        eps: added to the variance, inside the square root.
    Attributes:
        gamma, beta: (H,), trained, start at 1 and 0.
        moving_mu, moving_var: (H,), not trained, start at 0 and 1.
    Call:
        a: pre-activations, float tensor of shape (N, H); N is unknown while `model.fit` builds its graph.
        training: True in training, False at test time.
    Returns:
        a_tilde, same shape and dtype as `a`.
    """

    def __init__(self, momentum=0.9, eps=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.eps = momentum, eps

    def build(self, input_shape):
        """Make the four weights with self.add_weight(name=..., shape=..., initializer=..., trainable=...)."""
        ### BEGIN SOLUTION
        H = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=H, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=H, initializer="zeros")
        self.moving_mu = self.add_weight(name="moving_mu", shape=H, initializer="zeros", trainable=False)
        self.moving_var = self.add_weight(name="moving_var", shape=H, initializer="ones", trainable=False)
        ### END SOLUTION

    def call(self, a, training=False):
        ### BEGIN SOLUTION
        if training:
            mu = tf.reduce_mean(a, axis=0)
            var = tf.reduce_mean((a - mu) ** 2, axis=0)
            self.moving_mu.assign(self.momentum * self.moving_mu + (1 - self.momentum) * mu)
            self.moving_var.assign(self.momentum * self.moving_var + (1 - self.momentum) * var)
        else:
            mu, var = self.moving_mu, self.moving_var
        a_hat = (a - mu) / tf.sqrt(var + self.eps)
        return self.gamma * a_hat + self.beta
        ### END SOLUTION

    def compute_output_shape(self, input_shape):
        ### BEGIN SOLUTION
        return input_shape
        ### END SOLUTION

    def get_config(self):
        """What `from_config` needs: Keras's own entries, `momentum` and `eps`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "momentum": self.momentum, "eps": self.eps}
        ### END SOLUTION


def at_work(BatchNorm, rng, dtype="float32"):
    """A layer in the middle of its life, and a mini-batch with units of many scales."""
    N, H = 7, 6
    layer = BatchNorm(momentum=float(rng.uniform(0.6, 0.9)), eps=float(rng.uniform(0.1, 0.5)), dtype=dtype)
    a = tf.constant(uneven_units(rng, N, H, widest=3), dtype)
    layer.build(a.shape)
    for weight in (layer.gamma, layer.beta):
        weight.assign(rng.normal(size=H))
    for weight in (layer.moving_mu, layer.moving_var):
        weight.assign(rng.uniform(0.5, 2, H))
    return layer, a


def marks_of(layer, a, mu, var):
    """What a wrong output may turn out to be, or lack."""
    root = tf.sqrt(var + layer.eps)
    return landmarks(
        a=a,
        a_hat=(a - mu) / root,
        centred=a - mu,
        gamma=layer.gamma,
        beta=layer.beta,
        root=root,
        examples=len(a),
    )


@batch_norm.check("a new layer: four weights and how they start")
def new_layer(BatchNorm, rng):
    H = int(rng.integers(3, 60))
    layer = BatchNorm()
    layer.build((None, H))
    names = ("gamma", "beta", "moving_mu", "moving_var")
    weights = (layer.gamma, layer.beta, layer.moving_mu, layer.moving_var)
    trained = [any(w is t for t in layer.trainable_weights) for w in weights]
    return {f"{n} at first": w for n, w in zip(names, weights, strict=True)} | {
        f"{n} is trained": str(t) for n, t in zip(names, trained, strict=True)
    }


@batch_norm.check("training: normalized over the mini-batch, then scaled and shifted", points=2)
def training_output(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    marks = marks_of(layer, a, *tf.nn.moments(a, 0))
    return {
        "a_tilde": layer(a, training=True),
        "a_tilde of one example": layer(a[:1], training=True),
        **marks,
    }


@batch_norm.check("test time: the moving statistics, whatever the batch")
def test_time_output(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    marks = marks_of(layer, a, tf.identity(layer.moving_mu), tf.identity(layer.moving_var))
    return {"a_tilde": layer(a, training=False), "a_tilde of one example": layer(a[:1]), **marks}


@batch_norm.check("training moves the statistics a little")
def training_moves_statistics(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    # The same at each draw, and not the default: so the weights of a wrong mean have names.
    layer.momentum = 0.7
    batches = [tf.constant(uneven_units(rng, *a.shape, widest=3), "float32") for _ in range(3)]
    # Of each batch, and before them what was there.
    means, variances = [tf.identity(layer.moving_mu)], [tf.identity(layer.moving_var)]
    for batch in batches:
        mu, var = tf.nn.moments(batch, 0)
        means.append(mu)
        variances.append(var)
        layer(batch, training=True)
    still = all(any(w is m for w in layer.weights) for m in (layer.moving_mu, layer.moving_var))
    new = BatchNorm(momentum=0.7)
    new(batches[0], training=True)
    marks = landmarks(old_and_three_means=tf.stack(means), old_and_three_variances=tf.stack(variances))
    return {
        "moving_mu": layer.moving_mu,
        "moving_var": layer.moving_var,
        "moving_mu of a new layer": new.moving_mu,
        "moving_var of a new layer": new.moving_var,
        "they are still weights of the layer": str(still),
        **marks,
        **landmarks(momentum=0.7, examples=len(a)),
    }


@batch_norm.check("test time leaves the statistics alone")
def test_time_keeps_statistics(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    layer(a, training=False)
    layer(a)
    return {"moving_mu": layer.moving_mu, "moving_var": layer.moving_var, "gamma": layer.gamma}


@batch_norm.check("the gradient goes through mu and var", points=2)
def gradient_through_statistics(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    upstream = tf.constant(rng.normal(size=a.shape), "float32")
    marks = marks_of(layer, a, *tf.nn.moments(a, 0))
    with tf.GradientTape() as tape:
        tape.watch(a)
        a_tilde = layer(a, training=True)
    return {"da": tape.gradient(a_tilde, a, upstream), **marks, **landmarks(upstream=upstream)}


@batch_norm.check("it can be saved, loaded, and asked for its shape")
def saved_and_loaded(BatchNorm, rng):
    layer = BatchNorm(float(rng.uniform(0.6, 0.9)), float(rng.uniform(0.1, 0.5)), name="normalized")
    copy = BatchNorm.from_config(layer.get_config())
    return {
        "registered as": keras.saving.get_registered_name(BatchNorm),
        # Keras numbers the names that it gives.
        "name of the copy": copy.name.rstrip("_0123456789"),
        "momentum of the copy": copy.momentum,
        "eps of the copy": copy.eps,
        "output shape": layer.compute_output_shape((5, 7)),
    }


@batch_norm.check("a mean far larger than the deviation", a_tilde=0.02)
def far_mean(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    return {"a_tilde": layer(a + float(rng.uniform(2000, 4000)), training=True)}


@batch_norm.example(
    without={
        "one": "normalized over itself, one example is beta whatever it holds; at test time a check takes one"
    }
)
def example(BatchNorm, rng, N=7, dtype="float32"):
    layer = BatchNorm(eps=0.2, dtype=dtype)
    a = tf.constant(uneven_units(rng, N, 5, widest=3), dtype)
    return {"a": a}, lambda a: {"a_tilde": layer(a, training=True)}


# What several misconceptions change.
MU = "mu = tf.reduce_mean(a, axis=0)"
VAR = "var = tf.reduce_mean((a - mu) ** 2, axis=0)"
NEW_MU = "self.momentum * self.moving_mu + (1 - self.momentum) * mu"
NEW_VAR = "self.momentum * self.moving_var + (1 - self.momentum) * var"
MOVE_MU = f"            self.moving_mu.assign({NEW_MU})\n"
MOVE_VAR = f"            self.moving_var.assign({NEW_VAR})\n"

batch_norm.misconception(
    "the mean of the squares minus the square of the mean",
    (VAR, "var = tf.reduce_mean(a**2, axis=0) - mu**2"),
    advice="On paper that is the variance too. In float32 it is the small difference of two large numbers where mu is large: at "
    "mu = 3000 nothing is left of a variance of 1. Subtract mu first, then square.",
)
batch_norm.misconception(
    "the variance divides by N - 1",
    (VAR, "var = tf.reduce_sum((a - mu) ** 2, axis=0) / (a.shape[0] - 1)"),
    advice="This is the mean of the squared deviations: divide by N. N - 1 is for estimating a population's variance.",
)
batch_norm.misconception(
    "the statistics are taken over the units of an example",
    (MU, "mu = tf.reduce_mean(a, axis=1, keepdims=True)"),
    (VAR, "var = tf.reduce_mean((a - mu) ** 2, axis=1, keepdims=True)"),
    ("(1 - self.momentum) * mu)", "(1 - self.momentum) * tf.reduce_mean(mu))"),
    ("(1 - self.momentum) * var)", "(1 - self.momentum) * tf.reduce_mean(var))"),
    advice="That is layer normalization. Batch normalization asks how one unit varies over the examples: axis=0.",
)
batch_norm.misconception(
    "one mean and one variance for the whole layer",
    (MU, "mu = tf.reduce_mean(a)"),
    (VAR, "var = tf.reduce_mean((a - mu) ** 2)"),
    advice="Each unit has a mean and a variance of its own, H of each: reduce over axis 0 only.",
)
batch_norm.misconception(
    "eps stands outside the square root",
    ("tf.sqrt(var + self.eps)", "(tf.sqrt(var) + self.eps)"),
    advice="Add eps to the variance, before the root: sqrt(var + eps). At var = 0 the root alone has an infinite slope.",
)
batch_norm.misconception(
    "eps is squared",
    source=batch_norm.edited(("tf.sqrt(var + self.eps)", "tf.sqrt(var + self.eps**2)")),
    advice="Add eps as it is: sqrt(var + eps).",
)
batch_norm.misconception(
    "the first batch's statistics take the place of 0 and 1",
    source=batch_norm.edited(
        (
            MOVE_MU + MOVE_VAR,
            "            new = tf.reduce_all(self.moving_mu == 0)\n"
            "            keep = tf.cast(tf.where(new, 0.0, self.momentum), a.dtype)\n"
            + (MOVE_MU + MOVE_VAR).replace("self.momentum", "keep"),
        )
    ),
    advice="That is another estimate. Here the first batch moves them like every other: 0 and 1 keep the share `momentum`.",
)
batch_norm.misconception(
    "eps is left out at test time",
    source=batch_norm.edited(
        ("mu, var = self.moving_mu, self.moving_var", "mu, var = self.moving_mu, self.moving_var - self.eps")
    ),
    advice="Test time is the same formula with other statistics: divide by sqrt(moving_var + eps).",
)
batch_norm.misconception(
    "one gamma and one beta for the whole layer",
    source=batch_norm.edited(
        ('name="gamma", shape=H', 'name="gamma", shape=(1,)'),
        ('name="beta", shape=H', 'name="beta", shape=(1,)'),
    ),
    advice="Each unit gets a scale and a shift of its own: (H,), as many as `input_shape[-1]`.",
)
batch_norm.misconception(
    "divided by the variance, not by its root",
    ("tf.sqrt(var + self.eps)", "(var + self.eps)"),
    advice="A variance has the square of the unit's unit. Divide by its square root, the standard deviation.",
)
batch_norm.misconception(
    "not centred: mu is not subtracted",
    ("(a - mu) / tf.sqrt", "a / tf.sqrt"),
    advice="Subtract the mean before you divide: a_hat has mean 0.",
)
batch_norm.misconception(
    "no gradient through mu",
    (MU, "mu = tf.stop_gradient(tf.reduce_mean(a, axis=0))"),
    lecture="58:20",
    advice="mu depends on every example of the batch. Let the tape see it; without that path the gradient is not that of the loss.",
)
batch_norm.misconception(
    "no gradient through var",
    (VAR, "var = tf.stop_gradient(tf.reduce_mean((a - mu) ** 2, axis=0))"),
    lecture="58:20",
    advice="var depends on every example of the batch. Let the tape see it; without that path the gradient is not that of the loss.",
)
batch_norm.misconception(
    "batch statistics at test time",
    (
        "mu, var = self.moving_mu, self.moving_var",
        "mu, var = tf.reduce_mean(a, 0), tf.math.reduce_variance(a, 0)",
    ),
    advice="At test time an example's answer must not depend on its neighbours, and there may be only one example: "
    "use moving_mu and moving_var.",
)
# Faults by `source` take no part in double faults: what they spoil, no other fault touches.
batch_norm.misconception(
    "gamma and beta are not trained",
    source=batch_norm.edited(
        ('initializer="ones")', 'initializer="ones", trainable=False)'),
        ('initializer="zeros")', 'initializer="zeros", trainable=False)'),
    ),
    advice="gamma and beta are parameters like any other: leave trainable at True.",
)
batch_norm.misconception(
    "the moving statistics are trained as well",
    source=batch_norm.edited(
        ('initializer="zeros", trainable=False)', 'initializer="zeros")'),
        ('initializer="ones", trainable=False)', 'initializer="ones")'),
    ),
    advice="No gradient reaches them: they are measured, not learned. Make them with trainable=False.",
)
batch_norm.misconception(
    "gamma starts at 0",
    source=batch_norm.edited(('initializer="ones")', 'initializer="zeros")')),
    advice="With gamma = 0 every unit is constant. Start it at 1: then a_tilde is a_hat.",
)
batch_norm.misconception(
    "beta starts at 1",
    source=batch_norm.edited(
        ('name="beta", shape=H, initializer="zeros"', 'name="beta", shape=H, initializer="ones"')
    ),
    advice="Start beta at 0: then a_tilde is a_hat.",
)
batch_norm.misconception(
    "moving_var starts at 0",
    source=batch_norm.edited(('initializer="ones", trainable=False', 'initializer="zeros", trainable=False')),
    advice="Start it at 1: a variance of 0 says that nothing ever varies, and test time would divide by √eps.",
)
batch_norm.misconception(
    "eps is always its default",
    source=batch_norm.edited(("tf.sqrt(var + self.eps)", "tf.sqrt(var + 1e-3)")),
    advice="The default is only what is taken where nothing is said: use self.eps.",
)
batch_norm.misconception(
    "gamma multiplies beta too",
    ("self.gamma * a_hat + self.beta", "self.gamma * (a_hat + self.beta)"),
    advice="Scale first, then shift: gamma * a_hat + beta.",
)
batch_norm.misconception(
    "the moving statistics never move",
    (MOVE_MU + MOVE_VAR, ""),
    advice="Test time would use 0 and 1 for ever. At each training call, assign the moved values to moving_mu and moving_var.",
)
batch_norm.misconception(
    "the moving statistics are bound anew, not assigned",
    source=batch_norm.edited(
        (f"self.moving_mu.assign({NEW_MU})", f"self.moving_mu = {NEW_MU}"),
        (f"self.moving_var.assign({NEW_VAR})", f"self.moving_var = {NEW_VAR}"),
    ),
    advice="With = the name holds a tensor, and the weight, which is saved, never moves. Call its method assign.",
)
batch_norm.misconception(
    "only the moving mean moves",
    source=batch_norm.edited((MOVE_VAR, "")),
    advice="moving_var moves as moving_mu does: assign both at each training call.",
)
batch_norm.misconception(
    "beta is not added",
    source=batch_norm.edited(("self.gamma * a_hat + self.beta", "self.gamma * a_hat")),
    advice="Shift after scaling: gamma * a_hat + beta.",
)
batch_norm.misconception(
    "gamma is left out",
    source=batch_norm.edited(("self.gamma * a_hat + self.beta", "a_hat + self.beta")),
    advice="Scale before you shift: gamma * a_hat + beta.",
)
batch_norm.misconception(
    "eps is left out",
    source=batch_norm.edited(("tf.sqrt(var + self.eps)", "tf.sqrt(var)")),
    advice="A unit that is constant over the batch has variance 0: divide by sqrt(var + eps).",
)
batch_norm.misconception(
    "training and test time change places",
    source=batch_norm.edited(("if training:", "if not training:")),
    advice="The batch's statistics are for training, the moving ones for test time.",
)
batch_norm.misconception(
    "momentum the wrong way round",
    (NEW_MU, "(1 - self.momentum) * self.moving_mu + self.momentum * mu"),
    (NEW_VAR, "(1 - self.momentum) * self.moving_var + self.momentum * var"),
    advice="momentum is the share of the old value that stays; a single batch brings only 1 - momentum.",
)
batch_norm.misconception(
    "standard deviations are stored where variances belong",
    ("(1 - self.momentum) * var)", "(1 - self.momentum) * tf.sqrt(var))"),
    advice="The root is taken once, when a is divided. Store the variance itself.",
)
batch_norm.misconception(
    "moving_var is the square of an average of deviations",
    source=batch_norm.edited(
        (
            NEW_VAR,
            "(self.momentum * tf.sqrt(tf.identity(self.moving_var)) + (1 - self.momentum) * tf.sqrt(var)) ** 2",
        )
    ),
    advice="Squared deviations add up, their roots do not: average the variances as they are.",
)
batch_norm.misconception(
    "a batch of one example takes the moving statistics",
    source=batch_norm.edited(("if training:", "if training and a.shape[0] != 1:")),
    advice="In training it is always the batch, however small: one example is its own mean, â is 0 and ã is beta. "
    "The cure is a larger batch.",
)
batch_norm.misconception(
    "the statistics move at test time as well",
    (
        "mu, var = self.moving_mu, self.moving_var\n",
        "mu, var = self.moving_mu + 0, self.moving_var + 0\n"
        "            m, v = tf.reduce_mean(a, 0), tf.math.reduce_variance(a, 0)\n"
        "            self.moving_mu.assign(self.momentum * mu + (1 - self.momentum) * m)\n"
        "            self.moving_var.assign(self.momentum * var + (1 - self.momentum) * v)\n",
    ),
    advice="Test examples must not change the network. Assign only where `training` is true.",
)
batch_norm.misconception(
    "the configuration is incomplete",
    source=batch_norm.edited(
        ('{**super().get_config(), "momentum": self.momentum, "eps": self.eps}', "super().get_config()")
    ),
    advice="A loaded layer is made from get_config alone: add momentum and eps, or they fall back to their defaults.",
)
batch_norm.misconception(
    "Keras's own entries are missing from the configuration",
    source=batch_norm.edited(
        (
            '{**super().get_config(), "momentum": self.momentum, "eps": self.eps}',
            '{"momentum": self.momentum, "eps": self.eps}',
        )
    ),
    advice="The layer's name and dtype are lost when it is saved: begin with super().get_config(), and add your own.",
)
batch_norm.misconception(
    "the layer is not registered with Keras",
    source=batch_norm.edited(('@keras.saving.register_keras_serializable("fdl")\n', "")),
    advice='Keep @keras.saving.register_keras_serializable("fdl") above the class: '
    "without it, Keras cannot load a model that holds the layer.",
)
batch_norm.misconception(
    "float32 is hard-coded",
    (MU, f'a = tf.cast(a, "float32")\n            {MU}'),
    advice="A layer computes in the dtype of its input. Nothing needs a cast here.",
)


@batch_norm.alternative
@keras.saving.register_keras_serializable("fdl")
class BatchNormByOps(keras.layers.Layer):
    def __init__(self, momentum=0.9, eps=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.eps = eps

    def build(self, shape):
        def weight(name, start, trained):
            return self.add_weight(shape=(shape[-1],), initializer=start, trainable=trained, name=name)

        self.moving_mu = weight("moving_mu", "zeros", False)
        self.beta = weight("beta", "zeros", True)
        self.moving_var = weight("moving_var", "ones", False)
        self.gamma = weight("gamma", "ones", True)

    def call(self, a, training=None):
        if training:
            mu, var = keras.ops.mean(a, axis=0), keras.ops.var(a, axis=0)
            for old, new in ((self.moving_mu, mu), (self.moving_var, var)):
                old.assign_add((new - old) * (1 - self.momentum))
        else:
            mu, var = self.moving_mu.value, self.moving_var.value
        scale = self.gamma * keras.ops.rsqrt(var + self.eps)
        return a * scale + (self.beta - mu * scale)

    def compute_output_shape(self, shape):
        return tuple(shape)

    def get_config(self):
        config = super().get_config()
        config.update(momentum=self.momentum, eps=self.eps)
        return config


@batch_norm.alternative
@keras.saving.register_keras_serializable("fdl")
class BatchNormByMoments(keras.layers.Layer):
    def __init__(self, momentum=0.9, eps=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.eps = momentum, eps

    def build(self, input_shape):
        H = input_shape[-1:]
        self.moving_mu = self.add_weight(shape=H, initializer="zeros", trainable=False)
        self.moving_var = self.add_weight(shape=H, initializer="ones", trainable=False)
        self.gamma = self.add_weight(shape=H, initializer="ones")
        self.beta = self.add_weight(shape=H, initializer="zeros")

    def call(self, a, training=False):
        if not training:
            return self.normalize(a, self.moving_mu, self.moving_var)
        mu = tf.reduce_mean(a, axis=0, keepdims=True)
        var = tf.reduce_mean(tf.math.squared_difference(a, mu), axis=0, keepdims=True)
        rate = 1 - self.momentum
        self.moving_mu.assign((1 - rate) * self.moving_mu + rate * mu[0])
        self.moving_var.assign((1 - rate) * self.moving_var + rate * var[0])
        return self.normalize(a, mu, var)

    def normalize(self, a, mu, var):
        return (a - mu) * (var + self.eps) ** -0.5 * self.gamma + self.beta

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"momentum": self.momentum, "eps": self.eps}
