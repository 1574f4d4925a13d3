"""What is installed is what is locked, whichever way it is installed."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Each with a lock of its own.
EXTRAS = ["scale", "hub"]
OPTIONAL = {extra: (ROOT / f"requirements-{extra}.lock").read_text() for extra in EXTRAS}
# Without what stands in brackets, as in psycopg[binary].
OF_EXTRA = {
    extra: [name.partition("[")[0] for name in PROJECT["optional-dependencies"][extra]] for extra in EXTRAS
}


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


@pytest.mark.parametrize("lock", [LOCK, *OPTIONAL.values()], ids=["all", *EXTRAS])
def test_every_locked_package_has_a_hash(lock):
    packages = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert len(packages) > 10
    assert [p.split("==")[0] for p in packages if "--hash=sha256:" not in p] == []


@pytest.mark.parametrize(
    "file", ["requirements.lock", *(f"requirements-{extra}.lock" for extra in EXTRAS), "environment.yml"]
)
def test_no_registry_host_is_named(file):
    assert not re.search(r"https?://|index-url|find-links", (ROOT / file).read_text())


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_is_optional_has_a_lock_of_its_own_that_fits_the_others(extra):
    own = versions(OPTIONAL[extra])
    assert set(OF_EXTRA[extra]) <= own.keys()
    assert not {"distributed", "dask", "psycopg", "jupyterhub", "configurable-http-proxy"} & LOCKED.keys()
    for other in [LOCKED, *map(versions, OPTIONAL.values())]:
        both = own.keys() & other.keys()
        assert {name: own[name] for name in both} == {name: other[name] for name in both}


@pytest.mark.parametrize("name", [*PROJECT["dependencies"], *itertools.chain(*OF_EXTRA.values())])
def test_the_readme_says_what_each_dependency_is_for(name):
    assert re.search(rf"^\| {re.escape(name)} \|", (ROOT / "README.md").read_text(), re.MULTILINE)
