"""The one place that touches TensorFlow's private modules: being told of each operation that runs.

`tests/test_op_callbacks.py` says what of this a new TensorFlow broke, and what to look for.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

# op_type, inputs, attrs, outputs, op_name, graph
Callback = Callable[..., None]


def listen(callback: Callback) -> None:
    """Have a function called for each operation of this thread: eager, in a tape, or put into a graph.

    Args:
        callback: called as `callback(op_type, inputs, attrs, outputs, op_name, graph)`; what it returns is ignored.
    """
    from tensorflow.python.framework import op_callbacks

    op_callbacks.add_op_callback(callback)


def type_of(op_type: str | bytes) -> str:
    """An operation's type as text: of a traced function that is called eagerly it comes as bytes."""
    if isinstance(op_type, bytes):
        return op_type.decode(errors="replace")
    return op_type


def stop(callback: Callback) -> None:
    """Take a function back; nothing happens if it is not there any more."""
    if not listening(callback):
        return
    from tensorflow.python.framework import op_callbacks

    op_callbacks.remove_op_callback(callback)


def listening(callback: Callback) -> bool:
    """Whether a function is still told of operations."""
    from tensorflow.python.eager import context

    return callback in context.context().op_callbacks


def inside(op_type: str, attrs: Iterable[Any] | None) -> Iterator[str]:
    """The types of operations within the traced functions that an operation calls.

    Args:
        op_type: the operation's type; a traced function that is called eagerly is known by its own name.
        attrs: names and values in turn, as callbacks get them; a name of a function may be among them.
    """
    names = [op_type]
    for value in attrs or ():
        names += _functions_in(value)
    seen: set[str] = set()
    # The list grows while it is gone through.
    for name in names:
        if name in seen:
            continue
        seen.add(name)
        for node in _nodes(name):
            yield node.op
            names.append(node.op)
            for value in node.attr.values():
                names += _functions_in(value)


def _functions_in(value: Any) -> list[str]:
    """The names of functions in an attribute: text of a callback's, or a protocol buffer of a graph's."""
    if isinstance(value, bytes):
        return [value.decode(errors="replace")]
    if isinstance(value, str):
        return [value]
    found = []
    function = getattr(value, "func", None)
    if function is not None and function.name:
        found.append(function.name)
    several = getattr(value, "list", None)
    for function in getattr(several, "func", ()):
        found.append(function.name)
    return found


def _nodes(function: str) -> list[Any]:
    """The operations of a traced function; none if there is no function of that name."""
    from tensorflow.python.eager import context

    here = context.context()
    if not function or not here.has_function(function):
        return []
    return list(here.get_function_def(function).node_def)
