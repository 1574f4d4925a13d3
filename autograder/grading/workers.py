"""The backend that grades on the workers of a dask cluster; see `cluster` for their side and `dispatch` for what goes wrong."""

import json
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from autograder import logs
from autograder.grading import draws, same_course
from autograder.grading.dispatch import Dispatch, Patience
from autograder.grading.graded_submission import Graded
from autograder.grading.grader import Grader, tell
from autograder.grading.orders import Farm, Order
from autograder.grading.plan import Plan
from autograder.grading.task import Task, Untrue, understood
from autograder.progress import Progress, silent
from helpers.errors import Refused

log = logging.getLogger(__name__)
# A table as a worker made it: the exercise, the draw, and the table as text.
Made = tuple[str, int, str]


class Workers:
    """Grades on workers; what comes back is held against what was asked.

    Args:
        farm: the workers.
        notice: is told a sentence about whatever goes wrong.
        progress: is told how it stands before the first submission is graded.
        patience: how long is waited.
    """

    def __init__(
        self,
        farm: Farm,
        notice: Callable[[str], None] = log.warning,
        progress: Progress = silent,
        patience: Patience | None = None,
    ):
        self.farm, self.notice, self.progress, self.patience = farm, notice, progress, patience
        self.tiers: set[str] = set()
        self._dispatch: Dispatch | None = None

    @property
    def confinement(self) -> str:
        """What held the students' code."""
        return " or ".join(sorted(self.tiers))

    @property
    def standing(self) -> str:
        """How many workers there are, and how much is under way and waits."""
        return self._dispatch.standing if self._dispatch else ""

    def run(
        self, grader: Grader, unit: str, students: Sequence[str], again: Collection[str], jobs: int
    ) -> Iterator[tuple[str, Graded]]:
        """See `Backend`; how much is run side by side is the workers' to say.

        Raises:
            Refused: if there are no workers that could do it.
        """
        plan = grader.plan(unit)
        greeting = self._greeting(grader, unit)
        dispatch = Dispatch(self.farm, _data(greeting), self._welcome, self._say, self.patience)
        self._dispatch = dispatch
        done = 0
        self.progress(0, len(students), "waiting for workers")
        try:
            greeting["tables"] = self._tables(dispatch, unit, _wanted(grader, plan, students, again))
            dispatch.greet_anew(_data(greeting))
            orders = [_of_student(grader, plan, student, again) for student in students]
            for order, graded in dispatch.run(orders):
                with logs.about(unit, order.name):
                    if not isinstance(graded, Graded):
                        log.error("grading failed: %s", "; ".join(order.failures))
                        graded = grader.failed(unit, "; ".join(dict.fromkeys(order.failures)))
                    tell(graded, graded.seconds)
                done += 1
                yield order.name, graded
        except Refused as error:
            raise Refused(
                f"{error}. {done} of {len(students)} submissions are graded; the same command goes on from there"
            ) from None

    def _greeting(self, grader: Grader, unit: str) -> dict[str, Any]:
        """What a worker is told first."""
        return {
            "unit": unit,
            "versions": same_course.versions(),
            "files": same_course.files(grader.course.root),
            "decisions": same_course.decisions(grader.course.root),
            "tables": [],
        }

    def _welcome(self, data: bytes) -> None:
        answer = _answer(data)
        self.tiers.add(str(answer.get("tier", "")))

    def _say(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self.notice(sentence)

    def _tables(self, dispatch: Dispatch, unit: str, wanted: Sequence[tuple[str, int]]) -> list[Made]:
        """Have each table made by one worker, for all. One that cannot be made is left to whoever needs it."""
        made = []
        orders = [_of_table(unit, exercise, draw) for exercise, draw in wanted]
        for done, (_, table) in enumerate(dispatch.run(orders), 1):
            self.progress(done, len(orders), f"making tables; {dispatch.standing}")
            if isinstance(table, tuple):
                made.append(table)
        return made


def _wanted(
    grader: Grader, plan: Plan, students: Sequence[str], again: Collection[str]
) -> list[tuple[str, int]]:
    """The tables that will be asked for: of exercises, and the draws of those whose work is graded now."""
    seeds = set()
    for student in students:
        if again or not grader.course.graded(plan.unit, student).is_file():
            seeds.add(draws.draw_of(grader.secret, plan.unit, student).seed)
    return [(name, seed) for seed in sorted(seeds) for name in again or plan.exercises]


def _of_table(unit: str, exercise: str, draw: int) -> Order:
    asked = {"unit": unit, "exercise": exercise, "draw": draw}

    def accept(data: bytes) -> Made:
        answer = _answer(data)
        if (answer.get("exercise"), answer.get("draw")) != (exercise, draw):
            raise Untrue("sent another table than it was asked for")
        return exercise, draw, str(answer.get("table"))

    # The draw is secret, so no sentence names it.
    name = f"a table of {exercise}"
    return Order(name, "table", lambda: _data(asked), accept)


def _of_student(grader: Grader, plan: Plan, student: str, again: Collection[str]) -> Order:
    sent: list[Task] = []

    def data() -> bytes:
        sent[:] = [grader.task(plan.unit, student, again=again)]
        return _data(sent[0].to_json())

    def accept(data: bytes) -> Graded:
        try:
            graded = understood(_answer(data), sent[0], plan)
        except Untrue as error:
            raise Untrue(f"sent what is no answer: {error}") from None
        # Not all of a class need lie in memory.
        sent.clear()
        return graded

    return Order(student, "grade", data, accept)


def _data(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()


def _answer(data: bytes) -> dict[str, Any]:
    """What a worker answered.

    Raises:
        ValueError: if it is no JSON, or says why there is no answer; the end of a sentence about the worker.
    """
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise ValueError(f"sent what is no JSON ({error})") from None
    if not isinstance(answer, dict):
        raise ValueError("sent what is no answer")
    if "refused" in answer:
        raise ValueError(str(answer["refused"]))
    if "failed" in answer:
        raise ValueError(f"failed ({answer['failed']})")
    return answer
