"""What cells and checks do in a child when nobody means harm."""

import threading

import numpy as np
import pytest

from autograder.sandbox import Job, Step, StepResult
from helpers.checks import Checks, gather
from helpers.evidence import Failure, decode, encode

DOUBLE = """
import numpy as np
import tensorflow as tf
from helpers.checks import Checks

double = Checks("Double", lecture="0:00", objects=("double", "twice"))


@double.check("doubles")
def _(double, twice, rng):
    return {"h": double(tf.constant(rng.normal(size=(2, 3)), "float32"))}


@double.check("twice, with noise")
def _(double, twice, rng):
    return {"h": twice(rng.normal(size=3)), "noise": tf.random.normal((4,))}
"""
ANSWER = "import numpy as np\ndef double(a):\n    return a + a\ndef twice(a):\n    return 2 * np.asarray(a)"


def run(kernels, *cells: str, **settings) -> list[StepResult]:
    return kernels.run(Job(tuple(Step(f"cell-{i}", cell) for i, cell in enumerate(cells)), **settings))


def test_cells_share_names_and_printed_text_comes_back(kernels):
    first, second = run(kernels, "x = 20\nprint('x is', x)", "print(x + 1, end='')")
    assert (first.output, second.output) == ("x is 20\n", "21")
    assert first.failure is second.failure is None


def test_an_exception_points_at_the_students_line_and_the_next_cell_still_runs(kernels):
    broken, after = run(kernels, "def f(x):\n    return 1 / x\n\nf(0)", "print('still here')")
    assert broken.failure == Failure(
        "ZeroDivisionError", "division by zero", "in f, line 2 of the cell: return 1 / x"
    )
    assert after.output == "still here\n"


def test_a_syntax_error_points_at_its_line(kernels):
    (result,) = run(kernels, "a = 1\nb = = 2")
    assert result.failure == Failure("SyntaxError", "invalid syntax", "line 2 of the cell: b = = 2")


@pytest.mark.parametrize("error", ["KeyboardInterrupt()", "SystemExit(3)", "GeneratorExit()"])
def test_what_is_no_Exception_ends_only_its_cell(kernels, error):
    raised, after = run(kernels, f"raise {error}", "print('on')")
    assert raised.failure is not None
    assert raised.failure.type == error.partition("(")[0]
    assert after.output == "on\n"


def test_a_line_of_python_that_begins_with_a_percent_sign_runs(kernels):
    (result,) = run(kernels, "print('%d!'\n    % 3)")
    assert result.output == "3!\n"


def test_there_is_no_ipython_and_check_does_nothing(kernels):
    (result,) = run(kernels, "from helpers import check\ncheck(print)\nprint('get_ipython' in globals())")
    assert result.output == "False\n"


def test_what_tensorflow_prints_itself_is_kept_and_stderr_is_not(kernels):
    source = """
        import os, sys, tensorflow as tf
        print("a")
        tf.print("b", output_stream=sys.stdout)
        print("c", file=sys.stderr)
        os.write(2, b"d")
        print("e")"""
    (result,) = run(kernels, "if True:" + source)
    assert result.output.split() == ["a", "b", "e"]


def test_printed_text_is_cut_at_its_limit_cell_by_cell(kernels):
    long, short = run(kernels, "for _ in range(100):\n    print('é' * 99)", "print('short')", output=250)
    assert long.output == ("é" * 99 + "\n") * 2 + "é" * 50
    assert short.output == "short\n"


def test_tf_function_finds_the_source_of_a_cell(kernels):
    source = """
import tensorflow as tf
@tf.function
def f(x):
    if tf.reduce_sum(x) > 0:
        return x
    else:
        return -x
print(f(tf.constant([-2.0])).numpy())"""
    (result,) = run(kernels, source)
    assert (result.failure, result.output) == (None, "[2.]\n")


def test_libraries_still_import_train_and_save_in_a_confined_child(kernels):
    source = """
import keras, numpy as np, matplotlib.pyplot as plt
from sklearn.linear_model import LogisticRegression
from sklearn.datasets import load_digits
x, y = load_digits(return_X_y=True)
LogisticRegression(max_iter=5).fit(x[:99], y[:99])

@keras.saving.register_keras_serializable()
class Mine(keras.layers.Dense):
    pass

model = keras.Sequential([keras.Input((64,)), Mine(10, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=True)
model.fit(x[:99], y[:99], verbose=0)
model.save("model.keras")
same = keras.models.load_model("model.keras")
print(np.allclose(model(x[:9]), same(x[:9])))
plt.plot([1, 2]); plt.savefig("plot.png"); plt.show()"""
    steps = (
        Step("train", source, seconds=200),
        Step("after", "print(plt.get_fignums())"),
        # Compiling takes its time.
    )
    result, after = kernels.run(Job(steps))
    assert (result.died, result.failure, result.output) == ("", None, "True\n")
    assert after.output == "[]\n"


def test_each_child_has_luck_of_its_own(kernels):
    source = (
        "import random, numpy, keras\nprint(random.random(), numpy.random.rand(), keras.random.normal((1,)))"
    )
    (first,), (second,) = run(kernels, source), run(kernels, source)
    assert first.failure is second.failure is None
    assert first.output != second.output


def test_evidence_of_a_check_equals_what_it_is_in_this_process(kernels):
    steps = (Step("answer", ANSWER), Step("check", exercise="Double", draws=(1, 77)))
    _, result = kernels.run(Job(steps, {"Double": DOUBLE}))
    assert (result.died, result.failure) == ("", None)
    # The same code has the same luck.
    assert kernels.run(Job(steps, {"Double": DOUBLE}))[1].evidence == result.evidence
    names: dict = {}
    exec(ANSWER, names)
    exec(DOUBLE, names)
    public: Checks = next(value for value in names.values() if isinstance(value, Checks))
    here = {"double": lambda a: a + a, "twice": lambda a: 2 * a}
    assert set(result.evidence) == {(c.name, draw) for c in public.checks for draw in (1, 77)}
    for (name, draw), data in result.evidence.items():
        check = next(c for c in public.checks if c.name == name)
        ours = gather(public, check, (here["double"], here["twice"]), draw, luck=5)
        theirs = decode(data)
        assert theirs.failure is None
        np.testing.assert_array_equal(theirs.arrays["h"], ours.arrays["h"])
        if "noise" in theirs.arrays:
            # Its luck is another.
            assert np.all(theirs.arrays["noise"] != ours.arrays["noise"])
        else:
            assert data == encode(ours)


def test_a_missing_object_is_a_name_error(kernels):
    steps = (Step("answer", "def twice(a):\n    return 2 * a"), Step("check", exercise="Double", draws=(1,)))
    _, result = kernels.run(Job(steps, {"Double": DOUBLE}))
    assert result.failure == Failure("NameError", "double is not defined")
    assert not result.evidence


def test_an_exception_in_a_check_is_evidence_that_points_at_the_students_line(kernels):
    answer = ANSWER.replace("return a + a", "return a.no")
    steps = (Step("answer", answer), Step("check", exercise="Double", draws=(1,)))
    _, result = kernels.run(Job(steps, {"Double": DOUBLE}))
    failure = decode(result.evidence["doubles", 1]).failure
    assert failure is not None
    assert failure.place == "in double, line 3 of the cell: return a.no"
    assert decode(result.evidence["twice, with noise", 1]).failure is None


def test_what_was_earned_before_a_crash_stays(kernels):
    answer = ANSWER.replace("return 2 * np.asarray(a)", "import os; os._exit(5)")
    steps = (
        Step("answer", answer),
        Step("check", exercise="Double", draws=(1, 2), names=("twice, with noise",)),
        Step("after", "print(1)"),
    )
    results = kernels.run(Job(steps, {"Double": DOUBLE}))
    assert [r.id for r in results] == ["answer", "check"]
    assert set(results[1].evidence) == {("doubles", 1), ("doubles", 2)}
    assert results[1].died == "in the check “twice, with noise” it ended its own process (exit code 5)"


def test_checks_that_do_not_load_are_a_failure_and_no_death(kernels):
    steps = (
        Step("answer", ANSWER),
        Step("check", exercise="Double", draws=(1,)),
    )
    _, result = kernels.run(Job(steps, {"Double": "import nothing_of_this_name"}))
    assert result.died == ""
    assert result.failure is not None
    assert "the checks of Double did not load" in result.failure.message


def test_a_check_that_takes_too_long_is_named(kernels):
    slow = ANSWER.replace("return 2 * np.asarray(a)", "while True: pass")
    steps = (
        Step("answer", slow),
        Step(
            "check",
            exercise="Double",
            draws=(1,),
            names=("twice, with noise",),
            seconds=6,
        ),
    )
    _, result = kernels.run(Job(steps, {"Double": DOUBLE}))
    assert result.died == "in the check “twice, with noise” it took longer than 6 s"
    assert set(result.evidence) == {("doubles", 1)}


def test_threads_may_share_one_kernels(kernels):
    outputs: dict[int, str] = {}

    def work(number: int) -> None:
        outputs[number] = run(kernels, f"x = {number}", "print(x * x)")[1].output

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == {n: f"{n * n}\n" for n in range(6)}


def test_a_job_without_steps_has_no_results(kernels):
    assert kernels.run(Job(())) == []
