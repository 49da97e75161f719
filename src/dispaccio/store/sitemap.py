"""What a sitemap lists: the numbers of usable releases, by ranges of numbers that never change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, case, cast, func, select

from dispaccio.store.engine import Tx
from dispaccio.store.releases import FIRST_ORDINAL
from dispaccio.store.tables import event, release

SIZE = 5_000
"""How many numbers one page covers; gzip apart it stays below what the site keeps in memory."""

_PAGE = cast((release.c.ordinal - FIRST_ORDINAL) / SIZE, Integer)
_USABLE = func.sum(case((release.c.status == "usable", 1), else_=0))
_PAGES = (
    select(_PAGE.label("page"), func.max(release.c.changed))
    .where(release.c.ordinal.is_not(None))
    .group_by("page")
    .having(_USABLE > 0)
    .order_by("page")
)


def pages(tx: Tx) -> list[tuple[int, datetime]]:
    """The pages that list something, from 0, and when each changed last."""
    found = [(int(page), int(seq)) for page, seq in tx.run(_PAGES)]
    changes = select(event.c.seq, event.c.at).where(event.c.seq.in_([seq for _, seq in found]))
    when = {row.seq: row.at for row in tx.run(changes)}
    return [(page, when[seq]) for page, seq in found]


def page(tx: Tx, number: int) -> list[tuple[int, datetime]]:
    """The usable releases of a page, and when each changed last; none for a page that is not."""
    first = FIRST_ORDINAL + number * SIZE
    rows = tx.run(
        select(release.c.ordinal, event.c.at)
        .join(event, event.c.seq == release.c.changed)
        .where(release.c.ordinal >= first, release.c.ordinal < first + SIZE)
        .where(release.c.status == "usable")
        .order_by(release.c.ordinal)
    )
    return [(row.ordinal, row.at) for row in rows]
