"""A card that is right says what comes next, whatever lies in the folder."""

import json
import os

import pytest

from helpers.next_step import LAST, next_step


def cell(source, kind="code", solution=False):
    return {"cell_type": kind, "source": source, "metadata": {"nbgrader": {"solution": solution}}}


def stub(*lines):
    return cell("\n".join(f"{line}\n    raise NotImplementedError()\n" for line in lines), solution=True)


CELLS = [
    cell("# Unit\n\n## 1 · Layers\n\n```python\n# no heading\n```", "markdown"),
    stub("def one(x):"),
    cell("check(one)"),
    cell("Some words.\n\n## 2 · *Both* ways", "markdown"),
    stub("class Two:", "def three(x):"),
    cell("import math  # mine\ncheck(\n    Two,\n    three,\n)"),
    cell("guess = None  # a or b\ncommit(guess, {})"),
    stub("def four(x):"),
    cell("check(four)"),
    stub("def four(x):"),
    cell("### Derivation: why", "markdown"),
    cell("YOUR ANSWER HERE", "markdown", solution=True),
    stub("def five(x):"),
    cell("check(five)"),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "unit.ipynb").write_text(json.dumps({"cells": CELLS}), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("objects", "done", "sentence"),
    [
        (["one"], (), "Next: `Two`, `three`, in “2 · *Both* ways”."),
        (["Two", "three"], (), "Next: guess what comes out of the experiment below, then run it."),
        (["four"], (), "Next: “Derivation: why”."),
        (["five"], (), "Still to write: `one`, in “1 · Layers”."),
        (["five"], ("one",), "Still to write: `Two`, `three`, in “2 · *Both* ways”."),
        (["Two"], (), ""),
    ],
)
def test_what_comes_next_is_below_or_else_above(folder, objects, done, sentence):
    assert next_step(objects, folder, done) == sentence


def test_where_all_is_written_the_notebook_is_handed_in(tmp_path):
    written = [
        cell("def one(x):\n    return x", solution=True),
        cell("Since 1 = 1.", "markdown", solution=True),
    ]
    (tmp_path / "unit.ipynb").write_text(json.dumps({"cells": [cell("check(one)"), *written]}), "utf-8")
    assert next_step(["one"], tmp_path) == LAST


def test_a_heading_of_half_a_character_is_shown_without_it(tmp_path):
    cells = [cell("check(one)"), cell("## A\ud83d", "markdown"), stub("def two(x):")]
    (tmp_path / "unit.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    assert next_step(["one"], tmp_path) == "Next: `two`, in “A?”."


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
