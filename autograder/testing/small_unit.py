"""A unit of one exercise for tests of the build: real checks and a real answer in little prose."""

from pathlib import Path

from nbformat import NotebookNode

from autograder.course.catalogue import Unit

TEXT = """\
# ---
# title: not for students
# ---

# %% [markdown]
# # Softmax
#
# A unit of one exercise (lecture 6:52).

# %% tags=["setup"]
from helpers import check
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## The output layer

# %%
from solutions.forward_propagation.softmax import stable_softmax

# %% tags=["experiment"]
f = stable_softmax(tf.constant([[0.0, 1.0]]))
print(f.numpy().round(3))

# %% tags=["setup"]
rng = np.random.default_rng(0)
"""
ID = "91_softmax"


def unit_of(text: str, folder: Path) -> Unit:
    """The unit whose file has this text."""
    path = folder / f"{ID}.py"
    path.write_text(text, "utf-8")
    return Unit(ID, path, "forward_propagation")


def by_grade_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The cells that nbgrader knows."""
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells}
