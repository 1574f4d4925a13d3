"""Where a student's code runs: confined children of a process that has imported TensorFlow once.

This page is the border. A `Job` goes in, `StepResult`s come out, and nothing in them is believed: text is
text, evidence is bytes until `helpers.evidence.decode` has read it, and no verdict exists on the other side.
"""

from dataclasses import dataclass, field

from helpers.evidence import Failure
from helpers.sighting import Sighting

# Strongest first.
TIERS = ("bubblewrap + Landlock + seccomp + rlimits", "Landlock + seccomp + rlimits")
NO_TIER = "none"
# In a server's folder, what children may write is below this.
SCRATCH = "scratch"


@dataclass(frozen=True)
class Step:
    """One thing to do in the child, in the job's order: run a cell, or run an exercise's checks.

    A step with `exercise` runs that exercise's checks beside the objects that the cells before it
    defined, each check for each draw; otherwise it runs `source` as a cell. A second such step finds the names
    as the first one found them, whatever cells have run since.

    Attributes:
        id: unique in its job.
        source: the cell's.
        exercise: whose checks are run; "" for a cell.
        draws: for which inputs they are run.
        names: of the exercise's checks.
        seconds: wall clock of the cell, or of each check, where the machine is not busy with others.
    """

    id: str
    source: str = ""
    exercise: str = ""
    draws: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    seconds: float = 30.0


@dataclass(frozen=True)
class Job:
    """One submission's steps, and what they may use together.

    Attributes:
        steps: in order.
        checks: the source of each exercise's public checks, by its name.
        seconds: wall clock, where the machine is not busy with others.
        memory: bytes of the whole process tree.
        output: characters of printed text kept for each step.
    """

    steps: tuple[Step, ...]
    checks: dict[str, str] = field(default_factory=dict)
    seconds: float = 300.0
    memory: int = 4 << 30
    output: int = 200_000

    def __post_init__(self) -> None:
        for step in self.steps:
            if step.exercise and step.exercise not in self.checks:
                raise ValueError(
                    f"step {step.id!r} asks for the checks of {step.exercise}, which the job lacks"
                )


@dataclass
class StepResult:
    """What became of a step.

    Attributes:
        id: of the step.
        output: what it printed.
        failure: what a cell raised, or why checks could not run.
        evidence: undecoded, by (check, draw); a check that is not in it gave none.
        seen: what the witness saw while checks ran.
        watched: the (check, draw) that it saw to their end.
        died: why the child did not live through the step, in words for a report ("took longer than
            30 s", "used more than 4 GB of memory", "ended its own process"); later steps then have no result.
        seconds: wall clock.
    """

    id: str
    output: str = ""
    failure: Failure | None = None
    evidence: dict[tuple[str, int], bytes] = field(default_factory=dict)
    seen: set[Sighting] = field(default_factory=set)
    watched: set[tuple[str, int]] = field(default_factory=set)
    died: str = ""
    seconds: float = 0.0
