"""What `check(grid)` looks at (lecture 33:24).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks

grids = Checks("grid", kind="report", lecture="33:24", not_yours=["sklearn.model_selection.ParameterGrid"])


def distinct(rng, n, low, high):
    """So many different whole numbers from low up to high, which is left out."""
    return [int(value) for value in low + rng.choice(high - low, n, replace=False)]


def sorted_columns(combinations, names):
    """A row of values for each hyperparameter, in the order of the combinations' values."""
    values = [np.array([settings[name] for settings in combinations]) for name in names]
    order = np.lexsort(values[::-1])
    return {f"{name} of each setting": row[order] for name, row in zip(names, values, strict=True)}


def as_text(settings):
    """Settings as one line; what NumPy made of a number or a text counts as that."""
    parts = []
    for name in sorted(settings):
        value = settings[name]
        if isinstance(value, np.generic):
            value = value.item()
        parts.append(f"{name} = {value!r}")
    return ", ".join(parts)


@grids.check("every combination, each once", points=2)
def every_combination(grid, rng):
    space = {
        "units": distinct(rng, 3, 10, 999),
        "lr": [float(lr) for lr in rng.uniform(0.001, 0.1, size=2)],
        "depth": distinct(rng, 5, 1, 30),
    }
    return sorted_columns(list(grid(space)), list(space))


@grids.check("one hyperparameter, or four")
def any_number(grid, rng):
    found = sorted_columns(list(grid({"units": distinct(rng, 7, 10, 999)})), ["units"])
    sizes = {"a": 2, "b": 1, "c": 3, "d": 2}
    space = {name: distinct(rng, n, 1, 99) for name, n in sizes.items()}
    return found | sorted_columns(list(grid(space)), list(space))


@grids.check("values of any type, as they were given")
def any_type(grid, rng):
    # False and 0.0 are equal, and two values all the same.
    space = {
        "batch": ["all", *distinct(rng, 1, 10, 999)],
        "decay": [None, False, 0.0],
        "layers": [[64], [64, 32]],
    }
    lines = sorted(as_text(settings) for settings in grid(space))
    return {f"setting {place}": line for place, line in enumerate(lines)}


@grids.check("each combination is a dict of its own")
def of_its_own(grid, rng):
    units = distinct(rng, 3, 10, 999)
    combinations = list(grid({"units": units, "lr": [0.1, 0.01]}))
    for place, settings in enumerate(combinations):
        settings["place"] = place
    places = [settings["place"] for settings in combinations]
    return {"units": sorted(units), "the number that each setting was given afterwards": places}


@grids.check("one value, no value, nothing to choose: a list each time")
def extremes(grid, rng):
    units, lr = distinct(rng, 1, 10, 999), distinct(rng, 3, 1, 99)
    alone = sorted_columns(list(grid({"units": units, "lr": lr})), ["units", "lr"])
    return {
        **alone,
        "settings where a hyperparameter has no value": len(grid({"units": units, "lr": []})),
        "settings where there is no hyperparameter": len(grid({})),
    }


@grids.check("the space stays as it was")
def space_stays(grid, rng):
    values = {"units": distinct(rng, 3, 10, 999), "lr": distinct(rng, 2, 1, 99)}
    space = dict(values)
    list(grid(space))
    return {
        "units": values["units"],
        "hyperparameters afterwards": len(space),
        "those that are as they were": sum(space.get(name) is listed for name, listed in values.items()),
    }


@grids.example()
def example(grid, rng):
    units, lr = distinct(rng, 3, 10, 999), distinct(rng, 2, 1, 99)

    def combined(units, lr):
        found = list(grid({"units": units, "lr": lr}))
        return {f"{name} of each setting": [settings[name] for settings in found] for name in ("units", "lr")}

    return {"units": units, "lr": lr}, combined
