"""The little TeX that the course's texts use, as MathML, which browsers show without a script or a network."""

import re
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
IGNORED = "textstyle displaystyle limits left right big bigl bigr Big Bigl Bigr bigg biggl biggr".split()
SIGNS = {  # where HTML has no entity of this name, or another sign for it
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
}
SPACE = f'<mspace width="{SPACES[","]}"/>'
LIMITS = re.compile(r"<m[io]>(∑|∏)</m[io]>|<munder[ >].*⏟")  # what has its scripts above and below


def mathml(tex: str, block: bool = False) -> str:
    """A formula as MathML.

    Args:
        block: whether it stands on a line of its own.
    Raises:
        ValueError: if it uses what is not known here.
    """
    display = ' display="block"' if block else ""
    return f"<math{display}>{_Reader(tex.strip()).row()}</math>"


class _Reader:
    """Reads a formula from left to right; each method takes what it returns."""

    def __init__(self, tex: str):
        self.tex, self.at = tex, 0

    def row(self, *ends: str) -> str:
        """Everything up to one of the ends, which is left; without any, up to the formula's end."""
        found = []
        while (token := self._peek()) and token not in ends:
            found.append(self._scripted())
            if token[1:] in FUNCTIONS and self._peek() not in ("(", ")", "[", ",", "}", ""):
                found.append(SPACE)
        if ends and not token:
            raise ValueError(f"a formula breaks off before {' or '.join(ends)}: {self.tex}")
        return f"<mrow>{''.join(found)}</mrow>"

    def _scripted(self) -> str:
        base, scripts = self._atom(), {}
        while (sign := self._peek()) in ("^", "_", "'"):
            self._take()
            scripts["_" if sign == "_" else "^"] = "<mo>′</mo>" if sign == "'" else self._argument()
        tags = ("munder", "mover", "munderover") if LIMITS.match(base) else ("msub", "msup", "msubsup")
        if not scripts:
            return base
        tag = tags[2] if len(scripts) == 2 else tags[0] if "_" in scripts else tags[1]
        return f"<{tag}>{base}{scripts.get('_', '')}{scripts.get('^', '')}</{tag}>"

    def _atom(self) -> str:
        token = self._take()
        if token == "{":
            inner = self.row("}")
            self._take()
            return inner
        if token.isdigit():
            while re.match(r"\d|\.\d", self.tex[self.at :]):
                token += self._take()
            return f"<mn>{token}</mn>"
        return self._command(token[1:]) if token.startswith("\\") else _symbol(token)

    def _argument(self) -> str:
        """A group or, without braces, a single token."""
        token = self._peek()
        return f"<mn>{self._take()}</mn>" if token.isdigit() else self._atom()

    def _command(self, name: str) -> str:
        if name in SPACES:
            return f'<mspace width="{SPACES[name]}"/>'
        if name in IGNORED:
            return ""
        if name in ("frac", "tfrac", "dfrac"):
            return f"<mfrac>{self._argument()}{self._argument()}</mfrac>"
        if name == "sqrt":
            return f"<msqrt>{self._argument()}</msqrt>"
        if name in ("text", "mathrm", "operatorname"):
            return f"<mtext>{escape(self._braced()).replace(' ', NO_BREAK)}</mtext>"
        if name == "mathbb":
            return f"<mi>{html5[self._braced() + 'opf;']}</mi>"
        if name in ACCENTS:
            tag, kind = ("munder", "") if name == "underbrace" else ("mover", ' accent="true"')
            return f"<{tag}{kind}>{self._argument()}<mo>{ACCENTS[name]}</mo></{tag}>"
        if name == "begin":
            return self._table(self._braced())
        if name in FUNCTIONS:
            return f"<mi>{name}</mi>"
        sign = SIGNS.get(name) or html5.get(f"{name};") or (name if name in "{}%&_$#" else "")
        if not sign:
            raise ValueError(f"\\{name} is not known here: {self.tex}")
        return _symbol(sign)

    def _table(self, name: str) -> str:
        rows: list[list[str]] = [[]]
        while (end := self._peek()) != "\\end":
            rows[-1].append(self.row("&", "\\\\", "\\end"))
            if (end := self._peek()) != "\\end":
                self._take()
            if end == "\\\\":
                rows.append([])
        self._take()
        self._braced()
        cells = ["".join(f'<mtd style="text-align:left">{cell}</mtd>' for cell in row) for row in rows]
        table = "".join(f"<mtr>{row}</mtr>" for row in cells)
        brace = "<mo>{</mo>" if name == "cases" else ""
        return f"<mrow>{brace}<mtable>{table}</mtable></mrow>"

    def _braced(self) -> str:
        """The text of a group, as it stands."""
        found = re.compile(r"\s*\{([^{}]*)\}").match(self.tex, self.at)
        if not found:
            raise ValueError(f"braces are missing: {self.tex}")
        self.at = found.end()
        return found.group(1)

    def _peek(self) -> str:
        found = re.compile(r"\s*(\\[A-Za-z]+|\\.|\S)?", re.DOTALL).match(self.tex, self.at)
        return (found and found.group(1)) or ""

    def _take(self) -> str:
        token = self._peek()
        if not token:
            raise ValueError(f"a formula breaks off: {self.tex}")
        self.at = self.tex.index(token, self.at) + len(token)
        return token


def _symbol(sign: str) -> str:
    return f"<mi>{sign}</mi>" if sign.isalpha() else f"<mo>{escape(sign.replace('-', '−'))}</mo>"
