"""What a witness records."""

from typing import NamedTuple

OPERATION, FUNCTION, CLASS, IMPORT, ALARM = "operation", "function", "class", "import", "alarm"
KINDS = (OPERATION, FUNCTION, CLASS, IMPORT, ALARM)


class Sighting(NamedTuple):
    """Something that the witness saw.

    Attributes:
        kind: an operation's type, a library's function or class, an import, or an alarm.
        name: "Softmax", "tensorflow.python.ops.nn_ops.softmax_v2", "keras.src.layers.core.dense.Dense",
            "a thread was started".
    """

    kind: str
    name: str
