"""A class that attacks is graded beside honest students: no point gained, nothing read or changed, nobody disturbed.

Every attack rides on the same honest work: `predict` solved, the rest untouched. The whole class is graded in
the strongest confinement of this machine, and what attacks from code once more without bubblewrap.
"""

import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest

from autograder.cli import tables
from autograder.course import catalogue, limits
from autograder.course.layout import ROOT
from autograder.gradebook import grade_class as grading
from autograder.grading.draws import FILE, draw_of, secret
from autograder.grading.plan import Plan, plan_of
from autograder.judging.lazy_tables import PUBLIC
from autograder.judging.tables import answer
from autograder.rehearsal.made_up_class import hand_in, reference
from autograder.sandbox import TIERS
from autograder.sandbox.client import Sandbox
from helpers.quiet import import_tensorflow
from tests.hostile.notebooks import ATTACKS, NAMES, TOLD
from tests.hostile.payloads import PAYLOADS

UNIT = "01_forward_propagation"
TARGET = "stable_softmax"
CODE = [f"code: {name}" for name in PAYLOADS]
EVERY = [*CODE, *(f"notebook: {name}" for name in ATTACKS), *(f"name: {i}" for i in range(len(NAMES)))]
# Without bubblewrap.
SOME = CODE[::3]


@dataclass
class Battle:
    """A graded class of attacks, and the traces that they left.

    Attributes:
        rows: by attack.
        outputs: all that was recorded as outputs, by attack.
        pages: what of that a browser would take for more than text.
        received: what reached sockets of this machine.
        changed: files of ours that are not as before.
        left: processes.
        seeds: of the secret draws, by attack.
    """

    rows: dict[str, grading.Row]
    outputs: dict[str, str]
    pages: dict[str, list[str]]
    received: list[bytes]
    changed: list[str]
    left: set[int]
    seeds: dict[str, int]


@pytest.fixture(scope="module")
def plan() -> Plan:
    import_tensorflow()
    return plan_of(catalogue.unit(UNIT))


@pytest.fixture(scope="module")
def strongest(plan, tmp_path_factory):
    return fight(plan, tmp_path_factory.mktemp("strongest"), EVERY, "")


@pytest.fixture(scope="module")
def without_bubblewrap(plan, tmp_path_factory):
    return fight(plan, tmp_path_factory.mktemp("landlock"), SOME, TIERS[1])


def fight(plan: Plan, folder: Path, attacks: list[str], tier: str) -> Battle:
    root, canary = folder / "course", folder / "canary"
    root.mkdir()
    # Known beforehand, so that no number of a secret draw agrees by chance with one that may be told.
    (root / FILE).write_text("5e" * 32)
    canary.write_text("as it was")
    with listening() as (port, received), pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "DEFAULT", limits.Limits(cell=4.0, check=3.0, notebook=30.0))
        words = {"COURSE": str(root), "REPO": str(ROOT), "CANARY": str(canary), "PORT": str(port)}
        students = submit(plan, root, attacks, words)
        before = fingerprints(canary)
        with Sandbox(workers=2, tier=tier) as kernels:
            report = grading.grade(catalogue.unit(UNIT), root, kernels.run, kernels.tier, jobs=2)
            server = str(kernels.folder)
    rows = {students[row.student]: row for row in report.rows}
    after = fingerprints(canary)
    changed = sorted(str(f) for f in before.keys() | after.keys() if before.get(f) != after.get(f))
    outputs = {students[s]: recorded(root, s) for s in students}
    texts = {name: "\n".join(map(str, found)) for name, found in outputs.items()}
    pages = {name: list(alive(found)) for name, found in outputs.items()}
    seeds = {attack: draw_of(secret(root), UNIT, student).seed for student, attack in students.items()}
    return Battle(rows, texts, pages, received, changed, processes(server), seeds)


def submit(plan: Plan, root: Path, attacks: list[str], words: dict[str, str]) -> dict[str, str]:
    """Write the submissions; the attack, or "honest" or "full", by the student's folder."""
    solved = {"predict": reference(plan.exercises["predict"])}
    full = {name: reference(exercise) for name, exercise in plan.exercises.items()}
    students = {"honest-full": "full", "honest-base": "honest"}
    place(root, "honest-full", hand_in(plan, full))
    place(root, "honest-base", hand_in(plan, solved))
    stub = next(p.source for p in plan.cells if p.grade_id == TARGET)
    for i, attack in enumerate(attacks):
        kind, name = attack.split(": ", 1)
        student = NAMES[int(name)] if kind == "name" else f"attacker-{i:03}"
        students[student] = attack
        answers = dict(solved)
        if kind == "code":
            answers[TARGET] = f"{stub}\n\n\n{filled(PAYLOADS[name], words)}"
        file = place(root, student, hand_in(plan, answers))
        if kind == "notebook":
            ATTACKS[name](file)
    return students


def place(root: Path, student: str, data: bytes) -> Path:
    file = root / "submitted" / student / UNIT / f"{UNIT}.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    return file


def filled(source: str, words: dict[str, str]) -> str:
    """A payload with this battle's paths; no traceback may quote the word that tells a leak."""
    for word, value in words.items():
        source = source.replace(word, value)
    source = source.replace('"LEAK"', "'LEAK'")
    return source.replace("LEAK", "LE' 'AK")


def fingerprints(canary: Path) -> dict[str, tuple]:
    """Mode, time and content of files that must stay as they are."""
    found = {}
    for file in [canary, *(ROOT / "solutions").rglob("*.py"), *(ROOT / "src").rglob("*.py")]:
        if file.exists():
            about = file.stat()
            content = hashlib.sha1(file.read_bytes()).hexdigest()
            found[str(file)] = (about.st_mode, about.st_mtime_ns, content)
    return found


def recorded(root: Path, student: str) -> list[dict]:
    file = root / "autograded" / student / UNIT / f"{UNIT}.ipynb"
    return [out for cell in nbformat.read(file, 4).cells for out in cell.get("outputs", [])]


def alive(outputs: list[dict]) -> Iterator[str]:
    for output in outputs:
        for kind, content in output.get("data", {}).items():
            if kind not in ("text/plain", "application/vnd.fdl.verdict+json"):
                yield re.sub(r"&lt;.*?&gt;", "", str(content))


def processes(word: str) -> set[int]:
    """The processes of this machine whose command line has a word in it."""
    return {p.pid for p in psutil.process_iter(["cmdline"]) if word in " ".join(p.info["cmdline"] or [])}


class listening:
    """Sockets on this machine that note whatever reaches them."""

    def __enter__(self):
        self.received: list[bytes] = []
        self.tcp = socket.create_server(("127.0.0.1", 0))
        port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", port))
        for listen in (self.accept, self.receive):
            threading.Thread(target=listen, daemon=True).start()
        return port, self.received

    def accept(self) -> None:
        try:
            while True:
                self.received.append(repr(self.tcp.accept()).encode())
        except OSError:
            # It was closed.
            return

    def receive(self) -> None:
        try:
            while data := self.udp.recv(99):
                self.received.append(data)
        except OSError:
            # It was closed.
            return

    def __exit__(self, *_: object) -> None:
        self.tcp.close()
        self.udp.close()


@pytest.fixture(params=EVERY)
def attack(request):
    return request.param


@pytest.fixture(params=SOME)
def coded(request):
    return request.param


def stands(battle: Battle, attack: str) -> None:
    row = battle.rows[attack]
    assert row.graded.score <= battle.rows["honest"].graded.score, "an attack gained points"
    assert row.graded.max_score == battle.rows["honest"].graded.max_score
    assert row.error == ""
    assert row.reasons or tables.misunderstood(row.graded), "the report has no line about it"
    outputs = battle.outputs[attack]
    assert "LEAK" not in outputs
    assert "BEGIN SOLUTION" not in outputs
    assert not any("<script" in page or "onerror" in page for page in battle.pages[attack])


def test_an_attack_gains_nothing(strongest, attack):
    stands(strongest, attack)


def test_an_attack_gains_nothing_without_bubblewrap(without_bubblewrap, coded):
    stands(without_bubblewrap, coded)


@pytest.mark.parametrize("tier", ["strongest", "without_bubblewrap"])
def test_honest_students_beside_them_get_what_is_theirs(tier, request):
    battle = request.getfixturevalue(tier)
    full, base = battle.rows["full"].graded, battle.rows["honest"].graded
    assert full.score == full.max_score
    assert base.score == base.verdicts["predict"].max_points
    assert not full.needs_review
    assert not base.needs_review


def test_what_is_shown_tells_nothing_of_secret_inputs(strongest, plan):
    attack = f"notebook: {TOLD}"
    exercise, told = plan.exercises[TARGET], strongest.outputs[attack]
    public, secret = (
        {
            str(float(value))[:9]
            for evidence in answer(exercise, exercise.candidate, draw, luck=1).values()
            for array in evidence.arrays.values()
            for value in np.ravel(array)
            if 1e-3 < value < 0.999
        }
        for draw in (PUBLIC, strongest.seeds[attack])
    )
    assert [number for number in public if number in told], "the attack did not tell what it could"
    assert not [number for number in secret - public if number in told]


def test_what_an_attack_prints_would_be_seen(strongest):
    """So that a word that is not found means that it was not printed."""
    assert "none [" in strongest.outputs["code: environment printed"]


@pytest.mark.parametrize("i", range(len(NAMES)))
def test_a_students_name_is_only_a_name(strongest, i):
    assert strongest.rows[f"name: {i}"].graded.score == strongest.rows["honest"].graded.score


@pytest.mark.parametrize("tier", ["strongest", "without_bubblewrap"])
def test_nothing_was_changed_sent_or_left_behind(tier, request):
    battle = request.getfixturevalue(tier)
    assert battle.changed == []
    assert battle.received == []
    assert battle.left == set()
