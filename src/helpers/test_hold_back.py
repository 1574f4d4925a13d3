"""What a cell without a guess shows, run in a shell as a notebook's cells are."""

import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers import hold_back

CELL = """
from helpers import commit
guess = {guess}
commit(guess, {{"a": "it falls", "b": "it rises"}})
from IPython.display import display
answer = 42
print("it falls to", answer)
display("a picture")
answer
"""


@pytest.fixture
def shell(monkeypatch):
    """A shell like a notebook's, and no other afterwards."""
    monkeypatch.delenv(hold_back.SHOW_ALL, raising=False)
    shell = InteractiveShell.instance()
    monkeypatch.setattr(hold_back, "get_ipython", lambda: shell)
    yield shell
    InteractiveShell.clear_instance()


def shown(shell, code: str) -> str:
    """All that running a cell prints or displays."""
    with capture_output() as captured:
        shell.run_cell(code)
    return captured.stdout + " ".join(str(output.data) for output in captured.outputs)


def test_without_a_guess_a_cell_keeps_its_prints_pictures_and_result_to_itself(shell):
    seen = shown(shell, CELL.format(guess=None))
    assert "waits for your guess" in seen
    assert "42" not in seen
    assert "picture" not in seen


def test_its_names_are_there_for_the_cells_below(shell):
    shown(shell, CELL.format(guess=None))
    assert "43" in shown(shell, "print(answer + 1)")


def test_with_a_guess_all_is_shown(shell):
    seen = shown(shell, CELL.format(guess="'b'"))
    assert "Your guess: it rises" in seen
    assert "it falls to 42" in seen
    assert "a picture" in seen


def test_an_error_is_shown_and_ends_the_holding_back(shell):
    before = sys.stdout
    result = shell.run_cell(CELL.format(guess=None) + "1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert sys.stdout is before
    assert "after it" in shown(shell, "print('after it')")


def test_two_open_guesses_in_one_cell_end_together(shell):
    before = sys.stdout
    shown(shell, CELL.format(guess=None) * 2)
    assert sys.stdout is before
    assert "after it" in shown(shell, "print('after it')")


def test_the_solution_set_sees_what_comes_out_although_nobody_guesses(shell, monkeypatch):
    monkeypatch.setenv(hold_back.SHOW_ALL, "1")
    assert "it falls to 42" in shown(shell, CELL.format(guess=None))


def test_outside_a_notebook_nothing_is_held_back(monkeypatch, capsys):
    monkeypatch.setattr(hold_back, "get_ipython", lambda: None)
    hold_back.hold_back_output()
    print("it falls")
    assert capsys.readouterr().out == "it falls\n"


PICTURE = """
guess = {guess}
commit(guess, {{"a": "it falls"}})
plt.plot([3, 2, 1])
plt.show()
plt.plot([1, 2, 3])
"""


def test_in_a_kernel_pictures_are_held_back_as_well_and_nothing_fails(monkeypatch):
    monkeypatch.delenv(hold_back.SHOW_ALL, raising=False)
    notebook = new_notebook(
        cells=[
            new_code_cell("from helpers import commit\nimport matplotlib.pyplot as plt"),
            new_code_cell(PICTURE.format(guess=None)),
            new_code_cell(PICTURE.format(guess="'a'")),
        ]
    )
    NotebookClient(notebook, timeout=300).execute()
    _, waiting, guessed = (cell.outputs for cell in notebook.cells)
    assert [output.output_type for output in waiting] == ["stream"]
    pictures = [output for output in guessed if "image/png" in output.get("data", {})]
    assert len(pictures) == 2
