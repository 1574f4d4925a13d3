"""Which library operations does a source use, and may this exercise use them?

Evidence cannot tell an implementation from a call of the built-in; the source can. Reading it is sound because
dynamic access is refused: without getattr, eval, dunders, star imports or modules passed around as values, every
use of a library is a dotted path that starts at an import, perhaps by way of plain assignments.

Every exercise may use the primitives below, by whatever library; `allow` adds to them, `forbid` takes away. A name
without a dot, "tanh", means that operation in each library; one with dots, "keras.layers.Dense", just itself.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from helpers.checks import Checks

LIBRARIES = ("tensorflow", "numpy", "keras")
HOMES = (
    "numpy",
    "numpy.linalg",
    "tensorflow",
    "tensorflow.math",
    "tensorflow.linalg",
    "tensorflow.experimental.numpy",
    "keras.ops",
)
PRIMITIVES = frozenset(
    # element by element
    "abs absolute add subtract multiply divide true_divide divide_no_nan floor_divide floormod mod remainder negative "
    "positive reciprocal sign square sqrt rsqrt power pow exp exp2 expm1 log log1p log2 log10 logaddexp maximum minimum "
    "fmax fmin clip clip_by_value floor ceil round rint where isfinite isnan isinf isclose allclose nan_to_num equal "
    "not_equal greater greater_equal less less_equal logical_and logical_or logical_not logical_xor bitwise_and cast "
    "sin cos tan arctan atan cosh sinh heaviside identity "
    # over an axis
    "reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_any reduce_all reduce_std reduce_variance sum mean max "
    "min amax amin prod product any all std var median argmax argmin argsort argwhere sort cumsum cumprod count_nonzero nonzero "
    "unique bincount searchsorted diff norm average nanmax nanmin nansum ptp add_n accumulate_n segment_sum "
    "unsorted_segment_sum maximum.at add.at add.reduce maximum.reduce array_equal "
    # shapes, indices and copies
    "shape size ndim rank reshape transpose swapaxes moveaxis expand_dims squeeze concat concatenate stack vstack hstack "
    "column_stack unstack split array_split tile repeat broadcast_to broadcast_static_shape broadcast_arrays gather gather_nd "
    "take take_along_axis put_along_axis slice strided_slice scatter_nd tensor_scatter_nd_update tensor_scatter_nd_add pad ones "
    "zeros ones_like zeros_like empty empty_like full full_like fill eye arange range linspace logspace meshgrid indices "
    "one_hot diag diagonal diag_part set_diag tensor_diag_part ravel flip roll reverse tril triu outer inner kron array "
    "asarray ascontiguousarray copy atleast_1d atleast_2d ix_ fromiter boolean_mask sequence_mask permutation result_type "
    "convert_to_tensor convert_to_numpy constant Variable Tensor TensorShape stop_gradient is_tensor ensure_shape newaxis "
    "issubdtype isscalar finfo iinfo vectorize "
    # linear algebra
    "matmul dot vdot einsum tensordot matvec trace matrix_transpose multi_dot "
    # types and constants
    "float16 float32 float64 half single double bfloat16 int8 int16 int32 int64 intp uint8 bool bool_ string complex64 "
    "complex128 dtype generic floating integer ndarray number pi e inf nan errstate dtypes as_dtype "
    # control
    "cond while_loop map_fn vectorized_map scan fori_loop function name_scope control_dependencies vectorize".split()
)
RANDOM = tuple(
    f"{home}.{name}"
    for home, names in {
        "numpy.random": "default_rng Generator RandomState seed rand randn random random_sample uniform normal standard_normal "
        "binomial choice integers randint permutation shuffle bit_generator SeedSequence",
        "tensorflow.random": "uniform normal truncated_normal stateless_uniform stateless_normal categorical shuffle Generator set_seed",
        "keras.random": "uniform normal truncated_normal randint binomial categorical shuffle SeedGenerator",
    }.items()
    for name in names.split()
)
BASES = (
    "keras.layers.Layer keras.Layer keras.Model keras.models.Model keras.Variable keras.KerasTensor keras.Initializer "
    "keras.initializers.Initializer keras.initializers.get keras.initializers.serialize keras.initializers.zeros keras.initializers.Zeros "
    "keras.initializers.ones keras.initializers.Ones keras.regularizers.Regularizer keras.Regularizer keras.callbacks.Callback "
    "keras.optimizers.Optimizer keras.Optimizer keras.saving.register_keras_serializable keras.utils.register_keras_serializable "
    "keras.saving.serialize_keras_object keras.saving.get_registered_name keras.backend.floatx keras.config.floatx keras.config.epsilon "
    "keras.backend.epsilon keras.backend.standardize_dtype keras.InputSpec keras.layers.InputSpec keras.dtype_policies.DTypePolicy "
    "keras.config.dtype_policy keras.tree.map_structure tensorflow.nest.map_structure tensorflow.debugging.assert_equal helpers"
).split()
MODULES = frozenset(
    "math cmath functools itertools collections collections.abc typing dataclasses numbers random copy abc warnings time "
    "enum string fractions statistics operator heapq bisect textwrap __future__ matplotlib.pyplot".split()
)
DYNAMIC = frozenset(
    "getattr setattr delattr eval exec compile __import__ globals locals vars dir open input breakpoint __builtins__ __loader__ "
    "__spec__ get_ipython memoryview In Out exit quit".split()
)
DUNDERS = frozenset(
    "__init__ __call__ __name__ __len__ __getitem__ __setitem__ __iter__ __next__ __repr__ __str__ __version__ __add__ __mul__ "
    "__matmul__ __eq__ __hash__ __post_init__ __slots__ __all__ __doc__ __enter__ __exit__ __neg__ __sub__ __contains__ __radd__ __rmul__ "
    "__new__ __lt__ __truediv__ __pow__".split()
)
MOST_PATHS, LONGEST_PATH = 200_000, 200  # a long answer follows ten thousand names
CARRIERS = ("functools.reduce", "operator.attrgetter", "operator.methodcaller", "copy.copyreg")


def violations(exercise: Checks, cells: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """What in these cells this exercise may not use, each in a sentence for the student; [] if nothing.

    Args:
        cells: sources of the cells whose names the exercise's answer may reach, in the order in which they run.
        known: cells of the course's own, which may use what they like; names that they import are understood.
    """
    reader = _Reader()
    trees = _parse(cells)
    try:
        for tree in (
            _parse(known) + trees
        ):  # first only names: one may be used above the place where it is bound
            reader.visit(tree)
        reader.forget_uses()
        for tree in trees:
            reader.visit(tree)
            reader.modules_as_values(tree)
    except _Tangled as error:
        return [str(error)]
    found = list(reader.refused)
    uses = dict.fromkeys(reader.uses)
    on_the_way = {(line, path[:i]) for line, path in uses for i, sign in enumerate(path) if sign == "."}
    for line, path in uses:
        if (line, path) not in on_the_way and not allowed(exercise, path):
            found.append(
                f"line {line}: {path} is not among the operations of this exercise; write it yourself"
            )
    hidden = {_snake(name.rsplit(".", 1)[-1]) for name in (*exercise.forbid, *exercise.objects)}
    for line, text in reader.strings:
        if text in hidden and "_" in text:
            found.append(f"line {line}: the text {text!r} names what this exercise asks you to write")
    return list(dict.fromkeys(found))


def allowed(exercise: Checks, path: str) -> bool:
    """Whether an exercise may use a dotted path, or a part of it on the way to something it may."""
    path = canonical(path)
    if path.split(".")[0] not in LIBRARIES:
        return _under(path, MODULES | {"helpers"}) and not _under(path, CARRIERS)
    if _matches(path, exercise.forbid):
        return False
    if _matches(path, exercise.allow) or _matches(path, PRIMITIVES) or _under(path, (*RANDOM, *BASES)):
        return True
    ways = (*HOMES, *RANDOM, *BASES, *(name for name in map(canonical, exercise.allow) if "." in name))
    return any(way == path or way.startswith(path + ".") for way in ways)  # a module on the way


def canonical(path: str) -> str:
    """One name for what has several: tensorflow.keras.layers is keras.layers."""
    return re.sub(r"^tensorflow\.keras(?=\.|$)|^tf_keras(?=\.|$)", "keras", path)


def _matches(path: str, names: Iterable[str]) -> bool:
    for name in names:
        if "." in name and name.split(".")[0] in LIBRARIES:
            if _under(path, [canonical(name)]):
                return True
        elif any(_under(path, [f"{home}.{name}"]) for home in HOMES if path.startswith(home)):
            return True
    return False


def _under(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(root + ".") for root in roots)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _parse(cells: Sequence[str]) -> list[ast.Module]:
    trees = []
    for cell in cells:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # such a cell defines nothing
            trees.append(ast.parse(cell))
    return trees


class _Tangled(ValueError):
    """Names stand for so many things that following them would take minutes."""


class _Reader(ast.NodeVisitor):
    """Collects uses of libraries as dotted paths, and what would hide one."""

    def __init__(self) -> None:
        self.names: dict[str, set[str]] = {}  # what a name may stand for
        self.uses: list[tuple[int, str]] = []
        self.strings: list[tuple[int, str]] = []
        self.refused: list[str] = []
        self.followed = 0

    def forget_uses(self) -> None:
        self.uses, self.strings, self.refused = [], [], []

    def refuse(self, node: ast.AST, why: str) -> None:
        self.refused.append(f"line {getattr(node, 'lineno', 1)}: {why}")

    # where names come from
    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.bring(node, name, alias.name if alias.asname else alias.name.split(".")[0], alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" or node.level:
                self.refuse(node, f"from {node.module} import {alias.name} hides which operations are used")
            else:
                path = f"{node.module}.{alias.name}"
                self.bring(node, alias.asname or alias.name, path, path)

    def bring(self, node: ast.AST, name: str, path: str, used: str) -> None:
        self.names.setdefault(name, set()).add(path)
        self.uses.append((node.lineno, used))  # type: ignore[attr-defined]

    def bind(self, target: ast.AST, value: ast.AST | None) -> None:
        if isinstance(target, ast.Name) and value is not None:
            if paths := set(self.paths(value)):
                self.names.setdefault(target.id, set()).update(paths)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for one, other in zip(target.elts, value.elts, strict=False):
                self.bind(one, other)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.bind(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    # where they are used
    def paths(self, node: ast.AST) -> Iterator[str]:
        """The dotted library paths that an expression may be."""
        for path in self._paths(node):
            self.followed += 1
            if self.followed > MOST_PATHS or len(path) > LONGEST_PATH:
                raise _Tangled(
                    f"line {getattr(node, 'lineno', 1)}: names are bound anew too often to follow them"
                )
            yield path

    def _paths(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Name):
            yield from self.names.get(node.id, ())
        elif isinstance(node, ast.Attribute):
            yield from (f"{path}.{node.attr}" for path in self.paths(node.value))
        elif isinstance(node, ast.IfExp):
            yield from (*self.paths(node.body), *self.paths(node.orelse))
        elif isinstance(node, ast.BoolOp):
            yield from (path for value in node.values for path in self.paths(value))
        elif isinstance(node, ast.NamedExpr):
            yield from self.paths(node.value)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.uses += [(node.lineno, path) for path in self.paths(node)]
        if node.attr.startswith("__") and node.attr not in DUNDERS:
            self.refuse(node, f".{node.attr} reaches behind what the exercise is about")
        if isinstance(node.ctx, ast.Store | ast.Del) and self.is_foreign(node.value):
            self.refuse(node, f"an attribute of something other than self is changed: .{node.attr}")
        self.generic_visit(node)

    def is_foreign(self, node: ast.AST) -> bool:
        """Whether an attribute stored on this could change a library, or a class for everybody."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        mine = isinstance(node, ast.Name) and node.id not in self.names and node.id[:1].islower()
        return not (mine or (isinstance(node, ast.Call) and ast.unparse(node.func) == "super"))

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in DYNAMIC or (node.id.startswith("__") and node.id not in DUNDERS):
            self.refuse(node, f"{node.id} could reach anything, so it is not used in answers")
        elif isinstance(node.ctx, ast.Load):
            self.uses += [(node.lineno, path) for path in self.names.get(node.id, ())]

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.strings.append((node.lineno, node.value))

    def modules_as_values(self, tree: ast.Module) -> None:
        """Refuse a module that is handed on whole: nobody could follow what is used of it."""
        read = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        read |= {id(e) for node in ast.walk(tree) if isinstance(node, ast.Assign) for e in _aliased(node)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Name | ast.Attribute)
                and isinstance(node.ctx, ast.Load)
                and id(node) not in read
            ):
                for path in self.paths(node):
                    if canonical(path) in (
                        *LIBRARIES,
                        *HOMES,
                        "keras.layers",
                        "keras.activations",
                        "tensorflow.nn",
                    ):
                        self.refuse(node, f"the module {path} is used as a value")


def _aliased(node: ast.Assign) -> Iterator[ast.AST]:
    """The values of an assignment to plain names, which `bind` follows."""
    if all(isinstance(t, ast.Name) for t in node.targets):
        yield node.value
    elif all(isinstance(t, ast.Tuple | ast.List) for t in node.targets):
        yield from getattr(node.value, "elts", ())
