"""What an exception says, in a sentence: how many values came back, which shapes met, which name means nothing."""

import re
from collections.abc import Callable

from helpers.evidence import Failure

# What stands in a message, by a pattern with groups, and what that means.
Meaning = Callable[[Failure, tuple[str, ...]], str]


def meaning_of(failure: Failure) -> tuple[tuple[str, ...], str] | None:
    """What an exception means.

    Args:
        failure: as it came from a student's code.
    Returns:
        A key that is the same for the same fault at other sizes, and the sentence; None where there is none.
    """
    if failure.on_purpose and failure.type != "NotImplementedError":
        return ("raised", failure.type, "on purpose"), "a `raise` of your own was reached"
    for pattern, meaning in MEANINGS:
        found = re.search(pattern, failure.message)
        if found:
            words = meaning(failure, tuple(group or "" for group in found.groups()))
            key = ("raised", failure.type, pattern)
            return key, words
    if failure.type == "AssertionError":
        return ("raised", failure.type), "an assertion of your own does not hold"
    if failure.type == "KeyError":
        return ("raised", failure.type), "a dict is asked for what it does not hold"
    if failure.type == "RecursionError":
        return ("raised", failure.type), "a function calls itself without end"
    return None


def _too_few(failure: Failure, found: tuple[str, ...]) -> str:
    expected, got = found
    if failure.at_the_check:
        return f"{_values(got)} came back where {expected} are expected"
    return f"{_values(got)} came where the line takes {expected}"


def _too_many(failure: Failure, found: tuple[str, ...]) -> str:
    if failure.at_the_check:
        return f"more than {found[0]} values came back where {found[0]} are expected"
    return f"more than {found[0]} values came where the line takes {found[0]}"


def _no_tuple(failure: Failure, found: tuple[str, ...]) -> str:
    if failure.at_the_check:
        return f"a single {found[0]} came back where several values are expected"
    return f"a single {found[0]} stands where the line takes several values"


def _shorter(failure: Failure, found: tuple[str, ...]) -> str:
    more = {"shorter": "fewer", "longer": "more"}[found[1]]
    if failure.at_the_check:
        return f"{more} values came back than are asked for"
    return f"zip met {more} items in its argument {found[0]} than before"


def _matrices(failure: Failure, found: tuple[str, ...]) -> str:
    left, right = (_shape(text) for text in found[:2])
    columns, rows = re.findall(r"\d+", left)[-1], re.findall(r"\d+", right)[-2:][0]
    return f"a product of matrices of shapes {left} and {right}: {columns} columns meet {rows} rows"


def _number_by_number(failure: Failure, found: tuple[str, ...]) -> str:
    left, right = (_shape(text) for text in found[:2])
    return f"arrays of shapes {left} and {right} meet number by number, and do not fit"


def _inner_sizes(failure: Failure, found: tuple[str, ...]) -> str:
    return f"a product of matrices: the first has {found[1]} columns, the second {found[0]} rows"


def _values(count: str) -> str:
    if count == "1":
        return "1 value"
    return f"{count} values"


def _shape(text: str) -> str:
    sizes = re.findall(r"\d+|None", text)
    if len(sizes) == 1:
        return f"({sizes[0]},)"
    return f"({', '.join(sizes)})"


def _said(words: str) -> Meaning:
    """A sentence that holds the groups of its pattern."""
    return lambda failure, found: words.format(*found)


SHAPE = r"(\[[\d,]*\]|\([\d, ]*\))"
MEANINGS: tuple[tuple[str, Meaning], ...] = (
    (
        r"Error when deserializing class '(\w+)' using config",
        _said("the entries of {0}'s get_config are not what its __init__ takes"),
    ),
    (r"NoneType", _said("None stands where a value is expected: is a `return` missing?")),
    (r"not enough values to unpack \(expected (?:at least )?(\d+), got (\d+)", _too_few),
    (r"too many values to unpack \(expected (\d+)", _too_many),
    (r"cannot unpack non-iterable (\w+) object", _no_tuple),
    (r"zip\(\) argument (\d+) is (shorter|longer) than", _shorter),
    (rf"Matrix size-incompatible: In\[0\]: {SHAPE}, In\[1\]: {SHAPE}", _matrices),
    (r"mismatch in its core dimension .*size (\d+) is different from (\d+)", _inner_sizes),
    (rf"shapes {SHAPE} and {SHAPE} not aligned", _matrices),
    (rf"could not be broadcast together with shapes {SHAPE} {SHAPE}", _number_by_number),
    (rf"[Ii]ncompatible shapes: {SHAPE} vs\.? {SHAPE}", _number_by_number),
    (
        r"input #\d+\(zero-based\) was expected to be a (\w+) tensor but is a (\w+) tensor",
        _said("numbers of type {0} and {1} meet: TensorFlow does not convert one into the other"),
    ),
    (
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        _said("number {0} is asked of axis {1}, which has {2}, counted from 0"),
    ),
    (r"^(list|tuple|string) index out of range", _said("an index points beyond the end of a {0}")),
    (
        r"add_weight\('(\w+)', ",
        _said('add_weight("{0}", …) is of Keras 2: the shape comes first now, so write name="{0}"'),
    ),
    (
        r"'SymbolicTensor' object has no attribute 'numpy'|[Cc]annot convert a symbolic tf\.Tensor .*to a numpy array",
        _said("NumPy meets a tensor of a graph, which has no numbers yet: stay with TensorFlow or keras.ops"),
    ),
    (
        r"Iterating over a symbolic `tf\.Tensor` is not allowed",
        _said("a Python loop runs over a tensor of a graph, of which it is not known how long it is"),
    ),
    (
        r"Using a symbolic `tf\.Tensor` as a Python `bool` is not allowed",
        _said("a Python `if` or `while` asks a tensor of a graph, which has no value yet"),
    ),
    (
        r"tf\.function only supports singleton tf\.Variables",
        _said(
            "weights are made anew at each call: make them, and the layers that have them, once and before"
        ),
    ),
    (
        r"is out of scope and cannot be used here",
        _said("a graph's tensor is kept beyond it, in a tf.Variable or an attribute, say: return the tensor"),
    ),
    (
        r"Dimensions must be equal, but are (\d+) and (\d+)",
        _said("{0} numbers meet {1}, where there should be as many"),
    ),
    (
        r"A KerasTensor is symbolic|A KerasTensor cannot be used as input",
        _said("a symbolic tensor, as keras.Input makes, stands where numbers are expected"),
    ),
    (
        r"unsupported type \(<class '(?:[\w.]+\.)?(\w+)'>\) to a Tensor",
        _said("a {0} stands where a tensor is expected"),
    ),
    (
        r"functions must return zero or more Tensors",
        _said("what comes back within a graph is no tensor"),
    ),
    (
        r"OOM when allocating tensor with shape ?\[([\d,]+)\]",
        _said("an array of shape ({0}) needs more memory than there is"),
    ),
    (r"cannot access local variable '(\w+)'", _said("{0} is read before anything is assigned to it")),
    (r"name '(\w+)' is not defined", _said("nothing is called {0} where the line runs")),
    (r"'(?:[\w.]+\.)?(\w+)' object has no attribute '(\w+)'", _said("an object of type {0} has no .{1}")),
    (
        r"'(\w+)' object does not support item assignment",
        _said("an object of type {0} cannot be changed by […] = …"),
    ),
    (
        r"unexpected keyword argument '(\w+)'",
        _said("an argument {0}= is handed to something that takes none"),
    ),
    (r"missing \d+ required (?:positional|keyword-only) arguments?: (.+)", _said("{0} is not handed over")),
    (
        r"takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) given",
        _said("{1} arguments are handed to something that takes {0}"),
    ),
    (r"`(\w+)` must be passed as a keyword argument", _said("{0} has to be handed over by its name: {0}=…")),
    (
        r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'",
        _said("{0} is applied to a {1} and a {2}"),
    ),
    (
        r"expected to return (\d+) gradients, but returned (\d+)",
        _said("the gradient's function returns {1} where the function itself has {0} arguments"),
    ),
    (
        r"[Cc]annot iterate over a scalar|iteration over a 0-d",
        _said("a single number stands where several values are expected"),
    ),
    (
        r"same number of elements, got (\d+) and (\d+)",
        _said("arrays of {0} and {1} numbers meet number by number, and do not fit"),
    ),
    (
        r"'(?:[\w.]+\.)?(\w+)' object is not iterable",
        _said("a {0} stands where several values are expected"),
    ),
    (
        r"unhashable type: '(?:[\w.]+\.)?(\w+)'",
        _said("a {0} is put into a set, or asked of a dict: only what cannot change goes there"),
    ),
    (
        r"All-NaN slice encountered",
        _said("the largest or smallest number is asked for where all are NaN"),
    ),
    (
        r"'(?:[\w.]+\.)?(\w+)' object is not callable",
        _said("a {0} is called as if it were a function"),
    ),
    (
        r"expected axis -1 of input shape to have value (\d+), but received input with shape \((?:[\w, ]+, )?(\d+),?\)",
        _said("a layer whose weights are for {0} inputs gets {1}"),
    ),
    (
        r"must have the same dtype, got (?:tf\.)?(\w+) != (?:tf\.)?(\w+)",
        _said("numbers of type {0} and {1} meet: TensorFlow does not convert one into the other"),
    ),
    (
        r"inhomogeneous shape",
        _said("lists of different lengths are made one array"),
    ),
    (
        r"argument must be a string or a real number, not '(\w+)'",
        _said("a {0} stands where one number is expected"),
    ),
)
