"""grid: every combination of the values listed for each hyperparameter."""

import numpy as np

from autograder.exercise import Exercise

grids = Exercise("grid", kind="report", lecture="33:24", not_yours=["sklearn.model_selection.ParameterGrid"])


@grids.reference
def grid(space):
    """Every combination of the values that a space lists: the settings that grid search tries.

    With n_1, n_2, … values these are n_1 · n_2 · … settings (lecture 33:24). Any number of hyperparameters
    may be there. Values may be of any type, and go into the settings as they are, also where two are equal
    to Python, as False and 0 are.

    Args:
        space: a dict; the values to try, a list, by the name of each hyperparameter:
            `{"units": [100, 1000, 2000], "lr": [0.01, 0.001]}`.
    Returns:
        A list of dicts in any order, one for each combination: `{"units": 100, "lr": 0.01}`, … Each is a dict of
        its own, so that whoever writes into one changes no other; their values need not be copied. A space
        without hyperparameters has one combination, `{}`, and where a hyperparameter has no values there is none.
    """
    ### BEGIN SOLUTION
    combinations = [{}]
    for name, values in space.items():
        combinations = [{**settings, name: value} for settings in combinations for value in values]
    return combinations
    ### END SOLUTION


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


grids.misconception(
    "zip for the product",
    source="""
    def grid(space):
        return [dict(zip(space, values)) for values in zip(*space.values())]
    """,
    advice="`zip` takes the first of each, then the second of each. A grid has every value of one with every value of the other: "
    "itertools.product, or a loop within a loop.",
)
grids.misconception(
    "one hyperparameter at a time, the others at their first value",
    source="""
    def grid(space):
        first = {name: values[0] for name, values in space.items()}
        found = [first]
        for name, values in space.items():
            found += [{**first, name: value} for value in values[1:]]
        return found
    """,
    advice="That goes along the axes only. A grid also holds the combinations within: n₁ · n₂ · … of them.",
)
grids.misconception(
    "the numbers of units become floats",
    source="""
    def grid(space):
        axes = np.meshgrid(*space.values(), indexing="ij")
        rows = np.stack([axis.ravel() for axis in axes], axis=1)
        return [dict(zip(space, row)) for row in rows]
    """,
    advice="An array has one dtype: beside 0.01, 100 turns into 100.0, and no layer has 100.0 units. Keep the values in lists.",
)
grids.misconception(
    "every setting is the same dict",
    source="""
    def grid(space):
        found, settings = [], {}
        def fill(names):
            if not names:
                found.append(settings)
                return
            for value in space[names[0]]:
                settings[names[0]] = value
                fill(names[1:])
        fill(list(space))
        return found
    """,
    advice="`append(settings)` keeps the dict itself, not what is in it at the moment. Append a copy: dict(settings).",
)
grids.misconception(
    "tuples of values, without the names",
    source="""
    def grid(space):
        found = [()]
        for values in space.values():
            found = [(*one, value) for one in found for value in values]
        return found
    """,
    advice="Whoever trains asks for settings['lr'], not for the second of two. Make a dict of each combination.",
)
grids.misconception(
    "only two hyperparameters",
    source="""
    def grid(space):
        (a, first), (b, second) = list(space.items())[:2]
        return [{a: one, b: other} for one in first for other in second]
    """,
    advice="Two loops serve two hyperparameters. Begin with `[{}]`, and let each hyperparameter multiply what is there.",
)
grids.misconception(
    "it begins with nothing, and nothing times n is nothing",
    ("combinations = [{}]", "combinations = []"),
    advice="Before the first hyperparameter there is one combination, the empty one. Begin with `[{}]`.",
)
grids.misconception(
    "it ends after the first hyperparameter",
    ("    return combinations", "        return combinations"),
    advice="The return stands inside the loop. Let every hyperparameter have its turn.",
)
grids.misconception(
    "the hyperparameters before are lost",
    ("{**settings, name: value}", "{name: value}"),
    advice="Each step adds one name to the settings that are there: {**settings, name: value}.",
)
grids.misconception(
    "the last value of each is left out",
    ("for value in values]", "for value in values[:-1]]"),
    advice="Every listed value takes part, the last one too.",
)
grids.misconception(
    "values become texts",
    ("name: value}", "name: str(value)}"),
    advice="A layer needs 100 and not '100'. Put each value into the settings as it is.",
)
grids.misconception(
    "a value that is None, 0 or empty is left out",
    ("for value in values]", "for value in values if value]"),
    advice="None may well mean `no weight decay`, and is one of the values. Take all that are listed.",
)
grids.misconception(
    "the values are taken out of the caller's lists",
    source=grids.edited(
        ("for value in values]\n", "for value in values]\n        values.clear()\n"),
    ),
    advice="`pop` and `clear` change the caller's lists, and a second grid of the same space is empty. Only read them.",
)
grids.misconception(
    "the space itself is emptied",
    source="""
    def grid(space):
        found = [{}]
        while space:
            name, values = space.popitem()
            found = [{**one, name: value} for one in found for value in values]
        return found
    """,
    advice="`popitem` takes the hyperparameter out of the caller's space. Go through it with `for name, values in space.items()`.",
)
grids.misconception(
    "the values are sorted first",
    ("for value in values]", "for value in sorted(values)]"),
    advice="64 and 'all' have no order. Take the values as they were listed.",
)
grids.misconception(
    "settings that are equal are there once",
    source=grids.edited(
        ("return combinations", "return [s for i, s in enumerate(combinations) if s not in combinations[:i]]")
    ),
    advice="False, 0 and 0.0 are equal to Python, and not the same to a training. Each listed value takes part.",
)
grids.misconception(
    "a generator of settings, and no list",
    source=grids.edited(("return combinations", "return (settings for settings in combinations)")),
    advice="A generator has no length, and is empty once it was gone through. Give a list: [… for …], or list(…).",
)
grids.misconception(
    "a hyperparameter without values is passed over",
    source=grids.edited(
        ("in space.items():\n", "in space.items():\n        if not values:\n            continue\n"),
    ),
    advice="Where one has no value there is no combination: n · 0 = 0. Without it the settings would lack a name.",
)
grids.misconception(
    "an empty space has no combination",
    source=grids.edited(("    combinations = [{}]", "    combinations = [{}] if space else []")),
    advice="With nothing to choose there is one way to choose it: `{}`. The product of no numbers is 1, too.",
)
grids.misconception(
    "one counter serves all hyperparameters",
    source="""
        def grid(space):
            total = 1
            for values in space.values():
                total *= len(values)
            return [{name: values[k % len(values)] for name, values in space.items()} for k in range(total)]
    """,
    advice="With 2 and 2 values k % 2 is the same for both: two of four are missing. Combine what is there with each value, from [{}] on.",
)


@grids.alternative
def by_digits(space):
    """The number of a combination, written in digits whose bases are how many values there are."""
    names, lists = list(space), [list(values) for values in space.values()]
    total = int(np.prod([len(values) for values in lists])) if lists else 1
    found = []
    for number in range(total):
        settings = {}
        for name, values in zip(names, lists):  # noqa: B905
            number, place = divmod(number, len(values))
            settings[name] = values[place]
        found.append(settings)
    return found


@grids.alternative
def by_recursion(space):
    if not space:
        return [{}]
    (name, values), *others = space.items()
    rest = by_recursion(dict(others))
    return [dict(settings, **{name: value}) for value in values for settings in rest]


@grids.alternative
def by_product(space):
    from itertools import product

    return [dict(zip(space, values)) for values in product(*space.values())]  # noqa: B905
