import json
import os
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.layout import Course
from autograder.grading import submission
from autograder.grading.plan import make_plan, plan_of
from autograder.grading.restore import _from_submission, blank, restore
from autograder.grading.submission import clean, inert, parse, read_file
from autograder.testing import toy_unit
from helpers.errors import Unreadable


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return plan_of(toy_unit.make_unit(tmp_path_factory.mktemp("toy")))


def restored(plan, nb):
    return restore(parse(toy_unit.data(nb)), plan)


def kinds(placed):
    return [(p.kind, p.exercise or p.source) for p in placed if p.kind not in ("prose", "experiment")]


AS_HANDED_OUT = [
    ("setup", "from helpers import check\nimport numpy as np"),
    ("solution", "double"),
    ("check", "double"),
    ("solution", "halves"),
    ("check", "halves"),
    ("solution", "quadruple"),
    ("check", "quadruple"),
]


def test_the_plan_is_what_students_got(plan):
    assert [c.kind for c in plan.cells if c.kind not in ("prose", "experiment")] == [
        k for k, _ in AS_HANDED_OUT
    ]
    stub = next(c for c in plan.cells if c.exercise == "double").source
    assert "raise NotImplementedError()" in stub
    assert "2.0 * x" not in stub


def with_derivation():
    """A unit with nothing but a derivation."""
    answer = toy_unit.added("BEGIN", "markdown")
    answer.source = "**Why?**\n### BEGIN SOLUTION\nso\n### END SOLUTION"
    about = {"grade": True, "solution": True, "locked": False, "task": False, "points": 2}
    answer.metadata["nbgrader"] = about | {"grade_id": "why", "schema_version": 3}
    return make_plan("unit", toy_unit.nbformat.v4.new_notebook(cells=[answer]), [])


def test_a_plan_knows_its_derivations():
    assert [(c.kind, c.grade_id, c.source) for c in with_derivation().cells] == [
        ("derivation", "why", "**Why?**\nYOUR ANSWER HERE")
    ]


def test_an_untouched_notebook_comes_back_as_it_is(plan):
    placed = restored(plan, toy_unit.work(plan))
    assert [p.source for p in placed] == [c.source for c in plan.cells]
    assert not any(p.missing for p in placed)


def test_deleted_cells_come_back_where_they_were(plan):
    nb = toy_unit.right(plan)
    gone = ("setup", "double-check", "halves", "quadruple-check")
    nb.cells = [c for c, name in zip(nb.cells, toy_unit.ids(nb.cells), strict=True) if name not in gone]
    placed = restored(plan, nb)
    assert kinds(placed) == AS_HANDED_OUT
    assert [p.planned.grade_id for p in placed if p.missing] == list(gone)
    assert "NotImplementedError" in next(
        p.source for p in placed if p.kind == "solution" and p.exercise == "halves"
    )


def test_the_last_of_two_solution_cells_counts_and_the_other_is_an_added_cell(plan):
    nb = toy_unit.right(plan, double="def double(x):\n    return 'last'")
    solution = next(cell for cell in nb.cells if cell.source.startswith("def double"))
    nb.cells.insert(nb.cells.index(solution), solution.copy() | {"source": "first = 1"})
    placed = restored(plan, nb)
    assert [p.source for p in placed if p.kind == "added"] == ["first = 1"]
    assert next(p.source for p in placed if p.exercise == "double") == "def double(x):\n    return 'last'"


def test_a_cell_without_its_id_is_known_by_what_it_defines(plan):
    nb = toy_unit.right(plan)
    for cell in nb.cells:
        cell.metadata = {}
        del cell["id"]
    placed = restored(plan, nb)
    assert kinds(placed) == AS_HANDED_OUT
    assert not any(p.missing for p in placed)


def test_a_cell_that_defines_an_object_is_not_the_solution_if_another_bears_the_id(plan):
    nb = toy_unit.right(plan)
    nb.cells.append(toy_unit.added("def double(x):\n    return 0"))
    placed = restored(plan, nb)
    assert "return 2.0 * x" in next(p.source for p in placed if p.exercise == "double")
    assert placed[-1].kind == "added"


def test_what_is_locked_keeps_its_source_and_its_kind(plan):
    nb = toy_unit.right(plan)
    for cell, name in zip(nb.cells, toy_unit.ids(nb.cells), strict=True):
        if name in ("setup", "double-check"):
            cell.source = "check = print"
            cell.cell_type = "markdown"
            cell.metadata["tags"] = ["skip-execution"]
            cell.metadata.nbgrader.update(points=1000, locked=False, grade=False)
        if name == "double":
            cell.cell_type = "raw"
    placed = restored(plan, nb)
    assert kinds(placed) == AS_HANDED_OUT
    assert [p.source for p in placed if p.kind in ("setup", "check")][:2] == [
        "from helpers import check\nimport numpy as np",
        "check(double)",
    ]
    assert not next(p for p in placed if p.kind == "solution").markdown


def test_a_check_in_front_of_its_answer_is_moved_behind_it(plan):
    nb = toy_unit.right(plan)
    nb.cells.insert(0, nb.cells.pop(toy_unit.ids(nb.cells).index("double-check")))
    assert kinds(restored(plan, nb)) == AS_HANDED_OUT


def test_a_check_further_down_stays_there(plan):
    nb = toy_unit.right(plan)
    nb.cells.append(nb.cells.pop(toy_unit.ids(nb.cells).index("double-check")))
    assert kinds(restored(plan, nb))[-1] == ("check", "double")


@pytest.mark.parametrize("text", ["", "Since exp(a + c) = exp(a) exp(c)."])
def test_an_answer_in_another_cell_than_the_derivations_is_for_a_person_to_find(plan, text):
    derivation = with_derivation().cells[0]
    both = replace(plan, cells=(*plan.cells, derivation))
    nb = toy_unit.right(plan)
    nb.cells.append(toy_unit.added(text, "markdown"))
    found = next(p for p in restored(both, nb) if p.kind == "derivation")
    assert found.missing
    assert (found.source == derivation.source) == (not text)


def test_a_photograph_of_a_derivation_stays_and_a_page_does_not():
    pictures = {"a.png": {"image/png": "iVBORw0KGgo="}, "b.html": {"text/html": "<script>"}}
    cell = {"cell_type": "markdown", "source": "see", "metadata": {}, "attachments": pictures}
    (found,) = parse(json.dumps({"cells": [cell]}).encode())
    assert found.attached.pictures == {"a.png": {"image/png": "iVBORw0KGgo="}}
    assert list(found.attached.left_out) == ["b.html"]


@pytest.mark.parametrize("source", ["see ![1](attachment:IMG%201.HEIC)", "**Why?**\nYOUR ANSWER HERE"])
def test_what_is_attached_and_cannot_be_shown_is_told_of_and_becomes_a_file(source):
    plan = with_derivation()
    attached = {"IMG 1.HEIC": {"image/heic": "cGhvdG8="}, "b.svg": {"image/svg+xml": "PHN2Zz4="}}
    about = {"nbgrader": {"grade_id": "why"}}
    cell = {"cell_type": "markdown", "source": source, "metadata": about, "attachments": attached}
    (read,) = parse(json.dumps({"cells": [cell]}).encode())
    found = _from_submission(read, plan.cells[0])
    (name,) = found.files
    assert name.endswith("-IMG_1.HEIC")
    assert f"it lies beside the graded notebook: `{name}`." in found.source
    assert "it is in the notebook that was handed in: `b.svg`." in found.source
    assert "![" not in found.source
    assert found.pictures == {}


def test_attached_files_with_one_name_are_all_kept():
    names = {
        "a b.heic": "image/heic",
        "a_b.heic": "image/heic",
        "c.png": "image/heic",
        "c.png.heic": "image/heic",
    }
    long = {"x" * 120 + end + ".pdf": "application/pdf" for end in ("", "x")}
    attached = {name: {kind: "cGhvdG8="} for name, kind in (names | long).items()}
    cell = {"cell_type": "markdown", "source": "see", "metadata": {}, "attachments": attached}
    (read,) = parse(json.dumps({"cells": [cell]}).encode())
    found = _from_submission(read, with_derivation().cells[0])
    assert len(found.files) == 6
    assert all(name in found.source and len(name) < 200 for name in found.files)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$a < b$, x<y", "$a < b$, x< y"),
        ("<script>alert(1)</script>", "< script>alert(1)< /script>"),
        (
            "[lecture](https://example.org) ![](attachment:a.png)",
            "[lecture](https://example.org) ![](attachment:a.png)",
        ),
        ("[x](javascript:alert(1))", "[x] (javascript:alert(1))"),
        ("[x]( &#106;avascript:alert(1))", "[x] ( &#106;avascript:alert(1))"),
        ("[x]\n\n[x]: javascript:alert(1)", "[x]\n\n[x] : javascript:alert(1)"),
        ("- [x]: javascript:alert(1)", "- [x] : javascript:alert(1)"),
        ("> 1. [x]: javascript:alert(1)", "> 1. [x] : javascript:alert(1)"),
        ("[x]: https://example.org", "[x]: https://example.org"),
        ("![x](https://example.org/x.png)", "! [x](https://example.org/x.png)"),
        ("![x][n]", "! [x][n]"),
        ("![](attachment:gone.png)", "! [](attachment:gone.png)"),
        ("![1](attachment:%C3%9Cbung%201.png)", "![1](attachment:_bung_1.png)"),
        ("![" * 100_000, "! [" * 100_000),
        (r"\begin{a}" * 501, r"\ begin{a}" * 501),
        (r"$\begin{aligned}a\end{aligned}$", r"$\begin{aligned}a\end{aligned}$"),
        (r"$\href{javascript:alert(1)}{x}$", r"$\ href{javascript:alert(1)}{x}$"),
    ],
)
def test_a_students_text_does_nothing_in_a_browser(text, shown):
    assert inert(text, {"a.png": "a.png", "Übung 1.png": "_bung_1.png"}) == shown


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"%PDF-1.7\xe2\xe3", "not a notebook (it is no text)"),
        (b'{"cells": [', "not a notebook (it is damaged or breaks off at line 1, character 12)"),
        (b'{"cells": [', "Jupyter does not open it either: hand in the notebook that you worked in"),
        (
            b"import math\n",
            "not a notebook (it does not begin as one does). Hand in the notebook that you worked",
        ),
        (
            b"PK\x03\x04\x14",
            "not a notebook (it is a zip by another name). Unpack it, and hand in the notebook",
        ),
        (
            '{\n"ä'.encode("latin1"),
            "not a notebook (its text is not in UTF-8, as at line 2). Jupyter does not open",
        ),
        (
            b'{\n "cells": [\n<<<<<<< HEAD\n',
            "not a notebook (the marks of a conflict in git stand in it, at line 3). Choose one of the two versions",
        ),
        (b"[" * 100_000, "not a notebook (it is nested too deep)"),
        (b"[]", "it has no list of cells"),
        (b'{"cells": 3}', "it has no list of cells"),
        (b'{"worksheets": []}', "a format from before 2014"),
        (b'{"cells": [3]}', "Cell 1 is not a cell"),
        (b'{"cells": [{"cell_type": "code", "source": 3}]}', "Cell 1 is damaged"),
        (b'{"cells": [{"cell_type": "heading", "source": ""}]}', "Cell 1 is damaged"),
        (b'{"cells": [' + b"{}," * 3000 + b"{}]}", "The notebook has 3001 cells; the limit is 1000"),
        (b'{"cells": [{"cell_type": "raw"}, 3]}', "Cell 2 is not a cell"),
        (b"[" + b"1," * 2_000_001 + b"1]", "more than any notebook of this course"),
        (
            json.dumps({"cells": [{"cell_type": "raw", "source": "x" * 300_001}]}).encode(),
            "300,001 characters",
        ),
    ],
)
def test_what_is_no_notebook_is_told_in_a_sentence(data, words):
    with pytest.raises(Unreadable) as error:
        parse(data)
    assert words in str(error.value)


def test_empty_cells_are_left_out_before_cells_are_counted(plan):
    nb = toy_unit.right(plan)
    before = restored(plan, nb)
    raw = json.loads(toy_unit.data(nb))
    empty = [
        {"cell_type": kind, "source": source}
        for kind in ("code", "markdown")
        for source in ("", [" \n"], None)
    ]
    raw["cells"] = empty * 300 + raw["cells"] + empty * 300
    assert restore(parse(json.dumps(raw).encode()), plan) == before


def test_an_answer_that_was_emptied_and_an_empty_cell_with_a_picture_stay():
    emptied = {"cell_type": "code", "source": None, "metadata": {"nbgrader": {"grade_id": "double"}}}
    photo = {"cell_type": "markdown", "source": "", "attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}}
    cells = parse(json.dumps({"cells": [emptied, {"cell_type": "raw", "source": ""}, photo]}).encode())
    assert [cell.grade_id for cell in cells] == ["double", ""]
    assert cells[1].attached.pictures


def printed(text, source="x"):
    output = {"output_type": "stream", "name": "stdout", "text": [text]}
    return json.dumps({"cells": [{"cell_type": "code", "source": source, "outputs": [output]}]})


def test_what_a_cell_printed_is_one_value_however_long():
    (cell,) = parse(printed('1, "a\\", [' * 1_100_000).encode())
    assert cell.source == "x"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("source", ['"', "\\", 'ä"\\"'])
def test_no_value_hides_in_what_looks_like_a_string(encoding, source, monkeypatch):
    monkeypatch.setattr(submission, "MAX_VALUES", 1000)
    values = "1," * 1001
    data = printed("", source).replace('[""]', f"[{values}1]").encode(encoding)
    with pytest.raises(Unreadable, match="more than any notebook of this course"):
        parse(data)


def test_a_file_beyond_the_limit_is_not_read_however_little_it_holds(tmp_path):
    with (tmp_path / "u.ipynb").open("wb") as sparse:
        sparse.truncate(1 << 40)
    with pytest.raises(Unreadable, match="has 1099512 MB; the limit is 67. Clear all outputs"):
        read_file(tmp_path / "u.ipynb")


def test_another_units_notebook_is_told_from_this_one(plan):
    nb = toy_unit.work(plan)
    for cell in nb.cells:
        cell.source, cell.id = "x = 1", cell.id[::-1]
        if cell.metadata.get("nbgrader"):
            cell.metadata.nbgrader.grade_id = "Node"
    with pytest.raises(Unreadable, match="not the notebook of 99_toy. It holds Node"):
        restored(plan, nb)


def test_a_missing_file_is_told_with_what_lies_there(tmp_path):
    folder = tmp_path / "Zoë" / "u"
    with pytest.raises(Unreadable, match="nothing was handed in"):
        read_file(folder / "u.ipynb")
    folder.mkdir(parents=True)
    (folder / "homework (1).ipynb").write_text('{"cells": []}')
    with pytest.raises(
        Unreadable, match=r"but homework \(1\).ipynb. If that is the notebook, rename it to u.ipynb"
    ):
        read_file(folder / "u.ipynb")


@pytest.mark.parametrize(
    "place", ["01_u.zip", "01_U/01_u.ipynb", "01_u.ipynb", "homework.ipynb", "01_u (1)/01_u.ipynb"]
)
def test_what_lies_in_the_place_of_a_units_folder_is_named(tmp_path, place):
    file = tmp_path / "submitted" / "Zoë" / place
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    (tmp_path / "submitted" / "Zoë" / "02_v").mkdir()
    (tmp_path / "submitted" / "ana" / "02_v").mkdir(parents=True)
    (tmp_path / "submitted" / "ana" / "02_v.ipynb").write_text("{}")
    course = Course(tmp_path)
    assert course.students("01_u") == ["Zoë"]
    name = place.partition("/")[0]
    told = f"There is no 01_u/01_u.ipynb, but {name} in the student's folder. Put the notebook into a folder 01_u"
    with pytest.raises(Unreadable, match=re.escape(told)):
        read_file(course.submitted("01_u", "Zoë"))


def test_a_folder_in_the_place_of_a_notebook_is_named(tmp_path):
    (tmp_path / "u" / ".ipynb_checkpoints").mkdir(parents=True)
    (tmp_path / "u" / "timestamp.txt").write_text("2026-11-20 23:59:10 UTC")
    with pytest.raises(
        Unreadable, match=r"but a folder: .ipynb_checkpoints. Put the notebook itself beside it"
    ):
        read_file(tmp_path / "u" / "u.ipynb")


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_is_not_followed(tmp_path, what):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "u.ipynb").write_text("{}")
    place = tmp_path / "u" / "u.ipynb"
    if what == "folder":
        place.parent.symlink_to(tmp_path / "other")
    else:
        place.parent.mkdir()
        place.symlink_to(tmp_path / "other" / "u.ipynb")
    with pytest.raises(Unreadable, match="is a link to another place"):
        read_file(place)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "u.ipynb")
    with pytest.raises(Unreadable, match="is not a file"):
        read_file(tmp_path / "u.ipynb")


def test_a_blank_notebook_is_the_one_that_was_handed_out(plan):
    assert [p.source for p in blank(plan)] == [c.source for c in plan.cells]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=20,
)
IDS = st.sampled_from(["setup", "double", "double-check", "halves", "quadruple", "quadruple-check"])
CELLS = st.lists(
    st.fixed_dictionaries(
        {
            "cell_type": st.sampled_from(["code", "markdown", "raw"]) | JSON,
            "source": st.text() | st.lists(st.text()) | JSON,
        },
        optional={
            "id": st.text() | JSON,
            "metadata": JSON
            | st.fixed_dictionaries({"nbgrader": JSON | st.fixed_dictionaries({"grade_id": IDS | JSON})}),
            "attachments": JSON,
        },
    ),
    max_size=6,
)


@given(st.binary() | st.builds(lambda v: json.dumps(v).encode(), JSON))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    try:
        cells = parse(data)
    except Unreadable:
        return
    for cell in cells:
        assert cell.type in ("code", "markdown", "raw")
        assert cell.source == clean(cell.source)
        cell.source.encode()


@given(CELLS)
@settings(max_examples=200, deadline=None)
def test_any_cells_are_restored_or_refused(plan, cells):
    try:
        placed = restore(parse(json.dumps({"cells": cells}).encode()), plan)
    except Unreadable:
        return
    restored = kinds([p for p in placed if p.planned])
    assert sorted(restored) == sorted(AS_HANDED_OUT)
    for exercise in plan.exercises:
        assert restored.index(("solution", exercise)) < restored.index(("check", exercise))
    assert len({p.id for p in placed}) == len(placed)
    for p in placed:
        p.source.encode()
