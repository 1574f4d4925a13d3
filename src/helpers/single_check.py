"""A check: a function that runs beside a candidate and returns evidence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# What a check or a summary returns: arrays, or what becomes one, by name.
Arrays = dict[str, Any]
# f(*objects, rng)
Run = Callable[..., Arrays]
# f(theirs, ours)
Summary = Callable[[Arrays, Arrays], Arrays]


@dataclass
class Check:
    """A function that runs beside a candidate and returns arrays by name.

    Attributes:
        name: the property that it looks at, "the bias counts".
        run: the function, called as `run(*objects, rng)`.
        points: what it is worth.
        atol: absolute tolerances by name of an array or, where there is a summary, of what that returns.
        summarize: what of random evidence can be compared, called as `summarize(theirs, ours)`.
        probe: the probe's key, where an exercise's kind has brought the check (see `helpers.probes`).
        mistake: what a failure means, whatever the answer: of a probe, and of a check that says so.
        advice: one thing to try then.
        unless: words of an exception, or of the name of what differs, that mean something else than `mistake`.
        of_values: whether a probe compares values, which are wrong there as well where they are wrong elsewhere.
    """

    name: str
    run: Run
    points: float = 1
    atol: dict[str, float] = field(default_factory=dict)
    summarize: Summary | None = None
    probe: str = ""
    mistake: str = ""
    advice: str = ""
    unless: tuple[str, ...] = ()
    of_values: bool = False

    def summary(self, **atol: float) -> Callable[[Summary], Summary]:
        """Decorate `f(theirs, ours)`: what of random evidence can be compared, with its tolerances.

        `ours` is the reference's evidence for the same draw. It holds the inputs, so take them from
        there: evidence that belongs to another draw then fits nothing.

        Args:
            atol: absolute tolerances by name of what `f` returns.
        Returns:
            The decorator.
        """

        def decorate(function: Summary) -> Summary:
            self.summarize = function
            self.atol |= atol
            return function

        return decorate
