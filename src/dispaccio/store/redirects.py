"""Old addresses that lead to a release of this wire."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from dispaccio.store.engine import Tx
from dispaccio.store.tables import redirect

_FIND = select(redirect.c.release).where(redirect.c.path == bindparam("of"))
_S, _P = sqlite.insert(redirect), postgresql.insert(redirect)
_AT: Any = {"index_elements": [redirect.c.path]}
_ADD: dict[str, Executable] = {
    "sqlite": _S.on_conflict_do_nothing(),
    "postgresql": _P.on_conflict_do_nothing(),
}
_PUT: dict[str, Executable] = {
    "sqlite": _S.on_conflict_do_update(set_={"release": _S.excluded.release}, **_AT),
    "postgresql": _P.on_conflict_do_update(set_={"release": _P.excluded.release}, **_AT),
}


def add(tx: Tx, path: str, release: int, *, replace: bool = False) -> None:
    """Let a path lead to a release. One that leads somewhere already stays, unless ``replace``."""
    row = {"path": path, "release": release, "created": tx.now}
    tx.run((_PUT if replace else _ADD)[tx.dialect], row)


def find(tx: Tx, path: str) -> int | None:
    """The key of the release to which a path leads."""
    found: int | None = tx.run(_FIND, {"of": path}).scalar()
    return found
