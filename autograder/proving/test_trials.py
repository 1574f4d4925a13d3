"""A second luck is met wherever it could make a difference."""

from collections import Counter

import pytest

from autograder.proving import trials
from autograder.proving.prove import prove
from autograder.proving.trials import LUCK_DRAWS, PROBE_DRAWS, Bench
from autograder.testing.tiny_exercise import tiny
from helpers.evidence import encode
from helpers.judge import REFERENCE

SEED, DRAWS = 20150611, 7
NOISE = (
    "center.misconception('noise', ('h - mean', 'h + mean + {size} * np.random.random()'), advice='None.')"
)
SUMMARY = "\nfor check in center.checks:\n    check.summarize = lambda theirs, ours: theirs"


@pytest.fixture
def gathered(monkeypatch):
    """How often each check runs while a misconception is tried again."""

    def count(exercise, name):
        bench = Bench(exercise, SEED, DRAWS)
        assert len(bench.tables) == DRAWS
        runs: Counter[str] = Counter()

        def gather(exercise, check, candidate, seed, luck):
            runs[check.name] += 1
            return original(exercise, check, candidate, seed, luck)

        original = trials.gather
        monkeypatch.setattr(trials, "gather", gather)
        rival = next(rival for rival in exercise.misconceptions if rival.name == name)
        bench.trial_again(rival)
        return runs

    return count


def test_luck_that_makes_no_difference_is_tried_on_the_first_draws(tmp_path, gathered):
    runs = gathered(tiny(tmp_path), "the mean is added")
    assert runs == {"columns": LUCK_DRAWS, "rows": LUCK_DRAWS}


@pytest.mark.parametrize("size", ["1", "1e-14"], ids=["large", "in the last bits"])
def test_luck_that_makes_a_difference_is_tried_on_every_draw(tmp_path, gathered, size):
    runs = gathered(tiny(tmp_path, more=NOISE.format(size=size)), "noise")
    assert runs == {"columns": DRAWS, "rows": DRAWS}


def test_what_has_a_summary_meets_a_second_luck_on_every_draw(tmp_path, gathered):
    runs = gathered(tiny(tmp_path, more=SUMMARY), "the mean is added")
    assert runs == {"columns": DRAWS, "rows": DRAWS}


def test_each_run_of_a_check_has_a_luck_that_none_had_before(tmp_path, monkeypatch):
    lucks = []

    def gather(exercise, check, candidate, seed, luck):
        lucks.append(luck)
        return original(exercise, check, candidate, seed, luck)

    original = trials.gather
    monkeypatch.setattr(trials, "gather", gather)
    exercise = tiny(tmp_path)
    bench = Bench(exercise, SEED, DRAWS)
    bench.trial(exercise.candidate)
    assert len(set(lucks)) == len(lucks) == DRAWS * 2 * (1 + 1 + len(exercise.misconceptions))


def test_the_known_reference_meets_a_luck_of_its_own_where_it_is_random(tmp_path):
    noisy = ("return h - mean", "return h - mean + np.random.normal()")
    table = Bench(tiny(tmp_path, noisy, more=SUMMARY), SEED, 2).tables[0]
    assert encode(table.ours["rows"]) != encode(table.known[REFERENCE]["rows"])


KIND = ('lecture="38:09")', 'kind="function", lecture="38:09")')
EXAMPLE = """
@center.example(without={"graph": "it is NumPy", "dtype": "it is NumPy", "one": "nothing is left of one"})
def example(centered, rng, N=5):
    return {"h": rng.normal(size=(N, 3)) + 2}, lambda h: {"h": centered(h)}
"""
PROBE = "what is handed in stays as it was"


def test_probes_run_at_the_first_draws_and_stand_for_the_others(tmp_path, monkeypatch):
    runs: Counter[str] = Counter()

    def gather(exercise, check, candidate, seed, luck):
        runs[check.name] += 1
        return original(exercise, check, candidate, seed, luck)

    original = trials.gather
    monkeypatch.setattr(trials, "gather", gather)
    exercise = tiny(tmp_path, KIND, more=EXAMPLE)
    bench = Bench(exercise, SEED, DRAWS)
    answers = bench.answers(exercise.candidate)
    assert runs == {"columns": DRAWS, "rows": DRAWS, PROBE: PROBE_DRAWS}
    assert encode(answers[PROBE_DRAWS][PROBE]) == encode(answers[0][PROBE])


def test_a_right_answer_that_fails_a_probe_at_a_late_draw_is_told(tmp_path):
    late = """
calls = []


@center.alternative
def in_place_at_last(h, axis=0):
    calls.append(1)
    mean = np.mean(h, axis=axis, keepdims=True)
    if len(calls) > 50:
        h -= mean
        return h
    return h - mean
"""
    proof = prove(tiny(tmp_path, KIND, more=EXAMPLE + late), seed=SEED, draws=20, with_mutants=False)
    assert any("in_place_at_last" in shortfall and PROBE in shortfall for shortfall in proof.shortfalls)
