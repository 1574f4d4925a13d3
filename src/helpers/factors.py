"""What a factor is called: by a sign, a size of the draw, a number of the draw, or simply."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helpers.scene import Scene, Size

# A factor is a name's if it agrees to this share.
FACTOR_RTOL = 1e-3
SIMPLE = {
    2.0: "twice what was expected",
    0.5: "half of what was expected",
    **{float(n): f"{n} times what was expected" for n in (*range(3, 13), 100, 1000)},
    **{1 / n: f"what was expected, divided by {n}" for n in (*range(3, 13), 100, 1000)},
    1.5: "1.5 times what was expected",
    2 / 3: "2/3 of what was expected",
    math.sqrt(2): "√2 times what was expected",
    1 / math.sqrt(2): "what was expected, divided by √2",
    1 / math.log(2): "1/ln 2 times what was expected, as a logarithm to base 2 would give",
    1 / math.log(10): "1/ln 10 times what was expected, as a logarithm to base 10 would give",
    math.log(2): "ln 2 times what was expected",
}


@dataclass(frozen=True)
class Factor:
    """A factor with a name: a key that is the same at every draw, and the words that tell it."""

    key: tuple[str, ...]
    words: str


def factor_names(c: float, scene: Scene) -> Iterator[Factor]:
    """What a factor other than 1 may be called: by a sign, a size, simply, or by a number of the draw.

    At one draw a size may be 2 by chance, so all names are told, and what holds at every draw is left.

    Args:
        c: the factor.
        scene: what sizes and numbers there are.
    """
    if abs(c + 1) < 1e-4:
        yield Factor(("sign",), "the sign is the other one")
        return
    for factor in _factors(abs(c), scene):
        if c > 0:
            yield factor
        else:
            yield Factor((*factor.key, "minus"), f"{factor.words}, with the other sign")


def _factors(c: float, scene: Scene) -> Iterator[Factor]:
    for size in scene.sizes:
        yield from _by_size(c, size)
    for number, words in SIMPLE.items():
        if _is(c, number):
            yield Factor(("times", f"{number:.4g}"), words)
    for name, value in _single_numbers(scene):
        yield from _by_number(c, name, value)
    for i, one in enumerate(scene.sizes):
        for other in scene.sizes[i + 1 :]:
            yield from _by_two_sizes(c, one, other)


def _by_size(c: float, size: Size) -> Iterator[Factor]:
    n, name = size.number, f"{size.number}, {size.name}"
    forms = {
        "times": (n, f"{n} times what was expected, and {n} is {size.name}"),
        "divided": (1 / n, f"what was expected, divided by {name}"),
        "squared": (n * n, f"what was expected, times the square of {name}"),
        "divided twice": (1 / n / n, f"what was expected, divided by {name}, twice"),
        "root": (math.sqrt(n), f"what was expected, times the square root of {name}"),
        "divided by root": (1 / math.sqrt(n), f"what was expected, divided by the square root of {name}"),
    }
    if n > 2:
        forms["one less"] = ((n - 1) / n, f"what was expected, times {n - 1}/{n}, and {name}")
        forms["by one less"] = (n / (n - 1), f"what was expected, times {n}/{n - 1}, and {name}")
        forms["root one less"] = (
            math.sqrt((n - 1) / n),
            f"what was expected, times the root of {n - 1}/{n}, and {name}",
        )
        forms["root by one less"] = (
            math.sqrt(n / (n - 1)),
            f"what was expected, times the root of {n}/{n - 1}, and {name}",
        )
    for form, (number, words) in forms.items():
        if _is(c, number):
            yield Factor((form, size.name), words.replace(f", and {name}", f", and {n} is {size.name}"))


def _by_two_sizes(c: float, one: Size, other: Size) -> Iterator[Factor]:
    n, m = one.number, other.number
    if n == m:
        return
    product = f"{n}·{m}, {one.name} and {other.name}"
    if _is(c, n * m):
        yield Factor(("times both", one.name, other.name), f"what was expected, times {product}")
    if _is(c, 1 / (n * m)):
        yield Factor(("divided by both", one.name, other.name), f"what was expected, divided by {product}")
    for top, bottom in ((one, other), (other, one)):
        if _is(c, top.number / bottom.number):
            said = f"{top.number}/{bottom.number}: {top.name} by {bottom.name}"
            yield Factor(("ratio", top.name, bottom.name), f"what was expected, times {said}")


def _by_number(c: float, name: str, z: float) -> Iterator[Factor]:
    forms = {
        f"times {name}": z,
        f"divided by {name}": _divided(1, z),
        f"times 1 - {name}": 1 - z,
        f"divided by 1 - {name}": _divided(1, 1 - z),
        f"times {name} / (1 - {name})": _divided(z, 1 - z),
        f"times (1 - {name}) / {name}": _divided(1 - z, z),
        f"times the square of {name}": z * z,
        f"divided by the square of {name}": _divided(1, z * z),
        f"times the square of 1 - {name}": (1 - z) ** 2,
        f"divided by the square of 1 - {name}": _divided(1, (1 - z) ** 2),
        f"times the square root of {name}": math.sqrt(abs(z)),
        f"times twice {name}": 2 * z,
        f"times half of {name}": z / 2,
        f"times 1 - twice {name}": 1 - 2 * z,
        f"times 1 + {name}": 1 + z,
    }
    for words, number in forms.items():
        if _is(c, abs(number)):
            yield Factor(("by number", words), f"what was expected, {words}")


def _single_numbers(scene: Scene) -> Iterator[tuple[str, float]]:
    """The names and values of arrays that hold one number."""
    for name, value in scene.others.items():
        if value.size == 1 and value.dtype.kind in "fiu" and np.isfinite(value).all():
            yield name, float(value.reshape(()))


def _divided(a: float, b: float) -> float:
    return a / b if abs(b) > 1e-12 else 0.0


def _is(c: float, number: float) -> bool:
    """Whether a factor is a number that would change something."""
    if number <= 0 or abs(number - 1) < FACTOR_RTOL:
        return False
    return abs(c / number - 1) < FACTOR_RTOL
