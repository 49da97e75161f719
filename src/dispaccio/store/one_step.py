"""Statements that take and give many rows as one JSON text, in the words of each database.

Such a statement is one step of the database. Of many steps each lets another thread have the
interpreter, and has to wait until it gets it back.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import TextClause, text

from dispaccio.store.engine import Tx

Both = dict[str, TextClause]
"""A statement by the name of the database."""
_WORDS = {
    "sqlite": {
        "<rows>": "json_each(:rows)",
        "<shut>": "SELECT value FROM json_each(:shut)",
        "<list>": "json_group_array(json_array",
    },
    "postgresql": {
        "<rows>": "json_array_elements(CAST(:rows AS json))",
        "<shut>": "SELECT CAST(CAST(value AS text) AS bigint) "
        "FROM json_array_elements(CAST(:shut AS json))",
        "<list>": "json_agg(json_build_array",
    },
}
_HEX = {"sqlite": r"hex(\1)", "postgresql": r"encode(\1, 'hex')"}


def both(statement: str) -> Both:
    """A statement for both databases.

    ``<list>(…))`` makes the text, ``<rows>`` reads one, and ``<hex column>`` writes bytes.
    """
    made = {}
    for dialect, words in _WORDS.items():
        said = statement
        for word, meaning in words.items():
            said = said.replace(word, meaning)
        made[dialect] = text(re.sub(r"<hex ([\w.]+)>", _HEX[dialect], said))
    return made


def listed(tx: Tx, statement: Both, values: dict[str, Any]) -> list[list[Any]]:
    """The rows that a statement gives as one JSON text."""
    found = tx.run(statement[tx.dialect], values).scalar_one()
    rows: list[list[Any]] = json.loads(found) if isinstance(found, str) else found or []
    return rows
