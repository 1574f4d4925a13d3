"""A proof is kept with the state of its sources, and is worth something for that state alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from autograder.exercise import file_of
from autograder.proving import kept
from autograder.proving.kept import KeptProof
from autograder.proving.prove import prove
from autograder.testing.tiny_exercise import TINY, tiny


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def proof(exercise):
    return prove(exercise, unit="09_normalization", seed=3, draws=2)


@pytest.fixture
def file(exercise, proof):
    """Where the proof is kept, and is."""
    file = kept.file_for(exercise)
    kept.keep(exercise.name, KeptProof(kept.state(exercise), proof), file)
    yield file
    file.unlink(missing_ok=True)


def test_a_proof_comes_back_as_it_was(exercise, proof, file):
    assert file.parent == file_of(exercise).parent
    assert proof.misconceptions
    assert proof.mutants
    assert kept.still_valid(exercise, draws=2) == proof


def test_a_proof_over_fewer_draws_than_are_asked_for_is_none(exercise, file):
    assert kept.still_valid(exercise, draws=3) is None


def test_a_change_of_the_exercise_ends_its_proof(exercise, file):
    source = file_of(exercise)
    source.write_text(TINY.replace("+ 2", "+ 3"), "utf-8")
    assert kept.still_valid(exercise, draws=2) is None
    source.write_text("# A comment changes nothing.\n" + TINY, "utf-8")
    assert kept.still_valid(exercise, draws=2)


def test_the_proofs_of_other_exercises_stay(exercise, proof, file):
    other = replace(proof, exercise="another")
    kept.keep("another", KeptProof("its state", other), file)
    assert kept.read(file).keys() == {exercise.name, "another"}
    assert len(file.read_text("utf-8").splitlines()) == 4


def test_proofs_that_are_kept_at_once_are_all_kept(tmp_path, proof):
    file, names = tmp_path / kept.FILE, [f"exercise {i}" for i in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: kept.keep(name, KeptProof("state", proof), file), names))
    assert sorted(kept.read(file)) == sorted(names)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"centered": {}}', '{"centered": {"sources": 1, "proof": {}}}']
)
def test_a_damaged_file_holds_no_proof(exercise, file, text):
    file.write_text(text)
    assert kept.still_valid(exercise, draws=2) is None


def test_who_is_killed_while_a_proof_is_written_leaves_those_that_were_there(
    exercise, proof, file, monkeypatch
):
    def killed(self, *arguments, **named):
        raise KeyboardInterrupt

    before = file.read_bytes()
    monkeypatch.setattr("pathlib.Path.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        kept.keep("another", KeptProof("its state", proof), file)
    assert file.read_bytes() == before
