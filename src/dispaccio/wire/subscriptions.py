"""What a subscription would bring: the releases of the last days that its filter lets through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.delivery import filter as filters
from dispaccio.delivery import known
from dispaccio.delivery.filter import Facts, Filter, fold
from dispaccio.errors import KeyNeeded
from dispaccio.formats import native
from dispaccio.release import subjects
from dispaccio.release.canonical import write_instant
from dispaccio.release.state import Status
from dispaccio.store import listings, organisations
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow
from dispaccio.store.subjects import listed
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
        require_known(tx, asked)
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


def require_known(tx: Tx, asked: Filter) -> None:
    """Nothing, if this wire knows everything that a filter names. Raises MalformedFilter.

    An issuer is known by short name or name, also one of another wire whose release was taken.
    """
    known.require_languages(asked)
    schemes = {(subjects.parse(ref) or ("",))[0] for ref in asked.subjects}
    known.require_subjects(asked, {ref for one in schemes for ref in listed(tx, one)})
    if asked.issuers:
        names = [name for one in organisations.issuers(tx) for name in (one.slug, one.name)]
        if {fold(name) for name in asked.issuers} - set(map(fold, names)):
            names += _others(tx)
        known.require_issuers(asked, names)


def _others(tx: Tx) -> list[str]:
    """The names of issuers in the newest releases that were taken over from other wires."""
    taken = (row_ for row_ in islice(_newest(tx), MOST) if row_[0].relayed)
    said = (native.kept(document).issuer for _, document in taken)
    return [issuer.name for issuer in said if issuer]


def _newest(tx: Tx) -> Iterator[tuple[ReleaseRow, bytes]]:
    """Public releases, newest number first, a page at a time."""
    before: int | None = None
    while page := listings.latest(tx, limit=_PAGE, before=before):
        yield from page
        before = page[-1][0].ordinal
