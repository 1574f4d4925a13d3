"""draw: settings at random, each hyperparameter by itself."""

from operator import methodcaller

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import generator, likeness
from solutions.hyperparameter_search.distributions import choice  # noqa: F401  a misconception below uses it

draws = Exercise("draw", kind="generator", lecture="34:03")


@draws.reference
def draw(space, rng):
    """Draw settings at random, each hyperparameter independently of the others (lecture 34:03).

    Args:
        space: a dict; by the name of each hyperparameter a distribution, or a value that is fixed: whatever
            cannot be called. (So an activation function is fixed by its name, "tanh".) It stays as it is.
        rng: a `numpy.random.Generator`, and the only source of chance.
    Returns:
        The settings, a new dict: `{"units": 731, "lr": 0.0042, "epochs": 20}`. What a distribution gives is the
        value as it is, of any type: a whole number, a text, a function.
    """
    ### BEGIN SOLUTION
    settings = {}
    for name, value in space.items():
        if callable(value):
            value = value(rng)
        settings[name] = value
    return settings
    ### END SOLUTION


# settings, for what two hyperparameters have to do with each other
SETTINGS = 300


@draws.check("each hyperparameter by itself, and anew each time", points=2)
def independent(draw, rng):
    # whatever can be called is a distribution, and not functions alone
    space = {"lr": lambda rng: rng.uniform(1, 2), "rate": methodcaller("uniform", 3, 5)}
    seed = int(rng.integers(1 << 30))
    chance = np.random.default_rng(seed)
    drawn = [draw(space, chance) for _ in range(SETTINGS)]
    return {"seed": seed} | {name: [settings[name] for settings in drawn] for name in ("lr", "rate")}


def alike(a, b):
    """The likeness of two rows; 1 where one of them is the same number throughout."""
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 1.0
    return likeness(a, b)


def quartiles(values):
    """The first and the third; 0 where all values are the same, since chance decides which one that is."""
    if np.ptp(values) == 0:
        return np.zeros(2)
    return np.quantile(values, (0.25, 0.75))


@independent.summary(
    **{
        "likeness of the two hyperparameters": 0.4,
        "likeness of a setting and the next": 0.4,
        "different values of lr": 2,
        "different values of rate": 2,
        "quantiles of lr": 0.15,
        "quantiles of rate": 0.3,
    }
)
def independent_summary(theirs, ours):
    lr, rate = theirs["lr"], theirs["rate"]
    return {
        "seed": theirs["seed"],
        "likeness of the two hyperparameters": alike(lr, rate),
        "likeness of a setting and the next": alike(lr[1:], lr[:-1]),
        "different values of lr": len(np.unique(lr)),
        "different values of rate": len(np.unique(rate)),
        "quantiles of lr": quartiles(lr),
        "quantiles of rate": quartiles(rate),
    }


@draws.check("values stay as they are, fixed or drawn, and so does the space")
def fixed(draw, rng):
    epochs, layers = int(rng.integers(3, 30)), [int(n) for n in rng.integers(10, 99, size=2)]
    units, rate = int(rng.integers(10, 99)), float(rng.uniform(1, 2))
    space = {
        "epochs": epochs,
        "lr": lambda rng: rng.uniform(1, 2),
        "units": lambda rng: units,
        # a function that is drawn: of the epoch, say
        "schedule": lambda rng: lambda epoch: rate / 2,
        "activation": "relu",
        "layers": layers,
        # fixed as well
        "seed": 0,
        "bias": False,
        "decay": None,
    }
    before = dict(space)
    settings = draw(space, generator(rng))
    return {
        "epochs": settings["epochs"],
        "activation": settings["activation"],
        "layers": settings["layers"],
        "drawn units": settings["units"],
        "the drawn schedule at epoch 3": at_epoch_3(settings["schedule"]),
        "names in the settings": ", ".join(sorted(settings)),
        "hyperparameters in the space afterwards": len(space),
        "those that are as they were": sum(space.get(name) is value for name, value in before.items()),
        **landmarks(**{"the fixed layers": layers}),
    }


def at_epoch_3(schedule):
    """What a schedule gives; NaN if it is none."""
    return schedule(3) if callable(schedule) else np.nan


@draws.check("rng decides what is drawn, and nothing else does")
def repeats(draw, rng):
    seed = int(rng.integers(1 << 30))
    space = {"lr": lambda rng: rng.uniform(1, 2), "rate": lambda rng: rng.uniform(3, 5)}
    found = {"seed": seed}
    for words, number in (("", seed), (", the same seed", seed), (", the next seed", seed + 1)):
        chance = np.random.default_rng(number)
        settings = [draw(space, chance) for _ in range(5)]
        found |= {f"{name}{words}": [one[name] for one in settings] for name in space}
    return found


@repeats.summary()
def repeats_summary(theirs, ours):
    found = {"seed": theirs["seed"]}
    for name in ("lr", "rate"):
        same, next_one = theirs[f"{name}, the same seed"], theirs[f"{name}, the next seed"]
        found[f"{name}: the same seed gives the same"] = np.all(theirs[name] == same)
        found[f"{name}: another seed gives another"] = np.any(theirs[name] != next_one)
    return found


@draws.example()
def example(draw, rng):
    layers, chance = [int(n) for n in rng.integers(10, 99, size=3)], generator(rng)

    def drawn(layers):
        settings = draw({"layers": layers, "lr": lambda rng: rng.uniform(1, 2)}, chance)
        return {"hyperparameters": len(settings)}

    return {"layers": layers}, drawn


draws.misconception(
    "what is fixed is called as well",
    (
        "        if callable(value):\n            value = value(rng)\n        settings[name] = value",
        "        settings[name] = value(rng)",
    ),
    advice="20 cannot be called, and `20(rng)` raises an error. Call what `callable(value)` says can be called.",
)
draws.misconception(
    "the distributions are handed out, and nothing is drawn",
    ("value = value(rng)", "value = value"),
    advice="A distribution is a function: `value(rng)` draws. The settings hold numbers.",
)
draws.misconception(
    "numbers come from a generator of its own",
    ("value = value(rng)", "value = value(np.random.default_rng())"),
    advice="Then nobody can repeat a search. Hand on the `rng` that was given.",
)
draws.misconception(
    "all hyperparameters hold what was drawn last",
    ("    return settings", "    return dict.fromkeys(settings, value)"),
    advice="Each name has a value of its own: settings[name] = value.",
)
draws.misconception(
    "what is fixed is left out of the settings",
    (
        "            value = value(rng)\n        settings[name] = value",
        "            settings[name] = value(rng)",
    ),
    advice="Whoever trains needs all of the settings, also those that are not searched: copy them.",
)
draws.misconception(
    "0, False and None are left out of the settings",
    ("        settings[name] = value", "        if value:\n            settings[name] = value"),
    advice="They are values as any other: a seed of 0, no bias. Copy whatever the space holds.",
)
draws.misconception(
    "settings are written into the space",
    ("settings = {}", "settings = space"),
    advice="The space is needed for the next draw, and would hold numbers where distributions were. Begin with a new dict.",
)
draws.misconception(
    "a generator made anew from a fixed seed",
    source=draws.edited(("value = value(rng)", "value = value(np.random.default_rng(0))")),
    advice="Its first number is always the same. Draw from the `rng` that was given, which moves on.",
)
draws.misconception(
    "one random number decides all hyperparameters",
    source=draws.edited(
        ("    settings = {}\n", "    settings, seed = {}, rng.integers(1 << 30)\n"),
        ("value = value(rng)", "value = value(np.random.default_rng(seed))"),
    ),
    advice="A large α would always come with many units, and most of the space is never seen. Hand the one `rng` to each: it moves on.",
)
draws.misconception(
    "a fixed list is taken for values to choose from",
    source=draws.edited(
        (
            "        if callable(value):\n",
            "        if isinstance(value, list):\n            value = choice(value)\n        if callable(value):\n",
        )
    ),
    advice="A list cannot be called, so it is a fixed value: [64, 32] may be the units of two layers. `choice` is for one of several.",
)

draws.misconception(
    "only what was written as a function is a distribution",
    source=draws.edited(("if callable(value):", "if isinstance(value, type(lambda: 0)):")),
    advice="An object of a class with __call__ is a distribution as well. Ask callable(value).",
)
draws.misconception(
    "what was drawn is called as well, if it can be",
    source=draws.edited(("if callable(value):", "while callable(value):")),
    advice="A distribution may draw a function, and that is the value. Call what stands in the space, once.",
)
draws.misconception(
    "whatever was drawn becomes a float",
    source=draws.edited(("value = value(rng)", "value = float(value(rng))")),
    advice="No layer has 731.0 units, and a text or a function is no number. Take what was drawn as it is.",
)
draws.misconception(
    "the generator is copied, and does not move on",
    source=draws.edited(
        ("    settings = {}\n", "    from copy import deepcopy\n    settings, rng = {}, deepcopy(rng)\n"),
    ),
    advice="A copy begins at the same place each time, so every draw gives the same settings. Draw from `rng` itself.",
)


@draws.alternative
def in_one_line(space, rng):
    return {name: value(rng) if callable(value) else value for name, value in space.items()}


@draws.alternative
def into_a_copy(space, rng):
    settings = dict(space)
    for name in settings:
        if callable(settings[name]):
            settings[name] = settings[name](rng)
    return settings
