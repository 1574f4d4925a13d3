"""diagnose: from what can be measured of a run to what is wrong with it."""

import numpy as np

from autograder.exercise import Exercise
from helpers.runs import (
    INPUTS,
    LAYERS,
    STEPS,
    VARIABLES,
    healthy,
    in_words,
    jumping,
    pushed,
    wide,
    with_one,
    wrong_gradient,
)

diagnosis = Exercise("diagnose", kind="report", lecture="43:37")


@diagnosis.reference
def diagnose(run):
    """Find what keeps a network from learning, from numbers alone. There may be several causes.

    inputs:     some mean above 3 in magnitude, some deviation above 3, or every deviation below 0.1. A single input that never
                changes (deviation 0) is harmless.
    saturated:  in some hidden layer more than half of the units are saturated. But where the inputs are at fault they
                have pushed the first layer there: then only the layers above it count.
    gradient:   some error above 1e-3. NaN says that nothing was checked there, which is no fault. And a
                variable whose norm is below 1e-6 is not looked at: there central differences measure rounding.
    rate:       the learning rate, by a loss that is anywhere not finite, whose last value is above its first, or that
                rises in more than a quarter of the steps, whichever they are. But wrong gradients and inputs do that
                at any rate: where one of them is at fault, the curve says nothing about the rate.
    nothing:    none of these      (lecture 43:37)

    Args:
        run: what was measured, arrays by name:
            "means", "deviations": of each input, over the examples;
            "saturated": of each hidden layer, the share of its activations that are saturated at the start, from below;
            "errors": what `gradient_check` says of each variable; "norms": how long its gradient is;
            "losses": the loss before the first step and after each, one number more than there are steps.
    Returns:
        A set of the five names; "nothing" stands alone.
    """
    ### BEGIN SOLUTION
    causes = set()
    off_centre = np.any(np.abs(run["means"]) > 3)
    too_wide = np.any(run["deviations"] > 3)
    too_narrow = np.all(run["deviations"] < 0.1)
    if off_centre or too_wide or too_narrow:
        causes.add("inputs")

    layers = run["saturated"]
    if "inputs" in causes:
        layers = layers[1:]
    if np.any(layers > 0.5):
        causes.add("saturated")

    measurable = run["norms"] >= 1e-6
    if np.any(run["errors"][measurable] > 1e-3):
        causes.add("gradient")

    losses = run["losses"]
    rises = np.diff(losses) > 0
    jumps = not np.all(np.isfinite(losses)) or losses[-1] > losses[0] or np.mean(rises) > 0.25
    if jumps and not causes & {"inputs", "gradient"}:
        causes.add("rate")
    return causes or {"nothing"}
    ### END SOLUTION


CAUSES = ("inputs", "saturated", "gradient", "rate", "nothing")


def told(diagnose, runs):
    """What an answer says of each run, as words in one order, beside what belongs to the draw."""
    deviations = np.array(next(iter(runs.values()))["deviations"])
    found = {name: in_words(diagnose(run)) for name, run in runs.items()}
    return {**found, "deviations of the inputs, first run": deviations}


def rising(rng, steps, count):
    """Losses that end lower than they began, and rise at so many of the steps, never at the first."""
    changes = np.full(steps, -0.05)
    changes[1 + rng.permutation(steps - 1)[:count]] = 0.01
    return 2.3 + np.cumsum([0, *changes])


@diagnosis.check("nothing wrong")
def nothing_wrong(diagnose, rng):
    flat = healthy(rng)
    constant = with_one(flat["deviations"], 0.0, int(rng.integers(INPUTS)))
    rises = 2.3 * np.exp(-0.1 * np.arange(STEPS + 1))
    # Lower than at first still, though not than after the first step.
    rises[-1] = rng.uniform(rises[1] + 0.01, rises[0] - 0.01)
    falls, later = healthy(rng)["losses"], int(rng.integers(4, STEPS))
    runs = {
        "a run with nothing wrong": flat,
        "one input that never changes": healthy(rng, deviations=constant),
        "a loss that rises at the last step": healthy(rng, losses=rises),
        "a loss that rises at the first step": healthy(rng, losses=with_one(falls, falls[1] - 0.01, 0)),
        "a loss that is once above the first": healthy(rng, losses=with_one(falls, falls[0] + 0.5, later)),
        "small gradients": healthy(rng, norms=10 ** rng.uniform(-5.9, -4, size=VARIABLES)),
    }
    return told(diagnose, runs)


@diagnosis.check("saturated, in whichever layer")
def saturated(diagnose, rng):
    runs = {f"layer {k + 1} saturated": healthy(rng, saturated=pushed(rng, k)) for k in range(LAYERS)}
    free = int(rng.integers(LAYERS))
    runs["all but one saturated"] = healthy(rng, saturated=1 - pushed(rng, free))
    return told(diagnose, runs)


@diagnosis.check("a wrong gradient, in whichever variable")
def gradient(diagnose, rng):
    found = wrong_gradient(rng)
    unchecked = with_one(found["errors"], np.nan, int(np.argmin(found["errors"])))
    runs = {
        "one variable with a wrong gradient": healthy(rng, **found),
        "the same beside one that was not checked": healthy(rng, errors=unchecked),
        "an error of 1": healthy(rng, **wrong_gradient(rng, 1.0)),
    }
    return told(diagnose, runs)


@diagnosis.check("what was not checked is no wrong gradient, nor is rounding")
def unchecked(diagnose, rng):
    run = healthy(rng)
    some = with_one(run["errors"], np.nan, int(rng.integers(VARIABLES)))
    tiny = wrong_gradient(rng, rng.uniform(0.1, 0.9), 10 ** rng.uniform(-12, -8))
    place = int(np.argmax(tiny["errors"]))
    other = with_one(tiny["errors"], rng.uniform(0.01, 0.05), (place + 3) % VARIABLES)
    runs = {
        "one variable that was not checked": healthy(rng, errors=some),
        "none was checked": healthy(rng, errors=np.full(VARIABLES, np.nan), norms=np.zeros(VARIABLES)),
        "an error where the gradient is nearly 0": healthy(rng, **tiny),
        "another beside it": healthy(rng, errors=other, norms=tiny["norms"]),
    }
    return told(diagnose, runs)


@diagnosis.check("inputs that are not normalized")
def inputs(diagnose, rng):
    run, place = healthy(rng), int(rng.integers(INPUTS))
    far, tiny = rng.uniform(5, 50), run["deviations"] / 100
    runs = {
        "one mean far above 0": healthy(rng, means=with_one(run["means"], far, place)),
        "one mean far below 0": healthy(rng, means=with_one(run["means"], -far, place)),
        "one deviation far above 1": healthy(rng, **wide(rng)),
        "all inputs tiny": healthy(rng, means=run["means"] / 100, deviations=tiny),
        "all deviations tiny but for one": healthy(rng, deviations=with_one(tiny, 0.8, place)),
    }
    return told(diagnose, runs)


@diagnosis.check("a learning rate that is too large")
def rate(diagnose, rng):
    losses = healthy(rng)["losses"]
    later = int(rng.integers(4, STEPS))
    broken = np.where(np.arange(STEPS + 1) < later, losses, np.nan)
    climbs = np.concatenate([losses[:-2] + 1, [losses[0] + 2, losses[0] + 1.5]])
    runs = {
        "a loss that becomes NaN": healthy(rng, losses=broken),
        "a loss that is once infinite": healthy(rng, losses=with_one(losses, np.inf, later)),
        "a loss that ends higher than it began": healthy(rng, losses=climbs),
        "a loss that jumps up and down": healthy(rng, losses=jumping(rng)),
    }
    return told(diagnose, runs)


@diagnosis.check("several causes at once")
def several(diagnose, rng):
    upper = pushed(rng, LAYERS - 1)
    runs = {
        "saturated, and the loss jumps": healthy(rng, saturated=pushed(rng, 0), losses=jumping(rng)),
        "saturated, and a wrong gradient": healthy(rng, saturated=pushed(rng, 1), **wrong_gradient(rng)),
        "upper layer saturated, and wide inputs": healthy(rng, saturated=upper, **wide(rng)),
        "middle layer saturated, and wide inputs": healthy(rng, saturated=pushed(rng, 1), **wide(rng)),
        "wide inputs, and a wrong gradient": healthy(rng, **wide(rng), **wrong_gradient(rng)),
        "all three": healthy(rng, saturated=upper, **wide(rng), **wrong_gradient(rng)),
    }
    return told(diagnose, runs)


@diagnosis.check("what one cause explains is not blamed on another")
def explained(diagnose, rng):
    runs = {
        "wide inputs, and the first layer saturated": healthy(rng, saturated=pushed(rng, 0), **wide(rng)),
        "wide inputs, and the loss jumps": healthy(rng, losses=jumping(rng), **wide(rng)),
        "a wrong gradient, and the loss jumps": healthy(rng, losses=jumping(rng), **wrong_gradient(rng)),
        "wide inputs, and a loss of NaN": healthy(rng, losses=np.full(STEPS + 1, np.nan), **wide(rng)),
    }
    return told(diagnose, runs)


@diagnosis.check("just at each limit, and just beyond")
def limits(diagnose, rng):
    run, place = healthy(rng), int(rng.integers(INPUTS))
    found = {}
    for name, by in (("at", 1.0), ("beyond", 1.05)):
        found |= {
            f"a mean {name} the limit": healthy(rng, means=with_one(run["means"], 3 * by, place)),
            f"a deviation {name} the limit": healthy(
                rng, deviations=with_one(run["deviations"], 3 * by, place)
            ),
            f"all deviations {name} the lower limit": healthy(rng, deviations=np.full(INPUTS, 0.1 / by)),
            f"half of a layer {name} the limit": healthy(
                rng, saturated=with_one(run["saturated"], 0.5 * by, 1)
            ),
            f"an error {name} the limit": healthy(rng, **wrong_gradient(rng, 1e-3 * by)),
            f"a norm {name} the limit": healthy(rng, **wrong_gradient(rng, 0.3, 1e-6 / by)),
        }
    for count, steps in ((5, 20), (6, 20), (5, 19), (9, 40)):
        found[f"{count} of {steps} steps rise"] = healthy(rng, losses=rising(rng, steps, count))
    found["a loss that stays as it is"] = healthy(rng, losses=np.full(STEPS + 1, 2.3))
    return told(diagnose, found)


@diagnosis.example()
def example(diagnose, rng):
    def causes(**run):
        found = diagnose(run)
        return {"causes": [cause in found for cause in CAUSES]}

    return healthy(rng, saturated=pushed(rng, 1), **wide(rng)), causes


diagnosis.misconception(
    "it is always the learning rate",
    source="""
    def diagnose(run):
        losses = run["losses"]
        if np.all(np.diff(losses) < 0):
            return {"nothing"}
        return {"rate"}
    """,
    advice="The learning rate is the first that everybody turns, and one of four causes. Look at the other numbers first.",
)
diagnosis.misconception(
    "only the loss is looked at",
    source="""
    def diagnose(run):
        losses = run["losses"]
        if not np.all(np.isfinite(losses)) or losses[-1] > losses[0] or np.mean(np.diff(losses) > 0) > 0.25:
            return {"rate"}
        return {"nothing"}
    """,
    advice="A network learns something with a wrong gradient, too, and its loss falls (45:03). The loss alone cannot tell.",
    lecture="45:03",
)
diagnosis.misconception(
    "one cause at most: the first that is found",
    source=diagnosis.edited(
        (
            "return causes or",
            'return set([c for c in ("inputs", "saturated", "gradient", "rate") if c in causes][:1]) or',
        )
    ),
    advice="Two things may be wrong at once, and mending one then seems not to help. Collect all causes.",
)
diagnosis.misconception(
    "wrong inputs do not excuse the first layer",
    ("        layers = layers[1:]", "        layers = layers[0:]"),
    advice="Inputs of 50 push the first layer's units to ±1, however small its weights: then look at the layers above only.",
)
diagnosis.misconception(
    "the learning rate is blamed whatever else is wrong",
    ('if jumps and not causes & {"inputs", "gradient"}:', "if jumps:"),
    advice="A gradient of the wrong sign makes the loss rise at any rate. First mend what is surely wrong, then look again.",
)
diagnosis.misconception(
    "saturated units excuse the learning rate as well",
    source=diagnosis.edited(('causes & {"inputs", "gradient"}', "causes")),
    advice="Saturation makes learning slow. It does not make the loss jump: report the rate beside it.",
)
diagnosis.misconception(
    "wrong inputs do not excuse the learning rate",
    source=diagnosis.edited(('causes & {"inputs", "gradient"}', 'causes & {"gradient"}')),
    advice="Wide inputs make steep slopes: a rate that is right for others is then too large. Normalize, then look again.",
)
diagnosis.misconception(
    "a wrong gradient does not excuse the learning rate",
    source=diagnosis.edited(('causes & {"inputs", "gradient"}', 'causes & {"inputs"}')),
    advice="A gradient of the wrong sign makes the loss rise at any rate. Mend it, then look again.",
)
diagnosis.misconception(
    "what was not checked counts as wrong",
    source=diagnosis.edited(
        ('np.any(run["errors"][measurable] > 1e-3)', 'not np.all(run["errors"][measurable] <= 1e-3)')
    ),
    advice="NaN is neither above nor below: nothing arrived there. That is for the gradient's norm to explain.",
)
diagnosis.misconception(
    "one NaN hides all other errors",
    ('np.any(run["errors"][measurable] > 1e-3)', 'np.max(run["errors"][measurable], initial=0) > 1e-3'),
    advice="np.max of numbers with a NaN is NaN, and NaN > 1e-3 is False. Compare first, then ask np.any; or take np.nanmax.",
)
diagnosis.misconception(
    "one tiny gradient keeps all errors from being looked at",
    source=diagnosis.edited(
        (
            'np.any(run["errors"][measurable] > 1e-3)',
            'np.all(measurable) and np.any(run["errors"] > 1e-3)',
        )
    ),
    advice="Where one gradient is nearly 0, only its own error is rounding. Leave out that variable, and look at the others.",
)
diagnosis.misconception(
    "rounding in tiny gradients counts as a wrong gradient",
    ('    measurable = run["norms"] >= 1e-6', '    measurable = run["norms"] >= 0'),
    advice="Central differences are wrong by some 1e-10 whatever they measure: beside a gradient of 1e-9 that is a tenth. Leave those out.",
)
diagnosis.misconception(
    "the average over all layers instead of any layer",
    ("np.any(layers > 0.5)", "np.mean(layers) > 0.5"),
    advice="One saturated layer is enough to keep the gradient from all below it.",
)
diagnosis.misconception(
    "all layers have to be saturated, not any layer",
    source=diagnosis.edited(("np.any(layers > 0.5)", "np.all(layers > 0.5)")),
    advice="One saturated layer is enough to keep the gradient from all below it: np.any.",
)
diagnosis.misconception(
    "the means keep their sign",
    ('np.abs(run["means"])', 'run["means"]'),
    advice="A mean of -50 is as far away as one of 50: take the magnitude.",
)
diagnosis.misconception(
    "the deviations are not looked at",
    source=diagnosis.edited(("off_centre or too_wide or too_narrow", "off_centre")),
    advice="Normalized means mean 0 *and* deviation 1 (38:09).",
    lecture="38:09",
)
diagnosis.misconception(
    "tiny inputs pass",
    ("off_centre or too_wide or too_narrow", "off_centre or too_wide"),
    advice="Inputs of a thousandth give gradients of a thousandth: the first layer hardly learns. They are not normalized either.",
)
diagnosis.misconception(
    "one constant input is a fault",
    source=diagnosis.edited(('np.all(run["deviations"] < 0.1)', 'np.any(run["deviations"] < 0.1)')),
    advice="A pixel at the rim is always 0 and does no harm. Only where *all* inputs hardly change is something wrong.",
)
diagnosis.misconception(
    "a loss of NaN is taken for no number above the first",
    source=diagnosis.edited(("not np.all(np.isfinite(losses)) or ", "")),
    advice="NaN compares as False with everything. Ask np.isfinite first.",
)
diagnosis.misconception(
    "only NaN is looked for, not infinity",
    source=diagnosis.edited(("not np.all(np.isfinite(losses))", "np.any(np.isnan(losses))")),
    advice="A loss that was infinite and came down again is broken as well: np.isfinite is False for both.",
)
diagnosis.misconception(
    "the last loss is not held against the first",
    source=diagnosis.edited((" or losses[-1] > losses[0]", "")),
    advice="A loss that falls for long and ends higher than it began has been thrown out of its valley.",
)
RISES = "np.mean(rises) > 0.25"
diagnosis.misconception(
    "a loss that is not finite is blamed on the rate, whatever else is wrong",
    source=diagnosis.edited(
        ("if jumps and not causes", "if not np.all(np.isfinite(losses)) or jumps and not causes")
    ),
    advice="Wide inputs and wrong gradients make infinite losses at any rate. Where one of them is at fault, leave the rate alone.",
)
diagnosis.misconception(
    "a rise at the first step is enough",
    source=diagnosis.edited((RISES, f"rises[0] or {RISES}")),
    advice="One rise of many says little, and the first is a step like any other. Count all steps that rise.",
)
diagnosis.misconception(
    "a loss that is anywhere above its first value",
    source=diagnosis.edited(("losses[-1] > losses[0]", "np.max(losses) > losses[0]")),
    advice="Once above the start is one rise, and the loss may fall again. Hold the *last* value against the first.",
)
diagnosis.misconception(
    "one rise is enough",
    source=diagnosis.edited((RISES, "np.any(rises)")),
    advice="The loss rises now and then at a good rate, too. More than a quarter of the steps have to rise.",
)
diagnosis.misconception(
    "a fifth of the steps is enough",
    source=diagnosis.edited((RISES, "np.mean(rises) > 0.2")),
    advice="The limit is a quarter: np.mean(rises) > 0.25.",
)
diagnosis.misconception(
    "rises are divided by the number of losses, not of steps",
    source=diagnosis.edited((RISES, "np.sum(rises) / len(losses) > 0.25")),
    advice="There is a loss before the first step, so there is one more than there are steps. Divide by len(losses) - 1.",
)
diagnosis.misconception(
    "more than five rises, however many steps there are",
    source=diagnosis.edited((RISES, "np.sum(rises) > 5")),
    advice="Five steps are a quarter of twenty, and of no other number. Runs are of different lengths: divide by the number of steps.",
)
diagnosis.misconception(
    "with nothing wrong, the set is empty",
    source=diagnosis.edited(('causes or {"nothing"}', "causes")),
    advice='Say so: {"nothing"}.',
)
diagnosis.misconception(
    '"nothing" stands beside the causes',
    source=diagnosis.edited(('causes or {"nothing"}', 'causes | {"nothing"}')),
    advice='"nothing" is for the case that there is no other.',
)


@diagnosis.alternative
def as_a_list(run):
    mu, sigma = np.asarray(run["means"]), np.asarray(run["deviations"])
    bad_inputs = max(abs(mu)) > 3 or max(sigma) > 3 or max(sigma) < 0.1
    bad_start = max(run["saturated"][1 if bad_inputs else 0 :]) > 0.5
    pairs = zip(run["errors"], run["norms"], strict=True)
    bad_gradient = any(error > 1e-3 for error, norm in pairs if norm >= 1e-6)
    curve = list(run["losses"])
    up = sum(curve[i + 1] > curve[i] for i in range(len(curve) - 1))
    bad_curve = not np.isfinite(np.sum(curve)) or curve[-1] > curve[0] or up > (len(curve) - 1) / 4
    found = []
    if bad_inputs:
        found.append("inputs")
    if bad_start:
        found.append("saturated")
    if bad_gradient:
        found.append("gradient")
    if bad_curve and not bad_inputs and not bad_gradient:
        found.append("rate")
    return found or ["nothing"]


@diagnosis.alternative
def by_elimination(run):
    verdicts = {
        "inputs": (np.abs(run["means"]) > 3).any()
        or (run["deviations"] > 3).any()
        or not (run["deviations"] >= 0.1).any(),
        "gradient": (np.nan_to_num(run["errors"]) * (run["norms"] >= 1e-6)).max() > 1e-3,
    }
    first = int(verdicts["inputs"])
    verdicts["saturated"] = (run["saturated"][first:] > 0.5).any()
    if not verdicts["inputs"] and not verdicts["gradient"]:
        losses = np.where(np.isfinite(run["losses"]), run["losses"], np.inf)
        finite = losses.max() < np.inf
        verdicts["rate"] = not finite or losses[-1] > losses[0] or (losses[1:] > losses[:-1]).mean() > 0.25
    return {cause for cause, found in verdicts.items() if found} or {"nothing"}
