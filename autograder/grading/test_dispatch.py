"""Workers that die, hang, fall silent or answer nonsense, played on a stage: no network, and a clock that is set by hand."""

from collections import Counter

import pytest

from autograder.grading.dispatch import Dispatch, Patience
from autograder.grading.orders import Lost, Order, Present
from helpers.errors import Refused

DIES, FAILS, HANGS, SILENT = "dies", "fails", "hangs", "falls silent"


class Stage:
    """A farm whose workers do what `plot` says about (worker, order); "ok" where it says nothing.

    A worker that dies is followed by a new one, if `reborn`.
    """

    def __init__(self, workers=2, threads=2, plot=None, reborn=False):
        self.now, self.plot, self.reborn = 0.0, plot or {}, reborn
        self.there = {f"w{n}": Present(f"w{n}", threads) for n in range(1, workers + 1)}
        self.sent: list[tuple[str, str, frozenset]] = []
        self.under_way: dict[str, tuple[str, str]] = {}
        self.lost_until = -1.0
        self.unfit: dict[str, bytes] = {}

    def clock(self):
        return self.now

    def workers(self):
        if self.now < self.lost_until:
            raise Lost("nobody answers.")
        return dict(self.there)

    def send(self, worker, function, data):
        key = str(len(self.sent))
        name = data.decode()
        beside = frozenset(n for w, n in self.under_way.values() if w == worker)
        self.sent.append((worker, name, beside))
        self.under_way[key] = worker, name
        return key

    def landed(self, seconds):
        self.now += seconds
        come: list[tuple[str, bytes | None]] = []
        for key, (worker, name) in list(self.under_way.items()):
            if worker not in self.there:
                continue
            what = self.plot.get((worker, name), self.plot.get(name, "ok"))
            if what == DIES:
                self._die(worker)
                return come
            if what == SILENT:
                self.there[worker] = Present(worker, 2, silent=self.now)
            elif what != HANGS and not self.there[worker].silent:
                del self.under_way[key]
                fit = self.unfit.get(worker, b"hello")
                come.append((key, fit if name == "hello" else what.encode()))
        return come

    def _die(self, worker):
        del self.there[worker]
        if self.reborn:
            self.there[f"{worker}'"] = Present(f"{worker}'", 2)

    def forget(self, key):
        self.under_way.pop(key, None)

    def had(self, name):
        return [worker for worker, order, _ in self.sent if order == name]


def accept(data):
    if data != b"ok":
        raise ValueError(f"sent {data.decode()}")
    return "done"


def welcome(data):
    if data != b"hello":
        raise ValueError(data.decode())


@pytest.fixture
def grade():
    """Has a class graded on a stage; what became of each, and what was said."""

    def grade(stage, students, **patience):
        said: list[str] = []
        times = {"order": 100.0, "silence": 20.0, "workers": 30.0, "scheduler": 30.0, "tick": 1.0, **patience}
        dispatch = Dispatch(stage, b"hello", welcome, said.append, Patience(**times), stage.clock)
        orders = [Order(name, "grade", name.encode, accept) for name in students]
        become = [(order.name, answer) for order, answer in dispatch.run(orders)]
        assert max(Counter(name for name, _ in become).values()) == 1
        assert {name for name, _ in become} == set(students)
        return {name for name, answer in become if answer is None}, said, orders

    return grade


CLASS = [f"s{number}" for number in range(12)]


def test_everybody_is_graded_once_and_no_worker_has_more_than_it_can_do(grade):
    stage = Stage(workers=3, threads=2)
    given_up, said, _ = grade(stage, CLASS)
    assert (given_up, said) == (set(), [])
    assert max(len(beside) for _, _, beside in stage.sent) == 1
    assert len(stage.sent) == 3 + len(CLASS)


def test_what_a_dead_worker_had_is_graded_elsewhere_and_one_sentence_says_so(grade):
    stage = Stage(plot={("w1", "s4"): DIES})
    given_up, said, _ = grade(stage, CLASS)
    assert given_up == set()
    assert stage.had("s4") == ["w1", "w2"]
    (sentence,) = said
    assert sentence.startswith("Worker w1 is gone; what it had (")


def test_what_kills_three_workers_is_given_up_and_takes_nobody_along(grade):
    stage = Stage(plot={"s5": DIES}, reborn=True)
    given_up, _, orders = grade(stage, CLASS)
    assert given_up == {"s5"}
    assert len(stage.had("s5")) == 3
    (poison,) = [order for order in orders if order.name == "s5"]
    assert len(poison.failures) == 3
    # After it has killed once, nothing is beside it that it could take along.
    assert [beside for _, name, beside in stage.sent if name == "s5"][1:] == [frozenset(), frozenset()]


def test_a_worker_that_hangs_loses_a_thread_and_nobody_waits_for_it(grade):
    stage = Stage(plot={("w1", "s0"): HANGS})
    given_up, said, _ = grade(stage, CLASS)
    assert given_up == set()
    assert stage.had("s0") == ["w1", "w2"]
    assert said == ["s0: worker w1 has been at it for 2 minutes; it is tried elsewhere."]


def test_where_all_workers_hang_it_is_said_and_nobody_waits_for_ever(grade):
    stage = Stage(workers=1, threads=1, plot={"s1": HANGS})
    with pytest.raises(Refused, match="no worker is left: worker w1 hangs"):
        grade(stage, CLASS[:3])
    assert stage.had("s0") == ["w1"]


def test_a_worker_that_falls_silent_is_not_waited_for(grade):
    stage = Stage(plot={("w1", "s0"): SILENT})
    given_up, said, _ = grade(stage, CLASS)
    assert given_up == set()
    assert "Worker w1 has not been heard of for" in said[0]


def test_a_worker_that_answers_nonsense_is_put_out_and_hurts_nobody(grade):
    stage = Stage(plot={("w1", name): "nonsense" for name in CLASS})
    given_up, said, _ = grade(stage, CLASS)
    assert given_up == set()
    assert "Worker w1 failed at 3 in a row: it sent nonsense; it gets nothing more." in said
    assert len([worker for worker, name, _ in stage.sent if worker == "w1" and name != "hello"]) <= 4


def test_a_submission_at_which_every_worker_fails_puts_no_worker_out(grade):
    stage = Stage(plot={"s3": FAILS})
    given_up, _, orders = grade(stage, CLASS)
    assert given_up == {"s3"}
    assert orders[3].failures == [f"worker {worker} sent fails" for worker in stage.had("s3")]
    assert set(stage.had("s3")) == {"w1", "w2"}


def test_an_unfit_worker_is_named_and_gets_nothing(grade):
    stage = Stage()
    stage.unfit["w2"] = b"has Python 3.9"
    _, said, _ = grade(stage, CLASS)
    assert said == ["Worker w2 has Python 3.9."]
    assert {worker for worker, name, _ in stage.sent if name != "hello"} == {"w1"}


def test_where_no_worker_is_fit_the_sentence_says_why_of_each(grade):
    stage = Stage()
    stage.unfit = {"w1": b"has Python 3.9", "w2": b"cannot hold students' code"}
    with pytest.raises(
        Refused, match="no worker is left: worker w1 has Python 3.9; worker w2 cannot hold students' code"
    ):
        grade(stage, CLASS)


def test_where_there_is_no_worker_it_is_waited_for_one_and_then_said(grade):
    stage = Stage(workers=0)
    with pytest.raises(Refused, match="there is no worker, and none has come"):
        grade(stage, CLASS)
    assert 30 < stage.now < 40


def test_what_was_under_way_when_the_scheduler_was_lost_is_done_when_it_is_back(grade, monkeypatch):
    stage = Stage(plot={"s2": HANGS})
    before = stage.landed

    def landed(seconds):
        if len(stage.sent) > 4 and stage.lost_until < 0:
            stage.lost_until = stage.now + 10
            stage.under_way.clear()
            stage.plot.clear()
        return before(seconds)

    monkeypatch.setattr(stage, "landed", landed)
    given_up, said, _ = grade(stage, CLASS)
    assert given_up == set()
    assert said == ["nobody answers. Waiting for it ...", "The scheduler answers again."]


def test_what_a_network_drops_counts_against_nobody(grade, monkeypatch):
    stage = Stage(threads=6)
    landed = stage.landed
    drops: list[None] = []

    def dropping(seconds):
        come = landed(seconds)
        if len(drops) < 5 and len(stage.sent) > 2:
            drops.append(None)
            come = [(key, None) for key, _ in come]
        return come

    monkeypatch.setattr(stage, "landed", dropping)
    given_up, said, orders = grade(stage, CLASS)
    assert (given_up, said) == (set(), [])
    assert [order.failures for order in orders] == [[]] * len(CLASS)


def test_a_scheduler_that_does_not_come_back_is_waited_for_half_a_minute(grade):
    stage = Stage()
    stage.lost_until = 1e9
    with pytest.raises(Refused, match="nobody answers. Start it and its workers anew"):
        grade(stage, CLASS)
    assert 30 < stage.now < 40
