"""Statements over many rows in few steps, so that the interpreter is free while they run.

The rows stand as ``VALUES`` in one of three sizes, filled up with rows of NULL, which match
nothing: three texts of a statement are prepared once and used for any number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dispaccio.store.engine import Tx

_SIZES = (8, 64, 512)


def run(tx: Tx, statement: str, types: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Run a statement whose ``<values>`` are these rows; how many rows it changed.

    ``types`` are the SQL types of the columns, which are named ``column1`` and on.
    """
    changed = 0
    for start in range(0, len(rows), _SIZES[-1]):
        some = rows[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(some))
        flat = [value for row in some for value in row]
        flat += [None] * (size * len(types) - len(flat))
        text = _written(statement, tuple(types), size, tx.dialect)
        changed += tx.connection.exec_driver_sql(text, tuple(flat)).rowcount
    return changed


@lru_cache(maxsize=64)
def _written(statement: str, types: tuple[str, ...], size: int, dialect: str) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    first = ", ".join(f"CAST({mark} AS {type})" for type in types)
    others = ", ".join([mark] * len(types))
    values = ", ".join([f"({first})", *[f"({others})"] * (size - 1)])
    return statement.replace("<values>", f"(VALUES {values})")
