"""Mutants change one thing each, keep their names while the statement is edited, and leave the statement alone."""

import pytest

from autograder.judging.mutants import mutants


def solution(*lines, signature="def f(a, b=2):"):
    body = "\n".join(f"    {line}" for line in lines)
    return f'{signature}\n    """1 + 1 = 2"""\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION'


def made(*lines):
    return {mutant.name: mutant.gives for mutant in mutants(solution(*lines))}


@pytest.mark.parametrize(
    ("line", "name", "gives"),
    [
        ("return a + b", "line 1: + → -", "return a - b"),
        ("a *= b", "line 1: * → /", "a /= b"),
        ("return a @ b", "line 1: the sides of @ swapped: b @ a", "return b @ a"),
        ("return a > b", "line 1: > → >=", "return a >= b"),
        ("return a > b", "line 1: > → <", "return a < b"),
        ("return a is None", "line 1: is → is not", "return a is not None"),
        ("return a and b", "line 1: and → or", "return a or b"),
        ("return -a", "line 1: -a → a", "return a"),
        ("return tf.exp(a)", "line 1: without tf.exp", "return a"),
        ("return a.copy()", "line 1: without a.copy", "return a"),
        ("return a[1]", "line 1: 1 → 2", "return a[2]"),
        ("return g(a, axis=-1)", "line 1: -1 → 0", "return g(a, axis=0)"),
        ("return g(a, keepdims=True)", "line 1: True → False", "return g(a, keepdims=False)"),
        ("return g(a, axis=b)", "line 1: without axis=b", "return g(a)"),
        ("return g(a, b)", "line 1: the arguments of g swapped", "return g(b, a)"),
        ("return tf.reduce_sum(a)", "line 1: reduce_sum → reduce_mean", "return tf.reduce_mean(a)"),
        ("return g('zeros')", "line 1: 'zeros' → 'ones'", "return g('ones')"),
        ("return a if b else 0", "line 1: not (b)", "return a if not b else 0"),
        ("return [n for n in a if n]", "line 1: not (n)", "return [n for n in a if not n]"),
        ("self.a = b", "line 1: without self.a = b", "pass"),
        ("a = tf.cast(a, b)", "line 1: without a = tf.cast(a, b)", "pass"),
    ],
)
def test_one_change_and_its_name(line, name, gives):
    assert made(line)[name] == gives


@pytest.mark.parametrize(
    "line",
    [
        "return np.asarray(a)",
        "raise ValueError(f'{a + 1} is bad')",
        "'a text'",
        "b = a",
        "return a",
        "self.W = self.add_weight(name='W')",
    ],
)
def test_what_would_teach_nothing_is_left_alone(line):
    assert [name for name in made(line) if "without self.W" not in name] == []


def test_a_flag_is_turned_over_and_not_left_out_as_well():
    assert list(made("return g(a, keepdims=True)")) == ["line 1: without g", "line 1: True → False"]


def test_arguments_that_may_change_places_are_not_swapped():
    assert "line 1: the arguments of tf.maximum swapped" not in made("return tf.maximum(a, b)")


def test_equal_changes_on_one_line_are_numbered():
    names = [m.name for m in mutants(solution("return a + b + 1"))]
    assert names[:2] == ["line 1: + → -", "line 1: + → - (2)"]


def test_nothing_outside_the_solution_changes():
    source = "def f(a, b=2):\n    a = a + 1\n    ### BEGIN SOLUTION\n    a = a * 3\n    ### END SOLUTION\n    return a"
    every = mutants(source)
    assert {m.name.split(":")[0] for m in every} == {"line 1"}
    assert all("a = a + 1" in m.source and "b=2" in m.source for m in every)


def test_a_longer_statement_renames_no_mutant():
    short, long = solution("return a + b"), solution("return a + b").replace("= 2", "= 2\n\n    More.\n    ")
    assert [m.name for m in mutants(short)] == [m.name for m in mutants(long)]


def test_every_mutant_differs_from_the_reference_and_from_the_others():
    source = solution(
        "c = tf.reduce_max(a, axis=b, keepdims=True)", "return tf.exp(a - c) / 2 if a > 0 else c @ a"
    )
    sources = [m.source for m in mutants(source)]
    assert len(set(sources)) == len(sources) > 10
    for text in sources:
        compile(text, "mutant", "exec")


def test_methods_and_several_functions_lend_their_names():
    layer = "class Dense:\n" + "\n".join(
        "    " + line
        for name in ("build", "call")
        for line in solution("x = g(a) + 1", "return x * b", signature=f"def {name}(self):").split("\n")
    )
    assert {m.name.split(":")[0] for m in mutants(layer)} == {
        "build line 1",
        "build line 2",
        "call line 1",
        "call line 2",
    }
    two = solution("return a + 1") + "\n\n" + solution("return a - 1", signature="def g(a):")
    assert {m.name.split(":")[0] for m in mutants(two)} == {"f line 1", "g line 1"}
