"""What is said of addresses and certificates, before anybody is asked to grade. It takes no dask."""

import socket

import pytest

from autograder.grading import dask_farm
from autograder.grading.dask_farm import DaskFarm, _result, probe, tls_of
from autograder.grading.orders import Lost
from helpers.errors import CalledWrongly, Refused


@pytest.mark.parametrize(
    "address", ["", "somewhere", "tls://", "tls://host", "http://host:1", "tls://host:x", "tcp://[:1"]
)
def test_what_is_no_address_is_told_how_to_write_one(address):
    with pytest.raises(CalledWrongly, match=r"is no address of workers: write tls://HOST:PORT"):
        tls_of(address, None, None, None)


def test_an_encrypted_address_takes_three_files_and_another_none(tmp_path):
    file = tmp_path / "pem"
    assert tls_of("tcp://host:1", None, None, None) is None
    with pytest.raises(CalledWrongly, match="takes --tls-ca, --tls-cert and --tls-key"):
        tls_of("tls://host:1", file, file, None)
    with pytest.raises(CalledWrongly, match="would not be encrypted: write tls://host:1"):
        tls_of("tcp://host:1", file, None, None)


def test_a_missing_file_and_one_that_is_no_certificate_are_named(tmp_path):
    file = tmp_path / "pem"
    tls = tls_of("tls://host:1", file, file, file)
    with pytest.raises(CalledWrongly, match=f"there is no file {file}"):
        probe("tls://host:1", tls)
    file.write_text("nothing")
    with pytest.raises(CalledWrongly, match=f"{file}, .* are no certificate"):
        probe("tls://host:1", tls)


def test_where_nobody_answers_the_address_is_named_and_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(
        Refused, match=rf"nobody answers at {address} \(Connection refused\): start one there"
    ):
        probe(address, None)


class Ended:
    """A task of dask's that ended well, and whose answer fails on the way; it is cancelled then, or not yet."""

    def __init__(self, error, status="finished", then=None):
        self.error, self.status, self.then = error, status, then or status

    def result(self, timeout):
        self.status = self.then
        raise self.error


def test_an_answer_that_a_broken_connection_kept_is_lost_and_one_that_cannot_be_read_is_told():
    # As dask says it where the scheduler was killed while it sent.
    closed = RuntimeError("in <TLS (closed) ConnectionPool.gather ...>: Stream is closed")
    assert _result(Ended(closed)) is None
    assert _result(Ended(closed, then="cancelled")) is None
    assert _result(Ended(TimeoutError())) is None
    unreadable = TypeError(
        "Data serialized with pickle but only able to deserialize data with ['dask', 'msgpack']"
    )
    assert _result(Ended(unreadable)) is unreadable
    assert _result(Ended(closed, status="error")) is closed


class Client:
    """One of dask's, with a scheduler that has no workers, or that does not answer it."""

    def __init__(self, status="running", answers=True):
        self.status, self.answers, self.closed = status, answers, False

    def sync(self, asked, callback_timeout):
        if not self.answers:
            raise TimeoutError
        return {"workers": {}}

    def close(self, timeout):
        self.closed = True


def the_farm(*clients):
    """One whose clients are made in this order, and then none."""
    waiting = iter(clients)

    def connect(seconds):
        for client in waiting:
            return client
        raise OSError

    return DaskFarm(connect, "tls://host:1")


@pytest.fixture
def clock(monkeypatch):
    """The time that the farm reads, in a list."""
    clock = [100.0]
    monkeypatch.setattr(dask_farm.time, "monotonic", lambda: clock[0])
    return clock


def nobody_answers(farm):
    with pytest.raises(Lost, match="scheduler at tls://host:1 does not answer any more"):
        farm.workers()


@pytest.mark.parametrize("stuck", [{"status": "connecting"}, {"answers": False}])
def test_a_client_that_stays_cut_is_followed_by_another(clock, stuck):
    first, second = Client(**stuck), Client()
    farm = the_farm(first, second)
    for clock[0] in (100.0, 100.0 + dask_farm.ANSWER - 0.1):
        nobody_answers(farm)
        assert farm.client is first
    clock[0] += 0.1
    nobody_answers(farm)
    assert farm.client is second
    assert first.closed
    assert farm.workers() == {}


def test_a_client_that_answers_in_between_is_kept(clock):
    client = Client()
    farm = the_farm(client, Client())
    for clock[0], client.answers in ((100.0, False), (104.0, True), (108.0, False)):
        if client.answers:
            assert farm.workers() == {}
        else:
            nobody_answers(farm)
    assert farm.client is client
    assert not client.closed


def test_where_no_other_client_can_be_had_the_first_goes_on_trying(clock):
    client = Client(status="connecting")
    farm = the_farm(client)
    for clock[0] in (100.0, 110.0, 120.0):
        nobody_answers(farm)
    client.status = "running"
    assert farm.workers() == {}
    assert not client.closed
