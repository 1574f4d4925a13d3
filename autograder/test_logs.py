import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from autograder import logs
from autograder.cli.app import app
from helpers.errors import CalledWrongly

log = logging.getLogger("autograder.somewhere")


@pytest.fixture
def file(tmp_path):
    """What is logged at info and above; afterwards, logging is as it was."""
    logger = logging.getLogger(logs.LOGGER)
    handlers, level = list(logger.handlers), logger.level
    logs.configure("info", tmp_path / "fdl.log")
    yield tmp_path / "fdl.log"
    for handler in set(logger.handlers) - set(handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(level)


def lines(file):
    """What was logged, without the times."""
    return [line.split(" ", 2)[2] for line in file.read_text("utf-8").splitlines()]


def test_a_record_says_which_unit_and_student_it_is_about(file):
    log.info("before")
    with logs.about("99_toy", "Zoë O'Brien"):
        log.info("graded in %.1f s", 2)
    log.warning("after")
    assert lines(file) == [
        "INFO [- | -] before",
        "INFO [99_toy | Zoë O'Brien] graded in 2.0 s",
        "WARNING [- | -] after",
    ]


def test_threads_that_work_side_by_side_speak_of_their_own_students(file):
    together = threading.Barrier(4, timeout=20)

    def work(number):
        with logs.about("99_toy", f"student {number}"):
            together.wait()
            log.info("about %d", number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(lines(file)) == [f"INFO [99_toy | student {n}] about {n}" for n in range(4)]


def test_an_exception_within_ends_what_a_thread_is_about(file):
    with pytest.raises(KeyError), logs.about("99_toy", "ada"):
        raise KeyError
    log.info("after")
    assert lines(file) == ["INFO [- | -] after"]


def test_a_folders_name_cannot_make_up_a_line(file):
    with logs.about("99_toy", "ada\n2026-01-01 ERROR [99_toy | bob] cheated\x1b[31m"):
        log.info("graded")
    (line,) = lines(file)
    assert line.startswith("INFO [99_toy | ada\N{REPLACEMENT CHARACTER}2026")
    assert "\x1b" not in line


def test_a_traceback_stands_below_its_line(file):
    try:
        raise KeyError("why")
    except KeyError:
        log.exception("it failed")
    first, *_, last = file.read_text("utf-8").splitlines()
    assert first.endswith("ERROR [- | -] it failed")
    assert last == "KeyError: 'why'"


def test_the_last_configuration_holds(file, tmp_path, capsys):
    logs.configure("warning")
    log.info("not this")
    log.warning("but this")
    assert file.read_text("utf-8") == ""
    assert "[- | -] but this" in capsys.readouterr().err


def test_a_level_that_is_none_is_told():
    with pytest.raises(CalledWrongly, match="no level 'loud' of logging, but debug, info, warning, error"):
        logs.configure("loud")


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OSError, match=r"nowhere.fdl\.log"):
        logs.configure("info", tmp_path / "nowhere" / "fdl.log")


def test_without_a_log_nothing_reaches_stderr(capsys):
    logs.discard()
    log.error("nobody asked")
    assert capsys.readouterr().err == ""


def test_the_command_writes_a_log_where_it_is_asked_to(tmp_path):
    file = tmp_path / "fdl.log"
    asked = CliRunner().invoke(app, ["--log", str(file), "grade", "nothing"])
    assert asked.exit_code == 2
    assert file.exists()
    nowhere = CliRunner().invoke(app, ["--log", str(tmp_path / "none" / "fdl.log"), "grade", "nothing"])
    assert nowhere.exit_code == 1
    assert nowhere.stderr.startswith("fdl --log: ")
