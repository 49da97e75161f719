"""Statements over many rows in few steps, so that the interpreter is free while they run.

The rows stand as ``VALUES`` in one of few sizes, filled up with rows of NULL, which match
nothing: few texts of a statement are prepared once and used for any number of rows. What is the
same in all rows stands before them, once. PostgreSQL gets the rows as one JSON text, since its
driver takes every mark of a statement apart, each time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from dispaccio.store.engine import Tx

_SIZES = (8, 64, 256, 512)


def run(
    tx: Tx,
    statement: str,
    types: Sequence[str],
    rows: Sequence[Sequence[Any]],
    alike: Sequence[Any] = (),
) -> int:
    """Run a statement whose ``<values>`` are these rows; how many rows it changed.

    ``types`` are the SQL types of the columns, which are named ``column1`` and on; ``alike`` are
    the values of the marks (``?``) that stand before them.
    """
    if tx.dialect != "sqlite":
        said, values = _in_json(statement, tuple(types)), (*alike, json.dumps(rows))
        return tx.connection.exec_driver_sql(said, values).rowcount if rows else 0
    changed = 0
    for start in range(0, len(rows), _SIZES[-1]):
        some = rows[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(some))
        missing = (None,) * ((size - len(some)) * len(types))
        text = _written(statement, tuple(types), size)
        values = (*alike, *chain.from_iterable(some), *missing)
        changed += tx.connection.exec_driver_sql(text, values).rowcount
    return changed


@lru_cache(maxsize=64)
def _in_json(statement: str, types: tuple[str, ...]) -> str:
    columns = ", ".join(
        f"CAST(value->>{at} AS {type}) AS column{at + 1}" for at, type in enumerate(types)
    )
    rows = f"(SELECT {columns} FROM json_array_elements(CAST(%s AS json)))"  # noqa: S608  # types
    return statement.replace("?", "%s").replace("<values>", rows)


@lru_cache(maxsize=64)
def _written(statement: str, types: tuple[str, ...], size: int) -> str:
    first = ", ".join(f"CAST(? AS {type})" for type in types)
    others = ", ".join(["?"] * len(types))
    values = ", ".join([f"({first})", *[f"({others})"] * (size - 1)])
    return statement.replace("<values>", f"(VALUES {values})")
