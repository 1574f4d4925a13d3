"""Code that means harm: contained, said so, and the next job runs as if nothing had been."""

import builtins
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import NO_TIER, Job, Step, StepResult
from autograder.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SYSCALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
"""


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("course") / "gradebook.db"
    path.write_text("everybody's grades")
    return path


def run(kernels, *cells: str, seconds: float = 30, **settings) -> list[StepResult]:
    steps = tuple(Step(f"cell-{i}", cell, seconds=seconds) for i, cell in enumerate(cells))
    return kernels.run(Job(steps, **settings))


REFUSED = {
    "read the solutions": "open('{solution}').read()",
    "list the solutions": "import os; os.listdir('{root}/solutions')",
    "read the autograder": "open('{root}/autograder/__init__.py').read()",
    "read the gradebook": "open('{secret}').read()",
    "read the gradebook by a symbolic link": "import os; os.symlink('{secret}', 'a'); open('a').read()",
    "read the gradebook by a hard link": "import os; os.link('{secret}', 'a')",
    "write the gradebook": "open('{secret}', 'a').write('full marks')",
    "empty the gradebook": "import os; os.truncate('{secret}', 0)",
    "empty the gradebook by reading": "import os; os.open('{secret}', os.O_RDONLY | os.O_TRUNC)",
    "remove the gradebook": "import os; os.remove('{secret}')",
    "replace the gradebook": "import os; open('a', 'w').close(); os.replace('a', '{secret}')",
    "rename the folder": "import os; os.rename('{folder}', '{folder}2')",
    "write beside the scratch folder": "open('../note', 'w')",
    "read the home directory": "import os; os.listdir('{home}')",
    "read the shadow file": "open('/etc/shadow').read()",
    "list processes": "import os; os.listdir('/proc')",
    "read the server's environment": "import os; open(f'/proc/{{os.getppid()}}/environ').read()",
    "read the server's memory": "import os; open(f'/proc/{{os.getppid()}}/mem', 'rb').read(1)",
    "read the grader's command line": "open('/proc/{grader}/cmdline').read()",
    "connect to the network": "import socket; socket.create_connection(('127.0.0.1', {port}), 5)",
    "listen": "import socket; socket.socket().bind(('', 0))",
    "a socket in the file system": "import socket; socket.socket(socket.AF_UNIX).connect('/dev/log')",
    "a datagram to any socket": "import socket; socket.socketpair(type=socket.SOCK_DGRAM)",
    "kill the server": "import os; os.kill(os.getppid(), 9)",
    "kill the grader": "import os; os.kill({grader}, 9)",
    "kill everybody": "import os; os.kill(-1, 9)",
    "kill by descriptor": "import os; os.pidfd_open(os.getppid())",
    "slow everybody": "import os; os.setpriority(os.PRIO_USER, 0, 19)",
    "pin the server": "import os; os.sched_setaffinity(os.getppid(), {{0}})",
    "limit the server": "import os, resource as r; r.prlimit(os.getppid(), r.RLIMIT_NOFILE, (9, 9))",
    "raise a limit": SYSCALL + "call(160, 2, (ctypes.c_ulong * 2)(1 << 50, 1 << 50))",
    "kill by a file's owner": "import fcntl, os; fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())",
    "fork": "import os; os.fork()",
    "a daemon": "import os; os.fork() or (os.setsid(), os.fork())",
    "a subprocess": "import subprocess; subprocess.run(['sleep', '1000'])",
    "a spawned process": "import os; os.posix_spawn('/bin/sleep', ['sleep', '1000'], {{}})",
    "a process pool": "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
    "another program": "import os; os.execv('/bin/sleep', ['sleep', '1000'])",
    "clone without being a thread": SYSCALL + "call(56, 0x11, 0, 0, 0, 0)",
    "trace the server": SYSCALL + "import os; call(101, 16, os.getppid(), 0, 0)",
    "a namespace of one's own": SYSCALL + "call(272, 0x10000000)",
    "outlive the server": SYSCALL + "call(157, 1, 0, 0, 0, 0)",
    "hide from the server": SYSCALL + "call(157, 4, 0, 0, 0, 0)",
    "memory that nobody counts": "import os; os.memfd_create('a')",
    "disk that nobody counts": "import os; os.posix_fallocate(os.open('a', os.O_RDWR | os.O_CREAT), 0, 1 << 40)",
    "io_uring": SYSCALL + "call(425, 8, bytes(120))",
    "a call not yet invented": SYSCALL + "call(467, 0, 0, 0, 0)",
    "a big file": "open('a', 'wb').truncate(1 << 30)",
}


# Those that change nothing where nothing refuses them.
HARMLESS = (
    "read the solutions",
    "list the solutions",
    "read the autograder",
    "read the gradebook",
    "read the gradebook by a symbolic link",
    "read the home directory",
    "list processes",
    "read the grader's command line",
    "connect to the network",
    "listen",
    "a datagram to any socket",
    "memory that nobody counts",
    "a big file",
)


@pytest.fixture(scope="module")
def attacks(gradebook) -> Iterator[dict[str, str]]:
    """The sources of all of them, aimed at what is there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        facts = {
            "root": ROOT,
            "solution": next((ROOT / "solutions").glob("*/[a-z]*.py")),
            "secret": gradebook,
            "folder": gradebook.parent,
            "home": Path.home(),
            "grader": os.getpid(),
            "port": listening.getsockname()[1],
        }
        yield {name: source.format_map(facts) for name, source in REFUSED.items()}


@pytest.mark.parametrize("attack", HARMLESS)
def test_what_is_refused_works_outside(attacks, attack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(attacks[attack], {})


@pytest.fixture(scope="module")
def refusals(kernels, attacks) -> dict[str, StepResult]:
    """What became of all of them, cell after cell in one child."""
    results = run(kernels, *attacks.values())
    assert len(results) == len(attacks)
    return dict(zip(attacks, results, strict=True))


@pytest.mark.parametrize("attack", REFUSED)
def test_refused(refusals, gradebook, attack):
    result = refusals[attack]
    assert result.died == ""
    assert result.failure is not None
    assert issubclass(getattr(builtins, result.failure.type), OSError), result.failure
    assert gradebook.read_text() == "everybody's grades"


def private_modules() -> list[str]:
    """Every package of ours but the sandbox, which the server has imported, and every module on the ground floor."""
    packages = [path.parent for path in sorted(ROOT.glob("[as]*/**/__init__.py"))]
    modules = [path.with_suffix("") for path in sorted((ROOT / "autograder").glob("*.py"))]
    names = [".".join(path.relative_to(ROOT).parts) for path in (*packages, *modules)]
    hidden = [name for name in names if name.partition(".")[0] in ("autograder", "solutions")]
    return [
        name
        for name in hidden
        if not name.endswith(("__init__", ".sandbox", "conftest")) and "test_" not in name
    ]


PRIVATE = [name for name in private_modules() if name != "autograder"]


@pytest.fixture(scope="module")
def imports(kernels) -> dict[str, StepResult]:
    """What became of importing each, cell after cell in one child."""
    results = run(kernels, *(f"import {name}" for name in PRIVATE))
    return dict(zip(PRIVATE, results, strict=True))


@pytest.mark.parametrize("module", PRIVATE)
def test_what_is_private_does_not_import(imports, module):
    assert importlib.import_module(module).__name__ == module
    failure = imports[module].failure
    assert failure is not None
    assert failure.type in ("ModuleNotFoundError", "PermissionError", "ImportError")
    assert module.partition(".")[0] in failure.message or "Permission denied" in failure.message


def test_the_private_modules_are_those_of_the_tree():
    assert {
        "autograder.exercise",
        "autograder.judging",
        "autograder.cli",
        "solutions",
        "solutions.dropout",
    } < set(PRIVATE)


def test_modes_of_files_outside_stay_as_they_are(kernels, gradebook):
    before = gradebook.stat()
    run(kernels, f"import os; os.chmod({str(gradebook)!r}, 0); os.utime({str(gradebook)!r}, (0, 0))")
    assert gradebook.stat() == before


def test_the_environment_is_not_the_graders(kernels):
    (result,) = run(kernels, "import os; print(dict(os.environ))")
    assert os.environ["SECRET"] == "of the grader"
    assert "SECRET" not in result.output
    assert str(Path.home()) not in result.output


LATE = "took longer than 2 s"
DIES = {
    "an endless loop": ("while True:\n    pass", LATE),
    "an endless loop in C": ("sum(range(1 << 62))", LATE),
    "a loop that swallows interrupts": (
        "import signal\nfor s in range(1, 65):\n    try:\n        signal.signal(s, lambda *_: None)\n"
        "    except (OSError, ValueError):\n        pass\n"
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        LATE,
    ),
    "stopped": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", LATE),
    "os._exit": ("import os; os._exit(0)", "ended its own process (exit code 0)"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", "was ended by SIGSEGV"),
    "abort": ("import os; os.abort()", "was ended by SIGABRT"),
    "a memory bomb": ("a = []\nwhile True:\n    a.append(b'x' * (1 << 24))", "used more than 1 GB of memory"),
    "a memory bomb that is shared": (
        "import mmap\nm = mmap.mmap(-1, 8 << 30)\nfor i in range(0, 8 << 30, 4096):\n    m[i] = 1",
        "used more than 1 GB of memory",
    ),
    "a thread bomb": (
        "import threading, time\nthreading.stack_size(32768)\n"
        "while True:\n    threading.Thread(target=time.sleep, args=(99,)).start()",
        "started more than 500 threads",
    ),
    "a disk bomb": (
        "import os\nblock = bytes(1 << 24)\nwhile True:\n    with open('a', 'wb') as f:\n        f.write(block)\n    os.remove('a')",
        "wrote more than 512 MB",
    ),
    "a bomb of files": (
        "for i in range(1 << 30):\n    open(str(i), 'w').close()",
        "made more than 2000 files, or hid them",
    ),
    "a bomb of folders": (
        "import os\nwhile True:\n    os.mkdir('a', 0o300)\n    os.chdir('a')",
        "made more than 2000 files, or hid them",
    ),
    "noise on the grader's line": (
        "import os\nfor fd in range(3, 40):\n    try:\n        os.write(fd, b'x' * 999)\n    except OSError:\n        pass",
        "sent something other than results",
    ),
    "a deaf child": ("import os\nos.closerange(3, 99)", "ended its own process (exit code 1)"),
}


@pytest.mark.parametrize(("source", "why"), DIES.values(), ids=DIES)
def test_dies(kernels, source, why):
    before, attack = run(
        kernels, "print('before')", source, "print('after')", seconds=2 if why == LATE else 60, memory=1 << 30
    )
    assert before.output == "before\n"
    assert attack.died == why
    # As if nothing had been.
    assert [r.output for r in run(kernels, "print(6 * 7)")] == ["42\n"]


def test_memory_beyond_the_limit_that_is_asked_for_at_once_is_an_error_in_its_cell(kernels):
    asked, after = run(kernels, "import numpy as np\nnp.ones(1 << 30)", "print('on')", memory=1 << 30)
    assert asked.failure is not None
    assert asked.failure.type.endswith("MemoryError")
    assert after.output == "on\n"


@pytest.mark.parametrize("write", ["print('x' * 10**6)", "import os; os.write(1, b'x' * 10**6)"])
def test_a_flood_of_output_is_cut(kernels, write):
    flood, after = run(kernels, f"for _ in range(300):\n    {write}", "print('on')")
    assert flood.died == ""
    assert len(flood.output) == 200_000
    assert after.output == "on\n"


def test_a_job_that_takes_too_long_in_all_is_ended(kernels):
    steps = tuple(Step(str(i), "import time; time.sleep(0.4)") for i in range(20))
    results = kernels.run(Job(steps, seconds=1))
    assert len(results) < 20
    assert results[-1].died == "took longer than 1 s in all"


def test_scratch_folders_are_removed(kernels):
    (result,) = run(
        kernels, "import os\nfor i in range(1, 50):\n    os.makedirs('a/' * i)\nprint(os.getcwd())"
    )
    assert result.failure is None
    # It has folders of its own, in the stronger tier.
    server = max(_processes(str(kernels.folder)))
    folder = Path(f"/proc/{server}/root{result.output.strip()}")
    assert folder.parent.exists()
    assert _soon(lambda: not folder.exists())


FORGER = """
import os, gc, json, socket, struct
def frame(head, body=b""):
    head = json.dumps(head).encode()
    return struct.pack(">II", len(head), len(body)) + head + body
channel = next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 0)
"""


def test_results_forged_for_another_step_end_the_child(kernels):
    first, second = run(kernels, FORGER, "channel.sendall(frame(['done', 2, None], b'forged'))")
    assert first.failure is None
    assert (second.output, second.died) == ("", "sent something other than results")


def test_evidence_sent_out_of_turn_ends_the_child(kernels):
    _, second = run(kernels, FORGER, "channel.sendall(frame(['evidence', 'a', 1], b'forged'))")
    assert (second.evidence, second.died) == ({}, "sent something other than results")


def test_a_frame_that_announces_gigabytes_ends_the_child_at_once(kernels):
    _, second = run(kernels, FORGER, "channel.sendall(struct.pack('>II', 9, 1 << 31))")
    assert second.died == "sent something other than results"


def _processes(word: str) -> list[int]:
    """Those with `word` in their command line: a server and its children."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            # It ended meanwhile.
            continue
    return found


def _soon(true, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_a_killed_server_takes_its_children_along_and_another_one_does_the_job(kernels):
    run(kernels, "x = 1")
    folder = str(kernels.folder)
    assert _processes(folder)
    for pid in _processes(folder):
        os.kill(pid, signal.SIGKILL)
    assert _soon(lambda: not _processes(folder))
    assert run(kernels, "print('again')")[0].output == "again\n"


@pytest.mark.parametrize("ready", [True, False], ids=["in a job", "while the server imports TensorFlow"])
def test_killing_the_grader_leaves_no_process(kernels, tmp_path, ready):
    script = tmp_path / "grader.py"
    script.write_text(
        "import sys\nfrom autograder.sandbox import Job, Step\nfrom autograder.sandbox.client import Sandbox\n"
        "kernels = Sandbox(tier=sys.argv[1])\n"
        "job = Job((Step('a', 'x = 1'),))\n"
        f"{ready} and kernels.run(job)\n"
        "print(kernels.folder, flush=True)\n"
        "kernels.run(Job((Step('a', 'while True: pass', seconds=600),), seconds=600))\n"
    )
    grader = subprocess.Popen([sys.executable, script, kernels.tier], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    folder = grader.stdout.readline().strip()
    assert _soon(lambda: len(_processes(folder)) > ready)
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert _soon(lambda: not _processes(folder))


def test_the_server_stays_a_single_thread_whatever_ran(kernels):
    run(kernels, "import tensorflow as tf\ntf.ones(3) + 1")
    server = max(_processes(str(kernels.folder)))
    assert len(os.listdir(f"/proc/{server}/task")) == 1


def test_unconfined_a_job_that_is_ended_takes_what_it_started_along():
    source = "import subprocess\np = subprocess.Popen(['sleep', '4242'])\nprint(p.pid)"
    with Sandbox(unsafe=True, tier=NO_TIER) as fresh:
        first, second = run(fresh, source, "while True:\n    pass", seconds=2)
        assert second.died == LATE
        assert _soon(lambda: int(first.output) not in _processes("4242"))
