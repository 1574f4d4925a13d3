"""The operations that a census tries as an answer, and the forms in which it tries them."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from helpers.frames import name_of

HOMES = (
    "numpy numpy.linalg scipy.special sklearn.utils.extmath tensorflow tensorflow.math tensorflow.nn "
    "tensorflow.linalg keras.ops keras.activations keras.losses keras.random"
).split()
# They read, write, print, start something, or run what they are given.
OUTSIDE = set(
    "save load loadtxt savetxt savez savez_compressed fromfile tofile memmap genfromtxt fromregex open_memmap "
    "py_function numpy_function print Assert test show_config show_runtime info lookfor source get_include "
    "load_op_library load_library function while_loop map_fn scan foldl foldr fori_loop cond case switch "
    "vectorized_map associative_scan custom_gradient recompute_grad grad_pass_through init_scope device "
    # It goes on for as long as it is told.
    "resize "
    "no_gradient set_printoptions seterr seterrcall setbufsize save_npz get_logger".split()
)
# Where an operation may have relatives, and how long a name must be to tell one.
HOMES_OF_RELATIVES = (
    "tensorflow.nn tensorflow.math tensorflow.sparse tensorflow.nn.experimental tensorflow.compat.v1.nn "
    "tensorflow.python.ops.nn_ops keras.ops keras.losses keras.random"
).split()
SHORTEST = 7


def operations() -> Iterator[tuple[str, Callable]]:
    """Every public operation of the libraries, with its path."""
    for home in HOMES:
        module = importlib.import_module(home)
        for name in sorted(dir(module)):
            operation = getattr(module, name, None)
            if name.startswith("_") or name in OUTSIDE or inspect.isclass(operation):
                continue
            if callable(operation) and not isinstance(operation, ModuleType):
                yield f"{home}.{name}", operation


@cache
def relatives(path: str) -> frozenset[str]:
    """What of the libraries has an operation's whole name in its own, as the witness would see it.

    They take more, or give more, than can be tried: the slope of `softmax_cross_entropy_with_logits` is a softmax less
    what it was given, and `stateless_dropout` wants a seed. Short names are in many others by chance.

    Args:
        path: the operation's, "tensorflow.nn.softmax".
    """
    word = path.rpartition(".")[2].replace("_", "").lower()
    if len(word) < SHORTEST:
        return frozenset()
    names = {kind for kind in dir(tensorflow().raw_ops) if word in kind.lower()}
    for home in HOMES_OF_RELATIVES:
        for name, thing in vars(importlib.import_module(home)).items():
            is_one = word in name.replace("_", "").lower() and callable(thing)
            if is_one and not inspect.isclass(thing):
                names.add(name_of(thing))
    return frozenset(names)


def is_named_after(kind: str, path: str) -> bool:
    """Whether a type and an operation have a name in common, as Softmax and tf.nn.softmax_v2 do.

    A slice or a sum may be the only thing that an answer does beside the reference, and is nobody's property.
    """
    name = path.rpartition(".")[2].replace("_", "").lower()
    return kind.lower() in name or name in kind.lower()


def as_called(candidate: Callable, reference: Callable) -> Iterator[Callable]:
    """A candidate as it is called; and as told what the reference takes where it is told nothing, as `axis=-1`."""
    yield candidate
    signature = inspect.signature(reference)
    by_default = {n: p.default for n, p in signature.parameters.items() if p.default is not p.empty}
    if not by_default:
        return

    def told(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        named = {name: bound.arguments.pop(name) for name in by_default}
        return candidate(*bound.args, **named)

    yield told


def _alone(f: Callable) -> Callable:
    return lambda *args, **kwargs: f(*args, **kwargs)


def _swapped(f: Callable) -> Callable:
    return lambda a, b, *rest, **kwargs: f(b, a, *rest, **kwargs)


def _under_exp(f: Callable) -> Callable:
    return lambda *args, **kwargs: tensorflow().exp(f(*args, **kwargs))


def _exp_of_rest(f: Callable) -> Callable:
    def exp_of_rest(a: Any, *rest: Any, **kwargs: Any) -> Any:
        return tensorflow().exp(a - f(a, *rest, keepdims=True, **kwargs))

    return exp_of_rest


def _under_log(f: Callable) -> Callable:
    return lambda *args, **kwargs: tensorflow().math.log(f(*args, **kwargs))


def _mean(f: Callable) -> Callable:
    return lambda *args, **kwargs: tensorflow().reduce_mean(f(*args, **kwargs))


def _mean_of_swapped(f: Callable) -> Callable:
    return _mean(_swapped(f))


def _from_logits(f: Callable) -> Callable:
    return lambda a, b, *rest: tensorflow().reduce_mean(f(b, a, from_logits=True))


def _gradient(f: Callable) -> Callable:
    def slope(a: Any, *rest: Any, **kwargs: Any) -> Any:
        tf = tensorflow()
        a = tf.convert_to_tensor(a)
        with tf.GradientTape() as tape:
            tape.watch(a)
            value = f(a, *rest, **kwargs)
        return tape.gradient(value, a)

    return slope


FORMS = (
    _alone,
    _under_exp,
    _exp_of_rest,
    _under_log,
    _gradient,
    _swapped,
    _mean,
    _mean_of_swapped,
    _from_logits,
)


def with_slope_of(reference: Callable, f: Callable) -> Callable:
    """Give what NumPy or SciPy returns the reference's slope: an answer may write that down, and borrow the rest."""

    def lent(*args: Any, **kwargs: Any) -> Any:
        tf = tensorflow()
        ours = reference(*args, **kwargs)
        theirs = f(*[np.asarray(a) if tf.is_tensor(a) else a for a in args], **kwargs)
        if not tf.is_tensor(ours):
            return theirs
        return ours + tf.stop_gradient(tf.cast(theirs, ours.dtype) - tf.stop_gradient(ours))

    return lent


def tensorflow() -> Any:
    return importlib.import_module("tensorflow")
