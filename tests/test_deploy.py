"""What deploy/ says for Kubernetes, which no test can start: it is read, and held against the charts and the repository."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
import types
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from jsonschema import Draft7Validator
from traitlets.config import Config

from autograder.authoring import student_bundle
from autograder.rehearsal.lab import PATIENCE

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "kubernetes"
SCHEMAS = Path(__file__).parent / "schemas"
DOCKERFILE = (FOLDER / "Dockerfile").read_text("utf-8")
VALUES = yaml.safe_load((FOLDER / "values.yaml").read_text("utf-8"))
NGSHARE = yaml.safe_load((FOLDER / "ngshare.yaml").read_text("utf-8"))
INSTRUCTIONS = set("FROM COPY RUN USER WORKDIR CMD".split())


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile and what follows each, without comments and broken lines."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in whole.splitlines() if line]


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each image, with those of the image that it begins with."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, rest in instructions(DOCKERFILE):
        if kind == "FROM":
            base, _, name = rest.partition(" AS ")
            assert name
            now = found[name] = list(found.get(base, []))
        else:
            now.append((kind, rest))
    return found


def copied(stage: str) -> set[str]:
    """What an image takes from the repository."""
    return {path for kind, rest in stages()[stage] if kind == "COPY" for path in rest.split()[:-1]}


def test_the_dockerfile_holds_instructions_and_ends_as_a_server_of_nobodys():
    assert {kind for kind, _ in instructions(DOCKERFILE)} == INSTRUCTIONS
    scripts = (ROOT / "requirements-hub.lock").read_text("utf-8")
    for stage in ("students", "staff"):
        end = dict(stages()[stage])
        assert end["USER"] == "1000"
        assert json.loads(end["CMD"]) == ["jupyterhub-singleuser"]
    assert re.search(r"^jupyterhub==", scripts, re.MULTILINE)


def test_what_the_images_copy_is_in_the_repository():
    made = {"dist/students.zip"}
    for path in (copied("students") | copied("staff")) - made:
        assert (ROOT / path).exists(), path
    # As the head of the file says, and in the folder that the zip holds.
    assert "`fdl build --zip dist/students.zip`" in DOCKERFILE
    assert f"/tmp/students/{student_bundle.FOLDER} " in DOCKERFILE


def test_the_image_of_students_holds_helpers_alone_and_that_of_staff_what_the_course_needs():
    assert copied("students") == {
        "requirements.lock",
        "requirements-hub.lock",
        "deploy/kubernetes/nbgrader_config.py",
        "dist/students.zip",
    }
    packages = {"autograder", "solutions", "src", "course/units", "notebooks", "pyproject.toml"}
    assert packages <= copied("staff")


def test_both_images_install_what_is_locked():
    installs = [rest for kind, rest in instructions(DOCKERFILE) if kind == "RUN" and "pip install" in rest]
    commands = [one for rest in installs for one in rest.split("&&") if "pip install" in one]
    assert len(commands) == 5
    for command in commands:
        assert {"--require-hashes", "--no-deps"} & set(shlex.split(command)), command


def test_the_images_python_is_one_that_the_locks_are_for():
    (version,) = re.findall(r"^FROM python:(\d+\.\d+)-", DOCKERFILE, re.MULTILINE)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert wanted.startswith(f">={version}")


def test_every_value_for_the_hub_is_one_that_the_chart_knows():
    schema = json.loads((SCHEMAS / "jupyterhub_chart.json").read_text("utf-8"))
    errors = [f"{list(error.path)}: {error.message}" for error in Draft7Validator(schema).iter_errors(VALUES)]
    assert errors == []
    misspelled = {**VALUES, "singleuser": {"memry": "1G"}}
    assert list(Draft7Validator(schema).iter_errors(misspelled))


def test_every_value_for_ngshare_is_one_that_the_chart_knows():
    known = json.loads((SCHEMAS / "ngshare_chart.json").read_text("utf-8"))
    for part, values in NGSHARE.items():
        assert set(values) <= set(known[part])


def test_hub_students_and_ngshare_are_told_the_same_address_and_course():
    address = VALUES["hub"]["services"]["ngshare"]["url"]
    assert VALUES["singleuser"]["extraEnv"]["FDL_NGSHARE"] == f"{address}/services/ngshare"
    port = json.loads((SCHEMAS / "ngshare_chart.json").read_text("utf-8"))["deployment"]["port"]
    assert address == f"http://ngshare:{port}"
    course = VALUES["custom"]["course"]
    groups = VALUES["hub"]["config"]["GenericOAuthenticator"]["allowed_groups"]
    assert groups == [f"nbgrader-{course}", f"formgrade-{course}"]
    config = (FOLDER / "nbgrader_config.py").read_text("utf-8")
    assert set(re.findall(r'environ\["(\w+)"\]', config)) == {"FDL_COURSE", "FDL_NGSHARE"}


def test_validate_waits_on_kubernetes_as_it_does_in_the_lab(monkeypatch):
    c = Config()
    monkeypatch.setenv("FDL_COURSE", VALUES["custom"]["course"])
    monkeypatch.setenv("FDL_NGSHARE", "http://ngshare")
    monkeypatch.setitem(
        sys.modules, "ngshare_exchange", SimpleNamespace(configureExchange=lambda c, address: None)
    )
    exec((FOLDER / "nbgrader_config.py").read_text("utf-8"), {"get_config": lambda: c})
    assert c.Execute == PATIENCE


@pytest.mark.parametrize(
    ("group", "image"), [("nbgrader", None), ("formgrade", VALUES["custom"]["staffImage"])], ids=str
)
def test_instructors_alone_get_the_image_with_the_answers(group, image, monkeypatch):
    z2jh = types.ModuleType("z2jh")
    z2jh.get_config = lambda key: VALUES[key.split(".")[0]][key.split(".")[1]]
    monkeypatch.setitem(sys.modules, "z2jh", z2jh)
    c = SimpleNamespace(KubeSpawner=SimpleNamespace())
    exec(VALUES["hub"]["extraConfig"]["instructors.py"], {"c": c})
    course = VALUES["custom"]["course"]
    user = SimpleNamespace(groups=[SimpleNamespace(name=f"{group}-{course}")])
    spawner = SimpleNamespace(user=user, image=None, environment={})
    c.KubeSpawner.pre_spawn_hook(spawner)
    assert (spawner.image, spawner.environment) == (image, {"FDL_COURSE": course})


def test_the_target_that_sets_up_a_hub_asks_for_a_course():
    shown = subprocess.run(
        ["make", "--dry-run", "hub", "COURSE=/srv/a", "PLACE=/srv/b"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "-m deploy.set_up /srv/a --place /srv/b" in shown.stdout
