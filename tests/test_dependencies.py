"""What is installed is what is locked, whichever way it is installed."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SCALE = (ROOT / "requirements-scale.lock").read_text()
# Without what stands in brackets, as in psycopg[binary].
FOR_SCALE = [name.partition("[")[0] for name in PROJECT["optional-dependencies"]["scale"]]
LOCKS = [LOCK, SCALE]


def versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock, re.MULTILINE))


LOCKED = versions(LOCK)


def conda_versions() -> dict[str, str]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (pip,) = (entry["pip"] for entry in listed if isinstance(entry, dict))
    return dict(entry.split("==") for entry in pip if "==" in entry)


@pytest.mark.parametrize("name", PROJECT["dependencies"])
def test_conda_users_get_the_locked_version(name):
    assert conda_versions()[name] == LOCKED[name.lower()]


def test_conda_users_get_nothing_else():
    assert set(conda_versions()) == set(PROJECT["dependencies"])


def test_conda_and_pip_agree_on_python():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert "python" + PROJECT["requires-python"] in listed


@pytest.mark.parametrize("lock", LOCKS, ids=["all", "scale"])
def test_every_locked_package_has_a_hash(lock):
    packages = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert len(packages) > 10
    assert [p.split("==")[0] for p in packages if "--hash=sha256:" not in p] == []


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-scale.lock", "environment.yml"])
def test_no_registry_host_is_named(file):
    assert not re.search(r"https?://|index-url|find-links", (ROOT / file).read_text())


def test_what_a_cluster_takes_has_a_lock_of_its_own_that_fits_the_other():
    scale = versions(SCALE)
    assert set(FOR_SCALE) <= scale.keys()
    assert not {"distributed", "dask", "psycopg"} & LOCKED.keys()
    both = scale.keys() & LOCKED.keys()
    assert {name: scale[name] for name in both} == {name: LOCKED[name] for name in both}


@pytest.mark.parametrize("name", [*PROJECT["dependencies"], *FOR_SCALE])
def test_the_readme_says_what_each_dependency_is_for(name):
    assert re.search(rf"^\| {re.escape(name)} \|", (ROOT / "README.md").read_text(), re.MULTILINE)
