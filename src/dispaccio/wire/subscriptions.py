"""What a subscription would bring: the releases of the last days that its filter lets through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.delivery import filter as filters
from dispaccio.delivery.filter import Facts
from dispaccio.errors import KeyNeeded
from dispaccio.formats import native
from dispaccio.release.canonical import write_instant
from dispaccio.release.state import Status
from dispaccio.store import listings
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow
from dispaccio.wire.core import Wire
from dispaccio.wire.organisations import channel_key

DAYS = 7
MOST = 1_000
"""So many releases are looked at."""
EXAMPLES = 5
_PAGE = 100


def preview(
    wire: Wire, actor: Actor, channels: Sequence[str], said: Mapping[str, Any]
) -> dict[str, Any]:
    """How many public releases of the last seven days match, and the newest five of them.

    Raises KeyNeeded, UnknownChannel, MalformedFilter.
    """
    if not actor.person_id:
        raise KeyNeeded
    asked = filters.parse(said)
    since = wire.clock.now() - timedelta(days=DAYS)
    matched, looked, examples = 0, 0, []
    with wire.store.read(wire.clock.now()) as tx:
        for name in channels:
            channel_key(tx, name)
        for row, document in _newest(tx):
            if row.first_created is None or row.first_created < since or looked >= MOST:
                break
            looked += 1
            if row.status != Status.USABLE or (channels and row.channel not in channels):
                continue
            release = native.kept(document)
            if asked.matches(Facts.of(release, row.issuer)):
                matched += 1
                number, at = wire.number(row.ordinal or 0), write_instant(row.first_created)
                examples.append({"number": number, "title": release.headline, "published": at})
    return {
        "matched": matched,
        "of": looked,
        "days": DAYS,
        "sentence": f"Matched {matched:,} of {looked:,} releases in the last {DAYS} days.",
        "filter": asked.says(),
        "newest": examples[:EXAMPLES],
    }


def _newest(tx: Tx) -> Iterator[tuple[ReleaseRow, bytes]]:
    """Public releases, newest number first, a page at a time."""
    before: int | None = None
    while page := listings.latest(tx, limit=_PAGE, before=before):
        yield from page
        before = page[-1][0].ordinal
