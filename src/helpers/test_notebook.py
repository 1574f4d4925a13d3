"""`check` as a student meets it: a folder with checks beside the notebook."""

import logging
import textwrap
from fractions import Fraction

import numpy as np
import pytest

from helpers import commit, notebook, ownership
from helpers.checks import gather
from helpers.judge import Table
from helpers.published import Published, load, load_checks, save
from helpers.verdict import Advice

CHECKS = '''
"""Checks of double."""
import numpy as np
from helpers.checks import Checks

double = Checks("double", lecture="1:23")

@double.check("twice the input")
def _(double, rng):
    return {"y": double(rng.normal(size=3))}

@double.check("of negative numbers as well")
def _(double, rng):
    return {"y": double(-np.abs(rng.normal(size=4)))}
'''


def double(x):
    return 2 * x


@pytest.fixture
def unit(tmp_path, monkeypatch):
    """A folder like a student's, opened as the working directory."""
    (tmp_path / "checks").mkdir()
    file = tmp_path / "checks" / "double.py"
    file.write_text(textwrap.dedent(CHECKS))
    exercise = load_checks(file)

    def answer(candidate):
        return {c.name: gather(exercise, c, (candidate,), 1, 7) for c in exercise.checks}

    known = {"": answer(double), "squares": answer(lambda x: x**2)}
    table = Table(answer(double), known)
    save(
        file.with_suffix(".evidence"),
        Published((1,), [table], {"squares": Advice("Add x to itself.", "1:30")}),
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notebook, "_opened", {})
    return file


def test_a_right_answer_is_shown_and_nothing_raised(unit, capsys):
    notebook.check(double)
    assert "double: 2 of 2 points (lecture 1:23)" in capsys.readouterr().out


def test_a_wrong_answer_is_named_and_raises_after_the_card(unit, capsys):
    def double(x):
        return x**2

    with pytest.raises(notebook.NotYet, match="double: 2 of 2 checks not passed yet"):
        notebook.check(double)
    assert "This is: squares. Add x to itself. (lecture 1:30)" in capsys.readouterr().out


def test_a_right_answer_that_calls_the_built_in_is_not_yours_yet(unit, capsys, monkeypatch):
    cells = [
        "",
        "import numpy as np",
        "%matplotlib inline",
        "def double(x):\n    return np.polyval([2, 0], x)",
    ]
    monkeypatch.setitem(globals(), "In", cells)
    ownership.save(unit.with_name(ownership.FILE), {"double": ownership.declared(["numpy.polyval"])})
    with pytest.raises(notebook.NotYet, match="line 2: numpy.polyval does what this exercise asks"):
        notebook.check(double)
    assert "0 of 2 points" in capsys.readouterr().out


def test_an_answer_is_known_by_the_name_it_has_in_the_notebook(unit, monkeypatch):
    monkeypatch.setitem(globals(), "double", np.vectorize(lambda x: x + x))
    notebook.check(globals()["double"])


def test_an_error_points_at_the_students_line(unit, capsys):
    def double(x):
        return x.shpe

    with pytest.raises(notebook.NotYet):
        notebook.check(double)
    out = capsys.readouterr().out
    assert "AttributeError: 'numpy.ndarray' object has no attribute 'shpe'" in out
    assert "return x.shpe" in out


def test_an_unknown_object_is_told_what_the_notebook_has(unit):
    def treble(x):
        return 3 * x

    with pytest.raises(
        ValueError, match=r"check\(treble\) is no exercise of this notebook. It has: check\(double\)"
    ):
        notebook.check(treble)


def test_an_object_in_the_place_of_its_class_is_told_by_its_kind(unit):
    with pytest.raises(notebook.CalledWrongly, match=r"check\(a Fraction, double\) is no exercise") as raised:
        notebook.check(Fraction(1, 2), double)
    assert raised.value._render_traceback_() == [str(raised.value)]


def test_without_the_folder_the_message_says_where_to_open_the_notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="There is no folder 'checks'.*open the notebook in its own folder"):
        notebook.check(double)


def test_a_damaged_evidence_file_says_so(unit):
    unit.with_suffix(".evidence").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="double.evidence is damaged.*fetch the unit anew"):
        notebook.check(double)


def test_saving_what_was_loaded_gives_the_same_bytes(unit, tmp_path):
    evidence = unit.with_suffix(".evidence")
    save(tmp_path / "again.evidence", load(evidence))
    assert (tmp_path / "again.evidence").read_bytes() == evidence.read_bytes()


@pytest.mark.parametrize(
    ("guess", "says"),
    [
        ("a", "Your guess: it falls"),
        (None, "This cell waits for your guess: set guess to one of 'a', 'b', then run it again."),
        ("c", "'c' is none of 'a', 'b'"),
        (["a"], "['a'] is none of 'a', 'b'"),
    ],
    ids=["made", "open", "unknown", "in a list"],
)
def test_a_guess_is_repeated_or_asked_for(guess, says, capsys):
    commit(guess, {"a": "it falls", "b": "it rises"})
    assert says in capsys.readouterr().out


def test_tensorflow_does_not_warn_of_what_a_check_traces(unit, caplog):
    def double(x):
        logging.getLogger("tensorflow").warning("5 out of the last 5 calls triggered retracing")
        return 2 * x

    caplog.set_level(logging.WARNING, logger="tensorflow")
    notebook.check(double)
    assert caplog.records == []
    logging.getLogger("tensorflow").warning("of the student's own")
    assert len(caplog.records) == 1
