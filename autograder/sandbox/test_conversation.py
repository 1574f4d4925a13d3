"""The grader's side of a conversation, whatever the other side says."""

import os
import socket
import struct
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox import Job, Step, StepResult, wire
from autograder.sandbox.conversation import MAX_PIECES, NOT_RESULTS, Conversation, ServerGone, clean
from helpers.evidence import Failure

JOB = Job((Step("a", "x = 1"), Step("b", exercise="E", draws=(1, 2), seconds=5)), {"E": "..."}, seconds=20)


@pytest.fixture(autouse=True)
def _idle_machine(monkeypatch):
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))


def talk(*said: bytes, job: Job = JOB, why: bytes = b"died", pause: float = 0) -> list[StepResult]:
    """The results of a job whose child says this and is dead."""
    channel, theirs = socket.socketpair()
    line, its = socket.socketpair()

    def child() -> None:
        theirs.settimeout(1)
        with theirs, its:
            try:
                for part in said:
                    time.sleep(pause)
                    theirs.sendall(part)
                theirs.shutdown(socket.SHUT_WR)
                its.sendall(why)
                its.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, TimeoutError):
                return  # the grader has heard enough
            its.recv(1)  # nothing, once it has

    speaking = threading.Thread(target=child)
    speaking.start()
    try:
        with channel, line:
            return Conversation(job, channel, line).results()
    finally:
        speaking.join()


def done(index: int, text: str = "", failure: list | None = None) -> bytes:
    return wire.pack(["done", index, failure], text.encode())


def test_what_a_child_says_becomes_results():
    first, second = talk(
        done(0, "printed", ["ValueError", "no", "line 1"]),
        wire.pack(["check", "c", 1]) + wire.pack(["evidence", "c", 1], b"seen") + done(1),
    )
    assert (first.output, first.failure) == ("printed", Failure("ValueError", "no", "line 1"))
    assert (second.evidence, second.died) == ({("c", 1): b"seen"}, "")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes_give_results(said):
    results = talk(*said)
    assert results[-1].died in ("died", NOT_RESULTS)


json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["done", "check", "evidence"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(json, st.binary(max_size=50)), max_size=6))
def test_any_frames_give_results(frames):
    results = talk(*(wire.pack(head, body) for head, body in frames))
    assert results[-1].died.endswith(("died", NOT_RESULTS))
    for result in results:
        assert all(type(data) is bytes for data in result.evidence.values())


@pytest.mark.parametrize(
    "said",
    [
        struct.pack(">II", 1 << 31, 0),
        struct.pack(">II", 9, 1 << 31),
        struct.pack(">II", 4, 0) + b"nono",
        struct.pack(">II", 60000, 0) + b"[" * 60000,
        struct.pack(">II", 6000, 0) + b"9" * 6000,
        wire.pack({"done": 0}),
        done(1),
        wire.pack(["done", 0, [1, 2, 3]]),
        wire.pack(["evidence", "c", 1], b"of a step without checks"),
    ],
)
def test_a_frame_out_of_place_ends_the_conversation(said):
    assert [result.died for result in talk(said)] == [NOT_RESULTS]


def test_evidence_of_a_draw_not_asked_for_is_refused():
    assert talk(done(0), wire.pack(["evidence", "c", 3]))[-1].died == NOT_RESULTS


def test_the_first_evidence_of_a_check_counts():
    _, result = talk(done(0), *(wire.pack(["evidence", "c", 1], b) for b in (b"first", b"second")), done(1))
    assert result.evidence == {("c", 1): b"first"}


def test_the_number_of_results_is_limited():
    flood = b"".join(wire.pack(["evidence", str(i), 1]) for i in range(3 * MAX_PIECES))
    assert "results in one step" in talk(done(0), flood)[-1].died


def test_the_sum_of_results_is_limited(monkeypatch):
    monkeypatch.setattr("autograder.sandbox.conversation.MAX_TOTAL", 1 << 20)
    pieces = [wire.pack(["evidence", str(i), 1], bytes(1 << 18)) for i in range(9)]
    result = talk(done(0), *pieces)[-1]
    assert result.died == "sent more than 1 MB of results"
    assert len(result.evidence) == 3


def test_each_piece_of_evidence_has_the_steps_time_for_itself():
    job = Job((Step("b", exercise="E", draws=(1, 2, 3, 4), seconds=1),), {"E": "..."})
    pieces = [wire.pack(["evidence", "c", draw]) for draw in (1, 2, 3, 4)]
    (result,) = talk(*pieces, done(0), job=job, pause=0.3)
    assert (result.died, len(result.evidence)) == ("", 4)


def test_words_of_a_childs_own_are_no_checks_name():
    (*_, result) = talk(done(0), wire.pack(["check", "a secret", 1]))
    assert result.died == "in a check it died"


def test_chatter_does_not_stretch_a_steps_time():
    job = Job((Step("b", exercise="E", draws=(1,), names=("c",), seconds=0.5),), {"E": "..."})
    (result,) = talk(*[wire.pack(["check", "c", 1])] * 12, job=job, pause=0.1)
    assert result.died == "in the check “c” it took longer than 0.5 s"


def test_on_a_busy_machine_a_step_has_more_time(monkeypatch):
    monkeypatch.setattr("os.getloadavg", lambda: (4.0 * (os.cpu_count() or 1), 0, 0))
    job = Job((Step("b", exercise="E", draws=(1,), names=("c",), seconds=0.5),), {"E": "..."})
    (result,) = talk(*[wire.pack(["check", "c", 1])] * 12, done(0), job=job, pause=0.1)
    assert result.died == ""


def test_patience_has_an_end(monkeypatch):
    monkeypatch.setattr("os.getloadavg", lambda: (1e6, 0, 0))
    monkeypatch.setattr("autograder.sandbox.deadline.PATIENCE", 2)
    job = Job((Step("b", exercise="E", draws=(1,), names=("c",), seconds=0.2),), {"E": "..."})
    (result,) = talk(*[wire.pack(["check", "c", 1])] * 12, job=job, pause=0.1)
    assert result.died == "in the check “c” it took longer than 0.2 s"


def test_a_server_that_is_gone_is_no_fault_of_the_job():
    with pytest.raises(ServerGone):
        talk(why=b"")


def test_text_is_made_fit_for_terminals_and_files():
    assert clean("a\x1b[31mb\x00\r\nc\td\udcff\u202ee é 漢") == "a[31mb\n\nc\td?e é 漢"


def test_a_job_must_hold_the_checks_that_it_asks_for():
    with pytest.raises(ValueError, match="step 'b' asks for the checks of Dense"):
        Job((Step("b", exercise="Dense"),))
