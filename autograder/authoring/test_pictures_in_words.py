import matplotlib.pyplot as plt
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring import pictures_in_words
from autograder.authoring.pictures_in_words import words_of
from autograder.authoring.solution_set import execute


@pytest.fixture
def figure():
    figure, (left, right) = plt.subplots(1, 2)
    left.set(title="$h^{(1)}$", xlabel="epoch", ylabel=r"loss, $\mathrm{log}$")
    left.plot([1, 2], label="training")
    left.plot([2, 1], label="validation")
    left.legend()
    right.set(xlabel="p")
    yield figure
    plt.close(figure)


def test_a_picture_is_told_by_the_words_that_it_bears(figure):
    figure.suptitle("two runs")
    assert words_of(figure) == "two runs; h^(1): loss, log against epoch: training, validation; p"


def test_a_bare_picture_says_so():
    figure = plt.figure()
    assert words_of(figure) == "a picture without words"
    plt.close(figure)


def test_in_a_kernel_a_picture_comes_with_its_words(tmp_path):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.xlabel('epoch')\nplt.show()"
    notebook = new_notebook(cells=[new_code_cell(pictures_in_words.SOURCE), new_code_cell(draw)])
    assert execute(notebook, tmp_path / "unit") == []
    assert notebook.cells[0].outputs == []
    (output,) = notebook.cells[1].outputs
    assert output.data["text/plain"] == "epoch"
