"""Statements that take and give many rows as one JSON text, in the words of each database.

Such a statement is one step of the database. Of many steps each lets another thread have the
interpreter, and has to wait until it gets it back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable, TextClause, text
from sqlalchemy.engine import CursorResult

from dispaccio.store.engine import Tx
from dispaccio.store.shards import SHARDS

POSTGRESQL, SHARDED = "postgresql", "sharded"
Both = dict[str, TextClause]
"""A statement by the name of the database, and as a courier among several says it."""
_WORDS = {
    "sqlite": {
        "<rows>": "json_each(:rows)",
        "<shut>": "SELECT value FROM json_each(:shut)",
        "<list>": "json_group_array(json_array",
    },
    POSTGRESQL: {
        "<rows>": "json_array_elements(CAST(:rows AS json))",
        "<shut>": "SELECT CAST(CAST(value AS text) AS bigint) "
        "FROM json_array_elements(CAST(:shut AS json))",
        "<list>": "json_agg(json_build_array",
    },
}
# What a courier among several says: it looks after its own shards, and passes over what somebody
# else has in hand, should both believe that a shard is theirs.
_WORDS[SHARDED] = _WORDS[POSTGRESQL] | {"<skip>": "FOR UPDATE OF d SKIP LOCKED"}
_MINE = re.compile(r"<mine (\S+)>")
_HEX = re.compile(r"<hex ([\w.]+)>")


def both(statement: str) -> Both:
    """A statement for both databases.

    ``<list>(…))`` makes the text, ``<rows>`` reads one, and ``<hex column>`` writes bytes. Where
    ``<mine endpoint>`` stands a courier among several sees only what is in its shards, and where
    ``<skip>`` does what nobody has in hand.
    """
    made = {}
    for dialect, words in _WORDS.items():
        said = statement
        for word, meaning in words.items():
            said = said.replace(word, meaning)
        mine = rf"AND \1 % {SHARDS} = ANY(CAST(:shards AS bigint[]))" if dialect == SHARDED else ""
        said = _MINE.sub(mine, said).replace("<skip>", "")
        said = _HEX.sub(r"hex(\1)" if dialect == "sqlite" else r"encode(\1, 'hex')", said)
        made[dialect] = text(said)
    return made


def run(
    tx: Tx, statement: Mapping[str, Executable], values: Mapping[str, Any]
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement as the database says it; of a courier among several, on its shards."""
    if tx.shards is None:
        return tx.run(statement[tx.dialect], values)
    return tx.run(statement[SHARDED], {**values, "shards": list(tx.shards)})


def listed(tx: Tx, statement: Both, values: Mapping[str, Any]) -> list[list[Any]]:
    """The rows that a statement gives as one JSON text."""
    found = run(tx, statement, values).scalar_one()
    rows: list[list[Any]] = json.loads(found) if isinstance(found, str) else found or []
    return rows
