"""A tiny unit for tests, with three exercises that need no TensorFlow, and a way to hand it in."""

import copy
import importlib.util
import json
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.catalogue import Unit
from autograder.grading.plan import Plan

UNIT = "99_toy"
EXERCISES = {
    "double": '''
        """double: twice the value."""

        import numpy as np

        from autograder.exercise import Exercise

        exercise = Exercise("double", lecture="1:00", not_yours=["numpy.polyval"])


        @exercise.reference
        def double(x):
            """Twice x."""
            ### BEGIN SOLUTION
            return 2.0 * x
            ### END SOLUTION


        @exercise.check("numbers", points=2)
        def _(double, rng):
            return {"y": double(rng.normal(size=3))}


        @exercise.check("a matrix")
        def _(double, rng):
            x = rng.normal(size=(2, 3))
            return {"y": double(x), "x": x}


        exercise.misconception("squares", ("2.0 * x", "x * x"), advice="Add x to itself.")
        exercise.misconception("triples", ("2.0 * x", "3.0 * x"), advice="Count again.")
        exercise.alternative(name="by adding", source="def double(x):\\n    return x + x")
    ''',
    "halves": '''
        """halve and third: two objects, one exercise."""

        import numpy as np

        from autograder.exercise import Exercise

        halves = Exercise("halves", lecture="2:00", objects=("halve", "third"))


        @halves.reference
        def halve(x):
            """Half of x."""
            ### BEGIN SOLUTION
            return x / 2.0
            ### END SOLUTION


        @halves.reference
        def third(x):
            """A third of x."""
            ### BEGIN SOLUTION
            return x / 3.0
            ### END SOLUTION


        @halves.check("halve")
        def _(halve, third, rng):
            return {"y": halve(rng.normal(size=3))}


        @halves.check("third")
        def _(halve, third, rng):
            return {"y": third(rng.normal(size=3))}


        halves.misconception("halve subtracts", ("x / 2.0", "x - 2.0"), advice="Divide.")
        halves.misconception("third subtracts", ("x / 3.0", "x - 3.0"), advice="Divide.")
        halves.alternative(name="by multiplying", source="def halve(x):\\n    return x * .5\\n\\ndef third(x):\\n    return x * (1 / 3)")
    ''',
    "quadruple": '''
        """quadruple: rests on double."""

        import numpy as np

        from autograder.exercise import Exercise
        from solutions.toy.double import double

        quadruple_exercise = Exercise("quadruple", lecture="3:00")


        @quadruple_exercise.reference
        def quadruple(x):
            """Four times x, by double."""
            ### BEGIN SOLUTION
            return double(double(x))
            ### END SOLUTION


        @quadruple_exercise.check("numbers", points=3)
        def _(quadruple, rng):
            return {"y": quadruple(rng.normal(size=3))}


        quadruple_exercise.misconception("double once", ("double(double(x))", "double(x)"), advice="Twice.")
        quadruple_exercise.alternative(name="directly", source="def quadruple(x):\\n    return 4.0 * x")
    ''',
}
PAGES = """
# %% [markdown]
# # A toy

# %% tags=["setup"]
from helpers import check
import numpy as np

# %%
from solutions.toy.double import double

# %% tags=["experiment"]
print("an experiment", double(2))

# %%
from solutions.toy.halves import halve, third

# %% [markdown]
# ## Four times

# %%
from solutions.toy.quadruple import quadruple
"""

# What is graded by hand, for units that have something of the kind.
PROOF = "proof"
TASK = f"""
# %% [markdown] derivation="{PROOF}"
# ### Derivation
# Show that twice the half is the whole.
"""
DERIVATION = """\
---
points: 4
lecture: 4:00
---
## Answer
2 · (x / 2) = x, since the 2 cancels.

## Rubric
- 1 point: $x/2$ is written out.
- 3 points: the 2 cancels, with a reason.

## Common errors
- Divides by <zero>.
"""


def make_unit(folder: Path, derivation: bool = False) -> Unit:
    """Write the toy unit into a folder and make its exercises importable.

    Args:
        folder: where course/ and solutions/ will lie.
        derivation: with one, whose answer is found where the unit is `own` to this folder.
    """
    package = folder / "solutions" / "toy"
    package.mkdir(parents=True, exist_ok=True)
    for name, text in EXERCISES.items():
        file = package / f"{name}.py"
        file.write_text(textwrap.dedent(text).lstrip())
        spec = importlib.util.spec_from_file_location(f"solutions.toy.{name}", file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    page = folder / "course" / "units" / f"{UNIT}.py"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(PAGES.lstrip() + TASK * derivation)
    if derivation:
        (package / f"{PROOF}.md").write_text(DERIVATION, "utf-8")
    return Unit(UNIT, page, "toy")


def work(plan: Plan, **answers: str) -> NotebookNode:
    """The plan's notebook with answers in place of stubs, by the exercise's name; "reference" for the right one.

    A derivation's answer is given by its name.
    """
    nb = nbformat.v4.new_notebook(cells=[copy.deepcopy(c.node) for c in plan.cells])
    for cell, planned in zip(nb.cells, plan.cells, strict=True):
        if planned.kind == "solution" and (source := answers.get(planned.exercise)):
            cell.source = plan.exercises[planned.exercise].source if source == "reference" else source
        elif planned.kind == "derivation":
            cell.source = answers.get(planned.grade_id, cell.source)
    return nb


def right(plan: Plan, **answers: str) -> NotebookNode:
    """A notebook in which everything is right, but for what is given."""
    return work(plan, **(dict.fromkeys(plan.exercises, "reference") | answers))


def data(nb: NotebookNode) -> bytes:
    return json.dumps(nb).encode()


def added(source: str, kind: str = "code") -> NotebookNode:
    """A cell that a student adds."""
    cell = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
    return nbformat.from_dict(cell)


def ids(cells: Iterable[NotebookNode]) -> list[str]:
    """nbgrader's ids of the cells, "" for those without."""
    return [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in cells]
