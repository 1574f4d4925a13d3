"""A class of made-up students: for each, a submission made from the notebook that students get, and what grading
should find in it."""

import copy
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.exercise import BEGIN, END, Exercise
from autograder.grading.plan import DERIVATION, SOLUTION, Plan

FIRST = "Ada Bjørn Chiara Dmitri Eszter Farid Grace Hana Ivo Júlia Kofi Léa Miro Niamh Olu Priya Quentin Rosa Sven Tomáš Uma Véra"
LAST = "Okafor Lindqvist Rossi Volkov Szabó Haddad Mbeki Suzuki Novák Almeida Mensah Dubois Petrov O'Brien Adeyemi Raman Çelik"
OTHERS = ["محمد علي", "李 明", "Müller, Jörg", "de la Cruz", "x" * 40]


@dataclass
class Made:
    """One submission, and what grading should find: full marks, names of misconceptions, or no points.

    Args:
        what: what was handed in, for a table.
        data: the file's bytes.
        file: its name, if it is not the unit's.
        full: exercises that must get full marks.
        named: misconceptions that must be named, by exercise.
        none: exercises that must get no points.
        review: whether it must be marked for review; None if it may be either way.
    """

    what: str
    data: bytes
    file: str = ""
    full: frozenset[str] = frozenset()
    named: dict[str, str] = field(default_factory=dict)
    none: frozenset[str] = frozenset()
    review: bool | None = False
    student: str = ""


def make_class(plan: Plan, students: int, broken: bool, other: bytes) -> list[Made]:
    """A class for one unit.

    Args:
        students: how many at least.
        broken: with submissions that fail in every way that students know.
        other: a notebook of another unit.
    """
    made = [*_right(plan), *_misconceptions(plan), *_doubles(plan), _half(plan), _untouched(plan)]
    if broken:
        made += _broken(plan, other)
    mixed = _mixed(plan)
    while len(made) < students:
        made.append(next(mixed))
    for one, name in zip(made, _names(), strict=False):
        one.student = name
    return made


def hand_in(
    plan: Plan, answers: dict[str, str], change: Callable[[NotebookNode], None] | None = None
) -> bytes:
    """The unit's notebook as students get it, with answers in the solution cells and in the derivations."""
    cells = [copy.deepcopy(p.node) for p in plan.cells]
    for cell, planned in zip(cells, plan.cells, strict=True):
        if planned.kind == SOLUTION and planned.exercise in answers:
            cell.source = answers[planned.exercise]
        elif planned.kind == DERIVATION and answers:
            cell.source = "From the definition, step by step: $a = hW + b$, so it follows."
    notebook = NotebookNode(cells=cells, metadata={}, nbformat=4, nbformat_minor=5)
    if change:
        change(notebook)
    return json.dumps(notebook, ensure_ascii=False).encode()


def reference(exercise: Exercise) -> str:
    return _without_marks(exercise.source)


def _right(plan: Plan) -> Iterator[Made]:
    every, full = _references(plan), frozenset(plan.exercises)
    yield Made("everything right", hand_in(plan, every), full=full)
    for k in range(max(len(e.alternatives) for e in plan.exercises.values())):
        answers = every | {
            name: _without_marks(e.alternatives[k].source)
            for name, e in plan.exercises.items()
            if k < len(e.alternatives)
        }
        yield Made(f"right in other ways, {k + 1}", hand_in(plan, answers), full=full)


def _misconceptions(plan: Plan) -> Iterator[Made]:
    """Student k holds, in every exercise that has so many, its k-th misconception."""
    for k in range(max(len(e.misconceptions) for e in plan.exercises.values())):
        held = {n: e.misconceptions[k] for n, e in plan.exercises.items() if k < len(e.misconceptions)}
        answers = _references(plan) | {name: _without_marks(m.source) for name, m in held.items()}
        yield Made(
            f"misconception {k + 1} of each exercise",
            hand_in(plan, answers),
            full=frozenset(plan.exercises) - held.keys(),
            named={name: m.name for name, m in held.items()},
        )


def _doubles(plan: Plan) -> Iterator[Made]:
    """The first double fault of each exercise that has one."""
    found = {name: next(e.pairs(), None) for name, e in plan.exercises.items()}
    held = {name: pair for name, pair in found.items() if pair}
    if held:
        answers = _references(plan) | {name: _without_marks(source) for name, (_, source) in held.items()}
        full = frozenset(plan.exercises) - held.keys()
        yield Made("two faults in one answer", hand_in(plan, answers), full=full, review=None)


def _half(plan: Plan) -> Made:
    done = list(plan.exercises)[: (len(plan.exercises) + 1) // 2]
    answers = {name: text for name, text in _references(plan).items() if name in done}
    return Made(
        "partly done",
        hand_in(plan, answers),
        full=frozenset(done),
        none=frozenset(plan.exercises) - set(done),
    )


def _untouched(plan: Plan) -> Made:
    return Made("untouched", hand_in(plan, {}), none=frozenset(plan.exercises))


def _broken(plan: Plan, other: bytes) -> Iterator[Made]:
    """Everything right but for one thing. What is broken is the first exercise, or the whole file."""
    right, every = _references(plan), frozenset(plan.exercises)
    name, exercise = next(iter(plan.exercises.items()))
    rest = every - {name}

    def spoilt(what: str, source: str, review: bool | None = False) -> Made:
        return Made(
            what, hand_in(plan, right | {name: source}), full=rest, none=frozenset([name]), review=review
        )

    def changed(what: str, change: Callable[[NotebookNode], None]) -> Made:
        return Made(what, hand_in(plan, right, change), full=every)

    def lost(what: str, data: bytes, file: str = "") -> Made:
        return Made(what, data, file, none=every, review=True)

    answer = right[name]
    yield spoilt("a syntax error", answer.replace(":\n", "\n", 1))
    yield spoilt("an import of what is not there", f"import torch\n\n{answer}", review=True)
    yield spoilt("an exception when the cell is run", f"print(undefined_name)\n\n{answer}")
    yield spoilt("an endless loop that cannot be interrupted", LOOP + answer, review=True)
    yield spoilt("os._exit", f"import os\nos._exit(0)\n{answer}", review=True)
    yield spoilt("a memory hog", f"{HOG}\n{answer}", review=None)
    yield changed("warnings on stderr", lambda nb: _prepend(nb, name, WARN))
    yield changed(
        "ten million printed characters", lambda nb: _prepend(nb, name, 'print("x" * 10_000_000)\n')
    )
    yield changed("check cells deleted", lambda nb: _drop(nb, "-check"))
    yield changed("the solution cell twice, the last is right", lambda nb: _double(nb, name, exercise))
    yield changed("a helper function in a cell of its own", lambda nb: _by_helper(nb, name, exercise))
    yield changed("all ids and metadata lost", _strip)
    yield lost("not a notebook at all", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    yield lost("an empty file", b"")
    whole = hand_in(plan, right)
    yield lost("half of a file", whole[: len(whole) // 2])
    yield lost("the notebook of another unit", other)
    yield lost("a wrong file name", whole, "homework (final).ipynb")


LOOP = """while True:
    try:
        while True:
            pass
    except BaseException:
        continue

"""
HOG = "hog = []\nwhile True:\n    hog.append(b'x' * (1 << 28))\n"
WARN = 'import warnings\n\nwarnings.warn("this is only a warning")\n\n'


def _mixed(plan: Plan) -> Iterator[Made]:
    """Students who are right here and wrong there."""
    luck = random.Random(plan.unit)
    while True:
        answers, full, none, named = {}, set(), set(), {}
        for name, e in plan.exercises.items():
            kind = luck.choices(["right", "other", "wrong", "none"], [5, 2, 4, 1])[0]
            if kind == "none":
                none.add(name)
            elif kind == "wrong":
                held = luck.choice(e.misconceptions)
                answers[name], named[name] = _without_marks(held.source), held.name
            else:
                choices = [a.source for a in e.alternatives] if kind == "other" else []
                answers[name] = _without_marks(luck.choice(choices or [e.source]))
                full.add(name)
        yield Made(
            "some right, some wrong", hand_in(plan, answers), "", frozenset(full), named, frozenset(none)
        )


def _references(plan: Plan) -> dict[str, str]:
    return {name: reference(e) for name, e in plan.exercises.items()}


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN, END))


def _solution(nb: NotebookNode, name: str) -> int:
    """Where the solution cell of an exercise stands."""
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")
    return next(i for i, c in enumerate(nb.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == slug)


def _prepend(nb: NotebookNode, name: str, text: str) -> None:
    cell = nb.cells[_solution(nb, name)]
    cell.source = text + cell.source


def _drop(nb: NotebookNode, end: str) -> None:
    nb.cells = [c for c in nb.cells if not c.metadata.get("nbgrader", {}).get("grade_id", "").endswith(end)]


def _double(nb: NotebookNode, name: str, exercise: Exercise) -> None:
    at = _solution(nb, name)
    first = copy.deepcopy(nb.cells[at])
    first.source = exercise.stub
    nb.cells.insert(at, first)


def _by_helper(nb: NotebookNode, name: str, exercise: Exercise) -> None:
    """The answer under other names in an added cell, and the solution cell only calls it by its name."""
    at = _solution(nb, name)
    helper = nb.cells[at].source
    for wanted in exercise.objects:
        helper = re.sub(rf"\b{wanted}\b", f"{wanted}_by_hand", helper)
    nb.cells[at].source = "\n".join(f"{wanted} = {wanted}_by_hand" for wanted in exercise.objects)
    nb.cells.insert(at, new_code_cell(helper, id="helper"))
    nb.cells.insert(at, new_markdown_cell("First the work, *then* the name.", id="remark"))


def _strip(nb: NotebookNode) -> None:
    for cell in nb.cells:
        cell.metadata = NotebookNode()
        cell.pop("id", None)
    nb.nbformat_minor = 4


def _names() -> Iterator[str]:
    """Names as they come: with spaces, accents, commas, and in other scripts."""
    first, last = itertools.cycle(FIRST.split()), itertools.cycle(LAST.split())
    for number in itertools.count():
        if number % 9 == 4 and number // 9 < len(OTHERS):
            yield OTHERS[number // 9]
        yield f"{next(first)} {next(last)}"
