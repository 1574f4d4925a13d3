"""What may stand in the place of what in a mutant, and what these things are called."""

import ast
from typing import Any

OPERATORS: dict[type, Any] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
COMPARISONS: dict[type, tuple[Any, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SIGNS: dict[Any, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.And: "and",
    ast.Or: "or",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
CALLED: dict[Any, str] = {
    ast.Add: "a plus",
    ast.Sub: "a minus",
    ast.Mult: "a product",
    ast.Div: "a quotient",
    ast.Pow: "a power",
    ast.FloorDiv: "a whole quotient",
    ast.Mod: "a remainder",
    ast.BitAnd: "an and",
    ast.BitOr: "an or",
    ast.And: "an and",
    ast.Or: "an or",
}
BORDERS = frozenset([(ast.Lt, ast.LtE), (ast.LtE, ast.Lt), (ast.Gt, ast.GtE), (ast.GtE, ast.Gt)])
OTHER_WAY = "a comparison or a condition is the other way round"
OPPOSITES = [
    ("reduce_sum", "reduce_mean"),
    ("sum", "mean"),
    ("reduce_max", "reduce_min"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("floor", "ceil"),
    ("any", "all"),
    ("uniform", "normal"),
]
FUNCTIONS = dict(OPPOSITES) | {b: a for a, b in OPPOSITES}
TEXTS = {"zeros": "ones", "ones": "zeros", "float32": "float64", "float64": "float32"}
COMMUTATIVE = frozenset("maximum minimum max min add multiply logical_and logical_or equal add_n zip".split())
# Taking these away leaves the value as it was, or nothing that runs.
CONVERSIONS = frozenset(
    """convert_to_tensor convert_to_numpy asarray array constant identity list tuple set dict float int str bool
    len range enumerate zip super isinstance callable print id next iter type add_weight Variable""".split()
)
