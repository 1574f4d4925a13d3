"""Points in time as people and programs write them: "2030-01-31 23:59", "11:59 PM", "-0500", "Europe/Berlin".

The gradebook holds UTC without saying so, as nbgrader does.
"""

import os
import re
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import parser, tz

from autograder.course.layout import STAMP
from autograder.grading import submission
from helpers.errors import CalledWrongly, Unreadable

# Said where nobody can read when something was handed in.
IN_TIME = "It counts as handed in in time."
EXAMPLE = '"2030-01-31 23:59"'
# What is left out of a text shows as a difference between what it means with the one and with the other.
SOME_DAY, ANOTHER_DAY = datetime(2001, 2, 3, 4, 5), datetime(2005, 7, 9, 8, 6)
# Behind the year comes the month, whatever comes first elsewhere.
YEAR_FIRST = re.compile(r"\s*\d{4}[-/.]")


def understood(text: str, zone: str | None = None) -> datetime:
    """The moment that somebody means, in UTC.

    Args:
        text: date and time; an offset or a zone may follow.
        zone: where clocks show this time if the text does not say it, such as "Europe/Berlin"; by default here.
    Returns:
        It, without a zone, as the gradebook holds it.
    Raises:
        CalledWrongly: if it is no moment, lacks date or time, can be read in two ways, or never comes.
    """
    try:
        moment, another = _read(text, SOME_DAY), _read(text, ANOTHER_DAY)
    except (ValueError, OverflowError):
        raise CalledWrongly(f"{text!r} is no date and time; write it as {EXAMPLE}") from None
    if moment.date() != another.date():
        raise CalledWrongly(f"{text!r} does not say year, month and day; write it as {EXAMPLE}")
    if moment.time() != another.time():
        raise CalledWrongly(f"{text!r} does not say at what time; write it as {EXAMPLE}")
    if not YEAR_FIRST.match(text) and _read(text, SOME_DAY, dayfirst=True) != moment:
        raise CalledWrongly(f"{text!r} may mean two days; write year, month, day: {EXAMPLE}")
    if moment.tzinfo is None:
        moment = _on_a_clock(moment, zone_of(zone))
    return in_utc(moment)


def zone_of(name: str | None) -> tzinfo:
    """A time zone by its name; this machine's without one.

    Raises:
        CalledWrongly: if nobody knows it.
    """
    found = tz.tzlocal() if name is None else _zone(name)
    if found is None:
        raise CalledWrongly(
            f"{name!r} is no time zone; name one as Europe/Berlin or America/New_York, or UTC"
        )
    return found


def in_words(moment: datetime, zone: str | None = None) -> str:
    """A moment in UTC and as clocks show it.

    Args:
        moment: in UTC, without a zone.
        zone: whose clocks; by default those of this machine.
    """
    there = moment.replace(tzinfo=UTC).astimezone(zone_of(zone))
    where = zone or "here"
    return f"{moment:%Y-%m-%d %H:%M} UTC ({there:%a %Y-%m-%d %H:%M} {where})"


def of_nbgrader(text: str | datetime | None) -> datetime | None:
    """What `nbgrader.utils.parse_utc` should give: a moment in UTC, without a zone.

    Args:
        text: as formgrader's field, `nbgrader db` or a file give it; without a zone it is UTC.
    Raises:
        ValueError: if it is no moment.
    """
    if text is None:
        return None
    moment = text if isinstance(text, datetime) else _read(text, datetime.now(UTC).replace(tzinfo=None))
    return in_utc(moment)


def handed_in(folder: Path) -> tuple[datetime | None, str]:
    """When something was handed in, in UTC, and why that cannot be read, if it cannot.

    Args:
        folder: with the notebook, and whatever else the student put there.
    """
    if not os.path.lexists(folder / STAMP):
        return None, ""
    try:
        text = submission.read_file(folder / STAMP).decode("utf-8", "replace").strip()
    except Unreadable as error:
        return None, f"{error} {IN_TIME}"
    try:
        return of_nbgrader(text or None), ""
    except (ValueError, OverflowError):
        return None, f"{STAMP} says {text[:60]!r}, which is no date and time. {IN_TIME}"


def teach_nbgrader() -> None:
    """Have nbgrader read what it misreads, in this process: "-0500" as seconds, "11:59 PM" as the morning.

    A timestamp.txt that cannot be read would end its commands and formgrader's pages for the whole class, and one that
    is a pipe would never let them end.
    """
    from nbgrader import coursedir, utils
    from nbgrader.apps import api, zipcollectapp

    # Each has taken the function for its own.
    for module in (utils, coursedir, api, zipcollectapp):
        module.parse_utc = of_nbgrader
    coursedir.CourseDirectory.get_existing_timestamp = _existing_timestamp
    api.NbGraderAPI.get_submitted_timestamp = _submitted_timestamp


def _existing_timestamp(directory: Any, dest_path: str) -> datetime | None:
    """What nbgrader's course directory says of a folder of a student's."""
    moment, undated = handed_in(Path(dest_path))
    if undated:
        directory.log.warning("%s: %s", dest_path, undated)
    return moment


def _submitted_timestamp(formgrader: Any, assignment_id: str, student_id: str) -> datetime | None:
    """What formgrader says of a submission."""
    directory = formgrader.coursedir
    folder = directory.format_path(directory.submitted_directory, student_id, assignment_id)
    return directory.get_existing_timestamp(folder)


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC, without a zone; one that has none is UTC already."""
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def _read(text: str, default: datetime, **how: Any) -> datetime:
    """A text's moment; what it does not say is the default's.

    Raises:
        ValueError: if it is none, or names a zone that nobody knows.
    """
    words, zone = text.strip(), None
    first, _, last = words.rpartition(" ")
    # Names of zones, which the parser does not know.
    if first and last[:1].isalpha() and last.upper() not in ("AM", "PM"):
        zone = _zone(last)
        if zone is None:
            raise ValueError(f"{last} is no time zone")
        words = first
    moment = parser.parse(words, default=default.replace(second=0, microsecond=0), **how)
    return moment if zone is None else _on_a_clock(moment, zone)


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return tz.gettz(name)


def _on_a_clock(moment: datetime, zone: tzinfo) -> datetime:
    """What a clock shows in a zone; where it shows it twice, the second time, which is the later."""
    there = moment.replace(tzinfo=zone, fold=1)
    if not tz.datetime_exists(there):
        raise CalledWrongly(f"clocks never show {moment:%Y-%m-%d %H:%M} there: they are put forward over it")
    return there
