"""Evidence is kept where it says the same, and made anew where it may not."""

import os
import subprocess
import sys

import numpy as np
import pytest

from autograder.exercise import file_of
from autograder.judging import making, tables
from autograder.judging.making import evidence_files
from autograder.judging.sources import state
from autograder.judging.store import record, record_of, recorded, says_the_same
from autograder.testing.tiny_exercise import TINY, tiny
from helpers.evidence import Evidence, Failure
from helpers.published import load, save
from solutions.forward_propagation.softmax import softmax
from solutions.loss_and_backpropagation.layer_backward import layer


def test_evidence_that_differs_in_its_last_bits_is_the_same(tmp_path):
    exercise = tiny(tmp_path)
    save(tmp_path / "a", making.published(exercise))
    published = load(tmp_path / "a")
    for factor, same in ((1 + 1e-12, True), (1 + 1e-6, False)):
        answer = published.tables[1].known["the mean is added"]
        h = answer["rows"].arrays["h"]
        assert isinstance(h, np.ndarray)
        answer["rows"].arrays["h"] = h * factor
        save(tmp_path / "b", published)
        answer["rows"].arrays["h"] = h
        assert (tmp_path / "a").read_bytes() != (tmp_path / "b").read_bytes()
        assert says_the_same(exercise, tmp_path / "a", tmp_path / "b") is same


@pytest.mark.parametrize("what", ["advice", "pairs", "changed", "draws", "damage"])
def test_evidence_of_other_content_is_not_the_same(tmp_path, what):
    exercise = tiny(tmp_path)
    published = making.published(exercise)
    save(tmp_path / "a", published)
    if what == "advice":
        published.advice.popitem()
    elif what == "pairs":
        published.tables[0].pairs.popitem()
    elif what == "changed":
        published.tables[0].changed.pop()
    elif what == "draws":
        published = type(published)((1, 9), published.tables, published.advice)
    save(tmp_path / "b", published)
    if what == "damage":
        (tmp_path / "b").write_bytes((tmp_path / "a").read_bytes()[:-9])
    assert not says_the_same(exercise, tmp_path / "a", tmp_path / "b")


def test_only_public_draws_are_published(tmp_path):
    published = making.published(tiny(tmp_path))
    assert published.draws == tables.PUBLIC_DRAWS
    assert len(published.tables) == len(tables.PUBLIC_DRAWS)


def test_evidence_is_made_once_for_each_state_of_the_sources(tmp_path):
    tree = tmp_path / "notebooks"
    tree.mkdir()
    (made,) = evidence_files([softmax], tmp_path / "new", [tree]).values()
    assert load(made).draws == tables.PUBLIC_DRAWS
    made.rename(tree / "softmax.evidence")
    record(tree, {"softmax.evidence": state(softmax)})
    (found,) = evidence_files([softmax], tmp_path / "none", [tree]).values()
    assert found == tree / "softmax.evidence"
    found.write_bytes(found.read_bytes() + b" ")  # somebody changed it
    assert recorded(tree) == {}


def test_what_is_gone_is_no_longer_recorded(tmp_path):
    (tmp_path / "unit").mkdir()
    for name in ("unit/a", "unit/b"):
        (tmp_path / name).write_text(name)
        record(tmp_path, {name: name})
    assert recorded(tmp_path) == {"unit/a": tmp_path / "unit/a", "unit/b": tmp_path / "unit/b"}
    (tmp_path / "unit/a").unlink()
    record(tmp_path, {"unit/b": "other sources"})
    assert recorded(tmp_path) == {"other sources": tmp_path / "unit/b"}
    assert "unit/a" not in record_of(tmp_path, "unit/b").read_text("utf-8")


def test_each_unit_has_a_record_of_its_own(tmp_path):
    for name in ("one/a", "two/b"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    record(tmp_path, {"one/a": "1", "two/b": "2"})
    assert sorted(recorded(tmp_path)) == ["1", "2"]
    before = record_of(tmp_path, "one/a").read_bytes()
    record(tmp_path, {"two/b": "3"})
    assert record_of(tmp_path, "one/a").read_bytes() == before
    assert sorted(recorded(tmp_path)) == ["1", "3"]


@pytest.mark.parametrize("text", ["{", "[]", '{"unit/a": ["old", "form"]}'])
def test_a_damaged_record_is_no_record(tmp_path, text):
    file = record_of(tmp_path, "unit/a")
    file.parent.mkdir()
    file.write_text(text)
    assert recorded(tmp_path) == {}


@pytest.mark.parametrize(
    ("message", "same"),
    [
        ("shapes (2,) and (7,) differ", True),
        ("shapes (2,) and (8,) differ", False),
        ("sizes do not fit", False),
    ],
    ids=["the same", "another size", "other words"],
)
def test_evidence_whose_errors_say_something_else_is_not_the_same(tmp_path, message, same):
    exercise = tiny(tmp_path)
    for name, said in (("a", "shapes (2,) and (7,) differ"), ("b", message)):
        made = making.published(exercise)
        answer = made.tables[0].known["the mean is added"]
        answer["rows"] = Evidence({}, Failure("ValueError", said, "in centered, line 3 of the cell"))
        save(tmp_path / name, made)
    assert says_the_same(exercise, tmp_path / "a", tmp_path / "b") is same


OTHER_PROCESSORS = {
    "two threads": {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "TF_NUM_INTRAOP_THREADS": "2"},
    "older BLAS kernels": {"OPENBLAS_CORETYPE": "Prescott"},
    "oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "1", "ONEDNN_MAX_CPU_ISA": "SSE41"},
    "narrow vectors": {"XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"},
}


MAKE = """
import pathlib, sys
from helpers.quiet import import_tensorflow
import_tensorflow()
from autograder.judging.making import published
from helpers.published import save
from solutions.loss_and_backpropagation.layer_backward import layer
save(pathlib.Path(sys.argv[1]), published(layer))
"""


def made(file, environment):
    subprocess.run([sys.executable, "-c", MAKE, file], env={**os.environ, **environment}, check=True)
    return file


@pytest.fixture(scope="module")
def made_here(tmp_path_factory):
    return made(tmp_path_factory.mktemp("here") / "evidence", {})


@pytest.mark.parametrize("environment", OTHER_PROCESSORS.values(), ids=OTHER_PROCESSORS)
def test_another_processor_says_the_same(tmp_path, made_here, environment):
    assert says_the_same(layer, made_here, made(tmp_path / "there", environment))


def test_the_state_changes_with_the_exercise(tmp_path):
    exercise = tiny(tmp_path)
    before = state(exercise)
    assert state(exercise) == before
    file_of(exercise).write_text(TINY.replace("+ 2", "+ 3"), "utf-8")
    assert state(exercise) != before
    file_of(exercise).write_text(TINY.replace("\n\n\n", "\n\n# a comment\n\n\n"), "utf-8")
    assert state(exercise) == before


def test_the_state_does_not_change_with_the_words_of_the_framework(tmp_path):
    file = tmp_path / "module.py"
    file.write_text('"""What it is."""\n\n\ndef f(x):\n    """What f is."""\n    return x\n')
    states = [state(softmax, file)]
    file.write_text('def f(x):\n    """Another\n    sentence."""\n\n    return x\n')
    states.append(state(softmax, file))
    file.write_text("def f(x):\n    return -x\n")
    states.append(state(softmax, file))
    assert states[0] == states[1] != states[2]
