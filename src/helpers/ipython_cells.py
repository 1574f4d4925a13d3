"""A notebook's cell as Python alone would run it: what IPython understands beside Python is taken out.

IPython itself says what its magics are: it turns `%time f(x)`, `files = !ls`, `predict?` and `%%time` into calls of
`get_ipython()`, continued lines included. Code within a magic that only measures is kept; of all else nothing is.
"""

import ast
import re

UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
# Magics whose code runs in the notebook and binds names there.
RUN_THEIR_CODE = frozenset({"time", "capture", "prun"})
# Lines that IPython takes for magics where they stand alone.
AUTOMAGIC = re.compile(r"^([ \t]*)(?:pip|conda|mamba) .*$", re.MULTILINE)
# What is left of lines that cannot be understood otherwise.
ANY_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
# IPython reads a cell anew for each of its magics: more would take long.
MOST_CHARACTERS, MOST_MAGICS = 60_000, 60
# Magics within magics.
DEEPEST = 3


def as_python(source: str, depth: int = 0) -> str:
    """A cell's source without what only IPython understands; what is Python stays as it is.

    Args:
        source: as it stands in the cell, or as IPython has turned it into Python.
        depth: within how many magics it stands.
    Returns:
        Python, if the rest is Python.
    """
    if not _is_python(source):
        source = AUTOMAGIC.sub(r"\1pass", source)
    if not _is_python(source):
        transformed = _transformed(source)
        # Else the student's own lines, so that an error is told of these.
        source = transformed if _is_python(transformed) else ANY_MAGIC.sub(r"\1pass", source)
    if "get_ipython" not in source:
        return source
    return _without_calls(source, depth)


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except UNPARSABLE:
        return False
    return True


def _transformed(source: str) -> str:
    """What IPython makes of a cell; where that would take long, its magics are left out line by line."""
    if len(source) > MOST_CHARACTERS or len(re.findall(r"[%!?]", source)) > MOST_MAGICS:
        return ANY_MAGIC.sub(r"\1pass", source)
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        transformed = TransformerManager().transform_cell(source)
    # It fails in more than one way where a cell is neither.
    except Exception:
        return ANY_MAGIC.sub(r"\1pass", source)
    # It ends each cell with the end of a line.
    return transformed if source.endswith("\n") else transformed.removesuffix("\n")


def _without_calls(source: str, depth: int) -> str:
    """Python without calls of what `get_ipython()` gives."""
    try:
        tree = ast.parse(source)
    except UNPARSABLE:
        return source
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_of_ipython(node.func):
            found.append((node, id(node) in statements))
    lines = source.encode().split(b"\n")
    # From the last on, so that places before it stay where they are.
    for node, stands_alone in sorted(found, key=lambda pair: _place(pair[0]), reverse=True):
        indent = lines[node.lineno - 1][: node.col_offset].decode()
        instead = _instead(node, stands_alone, indent, depth)
        assert node.end_lineno is not None
        head = lines[node.lineno - 1][: node.col_offset]
        tail = lines[node.end_lineno - 1][node.end_col_offset :]
        # As many lines as before, so that errors name the lines that the student sees.
        missing = node.end_lineno - node.lineno - instead.count("\n")
        lines[node.lineno - 1 : node.end_lineno] = (
            head + instead.encode() + tail + b"\n" * max(missing, 0)
        ).split(b"\n")
    return b"\n".join(lines).decode()


def _place(node: ast.Call) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _is_of_ipython(function: ast.expr) -> bool:
    """Whether a function is a method of what `get_ipython()` gives."""
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Call):
        return False
    maker = function.value.func
    return isinstance(maker, ast.Name) and maker.id == "get_ipython"


def _instead(call: ast.Call, stands_alone: bool, indent: str, depth: int) -> str:
    """What takes the place of a magic."""
    words = [
        part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    if not stands_alone:
        # Of a command a list of lines is expected, of a magic anything.
        return "[]"
    if len(words) < 2 or words[0] not in RUN_THEIR_CODE or depth >= DEEPEST:
        return "pass"
    code = words[-1] if len(words) > 2 else re.sub(r"^(?:-\w+ +)*", "", words[1])
    within = as_python(code, depth + 1)
    if not within.strip() or not _is_python(within):
        return "pass"
    return within.rstrip("\n").replace("\n", f"\n{indent}")
