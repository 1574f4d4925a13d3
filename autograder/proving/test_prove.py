"""A sound exercise is proved, and each way in which one can be broken is told in a sentence of its own."""

import json
from dataclasses import asdict, replace

import pytest

from autograder.proving import prove_mutants, prove_pairs
from autograder.proving.proof import AlternativeProof
from autograder.proving.prove import prove, work
from autograder.proving.prove_mutants import TimeUp, time_limit
from autograder.testing.tiny_exercise import tiny
from helpers.judge import Judge

SEED = 20150611


def shortfalls(exercise, draws=6, **settings):
    return prove(exercise, seed=SEED, draws=draws, **settings).shortfalls


def the_only(sentences, *parts):
    """The sentence that holds all parts; there must be just one, and no other sentence."""
    assert len(sentences) == 1, sentences
    for part in parts:
        assert part in sentences[0]
    return True


def test_a_sound_exercise_is_proved(tmp_path):
    proof = prove(tiny(tmp_path), unit="09_normalization", seed=SEED, draws=20)
    assert proof.shortfalls == []
    assert (proof.points, proof.reference, proof.stub) == (3, 3, 0)
    assert [m.name for m in proof.misconceptions if m.caught and m.named] == [
        "the axis is ignored",
        "the mean is added",
        "the median is taken",
    ]
    assert proof.alternatives == [AlternativeProof("by_sums", 3)]
    assert all(pair.named for pair in proof.pairs)
    assert len(proof.pairs) == 3


def test_the_json_matches_its_contract(tmp_path):
    row = json.loads(json.dumps(asdict(prove(tiny(tmp_path), unit="09_normalization", seed=SEED, draws=2))))
    assert row["unit"] == "09_normalization"
    assert row["exercise"] == "centered"
    assert isinstance(row["points"], int | float)
    assert row["reference"] == row["points"]
    assert row["stub"] == 0
    assert row["misconceptions"][0] == {"name": "the axis is ignored", "caught": True, "named": True}
    assert row["alternatives"] == [{"name": "by_sums", "score": 3}]
    rows = next(check for check in row["checks"] if check["name"] == "rows")
    assert rows["catches"] == ["the axis is ignored", "the mean is added", "the median is taken"]


def test_a_proof_is_repeated_by_its_seed(tmp_path):
    unsteady = tiny(tmp_path, ("np.mean(h", "np.random.normal() + np.mean(h"))
    assert shortfalls(unsteady) == shortfalls(unsteady)


def test_the_work_announced_is_the_work_done(tmp_path):
    exercise, ticks = tiny(tmp_path), []
    prove(exercise, seed=SEED, draws=4, tick=lambda: ticks.append(1))
    assert len(ticks) == work(exercise, 4)


def test_fewer_than_two_draws_are_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 2 draws, got 1"):
        prove(tiny(tmp_path), seed=SEED, draws=1)


@pytest.mark.parametrize(
    ("returns", "said"),
    [
        ('x = {"h": centered(rng.normal(size=(4, 3)) + 2)}', "returns nothing"),
        ("return 0.5 + centered(rng.normal(size=(4, 3))).mean()", "returns float64, not a dict"),
        ("return {}", "returns no evidence"),
    ],
)
def test_a_check_that_returns_nothing_is_told_with_its_line_and_that_alone(tmp_path, returns, said):
    exercise = tiny(tmp_path, ('return {"h": centered(rng.normal(size=(4, 3)) + 2)}', returns))
    file = exercise.module["__file__"]
    assert the_only(
        shortfalls(exercise), f"The check 'columns' ({file}, line 18) {said}. End it with `return {{"
    )


def test_a_reference_that_depends_on_luck_falls_short(tmp_path):
    noisy = tiny(tmp_path, ("return h - mean", "return h - mean + np.random.normal(size=h.shape)"))
    proof = prove(noisy, seed=SEED, draws=3, with_mutants=False)
    assert proof.reference == 0
    assert any(s.startswith("The reference fails 'columns' at draw") for s in proof.shortfalls)


def test_a_flaky_reference_is_told_with_its_draw(tmp_path):
    check = '"h": centered(rng.normal(size=(4, 3)) + 2, axis=1)'
    flaky = tiny(tmp_path, (check, check + ', "luck": np.random.rand() < 0.3'))
    sentences = [s for s in shortfalls(flaky, draws=12) if s.startswith("The reference")]
    assert the_only(sentences, "fails 'rows' at draw", "of 12 draws", "the check is flaky")


def test_a_flaky_misconception_is_told_with_its_draw(tmp_path):
    inputs = "centered(rng.normal(size=(4, 3)) + 2, axis=1)"
    flaky = tiny(tmp_path, (inputs, "centered(rng.normal(size=(4, 3)) + 2, axis=int(rng.random() < 0.5))"))
    sentences = [s for s in shortfalls(flaky, with_mutants=False) if "the axis is ignored" in s]
    assert any("fails 'rows', but passes it at draw" in s and "flaky" in s for s in sentences)


def test_an_alternative_that_fails_is_told_with_what_it_gave(tmp_path):
    wrong = tiny(tmp_path, ("/ h.shape[axis]", "/ h.shape[0]"))
    proof = prove(wrong, seed=SEED, draws=3)
    assert proof.alternatives == [AlternativeProof("by_sums", 2)]
    assert the_only(
        proof.shortfalls, "The alternative 'by_sums' fails 'rows'", "(3 of 3 draws): h[", ", expected"
    )


def test_a_stub_that_scores_falls_short(tmp_path):
    more = '@center.check("inputs")\ndef _(centered, rng):\n    return {"h": rng.normal(size=3)}'
    proof = prove(tiny(tmp_path, more=more), seed=SEED, draws=3)
    assert proof.stub == 1
    assert any("The untouched stub passes 'inputs'" in s for s in proof.shortfalls)
    assert any("The check 'inputs' catches no misconception" in s for s in proof.shortfalls)


def test_a_stub_whose_very_cell_raises_scores_nothing(tmp_path):
    function = "    mean = np.mean(h, axis=axis, keepdims=True)\n    return h - mean\n"
    method = "    def __new__(cls, h, axis=0):\n" + "".join(f"    {line}\n" for line in function.splitlines())
    callable_class = tiny(tmp_path, ("def centered(h, axis=0):", "class centered:"), (function, method))
    proof = prove(callable_class, seed=SEED, draws=2)
    assert (proof.stub, proof.shortfalls) == (0, [])


def test_a_check_that_catches_nothing_falls_short(tmp_path):
    more = '@center.check("shape")\ndef _(centered, rng):\n    return {"h": 0 * centered(h := rng.normal(size=3)) + h}'
    assert the_only(shortfalls(tiny(tmp_path, more=more)), "The check 'shape' catches no misconception")


def test_misconceptions_with_one_signature_fall_short(tmp_path):
    more = 'center.misconception("the sign is wrong", ("h - mean", "h - -mean"), advice="Turn it.")'
    sentences = [s for s in shortfalls(tiny(tmp_path, more=more)) if "double fault" not in s]
    assert the_only(
        sentences, "'the mean is added' and 'the sign is wrong' give the same evidence at every check"
    )


def test_a_misconception_that_is_right_falls_short(tmp_path):
    more = 'center.misconception("it is written twice", ("h - mean", "h - mean + 0"), advice="Once will do.")'
    sentences = shortfalls(tiny(tmp_path, more=more))
    assert any("The misconception 'it is written twice' passes every check" in s for s in sentences)


def test_a_misconception_that_depends_on_luck_is_caught_but_not_named(tmp_path):
    more = 'center.misconception("noise", ("h - mean", "h - mean + np.random.normal(1)"), advice="None.")'
    sentences = [
        s for s in shortfalls(tiny(tmp_path, more=more)) if s.startswith("The misconception 'noise'")
    ]
    assert the_only(
        sentences, "is caught but not named at draw", "'columns' differs from one luck to another: h["
    )


def test_evidence_that_fits_every_draw_falls_short(tmp_path):
    fixed = tiny(
        tmp_path, ("rng.normal(size=(4, 3)) + 2, axis=1", "np.arange(12.).reshape(4, 3) ** 2, axis=1")
    )
    assert the_only(
        shortfalls(fixed), "The check 'rows' accepts evidence replayed from another draw", "15 of 15"
    )


def test_an_exercise_without_points_falls_short(tmp_path):
    free = tiny(
        tmp_path, ('"columns", points=2', '"columns", points=0'), ('check("rows")', 'check("rows", points=0)')
    )
    assert the_only(shortfalls(free), "The exercise is worth 0 points")


def test_an_exercise_without_checks_falls_short(tmp_path):
    exercise = tiny(tmp_path)
    exercise.checks.clear()
    assert the_only(shortfalls(exercise), "worth 0 points: it has no checks")


def test_a_surviving_mutant_falls_short(tmp_path):
    clipped = tiny(tmp_path, ("return h - mean", "return np.maximum(h - mean, -np.inf)"))
    said = "The mutant 'line 2: without np.maximum' passes every check; it gives: return h - mean"
    assert the_only(shortfalls(clipped), said)


def test_a_surviving_mutant_may_be_listed_with_a_reason(tmp_path):
    clipped = tiny(tmp_path, ("return h - mean", "return np.maximum(h - mean, -np.inf)"))
    clipped.equivalent("line 2: without np.maximum", because="nothing is below -inf")
    proof = prove(clipped, seed=SEED, draws=3)
    assert proof.shortfalls == []
    assert [m.because for m in proof.mutants if not m.caught] == ["nothing is below -inf"]


@pytest.mark.parametrize(
    ("name", "because", "said"),
    [
        ("line 2: - → +", "it looks right", "is listed as equivalent, but 'columns' catches it"),
        ("line 9: - → +", "it was there once", "there is none of this name. The closest is 'line 2: - → +'"),
    ],
    ids=["caught", "gone"],
)
def test_a_listed_mutant_must_exist_and_survive(tmp_path, name, because, said):
    exercise = tiny(tmp_path)
    exercise.equivalent(name, because=because)
    assert the_only(shortfalls(exercise, draws=2), said)


def test_a_listed_mutant_needs_a_reason(tmp_path):
    clipped = tiny(tmp_path, ("return h - mean", "return np.maximum(h - mean, -np.inf)"))
    clipped.equivalent("line 2: without np.maximum", because=" ")
    assert the_only(shortfalls(clipped, draws=2), "is listed as equivalent for no reason")


def test_a_mutant_that_does_not_end_is_stopped_and_counts_as_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(prove_mutants, "PATIENCE", 0.3)
    loop = "    n = 0\n    while n < 2:\n        n += 1\n    return h - mean"
    proof = prove(tiny(tmp_path, ("    return h - mean", loop)), seed=SEED, draws=2)
    stopped = [m.name for m in proof.mutants if m.caught == "the time limit"]
    assert "line 4: + → -" in stopped


def test_the_time_limit_passes_through_a_student_s_except():
    def stubborn():
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    with pytest.raises(TimeUp), time_limit(0.2):
        stubborn()


def test_a_double_fault_that_equals_something_else_is_listed(tmp_path):
    more = 'center.misconception("always zero", ("return h -", "return 0 * h + 0 *"), advice="Keep h.")'
    # the axis, whatever it is, then makes no difference
    proof = prove(tiny(tmp_path, more=more), seed=SEED, draws=3)
    assert proof.shortfalls == []
    alike = {tuple(p.names): p.alike for p in proof.pairs}
    assert "always zero" in alike["the axis is ignored", "always zero"]
    assert not next(p.named for p in proof.pairs if p.names == ["the axis is ignored", "always zero"])


def test_a_misnamed_double_fault_falls_short(tmp_path, monkeypatch):
    class Confused(Judge):
        def verdict(self, evidence, tell=False):
            found = super().verdict(evidence, tell)
            return replace(found, names=("the median is taken",)) if found.how == "pair" else found

    monkeypatch.setattr(prove_pairs, "Judge", Confused)
    sentences = shortfalls(tiny(tmp_path), draws=3)
    first = "The double fault 'the axis is ignored' with 'the mean is added' is misnamed at the draws"
    assert sentences[0].startswith(first)
    assert "it is told as pair 'the median is taken'. Add a check" in sentences[0]


def test_double_faults_whose_edits_do_not_run_together_are_left_out(tmp_path):
    source = "return h - mean"
    more = f'center.misconception("no name", ("{source}", "del mean; return h"), advice="Keep it.")'
    assert shortfalls(tiny(tmp_path, more=more), draws=2) == []
