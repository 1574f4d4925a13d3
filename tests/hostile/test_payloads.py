"""The attacks aim at what is there: one that misses, since a name has changed, would prove nothing."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from autograder.course.layout import ROOT
from tests.hostile.payloads import PAYLOADS, TREASURES


def imports(tree: ast.Module) -> dict[str, str]:
    """The modules of ours that a program imports, by the name that it has for each."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
    return {
        name: module for name, module in found.items() if module.partition(".")[0] in ("helpers", "solutions")
    }


def targets(source: str) -> Iterator[str]:
    """What of ours a program names: modules that it imports, and attributes of these that it reads or sets."""
    tree = ast.parse(source)
    modules = imports(tree)
    yield from modules.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            if first in modules and re.fullmatch(r"[\w.]+", rest):
                yield f"{modules[first]}.{rest}"


def python(source: str) -> bool:
    """Whether a payload is Python, and not IPython's magic."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


AIMED = [name for name, source in PAYLOADS.items() if python(source) and set(targets(source))]


@pytest.mark.parametrize("name", AIMED)
def test_what_a_payload_patches_or_reads_is_there(name):
    for target in set(targets(PAYLOADS[name])):
        module = next(iter(imports(ast.parse(PAYLOADS[name])).values()))
        importlib.import_module(module)
        assert pkgutil.resolve_name(target) is not None


def test_many_payloads_aim_at_modules_of_ours():
    assert len(AIMED) > 8


def test_what_the_heap_is_searched_for_are_classes_that_hold_answers():
    sources = [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "src").rglob("*.py")]
    defined = {
        name for path in sources for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.M)
    }
    assert set(TREASURES) <= defined


def test_files_that_payloads_read_are_there():
    paths = {
        path for source in PAYLOADS.values() for path in re.findall(r"REPO/(solutions/[\w/]+\.py)", source)
    }
    assert paths
    assert [path for path in paths if not (ROOT / path).is_file()] == []
