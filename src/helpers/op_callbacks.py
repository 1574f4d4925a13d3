"""The one place that touches TensorFlow's private modules: being told of each operation that runs.

`tests/test_op_callbacks.py` says what of this a new TensorFlow broke, and what to look for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

# op_type, inputs, attrs, outputs, op_name, graph
Callback = Callable[..., None]
# In a graph these call a traced function, whose name is in their attributes.
CALLS = ("PartitionedCall", "StatefulPartitionedCall")

# What is told of operations that are put into graphs, and what it stands in the place of.
_of_graphs: list[Callback] = []
_before: list[tuple[Any, str, Any]] = []


def listen(callback: Callback) -> None:
    """Have a function called for each operation: eager ones of this thread, in a tape or not; all that go into a graph.

    TensorFlow would tell of a graph's as well, but unpacks each from its protocol buffer to do so.

    Args:
        callback: called as `callback(op_type, inputs, attrs, outputs, op_name, graph)`; what it returns is ignored.
    """
    from tensorflow.python.framework import op_callbacks

    op_callbacks.add_op_callback(callback)
    if not _of_graphs:
        _listen_to_graphs()
    _of_graphs.append(callback)


def _listen_to_graphs() -> None:
    from tensorflow.python.framework import op_callbacks, ops

    create = ops.Graph._create_op_internal

    def create_op(graph: Any, op_type: str, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        made = create(graph, op_type, inputs, *args, **kwargs)
        # FuncGraph hands them on by their place: dtypes, input_types, name, attrs.
        attrs = kwargs.get("attrs") or (args[3] if len(args) > 3 else None) or {}
        for callback in tuple(_of_graphs):
            callback(_type_in_graph(op_type, attrs), inputs, attrs, ())
        return made

    _put(ops.Graph, "_create_op_internal", create_op)
    _put(op_callbacks, "should_invoke_op_callbacks", _not_by_tensorflow)


def _not_by_tensorflow() -> bool:
    return False


def _put(home: Any, name: str, function: Any) -> None:
    _before.append((home, name, getattr(home, name)))
    setattr(home, name, function)


def _type_in_graph(op_type: str, attrs: Any) -> str:
    """An operation's type; of one that calls a traced function, that function's name."""
    if op_type in CALLS and "f" in attrs:
        return str(attrs["f"].func.name)
    return op_type


def type_of(op_type: str | bytes) -> str:
    """An operation's type as text: of a traced function that is called eagerly it comes as bytes."""
    if isinstance(op_type, bytes):
        return op_type.decode(errors="replace")
    return op_type


def stop(callback: Callback) -> None:
    """Take a function back; nothing happens if it is not there any more."""
    from tensorflow.python.eager import context
    from tensorflow.python.framework import op_callbacks

    if callback in context.context().op_callbacks:
        op_callbacks.remove_op_callback(callback)
    if callback in _of_graphs:
        _of_graphs.remove(callback)
    if not _of_graphs:
        while _before:
            setattr(*_before.pop())


def listening(callback: Callback) -> bool:
    """Whether a function is still told of operations."""
    from tensorflow.python.eager import context
    from tensorflow.python.framework import ops

    in_graphs = callback in _of_graphs and ops.Graph._create_op_internal.__module__ == __name__
    return in_graphs and callback in context.context().op_callbacks


def inside(op_type: str, attrs: Iterable[Any] | None) -> Iterator[str]:
    """The types of operations within the traced functions that an operation calls.

    Args:
        op_type: the operation's type; a traced function that is called eagerly is known by its own name.
        attrs: names and values in turn, or by name, as callbacks get them; a name of a function may be among them.
    """
    for name in called(op_type, attrs):
        for node in _nodes(name):
            yield node.op


def traced() -> frozenset[str]:
    """The names of all functions that have been traced so far."""
    from tensorflow.python.eager import context

    here = context.context()
    if not here._initialized:
        return frozenset()
    return frozenset(here.list_function_names())


def called(op_type: str, attrs: Iterable[Any] | None) -> list[str]:
    """The names of traced functions that an operation calls, or that these call, and its own; see `inside`."""
    names = [op_type]
    values = attrs.values() if isinstance(attrs, Mapping) else attrs or ()
    for value in values:
        names += _functions_in(value)
    seen: dict[str, None] = {}
    # The list grows while it is gone through.
    for name in names:
        if name in seen:
            continue
        seen[name] = None
        for node in _nodes(name):
            names.append(node.op)
            for value in node.attr.values():
                names += _functions_in(value)
    return list(seen)


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
