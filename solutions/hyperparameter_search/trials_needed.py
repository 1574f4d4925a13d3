"""trials_needed: how many independent trials make it likely that a good one is among them."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks

needed = Exercise("trials_needed", kind="report", lecture="34:03")


@needed.reference
def trials_needed(share, certainty, dying=0.0):
    """How many random trials are needed so that, with the given certainty, one of the best is among them.

    A trial is one of the best with probability `share`, independently of all others, and dies with probability
    `dying`, whatever its settings; a dead one does not count. n trials all miss with probability
    (1 - share · (1 - dying))ⁿ.

    Args:
        share: of the settings that count as the best, above 0 and below 1: 0.05 for the best 5 %.
        certainty: the probability that at least one of the trials is among them, above 0 and below 1.
        dying: the probability that a trial dies, at least 0 and below 1.
    Returns:
        The smallest number of trials that is enough, an integer.
    """
    ### BEGIN SOLUTION
    hit = share * (1 - dying)
    n = np.log(1 - certainty) / np.log(1 - hit)
    return int(np.ceil(n))
    ### END SOLUTION


def several(trials_needed, share, certainty, dying):
    """The numbers of trials for several cases, and what was given."""
    rows = zip(share, certainty, dying, strict=True)
    found = [trials_needed(float(q), float(c), float(p)) for q, c, p in rows]
    return {"trials": found, **landmarks(share=share, certainty=certainty, dying=dying)}


def not_whole(rng, low, high):
    """Seven numbers of trials before they are rounded: some would be rounded down to the nearest, others up."""
    fractions = np.concatenate([rng.uniform(0.1, 0.4, 3), rng.uniform(0.6, 0.9, 4)])
    return rng.integers(low, high, size=7) + rng.permutation(fractions)


def hit_for(n, certainty):
    """The chance to hit with which so many trials are needed."""
    return 1 - (1 - certainty) ** (1 / n)


@needed.check("with a certainty of 95 %")
def usual(trials_needed, rng):
    share = hit_for(not_whole(rng, 14, 290), 0.95)
    # more trials than anybody would make, and 1 - share has few digits in float32
    small = hit_for(not_whole(rng, 2000, 20_000)[:3], 0.95)
    return {
        "trials": [trials_needed(float(q), 0.95) for q in share],
        "trials for small shares": [trials_needed(float(q), 0.95) for q in small],
        **landmarks(share=share, **{"small share": small}),
    }


@needed.check("with any certainty")
def any_certainty(trials_needed, rng):
    certainty = rng.uniform(0.3, 0.999, size=7)
    return several(trials_needed, hit_for(not_whole(rng, 4, 150), certainty), certainty, np.zeros(7))


@needed.check("where some of the trials die")
def with_deaths(trials_needed, rng):
    # Where many are good it matters whether deaths thin out the good ones or lengthen the search; where few are, how many trials there are.
    share = np.concatenate([rng.uniform(0.75, 0.9, size=7), rng.uniform(0.1, 0.3, size=7)])
    dying = rng.uniform(0.2, 0.4, size=14)
    n = np.concatenate([not_whole(rng, 2, 6), not_whole(rng, 10, 40)])
    certainty = 1 - (1 - share * (1 - dying)) ** n
    return several(trials_needed, share, certainty, dying)


@needed.check("where a few trials are enough")
def few(trials_needed, rng):
    certainty = rng.uniform(0.4, 0.99, size=7)
    return several(trials_needed, hit_for(not_whole(rng, 1, 6), certainty), certainty, np.zeros(7))


@needed.check("where it comes out even")
def even(trials_needed, rng):
    # the logarithm of (1/2)ⁿ is n times that of 1/2 to the last bit where n is a power of 2
    powers = rng.permutation([1, 2, 4, 8, 16])
    found = [trials_needed(0.5, float(1 - 0.5**n)) for n in powers]
    return {"trials": found, **landmarks(certainty=1 - 0.5**powers)}


@needed.example()
def example(trials_needed, rng):
    share = rng.uniform(0.02, 0.2, size=5)
    return {"share": share}, lambda share: {"trials": [trials_needed(float(q), 0.9) for q in share]}


LOGS = "np.log(1 - certainty) / np.log(1 - hit)"
CEIL = "int(np.ceil(n))"
needed.misconception(
    "chances are added up",
    (LOGS, "certainty / hit"),
    advice="Several trials may hit, so their chances do not add up. Multiply the chances that each one *misses*.",
)
needed.misconception(
    "share and certainty are exchanged",
    (LOGS, "np.log(1 - hit) / np.log(1 - certainty)"),
    advice="(1 - hit)ⁿ ≤ 1 - certainty: take logarithms, and divide by that of 1 - hit.",
)
needed.misconception(
    "the chance to hit each time",
    (LOGS, "np.log(certainty) / np.log(1 - hit)"),
    advice="What has to be small is the chance that *all* miss: (1 - hit)ⁿ ≤ 1 - certainty.",
)
needed.misconception(
    "one trial short: the last number that is not enough",
    (CEIL, "int(n)"),
    advice="With fewer trials than n the certainty is not reached: 58.4 become 59. Round up.",
)
needed.misconception(
    "rounded to the nearest",
    (CEIL, "int(np.round(n))"),
    advice="58.4 trials are not done by 58. Round up.",
)
needed.misconception(
    "deaths are left out",
    ("hit = share * (1 - dying)", "hit = share"),
    advice="A trial has to be good *and* to survive: share · (1 - dying).",
)
needed.misconception(
    "only dead trials count",
    ("share * (1 - dying)", "share * dying if dying else share"),
    advice="`dying` is the probability to die; what counts survives, with probability 1 - dying.",
)
needed.misconception(
    "a number of trials that is no whole number",
    (CEIL, "np.ceil(n)"),
    advice="range(59.0) raises an error. Give an integer.",
)
needed.misconception(
    "one more than rounded down, also where it comes out even",
    source=needed.edited((CEIL, "int(n) + 1")),
    advice="Two trials with a chance of 1/2 reach 75 % exactly, and a third is not needed. int(n) + 1 is not np.ceil(n) there.",
)
needed.misconception(
    "who dies counts as a hit",
    source=needed.edited(("share * (1 - dying)", "1 - (1 - share) * (1 - dying)")),
    advice="(1 - share)(1 - dying) is the chance to survive and miss. Who dies misses too: 1 - share · (1 - dying).",
)
needed.misconception(
    "so many that the survivors are enough on average",
    source=needed.edited(("share * (1 - dying)", "share"), (CEIL, "int(np.ceil(np.ceil(n) / (1 - dying)))")),
    advice="How many survive is left to chance. Put the survival into the chance of a hit: share · (1 - dying).",
)
needed.misconception(
    "1/share: one good trial on average",
    source=needed.edited((LOGS, "1 / hit")),
    advice="On average one of 20 is among the best 5 %; that at least one is, has then a probability of 64 % only.",
)
needed.misconception(
    "the rule of thumb for small shares",
    source=needed.edited((LOGS, "-np.log(1 - certainty) / hit")),
    advice="log(1 - q) ≈ -q is an approximation for small q. Compute with the logarithm itself.",
)
needed.misconception(
    "the dead are added to the number of trials",
    source=needed.edited(
        ("share * (1 - dying)", "share"),
        (CEIL, "int(np.ceil(np.ceil(n) * (1 + dying)))"),
    ),
    advice="Those that are added die as well. Put the survival into the chance of a hit: share · (1 - dying).",
)


@needed.alternative
def by_counting(share, certainty, dying=0.0):
    all_miss, n = 1.0, 0
    while 1 - all_miss < certainty:
        all_miss *= 1 - share * (1 - dying)
        n += 1
    return n


@needed.alternative
def by_log1p(share, certainty, dying=0.0):
    from math import ceil, log1p

    return ceil(log1p(-certainty) / log1p(-share + share * dying))
