"""`fdl verify`: what it prints and how it ends, in processes of its own."""

import json
import subprocess
import sys
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.progress import silent
from autograder.proving import kept, verify
from autograder.proving.prove import prove
from autograder.proving.verify import Result
from autograder.proving.workers import Counted, Proved, Survey, Task, Wish, Workers, prove_task, survey
from autograder.testing.tiny_exercise import TINY, tiny
from helpers.errors import CalledWrongly
from helpers.ownership import NotYours

UNIT = Unit("09_normalization", None, "normalization")


def fdl(*words):
    return CliRunner().invoke(app, words)


@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    return prove(tiny(tmp_path_factory.mktemp("tiny")), unit=UNIT.id, seed=3, draws=2)


@pytest.fixture
def unsound(proof):
    return replace(proof, exercise="skewed", shortfalls=["The stub passes 'rows'. Move the line."])


def test_help_needs_no_tensorflow():
    code = "import sys, autograder.cli; sys.exit(bool({'tensorflow', 'keras', 'numpy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_unit_that_is_not_there_is_wrong_usage():
    run = fdl("verify", "01_forwrd_propagation")
    assert run.exit_code == 2
    assert "there is no unit '01_forwrd_propagation'" in " ".join(run.stderr.split())


def test_one_draw_is_wrong_usage():
    assert fdl("verify", "--draws", "1").exit_code == 2


@pytest.mark.parametrize("broken", [[], ["09_normalization: x cannot be loaded"]], ids=["sound", "broken"])
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "table"])
def test_the_exit_code_tells_whether_anything_fell_short(monkeypatch, proof, unsound, broken, as_json):
    for proofs, code in ([proof], 1 if broken else 0), ([proof, unsound], 1):
        monkeypatch.setattr(verify, "run", lambda *a, p=proofs, **k: Result(3, 2, p, broken))
        assert fdl("verify", *["--json"] * as_json).exit_code == code


def test_json_is_all_that_stands_on_stdout(monkeypatch, proof):
    monkeypatch.setattr(verify, "run", lambda *a, **k: Result(3, 2, [proof]))
    found = json.loads(fdl("verify", "--json").stdout)
    assert found["exercises"][0]["exercise"] == "centered"
    assert (found["seed"], found["draws"]) == (3, 2)


def test_the_table_is_followed_by_every_shortfall_and_the_seed(monkeypatch, proof, unsound):
    result = Result(3, 2, [proof, unsound], ["09_normalization: early.py cannot be loaded"])
    monkeypatch.setattr(verify, "run", lambda *a, **k: result)
    text = fdl("verify", "--draws", "2").stdout
    assert "✗ skewed" in text
    assert "✗ The stub passes 'rows'. Move the line." in text
    assert "✗ 09_normalization: early.py cannot be loaded" in text
    assert "2 exercises over 2 draws: 2 shortfalls. To repeat it: fdl verify --draws 2 --seed 3" in text


def test_only_the_exercise_asked_for_is_proved():
    early, late = (Task(UNIT.id, "m", name, 1, 2, True) for name in ("early", "late"))
    surveys = [Survey([early, late], [], ["x.py cannot be loaded"])]
    result = Result(1, 2)
    assert verify._chosen(result, [UNIT], ["late"], surveys) == [late]
    # Another file's mistake is beside the point.
    assert result.broken == []
    assert verify._chosen(result, [UNIT], [], surveys) == [early, late]
    assert result.broken == ["09_normalization: x.py cannot be loaded"]


def test_an_exercise_that_is_not_there_is_answered_with_the_closest():
    surveys = [Survey([Task(UNIT.id, "m", "early", 1, 2, True)])]
    with pytest.raises(CalledWrongly, match="09_normalization has no exercise 'erly'; did you mean early?"):
        verify._chosen(Result(1, 2), [UNIT], ["early", "erly"], surveys)


def test_what_has_been_proved_is_told_and_not_proved_again(proof, monkeypatch):
    result = Result(1, 2)
    task = Task(UNIT.id, "m", "early", 1, 2, True)
    assert verify._chosen(result, [UNIT], [], [Survey([task], [proof])]) == [task]
    assert result.proofs == [proof]
    assert [row["kept"] for row in json.loads(result.as_json())["exercises"]] == [True]
    monkeypatch.setattr(verify, "run", lambda *a, **k: result)
    said = fdl("verify", "--draws", "2").stdout
    assert "1 exercise over 2 draws: proved (1 before, and nothing has changed since)" in said
    assert "To repeat it: fdl verify --draws 2 --anew" in said


@pytest.mark.parametrize(
    ("words", "anew"),
    [((), False), (("--anew",), True), (("--seed", "1"), True), (("--no-mutants",), True)],
    ids=str,
)
def test_who_asks_for_another_proof_gets_one(monkeypatch, words, anew):
    asked = {}
    monkeypatch.setattr(verify, "run", lambda *a, **k: asked.update(k) or Result(1, 2))
    fdl("verify", *words)
    assert asked["anew"] is anew


def test_a_first_look_says_how_it_is_repeated(monkeypatch, proof):
    asked = {}
    monkeypatch.setattr(verify, "run", lambda *a, **k: asked.update(k) or Result(3, 2, [proof]))
    said = fdl("verify", "1", "--quick").stdout
    assert (asked["draws"], asked["mutants"], asked["pairs"], asked["anew"]) == (2, False, False, True)
    assert "To repeat it: fdl verify 1 --quick --seed 3" in said


def test_only_what_is_asked_for_is_tried_out_and_the_others_are_known_by_name(own):
    found = survey(catalogue.unit("21", own), Wish(1, 2, names=("extra", "exta")))
    assert [task.exercise for task in found.tasks] == ["extra"]
    assert found.others == ["rows"]
    with pytest.raises(CalledWrongly, match="has no exercise 'row'; did you mean rows?"):
        verify._chosen(Result(1, 2), [UNIT], ["row"], [found])


def test_a_course_of_one_s_own_proves_its_exercise_beside_ours(own):
    (task,) = survey(catalogue.unit("21", own), Wish(1, 2, mutants=False, names=("extra",))).tasks
    assert task.content == own
    proved = prove_task(task)
    assert proved.proof.shortfalls == []
    assert proved.file == own / "solutions" / "tiny_rows" / kept.FILE


def test_a_bad_edit_and_a_wrong_import_are_told_with_their_place(own):
    file = own / "solutions" / "tiny_rows" / "extra.py"
    written = file.read_text()
    file.write_text(written.replace('"h - mean"', '"h minus mean"'))
    (said,) = survey(catalogue.unit("21", own), Wish(1, 2)).broken
    assert said.endswith(
        f"cannot be loaded: {file}, line 29: extra: this occurs 0 times, not once: 'h minus mean'"
    )
    file.write_text(written)
    more = own / "more" / "21_tiny_rows.py"
    more.write_text(more.read_text().replace("import extra", "import extras"))
    unit, result = catalogue.unit("21", own), Result(1, 2)
    verify._chosen(result, [unit], ["extra"], [survey(unit, Wish(1, 2, names=("extra",)))])
    (said,) = result.broken
    assert (
        "21_tiny_rows imports extras from solutions.tiny_rows.extra, where the exercises are: extra" in said
    )


@pytest.fixture
def workers(tmp_path, monkeypatch):
    """Processes that can import three exercises: one sound and talkative, one that dies, one that raises."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "tiny_sound.py").write_text("print('a word on stdout')\n" + TINY)
    (tmp_path / "tiny_dies.py").write_text(
        TINY.replace("return h - mean", "import os; os._exit(3); return h - mean")
    )
    (tmp_path / "tiny_raises.py").write_text("raise RuntimeError('not finished')")
    return Workers(tmp_path / "log", silent)


def test_what_a_process_prints_or_suffers_stays_its_own(workers, capfd):
    tasks = [Task(UNIT.id, f"tiny_{name}", "centered", 3, 2, True) for name in ("sound", "raises")]
    result = Result(3, 2)
    lines: list[str] = []
    with workers.pool(1) as pool:
        assert verify._collect(pool, tasks, result, workers, lines.append) == []
    assert lines == ["09_normalization, centered: proved"]
    assert [proof.shortfalls for proof in result.proofs] == [[]]
    assert result.broken == ["09_normalization, centered: RuntimeError: not finished"]
    assert "a word" not in capfd.readouterr().out
    assert "a word on stdout" in workers.last_words()


def test_a_process_that_dies_is_told_and_loses_no_other_proof(workers):
    tasks = [Task(UNIT.id, f"tiny_{name}", "centered", 3, 2, True) for name in ("dies", "sound")]
    result = Result(3, 2)
    lines: list[str] = []
    with workers.pool(1) as pool:
        lost = verify._collect(pool, tasks, result, workers, lines.append)
    assert {task.module for task in lost} == {"tiny_dies", "tiny_sound"}  # the second waited behind the first
    verify._one_by_one(workers, lost, result, lines.append)
    assert [proof.shortfalls for proof in result.proofs] == [[]]
    assert len(result.broken) == 1
    assert result.broken[0].startswith("09_normalization, centered: its process died.")


def test_an_operation_that_ends_its_process_is_told_and_left_out_of_the_census(workers, monkeypatch):
    def count(unit, name, without, trying):
        future: Future[Counted] = Future()
        for path in ("numpy.tame", "numpy.deadly", "numpy.tidy"):
            trying.write_text(path)
            if path == "numpy.deadly" and path not in without:
                future.set_exception(BrokenProcessPool())
                return future
        future.set_result(Counted(name, NotYours(), "", trying))
        return future

    pool: Any = SimpleNamespace(submit=lambda function, *given: function(*given))
    monkeypatch.setattr(verify, "count", count)
    monkeypatch.setattr(workers, "pool", lambda jobs: nullcontext(pool))
    lines: list[str] = []
    assert verify._counted(workers, UNIT, "centered", lines.append).exercise == "centered"
    assert lines == [
        "09_normalization, centered: numpy.deadly ended the process that tried it, and is left out"
    ]


def test_a_real_exercise_is_found_and_proved():
    unit = catalogue.unit("forward_propagation")
    result = verify.run([unit], ["stable_softmax"], draws=2, seed=1, jobs=1, mutants=False)
    assert result.broken == []
    (proof,) = result.proofs
    assert (proof.unit, proof.exercise, proof.stub) == (unit.id, "stable_softmax", 0)
    assert proof.reference == proof.points > 0


def test_a_proof_is_kept_by_whoever_asked_for_it(proof, tmp_path):
    pool: Any = SimpleNamespace(submit=lambda function, task: done(task))

    def done(task):
        future: Future[Proved] = Future()
        sources = "" if task.exercise == "early" else "a state"
        future.set_result(Proved(replace(proof, exercise=task.exercise), tmp_path / kept.FILE, sources))
        return future

    tasks = [Task(UNIT.id, "m", name, 1, 20, True) for name in ("early", "middle", "late")]
    result = Result(1, 20)
    assert verify._collect(pool, tasks, result, Workers(tmp_path / "log", silent), lambda line: None) == []
    assert {made.exercise for made in result.proofs} == {"early", "middle", "late"}
    assert kept.read(tmp_path / kept.FILE).keys() == {"middle", "late"}
