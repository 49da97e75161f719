"""What an endpoint may come for: every publication that was due to it, in order, by a cursor.

A cursor that comes back to a ``pull`` or ``stream`` endpoint settles what was given out before it.
What is given out is noted first, in the store's order of writing: whatever is withdrawn after that
is withdrawn there, too. A crash in between leaves what was given out unsettled, to be given again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may
from dispaccio.access.roles import Action
from dispaccio.delivery import cursor
from dispaccio.delivery.carriers.pull import stream
from dispaccio.delivery.courier import Packed
from dispaccio.errors import EndpointNeeded, KeyNeeded, MalformedCursor, MalformedEndpoint
from dispaccio.release.state import Kind, Status
from dispaccio.store import catch_up, endpoints
from dispaccio.store.catch_up import Due
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.wire import edition
from dispaccio.wire.core import Wire
from dispaccio.wire.endpoints import found_for
from dispaccio.wire.parcels import Packer

SPAN = 2_000
"""How many public changes one page looks at, whatever is due of them."""
MOST = 500
"""How many deliveries a page has."""
_END = (1 << 63) - 1
_NOTICES = {Kind.WITHHOLD, Kind.WITHDRAWAL}
_TAKEN_BACK = {Status.WITHHELD: "release.withheld", Status.CANCELED: "release.withdrawn"}
_Made = tuple[dict[str, Any], str]


@dataclass(frozen=True, slots=True)
class Given:
    """One publication as it is given out: its cursor, and the webhook's payload.

    ``payload`` is ``{type, timestamp, data}``, with ``document`` for an endpoint that gets the
    full payload; ``last_word`` is set for a withdrawal.
    """

    cursor: str
    webhook_id: str
    state: str
    payload: dict[str, Any]
    last_word: bool

    def flat(self) -> dict[str, Any]:
        """The same as one level of JSON, with its cursor."""
        said = {name: value for name, value in self.payload.items() if name != "data"}
        known = {"cursor": self.cursor, "webhook_id": self.webhook_id, "state": self.state}
        return {**known, **said, **self.payload["data"]}


@dataclass(frozen=True, slots=True)
class Page:
    """Some publications, oldest first, and the cursor to go on from."""

    given: tuple[Given, ...]
    next: str
    seq: int
    """What the cursor stands for."""
    more: bool
    """Whether there may be more at once."""


class CatchUp:
    """Answers those who come for what is due to them, and anybody about what is public."""

    def __init__(self, wire: Wire) -> None:
        self._wire, self._packer = wire, Packer(wire)

    def endpoint(self, actor: Actor, id: str | None, *, streams: bool = False) -> EndpointRow:
        """The endpoint that is meant: the named one, or the only one that the actor has.

        Raises KeyNeeded, UnknownEndpoint, EndpointNeeded, and MalformedEndpoint for one whose
        carrier is no stream, where ``streams`` are asked for.
        """
        with self._wire.store.read(self._wire.clock.now()) as tx:
            row = found_for(tx, actor, id, Action.RECEIVE) if id is not None else _only(tx, actor)
        if streams and row.carrier != stream.name:
            raise MalformedEndpoint(
                f"The endpoint {row.id} has the carrier {row.carrier}, and only a stream is "
                f"streamed; GET /api/v1/deliveries?endpoint={row.id} gives what it missed."
            )
        return row

    def page(self, row: EndpointRow, after: str | None, limit: int) -> Page:
        """What was due to an endpoint after a cursor; without one, after what it took last.

        Raises MalformedCursor.
        """
        since = row.position if after is None else cursor.read(after, row.id)
        settles = row.gathers == "pull" and after is not None and since > row.position
        return self._page(row, since, limit, settles=settles)

    def further(self, row: EndpointRow, since: int, limit: int) -> Page:
        """The same after a change, of a stream that goes on: nobody came back, nothing settles."""
        return self._page(row, since, limit, settles=False)

    def _page(self, row: EndpointRow, since: int, limit: int, *, settles: bool) -> Page:
        with self._wire.store.read(self._wire.clock.now()) as tx:
            if since > max(catch_up.last(tx), row.position):
                raise MalformedCursor("The cursor is of something that is not there yet.")
            found, seq, more = _due(tx, row, since, limit)
            made = [self._made(tx, row, item) for item in found]
        if settles or any(not item.attempt for item in found):
            with self._wire.store.write(self._wire.clock.now()) as tx:
                if settles:
                    catch_up.settle(tx, row.key, row.position, since)
                again, seq, more = _due(tx, row, since, limit)
                if not _alike(found, again):
                    made = [self._made(tx, row, item) for item in again]
                found = again
                handed = [(item, sha) for item, (_, sha) in zip(found, made, strict=True)]
                catch_up.hand_out(tx, row.key, handed)
        given = tuple(
            _given(item, said, row.id) for item, (said, _) in zip(found, made, strict=True)
        )
        return Page(given, cursor.write(seq, row.id), seq, more)

    def public(self, after: int, limit: int) -> Page:
        """What became public after a change, for anybody: thin payloads; their cursors are bare."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            until = catch_up.span(tx, after, SPAN)
            found = catch_up.public(tx, after, until or _END, limit)
            seq, more = _where(tx, found, after, until, limit)
            made = [self._thin(tx, item) for item in found]
        given = tuple(
            Given(str(item.seq), _id(item), "", said, _is_last(item))
            for item, (said, _) in zip(found, made, strict=True)
        )
        return Page(given, str(seq), seq, more)

    def last(self) -> int:
        """The last public change."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            return catch_up.last(tx)

    def _made(self, tx: Tx, row: EndpointRow, item: Due) -> _Made:
        """The payload of a publication for an endpoint, and the SHA-256 of what it is given."""
        said, sha256 = self._thin(tx, item)
        if row.payload != "full" or _hidden(item):
            return said, sha256
        packed = self._packer.of(tx, item.revision, item.status, row.format, row.profile)
        if packed is None:
            return said, sha256
        return said | {"document": _document(row.format, packed)}, packed.sha256

    def _thin(self, tx: Tx, item: Due) -> _Made:
        """The thin payload; of what is taken back meanwhile, one without a word of its text."""
        if _hidden(item):
            status = Status(item.status)
            packed = self._packer.taken_back(tx, item.revision, status)
            changed = {"type": _TAKEN_BACK[status]}
        else:
            packed = self._packer.of(tx, item.revision, item.status, edition.THIN)
            changed = {}
        assert packed is not None  # what is public has its document
        return json.loads(packed.body) | changed, packed.sha256


def _only(tx: Tx, actor: Actor) -> EndpointRow:
    if not actor.person_id:
        raise KeyNeeded
    found = [
        row
        for name in actor.subscribers
        for row in endpoints.everyone(tx, name)
        if row.state != "gone" and may(actor, Action.RECEIVE, subscriber=name)
    ]
    if len(found) != 1:
        raise EndpointNeeded
    return found[0]


def _due(tx: Tx, row: EndpointRow, since: int, limit: int) -> tuple[list[Due], int, bool]:
    """A page of an endpoint: what was due, where it ends, and whether more may follow at once."""
    until = catch_up.span(tx, since, SPAN)
    found = catch_up.due(tx, row.key, since, until or _END, limit)
    return found, *_where(tx, found, since, until, limit)


def _where(
    tx: Tx, found: Sequence[Due], since: int, until: int | None, limit: int
) -> tuple[int, bool]:
    if len(found) == limit:
        return found[-1].seq, True
    if until is not None:
        return until, True
    return max(since, catch_up.last(tx)), False


def _alike(found: Sequence[Due], again: Sequence[Due]) -> bool:
    """Whether what was read before is still what may be shown."""
    return [(item.seq, item.status) for item in found] == [(i.seq, i.status) for i in again]


def _hidden(item: Due) -> bool:
    """Whether a text, which was taken back meanwhile."""
    return Status(item.status) in _TAKEN_BACK and Kind(item.kind) not in _NOTICES


def _is_last(item: Due) -> bool:
    return Kind(item.kind) is Kind.WITHDRAWAL


def _id(item: Due) -> str:
    return f"{item.release_id}.v{item.version}"


def _given(item: Due, said: dict[str, Any], endpoint: str) -> Given:
    state = item.state
    return Given(cursor.write(item.seq, endpoint), _id(item), state, said, _is_last(item))


def _document(format: str, packed: Packed) -> dict[str, str]:
    """A document inside JSON: its text, or base64 where its bytes are no UTF-8."""
    said = {"format": format, "media_type": packed.media_type, "sha256": packed.sha256}
    try:
        return said | {"text": packed.body.decode()}
    except UnicodeDecodeError:
        return said | {"base64": base64.b64encode(packed.body).decode()}
