"""Statements over many rows in few steps, so that the interpreter is free while they run.

The rows stand as ``VALUES`` in one of few sizes, filled up with rows of NULL, which match
nothing: few texts of a statement are prepared once and used for any number of rows. What is the
same in all rows stands before them, once.
"""

from __future__ import annotations

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
    changed = 0
    for start in range(0, len(rows), _SIZES[-1]):
        some = rows[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(some))
        missing = (None,) * ((size - len(some)) * len(types))
        text = _written(statement, tuple(types), size, tx.dialect)
        values = (*alike, *chain.from_iterable(some), *missing)
        changed += tx.connection.exec_driver_sql(text, values).rowcount
    return changed


@lru_cache(maxsize=64)
def _written(statement: str, types: tuple[str, ...], size: int, dialect: str) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    first = ", ".join(f"CAST({mark} AS {type})" for type in types)
    others = ", ".join([mark] * len(types))
    values = ", ".join([f"({first})", *[f"({others})"] * (size - 1)])
    return statement.replace("?", mark).replace("<values>", f"(VALUES {values})")
