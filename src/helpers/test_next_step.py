"""A card that is right says what comes next, whatever lies in the folder."""

import json
import os

import pytest

from helpers.next_step import LAST, next_step


def cell(source, kind="code", solution=False):
    metadata = {"nbgrader": {"solution": solution}}
    return {"cell_type": kind, "source": source, "metadata": metadata}


CELLS = [
    cell("# Unit\n\n## 1 · Layers", "markdown"),
    cell("def one(x):\n    raise NotImplementedError()", solution=True),
    cell("check(one)"),
    cell("Some words.\n\n## 2 · *Both* ways", "markdown"),
    cell("class Two:\n    ...\n\n\ndef three(x): ...", solution=True),
    cell("check(Two,\n      three)"),
    cell("guess = None  # a or b\ncommit(guess, {})"),
    cell("def four(x): ...", solution=True),
    cell("check(four)"),
    cell("### Derivation: why", "markdown"),
    cell("YOUR ANSWER HERE", "markdown", solution=True),
    cell("def five(x): ...", solution=True),
    cell("check(five)"),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "unit.ipynb").write_text(json.dumps({"cells": CELLS}), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("objects", "sentence"),
    [
        (["one"], "Next: `Two`, `three`, in “2 · *Both* ways”."),
        (["Two", "three"], "Next: guess what comes out of the experiment below, then run it."),
        (["four"], "Next: “Derivation: why”."),
        (["five"], LAST),
        (["Two"], ""),
    ],
)
def test_what_comes_next_is_the_first_thing_to_do_below(folder, objects, sentence):
    assert next_step(objects, folder) == sentence


@pytest.mark.parametrize(
    "content", ["", "[" * 100_000, "[]", '{"cells": 3}', '{"cells": [1, {"source": 2, "metadata": []}]}']
)
def test_a_notebook_that_cannot_be_read_says_nothing(tmp_path, content):
    (tmp_path / "spoiled.ipynb").write_text(content)
    (tmp_path / "folder.ipynb").mkdir()
    assert next_step(["one"], tmp_path) == ""


def test_of_two_copies_the_one_saved_last_counts(folder):
    copy = folder / "unit-Copy1.ipynb"
    copy.write_text(json.dumps({"cells": CELLS[:3]}), "utf-8")
    os.utime(folder / "unit.ipynb", (1, 1))
    assert next_step(["one"], folder) == LAST


def test_lines_that_stand_by_themselves_are_one_text(tmp_path):
    cells = [{**one, "source": one["source"].splitlines(keepends=True)} for one in CELLS]
    (tmp_path / "unit.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    assert next_step(["one"], tmp_path) == "Next: `Two`, `three`, in “2 · *Both* ways”."
