"""Students get the checks as they grade, and nothing of the answers."""

import pytest

from autograder.authoring.public_checks import checks_source
from autograder.authoring.publish import leaks, publish, secret_lines
from autograder.exercise import file_of
from autograder.judging import tables
from autograder.testing.tiny_exercise import tiny
from helpers.evidence import encode
from helpers.published import load_checks
from solutions.dropout.dropout import dropout
from solutions.forward_propagation.softmax import softmax

HELPED = '''
from helpers.checks import fill
import math

ROWS = 3  # more than columns
SHAPE = (ROWS, 2)
UNUSED = 5


def inputs(rng):
    """Far from zero."""
    return rng.normal(size=SHAPE) + math.pi


# Why there is a check of one column.
@center.check("one column", points=2, h=1e-3)
def column(centered, rng):
    return {"h": centered(inputs(rng)[:, :1])}


@column.summary(mean=0.1)
def _(theirs, ours):
    return {"mean": theirs["h"].mean() + ROWS}
'''


@pytest.mark.parametrize("exercise", [softmax, dropout], ids=lambda e: e.name)
def test_published_checks_give_the_evidence_of_the_originals(exercise, tmp_path):
    copy = load_checks(publish(exercise, tmp_path))
    ours = tables.answer(exercise, exercise.candidate, seed=3, luck=5)
    assert [c.name for c in copy.checks] == list(ours)
    theirs = tables.answer(copy, exercise.candidate, seed=3, luck=5)
    assert {name: encode(e) for name, e in theirs.items()} == {name: encode(e) for name, e in ours.items()}
    both = [tables.summary(e, theirs, ours) for e in (copy, exercise)]
    assert [encode(e) for e in both[0].values()] == [encode(e) for e in both[1].values()]


def test_nothing_of_the_answers_is_published():
    text = checks_source(softmax)
    assert "reduce_max" not in text
    assert "misconception" not in text
    assert "alternative" not in text
    assert "solutions" not in text


def test_what_checks_use_comes_along_with_its_comments_and_nothing_else_does(tmp_path):
    text = checks_source(tiny(tmp_path, more=HELPED))
    assert "# Why there is a check of one column.\n@center.check(" in text
    assert "ROWS = 3  # more than columns\n" in text
    assert '"""Far from zero."""' in text
    assert "UNUSED" not in text
    assert "import fill" not in text
    assert "import math\n" in text
    copy = load_checks(publish(tiny(tmp_path, more=HELPED), tmp_path))
    assert copy.checks[-1].atol == {"h": 1e-3, "mean": 0.1}


def test_the_exercise_becomes_checks_with_all_its_arguments(tmp_path):
    long = (
        'objects=["centered"], given={"keep": lambda rate: 1 - rate, "drop": lambda rate: rate, "rate": 0.25}'
    )
    new = f'lecture="38:09", {long}, not_yours=["tensorflow.tanh"])'
    text = checks_source(tiny(tmp_path, ('lecture="38:09")', new)))
    assert 'center = Checks(\n    "centered",\n    lecture="38:09",\n    objects=["centered"],\n' in text
    copy = load_checks(publish(tiny(tmp_path, ('lecture="38:09")', new)), tmp_path))
    assert copy.not_yours == ("tensorflow.tanh",)


def test_checks_may_be_given_their_summary_in_a_loop(tmp_path):
    loop = "def _mean(theirs, ours):\n    return {'mean': ours['h'].mean()}\n\n\n"
    loop += "for each in center.checks:\n    each.summary()(_mean)\n"
    copy = load_checks(publish(tiny(tmp_path, more=loop), tmp_path))
    assert all(check.summarize for check in copy.checks)


CHECK = '@center.check("another")\ndef another(centered, rng):\n    return {"h": %s}\n'
UNPUBLISHABLE = {
    "the reference": ("", CHECK % "globals and by_sums(rng.normal(size=3))", "uses 'by_sums', an answer"),
    "a private package": (
        "from solutions.forward_propagation import softmax",
        CHECK % "softmax",
        "uses 'softmax', which comes from `from solutions.forward_propagation import softmax`",
    ),
    "a private package, late": (
        "",
        CHECK.replace("    return", "    import autograder.tables\n    return") % 1,
        "needs `import autograder.tables`, which students do not have",
    ),
    "a name from nowhere": ("", CHECK % "size", "uses 'size', which nothing at the top level defines"),
    "a conditional": (
        "if np:\n    size = 3",
        CHECK % "size",
        "uses 'size', which line {size} defines by something else than def, class, import or =",
    ),
}


@pytest.mark.parametrize(("before", "check", "says"), UNPUBLISHABLE.values(), ids=UNPUBLISHABLE)
def test_what_cannot_be_published_is_named_with_its_line(tmp_path, before, check, says):
    exercise = tiny(tmp_path, more=f"{before}\n\n\n{check}")
    lines = file_of(exercise).read_text("utf-8").split("\n")
    line = lines.index("def another(centered, rng):") + 1
    says = says.format(size=lines.index("if np:") + 1 if "if np:" in lines else 0)
    with pytest.raises(ValueError, match="`another`") as error:
        checks_source(exercise)
    assert f"{file_of(exercise)}, line {line}: `another` {says}" in str(error.value)


def test_a_check_that_is_registered_in_another_way_is_missed_loudly(tmp_path):
    hidden = "def more():\n    center.check('hidden')(lambda centered, rng: {})\n\n\nmore()\n"
    with pytest.raises(ValueError, match="not all that there are; write each as a function decorated"):
        publish(tiny(tmp_path, more=hidden), tmp_path)


def test_two_exercises_in_one_file_are_refused(tmp_path):
    second = 'other = Exercise("other", lecture="1:00")\n'
    with pytest.raises(ValueError, match="2 exercises at the top level; write one in each file"):
        checks_source(tiny(tmp_path, more=second))


def test_a_line_of_a_solution_is_found_wherever_it_stands():
    line = "e = tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))"
    assert line in secret_lines(softmax)
    assert leaks([softmax], {"01.ipynb": f"Try\n    {line}  # safe"}) == [
        f"01.ipynb: `{line}` is a line of the solution of stable_softmax"
    ]
    assert leaks([softmax], {"01.ipynb": softmax.stub}) == []


@pytest.mark.parametrize("line", ["from solutions.dropout import x", "    import autograder.build as b"])
def test_an_import_of_a_private_package_is_found(line):
    assert leaks([], {"a.py": f"x = 1\n{line}\n"}) == [f"a.py: `{line.strip()}` imports a private package"]


def test_prose_may_name_the_private_packages():
    assert leaks([], {"a.ipynb": "The solutions import nothing; find solutions from your own work."}) == []


def test_what_one_exercise_gives_is_no_secret_of_another(tmp_path):
    line = "mean = np.mean(h, axis=axis, keepdims=True)"
    gives = tiny(tmp_path, ("    ### BEGIN SOLUTION\n", ""), (line, f"{line}\n    ### BEGIN SOLUTION"))
    text = {"x.py": f"    {line}\n"}
    assert leaks([tiny(tmp_path)], text) == [f"x.py: `{line}` is a line of the solution of centered"]
    assert leaks([tiny(tmp_path), gives], text) == []
