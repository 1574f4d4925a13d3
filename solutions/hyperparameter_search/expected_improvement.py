"""expected_improvement: how much better than the best so far, on average over what is believed."""

import warnings

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import short

improvement = Exercise("expected_improvement", kind="function", lecture="36:12")


@improvement.reference
def expected_improvement(mean, deviation, best):
    """By how much a trial is expected to be better than the best so far.

    A Gaussian process believes that the score s of a candidate is normally distributed. What counts is how far s is
    *above* the best score so far, and nothing below it:

    EI = E[max(s - best, 0)],    s ~ N(mean, deviation²)
       = (mean - best) Φ(z) + deviation φ(z),    z = (mean - best) / deviation

    Φ and φ are the standard normal distribution's cumulative function and density: `norm.cdf` and `norm.pdf` of
    `scipy.stats`. Where the deviation is 0, s is known, and EI is max(mean - best, 0), without a warning or NaN.

    Args:
        mean, deviation: what is believed of each candidate's score, float64 arrays of shape (N,); deviation >= 0.
        best: the highest score so far, a number.
    Returns:
        EI of each candidate, float64 array of shape (N,), never negative.
    """
    ### BEGIN SOLUTION
    from scipy.stats import norm

    gain = mean - best
    known = deviation == 0
    z = gain / np.where(known, 1.0, deviation)
    expected = gain * norm.cdf(z) + deviation * norm.pdf(z)
    return np.where(known, np.maximum(gain, 0), expected)
    ### END SOLUTION


# candidates
N = 11


def beliefs(rng, n=N):
    """Scores around 0.8, each with a deviation of its own, and the best so far among them."""
    mean = rng.uniform(0.6, 0.95, size=n)
    return mean, rng.uniform(0.03, 0.3, size=n), short(rng.uniform(0.8, 0.85))


def with_parts(expected_improvement, mean, deviation, best):
    """EI, beside what it is made of."""
    marks = {"mean": mean, "deviation": deviation, "mean - best": mean - best, "best": best}
    return {"EI": expected_improvement(mean.copy(), deviation.copy(), best), **landmarks(**marks)}


@improvement.check("the closed form", points=2)
def closed_form(expected_improvement, rng):
    return with_parts(expected_improvement, *beliefs(rng))


@improvement.check("a mean below the best may still pay, the more the less is known")
def below_the_best(expected_improvement, rng):
    _, deviation, best = beliefs(rng)
    behind = float(rng.uniform(0.1, 0.2))
    return with_parts(expected_improvement, np.full(N, best - behind), np.sort(deviation), best)


@improvement.check("scores of any size")
def any_size(expected_improvement, rng):
    mean, deviation, _ = beliefs(rng)
    scale = float(rng.uniform(30, 80))
    return with_parts(expected_improvement, -scale * mean, scale * deviation, short(-scale * 0.8))


@improvement.check("a score that is known: deviation 0")
def known(expected_improvement, rng):
    mean, deviation, best = beliefs(rng)
    deviation[[1, 4, 7]] = 0
    # One above the best, one below, one that is the best itself.
    mean[[1, 4, 7]] = best + float(rng.uniform(0.05, 0.2)), best - float(rng.uniform(0.05, 0.2)), best
    with warnings.catch_warnings(record=True) as caught, np.errstate(divide="warn", invalid="warn"):
        warnings.simplefilter("always")
        found = with_parts(expected_improvement, mean, deviation, best)
    warned = any(issubclass(one.category, RuntimeWarning) for one in caught)
    return found | {"a warning is given": float(warned)}


@improvement.example(
    without={"graph": "it works on NumPy's arrays", "dtype": "all of it is in float64"},
)
def example(expected_improvement, rng, N=5):
    # Below the best, and not hopeless: one candidate alone shows as much as several.
    best = short(rng.uniform(0.8, 0.85))
    mean, deviation = rng.uniform(0.6, 0.75, size=N), rng.uniform(0.1, 0.3, size=N)
    return {"mean": mean, "deviation": deviation}, lambda mean, deviation: {
        "EI": expected_improvement(mean, deviation, best)
    }


EXPECTED = "gain * norm.cdf(z) + deviation * norm.pdf(z)"
Z = "z = gain / np.where(known, 1.0, deviation)"
LAST = "return np.where(known, np.maximum(gain, 0), expected)"
improvement.misconception(
    "as if scores were to be minimized",
    ("gain = mean - best", "gain = best - mean"),
    advice="A score is better the higher it is: the gain is mean - best. (With a loss it would be best - mean.)",
)
improvement.misconception(
    "the case without a deviation is missing",
    (Z, "z = gain / deviation"),
    (LAST, "return expected"),
    advice="0/0 is no number. Where the deviation is 0 the score is known, and EI is max(mean - best, 0).",
)
improvement.misconception(
    "what is known can bring nothing",
    (LAST, "return np.where(known, 0.0, expected)"),
    advice="A candidate that is surely better than the best brings just that: max(mean - best, 0).",
)
improvement.misconception(
    "the density is not multiplied by the deviation",
    (EXPECTED, "gain * norm.cdf(z) + norm.pdf(z)"),
    advice="φ(z) is a number without a unit, and EI has the unit of a score: deviation · φ(z).",
)
improvement.misconception(
    "φ and Φ are exchanged",
    (EXPECTED, "gain * norm.pdf(z) + deviation * norm.cdf(z)"),
    advice="The gain goes with the probability that there is one, Φ(z) = norm.cdf(z); the deviation with the density φ(z) = norm.pdf(z).",
)
improvement.misconception(
    "the minus sign: the two terms are subtracted",
    (EXPECTED, "gain * norm.cdf(z) - deviation * norm.pdf(z)"),
    advice="Not knowing adds to what can be hoped for, since losses do not count: the second term is added.",
)
improvement.misconception(
    "the variance is taken for the deviation",
    (Z, "z = gain / np.where(known, 1.0, deviation**2)"),
    advice="z counts deviations: (mean - best) / deviation. scikit-learn's return_std=True gives the deviation already.",
)
improvement.misconception(
    "z has the other sign",
    (Z, "z = -gain / np.where(known, 1.0, deviation)"),
    advice="Φ(z) is the probability of being above the best, and must grow with the mean: z = (mean - best) / deviation.",
)
# What follows is by `source`, so that double faults do not grow with it.
improvement.misconception(
    "only the mean counts: what is known is explored",
    source=improvement.edited((EXPECTED, "np.maximum(gain, 0)")),
    advice="That is how much is gained if the mean is right. A candidate whose mean is lower may be much better, if little is known of it.",
)
improvement.misconception(
    "the probability of an improvement",
    source=improvement.edited((EXPECTED, "norm.cdf(z)")),
    advice="Φ(z) says how likely something is gained, not how much: a sure gain of 0.0001 would come first.",
)
improvement.misconception(
    "the gain times its probability, and no more",
    source=improvement.edited((EXPECTED, "gain * norm.cdf(z)")),
    advice="Given that there is an improvement, it is more than mean - best on average. The term deviation · φ(z) is missing.",
)
improvement.misconception(
    "the mean plus a deviation",
    source=improvement.edited((EXPECTED, "gain + deviation")),
    advice="That is an upper confidence bound, another rule. EI weighs each possible gain with its probability.",
)
improvement.misconception(
    "a gain below 0 is cut off before the mean is taken",
    source=improvement.edited(("gain = mean - best", "gain = np.maximum(mean - best, 0)")),
    advice="It is s - best that is cut off at 0, and then averaged. In the formula the gain keeps its sign.",
)
improvement.misconception(
    "NaN is made 0 afterwards, and NumPy warns",
    source=improvement.edited((Z, "z = gain / deviation"), (LAST, "return np.nan_to_num(expected)")),
    advice="The values are right, and the division by 0 still warns. Divide by 1 where the deviation is 0, or within np.errstate.",
)
improvement.misconception(
    "a gain below 0 counts as 0 in the first term",
    source=improvement.edited((EXPECTED, "np.maximum(gain, 0) * norm.cdf(z) + deviation * norm.pdf(z)")),
    advice="Where the mean is below the best the first term is negative, and has to be: the gain keeps its sign.",
)
improvement.misconception(
    "the root of the deviation",
    source=improvement.edited((Z, "z = gain / np.sqrt(np.where(known, 1.0, deviation))")),
    advice="`deviation` is one already, and not a variance: z = (mean - best) / deviation.",
)
improvement.misconception(
    "the density without its constant",
    source=improvement.edited((EXPECTED, "gain * norm.cdf(z) + deviation * np.exp(-(z**2) / 2)")),
    advice="The standard normal density is exp(-z²/2) / √(2π): norm.pdf(z).",
)
improvement.misconception(
    "the best is the highest mean of the candidates",
    source=improvement.edited(("gain = mean - best", "gain = mean - np.max(mean)")),
    advice="`best` is the highest score that was measured. What the candidates promise is not there yet.",
)
improvement.misconception(
    "the distance from the best, above or below",
    source=improvement.edited((EXPECTED, "gain * (2 * norm.cdf(z) - 1) + 2 * deviation * norm.pdf(z)")),
    advice="That is the mean of |s - best|. What is below the best costs nothing and brings nothing: max(s - best, 0).",
)


@improvement.alternative
def by_erf(mean, deviation, best):
    from scipy.special import erfc

    floor = np.maximum(deviation, 1e-300)
    z = np.clip((mean - best) / floor, -1e3, 1e3)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return (mean - best) * 0.5 * erfc(-z / np.sqrt(2)) + deviation * density


@improvement.alternative
def one_by_one(mean, deviation, best):
    from math import erf, exp, pi, sqrt

    found = np.zeros(len(mean))
    for i, (mu, sigma) in enumerate(zip(mean, deviation)):  # noqa: B905
        if sigma == 0:
            found[i] = max(mu - best, 0)
            continue
        z = (mu - best) / sigma
        found[i] = sigma * (z * 0.5 * (1 + erf(z / sqrt(2))) + exp(-z * z / 2) / sqrt(2 * pi))
    return found


@improvement.alternative
def by_tf(mean, deviation, best):
    gain = tf.constant(mean - best)
    z = tf.math.divide_no_nan(gain, deviation)
    below = 0.5 * (1 + tf.math.erf(z / 2**0.5))
    density = tf.exp(-tf.square(z) / 2) / (2 * np.pi) ** 0.5
    return tf.where(deviation > 0, gain * below + deviation * density, tf.nn.relu(gain))


improvement.equivalent("line 5: 1.0 → 2.0", because="where the deviation is 0, nobody looks at z")
