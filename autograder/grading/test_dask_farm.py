"""What is said of addresses and certificates, before anybody is asked to grade. It takes no dask."""

import socket

import pytest

from autograder.grading.dask_farm import _result, probe, tls_of
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
    """A task of dask's that ended well, and whose answer fails on the way."""

    def __init__(self, error, status="finished"):
        self.error, self.status = error, status

    def result(self, timeout):
        raise self.error


def test_an_answer_that_a_broken_connection_kept_is_lost_and_one_that_cannot_be_read_is_told():
    # As dask says it where the scheduler was killed while it sent.
    closed = RuntimeError("in <TLS (closed) ConnectionPool.gather ...>: Stream is closed")
    assert _result(Ended(closed)) is None
    assert _result(Ended(TimeoutError())) is None
    unreadable = TypeError(
        "Data serialized with pickle but only able to deserialize data with ['dask', 'msgpack']"
    )
    assert _result(Ended(unreadable)) is unreadable
    assert _result(Ended(closed, status="error")) is closed
