"""Grading on real workers of a real scheduler, over TLS: the verdicts are those of one machine, and whatever is killed loses nothing.

They take the extra `scale`: `make install EXTRA=scale`. What a worker can do wrong without dying is played on a stage in
`autograder/grading/test_dispatch.py`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from autograder.course import catalogue, operations
from autograder.course.operations import Decision
from autograder.gradebook import grade_class
from autograder.gradebook.database import alembic_on_path
from autograder.grading.dask_farm import connected, probe, tls_of
from autograder.grading.plan import plan_of
from autograder.rehearsal import made_up_class
from autograder.rehearsal.farm import farm
from helpers.errors import Refused

pytestmark = pytest.mark.skipif(
    find_spec("distributed") is None, reason="takes the extra `scale`: make install EXTRA=scale"
)
# What it draws at random is another for each student, and costs little to grade.
UNIT = catalogue.unit("10_hyperparameter_search")
# In the tests in which something is killed, and in the one that compares verdicts.
STUDENTS, CLASS = 6, 40
# Seconds in which a test ends or fails, on a machine with much else to do.
LONG = 240


@pytest.fixture(scope="module")
def hand_in():
    """Puts a class into a course root: right, with misconceptions, and a file that is no notebook."""
    plan = plan_of(UNIT)
    planted = made_up_class.make_class(plan, CLASS, False, b"")

    def hand_in(root: Path, students: int = STUDENTS) -> Path:
        step = max(1, len(planted) // (students - 1))
        for number, one in enumerate([*planted[::step][: students - 1], None]):
            file = root / "submitted" / f"student {number}" / UNIT.id / f"{UNIT.id}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_bytes(one.data if one else b"no notebook")
        (root / ".draws").write_text("ab" * 32)
        return root

    return hand_in


@pytest.fixture
def root(hand_in, tmp_path):
    return hand_in(tmp_path)


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """A scheduler and two workers."""
    with farm(2, threads=2, course=tmp_path_factory.mktemp("farm")) as started:
        until_there_are(2, started)
        yield started


def until_there_are(count: int, workers) -> None:
    """Wait until so many workers have come."""
    deadline = time.monotonic() + LONG
    with at(workers) as there:
        while len(there.workers()) < count:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def at(workers):
    """A connection to the scheduler."""
    tls = tls_of(workers.address, **{name: Path(file) for name, file in workers.files.items()})
    return connected(workers.address, tls)


def grade(workers, root, progress=lambda *_: None, **options):
    """Grade on the workers; returns the report, and what was said."""
    said = []
    with at(workers) as there:
        backend = grade_class.on_workers(there, said.append, lambda *_: None)
        run = grade_class.NOT_HERE
        report = grade_class.grade(UNIT, root, run, "", backend=backend, progress=progress, **options)
    return report, said


def without_times(report) -> bytes:
    """What `fdl grade --json` says of each student."""
    rows = [row.as_dict() for row in report.rows]
    for row in rows:
        del row["seconds"]
    return json.dumps(rows).encode()


def scores(root: Path) -> dict[str, float]:
    """What the gradebook holds, by student."""
    with alembic_on_path(), Gradebook(f"sqlite:///{root / 'gradebook.db'}", "fdl") as gradebook:
        submissions = gradebook.assignment_submissions(UNIT.id)
        found = [(submission.student.id, submission.score) for submission in submissions]
    assert len(found) == len(dict(found))
    return dict(found)


def descendants(process: subprocess.Popen, word: str) -> list[psutil.Process]:
    """The processes below one whose command line holds a word."""
    found = []
    for one in psutil.Process(process.pid).children(recursive=True):
        # Children of a fork server end at any moment.
        with suppress(psutil.NoSuchProcess):
            if word in " ".join(one.cmdline()):
                found.append(one)
    return found


def command(workers, root: Path) -> list[str]:
    program = "from autograder.cli.app import main; main()"
    return [sys.executable, "-c", program, "grade", UNIT.id, "--course", str(root), *workers.options]


def test_workers_reach_the_verdicts_of_one_machine_and_an_unfit_one_is_refused_by_name(
    workers, hand_in, tmp_path
):
    here, there = tmp_path / "here", tmp_path / "there"
    with grade_class.sandbox(2) as (run, tier):
        expected = grade_class.grade(UNIT, hand_in(here, CLASS), run, tier, jobs=2)
    decided = tmp_path / "decided"
    decided.mkdir()
    operations.decide(decided, Decision(operations.ALLOW, "tensorflow.nn.softplus"))
    shown = []
    with workers.worker("stranger", 1, decided):
        until_there_are(3, workers)
        report, said = grade(workers, hand_in(there, CLASS), lambda *about: shown.append(about[2]))
    assert len(report.rows) == CLASS
    assert without_times(report) == without_times(expected)
    assert scores(there) == scores(here)
    assert report.confinement == tier
    (refusal,) = [sentence for sentence in said if "stranger" in sentence]
    assert "has other decisions about operations: allow tensorflow.nn.softplus: everywhere" in refusal
    assert "; 2 workers, " in shown[-2]
    assert shown[-2].endswith(" waiting")


def test_a_certificate_that_does_not_fit_is_told_in_a_sentence(workers, tmp_path):
    stranger = {name: tmp_path / name for name in workers.files}
    for name, text in own_certificate().items():
        stranger[name].write_text(text)
    with pytest.raises(Refused, match="the certificate of .* does not fit --tls-ca"):
        probe(workers.address, tls_of(workers.address, **stranger))
    known = {**stranger, "ca": Path(workers.files["ca"])}
    with pytest.raises(Refused, match="does not take --tls-cert"):
        probe(workers.address, tls_of(workers.address, **known))
    unencrypted = workers.address.replace("tls", "tcp")
    with pytest.raises(Refused, match="is no scheduler, or speaks encrypted"):
        probe(unencrypted, None)


def own_certificate() -> dict[str, str]:
    """That of an authority that nobody knows."""
    from distributed.security import Security

    made = Security.temporary()
    return {"ca": made.tls_ca_file, "cert": made.tls_client_cert, "key": made.tls_client_key}


def test_a_killed_worker_and_a_killed_fork_server_lose_nothing(workers, root):
    killed = []

    def kill(done, total, student):
        if done == 1:
            (server, *_) = descendants(workers.processes[1], "autograder.sandbox.server")
            killed.append(server)
            server.kill()
        if done == 2:
            (worker, *_) = descendants(workers.processes[2], "spawn_main")
            killed.append(worker)
            worker.kill()

    report, _ = grade(workers, root, kill)
    assert len(killed) == 2
    assert not any(one.is_running() for one in killed)
    assert len(scores(root)) == STUDENTS
    assert [row.student for row in report.rows if row.graded.unfinished or row.error] == []


def test_a_network_that_drops_loses_nothing(workers, root):
    address = workers.address.removeprefix("tls://").split(":")
    with Cable((address[0], int(address[1]))) as cable:
        through = replace(workers, address=f"tls://127.0.0.1:{cable.port}")

        def cut(done, total, student):
            if done == 1:
                cable.cut()

        report, _ = grade(through, root, cut)
    assert cable.cuts == 1
    assert len(scores(root)) == STUDENTS
    assert [row.student for row in report.rows if row.graded.unfinished or row.error] == []


class Cable:
    """A line to a scheduler that can be cut; who connects again gets a new one."""

    def __init__(self, end):
        self.end, self.cuts = end, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ends: list[socket.socket] = []

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self._close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.end)
            self.ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one, other):
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)

    def cut(self):
        self.cuts += 1
        self._close()

    def _close(self):
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()


def begun(root: Path, client: subprocess.Popen) -> None:
    """Wait until the first submission is saved."""
    deadline = time.monotonic() + LONG
    while not list(root.glob("autograded/*/*/*.ipynb")):
        assert client.poll() is None, client.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_killed_client_goes_on_where_it_was(workers, root):
    client = subprocess.Popen(command(workers, root), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    begun(root, client)
    client.kill()
    client.wait()
    before = len(scores(root))
    assert 1 <= before <= STUDENTS

    report, _ = grade(workers, root)
    assert len(scores(root)) == STUDENTS
    assert len([row for row in report.rows if not row.graded.ran]) >= before - 1


def test_a_scheduler_killed_amid_a_class_is_said_in_a_sentence_and_nothing_is_lost(
    workers, hand_in, tmp_path
):
    # Last of all, since nobody needs it any more.
    root = hand_in(tmp_path, 3 * STUDENTS)
    client = subprocess.Popen(
        command(workers, root), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    begun(root, client)
    os.kill(workers.processes[0].pid, signal.SIGKILL)
    _, said = client.communicate(timeout=LONG)
    before = len(scores(root))
    gone = f"The scheduler at {workers.address} does not answer any more."
    assert client.returncode == 1
    assert said.splitlines()[0] == f"{gone} Waiting for it ..."
    assert said.splitlines()[-1] == (
        f"fdl grade: {gone} Start it and its workers anew. {before} of {3 * STUDENTS} submissions are graded; "
        "the same command goes on from there"
    )
    # Nor is it shown as dask says it.
    assert "ERROR" not in said
    assert "Traceback" not in said

    with pytest.raises(Refused, match="the scheduler has ended by itself"):
        workers.wait()

    again = subprocess.run(command(workers, root), capture_output=True, text=True, timeout=LONG)
    assert again.returncode == 1
    assert f"fdl grade: nobody answers at {workers.address}" in again.stderr
    with grade_class.sandbox(2) as (run, tier):
        report = grade_class.grade(UNIT, root, run, tier, jobs=2)
    assert len(scores(root)) == 3 * STUDENTS
    assert len([row for row in report.rows if not row.graded.ran]) >= before
