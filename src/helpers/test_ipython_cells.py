import ast

import pytest

from helpers.ipython_cells import as_python

CASES = {
    "Python stays as it is": ("x = 1  # 100 %\ny = x % 2", "x = 1  # 100 %\ny = x % 2"),
    "a line magic": ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    "a timed statement binds": ("%time x = f(2)", "x = f(2)"),
    "a measured one does not": ("%timeit -n 3 f(2)\ny = 1", "pass\ny = 1"),
    "help before and after": ("?predict\npredict?\nnp.exp??\nx = 1", "pass\npass\npass\nx = 1"),
    "a command": ("!pip install x\nx = 1", "pass\nx = 1"),
    "a command over three lines": ("!pip install \\\n  a \\\n  b\nx = 1", "pass\nx = 1"),
    "a command's lines": ("files = !ls\nn = len(files)", "files = []\nn = len(files)"),
    "a magic's value": ("x = %env HOME", "x = []"),
    "automagic": ("pip install x\ny = 1", "pass\ny = 1"),
    "in a block": ("if True:\n    %time x = 1\n    !ls", "if True:\n    x = 1\n    pass"),
    "an operator at the beginning of a line": ("%time y = 1\nx = (7\n% 4)", "y = 1\nx = (7\n% 4)"),
    "a measured cell": ("%%time\nx = 1\ny = 2", "x = 1\ny = 2"),
    "another language's cell": ("%%bash\nrm -rf /\n", "pass"),
    "as IPython has it": ("get_ipython().run_line_magic('timeit', 'f(2)')\nx = 1", "pass\nx = 1"),
    "magics within magics": ("%%capture\n%time x = 1\n!ls", "x = 1\npass"),
    "umlauts before a magic": ("ä = 'ü'; b = 1\nc = !ls\nd = 'ß'", "ä = 'ü'; b = 1\nc = []\nd = 'ß'"),
}


@pytest.mark.parametrize(("cell", "python"), CASES.values(), ids=CASES)
def test_what_only_ipython_understands_is_taken_out(cell, python):
    assert as_python(cell).strip() == python
    ast.parse(as_python(cell))


def test_a_cell_full_of_magics_takes_no_long_time_and_loses_none_of_its_python():
    cell = "%time x = 1\n" * 5000 + "y = 2"
    assert as_python(cell).splitlines()[-1] == "y = 2"


def test_what_is_neither_stays():
    assert as_python("def f(:") == "def f(:"
