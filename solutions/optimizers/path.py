"""path: where an optimizer goes on a function of a few variables."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks

walk = Exercise("path", kind="report", lecture="40:27")


@walk.reference
def path(optimizer, f, start, steps):
    """Let an optimizer go down a function, and note every place that it comes to.

    Hold θ in one `tf.Variable`. At each step take the gradient of f there by a tape,

        with tf.GradientTape() as tape:
            height = f(theta)

    and hand it over: `optimizer.apply([gradient], [theta])` moves the variable, remembers, and counts the step.

    Args:
        optimizer: one of Keras's or your own, unused so far.
        f: takes θ, gives its height, a scalar tensor.
        start: where to begin, n numbers (integers perhaps); not changed.
        steps: how many steps to take, 0 or more.
    Returns:
        An array of shape (steps + 1, n): the start, and θ after each step.
    """
    ### BEGIN SOLUTION
    theta = tf.Variable(start, dtype="float32")
    places = [theta.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            height = f(theta)
        gradient = tape.gradient(height, theta)
        optimizer.apply([gradient], [theta])
        places.append(theta.numpy())
    return np.array(places)
    ### END SOLUTION


def bowl(rng, n):
    """A bowl, steeper along some axes than along others, whose bottom is nowhere special; and a place on its wall."""
    steepness, bottom = rng.uniform(0.5, 2, n).astype("float32"), rng.normal(size=n).astype("float32")
    start = bottom + (rng.uniform(1, 2, n) * rng.choice([-1, 1], n)).astype("float32")
    return lambda theta: tf.reduce_sum(steepness * tf.square(theta - bottom)), start


def seen(f, places, start):
    """The places as they came, and what may be recognized in them."""
    spot = tf.constant(start, "float32")
    with tf.GradientTape() as t:
        t.watch(spot)
        value = f(spot)
    known = {"start": spot, "the gradient at the start": t.gradient(value, spot)}
    return {"places": np.asarray(places, "float32"), **landmarks(**known)}


@walk.check("gradient descent: the start, and every place that follows", points=2)
def gradient_descent(path, rng):
    f, start = bowl(rng, 2)
    optimizer = keras.optimizers.SGD(float(rng.uniform(0.05, 0.15)))
    return seen(f, path(optimizer, f, start, 5), start)


@walk.check("the optimizer's own step, with its memory", points=2)
def own_step(path, rng):
    f, start = bowl(rng, 3)
    optimizer = keras.optimizers.Adam(float(rng.uniform(0.1, 0.2)), beta_1=0.6, beta_2=0.8)
    return seen(f, path(optimizer, f, start, 4), start)


@walk.check("a learning-rate schedule goes on from step to step, also where the first step climbs")
def schedule(path, rng):
    f, start = bowl(rng, 2)
    # So large is the first rate that θ comes out higher, on the other side.
    rates = rng.uniform([2.1, 0.05, 0.15], [2.4, 0.1, 0.3]).tolist()
    changing = keras.optimizers.schedules.PiecewiseConstantDecay([0, 1], rates)
    return seen(f, path(keras.optimizers.SGD(changing), f, start, 4), start)


@walk.check("from whole numbers, and without a step")
def whole_numbers(path, rng):
    f, _ = bowl(rng, 3)
    start, dtypes = rng.integers(-4, 5, 3), [""]

    def asked(theta):
        dtypes[0] = tf.as_dtype(theta.dtype).name
        return f(theta)

    found = path(keras.optimizers.SGD(0.1), asked, start, 2)
    at_once = path(keras.optimizers.SGD(0.1), f, start, 0)
    return {
        "places": np.asarray(found, "float32"),
        "places, for steps = 0": np.asarray(at_once, "float32"),
        "dtype of θ, where f is asked": dtypes[0],
        **landmarks(start=start.astype("float32")),
    }


@walk.check("as many places where nothing moves")
def at_rest(path, rng):
    start = -rng.uniform(1, 2, 3).astype("float32")
    found = path(keras.optimizers.SGD(0.1), lambda theta: tf.reduce_sum(tf.nn.relu(theta)), start, 4)
    return {"places": np.asarray(found, "float32"), **landmarks(start=start)}


@walk.example()
def example(path, rng):
    f, start = bowl(rng, 2)

    def descend(start):
        return {"places": path(keras.optimizers.SGD(0.1), f, start, 3)}

    return {"start": start}, descend


walk.misconception(
    "the start is missing",
    ("places = [theta.numpy()]", "places = []"),
    advice="A path begins where it begins: note the start before the first step, so that there are steps + 1 places.",
)
walk.misconception(
    "the last place is missing",
    ("places = [theta.numpy()]", "places = []"),
    (
        "        optimizer.apply([gradient], [theta])\n        places.append(theta.numpy())",
        "        places.append(theta.numpy())\n        optimizer.apply([gradient], [theta])",
    ),
    advice="Note each place after the step that leads to it, and the start before the loop: steps + 1 places.",
)
walk.misconception(
    "a step too many",
    ("range(steps)", "range(steps + 1)"),
    advice="There are steps + 1 places, but `steps` steps: the start is the one more.",
)
walk.misconception(
    "ascent: against the gradient's sign",
    ("        optimizer.apply([gradient]", "        optimizer.apply([-gradient]"),
    advice="The optimizer goes against the gradient by itself. Hand it over as the tape gives it.",
)
walk.misconception(
    "plain gradient descent, whatever the optimizer",
    (
        "        optimizer.apply([gradient], [theta])",
        "        theta.assign_sub(optimizer.learning_rate * gradient)",
    ),
    advice="Then every optimizer takes the same path. Let it take its own step: optimizer.apply([gradient], [theta]).",
)
walk.misconception(
    "the gradient of the start at every step",
    (
        "        with tf.GradientTape() as tape:\n            height = f(theta)\n        gradient = tape.gradient(height, theta)\n",
        "",
    ),
    (
        "    for _ in range(steps):\n",
        "    with tf.GradientTape() as tape:\n        height = f(theta)\n"
        "    gradient = tape.gradient(height, theta)\n    for _ in range(steps):\n",
    ),
    advice="Each place has a gradient of its own: the tape belongs inside the loop.",
)
walk.misconception(
    "the heights instead of the places",
    ("places = [theta.numpy()]", "places = [f(theta).numpy()]"),
    ("places.append(theta.numpy())", "places.append(f(theta).numpy())"),
    advice="Note θ itself, n numbers for each place. Its height can be computed from it at any time.",
)
walk.misconception(
    "θ takes the dtype that NumPy gives the start",
    ('tf.Variable(start, dtype="float32")', "tf.Variable(np.asarray(start, float))"),
    advice="NumPy makes float64 of whole numbers, and f may know float32 alone. θ is float32, whatever the start is.",
)
walk.misconception(
    "the places are whole numbers where the start is",
    ("places = [theta.numpy()]", "places = np.tile(start, (steps + 1, 1))"),
    ("for _ in range(steps)", "for step in range(steps)"),
    ("places.append(theta.numpy())", "places[step + 1] = theta.numpy()"),
    ("return np.array(places)", "return places"),
    advice="An array that is made of whole numbers cuts off what is written into it. Make it float32.",
)
# What follows is by `source`, so that double faults do not grow with it.
walk.misconception(
    "the variable is noted instead of its values",
    source=walk.edited(
        ("places = [theta.numpy()]", "places = [theta]"),
        ("places.append(theta.numpy())", "places.append(theta)"),
    ),
    advice="Then the list holds one variable many times over, and all places look like the last. Note theta.numpy(), a copy.",
)
walk.misconception(
    "a new optimizer for each step",
    source=walk.edited(
        (
            "        optimizer.apply([gradient], [theta])",
            "        type(optimizer).from_config(optimizer.get_config()).apply([gradient], [theta])",
        )
    ),
    advice="What an optimizer remembers is lost with it. Use the one that was given for all steps.",
)
walk.misconception(
    "update_step is called by hand, and nobody counts the steps",
    source=walk.edited(
        (
            "        optimizer.apply([gradient], [theta])",
            "        optimizer.build([theta])\n        optimizer.update_step(gradient, theta, optimizer.learning_rate)",
        )
    ),
    advice="Then optimizer.iterations stays 0: schedules stand still, and Adam corrects each step like the first. Call optimizer.apply.",
)
walk.misconception(
    "always from the origin",
    source=walk.edited(("tf.Variable(start, ", "tf.Variable(np.zeros(len(start)), ")),
    advice="θ begins at `start`.",
)
walk.misconception(
    "the start's own dtype is kept",
    source=walk.edited(('tf.Variable(start, dtype="float32")', "tf.Variable(start)")),
    advice="Whole numbers have no gradient, and an array of float64 does not fit f: make θ a float32, tf.Variable(start, dtype='float32').",
)
walk.misconception(
    "it stops where the gradient is 0",
    source=walk.edited(
        (
            "        optimizer.apply([gradient]",
            "        if tf.norm(gradient) < 1e-6:\n            break\n        optimizer.apply([gradient]",
        )
    ),
    advice="The path has steps + 1 places wherever it leads. An optimizer with a memory may go on where the slope is 0.",
)
walk.misconception(
    "one step for all",
    source=walk.edited(
        ("        places.append(theta.numpy())\n    return", "    places.append(theta.numpy())\n    return")
    ),
    advice="Note each place: the append belongs inside the loop.",
)
walk.misconception(
    "only the places that lie lower than all before",
    source=walk.edited(
        (
            "        places.append(theta.numpy())\n    return",
            "        lowest = min([places[-1], theta.numpy()], key=f)\n        places.append(lowest)\n    return",
        )
    ),
    advice="An optimizer may overshoot and climb for a while: note where it is, even if it was lower before.",
)


@walk.alternative
def into_an_array(optimizer, f, start, steps):
    theta = keras.Variable(np.asarray(start, "float32"))
    places = np.empty((steps + 1, len(start)), "float32")
    places[0] = theta.numpy()
    for step in range(1, steps + 1):
        with tf.GradientTape() as tape:
            height = f(theta.value)
        optimizer.apply_gradients([(tape.gradient(height, theta.value), theta)])
        places[step] = theta.numpy()
    return places


@walk.alternative
def by_stack(optimizer, f, start, steps):
    theta = tf.Variable(tf.cast(start, tf.float32))
    optimizer.build([theta])
    places = [tf.identity(theta)]
    while len(places) <= steps:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(theta)
            height = f(theta)
        optimizer.apply(tape.gradient(height, [theta]))
        places.append(tf.identity(theta))
    return tf.stack(places)
