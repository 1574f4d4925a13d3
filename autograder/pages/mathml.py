"""The little TeX that the course's texts use, as MathML, which browsers show without a script or a network."""

import re
from collections.abc import Iterator
from html import escape
from html.entities import html5

SPACES = {
    ",": "0.17em",
    ":": "0.22em",
    ";": "0.28em",
    "!": "-0.17em",
    " ": "0.3em",
    "quad": "1em",
    "qquad": "2em",
}
ACCENTS = {"hat": "^", "tilde": "~", "bar": "¯", "overline": "¯", "vec": "→", "underbrace": "⏟"}
NO_BREAK = "\N{NO-BREAK SPACE}"
FUNCTIONS = "arg cos det exp lim ln log max min sin softmax tanh Var".split()
IGNORED = "textstyle displaystyle limits big bigl bigr Big Bigl Bigr bigg biggl biggr".split()
# where HTML has no entity of this name, or another sign for it
SIGNS = {
    "cdot": "⋅",
    "cdots": "⋯",
    "dots": "…",
    "infty": "∞",
    "ldots": "…",
    "neq": "≠",
    "partial": "∂",
    "to": "→",
    "varepsilon": "ε",
    "|": "‖",
    **{sign: sign for sign in "{}%&_$#"},
}
# the elements for scripts beside their base and for those below and above it, by which of them there are
BESIDE = {"_": "msub", "^": "msup", "^_": "msubsup"}
STACKED = {"_": "munder", "^": "mover", "^_": "munderover"}
SPACE = f'<mspace width="{SPACES[","]}"/>'
# what has its scripts below and above
LIMITS = re.compile(r"<m[io]>(∑|∏)</m[io]>|<munder[ >].*⏟")
# They grow with what they enclose where \left and \right stand, and nowhere else.
BRACKETS = "()[]{}|‖⟨⟩"
# after these a function's name needs no space
NO_SPACE_BEFORE = ("(", ")", "[", ",", "}", "")
TOKEN = re.compile(r"\s*(\\[A-Za-z]+|\\.|\S)?", re.DOTALL)
BRACED = re.compile(r"\s*\{([^{}]*)\}")


def mathml(tex: str, block: bool = False) -> str:
    """A formula as MathML.

    Args:
        tex: the formula, without its dollars.
        block: whether it stands on a line of its own.
    Returns:
        A `math` element.
    Raises:
        ValueError: if it uses what is not known here.
    """
    inner = _Reader(tex.strip()).row()
    if block:
        return f'<math display="block">{inner}</math>'
    return f"<math>{inner}</math>"


class _Reader:
    """Reads a formula from left to right; each method takes what it returns."""

    def __init__(self, tex: str):
        self.tex = tex
        self.at = 0

    def row(self, *ends: str) -> str:
        """Everything up to one of the ends, which is left; without any, up to the formula's end."""
        parts = []
        while (token := self._peek()) and token not in ends:
            parts.append(self._scripted())
            if token[1:] in FUNCTIONS and self._peek() not in NO_SPACE_BEFORE:
                parts.append(SPACE)
        if ends and not token:
            raise ValueError(f"a formula breaks off before {' or '.join(ends)}: {self.tex}")
        return f"<mrow>{''.join(parts)}</mrow>"

    def _scripted(self) -> str:
        base = self._atom()
        scripts: dict[str, str] = {}
        while (sign := self._peek()) in ("^", "_", "'"):
            self._take()
            if sign == "'":
                scripts["^"] = "<mo>′</mo>"
            else:
                scripts[sign] = self._argument()
        if not scripts:
            return base
        tags = STACKED if LIMITS.match(base) else BESIDE
        tag = tags["".join(sorted(scripts))]
        return f"<{tag}>{base}{scripts.get('_', '')}{scripts.get('^', '')}</{tag}>"

    def _atom(self) -> str:
        token = self._take()
        if token == "{":
            inner = self.row("}")
            self._take()
            return inner
        if token.isdigit():
            return self._number(token)
        if token.startswith("\\"):
            return self._command(token[1:])
        return _symbol(token)

    def _number(self, digits: str) -> str:
        while re.match(r"\d|\.\d", self.tex[self.at :]):
            digits += self._take()
        return f"<mn>{digits}</mn>"

    def _argument(self) -> str:
        """A group or, without braces, a single token: one digit of a number."""
        if self._peek().isdigit():
            return f"<mn>{self._take()}</mn>"
        return self._atom()

    def _command(self, name: str) -> str:
        if name in SPACES:
            return f'<mspace width="{SPACES[name]}"/>'
        if name in IGNORED:
            return ""
        if name in ("left", "right"):
            return self._growing()
        if name in ("frac", "tfrac", "dfrac"):
            return f"<mfrac>{self._argument()}{self._argument()}</mfrac>"
        if name == "sqrt":
            return f"<msqrt>{self._argument()}</msqrt>"
        if name in ("text", "mathrm", "operatorname"):
            return f"<mtext>{escape(self._braced()).replace(' ', NO_BREAK)}</mtext>"
        if name == "mathbb":
            return f"<mi>{html5[self._braced() + 'opf;']}</mi>"
        if name == "underbrace":
            return f"<munder>{self._argument()}<mo>{ACCENTS[name]}</mo></munder>"
        if name in ACCENTS:
            return f'<mover accent="true">{self._argument()}<mo>{ACCENTS[name]}</mo></mover>'
        if name == "begin":
            return self._table(self._braced())
        if name in FUNCTIONS:
            return f"<mi>{name}</mi>"
        sign = SIGNS.get(name) or html5.get(f"{name};")
        if not sign:
            raise ValueError(f"\\{name} is not known here: {self.tex}")
        return _symbol(sign)

    def _growing(self) -> str:
        """A bracket as high as what it encloses; a dot stands for none."""
        token = self._take()
        if token == ".":
            return "<mo></mo>"
        sign = token.removeprefix("\\")
        return f"<mo>{escape(SIGNS.get(sign) or html5.get(f'{sign};') or sign)}</mo>"

    def _table(self, environment: str) -> str:
        rows = "".join(self._rows())
        table = f"<mtable>{rows}</mtable>"
        self._take()
        self._braced()
        if environment == "cases":
            return f"<mrow><mo>{{</mo>{table}</mrow>"
        return f"<mrow>{table}</mrow>"

    def _rows(self) -> Iterator[str]:
        """The rows of a table, up to its \\end."""
        cells = ""
        while self._peek() != "\\end":
            content = self.row("&", "\\\\", "\\end")
            cells += f'<mtd style="text-align:left">{content}</mtd>'
            if self._peek() == "&":
                self._take()
            elif self._peek() == "\\\\":
                self._take()
                yield f"<mtr>{cells}</mtr>"
                cells = ""
        yield f"<mtr>{cells}</mtr>"

    def _braced(self) -> str:
        """The text of a group, as it stands."""
        group = BRACED.match(self.tex, self.at)
        if not group:
            raise ValueError(f"braces are missing: {self.tex}")
        self.at = group.end()
        return group.group(1)

    def _peek(self) -> str:
        """The next token, "" at the formula's end."""
        token = TOKEN.match(self.tex, self.at)
        return (token and token.group(1)) or ""

    def _take(self) -> str:
        token = self._peek()
        if not token:
            raise ValueError(f"a formula breaks off: {self.tex}")
        self.at = self.tex.index(token, self.at) + len(token)
        return token


def _symbol(sign: str) -> str:
    if sign.isalpha():
        return f"<mi>{sign}</mi>"
    if sign in BRACKETS:
        return f'<mo stretchy="false">{sign}</mo>'
    return f"<mo>{escape(sign.replace('-', '−'))}</mo>"
