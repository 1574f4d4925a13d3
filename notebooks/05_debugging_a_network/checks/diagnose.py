"""What `check(diagnose)` looks at (lecture 43:37).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.runs import INPUTS, LAYERS, STEPS, VARIABLES, healthy, in_words, jumping, pushed, wide, with_one, wrong_gradient

diagnosis = Checks("diagnose", kind="report", lecture="43:37")

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
