"""The outbox: one row for each revision to each endpoint, written by the publishing transaction.

A lane is (release, endpoint). ``gate`` is 0 when everything before in the lane is settled, so a
correction never overtakes the original; 1 while something is not; 2 while the endpoint is switched
off. States: ``due``, ``leased``; settled are ``delivered``, ``superseded``, ``parked``,
``exhausted``, ``gone`` and ``to_human``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy import literal_column as literal

from dispaccio.store import endpoints
from dispaccio.store import outbox_sql as sql
from dispaccio.store.columns import microseconds
from dispaccio.store.delivery_tables import attempt, delivery
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.store.tables import release, revision


class Class(IntEnum):
    """The classes of delivery in the order in which they are served."""

    WITHDRAWAL = 0
    CORRECTION = 1
    ORIGINAL = 2
    RETRY = 3
    REPLAY = 4


UNSETTLED = ("due", "leased")
_WIDER = 4
"""So many times more rows are looked at than claimed, since one endpoint may have many."""

_ROW = tuple(
    delivery.c[name] == bindparam(f"of_{name}")
    for name in ("release", "endpoint", "version", "run")
)
_LEASE = (
    update(delivery)
    .where(*_ROW)
    .values(
        state="leased",
        attempt=bindparam("number"),
        lease_until=bindparam("until"),
        lease_token=bindparam("token"),
    )
)
_SETTLE = (
    update(delivery)
    .where(*_ROW, delivery.c.lease_token == bindparam("token"))
    .values(
        {
            "state": bindparam("ended"),
            "class": bindparam("as"),
            "due_at": bindparam("next"),
            "settled": bindparam("at"),
            "lease_token": None,
            "lease_until": None,
        }
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process may send until its lease ends."""

    release: int
    version: int
    run: int
    endpoint: int
    attempt: int
    class_: Class
    token: int


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent for a claim, and where it goes."""

    claim: Claim
    release_id: str
    ordinal: int
    revision: int
    kind: str
    status: str
    """The release's, now: what a revision shows depends on it."""
    endpoint: EndpointRow


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended. ``state`` is a settled state, or ``due`` with ``due_at`` to retry."""

    claim: Claim
    state: str
    due_at: datetime | None
    outcome: str
    status: int | None
    detail: str | None
    at: datetime
    took_ms: int
    sha256: str


def fan_out(
    tx: Tx,
    release_: int,
    version: int,
    *,
    channel: int | None,
    class_: Class,
    filters: Sequence[str] = (),
) -> int:
    """Write the deliveries of a newly public revision; how many there are.

    ``filters`` are those of the stored filters that let it through.
    """
    parameters = {
        "release": release_,
        "version": version,
        "class": int(class_),
        "channel": channel,
        "filters": list(filters),
        "now": microseconds(tx.now),
    }
    return int(tx.run(sql.FAN_OUT, parameters).rowcount)


def recall(tx: Tx, release_: int, version: int) -> int:
    """Write the deliveries of a withdrawal and cancel every earlier one that waits."""
    parameters = {"release": release_, "version": version, "now": microseconds(tx.now)}
    written = int(tx.run(sql.RECALL, parameters).rowcount)
    supersede(tx, release_, version)
    return written


def supersede(tx: Tx, release_: int, version: int) -> None:
    """Cancel what waits to be sent of the versions before this one."""
    tx.run(
        update(delivery)
        .where(
            delivery.c.release == release_,
            delivery.c.version < version,
            delivery.c.state == "due",
        )
        .values(state="superseded", settled=tx.now)
    )


def claim(tx: Tx, *, most: int, lease: timedelta, token: int) -> list[Claim]:
    """Take up to ``most`` due deliveries, one an endpoint; nobody else gets them in that time.

    ``token`` is a number that no other call bears: only who holds it settles what it claimed.
    """
    claims: dict[int, Claim] = {}
    for class_ in Class:
        for row in _claimable(tx, class_, most * _WIDER):
            release_, version, run, endpoint, attempts = row[:5]
            claimed = Claim(release_, version, run, endpoint, attempts + 1, class_, token)
            claims.setdefault(endpoint, claimed)
        if len(claims) >= most:
            break
    taken = list(claims.values())[:most]
    if taken:
        until = tx.now + lease
        tx.run(_LEASE, [_key(c) | {"number": c.attempt, "until": until} for c in taken])
    return taken


def _claimable(tx: Tx, class_: Class, most: int) -> list[Any]:
    """The rows of a class that may go; behind the front only where nothing in it may."""
    values = {"now": microseconds(tx.now), "class": int(class_), "most": most}
    front = tx.run(sql.CLAIM, values).all()
    found = [row for row in front if row.may]
    return found if found or len(front) < most else list(tx.run(sql.CLAIM_BEHIND, values))


def loads(tx: Tx, claims: Sequence[Claim]) -> list[Load]:
    """What to send for these claims."""
    where = endpoints.by_keys(tx, [item.endpoint for item in claims])
    found: dict[tuple[int, int], tuple[str, int, int, str, str]] = {}
    made = []
    for item in claims:
        key = (item.release, item.version)
        if key not in found:
            found[key] = _revision(tx, *key)
        made.append(Load(item, *found[key], where[item.endpoint]))
    return made


def release_expired(tx: Tx, *, everything: bool = False) -> int:
    """Give back deliveries whose lease ended; at start-up ``everything`` that was leased."""
    where = [delivery.c.state == literal("'leased'")]
    if not everything:
        where.append(delivery.c.lease_until < tx.now)
    done = tx.run(
        update(delivery)
        .where(*where)
        .values(state="due", due_at=tx.now, lease_token=None, lease_until=None)
    )
    if done.rowcount:
        tx.run(sql.DROP_STALE, {"now": microseconds(tx.now)})
        tx.run(sql.OPEN_GATES)
    return int(done.rowcount)


def settle(tx: Tx, settlements: Sequence[Settlement]) -> int:
    """Write down how attempts ended; how many of them still held their lease.

    The attempt is recorded in any case; a late worker's settlement changes no delivery.
    """
    if settlements:
        tx.run(insert(attempt), [_attempt(item) for item in settlements])
    held = 0
    for item in settlements:
        over = item.state not in UNSETTLED
        values = {"ended": item.state, "as": int(item.claim.class_), "next": item.due_at}
        values |= {"at": _ended(item) if over else None}
        if not over:
            values["as"] = _class_of_retry(item.claim)
        if not tx.run(_SETTLE, _key(item.claim) | values).rowcount:
            continue
        held += 1
        lane = {"release": item.claim.release, "endpoint": item.claim.endpoint}
        if not over:
            tx.run(sql.DROP_STALE_IN_LANE, lane | {"now": microseconds(_ended(item))})
        tx.run(sql.OPEN_GATE_OF_LANE, lane)
    return held


def hold(tx: Tx, endpoint: int) -> None:
    """Keep back what waits for an endpoint that is switched off."""
    tx.run(sql.HOLD, {"endpoint": endpoint})


def resume(tx: Tx, endpoint: int) -> None:
    """Let what waited for an endpoint go, in the order of its lanes."""
    tx.run(sql.RESUME, {"endpoint": endpoint})
    tx.run(sql.OPEN_GATES_OF_ENDPOINT, {"endpoint": endpoint})


def end(tx: Tx, endpoint: int) -> None:
    """Settle what waits for an endpoint that is gone for good."""
    tx.run(sql.END, {"endpoint": endpoint, "now": microseconds(tx.now)})


def next_due(tx: Tx) -> datetime | None:
    """When the next delivery is due or the next lease ends."""
    return min((when for when in tx.run(sql.NEXT_DUE).scalars() if when is not None), default=None)


def _ended(item: Settlement) -> datetime:
    return item.at + timedelta(milliseconds=item.took_ms)


def _class_of_retry(item: Claim) -> int:
    """A withdrawal keeps going first; anything else waits behind what is fresh."""
    return int(item.class_ if item.class_ is Class.WITHDRAWAL else Class.RETRY)


def _revision(tx: Tx, release_: int, version: int) -> tuple[str, int, int, str, str]:
    row = tx.run(
        select(release.c.id, release.c.ordinal, revision.c.key, revision.c.kind, release.c.status)
        .join(revision, revision.c.release == release.c.key)
        .where(release.c.key == release_, revision.c.version == version)
    ).one()
    return row[0], row[1], row[2], row[3], row[4]


def _key(item: Claim) -> dict[str, Any]:
    return {
        "of_release": item.release,
        "of_endpoint": item.endpoint,
        "of_version": item.version,
        "of_run": item.run,
        "token": item.token,
    }


def _attempt(item: Settlement) -> dict[str, Any]:
    return {
        "release": item.claim.release,
        "version": item.claim.version,
        "run": item.claim.run,
        "endpoint": item.claim.endpoint,
        "number": item.claim.attempt,
        "at": item.at,
        "took_ms": item.took_ms,
        "outcome": item.outcome,
        "status": item.status,
        "detail": item.detail,
        "sha256": item.sha256,
    }
