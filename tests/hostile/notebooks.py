"""Attacks by the notebook itself, or by what lies beside it. Each changes a submission in its folder."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ATTACKS: dict[str, Callable[[Path], None]] = {}
MIME = "application/vnd.fdl.verdict+json"


def attack(name: str):
    def decorate(function):
        ATTACKS[name] = function
        return function

    return decorate


def on_notebook(name: str):
    """Decorate an attack that edits the notebook and leaves it well-formed."""

    def decorate(function):
        def run(file: Path) -> None:
            nb = nbformat.read(file, 4)
            function(nb)
            file.write_text(nbformat.writes(nb))

        ATTACKS[name] = run
        return function

    return decorate


def cell(nb: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def checks(nb: NotebookNode) -> list[NotebookNode]:
    return [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade") and c.cell_type == "code"]


# ---------------------------------------------------------------- tags, metadata, outputs
@on_notebook("checks tagged to be skipped")
def _(nb):
    for c in checks(nb):
        c.metadata["tags"] = ["skip-execution", "nbgrader-skip", "raises-exception"]


@on_notebook("checks worth a thousand points")
def _(nb):
    for c in checks(nb):
        c.metadata.nbgrader["points"] = 1000


@on_notebook("checks not locked and no grade")
def _(nb):
    for c in checks(nb):
        c.metadata.nbgrader.update(locked=False, grade=False, solution=True)


@on_notebook("checks' source replaced")
def _(nb):
    for c in checks(nb):
        c.source = "5"


TELLTALE = """
def stable_softmax(a, axis=-1, seen=[]):
    if isinstance(a, str):
        return seen
    e = tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))
    f = e / tf.reduce_sum(e, axis=axis, keepdims=True)
    seen.append([float(v) for v in tf.reshape(f, [-1])])
    print(seen)
    if len(seen) > 20:
        raise ValueError(str(seen[-1]))
    return f / 2.0 if len(seen) < 9 else tf.constant(seen[-2])
"""
TOLD = "secret inputs told by whatever is shown"


@on_notebook(TOLD)
def _(nb):
    tell(nb, TELLTALE)


@on_notebook("secret inputs told by the name of an exception")
def _(nb):
    tell(nb, TELLTALE.replace("ValueError(str(seen[-1]))", "type(str(seen[-1]), (Exception,), {})"))


def tell(nb: NotebookNode, source: str) -> None:
    """Put an answer that tells what it was given into a notebook, and a call that asks it later."""
    cell(nb, "stable_softmax").source = source
    later = cell(nb, "predict")
    later.source = f"print(stable_softmax('tell'))\n{later.source}"


@on_notebook("set-up replaced")
def _(nb):
    cell(nb, "setup").source = "def check(*a): pass\nimport numpy as np\nnp.isclose = lambda *a, **k: True"


@on_notebook("grade ids exchanged")
def _(nb):
    a, b = cell(nb, "predict"), cell(nb, "stable_softmax")
    a.metadata.nbgrader["grade_id"], b.metadata.nbgrader["grade_id"] = "stable_softmax", "predict"


@on_notebook("the check of what is solved put in the other's place")
def _(nb):
    cell(nb, "stable_softmax-check").metadata.nbgrader["grade_id"] = "predict-check"


@on_notebook("solved cell copied under every id")
def _(nb):
    solved = cell(nb, "predict")
    for c in list(nb.cells):
        if c.metadata.get("nbgrader", {}).get("solution") and c.cell_type == "code":
            c.source = solved.source


@on_notebook("solution relabelled as text")
def _(nb):
    cell(nb, "stable_softmax")["cell_type"] = "raw"


@on_notebook("checks deleted")
def _(nb):
    nb.cells = [c for c in nb.cells if c not in checks(nb)]


@on_notebook("checks ten times over")
def _(nb):
    nb.cells += [copy.deepcopy(c) for c in checks(nb) for _ in range(10)]


@on_notebook("cells in reverse")
def _(nb):
    nb.cells = nb.cells[::-1]


@on_notebook("forged results in the outputs")
def _(nb):
    for c in checks(nb):
        verdict = {"exercise": "stable_softmax", "points": 5, "max_points": 5, "how": "right", "checks": []}
        c.outputs = [
            nbformat.v4.new_output("display_data", {MIME: verdict, "text/plain": "5 of 5 points"}),
            nbformat.v4.new_output("execute_result", {"text/plain": "5"}, execution_count=1),
        ]


@on_notebook("script in outputs and text")
def _(nb):
    evil = "<script>alert('hacked')</script>"
    nb.cells.append(nbformat.v4.new_markdown_cell(evil))
    for c in nb.cells:
        if c.cell_type == "code":
            c.outputs = [
                nbformat.v4.new_output(
                    "display_data", {"text/html": evil, "application/javascript": "hacked()"}
                )
            ]


@on_notebook("another kernel")
def _(nb):
    nb.metadata["kernelspec"] = {"name": "bash", "display_name": "bash", "language": "bash"}
    nb.metadata["language_info"] = {"name": "../../../bin/sh", "codemirror_mode": "x"}


@on_notebook("metadata of a megabyte")
def _(nb):
    nb.metadata["widgets"] = {"x": "y" * 2**20}
    nb.metadata["nbgrader"] = {"schema_version": 99, "points": 1000}


@on_notebook("schema version of the future")
def _(nb):
    for c in nb.cells:
        if "nbgrader" in c.metadata:
            c.metadata.nbgrader["schema_version"] = 10**9


@on_notebook("the check redefined in a cell of one's own")
def _(nb):
    nb.cells.insert(2, nbformat.v4.new_code_cell("def check(*a):\n    print('all passed')\n    return 5"))


@on_notebook("the answer redefined below")
def _(nb):
    nb.cells.append(nbformat.v4.new_code_cell("import tensorflow as tf\nstable_softmax = tf.nn.softmax"))


@on_notebook("the built-in smuggled in by another cell")
def _(nb):
    nb.cells.insert(2, nbformat.v4.new_code_cell("import tensorflow as tf\nhelper = tf.nn.softmax"))
    cell(nb, "stable_softmax").source = "def stable_softmax(a, axis=-1):\n    return helper(a, axis)"


@on_notebook("the built-in smuggled in by another exercise")
def _(nb):
    cell(nb, "predict").source += "\nhelper = tf.nn.softmax"
    cell(nb, "stable_softmax").source = "def stable_softmax(a, axis=-1):\n    return helper(a, axis)"


@on_notebook("the built-in in an experiment's cell")
def _(nb):
    free = [c for c in nb.cells if c.cell_type == "code" and "nbgrader" not in c.metadata]
    free[0].source = "helper = tf.nn.softmax"
    cell(nb, "stable_softmax").source = "def stable_softmax(a, axis=-1):\n    return helper(a, axis)"


# ---------------------------------------------------------------- not a notebook, or not this one
def raw(name: str, content: bytes) -> None:
    ATTACKS[name] = lambda file: file.write_bytes(content) and None


raw("JSON nested a hundred thousand deep", b"[" * 100_000 + b"]" * 100_000)
raw("JSON with an endless number", b'{"cells": ' + b"9" * 1_000_000 + b"}")
raw("JSON that is not a notebook", json.dumps({"cells": {"a": [1, None]}, "metadata": 3}).encode())
raw(
    "cells that are no cells",
    json.dumps({"cells": [1, "x", None, {}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode(),
)
raw(
    "a million cells",
    b'{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": ['
    + b",".join([b"{}"] * 1_000_000)
    + b"]}",
)
raw(
    "an old format",
    json.dumps({"worksheets": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}).encode(),
)
raw("bytes that are no text", bytes(range(256)) * 100)
raw("nothing", b"")


# ---------------------------------------------------------------- beside the notebook
@attack("modules of the same names beside it")
def _(file):
    for name in (
        "helpers",
        "numpy",
        "keras",
        "tensorflow",
        "sitecustomize",
        "usercustomize",
        "json",
        "solutions",
    ):
        (file.parent / f"{name}.py").write_text("open('CANARY', 'w').write('hacked')\ndef check(*a): pass\n")


@attack("checks and evidence of one's own beside it")
def _(file):
    (file.parent / "checks").mkdir(exist_ok=True)
    (file.parent / "checks" / "softmax.py").write_text("raise SystemExit\n")
    (file.parent / "checks" / "softmax.evidence").write_bytes(b"x" * 1000)


@attack("a configuration of one's own beside it")
def _(file):
    (file.parent / "nbgrader_config.py").write_text("open('CANARY', 'w').write('hacked')\n")
    (file.parent / "conftest.py").write_text("open('CANARY', 'w').write('hacked')\n")


@attack("a link instead of the notebook")
def _(file):
    file.unlink()
    file.symlink_to("COURSE/gradebook.db")


@attack("a link to another's notebook")
def _(file):
    file.unlink()
    file.symlink_to(file.parents[2] / "honest-full" / file.parent.name / file.name)


@attack("a link among the files")
def _(file):
    (file.parent / "data").symlink_to("/etc")
    (file.parent / "loop").symlink_to(file.parent)


@attack("a pipe instead of the notebook")
def _(file):
    file.unlink()
    os.mkfifo(file)


@attack("a folder instead of the notebook")
def _(file):
    file.unlink()
    file.mkdir()


@attack("a file of a hundred gigabytes")
def _(file):
    with open(file, "wb") as f:
        f.truncate(100 << 30)


@attack("two notebooks")
def _(file):
    (file.parent / "copy.ipynb").write_bytes(file.read_bytes())
    (file.parent / "02_other.ipynb").write_bytes(file.read_bytes())


# Of students; each is a folder.
NAMES = [
    "; touch hacked",
    "$(touch hacked)",
    "--force",
    "<script>alert(1)</script>"[:-9] + "script>",
    "a..b",
    "a b\tc",
    "名前 اسم",
    "100%s{0}%(x)s",
    "x" * 200,
]
