"""What `check(batchnorm_backward)` looks at (lecture 58:20).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks

backward = Checks(
    "batchnorm_backward",
    lecture="58:20",
    allow=["tensorflow.nn.moments", "keras.ops.moments", "numpy.float_power"],
)


def problem(rng, N=6, H=4):
    """An upstream gradient, pre-activations of several scales, gamma, and an eps that shows."""
    a = rng.normal(size=(N, H)) * rng.uniform(0.5, 2, H) + rng.normal(size=H)
    return rng.normal(size=(N, H)), a, rng.uniform(0.5, 2, H), float(rng.uniform(0.1, 0.5))


def part(key):
    """A check's body: one gradient of one random problem."""
    return lambda batchnorm_backward, rng: {key: batchnorm_backward(*problem(rng))[key]}


@backward.check("line 1: dgamma")
def _(batchnorm_backward, rng):
    return part("dgamma")(batchnorm_backward, rng)


@backward.check("line 2: dbeta")
def _(batchnorm_backward, rng):
    return part("dbeta")(batchnorm_backward, rng)


@backward.check("line 3: da_hat")
def _(batchnorm_backward, rng):
    return part("da_hat")(batchnorm_backward, rng)


@backward.check("line 4: dvar")
def _(batchnorm_backward, rng):
    return part("dvar")(batchnorm_backward, rng)


@backward.check("line 5: dmu")
def _(batchnorm_backward, rng):
    return part("dmu")(batchnorm_backward, rng)


@backward.check("line 6: da, by all three ways", points=2)
def _(batchnorm_backward, rng):
    return part("da")(batchnorm_backward, rng)
