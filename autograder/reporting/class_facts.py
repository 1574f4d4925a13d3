"""What a class report says, counted: small objects, for a page and, as JSON, for programs."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from autograder.gradebook.results import Part, Result
from autograder.grading.graded_exercise import Named
from autograder.reporting.anonymity import DisplayNames
from autograder.reporting.attempts import ExerciseAttempts
from autograder.reporting.check_facts import ExerciseCount, exercise_counts
from autograder.reporting.similarity import Likeness, Ring
from autograder.reporting.terms import ComparedTerms
from autograder.reporting.used import UsedOperation, used

# of the submissions that took longest to grade
SLOWEST = 5

# How an answer was told that no misconception explains.
UNNAMED = ("unrecognized", "mutant")
# So many facts are listed for an exercise.
MOST_FACTS = 5
NO_LIKENESS = Likeness()


@dataclass(frozen=True)
class UnitScores:
    """How a class did in one unit.

    Args:
        scores: of all submissions, the lowest first.
        open_points: of derivations that nobody has read yet.
        needs_review: how many submissions somebody should look at.
    """

    unit: str
    submissions: int
    scores: tuple[float, ...]
    max_score: float
    mean: float
    median: float
    open_points: float
    needs_review: int


@dataclass(frozen=True)
class DerivationCount:
    """How far a derivation is read; `mean` is that of those read, None while there are none."""

    derivation: str
    max_score: float
    waiting: int
    read: int
    mean: float | None


@dataclass(frozen=True)
class HeldMisconception:
    """Who holds a misconception, which share of the submissions that is, and what to say."""

    unit: str
    misconception: str
    exercise: str
    students: tuple[str, ...]
    share: float
    lecture: str
    advice: str


@dataclass(frozen=True)
class UnnamedCount:
    """How many answers to an exercise are wrong in a way that no misconception explains, and what was told of them.

    Attributes:
        exercise: its name.
        students: how many.
        told: facts, the most common first, each with how many it was told.
    """

    exercise: str
    students: int
    told: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Review:
    """Whose submission somebody should look at, and why."""

    student: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class SlowExercise:
    """How many seconds the answers to an exercise took to grade; whose took longest."""

    exercise: str
    median: float
    longest: float
    student: str


@dataclass(frozen=True)
class SlowSubmission:
    """How many seconds a submission took to grade."""

    student: str
    seconds: float


@dataclass(frozen=True)
class Alike:
    """Students who share code, those who share most first.

    Args:
        shares: of each, how much of the own code that is.
        lines: of each, how many lines that are.
        holders: how many of the class have what the first two share.
    """

    students: tuple[str, ...]
    shares: tuple[float, ...]
    lines: tuple[int, ...]
    holders: int


@dataclass(frozen=True)
class UnitScore:
    """One student's points in one unit; `open` if some are not decided yet."""

    score: float
    max_score: float
    open: bool


@dataclass(frozen=True)
class StudentRow(UnitScore):
    """One student's points on the page of a unit; `page` leads to the feedback page from there, "" if there is none."""

    student: str
    page: str


@dataclass(frozen=True)
class UnitFacts(UnitScores):
    """All that the page of a unit says.

    Attributes:
        many: what more students than this wrote makes nobody alike.
        common: how much of the own code of the student in the middle that is, from 0 to 1.
        attempts: from the logs that were handed in.
        compared: with an earlier term, where one was named.
    """

    students: tuple[StudentRow, ...]
    exercises: tuple[ExerciseCount, ...]
    derivations: tuple[DerivationCount, ...]
    misconceptions: tuple[HeldMisconception, ...]
    unnamed: tuple[UnnamedCount, ...]
    review: tuple[Review, ...]
    slow_exercises: tuple[SlowExercise, ...]
    slow_students: tuple[SlowSubmission, ...]
    alike: tuple[Alike, ...]
    many: int
    common: float
    used: tuple[UsedOperation, ...] = ()
    attempts: tuple[ExerciseAttempts, ...] = ()
    compared: ComparedTerms | None = None

    def to_json(self) -> dict[str, Any]:
        """The object as plain JSON, for `fdl report UNIT --json`."""
        return asdict(self)


@dataclass(frozen=True)
class StudentScores:
    """One student's points, by unit."""

    student: str
    units: dict[str, UnitScore]


@dataclass(frozen=True)
class CourseFacts:
    """All that the page of a course says."""

    units: tuple[UnitScores, ...]
    misconceptions: tuple[HeldMisconception, ...]
    students: tuple[StudentScores, ...]

    def to_json(self) -> dict[str, Any]:
        """The object as plain JSON, for `fdl report --json`."""
        return asdict(self)


def of_unit(
    results: Sequence[Result],
    names: DisplayNames,
    likeness: Likeness = NO_LIKENESS,
    pages: Mapping[str, str] | None = None,
    attempts: Sequence[ExerciseAttempts] = (),
) -> UnitFacts:
    """One unit's facts.

    Args:
        results: everybody's, at least one.
        names: what students are called.
        likeness: whose code is alike.
        pages: links to feedback pages, by the student's id.
        attempts: what logs of attempts say.
    """
    return UnitFacts(
        **vars(unit_scores(results)),
        students=tuple(_student_rows(results, names, pages or {})),
        exercises=tuple(exercise_counts(results)),
        derivations=tuple(_derivations(results)),
        misconceptions=tuple(misconceptions(results, names)),
        unnamed=tuple(_unnamed(results)),
        review=tuple(_review(results, names)),
        slow_exercises=tuple(_slow_exercises(results, names)),
        slow_students=tuple(_slow_submissions(results, names)),
        alike=tuple(_alike(likeness.rings, names)),
        many=likeness.many,
        common=round(likeness.common, 3),
        used=tuple(used(results)),
        attempts=tuple(attempts),
    )


def of_course(units: Mapping[str, Sequence[Result]], names: DisplayNames) -> CourseFacts:
    """All units side by side.

    Args:
        units: everybody's results, by unit.
        names: what students are called.
    """
    held: list[HeldMisconception] = []
    for results in units.values():
        held += misconceptions(results, names)
    held.sort(key=lambda row: -len(row.students))
    return CourseFacts(
        units=tuple(unit_scores(results) for results in units.values()),
        misconceptions=tuple(held),
        students=tuple(_students(units, names)),
    )


def unit_scores(results: Sequence[Result]) -> UnitScores:
    """How a class did in one unit.

    Args:
        results: everybody's, at least one.
    """
    scores = [result.score for result in results]
    return UnitScores(
        unit=results[0].unit,
        submissions=len(results),
        scores=tuple(sorted(round(score, 2) for score in scores)),
        max_score=max(result.max_score for result in results),
        mean=round(statistics.fmean(scores), 2),
        median=round(statistics.median(scores), 2),
        open_points=sum(result.to_read for result in results),
        needs_review=sum(result.needs_review for result in results),
    )


def misconceptions(results: Sequence[Result], names: DisplayNames) -> list[HeldMisconception]:
    """Who holds what in one unit, the most common first.

    Args:
        results: everybody's.
        names: what students are called.
    """
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    advice: dict[tuple[str, str], Named] = {}
    for result in results:
        for verdict in result.verdicts:
            for named in verdict.advice:
                key = verdict.exercise, named.name
                advice[key] = named
                holders[key].append(names.of(result.student))
    rows = []
    for (exercise, name), students in holders.items():
        named = advice[exercise, name]
        row = HeldMisconception(
            unit=results[0].unit,
            misconception=name,
            exercise=exercise,
            students=tuple(sorted(students, key=_by_number)),
            share=round(len(students) / len(results), 3),
            lecture=named.lecture,
            advice=named.text,
        )
        rows.append(row)
    return sorted(rows, key=lambda row: (-len(row.students), row.exercise, row.misconception))


def _unit_score(result: Result) -> UnitScore:
    undecided = bool(result.to_read or result.needs_review)
    return UnitScore(round(result.score, 2), result.max_score, undecided)


def _student_rows(
    results: Sequence[Result], names: DisplayNames, pages: Mapping[str, str]
) -> list[StudentRow]:
    rows = []
    for result in results:
        score = vars(_unit_score(result))
        rows.append(
            StudentRow(**score, student=names.of(result.student), page=pages.get(result.student.id, ""))
        )
    return sorted(rows, key=lambda row: _by_number(row.student))


def _students(units: Mapping[str, Sequence[Result]], names: DisplayNames) -> Iterator[StudentScores]:
    scores: dict[str, dict[str, UnitScore]] = defaultdict(dict)
    for unit, results in units.items():
        for result in results:
            scores[names.of(result.student)][unit] = _unit_score(result)
    for student in sorted(scores, key=_by_number):
        yield StudentScores(student, scores[student])


def _derivations(results: Sequence[Result]) -> Iterator[DerivationCount]:
    by_name: dict[str, list[Part]] = defaultdict(list)
    for result in results:
        for part in result.parts:
            if part.by_hand:
                by_name[part.name].append(part)
    for name, parts in by_name.items():
        read = [part.score for part in parts if part.decided]
        mean = round(statistics.fmean(read), 2) if read else None
        waiting = sum(part.waits for part in parts)
        yield DerivationCount(name, parts[0].max_score, waiting, len(read), mean)


def _unnamed(results: Sequence[Result]) -> Iterator[UnnamedCount]:
    """Wrong answers that no misconception explains: what an author may want to look at."""
    counts: Counter[str] = Counter()
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        for verdict in result.verdicts:
            in_doubt = verdict.needs_review or verdict.not_begun
            if verdict.how not in UNNAMED or in_doubt:
                continue
            counts[verdict.exercise] += 1
            fact = next((check.fact for check in verdict.checks if check.fact), None)
            if fact:
                told[verdict.exercise][fact] += 1
    for exercise, students in counts.most_common():
        yield UnnamedCount(exercise, students, tuple(told[exercise].most_common(MOST_FACTS)))


def _review(results: Sequence[Result], names: DisplayNames) -> Iterator[Review]:
    for result in results:
        if result.needs_review:
            reasons = tuple(names.hide(reason) for reason in result.reasons)
            yield Review(names.of(result.student), reasons)


def _slow_exercises(results: Sequence[Result], names: DisplayNames) -> list[SlowExercise]:
    times: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for result in results:
        for verdict in result.verdicts:
            if verdict.seconds:
                times[verdict.exercise].append((verdict.seconds, names.of(result.student)))
    rows = []
    for exercise, timed in times.items():
        median = statistics.median(seconds for seconds, _ in timed)
        longest, student = max(timed)
        rows.append(SlowExercise(exercise, round(median, 2), longest, student))
    return sorted(rows, key=lambda row: (-row.median, row.exercise))


def _slow_submissions(results: Sequence[Result], names: DisplayNames) -> Iterator[SlowSubmission]:
    slowest = sorted(results, key=lambda result: -result.seconds)[:SLOWEST]
    for result in slowest:
        if result.seconds:
            yield SlowSubmission(names.of(result.student), result.seconds)


def _alike(rings: Sequence[Ring], names: DisplayNames) -> Iterator[Alike]:
    for ring in rings:
        yield Alike(
            students=tuple(names.by_id[student] for student in ring.students),
            shares=tuple(round(share, 3) for share in ring.shares),
            lines=ring.lines,
            holders=ring.holders,
        )


def _by_number(name: str) -> tuple[str, int]:
    """Student 2 before student 10; names by their letters."""
    begin, _, number = name.rpartition(" ")
    if number.isdecimal():
        return begin, int(number)
    return name, 0
