"""What is said of addresses and certificates, before anybody is asked to grade. It takes no dask."""

import socket

import pytest

from autograder.grading.dask_farm import probe, tls_of
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
