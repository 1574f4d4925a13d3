"""The hub of deploy/, set up by its one command on a machine with unix users: a student and an instructor walk through it.

It takes the extra `hub`, and root, who alone can make accounts; those that it makes are gone with it.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from autograder.authoring import new_course
from autograder.course import catalogue
from browser.jupyter import MINUTE, UNIT
from browser.machine import Machine
from browser.test_lab import (
    MISCONCEPTION,
    answer,
    fetch,
    press,
    read_feedback,
    release_feedback,
    run_everything,
    validate_and_submit,
)
from deploy.place import Place

ROOT = Path(__file__).parents[2]
ID = "autumn-2030"
STUDENT, OTHER, INSTRUCTOR = "ada", "ben", "grace"
PASSWORD = "only-in-this-test"
AS_ROOT = "unshare --user --map-root-user --map-auto --mount"
SEVERAL_USERS = hasattr(os, "geteuid") and os.geteuid() == 0

pytestmark = [
    pytest.mark.skipif(
        find_spec("jupyterhub") is None, reason="takes the extra `hub`: make install EXTRA=hub"
    ),
    pytest.mark.skipif(
        not SEVERAL_USERS,
        reason=f"takes several unix users: `sudo`, or `{AS_ROOT}`, then .venv/bin/python -m pytest {__file__}",
    ),
]


@pytest.fixture(scope="module")
def machine():
    # Not pytest's own folder, which other accounts may not enter.
    folder = Path(tempfile.mkdtemp(prefix="fdl-hub-"))
    folder.chmod(0o755)
    with Machine(folder) as made:
        yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def hub(machine, tmp_path_factory):
    """A running hub of a course with unit 1."""
    folder = machine.folder
    course = folder / ID
    begin(course)
    command = [
        sys.executable,
        "-m",
        "deploy.set_up",
        course,
        "--place",
        folder / "hub",
        "--port",
        free_port(),
    ]
    told = machine.run(*map(str, command), folder=ROOT)
    place = Place.read(folder / "hub")
    assert f"systemctl enable --now {place.units}" in told
    for name in (STUDENT, OTHER):
        machine.add_user(name, place.learners, PASSWORD)
    machine.add_user(INSTRUCTOR, place.instructors, PASSWORD)
    logs = tmp_path_factory.mktemp("logs")
    for kind, path in (("hub", "/hub/health"), ("formgrader", f"{place.service_prefix}api")):
        log = logs / f"{kind}.log"
        machine.start(place.units / f"{ID}-{kind}.service", log)
        until_it_answers(machine, f"{place.address}{path}", log)
    return place


def begin(course: Path) -> None:
    """A course root whose students get unit 1 as it is committed: what `fdl build` would make there."""
    file = new_course.make(course)
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith("  - ") or UNIT in line), "utf-8")
    for made in ("source", "release"):
        shutil.copytree(ROOT / "notebooks" / UNIT, course / made / UNIT)


def free_port() -> int:
    """The first of four neighbours that nobody uses."""
    for port in range(18000, 19000, 4):
        with (
            socket.socket() as one,
            socket.socket() as two,
            socket.socket() as three,
            socket.socket() as four,
        ):
            try:
                for number, each in enumerate((one, two, three, four)):
                    each.bind(("127.0.0.1", port + number))
            except OSError:
                continue
            return port
    raise AssertionError("no free ports")


def until_it_answers(machine: Machine, address: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while True:
        try:
            urlopen(address).close()
            return
        except OSError:
            text = log.read_text()[-3000:]
            assert time.monotonic() < deadline, text
            assert all(service.poll() is None for service in machine.services), text
            time.sleep(0.3)


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.locator("#username_input").fill(name)
    page.locator("#password_input").fill(PASSWORD)
    page.locator("#login_submit").click()


def test_from_release_to_feedback_on_a_hub(hub, machine, person, shot):
    activations = next(e for e in catalogue.exercises(catalogue.unit(UNIT)) if e.name == "activations")
    wrong = next(rival for rival in activations.misconceptions if rival.name == MISCONCEPTION)
    formgrader = person()
    sign_in(formgrader, f"{hub.address}{hub.service_prefix}formgrader", INSTRUCTOR)
    press(formgrader, "release")
    expect(formgrader.locator("td.status")).to_have_text("released")
    shot(formgrader, "hub-formgrader")

    student = person()
    sign_in(student, hub.address, STUDENT)
    expect(student.get_by_role("menuitem", name="Nbgrader")).to_be_visible(timeout=3 * MINUTE)
    fetch(student, shot)
    run_everything(student)
    answer(student, activations.source, f"{activations.points:g} of {activations.points:g} points")
    answer(student, wrong.source, "A question first")
    validate_and_submit(student, shot)
    may_not_reach(student, hub)
    # Where it lies now, beside that of others.
    inbound = hub.exchange / hub.id / "inbound"
    said = machine.run(hub.students_python, "-c", LOOK_AROUND, inbound, user=STUDENT)
    assert said.splitlines() == HELPERS_ALONE

    formgrader.reload()
    press(formgrader, "collect")
    home, path = f"HOME={hub.home}", f"PATH={hub.python.parent}:/usr/bin:/bin"
    grade = ["env", "-i", home, path, "fdl", "grade", UNIT, "--json"]
    (graded,) = json.loads(machine.run(*grade, user=hub.account, folder=hub.course))["submissions"]
    assert graded["student"] == STUDENT
    assert MISCONCEPTION in [check["misconception"] for check in graded["checks"]]
    release_feedback(formgrader)
    read_feedback(student, shot)


def may_not_reach(student: Page, hub: Place) -> None:
    """What the hub refuses to a student who is signed in; a server that does not run is as good as none."""
    refused = {
        hub.service_prefix: 403,
        f"{hub.service_prefix}formgrader": 403,
        "/hub/admin": 403,
        f"/user/{OTHER}/lab": 404,
    }
    other_tab = student.context.new_page()
    found = {}
    for path in refused:
        response = other_tab.goto(f"{hub.address}{path}")
        assert response
        found[path] = response.status
    other_tab.close()
    assert found == refused


# Prints which of our packages there are, and which folders can be listed.
LOOK_AROUND = """
import importlib.util, os, sys
for name in ("helpers", "autograder", "solutions", "deploy"):
    print(name, importlib.util.find_spec(name) is not None)
for path in sys.argv[1:]:
    try:
        os.listdir(path)
        print(path)
    except PermissionError:
        pass
"""
HELPERS_ALONE = ["helpers True", "autograder False", "solutions False", "deploy False"]


def test_a_student_finds_helpers_and_no_answer_and_reads_nothing_of_others(hub, machine):
    homes = [f"/home/{OTHER}", f"/home/{INSTRUCTOR}"]
    private = [hub.staff / "solutions", hub.staff / ".venv", hub.course, hub.state, hub.home, *homes]
    said = machine.run(hub.students_python, "-c", LOOK_AROUND, *private, user=STUDENT)
    assert said.splitlines() == HELPERS_ALONE


def test_who_is_in_no_group_of_the_course_is_not_let_in(hub, machine, page):
    machine.run("useradd", "--create-home", "eve")
    machine.run("chpasswd", says=f"eve:{PASSWORD}")
    sign_in(page, hub.address, "eve")
    expect(page.get_by_text("Invalid username or password")).to_be_visible()


def test_what_cannot_be_set_up_is_said_in_a_sentence(tmp_path):
    command = [sys.executable, "-m", "deploy.set_up", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(f"make hub: {tmp_path} is no course root: `fdl new {tmp_path}` begins one")
