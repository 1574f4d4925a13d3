"""Which worker gets which piece of work, and what happens when one dies, hangs or answers nonsense. It knows no network.

Work is pure, so it may be done twice: whichever answer comes first counts, and is handed on once. A piece that fails
three times is given up. What was under way on a worker that died is tried again alone on its worker, so that
whatever killed it takes nobody else along. A worker that fails at three pieces in a row gets nothing more.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from autograder.grading.orders import Farm, Lost, Order, Present
from helpers.errors import Refused

log = logging.getLogger(__name__)

# How often a piece of work may fail, and at how many pieces in a row a worker.
ATTEMPTS, STRIKES = 3, 3


@dataclass
class Flight:
    """An order at a worker; without an order, a greeting. One that is late is done again elsewhere."""

    worker: str
    since: float
    order: Order | None = None
    late: bool = False


@dataclass
class Hand:
    """A worker as it was known last.

    Attributes:
        present: what is said of it.
        greeted: whether it has been found fit.
        silent: whether it is too long since it was heard of.
        out: why it gets nothing more; "" if it does.
        failed_at: the orders that it failed at since it last succeeded.
    """

    present: Present
    greeted: bool = False
    silent: bool = False
    out: str = ""
    failed_at: set[str] = field(default_factory=set)

    @property
    def possible(self) -> bool:
        """Whether it may still do something."""
        return not self.out and not self.silent


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds.

    Attributes:
        order: for an answer.
        silence: for a sign of life.
        workers: for a worker, where there is none.
        scheduler: for whoever knows of the workers.
        tick: between two looks at them.
    """

    order: float = 1800.0
    silence: float = 60.0
    workers: float = 30.0
    scheduler: float = 30.0
    tick: float = 1.0


class Dispatch:
    """Hands out orders.

    Args:
        farm: the workers.
        greeting: what each is sent before anything else.
        welcome: reads what a worker answers to that; raises ValueError, with the end of a sentence about the worker, if
            it is not fit.
        tell: is told a sentence about whatever goes wrong.
        patience: how long is waited.
        clock: seconds.
    """

    def __init__(
        self,
        farm: Farm,
        greeting: bytes,
        welcome: Callable[[bytes], None],
        tell: Callable[[str], None],
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.farm, self.greeting, self.welcome, self.tell = farm, greeting, welcome, tell
        self.patience, self.clock = patience or Patience(), clock
        self.hands: dict[str, Hand] = {}
        self.flights: dict[str, Flight] = {}
        self.waiting: deque[Order] = deque()
        self.given_up: list[Order] = []
        # For how long nobody has answered who knows of the workers, and no worker has been there.
        self._lost_since: float | None = None
        self._idle_since = clock()
        self._looked = float("-inf")

    @property
    def standing(self) -> str:
        """How many workers there are, and how much is under way and waits."""
        fit = len([hand for hand in self.hands.values() if hand.greeted and hand.possible])
        under_way = len([flight for flight in self.flights.values() if flight.order and not flight.late])
        return f"{fit} worker{'s' * (fit != 1)}, {under_way} under way, {len(self.waiting)} waiting"

    def run(self, orders: Iterable[Order]) -> Iterator[tuple[Order, object | None]]:
        """Have orders done, each once.

        Args:
            orders: in the order in which they are begun.
        Returns:
            Each with what `accept` made of its answer, in any order; with None if it is given up.
        Raises:
            Refused: if there is nobody who could do them.
        """
        self.waiting.extend(orders)
        left = len(self.waiting)
        try:
            while left:
                self._look()
                self._send()
                for order, answer in self._landed():
                    order.done = True
                    left -= 1
                    # It does, if this is the late answer of a worker that was believed dead.
                    if order in self.waiting:
                        self.waiting.remove(order)
                    yield order, answer
        finally:
            for key in self.flights:
                self.farm.forget(key)
            self.flights.clear()

    def greet_anew(self, greeting: bytes) -> None:
        """Send every worker something before it gets anything else.

        Args:
            greeting: what.
        """
        self.greeting = greeting
        for hand in self.hands.values():
            hand.greeted = False

    # ---- who is there

    def _look(self) -> None:
        """See who has come, who is gone, who is silent and what takes too long."""
        now = self.clock()
        if now - self._looked < self.patience.tick:
            return
        self._looked = now
        try:
            there = self.farm.workers()
        except Lost as error:
            self._without_scheduler(now, str(error))
            return
        if self._lost_since is not None:
            self.tell("The scheduler answers again.")
            self._lost_since = None
        for address in self.hands.keys() - there.keys():
            self._gone(address)
        for address, present in there.items():
            hand = self.hands.setdefault(address, Hand(present))
            hand.present = present
            silent = present.silent > self.patience.silence
            if silent and not hand.silent and not hand.out:
                self._without(address, f"has not been heard of for {present.silent:.0f} s")
            hand.silent = silent
        for flight in self.flights.values():
            if now - flight.since > self.patience.order and not flight.late:
                self._late(flight)
        self._refuse_without_workers(now)

    def _without_scheduler(self, now: float, why: str) -> None:
        """Wait for the scheduler, and do again what was under way.

        Raises:
            Refused: if it has been waited for long enough.
        """
        if self._lost_since is None:
            self._lost_since = now
            self.tell(f"{why} Waiting for it ...")
            for flight in list(self.flights.values()):
                if flight.order and not flight.late:
                    self.waiting.appendleft(flight.order)
            self.flights.clear()
            self.hands.clear()
        if now - self._lost_since > self.patience.scheduler:
            raise Refused(f"{why} Start it and its workers anew")
        self._idle_since = now

    def _gone(self, address: str) -> None:
        keys = [key for key, flight in self.flights.items() if flight.worker == address]
        if keys and self.hands[address].possible:
            self._without(address, "is gone")
        del self.hands[address]
        for key in keys:
            self.farm.forget(key)
            del self.flights[key]

    def _without(self, address: str, why: str) -> None:
        """Try elsewhere what is under way at a worker."""
        hand = self.hands[address]
        orders = []
        for flight in self.flights.values():
            if flight.worker == address and flight.order and not flight.late:
                flight.late = True
                orders.append(flight.order)
        also = f"; what it had ({_some(orders)}) is done again" if orders else ""
        self.tell(f"Worker {hand.present.name} {why}{also}.")
        for order in orders:
            order.alone = True
            self._failed(order, address, f"worker {hand.present.name} {why}")

    def _late(self, flight: Flight) -> None:
        """Try elsewhere what takes too long; the worker keeps the thread that is lost."""
        flight.late = True
        hand = self.hands[flight.worker]
        minutes = self.patience.order / 60
        if flight.order is None:
            hand.out = f"has not been ready for {minutes:.0f} minutes"
            self.tell(f"Worker {hand.present.name} {hand.out}; it gets nothing.")
            return
        why = f"worker {hand.present.name} has been at it for {minutes:.0f} minutes"
        self.tell(f"{flight.order.name}: {why}; it is tried elsewhere.")
        self._failed(flight.order, flight.worker, why)
        if self._load(flight.worker) - self._load(flight.worker, late=False) >= hand.present.threads:
            hand.out = "hangs"
            self.tell(f"Worker {hand.present.name} hangs; it gets nothing more.")

    def _refuse_without_workers(self, now: float) -> None:
        """See that somebody is there who may still do something.

        Raises:
            Refused: if nobody is, and has not been for long enough.
        """
        if any(hand.possible for hand in self.hands.values()):
            self._idle_since = now
            return
        waited = now - self._idle_since > self.patience.workers
        if not self.hands and waited:
            raise Refused("there is no worker, and none has come")
        if self.hands and (waited or not any(hand.silent for hand in self.hands.values())):
            reasons = []
            for hand in self.hands.values():
                reasons.append(f"worker {hand.present.name} {hand.out or 'is not heard of'}")
            raise Refused(f"no worker is left: {'; '.join(sorted(set(reasons)))}")

    # ---- what is sent

    def _send(self) -> None:
        if self._lost_since is not None:
            return
        for address, hand in self.hands.items():
            if not hand.greeted and hand.possible and not self._load(address, late=False):
                key = self.farm.send(address, "meet", self.greeting)
                self.flights[key] = Flight(address, self.clock())
        reserved: set[str] = set()
        for order in list(self.waiting):
            place = self._place_for(order, reserved)
            if place is None:
                # What comes behind has no better chances.
                if not order.alone:
                    return
                continue
            if order.alone and self._load(place, late=False):
                # It is left to finish what it has.
                reserved.add(place)
                continue
            self.waiting.remove(order)
            self._send_to(order, place)

    def _place_for(self, order: Order, reserved: set[str]) -> str | None:
        """The worker for an order: one where it has not failed, and that has least to do."""
        busy_alone = set()
        for flight in self.flights.values():
            if flight.order and flight.order.alone and not flight.late:
                busy_alone.add(flight.worker)
        free = []
        for address, hand in self.hands.items():
            load = self._load(address)
            fit = hand.greeted and hand.possible and address not in reserved | busy_alone
            if fit and (order.alone or load < hand.present.threads):
                free.append((address in order.tried, load, address))
        return min(free)[2] if free else None

    def _load(self, address: str, late: bool = True) -> int:
        """How much a worker has, with or without what it is too late for."""
        flights = [flight for flight in self.flights.values() if flight.worker == address]
        return len([flight for flight in flights if late or not flight.late])

    def _send_to(self, order: Order, address: str) -> None:
        try:
            data = order.data()
        except Exception as error:
            log.exception("%s cannot be sent", order.name)
            order.failures.append(f"{type(error).__name__}: {error}")
            self.given_up.append(order)
            return
        key = self.farm.send(address, order.function, data)
        self.flights[key] = Flight(address, self.clock(), order)

    # ---- what comes

    def _landed(self) -> Iterator[tuple[Order, object | None]]:
        """The orders that are done or given up."""
        for key, data in self.farm.landed(self.patience.tick):
            flight = self.flights.pop(key, None)
            if flight is None or (flight.order and flight.order.done):
                continue
            if flight.order is None:
                self._welcome(flight.worker, data)
                continue
            if data is None:
                # The network's fault: first of all it is seen who is there.
                self._looked = float("-inf")
                if not flight.late:
                    self.waiting.appendleft(flight.order)
                continue
            try:
                answer = flight.order.accept(_read(data))
            except Exception as error:
                self._blame(flight, _why(error))
                continue
            self.hands[flight.worker].failed_at.clear()
            yield flight.order, answer
        while self.given_up:
            order = self.given_up.pop()
            if not order.done:
                yield order, None

    def _welcome(self, address: str, data: bytes | Exception | None) -> None:
        hand = self.hands[address]
        if data is None:
            return
        try:
            self.welcome(_read(data))
            hand.greeted = True
        except Exception as error:
            hand.out = _why(error)
            self.tell(f"Worker {hand.present.name} {hand.out}.")

    def _blame(self, flight: Flight, why: str) -> None:
        """An order failed: it is tried elsewhere, and a worker that fails at everything gets nothing more."""
        order, hand = flight.order, self.hands[flight.worker]
        assert order
        hand.failed_at.add(order.name)
        # It may have been started anew at the same address.
        hand.greeted = False
        if not flight.late:
            self.tell(f"{order.name}: worker {hand.present.name} {why}.")
            self._failed(order, flight.worker, f"worker {hand.present.name} {why}")
        if len(hand.failed_at) >= STRIKES and not hand.out:
            hand.out = f"failed at {STRIKES} in a row: it {why}"
            self.tell(f"Worker {hand.present.name} {hand.out}; it gets nothing more.")

    def _failed(self, order: Order, address: str, why: str) -> None:
        order.failures.append(why)
        order.tried.add(address)
        if len(order.failures) >= ATTEMPTS:
            self.given_up.append(order)
        elif order.alone:
            self.waiting.appendleft(order)
        else:
            self.waiting.append(order)


def _read(data: bytes | Exception) -> bytes:
    """What was answered; raises what kept it from being read."""
    if isinstance(data, Exception):
        raise RuntimeError(data)
    return data


def _why(error: Exception) -> str:
    """The end of a sentence about a worker, for whatever its answer led to."""
    if isinstance(error, ValueError):
        return str(error)
    return f"answered what cannot be read ({type(error).__name__}: {str(error)[:300]})"


def _some(orders: list[Order]) -> str:
    names = ", ".join(order.name for order in orders[:4])
    return names + (" …" if len(orders) > 4 else "")
