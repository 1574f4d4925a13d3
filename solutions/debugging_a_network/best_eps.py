"""truncation, rounding, best_eps: the two errors of a central difference, and where their sum is smallest."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks

terms = Exercise("best_eps", kind="function", lecture="42:58", objects=["truncation", "rounding", "best_eps"])


@terms.reference
def truncation(third, eps):
    """How far a central difference is from the slope if every number were exact.

    ε² |f‴| / 6,  the first term of Taylor's series that does not cancel      (lecture 42:58)

    Args:
        third: f‴, the third derivative, of either sign.    eps: ε.
    Returns:
        The error, not negative.
    """
    ### BEGIN SOLUTION
    return eps**2 * abs(third) / 6
    ### END SOLUTION


@terms.reference
def rounding(value, eps, u):
    """How far it is off because the computer rounds both values of f.

    Each of f(w + ε) and f(w - ε) may be wrong by u |f|, in opposite directions. Their difference is divided by 2ε.

    Args:
        value: f, of either sign.    eps: ε.
        u: by what share of itself a number may be rounded, 1.1e-16 in float64 and 6.0e-8 in float32.
    Returns:
        The error at its largest, not negative.
    """
    ### BEGIN SOLUTION
    return u * abs(value) / eps
    ### END SOLUTION


@terms.reference
def best_eps(value, third, u):
    """The ε for which truncation and rounding together are smallest.

    Args:
        value: f.    third: f‴, not 0.    u: as in `rounding`.
    Returns:
        ε.
    """
    ### BEGIN SOLUTION
    return (3 * u * abs(value) / abs(third)) ** (1 / 3)
    ### END SOLUTION


UNITS_OF_ROUNDING = (1.1e-16, 6.0e-8, 4.9e-4)


def numbers(rng, count=5):
    """Values and third derivatives, of either sign."""
    signs = rng.permutation([-1, -1, 1, 1, 1])[:count]
    return signs * rng.uniform(0.5, 9, size=count), -signs * rng.uniform(0.1, 40, size=count)


@terms.check("truncation: what Taylor's series leaves")
def of_truncation(truncation, rounding, best_eps, rng):
    _, third = numbers(rng)
    eps = 10 ** rng.uniform(-4, -1, size=5)
    found = [truncation(float(t), float(e)) for t, e in zip(third, eps, strict=True)]
    return {"truncation": np.array(found), **landmarks(third=third, eps=eps)}


@terms.check("rounding: both values are rounded")
def of_rounding(truncation, rounding, best_eps, rng):
    value, _ = numbers(rng)
    eps = 10 ** rng.uniform(-4, -1, size=5)
    found = {}
    for u in UNITS_OF_ROUNDING:
        found[f"rounding, u = {u:g}"] = [
            rounding(float(v), float(e), u) for v, e in zip(value, eps, strict=True)
        ]
    return {**found, **landmarks(value=value, eps=eps)}


# Near its lowest point the sum hardly changes: whoever searches for it finds it to half of the digits.
@terms.check(
    "the best ε, in three precisions",
    points=2,
    **{f"best ε, u = {u:g}": atol for u, atol in zip(UNITS_OF_ROUNDING, (1e-12, 1e-9, 1e-8), strict=True)},
)
def of_best(truncation, rounding, best_eps, rng):
    value, third = numbers(rng)
    found = {}
    for u in UNITS_OF_ROUNDING:
        found[f"best ε, u = {u:g}"] = [
            best_eps(float(v), float(t), u) for v, t in zip(value, third, strict=True)
        ]
    return {**found, **landmarks(value=value, third=third)}


NUMBERS = "two or three numbers come in, and a number goes out"


@terms.example(without={"untouched": NUMBERS, "graph": NUMBERS, "dtype": NUMBERS, "one": NUMBERS})
def example(truncation, rounding, best_eps, rng):
    return {}, lambda: {"best ε": best_eps(1.0, 2.0, 1e-16)}


T = "return eps**2 * abs(third) / 6"
R = "return u * abs(value) / eps"
B = "return (3 * u * abs(value) / abs(third)) ** (1 / 3)"
terms.misconception(
    "the error of the forward difference, of first order in ε",
    (T, "return eps * abs(third) / 2"),
    advice="In f(w + ε) - f(w - ε) the terms with f″ cancel. The first that stays is ε³f‴/6, twice, divided by 2ε.",
)
terms.misconception(
    "the cube of ε: the division by 2ε is forgotten",
    (T, "return eps**3 * abs(third) / 6"),
    advice="Both values have a term ε³f‴/6, of opposite sign: their difference, ε³f‴/3, is divided by 2ε.",
)
terms.misconception(
    "ε²f‴/3: the two terms are added, and divided by ε instead of 2ε",
    source=terms.edited((T, "return eps**2 * abs(third) / 3")),
    advice="The two terms make ε³f‴/3, and the distance is 2ε.",
)
terms.misconception(
    "half of f‴, as in the second term of the series",
    source=terms.edited((T, "return eps**2 * abs(third) / 2")),
    advice="The third term of Taylor's series is ε³f‴ divided by 3! = 6.",
)
terms.misconception(
    "the truncation keeps the sign of f‴",
    source=terms.edited((T, "return eps**2 * third / 6")),
    advice="How far off is a distance: take |f‴|.",
)
terms.misconception(
    "the rounding keeps the sign of f",
    source=terms.edited((R, "return u * value / eps")),
    advice="A negative loss is rounded as well: take |f|.",
)
terms.misconception(
    "only one of the two values is rounded",
    (R, "return u * abs(value) / (2 * eps)"),
    advice="At worst one is rounded up and the other down: 2u|f|, divided by 2ε.",
)
terms.misconception(
    "the two roundings add up to 2u|f|, but the distance is taken for ε",
    source=terms.edited((R, "return 2 * u * abs(value) / eps")),
    advice="2u|f| is right. The distance between the two places is 2ε.",
)
terms.misconception(
    "rounding is multiplied by ε",
    (R, "return u * abs(value) * eps"),
    advice="The difference is divided by 2ε, and its error with it: the smaller ε, the *larger* what rounding does.",
)
terms.misconception(
    "rounding does not depend on how large f is",
    (R, "return u / eps"),
    advice="u is a share: a loss of 1000 is rounded a thousand times more coarsely than one of 1.",
)
terms.misconception(
    "the same for every precision, u of float64",
    source=terms.edited((R, "return 1.1e-16 * abs(value) / eps")),
    advice="u is an argument: float32 rounds half a thousand million times more coarsely.",
)
terms.misconception(
    "where the two errors are equal, not where their sum is smallest",
    (B, "return (6 * u * abs(value) / abs(third)) ** (1 / 3)"),
    advice="ε² |f‴|/6 = u|f|/ε gives another ε. Set the derivative of the *sum* to 0: ε|f‴|/3 = u|f|/ε².",
)
terms.misconception(
    "a square root, as for forward differences",
    (B, "return (2 * u * abs(value) / abs(third)) ** (1 / 2)"),
    advice="The truncation goes with ε²: its derivative, ε|f‴|/3, meets u|f|/ε² at ε³ = 3u|f|/|f‴|.",
)
terms.misconception(
    "twice a square root, as for forward differences",
    source=terms.edited((B, "return 2 * (u * abs(value) / abs(third)) ** (1 / 2)")),
    advice="That is where ε|f″|/2 + 2u|f|/ε is smallest. Here the truncation goes with ε²: ε|f‴|/3 = u|f|/ε² at ε³ = 3u|f|/|f‴|.",
)
terms.misconception(
    "the constant 3 is left out",
    source=terms.edited((B, "return (u * abs(value) / abs(third)) ** (1 / 3)")),
    advice="From ε|f‴|/3 = u|f|/ε² follows ε³ = 3u|f|/|f‴|.",
)
terms.misconception(
    "the cube root of u alone",
    source=terms.edited((B, "return u ** (1 / 3)")),
    advice="A good rule of thumb where f and f‴ are near 1. Here both are given.",
)
terms.misconception(
    "f and f‴ are exchanged",
    source=terms.edited((B, "return (3 * u * abs(third) / abs(value)) ** (1 / 3)")),
    advice="A large f is rounded coarsely and wants a larger ε; a large f‴ bends and wants a smaller one.",
)
terms.misconception(
    "no root at all",
    source=terms.edited((B, "return 3 * u * abs(value) / abs(third)")),
    advice="That is ε³. Take the cube root.",
)
terms.misconception(
    "1/3 is applied before the bracket is complete",
    source=terms.edited((B, "return 3 * u * abs(value) / abs(third) ** (1 / 3)")),
    advice="`**` binds more tightly than `/`: put the whole fraction in brackets.",
)
terms.misconception(
    "the lecture's 10⁻⁶ for every function",
    source=terms.edited((B, "return 1e-6")),
    advice="A fine ε for a loss near 1 in float64. In float32 it is far too small: let u, f and f‴ decide.",
)

terms.alternative(
    name="with NumPy",
    source="""
    def truncation(third, eps):
        return np.abs(third / 6 * eps * eps)


    def rounding(value, eps, u):
        worst = 2 * u * np.abs(value)
        return worst / (2 * eps)


    def best_eps(value, third, u):
        return np.cbrt(np.abs(3 * u * value / third))
    """,
)
terms.alternative(
    name="by logarithms",
    source="""
    def truncation(third, eps):
        return (third**2) ** 0.5 * eps**2 / 6


    def rounding(value, eps, u):
        return max(value, -value) * u / eps


    def best_eps(value, third, u):
        return float(np.exp((np.log(3) + np.log(u) + np.log(abs(value)) - np.log(abs(third))) / 3))
    """,
)
terms.alternative(
    name="by search",
    source="""
    def truncation(third, eps):
        return abs(third) * eps * eps / 6


    def rounding(value, eps, u):
        return abs(value) * u / eps


    def best_eps(value, third, u):
        def both(eps):
            return truncation(third, eps) + rounding(value, eps, u)

        low, high = 1e-9, 1e3
        for _ in range(200):
            left, right = np.cbrt(low * low * high), np.cbrt(low * high * high)
            if both(left) < both(right):
                high = right
            else:
                low = left
        return low
    """,
)
