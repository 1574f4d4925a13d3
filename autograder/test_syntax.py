import pytest

from autograder.syntax import Names, defined, global_names, names, runnable

GLOBALS = {
    "what the top level reads and binds": ("import numpy as np\ny = np.exp(x)", {"np", "x"}, {"np", "y"}),
    "a parameter is nobody's": ("def f(a):\n    return a * b", {"b"}, {"f"}),
    "a local is nobody's": ("def f():\n    a = b\n    return a", {"b"}, {"f"}),
    "a function within a function": (
        "def f(a):\n    def g():\n        return a + b\n    return g",
        {"b"},
        {"f"},
    ),
    "the body of a class and its methods": (
        "class A(B):\n    c = d\n    def m(self):\n        return e",
        {"B", "d", "e"},
        {"A"},
    ),
    "a comprehension's variable is its own": ("y = [a * b for a in c]", {"b", "c"}, {"y"}),
    "a default and a decorator": ("@d\ndef f(a=b):\n    pass", {"b", "d"}, {"f"}),
    "what a function declares global": ("def f():\n    global a\n    a = 1", set(), {"f", "a"}),
    "import a package's part": ("import a.b", set(), {"a"}),
    "nothing": ("", set(), set()),
}


@pytest.mark.parametrize(("source", "reads", "binds"), GLOBALS.values(), ids=GLOBALS)
def test_global_names_are_told_apart_from_local_ones(source, reads, binds):
    assert global_names(source) == (reads, binds)


def test_source_that_is_not_python_has_no_global_names():
    with pytest.raises(SyntaxError):
        global_names("def f(:")


ORIGINS = {
    "import a": ("import a", {"a": "a"}),
    "import a.b": ("import a.b", {"a": "a"}),
    "import a.b as c": ("import a.b as c", {"c": "a.b"}),
    "from a import b as c": ("from a import b as c", {"c": "a.b"}),
    "bound in two ways": ("import a\na = 1", {"a": ""}),
    "from two places": ("from a import c\nfrom b import c", {"c": ""}),
    "assigned": ("a = 1", {"a": ""}),
}


@pytest.mark.parametrize(("source", "binds"), ORIGINS.values(), ids=ORIGINS)
def test_a_name_that_is_imported_once_is_known_by_where_it_comes_from(source, binds):
    assert names(source).binds == binds


CHANGES = {
    "an attribute is set": ("a.b.c = 1", {"a"}),
    "an item is deleted": ("del a[0]", {"a"}),
    "a method is called": ("a.b.append(1)", {"a"}),
    "a method's value is used": ("y = a.b(1)", set()),
    "a function is called": ("a(1)", set()),
}


@pytest.mark.parametrize(("source", "changes"), CHANGES.values(), ids=CHANGES)
def test_what_a_cell_changes_without_binding_it(source, changes):
    assert names(source).changes == changes


def test_a_star_import_and_nesting_too_deep_are_told():
    assert names("from a import *").star
    assert names("y = x" + " + x" * 3000).deep
    assert names("def f(:") == Names(frozenset(), {}, frozenset())


def test_lines_of_ipythons_are_passed_over():
    assert names("%matplotlib inline\nx = y").reads == {"y"}
    assert runnable("!ls\nx = 1") == "pass\nx = 1"


@pytest.mark.parametrize(
    ("source", "defines"),
    [
        ("def f():\n    g = 1\nclass A:\n    pass", {"f", "A"}),
        ("a, (b, *c) = 1, (2, 3)", {"a", "b", "c"}),
        ("a: int = 1", {"a"}),
        ("import a", set()),
        ("def f(:", set()),
    ],
    ids=["functions and classes", "several at once", "annotated", "an import defines nothing", "not Python"],
)
def test_what_a_cell_defines_at_its_top_level(source, defines):
    assert defined(source) == defines
