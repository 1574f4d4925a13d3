"""What answers may use of libraries, of Python, and of what they are handed: lists, and how to read them.

Every exercise may use what is listed here; `allow` adds to it, `forbid` takes away. A name without a dot, "tanh",
means that operation in each library; one with dots, "keras.layers.Dense", just itself; and one that begins with a
dot, ".add_weight", an attribute of whatever value.
"""

import importlib
import re
from collections.abc import Iterable, Iterator
from types import ModuleType

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
    "sin cos tan arctan atan cosh sinh heaviside identity copysign squared_difference scalar_mul float_power fabs trunc select piecewise "
    # over an axis
    "reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_any reduce_all reduce_std reduce_variance sum mean max "
    "min amax amin prod product any all std var median argmax argmin argsort argwhere sort cumsum cumprod count_nonzero nonzero "
    "unique bincount searchsorted diff norm average nanmax nanmin nansum ptp add_n accumulate_n segment_sum "
    "unsorted_segment_sum maximum.at add.at add.reduce maximum.reduce array_equal reduce_euclidean_norm global_norm flatnonzero top_k "
    # shapes, indices and copies
    "shape size ndim rank reshape transpose swapaxes moveaxis expand_dims squeeze concat concatenate stack vstack hstack "
    "column_stack unstack split array_split tile repeat broadcast_to broadcast_static_shape broadcast_arrays gather gather_nd "
    "take take_along_axis put_along_axis slice strided_slice scatter_nd tensor_scatter_nd_update tensor_scatter_nd_add "
    "tensor_scatter_nd_sub pad ones zeros ones_like zeros_like empty empty_like full full_like fill eye arange range linspace logspace "
    "meshgrid indices one_hot diag diagonal diag_part set_diag tensor_diag tensor_diag_part ravel flip roll reverse tril triu outer inner "
    "kron array asarray ascontiguousarray copy atleast_1d atleast_2d ix_ fromiter boolean_mask sequence_mask permutation result_type "
    "convert_to_tensor convert_to_numpy constant Variable Tensor TensorShape stop_gradient is_tensor ensure_shape newaxis "
    "issubdtype isscalar finfo iinfo vectorize append insert delete copyto putmask apply_along_axis "
    # linear algebra
    "matmul dot vdot einsum tensordot matvec trace matrix_transpose adjoint multi_dot "
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
        "tensorflow.random": "uniform normal truncated_normal stateless_uniform stateless_normal stateless_binomial "
        "categorical shuffle Generator set_seed",
        "keras.random": "uniform normal truncated_normal randint binomial categorical shuffle SeedGenerator",
    }.items()
    for name in names.split()
)
BASES = (
    "keras.layers.Layer keras.Layer keras.Model keras.models.Model keras.Variable keras.KerasTensor keras.Initializer "
    "keras.initializers.Initializer keras.initializers.get keras.initializers.serialize keras.initializers.zeros keras.initializers.Zeros "
    "keras.initializers.ones keras.initializers.Ones keras.initializers.Constant keras.initializers.RandomNormal "
    "keras.initializers.RandomUniform keras.initializers.TruncatedNormal tensorflow.zeros_initializer tensorflow.ones_initializer "
    "tensorflow.nn.bias_add keras.utils.to_categorical keras.regularizers.Regularizer keras.Regularizer keras.callbacks.Callback "
    "keras.optimizers.Optimizer keras.Optimizer keras.saving.register_keras_serializable keras.utils.register_keras_serializable "
    "keras.saving.serialize_keras_object keras.saving.get_registered_name keras.backend.floatx keras.config.floatx keras.config.epsilon "
    "keras.backend.epsilon keras.backend.standardize_dtype keras.InputSpec keras.layers.InputSpec keras.dtype_policies.DTypePolicy "
    "keras.config.dtype_policy keras.tree.map_structure tensorflow.nest.map_structure tensorflow.debugging.assert_equal"
).split()
# Of these, what they offer by their own account, and nothing that they themselves have imported.
STANDARD = (
    "math cmath functools itertools collections collections.abc typing dataclasses numbers random copy abc warnings time "
    "enum string fractions statistics operator heapq bisect textwrap __future__".split()
)
# These evaluate a text, or fetch by one what it names.
BY_TEXT = frozenset(
    "typing.get_type_hints typing.get_overloads typing.ForwardRef string.Formatter string.Template "
    "functools.singledispatch functools.singledispatchmethod operator.attrgetter operator.methodcaller".split()
)
PLOTS = (
    "axhline axis axvline bar barh cm colorbar contour contourf figure fill_between gca gcf grid hist imshow legend "
    "loglog pcolormesh plot scatter semilogx semilogy show step subplot subplots suptitle text tight_layout title xlabel "
    "xlim xscale xticks ylabel ylim yscale yticks".split()
)
OURS = (
    "helpers.check helpers.commit helpers.data.digits helpers.data.mnist1d helpers.data.mnist helpers.graph.Node "
    "helpers.graph.Leaf helpers.graph.draw_graph helpers.plots.style helpers.plots.panels helpers.plots.label "
    "helpers.plots.lines helpers.plots.history helpers.plots.images helpers.plots.regions helpers.plots.bars".split()
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
# Attributes of values that lead behind them: to frames and code, to graphs that run any operation by its name, to
# what is made of a text or a configuration, to memory and files. INSIDE are beginnings.
INSIDE = ("_", "ag_", "co_", "cr_", "gi_", "tb_", "experimental_")
REACHING = frozenset(
    "f_back f_builtins f_code f_globals f_lasti f_lineno f_locals f_trace mro "
    "graph op create_op consumers handle ref python_function get_concrete_function function_spec function_type "
    "pretty_printed_concrete_signatures value_index inner_function "
    "compile build_from_config compile_from_config from_config from_proto from_spec as_proto clone quantize quantized_call "
    "compute_loss symbolic_call stateless_call stateless_compute_loss make_train_function add_metric compiled_loss "
    "ctypes cffi capsule bit_generator dump dumps tofile getfield setfield load load_weights save save_weights export".split()
)
NAMED_TUPLE = frozenset("_asdict _fields _make _replace".split())
HARMLESS = DUNDERS | NAMED_TUPLE


def offered(module: str) -> frozenset[str]:
    """The paths of what a module of the standard library offers.

    Its own imports are not among them: `dataclasses.sys` would be a way to everything.

    Args:
        module: its name, "collections.abc".
    Returns:
        The public names in it, each with the module before it.
    """
    home = importlib.import_module(module)
    names = getattr(home, "__all__", None) or _defined_in(home)
    return frozenset(f"{module}.{name}" for name in names if not name.startswith("_")) - BY_TEXT


def _defined_in(home: ModuleType) -> list[str]:
    """A module's names but for those that it imports."""
    own = []
    for name, thing in vars(home).items():
        if getattr(thing, "__module__", home.__name__) == home.__name__:
            own.append(name)
    return own


def beginnings(path: str) -> Iterator[str]:
    """What a dotted path leads through.

    Args:
        path: "tensorflow.math.exp".
    Returns:
        "tensorflow" and "tensorflow.math".
    """
    for i, sign in enumerate(path):
        if sign == ".":
            yield path[:i]


PATHS = frozenset().union(
    RANDOM, BASES, OURS, (f"matplotlib.pyplot.{name}" for name in PLOTS), *map(offered, STANDARD)
)
LISTED = PATHS | {f"{home}.{name}" for home in HOMES for name in PRIMITIVES}
# On the way to something, and nothing by themselves.
ON_THE_WAY = frozenset(part for path in PATHS for part in beginnings(path))
MODULES = ON_THE_WAY.union(
    *(beginnings(f"{home}.") for home in HOMES), {"keras.activations", "tensorflow.nn"}
)


def allowed(exercise: Checks, path: str) -> bool:
    """Whether an exercise may use a dotted path, or a part of it on the way to something it may.

    Args:
        exercise: the exercise.
        path: of an operation, "tensorflow.math.exp", or of something within it, "tensorflow.float32.max".
    Returns:
        True if it may.
    """
    path = canonical(path)
    if _matches(path, exercise.forbid):
        return False
    parts = path.split(".")
    # math.tanh is a tanh as well.
    if parts[0] not in LIBRARIES and parts[-1] in exercise.objects:
        return False
    if path in PATHS or is_module(exercise, path):
        return True
    if any(reaches_behind(name) for name in parts):
        return False
    if _matches(path, exercise.allow):
        return True
    return any(part in LISTED for part in (*beginnings(path), path))


def is_module(exercise: Checks, path: str) -> bool:
    """Whether a path is only on the way to something that an exercise may use.

    Args:
        exercise: the exercise.
        path: a dotted path, "tensorflow.math".
    Returns:
        True if it is nothing by itself.
    """
    path = canonical(path)
    if path in MODULES:
        return True
    return any(canonical(name).startswith(path + ".") for name in exercise.allow)


def canonical(path: str) -> str:
    """One path for what has several.

    Args:
        path: a dotted path, "tensorflow.keras.layers".
    Returns:
        The path that is listed, "keras.layers".
    """
    return re.sub(r"^tensorflow\.keras(?=\.|$)|^tf_keras(?=\.|$)", "keras", path)


def _matches(path: str, names: Iterable[str]) -> bool:
    """Whether a path is, or lies under, what one of these names means in a library."""
    dotted = path + "."
    for name in names:
        for root in _meant(name):
            if dotted.startswith(root + "."):
                return True
    return False


def _meant(name: str) -> list[str]:
    """The paths for which a name in an exercise's list stands: "keras.layers.Dense" for itself, "tanh" for many."""
    if "." in name and name.split(".")[0] in LIBRARIES:
        return [canonical(name)]
    return [f"{home}.{name}" for home in HOMES]


def reaches_behind(attribute: str) -> bool:
    """Whether an attribute of a value leads behind it.

    Args:
        attribute: its name.
    Returns:
        True if it leads to frames, code, memory, files, or operations by their names.
    """
    if attribute in REACHING:
        return True
    return attribute.startswith(INSIDE) and attribute not in HARMLESS
