"""The language in which exercises are written: a reference, its misconceptions, and checks that tell them apart.

    dense = Exercise("Dense", lecture="3:17")

    @dense.reference
    class Dense(keras.layers.Layer): ...            # the statement is its docstring

    @dense.check("a = hW + b", points=2)
    def pre_activation(Dense, rng): ...             # returns evidence; helpers.checks says more

    dense.misconception("the bias is forgotten", (" + self.b", ""), lecture="3:17", advice="...")

    @dense.alternative
    class DenseByEinsum(keras.layers.Layer): ...    # right as well, in another style

A misconception is an edit of the reference's source, so it cannot drift from it, and two compose into a
double fault. No expected value and no verdict is ever written by hand.
"""

import ast
import inspect
import itertools
import linecache
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.checks import Candidate, Checks
from helpers.errors import AuthoringError
from helpers.verdict import Advice

# a piece of the reference's source, and what stands in its place
Edit = tuple[str, str]
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


NO_ADVICE = Advice()


@dataclass(frozen=True)
class Rival:
    """A misconception or an alternative: `source` defines the exercise's objects."""

    name: str
    source: str
    candidate: Candidate
    edits: tuple[Edit, ...] = ()
    advice: Advice = NO_ADVICE


class Exercise(Checks):
    """An exercise with its answers. Its arguments are those of `Checks`."""

    def __init__(self, name: str, **settings: Any):
        super().__init__(name, **settings)
        self.misconceptions: list[Rival] = []
        self.alternatives: list[Rival] = []
        self.equivalents: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self.module: dict = {}

    def reference(self, thing: Any) -> Any:
        """Decorate the right answer; once for each object that the exercise asks for."""
        if thing.__name__ not in self.objects:
            raise AuthoringError(f"{self.name}: {thing.__name__} is none of {', '.join(self.objects)}")
        self.module = vars(sys.modules[thing.__module__])
        self._sources[thing.__name__] = source_of(thing)
        return thing

    @property
    def source(self) -> str:
        """The reference's source, as it stands in the instructor's solution cell."""
        return "\n\n".join(self._sources[name] for name in self.objects)

    @property
    def stub(self) -> str:
        """What the student finds in the solution cell."""
        return without_solutions(self.source)

    @property
    def candidate(self) -> Candidate:
        return tuple(self.module[name] for name in self.objects)

    @property
    def advice(self) -> dict[str, Advice]:
        """What is advised against each misconception, and against what a failed probe means."""
        known = {check.mistake: Advice(check.advice, self.lecture) for check in self.checks if check.mistake}
        return known | {rival.name: rival.advice for rival in self.misconceptions}

    def edited(self, *edits: Edit) -> str:
        """The reference's source with pieces replaced.

        Raises:
            AuthoringError: if a piece does not occur exactly once.
        """
        source = self.source
        for old, new in edits:
            if source.count(old) != 1:
                raise AuthoringError(f"{self.name}: this occurs {source.count(old)} times, not once: {old!r}")
            source = source.replace(old, new)
        return source

    def make(self, source: str) -> Candidate:
        """Run a source in the names of the reference's module and take the exercise's objects from it.

        Whatever it registers with Keras, the names of the reference's classes stay theirs.
        """
        file = f"<{self.name} {abs(hash(source))}>"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        space = dict(self.module)
        code = compile(source, file, "exec", dont_inherit=True)
        try:
            exec(code, space)
        finally:
            self._restore_registration()
        return tuple(space[name] for name in self.objects)

    def _restore_registration(self) -> None:
        """Give the reference's classes the names back that Keras knew them by: the last to take a name has it."""
        classes = [thing for thing in self.candidate if inspect.isclass(thing)]
        if not classes:
            return
        # late: where no class is asked for, nothing should cost an import of TensorFlow
        from keras import saving

        registered = saving.get_custom_objects()
        for thing in classes:
            name = saving.get_registered_name(thing)
            if name in registered:
                registered[name] = thing

    def misconception(
        self, name: str, *edits: Edit, advice: str, lecture: str = "", source: str = "", question: str = ""
    ) -> None:
        """Add a wrong answer that students give, as edits of the reference or as a source of its own.

        Args:
            name: what the student believes or forgot, as the card says it: "the bias is forgotten".
            advice: one thing to try.
            lecture: where the lecture treats it; by default where it treats the exercise.
            source: a source of its own, where an edit would not do.
            question: what the card asks first, before it tells the name; by default a standard question.
        """
        if name in [m.name for m in self.misconceptions]:
            raise AuthoringError(f"{self.name}: two misconceptions are called {name!r}")
        text = textwrap.dedent(source).strip() if source else self.edited(*edits)
        note = Advice(advice, lecture or self.lecture, question)
        self.misconceptions.append(Rival(name, text, self.make(text), () if source else edits, note))

    def alternative(self, thing: Any = None, *, name: str = "", source: str = "") -> Any:
        """Add another right answer: decorate one object of any name, or give a source that defines all."""
        if source:
            text = textwrap.dedent(source).strip()
        else:
            (wanted,) = self.objects
            name, text = thing.__name__, source_under(wanted, thing)
        self.alternatives.append(Rival(name, text, self.make(text)))
        return thing

    def equivalent(self, mutant: str, *, because: str) -> None:
        """Say why a mutant of the reference that no check catches is a right answer too."""
        self.equivalents[mutant] = because

    def pairs(self) -> Iterator[tuple[tuple[str, str], str]]:
        """Double faults: the names of two misconceptions, and the reference with the edits of both."""
        for a, b in itertools.combinations([m for m in self.misconceptions if m.edits], 2):
            try:
                source = self.edited(*a.edits, *b.edits)
                compile(source, self.name, "exec")
            except (ValueError, SyntaxError):
                # the two edits meet in one place
                continue
            yield (a.name, b.name), source


def source_of(thing: Callable) -> str:
    """The source of a function or class without the decorator that registered it with an exercise."""
    text = textwrap.dedent(inspect.getsource(thing))
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    drop = {
        line
        for d in node.decorator_list
        if isinstance(d, ast.Attribute) and d.attr in ("reference", "alternative")
        for line in range(d.lineno, (d.end_lineno or d.lineno) + 1)
    }
    return "\n".join(line for i, line in enumerate(text.rstrip().split("\n"), 1) if i not in drop)


def source_under(name: str, thing: Callable) -> str:
    """The source of a function or class, as one that defines it under another name.

    A class is renamed rather than bound anew, since Keras registers it by the name in its definition.
    """
    source = source_of(thing)
    if inspect.isclass(thing):
        return re.sub(r"^class \w+", f"class {name}", source, count=1, flags=re.MULTILINE)
    return f"{source}\n\n{name} = {thing.__name__}"


def without_solutions(source: str) -> str:
    """Replace each solution region by the stub, as nbgrader's ClearSolutions does."""
    lines, inside = [], False
    for line in source.split("\n"):
        if line.strip() == BEGIN:
            inside = True
            lines += textwrap.indent(STUB, line[: len(line) - len(line.lstrip())]).split("\n")
        elif line.strip() == END:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def file_of(exercise: Exercise) -> Path:
    """Where an exercise is written."""
    return Path(exercise.module["__file__"])


def solution_id(exercise: str) -> str:
    """nbgrader's id of the solution cell of an exercise, by the exercise's name; ids hold no spaces or signs."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", exercise).strip("-")


def check_id(exercise: str) -> str:
    """nbgrader's id of the check cell of an exercise, by the exercise's name."""
    return f"{solution_id(exercise)}-check"
