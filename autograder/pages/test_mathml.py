import re
from xml.etree import ElementTree

import pytest

from autograder.pages.mathml import mathml


def text(tex):
    """A formula's tags and texts, without what only groups."""
    tree = ElementTree.fromstring(mathml(tex))
    return "".join(_flat(child) for child in tree)


def _flat(element):
    inner = (element.text or "") + "".join(_flat(child) for child in element)
    return inner if element.tag in ("mrow", "mi", "mo", "mn", "mtext") else f"{element.tag}({inner})"


CASES = {
    "a number and letters": ("3.5x", "3.5x"),
    "scripts": ("a_c^{2}", "msubsup(ac2)"),
    "scripts of a sum": (r"\sum_{t=1}^T", "munderover(∑t=1T)"),
    "a prime": ("g'", "msup(g′)"),
    "fractions without braces": (r"\frac1N\tfrac{a}{b}", "mfrac(1N)mfrac(ab)"),
    "a root": (r"\sqrt{x+y}", "msqrt(x+y)"),
    "accents": (r"\hat a", "mover(a^)"),
    "names and signs": (r"\theta \leftarrow \bigl(\nabla L\bigr)", "θ←(∇L)"),
    "a minus is no hyphen": ("-1", "−1"),
    "words keep their spaces": (r"\text{ if } x", "\xa0if\xa0x"),
    "a function and its argument": (r"\log f", "logmspace()f"),
    "lines": (
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        "mtable(mtr(mtd(a)mtd(=b))mtr(mtd(c)mtd(=d)))",
    ),
}


@pytest.mark.parametrize(("tex", "expected"), CASES.values(), ids=CASES)
def test_tex_becomes_mathml(tex, expected):
    assert text(tex) == expected


@pytest.mark.parametrize("tex", [r"\unheardof x", r"\frac{1", r"a^", r"\begin{cases} a", r"\text x"])
def test_what_is_not_known_is_refused(tex):
    with pytest.raises(ValueError, match=re.escape(tex)):
        mathml(tex)


def test_a_bracket_grows_where_it_is_told_to_and_nowhere_else():
    assert "<mo>(</mo>" in mathml(r"\left(\frac12\right)")
    assert mathml(r"\bigl(\frac12\bigr)").count('<mo stretchy="false">') == 2
    assert mathml(r"\left. f \right|_0").startswith("<math><mrow><mo></mo>")
