"""Who has a release: receipts, how fast, who may still hold what was taken back."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.delivery.carriers.registry import carriers
from dispaccio.errors import KeyNeeded, NotPublished, TimeOutOfRange, UnknownDelivery
from dispaccio.release.canonical import write_instant
from dispaccio.release.state import Kind
from dispaccio.store import endpoints, events, receipts, releases, reports
from dispaccio.store.engine import Tx
from dispaccio.store.receipts import DeliveryRow, Holder
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.store.reports import Standing
from dispaccio.wire import press
from dispaccio.wire.core import Wire, find_for
from dispaccio.wire.endpoints import PULLED
from dispaccio.wire.report import summary
from dispaccio.words import say

RECALLING = frozenset({Kind.CORRECTION, Kind.REFILE, Kind.WITHHOLD, Kind.WITHDRAWAL})
"""The kinds after which whoever holds an earlier revision has to hear of it."""
UNREACHABLE = frozenset({"parked", "exhausted", "gone", "to_human"})
AHEAD = timedelta(minutes=5)
"""So far may a receiver's clock be ahead of ours."""
MOST_QUEUED = 1_000
POINTS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """Which deliveries of a report are wanted: ``most`` from the ``first`` on, counted from 0.

    ``words``: only of subscribers whose name holds that, or at an address that does.
    """

    words: str = ""
    first: int = 0
    most: int = 100


def report(wire: Wire, actor: Actor, ref: str, part: Part | None = None) -> dict[str, Any]:
    """Who has a release: for each version totals and times, whom it recalls, and every delivery.

    Times are milliseconds from the release time; endpoints are counted once, by the best that any
    run brought them. With a ``part`` there are these deliveries alone, and one more where others
    follow. Raises what ``find_for`` raises, NotAllowed, and NotPublished for what nobody was to
    get yet.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.READ_DELIVERIES, issuer=row.issuer)
        _require_public(row)
        whole = may(actor, Action.READ_STATUS)
        rows = _rows(tx, actor, row, part, whole=whole)
        standing = reports.standing(tx, [row.key])
        public = [item for item in releases.published_revisions(tx, row.key) if item.version]
        times = {item.version: receipts.taken(tx, row.key, item.version or 0) for item in public}
        holders = {
            item.version: [
                replace(one, address=press.HIDDEN)
                if press.hides(actor, row.issuer, one.subscriber)
                else replace(one, address=_short(one.address, one.subscriber, whole=whole))
                for one in receipts.holders(tx, row.key, item.version or 0)
            ]
            for item in public
            if Kind(item.kind) in RECALLING
        }
    versions = [
        _version(
            item,
            standing.get((row.key, item.version or 0), Standing()),
            times[item.version],
            holders.get(item.version),
        )
        for item in public
    ]
    return summary(wire, row) | {
        "receipts_mean": _words(rows),
        "versions": versions,
        "deliveries": [_delivery(item) for item in rows],
    }


def require_report(wire: Wire, actor: Actor, ref: str) -> str:
    """The number of a release whose report the actor may have. Raises what ``report`` raises."""
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.READ_DELIVERIES, issuer=row.issuer)
        _require_public(row)
    return wire.number(row.ordinal or 0)


def acknowledge(
    wire: Wire,
    actor: Actor,
    ref: str,
    *,
    applied: bool,
    url: str | None = None,
    removed_at: datetime | None = None,
    endpoint: str | None = None,
) -> dict[str, Any]:
    """Keep what a receiver did with a revision that it was sent: reports show that first.

    ``ref`` is the delivery by its ``webhook-id``, ``<id>.v<n>``; ``applied`` says whether it was
    used, or for a withdrawal removed, ``url`` where it stands; ``endpoint`` which one it came by,
    without it every one of the actor's own that took it. Raises KeyNeeded, UnknownDelivery
    for what was not sent to an endpoint of the actor's, or TimeOutOfRange for a ``removed_at``
    before the release was public, or in the future.
    """
    if not actor.person_id:
        raise KeyNeeded
    id, _, number = ref.partition(".v")
    said = {"applied": applied, "url": url, "removed_at": removed_at}
    with wire.store.write(wire.clock.now()) as tx:
        row = releases.by_id(tx, id)
        version = int(number) if re.fullmatch(r"[1-9][0-9]{0,8}", number) else 0
        mine = [
            to
            for name in sorted(actor.subscribers)
            if may(actor, Action.RECEIVE, subscriber=name)
            for to in endpoints.everyone(tx, name)
            if endpoint in (None, to.id)
        ]
        done = [
            to.id
            for to in mine
            if row
            and receipts.acknowledge(tx, row.key, version, to.key, said, named=bool(endpoint))
        ]
        if row is None or not done:
            raise UnknownDelivery(
                say("Nothing was sent to an endpoint of yours as {ref}.", ref=repr(ref[:80]))
            )
        _require_possible(row, removed_at, tx.now)
        detail = {"version": version, "endpoints": done, "applied": applied}
        events.append(tx, "acknowledged", actor.name, release=row.key, detail=detail)
    return {"delivery": ref, "endpoints": done, "applied": applied}


def _rows(
    tx: Tx, actor: Actor, row: ReleaseRow, part: Part | None, *, whole: bool
) -> list[DeliveryRow]:
    """The deliveries of a release, without what is none of the actor's business."""
    if part is None:
        found = receipts.of_release(tx, row.key)
    else:
        own = may(actor, Action.MANAGE_RECIPIENTS, issuer=row.issuer)
        found = reports.page(
            tx, row.key, part.words, part.first, part.most + 1, others=whole, press=own
        )
    found = press.seen_by(actor, row.issuer, found)
    return found if whole else [_for_issuer(item) for item in found]


def counted(standing: Standing) -> dict[str, Any]:
    """How endpoints stand to a version, as reports give it."""
    said: dict[str, Any] = {"deliveries": standing.endpoints, "states": standing.states}
    return said | ({"retrying": standing.retrying} if standing.retrying else {})


def _require_public(row: ReleaseRow) -> None:
    if row.ordinal is None:
        raise NotPublished(
            say(
                "The release {id} is not published, so it was sent to nobody; `dispaccio "
                "show {id}` says how it stands.",
                id=row.id,
            )
        )


def _require_possible(row: ReleaseRow, removed_at: datetime | None, now: datetime) -> None:
    """Nothing, if that can have been removed then."""
    if removed_at is None:
        return
    public = row.first_created
    if (public is not None and removed_at < public) or removed_at > now + AHEAD:
        raise TimeOutOfRange(
            say(
                "removed_at: the release was removed after {public}, when it became public, and "
                "before now; that is not {removed}.",
                public=write_instant(public),
                removed=write_instant(removed_at),
            )
            if public
            else say(
                "removed_at: the release was removed before now; that is not {removed}.",
                removed=write_instant(removed_at),
            )
        )


def for_persons(wire: Wire, actor: Actor) -> list[dict[str, Any]]:
    """Whom a person has to tell of a withdrawal, the longest waiting first.

    Raises KeyNeeded or NotAllowed.
    """
    require(actor, Action.TELL_OF_WITHDRAWALS)
    with wire.store.read(wire.clock.now()) as tx:
        rows = receipts.waiting_for_a_person(tx, MOST_QUEUED)
    names = ("version", "endpoint", "subscriber", "carrier", "address")
    return [
        {
            "number": wire.number(ordinal),
            **dict(zip(names, said, strict=True)),
            **({"address": press.HIDDEN} if press.hides(actor, None, said[2]) else {}),
            "since": write_instant(since),
            "last_answer": detail,
        }
        for ordinal, *said, since, detail in rows
    ]


def told(wire: Wire, actor: Actor, ref: str, endpoint: str, how: str) -> None:
    """Record that a person told a subscriber of a withdrawal, and how: then it is off the list.

    Raises what ``find_for`` raises, NotAllowed, UnknownDelivery.
    """
    require(actor, Action.TELL_OF_WITHDRAWALS)
    with wire.store.write(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        if not receipts.told(tx, row.key, row.version or 0, endpoint):
            raise UnknownDelivery(
                say(
                    "No person has to tell {endpoint} of the withdrawal of {ref}; `dispaccio "
                    "recall list` shows whom one has to.",
                    endpoint=endpoint,
                    ref=ref,
                )
            )
        detail = {"endpoint": endpoint, "how": how}
        events.append(tx, "told_by_a_person", actor.name, release=row.key, detail=detail)
    wire.tell()


def _is_tried(item: DeliveryRow) -> bool:
    """Whether the wire tries again by itself: what a receiver fetches waits for it."""
    return item.state == "due" and item.carrier not in PULLED


def _for_issuer(item: DeliveryRow) -> DeliveryRow:
    """A delivery as the issuer's people see it: not what another's server is called inside."""
    short = _short(item.address, item.subscriber, whole=False)
    return item if short == item.address else replace(item, address=short, detail=None)


def _short(address: str, subscriber: str, *, whole: bool) -> str:
    """An address without what may be a secret in it: path, query, the name before the ``@``."""
    if whole or "/" in subscriber:
        return address
    where = urlsplit(address)
    if where.hostname:
        return f"{where.scheme}://{where.hostname}/…"
    return f"…@{address.rpartition('@')[2]}" if "@" in address else address


def _version(
    revision: RevisionRow,
    standing: Standing,
    taken: receipts.Taken,
    holders: list[Holder] | None,
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "version": revision.version,
        "kind": revision.kind,
        "published": revision.published and write_instant(revision.published),
        **counted(standing),
    }
    if taken.times and revision.published:
        said |= _times(revision.published, taken.times)
    if taken.untimed:
        said["untimed"] = taken.untimed
    said["sentence"] = _sentence(revision, said)
    if holders is not None:
        said["recall"] = _recall(holders)
    return said


def _times(published: datetime, times: list[tuple[datetime, int]]) -> dict[str, Any]:
    """When it began to reach the first, and was taken by the median, p99 and last, in ms."""
    began = [(at - published).total_seconds() * 1000 for at, _ in times]
    ended = sorted(start + took for start, (_, took) in zip(began, times, strict=True))
    return {
        "first_ms": round(min(began), 1),
        "median_ms": round(median(ended), 1),
        "p99_ms": round(ended[min(len(ended) - 1, int(len(ended) * 0.99))], 1),
        "last_ms": round(ended[-1], 1),
        "skew_ms": round(ended[-1] - ended[0], 1),
        "curve": _curve(ended),
    }


def _curve(ended: list[float]) -> list[tuple[float, int]]:
    """How many had it after how many ms, in up to ``POINTS`` steps."""
    step = max(1, -(-len(ended) // POINTS))
    marks = [*range(step, len(ended), step), len(ended)]
    return [(round(ended[count - 1], 1), count) for count in marks]


def _sentence(revision: RevisionRow, said: dict[str, Any]) -> str:
    """What the report says of a version in one line."""
    assert revision.published is not None
    when = write_instant(revision.published)[11:].rstrip("Z")
    began = f"{revision.kind.replace('_', ' ').capitalize()} at {when} UTC"
    if not said["deliveries"]:
        return f"{began}; nobody was to get it."
    have = said["states"].get("delivered", 0)
    parts = [began, f"{have:,} of {said['deliveries']:,} endpoints have it"]
    waiting = sum(said["states"].get(state, 0) for state in ("due", "leased"))
    lost = sum(said["states"].get(state, 0) for state in UNREACHABLE)
    parts += [f"{waiting:,} on their way"] if waiting else []
    parts += [f"{lost:,} could not be reached"] if lost else []
    if "median_ms" in said:
        parts.append(f"median {_spell(said['median_ms'])}, slowest {_spell(said['last_ms'])}")
    if said.get("untimed"):
        parts.append(f"not timed, since they fetch or gather: {said['untimed']:,}")
    return "; ".join(parts) + "."


def _spell(ms: float) -> str:
    return f"{ms:,.0f} ms" if ms < 1000 else f"{ms / 1000:,.1f} s"


def _recall(holders: list[Holder]) -> dict[str, Any]:
    """Everyone who may hold an earlier revision, by what is known of them."""
    named = [
        {"endpoint": item.endpoint, "subscriber": item.subscriber, "address": item.address}
        | _reached(item)
        for item in holders
    ]
    return {
        "holders": len(named),
        "states": dict(Counter(item["state"] for item in named)),
        "open": [item for item in named if item["state"] in ("pending", "unreachable")],
        "silent": [item for item in named if item["state"] == "received"],
        "confirmed": [item for item in named if item["state"] == "acknowledged"],
        "unknown": "whoever read it in a feed, on a page or in the public stream",
    }


def _reached(item: Holder) -> dict[str, Any]:
    if item.acknowledged is not None and item.applied:
        said = {"state": "acknowledged", "at": write_instant(item.acknowledged)}
        more = {"url": item.url, "removed_at": item.removed_at and write_instant(item.removed_at)}
        return said | {name: value for name, value in more.items() if value}
    if item.state == "told":
        return {"state": "acknowledged", "by": "a person told them"}
    if item.state == "delivered":
        return {"state": "received", "at": item.settled and write_instant(item.settled)}
    if item.state is None or item.state in UNREACHABLE:
        return {"state": "unreachable"}
    return {"state": "pending"}


def _words(rows: list[DeliveryRow]) -> dict[str, str]:
    """What a receipt means, for each carrier that these deliveries go by."""
    known = carriers()
    return {
        name: known[name].receipt_words
        for name in sorted({row.carrier for row in rows})
        if name in known
    }


def _delivery(item: DeliveryRow) -> dict[str, Any]:
    said = {
        "version": item.version,
        "run": item.run or None,
        "endpoint": item.endpoint,
        "subscriber": item.subscriber,
        "carrier": item.carrier,
        "address": item.address,
        "state": item.state,
        "attempts": item.attempt,
        "next_try": write_instant(item.due_at) if item.due_at and _is_tried(item) else None,
        "settled": write_instant(item.settled) if item.settled else None,
        "outcome": item.outcome,
        "status": item.status,
        "detail": item.detail,
        "sha256": item.sha256,
        "acknowledged": item.acknowledged and write_instant(item.acknowledged),
        "applied": item.applied,
        "url": item.url,
        "removed_at": item.removed_at and write_instant(item.removed_at),
    }
    return {name: value for name, value in said.items() if value is not None}
