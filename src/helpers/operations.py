"""Which library operations does a source use, in which line, and what in it reaches out of the exercise?

Whose work an answer is shows while it runs (helpers.witness). Reading it tells three things more: the line; what of
libraries that run no operation it uses; and what could reach anything, or hide a use. The last is a tripwire: a person
looks at it, and it is never a reason to believe that somebody cheated.
"""

import ast
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from helpers.bindings import (
    ids_of_local,
    ids_of_self,
    local_uses,
    made_here,
    rebound,
)
from helpers.permitted import (
    BY_NAME,
    COMPUTING,
    DYNAMIC,
    WATCHED,
    WITHOUT_OPERATIONS,
    beginnings,
    canonical,
    reaches_out,
)
from helpers.source_reader import Reader, Tangled, Use


@dataclass(frozen=True)
class Reading:
    """What a source uses.

    Attributes:
        uses: library operations, as dotted paths, and in which line each stands.
        reaching: what reaches out of the exercise, or could hide a use, a sentence each with its line.
    """

    uses: tuple[Use, ...] = ()
    reaching: tuple[str, ...] = ()

    def borrowed(self, paths: Collection[str], objects: Collection[str] = ()) -> list[str]:
        """What is used of libraries that run no operation to be seen, although the exercise asks to write it.

        Args:
            paths: what is not the student's to call.
            objects: the exercise's: `math.tanh` is a tanh as well.
        Returns:
            A sentence about each, with its line.
        """
        found = []
        for line, path in self.uses:
            root, _, rest = path.partition(".")
            if _watched(path):
                continue
            scalar = root not in COMPUTING and rest in objects
            # One function stands in several modules.
            alias = path.rpartition(".")[2] in {
                name.rpartition(".")[2] for name in paths if not _watched(name)
            }
            if scalar or alias or _lies_in(path, paths):
                found.append(f"line {line}: {path} does what this exercise asks you to write")
        return list(dict.fromkeys(found))

    def mentions(self, paths: Collection[str]) -> bool:
        """Whether anything of this stands there, of whatever library."""
        return any(_lies_in(path, paths) for _, path in self.uses)

    def line_of(self, path: str) -> int:
        """The first line in which a path stands; 0 if in none."""
        return min((line for line, used in self.uses if _lies_in(used, [path])), default=0)


def _watched(path: str) -> bool:
    """Whether what stands at a path is seen while it runs."""
    return path.partition(".")[0] in WATCHED and not path.startswith(WITHOUT_OPERATIONS)


def _lies_in(path: str, paths: Collection[str]) -> bool:
    return path in paths or any(part in paths for part in beginnings(path))


def read(cells: Sequence[str], context: Sequence[str] = ()) -> Reading:
    """What cells use of libraries, and what in them reaches out.

    Args:
        cells: sources of the cells whose names the exercise's answer may reach, in the order in which they run.
        context: cells that may use what they like; names that they bind are understood.
    """
    reader = Reader()
    trees = _parse(cells)
    try:
        # First only names: one may be used above the place where it is bound.
        for tree in _parse(context) + trees:
            reader.opaque = ids_of_local(tree)
            reader.visit(tree)
        reader.forget_uses()
        reader.made_here = made_here(trees)
        reader.rebound = rebound(trees)
        for tree in trees:
            reader.local, reader.selves = local_uses(tree, DYNAMIC | BY_NAME), ids_of_self(tree)
            reader.opaque = ids_of_local(tree)
            reader.visit(tree)
            reader.refuse_modules_as_values(tree)
    except Tangled as error:
        return Reading(reaching=(str(error),))
    uses = list(dict.fromkeys((line, canonical(path)) for line, path in reader.uses))
    reaching = [*reader.refused, *_reaching_paths(uses)]
    return Reading(tuple(_longest(uses)), tuple(dict.fromkeys(reaching)))


def _longest(uses: Sequence[Use]) -> list[Use]:
    """Uses without those that are only on the way to another in the same line."""
    on_the_way: set[Use] = set()
    for line, path in uses:
        on_the_way.update((line, part) for part in beginnings(path))
    return [use for use in uses if use not in on_the_way]


def _reaching_paths(uses: Sequence[Use]) -> Iterator[str]:
    for line, path in _longest(uses):
        if reaches_out(path):
            yield f"line {line}: {path} reaches out of this exercise"


def _parse(cells: Sequence[str]) -> list[ast.Module]:
    """The cells that can be parsed; one that cannot defines nothing."""
    trees = []
    for cell in cells:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            trees.append(ast.parse(cell))
    return trees
