import pytest

from autograder.reach import Names, names, needed, reached


@pytest.mark.parametrize(
    ("source", "bound", "used"),
    [
        ("x = y + 1", {"x"}, {"y"}),
        ("def f(a):\n    b = a + c\n    return b", {"f"}, {"c"}),
        ("class F(G):\n    k = K\n    def m(self):\n        return self.x + H", {"F"}, {"G", "K", "H"}),
        ("def f():\n    global z\n    z = 1", {"f", "z"}, set()),
        ("import numpy as np\nfrom math import pi", {"np", "pi"}, set()),
        ("for i in range(3):\n    with open('x') as g: pass", {"i", "g"}, {"range", "open"}),
        ("y = [q for q in w]", {"y"}, {"w"}),
        ("if (n := 3) > m: pass", {"n"}, {"m"}),
        ("def broken(:", set(), set()),
    ],
    ids=[
        "assignment",
        "function",
        "class",
        "global",
        "imports",
        "loops",
        "comprehension",
        "walrus",
        "syntax error",
    ],
)
def test_global_names_are_told_from_local_ones(source, bound, used):
    assert names(source) == Names(frozenset(bound), frozenset(used))


def test_only_cells_that_define_what_an_answer_uses_are_needed():
    answer = "def f(a):\n    return helper(a)"
    spare = ["helper = lambda a: scale * a", "plt.plot(f(3))", "scale = 2", "print('hello')"]
    assert needed([answer], spare) == [0, 2]


def test_what_the_notebook_defines_itself_needs_no_spare_cell():
    assert needed(["import numpy as np", "y = np.exp(1)"], ["np = None"]) == []


CELLS = [
    "import numpy as np",
    "def f(a):\n    return g(a) + box[0]",
    "def g(a):\n    return h(a)",
    "def h(a):\n    return np.exp(a)",
    "box = []",
    "box.append(1)",
    "q = np.array(f(2))",
]


def test_an_answer_reaches_what_it_calls_and_what_shares_its_private_names():
    assert reached(CELLS, 1, public=["np", "f", "g", "h"], given=[]) == [0, 1, 2, 3, 4, 5]


def test_nothing_is_reached_through_a_stand_in():
    assert reached(CELLS, 1, public=["np", "f", "g", "h"], given=["g"]) == [1, 4, 5]
