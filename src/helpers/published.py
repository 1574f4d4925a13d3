"""A published exercise on disk: its checks as Python, and beside them what is known for the public draws.

The `.evidence` file is compressed JSON with the bytes of `helpers.evidence.encode` inside.
"""

import base64
import importlib.util
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers.checks import Checks
from helpers.evidence import decode, encode
from helpers.table import Answer, Changed, Table
from helpers.verdict import Advice


@dataclass(frozen=True)
class Published:
    """What is known of an exercise for the public draws.

    Attributes:
        draws: the seeds of the draws.
        tables: one for each draw.
        advice: what is advised against each misconception, by its name.
    """

    draws: tuple[int, ...]
    tables: list[Table]
    advice: dict[str, Advice]


def save(path: Path, published: Published) -> None:
    """Write a `.evidence` file; the same content gives the same bytes.

    Args:
        path: where to.
        published: the content.
    """
    data = {
        "draws": published.draws,
        "advice": {name: asdict(advice) for name, advice in published.advice.items()},
        "tables": [_pack_table(table) for table in published.tables],
    }
    path.write_bytes(zlib.compress(json.dumps(data).encode(), 9))


def load(path: Path) -> Published:
    """Read a `.evidence` file.

    Args:
        path: where from.
    Returns:
        What `save` was given.
    Raises:
        ValueError: if it is damaged.
    """
    try:
        data = json.loads(zlib.decompress(path.read_bytes()))
        draws = tuple(data["draws"])
        tables = [_unpack_table(table) for table in data["tables"]]
        advice = {name: Advice(**words) for name, words in data["advice"].items()}
    except (zlib.error, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged ({error}); fetch the unit anew") from None
    return Published(draws, tables, advice)


def load_checks(path: Path) -> Checks:
    """Run a published `.py` file of checks.

    Args:
        path: the file.
    Returns:
        The exercise in it.
    Raises:
        ValueError: if it defines none, or several.
    """
    spec = importlib.util.spec_from_file_location(f"checks_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no file of Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (exercise,) = (value for value in vars(module).values() if isinstance(value, Checks))
    return exercise


def _pack_table(table: Table) -> dict[str, Any]:
    return {
        "ours": _pack(table.ours),
        "known": {name: _pack(answer) for name, answer in table.known.items()},
        "pairs": [[*names, _pack(answer)] for names, answer in table.pairs.items()],
        "changed": [[changed.change, _pack(changed.gives)] for changed in table.changed],
    }


def _unpack_table(packed: dict[str, Any]) -> Table:
    known = {name: _unpack(answer) for name, answer in packed["known"].items()}
    pairs = {(a, b): _unpack(answer) for a, b, answer in packed["pairs"]}
    changed = [Changed(change, _unpack(gives)) for change, gives in packed.get("changed", ())]
    return Table(_unpack(packed["ours"]), known, pairs, changed)


def _pack(answer: Answer) -> dict[str, str]:
    return {name: base64.b64encode(encode(evidence)).decode() for name, evidence in answer.items()}


def _unpack(packed: dict[str, str]) -> Answer:
    return {name: decode(base64.b64decode(text)) for name, text in packed.items()}
