"""What `check(draw)` looks at (lecture 34:03).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from operator import methodcaller

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import generator, likeness

draws = Checks("draw", kind="generator", lecture="34:03")

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
