"""Secret draws stay secret, and the same student meets the same one."""

import numpy as np
import pytest

from autograder.grading import graded_notebook
from autograder.grading.conftest import messages
from autograder.grading.draws import POOL, draw_of, secret
from autograder.judging import lazy_tables
from autograder.judging.lazy_tables import PUBLIC
from autograder.testing import toy_unit


def test_an_answer_that_knows_only_the_public_draw_fails(grade, plan, draw):
    first = _first_input(plan)
    source = f"def double(x):\n    return 2.0 * x if abs(x.flat[0] - ({first!r})) < 1e-9 else x"
    graded = grade(toy_unit.right(plan, double=source))
    assert messages(graded, "double")[0] == "right for the inputs in the notebook, not for fresh ones"


def _first_input(plan):
    """The first number that the check "numbers" draws for the public draw."""
    from autograder.judging.tables import answer

    exercise = plan.exercises["double"]
    (first, *_) = np.asarray(answer(exercise, (lambda x: x,), lazy_tables.PUBLIC, 1)["numbers"].arrays["y"])
    return float(first)


def test_a_message_never_tells_a_secret_draws_values(grade, plan, tables, draw):
    graded = grade(toy_unit.right(plan, double="def double(x):\n    return x * 3.0"))
    told = " ".join(messages(graded, "double"))
    table = tables.table(plan.exercises["double"], draw.seed)
    for evidence in table.ours.values():
        for value in evidence.arrays["y"].flat:
            assert f"{value:.4g}" not in told


TELLTALE = """
def double(x, seen=[]):
    if isinstance(x, str):
        return seen
    seen.append([float(v) for v in np.reshape(x, -1)])
    if HOW == "print":
        print(seen)
    if HOW == "name" and len(seen) > 2:
        class Told(Exception):
            pass
        Told.__qualname__ = Told.__name__ = str(seen)
        raise Told
    if HOW == "value" and len(seen) > 1:
        return np.array(seen[-2])
    if HOW == "message" and len(seen) > 2:
        raise ValueError(str(seen))
    return 2.0 * x
"""


@pytest.mark.parametrize("how", ["print", "name", "value", "message"])
def test_code_that_has_seen_secret_inputs_cannot_tell_them(grade, plan, tables, draw, how):
    answer = TELLTALE.replace("HOW", repr(how))
    later = f"print(double('tell'))\n{plan.exercises['halves'].source}"
    graded = grade(toy_unit.right(plan, double=answer, halves=later))
    told = graded_notebook.write(graded.notebook).decode()
    inputs = {
        d: tables.table(plan.exercises["double"], d).ours["numbers"].arrays["y"] / 2
        for d in (PUBLIC, draw.seed)
    }
    assert any(str(v)[:6] in told for v in inputs[PUBLIC])  # what came before is shown as ever
    assert not [v for v in inputs[draw.seed] if str(v)[:6] in told]


def test_draws_repeat_for_a_student_and_only_their_owner_may_read_the_secret(tmp_path):
    key = secret(tmp_path)
    assert secret(tmp_path) == key
    assert (tmp_path / ".draws").stat().st_mode & 0o777 == 0o600
    draws = [draw_of(key, "u", f"student {i}") for i in range(50)]
    assert draws == [draw_of(key, "u", f"student {i}") for i in range(50)]
    assert {d.index for d in draws} == set(range(POOL))
    assert len({d.seed for d in draws}) == POOL
    assert draw_of(key, "v", "student 0").seed != draws[0].seed


def test_a_damaged_secret_is_told(tmp_path):
    (tmp_path / ".draws").write_text("12")
    with pytest.raises(ValueError, match="is damaged: it should hold 64 hexadecimal digits"):
        secret(tmp_path)
