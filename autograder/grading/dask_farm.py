"""The workers of a dask scheduler as a `Farm`: the only place that knows dask.distributed, which is the extra `scale`.

What it is told is sent as bytes and comes back as bytes. Dask itself unpickles on every side; see SECURITY.md.
"""

import asyncio
import contextlib
import logging
import queue
import socket
import ssl
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autograder.grading import cluster
from autograder.grading.orders import Lost, Present
from helpers.errors import CalledWrongly, Refused

log = logging.getLogger(__name__)

# Seconds for whoever is asked to say something.
ANSWER = 5.0
# Seconds in which a connection that dropped must be there again.
AGAIN = 30.0
# Answers are never unpickled, if they are what ours are.
PLAIN = ["dask", "msgpack", "error"]
# The second has a level and a handler of its own.
DASKS_LOGS = ("distributed", "distributed.client")


@dataclass(frozen=True)
class Tls:
    """Files by which both sides know each other: the authority's certificate, and one's own with its key."""

    ca: Path
    cert: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """How a client speaks to a scheduler.

        Raises:
            CalledWrongly: if a file is missing, or is not what it should be.
        """
        for file in (self.ca, self.cert, self.key):
            if not file.is_file():
                raise CalledWrongly(f"there is no file {file}")
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            context.load_cert_chain(self.cert, self.key)
        except ssl.SSLError as error:
            raise CalledWrongly(
                f"{self.ca}, {self.cert} and {self.key} are no certificate of an authority, a certificate and "
                f"its key ({error.reason or error})"
            ) from None
        # As dask does it: whom the authority knows is trusted, whatever its host is called.
        context.check_hostname = False
        return context


def tls_of(address: str, ca: Path | None, cert: Path | None, key: Path | None) -> Tls | None:
    """The files for an address, if it asks for any.

    Args:
        address: of the scheduler.
        ca, cert, key: what was named; see `Tls`.
    Raises:
        CalledWrongly: if they do not fit the address, or that is none.
    """
    try:
        parts = urlsplit(address)
        scheme, complete = parts.scheme, bool(parts.hostname and parts.port)
    except ValueError:
        scheme, complete = "", False
    if scheme not in ("tls", "tcp") or not complete:
        raise CalledWrongly(f"{address!r} is no address of workers: write tls://HOST:PORT")
    if scheme == "tcp":
        if ca or cert or key:
            raise CalledWrongly(f"{address} would not be encrypted: write tls://{parts.netloc}")
        return None
    if not (ca and cert and key):
        raise CalledWrongly(f"{address} takes --tls-ca, --tls-cert and --tls-key, a file each")
    return Tls(ca, cert, key)


def probe(address: str, tls: Tls | None) -> None:
    """See that a scheduler answers, before dask tries for half a minute and says little.

    Args:
        address: the scheduler's.
        tls: how to speak to it; None for unencrypted.
    Raises:
        Refused: if none does; it says why.
        CalledWrongly: if there is something wrong with the files.
    """
    parts = urlsplit(address)
    context = tls.context() if tls else None
    advice = "start one there (`dask scheduler`, or `fdl farm` to try it), or name another address"
    try:
        connection = socket.create_connection((parts.hostname, parts.port), ANSWER)
    except OSError as error:
        raise Refused(f"nobody answers at {address} ({error.strerror or error}): {advice}") from None
    with connection:
        try:
            connection.settimeout(ANSWER)
            if context:
                connection = context.wrap_socket(connection, server_hostname=parts.hostname)
            # A scheduler speaks first.
            spoken = bool(connection.recv(1))
        except OSError as error:
            if tls and isinstance(error, ssl.SSLError):
                _refuse_certificates(address, tls, error)
            spoken = False
    if not spoken:
        raise Refused(
            f"what answers at {address} is no scheduler, or speaks {'un' * bool(tls)}encrypted: {advice}"
        )


def _refuse_certificates(address: str, tls: Tls, error: ssl.SSLError) -> None:
    """Say whose certificate is not taken.

    Raises:
        Refused: if the error is about one.
    """
    advice = "use those with which the scheduler was started"
    if isinstance(error, ssl.SSLCertVerificationError):
        raise Refused(
            f"the certificate of {address} does not fit --tls-ca {tls.ca} ({error.verify_message}): {advice}"
        ) from None
    # So the other side says that it hangs up.
    if "ALERT" in (error.reason or ""):
        raise Refused(f"{address} does not take --tls-cert {tls.cert} ({error.reason}): {advice}") from None


@contextlib.contextmanager
def connected(address: str, tls: Tls | None) -> Iterator["DaskFarm"]:
    """The workers of a scheduler, as long as they are needed.

    Args:
        address: the scheduler's, tls://HOST:PORT.
        tls: how to speak to it; None for unencrypted.
    Raises:
        Refused: if none answers, or dask is not installed.
        CalledWrongly: if there is something wrong with the files.
    """
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError:
        raise Refused(
            "--workers takes the packages of the extra `scale`: run `make install EXTRA=scale`"
        ) from None
    probe(address, tls)
    # What goes wrong is told in sentences of ours.
    for name in DASKS_LOGS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    security = None
    if tls:
        security = Security(
            tls_ca_file=str(tls.ca),
            tls_client_cert=str(tls.cert),
            tls_client_key=str(tls.key),
            require_encryption=True,
        )

    def connect(seconds: float) -> Any:
        with warnings.catch_warnings(action="ignore"):
            return Client(
                address,
                security=security,
                timeout=seconds,
                name="fdl-grade",
                set_as_default=False,
                deserializers=PLAIN,
            )

    try:
        there = DaskFarm(connect, address)
    except (OSError, ValueError) as error:
        raise Refused(f"the scheduler at {address} does not answer as it should: {error}") from None
    try:
        yield there
    finally:
        there.close()


class DaskFarm:
    """The workers that a client of dask's knows; see `orders.Farm`.

    Args:
        connect: makes a client that tries for so many seconds.
        address: the scheduler's.
    """

    def __init__(self, connect: Callable[[float], Any], address: str):
        self.connect, self.address = connect, address
        self.client = connect(AGAIN)
        # Since when nobody answers the client.
        self._cut: float | None = None
        self._futures: dict[str, Any] = {}
        self._landed: queue.SimpleQueue[str] = queue.SimpleQueue()
        # When each was heard of last, by the scheduler's clock and by ours.
        self._heard: dict[str, tuple[float, float]] = {}

    def workers(self) -> dict[str, Present]:
        """See `Farm`."""
        try:
            if self.client.status != "running":
                raise ConnectionError
            about = self.client.sync(self._identity, callback_timeout=ANSWER)
        except Exception:
            self._futures.clear()
            self._connect_anew()
            raise Lost(f"The scheduler at {self.address} does not answer any more.") from None
        self._cut = None
        there = {}
        now = time.monotonic()
        for address, worker in about["workers"].items():
            heard = worker["last_seen"]
            if self._heard.get(address, (None, 0.0))[0] != heard:
                self._heard[address] = heard, now
            silent = now - self._heard[address][1]
            name = str(worker["name"])
            shown = address if name == address else f"{name} ({address})"
            there[address] = Present(shown, worker["nthreads"], silent)
        return there

    def _connect_anew(self) -> None:
        """Have another client, if this one has tried for long enough: one that was cut amid its greeting tries no more."""
        now = time.monotonic()
        if self._cut is None:
            self._cut = now
        if now - self._cut < ANSWER:
            return
        with contextlib.suppress(Exception):
            client = self.connect(ANSWER)
            self.close()
            self.client, self._cut = client, None

    def close(self) -> None:
        """Hang up, whatever state the connection is in."""
        with contextlib.suppress(Exception):
            self.client.close(timeout=ANSWER)

    async def _identity(self) -> dict[str, Any]:
        return await self.client.scheduler.identity(n_workers=-1)

    def send(self, worker: str, function: str, data: bytes) -> str:
        """See `Farm`."""
        key = f"fdl-{function}-{uuid.uuid4().hex}"
        try:
            future = self.client.submit(
                getattr(cluster, function),
                data,
                key=key,
                workers=[worker],
                allow_other_workers=False,
                pure=False,
                retries=0,
            )
            self._futures[key] = future
            future.add_done_callback(lambda future: self._landed.put(future.key))
        except Exception as error:
            # The connection has just dropped, say; `workers` will find out.
            log.warning("nothing can be sent: %s", error)
            self._futures[key] = None
            self._landed.put(key)
        return key

    def landed(self, seconds: float) -> list[tuple[str, bytes | Exception | None]]:
        """See `Farm`."""
        come = []
        with contextlib.suppress(queue.Empty):
            key = self._landed.get(timeout=seconds)
            while True:
                if key in self._futures:
                    come.append((key, _result(self._futures.pop(key))))
                key = self._landed.get_nowait()
        return come

    def forget(self, key: str) -> None:
        """See `Farm`."""
        future = self._futures.pop(key, None)
        if future is not None:
            with contextlib.suppress(Exception):
                future.release()


def _result(future: Any) -> bytes | Exception | None:
    """What came of a task; None if it, or what came of it, was lost on the way."""
    # A connection that breaks changes the status as well.
    status = future.status if future is not None else None
    if status not in ("finished", "error"):
        return None
    try:
        data = future.result(timeout=ANSWER)
    except (asyncio.CancelledError, CancelledError):
        return None
    except Exception as error:
        # Of one that has ended well, only the way here can fail so; what cannot be read fails otherwise.
        lost = status == "finished" and isinstance(error, OSError | RuntimeError | TimeoutError)
        return None if lost else error
    return data if isinstance(data, bytes) else TypeError(f"{type(data).__name__}, and not bytes")
