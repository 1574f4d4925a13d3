"""Probes: what is tried of every answer of a kind, whatever it computes.

An exercise says of what kind it is and shows once how an answer is used; its kind brings the probes:

    @layer.example()
    def example(layer_backward, rng, N=4, H=5, dtype="float32"):
        inputs = {"da": ..., "h": ..., "W": ...}
        return inputs, lambda da, h, W: dict(zip(("dW", "db", "dh"), layer_backward(da, h, W)))

A probe looks at one property, whatever the values are: an answer that computes something else, but leaves its inputs
alone, passes "the inputs stay as they were". What a failure means is therefore known beforehand, and has a name.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.single_check import Arrays, Check

Call = Callable[..., Arrays]
# f(*objects, rng, N=..., dtype=...) gives inputs by name, and what an answer makes of them.
Example = Callable[..., tuple[dict[str, Any], Call]]
# A wrong use of a right answer, which the probe must notice.
Sabotage = Callable[[Call], Call]

# Two calls may differ by so much: a graph adds up in another order.
NEAR = 1e-4
# Of what an answer gives, so many axes and numbers are compared with another call's.
AXES, LONGEST = 5, 250
# So many examples that no other axis has the same length.
MANY = 11
# Probes that choose how many units there are.
OF_UNITS = ("square", "unit")


@dataclass(frozen=True)
class Probe:
    """A property that every answer of a kind should have.

    Attributes:
        key: its short name, by which an exercise leaves it out.
        title: the property, as the check is called.
        mistake: what a failure means.
        advice: one thing to try.
        run: called as `run(example, objects, rng, sabotage)`.
        summarize: what of the evidence is compared; None compares all of it.
        sabotage: a use of an answer that lacks the property.
        unless: words of an exception, or of the name of what differs, that mean something else than `mistake`.
        of_values: whether values are compared with the reference's, so that a wrong answer fails it anyway.
    """

    key: str
    title: str
    mistake: str
    advice: str
    run: Callable[[Example, Sequence[Any], np.random.Generator, Sabotage], Arrays]
    summarize: Callable[[Arrays, Arrays], Arrays] | None
    sabotage: Sabotage
    unless: tuple[str, ...] = ()
    of_values: bool = False


def as_it_is(call: Call) -> Call:
    """No sabotage."""
    return call


def checks_of(kind: str, example: Example, points: dict[str, float], without: dict[str, str]) -> list[Check]:
    """The checks that a kind of exercise brings.

    Args:
        kind: one of `BATTERIES`.
        example: how an answer is used.
        points: what a probe is worth, by its key, where it is not 1.
        without: why a probe is left out, by its key.
    Returns:
        A check for each probe.
    Raises:
        ValueError: if there is no such kind, if it has no such probe, or if there is no reason.
    """
    if kind not in BATTERIES:
        raise ValueError(f"{kind!r} is no kind of exercise; there are {', '.join(BATTERIES)}")
    probes = {probe.key: probe for probe in BATTERIES[kind]}
    for key, reason in without.items():
        if key not in probes:
            raise ValueError(f"a {kind} has no probe {key!r}; it has {', '.join(probes)}")
        if not reason:
            raise ValueError(f"say why the probe {key!r} is left out")
    takes = inspect.signature(example).parameters
    checks = []
    for key, probe in probes.items():
        if key in without:
            continue
        if key in OF_UNITS and "H" not in takes:
            raise ValueError(f"the example takes no H, how many units there are: the probe {key!r} needs it")
        check = Check(probe.title, _beside(probe, example), points.get(key, 1), summarize=probe.summarize)
        check.mistake, check.advice, check.probe = probe.mistake, probe.advice, key
        check.unless, check.of_values = probe.unless, probe.of_values
        checks.append(check)
    return checks


def _beside(probe: Probe, example: Example) -> Callable[..., Arrays]:
    """The probe as a check runs it: beside the objects of a candidate."""

    def run(*arguments: Any, sabotage: Sabotage = as_it_is) -> Arrays:
        *objects, rng = arguments
        return probe.run(example, objects, rng, sabotage)

    return run


def sabotage_of(key: str, kind: str) -> Sabotage:
    """The use of an answer that a probe must notice.

    Args:
        key: the probe's.
        kind: of the exercise.
    """
    return next(probe.sabotage for probe in BATTERIES[kind] if probe.key == key)


# ---- the inputs stay as they were


def _untouched(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    found = _before_and_after(*example(*objects, rng), sabotage)
    if "H" in inspect.signature(example).parameters:
        # Where all shapes agree, what comes out may be written into what came in.
        square = _before_and_after(*example(*objects, rng, N=4, H=4), sabotage)
        found |= {f"square {name}": values for name, values in square.items()}
    return found


def _before_and_after(inputs: dict[str, Any], call: Call, sabotage: Sabotage) -> Arrays:
    before = {name: _values(thing) for name, thing in inputs.items() if _can_change(thing)}
    sabotage(call)(**inputs)
    found: Arrays = {}
    for name, values in before.items():
        found[name] = values
        found[f"{name} afterwards"] = _values(inputs[name])
    return found


def _can_change(thing: Any) -> bool:
    return isinstance(thing, np.ndarray | list) or hasattr(thing, "assign") or hasattr(thing, "get_weights")


def _values(thing: Any) -> np.ndarray:
    """A copy of an array's values, or of all weights of a model in one row."""
    if hasattr(thing, "get_weights"):
        return np.concatenate([np.ravel(weight) for weight in thing.get_weights()])
    return np.array(thing)


def _untouched_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    shares = {}
    for name in ours:
        if name.endswith(" afterwards"):
            before = name.removesuffix(" afterwards")
            shares[f"share of {before} that is as it was"] = np.mean(_as_drawn(theirs[name], ours[before]))
    return shares


def _as_drawn(found: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Which values are what was drawn, but for last digits, in which machines differ: those of an exp, say."""
    if drawn.dtype.kind in "fc":
        return np.isclose(found, drawn, rtol=8 * np.finfo(drawn.dtype).eps, atol=0)
    return np.asarray(found == drawn)


def _overwrite(call: Call) -> Call:
    def changed(**inputs: Any) -> Arrays:
        found = {name: np.array(value) for name, value in call(**inputs).items()}
        for thing in inputs.values():
            if isinstance(thing, np.ndarray):
                thing += 1
            elif isinstance(thing, list):
                thing.append(thing[0])
            elif hasattr(thing, "set_weights"):
                thing.set_weights([weight + 1 for weight in thing.get_weights()])
        return found

    return changed


UNTOUCHED = Probe(
    "untouched",
    "what is handed in stays as it was",
    "an argument is changed in place",
    "Whoever called still needs their arrays. `x += …`, `x[…] = …`, `x.sort()` and `out=x` write into them: make a new array.",
    _untouched,
    _untouched_summary,
    _overwrite,
)


# ---- the same again at a second call

ONCE_MORE, REPEATED = ", once more", "share of {} that a second call repeats"


def _again(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng)
    call = sabotage(call)
    first = {name: _row(value) for name, value in call(**inputs).items()}
    second = {f"{name}{ONCE_MORE}": _row(value) for name, value in call(**inputs).items()}
    return {**_shown(inputs), **first, **second}


def _again_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    return _agreement(theirs, ours, {ONCE_MORE: REPEATED})


def _changing(call: Call) -> Call:
    calls = []

    def counted(**inputs: Any) -> Arrays:
        calls.append(1)
        return {name: np.asarray(value) + len(calls) for name, value in call(**inputs).items()}

    return counted


AGAIN = Probe(
    "again",
    "a second call gives the same again",
    "the same call gives something else the second time",
    "Begin with new sums and new lists inside the function: a default argument `=[]`, a global name or an attribute keeps "
    "what the first call left in it. Nothing is drawn at random here either.",
    _again,
    _again_summary,
    _changing,
)


# ---- a batch size that is unknown while the graph is traced

IN_A_GRAPH = " in a graph"


def _in_graph(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    # Late: whoever reads about probes need not import TensorFlow.
    import tensorflow as tf

    inputs, call = example(*objects, rng, N=MANY)
    call = sabotage(call)
    tensors = {name: tf.convert_to_tensor(thing) for name, thing in inputs.items()}

    # As in `fit`, which does not rewrite Python's `if` and `for` either.
    @tf.function(autograph=False)
    def traced(*values: Any) -> Arrays:
        with tf.variable_creator_scope(_made_outside):
            return call(**dict(zip(tensors, values, strict=True)))

    graph = traced.get_concrete_function(*map(_spec, tensors.values()))(*tensors.values())
    eager = {name: _row(value) for name, value in call(**tensors).items()}
    in_graph = {f"{name}{IN_A_GRAPH}": _row(value) for name, value in graph.items()}
    # What differs from call to call differs in a graph as well.
    again = {f"{name}{ONCE_MORE}": _row(value) for name, value in call(**tensors).items()}
    return {**_shown(inputs), **eager, **in_graph, **again}


def _made_outside(create: Callable[..., Any], **kwargs: Any) -> Any:
    """Make a variable outside of the graph that is traced, which else is traced three times over."""
    import tensorflow as tf

    with tf.init_scope():
        return create(**kwargs)


def _spec(tensor: Any) -> Any:
    """Of a tensor whose axes are unknown where they go with the number of examples."""
    import tensorflow as tf

    return tf.TensorSpec([None if size == MANY else size for size in tensor.shape], tensor.dtype)


def _graph_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    return _agreement(
        theirs, ours, {IN_A_GRAPH: "share of {} that is the same in a graph", ONCE_MORE: REPEATED}
    )


def _sized(call: Call) -> Call:
    def sized(**inputs: Any) -> Arrays:
        found = call(**inputs)
        for tensor in inputs.values():
            # None in a graph, and range(None) is no range
            range(*tensor.shape[:1])
        return found

    return sized


GRAPH = Probe(
    "graph",
    "it runs in a graph, where the size of a batch is unknown",
    "a size or a value is asked for that a graph does not know yet",
    "`model.fit` builds a graph once, for batches of any size: there `a.shape[0]` is None, and NumPy, `.numpy()`, `if` and `range` "
    "see no values. Take `tf.shape(a)[0]`, shapes with -1, and TensorFlow's operations.",
    _in_graph,
    _graph_summary,
    _sized,
    unless=("only supports singleton tf.Variables", REPEATED.removeprefix("share of {}")),
)


# ---- dtypes


def _dtypes(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    found: Arrays = {}
    for dtype in ("float64", "float16"):
        inputs, call = example(*objects, rng, dtype=dtype)
        found.update({f"{name} ({dtype})": value for name, value in _shown(inputs).items()})
        for name, value in sabotage(call)(**inputs).items():
            found[f"bits of a number in {name}, for {dtype}"] = _bits(value)
    return found


def _bits(value: Any) -> Any:
    # What is no number has no bits to count, and is shown as it is.
    if np.asarray(value).dtype.kind not in "fiubcV":
        return value
    dtype = getattr(value, "dtype", np.asarray(value).dtype)
    # TensorFlow's dtypes have a size as NumPy's have, and Keras's variables a text.
    size = getattr(dtype, "size", None) or np.dtype(getattr(dtype, "name", dtype)).itemsize
    return 8 * size


def _in_single(call: Call) -> Call:
    return lambda **inputs: {
        name: np.asarray(value).astype("float32") for name, value in call(**inputs).items()
    }


DTYPE = Probe(
    "dtype",
    "the dtype that comes in goes out",
    "a dtype is taken for granted",
    "Compute in the dtype of what comes in: constants as plain numbers, `tf.cast(mask, a.dtype)` for a mask, "
    "`tf.zeros_like(a)` in the place of `tf.zeros(…)`.",
    _dtypes,
    None,
    _in_single,
)


# ---- sizes


def _one(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng, N=1)
    return dict(sabotage(call)(**inputs))


def _square(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng, N=4, H=4)
    return dict(sabotage(call)(**inputs))


def _one_unit(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    inputs, call = example(*objects, rng, H=1)
    return dict(sabotage(call)(**inputs))


def _without_an_axis(call: Call) -> Call:
    return lambda **inputs: {name: np.squeeze(value)[..., None] + 1 for name, value in call(**inputs).items()}


ONE = Probe(
    "one",
    "a batch of one example",
    "a batch of one example is taken for none",
    "One example is a batch with N = 1: its axis stays. `np.squeeze`, `[0]` and a mean over the wrong axis show here.",
    _one,
    None,
    _without_an_axis,
    of_values=True,
)
SQUARE = Probe(
    "square",
    "as many examples as units",
    "shapes are told apart by their sizes",
    "With as many examples as units every product fits and no size tells axes apart. Go by the axis' place, not by its length.",
    _square,
    None,
    _without_an_axis,
    of_values=True,
)
UNIT = Probe(
    "unit",
    "a single unit",
    "a single unit is taken for none",
    "One unit is a layer with H = 1: its axis stays, in the bias's gradient as well. `np.squeeze` and `tf.squeeze` drop it.",
    _one_unit,
    None,
    _without_an_axis,
    of_values=True,
)


# ---- parameters


def _frozen(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng)
    model = inputs["model"]
    layer = model.layers[0]
    layer.trainable = False
    before = _values(layer)
    try:
        sabotage(call)(**inputs)
    finally:
        layer.trainable = True
    return {"weights": before, "weights afterwards": _values(layer)}


FROZEN = Probe(
    "frozen",
    "what is frozen stays",
    "weights that are frozen are moved as well",
    "A layer with `trainable = False` is left alone: go through `model.trainable_variables`, not `model.weights`.",
    _frozen,
    _untouched_summary,
    _overwrite,
)


def _zeros(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    inputs, call = example(*objects, rng)
    model = inputs["model"]
    model.set_weights([0 * weight for weight in model.get_weights()])
    sabotage(call)(**inputs)
    return {"weights that were 0": _values(model)}


def _spoiled(call: Call) -> Call:
    def spoiled(**inputs: Any) -> Arrays:
        found = call(**inputs)
        model = inputs["model"]
        model.set_weights([np.nan * weight for weight in model.get_weights()])
        return found

    return spoiled


ZEROS = Probe(
    "zeros",
    "weights that are exactly 0 take part",
    "weights of exactly 0 give no number",
    "At w = 0 a square root has no finite slope, and w/|w| is 0/0: write the square as a square.",
    _zeros,
    None,
    _spoiled,
    of_values=True,
)

BATTERIES: dict[str, tuple[Probe, ...]] = {
    "function": (UNTOUCHED, GRAPH, DTYPE, ONE),
    "gradient": (UNTOUCHED, DTYPE, ONE, SQUARE, UNIT),
    "node": (UNTOUCHED, SQUARE),
    "layer": (GRAPH, DTYPE, ONE),
    "network": (GRAPH, ONE),
    "initializer": (DTYPE,),
    "regularizer": (DTYPE,),
    "step": (FROZEN, ZEROS),
    "generator": (UNTOUCHED,),
    "report": (UNTOUCHED, AGAIN),
}


def _shown(inputs: dict[str, Any]) -> Arrays:
    """The inputs as evidence: what belongs to another draw then fits nothing."""
    return {
        name: _values(thing) for name, thing in inputs.items() if not callable(thing) or _can_change(thing)
    }


def _row(value: Any) -> Any:
    """The shape and the values as one row of a fixed length, so that a wrong shape fails no probe but those of shapes."""
    if value is None or callable(value):
        return value
    try:
        array = np.asarray(value).astype("float64")
    # What holds no numbers is shown as it is.
    except (TypeError, ValueError):
        return value
    shape = np.resize([*array.shape, *[-1] * AXES], AXES)
    values = np.zeros(LONGEST)
    if array.size:
        values = np.resize(array, LONGEST)
    return np.concatenate([shape, values])


def _agreement(theirs: Arrays, ours: Arrays, words: dict[str, str]) -> Arrays:
    """How much of what came first came again, in words by the ending of its name; and the inputs, which belong to the draw."""
    found = {}
    for name in ours:
        again = [ending for ending in words if name.endswith(ending)]
        if not again:
            if not any(f"{name}{ending}" in ours for ending in words):
                found[name] = theirs[name]
            continue
        first = theirs[name.removesuffix(again[0])]
        scale = np.max(np.abs(first[AXES:]), initial=0)
        close = np.isclose(theirs[name], first, rtol=NEAR, atol=NEAR * scale, equal_nan=True)
        found[words[again[0]].format(name.removesuffix(again[0]))] = np.mean(close)
    return found
