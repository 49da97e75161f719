"""What a sitemap lists: the numbers of usable releases, by ranges of numbers that never change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, func, select

from dispaccio.store.engine import Tx
from dispaccio.store.releases import FIRST_ORDINAL, next_ordinal
from dispaccio.store.tables import event, release

SIZE = 5_000
"""How many numbers one page covers; gzip apart it stays below what the site keeps in memory."""

_IN_RANGE = (release.c.ordinal >= bindparam("first"), release.c.ordinal < bindparam("end"))
# Page by page: grouping all rows at once makes the database sort them, which costs five times more.
_CHANGE = select(
    func.max(release.c.changed),
    func.max(case((release.c.changed.is_(None), release.c.created))),
    func.sum(case((release.c.status == "usable", 1), else_=0)),
).where(*_IN_RANGE)
# What came from an archive was changed by nothing since it came.
_LISTED = (
    select(release.c.ordinal, func.coalesce(event.c.at, release.c.created).label("at"))
    .outerjoin(event, event.c.seq == release.c.changed)
    .where(*_IN_RANGE, release.c.status == "usable")
    .order_by(release.c.ordinal)
)


def pages(tx: Tx) -> list[tuple[int, datetime]]:
    """The pages that list something, from 0, and when each changed last."""
    count = (next_ordinal(tx) - FIRST_ORDINAL + SIZE - 1) // SIZE
    changed = {}
    for number in range(count):
        seq, came, usable = tx.run(_CHANGE, _range(number)).one()
        if usable:
            changed[number] = seq, came
    changes = select(event.c.seq, event.c.at).where(
        event.c.seq.in_([seq for seq, _ in changed.values()])
    )
    when = {row.seq: row.at for row in tx.run(changes)}
    return [
        (number, max(at for at in (when.get(seq), came) if at))
        for number, (seq, came) in changed.items()
    ]


def page(tx: Tx, number: int) -> list[tuple[int, datetime]]:
    """The usable releases of a page, and when each changed last; none for a page that is not."""
    return [(row.ordinal, row.at) for row in tx.run(_LISTED, _range(number))]


def _range(number: int) -> dict[str, int]:
    first = FIRST_ORDINAL + number * SIZE
    return {"first": first, "end": first + SIZE}
