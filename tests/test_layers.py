"""Imports run one way: a sub-package imports only what stands below it, and only the command line prints and exits.

Imports inside functions and those for type checkers count as well. Tests are exempt: they may import whatever they need.
Where a module is named in a string, which no import shows, the string is held against the tree.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import jinja2
import pytest
from traitlets.config import Config, PyFileConfigLoader
from traitlets.utils.importstring import import_item

from autograder.course.layout import CONFIG, COURSE, ROOT

# Top first; docs/maintainers.md says what each is for.
FLOORS = """cli testing exports reporting rehearsal gradebook grading authoring proving judging course sandbox
    pages""".split()
# Modules that every floor may import; of one another they import only what stands behind them.
GROUND = ["exercise", "syntax", "progress", "logs", "limited"]
# Addresses in the nbgrader_config.py of older course roots; nothing imports them.
ADDRESSES = {
    "execute": ["SubmissionExporter", "RunByEngine", "SaveVerdicts"],
    "late": ["AssignLatePenalties", "LateDays"],
}
FOLDERS = {"autograder": ROOT, "solutions": ROOT, "bench": ROOT, "tests": ROOT, "helpers": ROOT / "src"}
OURS = ("autograder", "solutions", "helpers", "bench")


def files() -> dict[str, Path]:
    """Every Python file of ours, by its module's name."""
    found = {}
    for package, base in FOLDERS.items():
        for path in (base / package).rglob("*.py"):
            parts = path.relative_to(base).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            found[name] = path
    return found


FILES = files()
TREES = {name: ast.parse(path.read_text("utf-8"), str(path)) for name, path in FILES.items()}


def is_test(name: str) -> bool:
    last = name.rpartition(".")[2]
    return name.startswith("tests") or last.startswith("test_") or last == "conftest"


PRODUCT = [name for name in FILES if not is_test(name)]


def imported(name: str) -> set[str]:
    """What a module imports, anywhere in it: modules of ours by their whole name, others by their package's."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            assert node.module is not None
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in FILES else node.module)
    ours = {module for module in found if module in FILES}
    return ours | {module.partition(".")[0] for module in found - ours}


IMPORTS = {name: imported(name) for name in FILES}


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def modules(package: str) -> list[str]:
    return [name for name in PRODUCT if within(name, package)]


def strays(package: str, allowed: list[str]) -> list[str]:
    """The imports of ours that a package should not make."""
    found = []
    for name in modules(package):
        for other in sorted(IMPORTS[name]):
            ours = other.partition(".")[0] in OURS
            if ours and not any(within(other, place) for place in [package, *allowed]):
                found.append(f"{name} imports {other}")
    return found


def test_every_sub_package_stands_on_a_floor_and_every_floor_is_there():
    rooms = {path.parent.name for path in (ROOT / "autograder").glob("*/__init__.py")}
    assert rooms == set(FLOORS)
    single = {path.stem for path in (ROOT / "autograder").glob("*.py")} - {"__init__", "conftest"}
    assert {name for name in single if not name.startswith("test_")} == {*GROUND, *ADDRESSES}


@pytest.mark.parametrize("floor", FLOORS)
def test_a_sub_package_imports_only_what_stands_below_it(floor):
    below = FLOORS[FLOORS.index(floor) + 1 :]
    allowed = [f"autograder.{name}" for name in [*below, *GROUND]]
    # One room that is a stranger to the project, and one that what students wrote could reach.
    if floor in ("sandbox", "pages"):
        allowed = []
    assert strays(f"autograder.{floor}", [*allowed, "helpers"]) == []


@pytest.mark.parametrize("module", GROUND)
def test_what_every_floor_may_import_imports_no_floor(module):
    behind = [f"autograder.{name}" for name in GROUND[GROUND.index(module) + 1 :]]
    assert strays(f"autograder.{module}", [*behind, "helpers"]) == []


def test_what_students_have_imports_nothing_of_ours():
    assert strays("helpers", []) == []


def test_answers_import_the_authors_language_and_helpers():
    assert strays("solutions", ["autograder.exercise", "helpers"]) == []


def test_answers_are_loaded_by_name_and_never_imported():
    assert [
        name for name in modules("autograder") if any(within(o, "solutions") for o in IMPORTS[name])
    ] == []


def test_nothing_imports_the_addresses_of_older_course_roots():
    old = {f"autograder.{name}" for name in ADDRESSES}
    assert {name: IMPORTS[name] & old for name in FILES if IMPORTS[name] & old} == {}


def test_no_product_module_imports_what_is_made_up_for_tests():
    importers = [n for n in PRODUCT if any(within(other, "autograder.testing") for other in IMPORTS[n])]
    assert [n for n in importers if not within(n, "autograder.testing") and not within(n, "bench")] == []


def test_no_modules_import_each_other_in_a_circle():
    # A package's own file is run before its modules, and hands out names; it counts as one of them where it is named.
    graph = {name: IMPORTS[name] & FILES.keys() - {name} for name in PRODUCT}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_only_the_command_line_knows_how_terminals_look(library):
    users = {name for name in PRODUCT if library in IMPORTS[name]}
    assert users
    assert [n for n in users if not within(n, "autograder.cli") and not within(n, "bench")] == []


ENDS = {"print", "input", "exit", "quit", "sys.exit", "SystemExit"}


def ends(tree: ast.AST) -> Iterator[str]:
    """The calls that print, ask or exit; a module that is run as a program may do so under `__name__ == "__main__"`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
            continue
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ENDS:
            yield f"line {node.lineno}: {ast.unparse(node.func)}"
        yield from ends(node)


def test_only_the_command_line_prints_asks_and_exits():
    floors = [name for name in modules("autograder") if not within(name, "autograder.cli")]
    found = {name: list(ends(TREES[name])) for name in floors}
    assert {name: calls for name, calls in found.items() if calls} == {}
    assert any(list(ends(TREES[name])) for name in modules("autograder.cli"))


# ---- strings that no import shows


def strings(name: str) -> Iterator[str]:
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def resolves(name: str) -> bool:
    """Whether a dotted name is a module, or something that a module binds or hands out."""
    if name in FILES:
        return True
    module, _, attribute = name.rpartition(".")
    return module in FILES and attribute in names_of(module)


@cache
def names_of(module: str) -> set[str]:
    """The names at the top of a module; with a `__getattr__` also those that it finds in a table of strings."""
    found = set()
    for node in TREES[module].body:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Import() | ast.ImportFrom():
                found |= {alias.asname or alias.name for alias in node.names}
            case ast.Assign() | ast.AnnAssign():
                found |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    if "__getattr__" in found:
        found |= set(strings(module))
    return found


def started(name: str) -> Iterator[str]:
    """The modules that a file starts with `python -m`, in one string or in a list of arguments."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.List | ast.Tuple):
            words = [str(part.value) if isinstance(part, ast.Constant) else "" for part in node.elts]
            for flag, module in pairwise(words):
                if flag == "-m":
                    yield module
    for text in strings(name):
        yield from re.findall(r"-m ((?:autograder|bench|helpers)\b[\w.]*)", text)


def test_modules_that_are_started_by_name_exist_and_can_be_started():
    named = {module for name in FILES for module in started(name)}
    ours = {module for module in named if module.partition(".")[0] in OURS}
    assert {"autograder.sandbox.server", "autograder.exports.on_gradescope", "bench.bound"} <= ours
    for module in ours:
        assert module in FILES
        if FILES[module].name == "__init__.py":
            assert f"{module}.__main__" in FILES
        else:
            assert 'if __name__ == "__main__":' in FILES[module].read_text("utf-8")


DOTTED = re.compile(rf"(?:{'|'.join(OURS)})(?:\.\w+)+")
# Made up where they stand: exercises of a course that a test invents, a logger, and a piece of a longer address.
INVENTED = re.compile(r"solutions\.(?:tiny_\w*|toy|a)\b|autograder\.(?:somewhere|gradebook\.Assign)$")


def test_what_is_imported_of_ours_is_there():
    wanted = []
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in FILES:
                wanted += [(f"{node.module}.{alias.name}", name) for alias in node.names]
    assert len(wanted) > 500
    assert [f"{one} in {name}" for one, name in wanted if not resolves(one)] == []


def test_a_string_that_is_a_name_of_ours_names_something():
    named = [(text, name) for name in FILES for text in strings(name) if DOTTED.fullmatch(text)]
    real = [(text, name) for text, name in named if not INVENTED.match(text)]
    assert len(real) > 10
    assert [f"{text} in {name}" for text, name in real if not resolves(text)] == []


IMPORT = re.compile(
    r"^(?:from ((?:autograder|helpers|bench)[\w.]*) import ([\w, ]+)|import ((?:autograder|helpers|bench)[\w.]*))",
    re.M,
)


def test_programs_in_strings_import_what_exists():
    wanted = []
    for name in FILES:
        for text in strings(name):
            for package, names, module in IMPORT.findall(text):
                objects = [word.split()[0] for word in names.split(",") if names]
                whole = [f"{package}.{one}" for one in objects] or [module]
                wanted += [(one, name) for one in whole]
    assert len(wanted) > 10
    assert [f"{one} in {name}" for one, name in wanted if not resolves(one)] == []


def configured(config: Config) -> Iterator[str]:
    """The addresses of ours in a configuration."""
    for value in config.values():
        if isinstance(value, Config):
            yield from configured(value)
        else:
            listed = value if isinstance(value, list) else [value]
            yield from (text for text in listed if isinstance(text, str) and text.startswith("autograder"))


def test_every_address_in_nbgraders_configuration_is_a_class_and_stable():
    config = PyFileConfigLoader(CONFIG, path=str(COURSE)).load_config()
    addresses = list(configured(config))
    assert len(addresses) == 5
    for address in addresses:
        assert isinstance(import_item(address), type)
        assert address.rpartition(".")[0] == "autograder.gradebook"
    # A setting that no class has would do nothing, silently.
    late_days = import_item(config.AssignLatePenalties.plugin_class)
    assert set(config.LateDays) <= set(late_days.class_traits(config=True))


@pytest.mark.parametrize(("module", "names"), ADDRESSES.items(), ids=ADDRESSES)
def test_the_addresses_of_older_course_roots_are_the_same_classes(module, names):
    for name in names:
        assert import_item(f"autograder.{module}.{name}") is import_item(f"autograder.gradebook.{name}")


TEMPLATES = sorted((ROOT / "autograder").glob("*/templates"))


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda folder: folder.parent.name)
def test_every_template_is_found_and_installed(folder):
    package = f"autograder.{folder.parent.name}"
    there = {path.name for path in folder.iterdir()}
    assert set(jinja2.PackageLoader(package).list_templates()) == there
    assert f'"{package}" = ["templates/*"]' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_every_template_is_shown_and_every_one_that_is_named_is_there():
    there = {path.name for folder in TEMPLATES for path in folder.iterdir()}
    in_code = {text for name in PRODUCT for text in strings(name) if re.fullmatch(r"\w+\.(?:html|css)", text)}
    pages = [page.read_text("utf-8") for folder in TEMPLATES for page in folder.glob("*.html")]
    in_templates = {text for page in pages for text in re.findall(r'"(\w+\.html)"', page)}
    assert in_templates
    assert in_templates <= there
    assert there <= in_code | in_templates
