"""A published exercise on disk: its checks as Python, and beside them what is known for the public draws.

The `.evidence` file is compressed JSON with the bytes of `helpers.evidence.encode` inside.
"""

import base64
import importlib.util
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.checks import Checks
from helpers.evidence import decode, encode
from helpers.judge import Answer, Table
from helpers.verdict import Advice


@dataclass(frozen=True)
class Published:
    """What is known of an exercise for the public draws: a table each, and the misconceptions' advice."""

    draws: tuple[int, ...]
    tables: list[Table]
    advice: dict[str, Advice]


def save(path: Path, published: Published) -> None:
    """Write a `.evidence` file; the same content gives the same bytes."""
    data = {
        "draws": published.draws,
        "advice": {name: asdict(advice) for name, advice in published.advice.items()},
        "tables": [
            {
                "ours": _pack(table.ours),
                "known": {name: _pack(answer) for name, answer in table.known.items()},
                "pairs": [[*names, _pack(answer)] for names, answer in table.pairs.items()],
            }
            for table in published.tables
        ],
    }
    path.write_bytes(zlib.compress(json.dumps(data).encode(), 9))


def load(path: Path) -> Published:
    """Read a `.evidence` file.

    Raises:
        ValueError: if it is damaged.
    """
    try:
        data = json.loads(zlib.decompress(path.read_bytes()))
        return Published(
            tuple(data["draws"]),
            [
                Table(
                    _unpack(table["ours"]),
                    {name: _unpack(answer) for name, answer in table["known"].items()},
                    {(a, b): _unpack(answer) for a, b, answer in table["pairs"]},
                )
                for table in data["tables"]
            ],
            {name: Advice(**advice) for name, advice in data["advice"].items()},
        )
    except (zlib.error, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged ({error}); fetch the unit anew") from None


def load_checks(path: Path) -> Checks:
    """Run a published `.py` file of checks and return the exercise in it."""
    spec = importlib.util.spec_from_file_location(f"checks_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (exercise,) = (value for value in vars(module).values() if isinstance(value, Checks))
    return exercise


def _pack(answer: Answer) -> dict[str, str]:
    return {name: base64.b64encode(encode(evidence)).decode() for name, evidence in answer.items()}


def _unpack(packed: dict[str, str]) -> Answer:
    return {name: decode(base64.b64decode(text)) for name, text in packed.items()}
