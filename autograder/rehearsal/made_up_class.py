"""A class of made-up students: for each, a submission made from the notebook that students get, and what grading
should find in it."""

import copy
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.exercise import BEGIN, END, Exercise, Rival, solution_id
from autograder.grading.plan import DERIVATION, SOLUTION, Plan

FIRST = "Ada Bjørn Chiara Dmitri Eszter Farid Grace Hana Ivo Júlia Kofi Léa Miro Niamh Olu Priya Quentin Rosa Sven Tomáš Uma Véra"
LAST = "Okafor Lindqvist Rossi Volkov Szabó Haddad Mbeki Suzuki Novák Almeida Mensah Dubois Petrov O'Brien Adeyemi Raman Çelik"
OTHERS = ["محمد علي", "李 明", "Müller, Jörg", "de la Cruz", "x" * 40]

PROOF = "From the definition, step by step: $a = hW + b$, so it follows."
LOOP = """while True:
    try:
        while True:
            pass
    except BaseException:
        continue

"""
HOG = "hog = []\nwhile True:\n    hog.append(b'x' * (1 << 28))\n"
WARNING = 'import warnings\n\nwarnings.warn("this is only a warning")\n\n'
FLOOD = 'print("x" * 10_000_000)\n'

Answers = dict[str, str]
"""Source code, by the exercise that it answers."""
Change = Callable[[NotebookNode], None]


@dataclass
class Planted:
    """One submission, and what grading should find: full marks, names of misconceptions, or no points.

    Args:
        what: what was handed in, for a table.
        data: the file's bytes.
        file: its name, if it is not the unit's.
        full: exercises that must get full marks.
        named: misconceptions that must be named, by exercise.
        none: exercises that must get no points.
        review: whether it must be marked for review; None if it may be either way.
        student: whose it is, as a name that is an id as well.
    """

    what: str
    data: bytes
    file: str = ""
    full: frozenset[str] = frozenset()
    named: dict[str, str] = field(default_factory=dict)
    none: frozenset[str] = frozenset()
    review: bool | None = False
    student: str = ""


def make_class(
    plan: Plan, students: int, broken: bool, other: bytes, misconceptions: int = 0
) -> list[Planted]:
    """A class for one unit.

    Args:
        plan: the unit.
        students: how many at least.
        broken: with submissions that fail in every way that students know.
        other: a notebook of another unit.
        misconceptions: how many of an exercise's are held at most, spread over all that it has; all if 0.
    """
    planted = [
        *_right(plan),
        *_misconceptions(plan, misconceptions),
        *_doubles(plan),
        _half(plan),
        _untouched(plan),
    ]
    if broken:
        planted += _broken(plan, other)
    missing = max(0, students - len(planted))
    planted += itertools.islice(_mixed(plan), missing)
    for submission, name in zip(planted, names(), strict=False):
        submission.student = name
    return planted


def names() -> Iterator[str]:
    """Names as they come: with spaces, accents, commas, and in other scripts; no two are alike.

    They are ids and names of folders as well. When all pairs of a first and a last name are used up, each has a
    middle initial, then two.
    """
    first, last = itertools.cycle(FIRST.split()), itertools.cycle(LAST.split())
    others = iter(OTHERS)
    # the two lists have no common divisor, so that each pair comes once in so many names
    pairs = len(FIRST.split()) * len(LAST.split())
    for number in itertools.count():
        if number % 9 == 4:
            yield from itertools.islice(others, 1)
        middle = _initials(number // pairs)
        yield " ".join([next(first), *middle, next(last)])


def hand_in(plan: Plan, answers: Mapping[str, str], change: Change | None = None) -> bytes:
    """The unit's notebook as students get it, with answers in the solution cells and in the derivations.

    Args:
        plan: the unit.
        answers: source code, by exercise; if there is any, derivations are answered as well.
        change: what else is done to the notebook.
    """
    cells = []
    for planned in plan.cells:
        cell = copy.deepcopy(planned.node)
        if planned.kind == SOLUTION and planned.exercise in answers:
            cell.source = answers[planned.exercise]
        elif planned.kind == DERIVATION and answers:
            cell.source = PROOF
        cells.append(cell)
    notebook = NotebookNode(cells=cells, metadata={}, nbformat=4, nbformat_minor=5)
    if change:
        change(notebook)
    return json.dumps(notebook, ensure_ascii=False).encode()


def reference(exercise: Exercise) -> str:
    """The right answer as a student writes it."""
    return _without_marks(exercise.source)


def _right(plan: Plan) -> Iterator[Planted]:
    """One student has every reference; student k has, in every exercise that has so many, its k-th alternative."""
    full = frozenset(plan.exercises)
    yield Planted("everything right", hand_in(plan, _references(plan)), full=full)
    for k in range(max(len(exercise.alternatives) for exercise in plan.exercises.values())):
        answers = _references(plan)
        for name, exercise in plan.exercises.items():
            if k < len(exercise.alternatives):
                answers[name] = _without_marks(exercise.alternatives[k].source)
        yield Planted(f"right in other ways, {k + 1}", hand_in(plan, answers), full=full)


def _misconceptions(plan: Plan, most: int) -> Iterator[Planted]:
    """Student k holds, in every exercise that has so many, the k-th of those that are held."""
    chosen = {name: _spread(exercise.misconceptions, most) for name, exercise in plan.exercises.items()}
    for k in range(max(len(misconceptions) for misconceptions in chosen.values())):
        answers = _references(plan)
        named = {}
        for name, misconceptions in chosen.items():
            if k < len(misconceptions):
                held = misconceptions[k]
                answers[name] = _without_marks(held.source)
                named[name] = held.name
        full = frozenset(plan.exercises) - named.keys()
        what = f"misconception {k + 1} of each exercise"
        yield Planted(what, hand_in(plan, answers), full=full, named=named)


def _spread(things: Sequence[Rival], most: int) -> Sequence[Rival]:
    """So many of them, from the first on at equal distances; all if `most` is 0."""
    if not 0 < most < len(things):
        return things
    return [things[place * len(things) // most] for place in range(most)]


def _doubles(plan: Plan) -> Iterator[Planted]:
    """The first double fault of each exercise that has one."""
    answers = _references(plan)
    full = set(plan.exercises)
    for name, exercise in plan.exercises.items():
        pair = next(exercise.pairs(), None)
        if pair:
            _, source = pair
            answers[name] = _without_marks(source)
            full.remove(name)
    if len(full) < len(plan.exercises):
        yield Planted("two faults in one answer", hand_in(plan, answers), full=frozenset(full), review=None)


def _half(plan: Plan) -> Planted:
    references = _references(plan)
    done = list(references)[: (len(references) + 1) // 2]
    answers = {name: references[name] for name in done}
    none = frozenset(plan.exercises) - set(done)
    return Planted("partly done", hand_in(plan, answers), full=frozenset(done), none=none)


def _untouched(plan: Plan) -> Planted:
    return Planted("untouched", hand_in(plan, {}), none=frozenset(plan.exercises))


def _broken(plan: Plan, other: bytes) -> Iterator[Planted]:
    """Everything right but for one thing. What is broken is the first exercise, or the whole file."""
    yield from _broken_answers(plan)
    yield from _changed_notebooks(plan)
    yield from _lost_files(plan, other)


def _broken_answers(plan: Plan) -> Iterator[Planted]:
    """The first exercise gets no points, the others all."""
    right = _references(plan)
    name = next(iter(right))
    answer = right[name]
    full = frozenset(plan.exercises) - {name}

    def broken(what: str, source: str, review: bool | None = False) -> Planted:
        data = hand_in(plan, right | {name: source})
        return Planted(what, data, full=full, none=frozenset([name]), review=review)

    yield broken("a syntax error", answer.replace(":\n", "\n", 1))
    yield broken("an import of what is not there", f"import torch\n\n{answer}", review=True)
    yield broken("an exception when the cell is run", f"print(undefined_name)\n\n{answer}")
    yield broken("an endless loop that cannot be interrupted", LOOP + answer, review=True)
    yield broken("os._exit", f"import os\nos._exit(0)\n{answer}", review=True)
    yield broken("a memory hog", f"{HOG}\n{answer}", review=None)


def _changed_notebooks(plan: Plan) -> Iterator[Planted]:
    """Whatever was done to the notebook, the answers in it are right."""
    right = _references(plan)
    exercise = next(iter(plan.exercises.values()))

    def changed(what: str, change: Change) -> Planted:
        return Planted(what, hand_in(plan, right, change), full=frozenset(plan.exercises))

    yield changed("warnings on stderr", lambda nb: _prepend(nb, exercise, WARNING))
    yield changed("ten million printed characters", lambda nb: _prepend(nb, exercise, FLOOD))
    yield changed("check cells deleted", _drop_checks)
    yield changed("the solution cell twice, the last is right", lambda nb: _double(nb, exercise))
    yield changed("a helper function in a cell of its own", lambda nb: _by_helper(nb, exercise))
    yield changed("all ids and metadata lost", _strip)
    whole = hand_in(plan, right)
    yield Planted("another file name", whole, "homework (final).ipynb", full=frozenset(plan.exercises))


def _lost_files(plan: Plan, other: bytes) -> Iterator[Planted]:
    """Files in which grading finds nothing of the unit's."""
    whole = hand_in(plan, _references(plan))

    def lost(what: str, data: bytes, file: str = "") -> Planted:
        return Planted(what, data, file, none=frozenset(plan.exercises), review=True)

    yield lost("not a notebook at all", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    yield lost("an empty file", b"")
    yield lost("half of a file", whole[: len(whole) // 2])
    yield lost("the notebook of another unit", other)


def _mixed(plan: Plan) -> Iterator[Planted]:
    """Students who are right here and wrong there."""
    luck = random.Random(plan.unit)
    while True:
        answers: Answers = {}
        named: dict[str, str] = {}
        full, none = set(), set()
        for name, exercise in plan.exercises.items():
            kind = luck.choices(["right", "other", "wrong", "none"], [5, 2, 4, 1])[0]
            if kind == "none":
                none.add(name)
            elif kind == "wrong":
                held = luck.choice(exercise.misconceptions)
                answers[name] = _without_marks(held.source)
                named[name] = held.name
            else:
                choices = [exercise.source]
                if kind == "other" and exercise.alternatives:
                    choices = [alternative.source for alternative in exercise.alternatives]
                answers[name] = _without_marks(luck.choice(choices))
                full.add(name)
        yield Planted(
            "some right, some wrong",
            hand_in(plan, answers),
            full=frozenset(full),
            named=named,
            none=frozenset(none),
        )


def _references(plan: Plan) -> Answers:
    return {name: reference(exercise) for name, exercise in plan.exercises.items()}


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN, END))


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _solution(nb: NotebookNode, exercise: Exercise) -> int:
    """Where the solution cell of an exercise stands."""
    return [_grade_id(cell) for cell in nb.cells].index(solution_id(exercise.name))


def _prepend(nb: NotebookNode, exercise: Exercise, text: str) -> None:
    cell = nb.cells[_solution(nb, exercise)]
    cell.source = text + cell.source


def _drop_checks(nb: NotebookNode) -> None:
    nb.cells = [cell for cell in nb.cells if not _grade_id(cell).endswith("-check")]


def _double(nb: NotebookNode, exercise: Exercise) -> None:
    """Put a second solution cell, with the stub, before the one with the answer."""
    place = _solution(nb, exercise)
    stub = copy.deepcopy(nb.cells[place])
    stub.source = exercise.stub
    nb.cells.insert(place, stub)


def _by_helper(nb: NotebookNode, exercise: Exercise) -> None:
    """The answer in an added cell, and the solution cell only calls it by its name.

    Functions have another name there; classes keep theirs, under which they may be registered.
    """
    place = _solution(nb, exercise)
    helper = nb.cells[place].source
    handed_on = []
    for name in exercise.objects:
        other = name if f"class {name}" in helper else f"{name}_by_hand"
        helper = re.sub(rf"\b{name}\b", other, helper)
        handed_on.append(f"{name} = {other}")
    nb.cells[place].source = "\n".join(handed_on)
    nb.cells.insert(place, new_code_cell(helper, id="helper"))
    nb.cells.insert(place, new_markdown_cell("First the work, *then* the name.", id="remark"))


def _strip(nb: NotebookNode) -> None:
    for cell in nb.cells:
        cell.metadata = NotebookNode()
        cell.pop("id", None)
    nb.nbformat_minor = 4


def _initials(number: int) -> list[str]:
    """No initial for 0, then A. to Z., then A. A., as columns of a spreadsheet are counted."""
    letters: list[str] = []
    while number:
        number, letter = divmod(number - 1, 26)
        letters.insert(0, f"{chr(ord('A') + letter)}.")
    return letters
