import os
from datetime import datetime

import pytest
from nbgrader import coursedir, utils
from nbgrader.apps import api, zipcollectapp

from autograder.gradebook import dates
from helpers.errors import CalledWrongly

MIDNIGHT_IN_NEW_YORK = datetime(2026, 11, 21, 4, 59)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 23:59 -0500",
        "2026-11-20 23:59 -05:00",
        "2026-11-20T23:59 -0500",
        "2026-11-20 11:59 PM -0500",
        "2026-11-20 23:59 America/New_York",
        "2026-11-20 11:59 PM America/New_York",
        "20 November 2026, 11:59pm EST",
        "2026-11-21T04:59Z",
        "2026-11-21 04:59 UTC",
    ],
)
def test_a_moment_is_understood_however_it_is_written(text):
    assert dates.understood(text, "Europe/Berlin") == MIDNIGHT_IN_NEW_YORK
    assert dates.of_nbgrader(text) == MIDNIGHT_IN_NEW_YORK


@pytest.mark.parametrize("day", ["2030-08-05", "2030/08/05", "2030-8-5", "5 August 2030"])
def test_a_day_that_could_be_a_month_is_no_riddle_behind_its_year(day):
    assert dates.understood(f"{day} 23:59", "UTC") == datetime(2030, 8, 5, 23, 59)


def test_without_a_zone_it_is_that_of_the_option():
    assert dates.understood("2030-01-31 23:59", "Europe/Berlin") == datetime(2030, 1, 31, 22, 59)
    assert dates.understood("2030-07-31 11:59 PM", "Europe/Berlin") == datetime(2030, 7, 31, 21, 59)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow-ish", "no date and time"),
        ("2030-01-31", "at what time"),
        ("23:59", "year, month and day"),
        ("31 January 23:59", "year, month and day"),
        ("02/01/2030 23:59", "may mean two days"),
        ("2030-01-31 23:59 Europe/Atlantis", "no date and time"),
        ("2030-03-31 02:30", "clocks never show"),
        ("2030-02-30 12:00", "no date and time"),
        ("", "no date and time"),
    ],
)
def test_what_could_be_misread_is_refused(text, said):
    with pytest.raises(CalledWrongly, match=said):
        dates.understood(text, "Europe/Berlin")


def test_a_zone_that_nobody_knows_is_refused():
    with pytest.raises(CalledWrongly, match="'Atlantis' is no time zone"):
        dates.understood("2030-01-31 23:59", "Atlantis")


def test_where_clocks_show_a_time_twice_the_later_counts():
    assert dates.understood("2030-10-27 02:30", "Europe/Berlin") == datetime(2030, 10, 27, 1, 30)


def test_it_is_said_back_in_utc_and_as_clocks_show_it():
    moment = datetime(2030, 1, 31, 22, 59)
    said = "2030-01-31 22:59 UTC (Thu 2030-01-31 23:59 Europe/Berlin)"
    assert dates.in_words(moment, "Europe/Berlin") == said


@pytest.fixture
def taught(monkeypatch):
    """nbgrader as it is with this course, for a while."""
    for module in (utils, coursedir, api, zipcollectapp):
        monkeypatch.setattr(module, "parse_utc", module.parse_utc)
    for kind, name in (
        (coursedir.CourseDirectory, "get_existing_timestamp"),
        (api.NbGraderAPI, "get_submitted_timestamp"),
    ):
        monkeypatch.setattr(kind, name, getattr(kind, name))
    dates.teach_nbgrader()


def test_nbgrader_itself_reads_moments_so(taught):
    assert utils.parse_utc("2026-11-20 23:59 -0500") == MIDNIGHT_IN_NEW_YORK
    assert utils.parse_utc("2026-11-20 11:59 PM") == datetime(2026, 11, 20, 23, 59)
    assert utils.parse_utc("2015-02-02 15:58:23.948203 UTC") == datetime(2015, 2, 2, 15, 58, 23, 948203)
    assert utils.parse_utc(None) is None


@pytest.mark.parametrize("stamp", ["2026-11-20 23:59 -0500", "yesterday, late", "", None])
def test_nbgrader_and_formgrader_read_when_something_was_handed_in_as_we_do(stamp, taught, tmp_path):
    folder = tmp_path / "submitted" / "ada" / "01_unit"
    folder.mkdir(parents=True)
    if stamp is None:
        os.mkfifo(folder / "timestamp.txt")
    else:
        (folder / "timestamp.txt").write_text(stamp)
    course = coursedir.CourseDirectory(root=str(tmp_path))
    expected = MIDNIGHT_IN_NEW_YORK if stamp and "-0500" in stamp else None
    assert course.get_existing_timestamp(str(folder)) == expected
    assert api.NbGraderAPI(course).get_submitted_timestamp("01_unit", "ada") == expected
