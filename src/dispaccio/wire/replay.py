"""Sending again what is public: a new run to one endpoint, behind everything that is fresh."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.delivery import filter as filters
from dispaccio.delivery.filter import Facts
from dispaccio.errors import MalformedEndpoint
from dispaccio.formats import native
from dispaccio.release import number as numbers
from dispaccio.store import endpoints, events, organisations, releases, replays
from dispaccio.store.engine import Tx
from dispaccio.store.replays import Candidate
from dispaccio.wire.core import Wire
from dispaccio.wire.endpoints import found_for
from dispaccio.words import say

_PAGE = 200


def replay(
    wire: Wire,
    actor: Actor,
    endpoint: str,
    *,
    first: str | None = None,
    last: str | None = None,
    since: datetime | None = None,
) -> dict[str, Any]:
    """Send a range of numbers, or what is newer than an instant, to an endpoint once more.

    Each release goes as it stands now, if the endpoint's subscription lets it through; what is
    withheld or withdrawn does not, nor does what waits to be sent there already. Returns how many
    were looked at and how many are sent. Raises UnknownEndpoint, NoSuchRelease for a number that
    is none, MalformedEndpoint for a pull or a stream.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row = found_for(tx, actor, endpoint)
        if row.gathers == "pull":
            raise MalformedEndpoint(
                say(
                    "The endpoint {endpoint} comes for what it wants by itself: an earlier "
                    "cursor, or after=start, gives it everything once more.",
                    endpoint=endpoint,
                )
            )
        test = wire.settings.test
        low = numbers.parse(first, test=test) if first else releases.FIRST_ORDINAL
        high = numbers.parse(last, test=test) if last else releases.next_ordinal(tx) - 1
    looked, sent = 0, 0
    while True:
        with wire.store.write(wire.clock.now()) as tx:
            page = replays.candidates(tx, low, high, _PAGE)
            asked = _Asked(tx, row.key, since)
            for item in page:
                if asked.lets_through(item):
                    sent += replays.replay(tx, item.release, item.version, row.key)
            looked += len(page)
            if len(page) < _PAGE:
                detail = {"endpoint": endpoint, "deliveries": sent}
                events.append(tx, "replayed", actor.name, detail=detail)
                break
        low = page[-1].ordinal + 1
    wire.tell()
    return {"endpoint": endpoint, "looked_at": looked, "deliveries": sent}


class _Asked:
    """What one endpoint is subscribed to, and since when it is asked for again."""

    def __init__(self, tx: Tx, key: int, since: datetime | None) -> None:
        names = endpoints.channels_of(tx, key)
        self._channels = {
            found.key for name in names if name and (found := organisations.channel_named(tx, name))
        }
        self._all = not names or None in names
        self._filter = filters.read(endpoints.filter_of(tx, key) or "{}")
        self._since = since

    def lets_through(self, item: Candidate) -> bool:
        """Whether a release goes there."""
        if not self._all and item.channel not in self._channels:
            return False
        if self._since is None and not self._filter.data():
            return True
        said = native.kept(item.document)
        if self._since is not None and (said.version_created or self._since) < self._since:
            return False
        return self._filter.matches(Facts.of(said, item.issuer))
