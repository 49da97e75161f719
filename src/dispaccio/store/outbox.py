"""The outbox: one row for each revision to each endpoint, written by the publishing transaction.

A lane is (release, endpoint). ``gate`` is 0 when everything before in the lane is settled, so a
correction never overtakes the original; 1 while something is not, or while an endpoint that wants
strict order has not got what came before; 2 while the endpoint is switched off; 3 where something
else than the courier takes it. States: ``due``; settled are ``delivered``, ``superseded``,
``parked``, ``exhausted``, ``gone`` and ``to_human``. What is being sent is due and has a lease, a
row of its own that ends with it; ``attempt`` counts the attempts that ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from dispaccio.store import batches, endpoints
from dispaccio.store import outbox_sql as sql
from dispaccio.store.columns import microseconds
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.store.one_step import POSTGRESQL, listed, run
from dispaccio.store.shards import SHARDS


class Class(IntEnum):
    """The classes of delivery in the order in which they are served."""

    WITHDRAWAL = 0
    CORRECTION = 1
    ORIGINAL = 2
    RETRY = 3
    REPLAY = 4


_WIDER = 4
"""So much more, a fourth, is looked at than claimed, since one endpoint may have many."""
_FEW = 64
"""If fewer than so many may go, it is looked behind the front."""
_BEHIND = 1024
"""At so many endpoints at least, since thousands of those that take nothing may be of one host."""
_FOREVER = 2**62

Due = Sequence[int]
"""A row that is due: release, version, run, endpoint, attempts so far, class."""
Choose = Callable[[Sequence[Due], int], Sequence[Due]]
"""Takes rows in the order of their urgency, and gives up to so many of them that go now."""


class Claim(NamedTuple):
    """A delivery that this process may send until its lease ends."""

    release: int
    version: int
    run: int
    endpoint: int
    attempt: int
    class_: int
    """As in ``Class``."""
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


class Settlement(NamedTuple):
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
    order: tuple[int, int] = (1, 0),
) -> int:
    """Write the deliveries of a newly public revision; how many there are.

    ``filters`` are those of the stored filters that let it through; ``order`` are the two numbers
    that draw who is first (below 2³¹ - 1).
    """
    now = microseconds(tx.now)
    parameters = {
        "release": release_,
        "version": version,
        "class": int(class_),
        "channel": channel,
        "filters": list(filters),
        "now": now,
        "a": order[0],
        "b": order[1],
    }
    written = int(tx.run(sql.FAN_OUT, parameters).rowcount)
    hint(tx)
    if version > 1:
        later = {"release": release_, "version": version, "now": now}
        if tx.run(sql.LATEST, later).rowcount:
            tx.run(sql.OPEN_GATES_OF_RELEASE, {"release": release_})
            _open_ordered(tx)
    return written


def recall(tx: Tx, release_: int, version: int) -> int:
    """Write the deliveries of a withdrawal and cancel every earlier one that waits."""
    parameters = {"release": release_, "version": version, "now": microseconds(tx.now)}
    written = int(tx.run(sql.RECALL, parameters).rowcount)
    supersede(tx, release_, version)
    hint(tx)
    return written


def hint(tx: Tx) -> None:
    """Let couriers elsewhere look at once, when this is committed; they would soon do so anyway."""
    if tx.dialect == POSTGRESQL:
        tx.run(sql.HINT)


def supersede(tx: Tx, release_: int, version: int) -> None:
    """Cancel what waits to be sent of the versions before this one."""
    tx.run(sql.SUPERSEDE, {"release": release_, "version": version, "now": microseconds(tx.now)})
    _open_ordered(tx)


def one_each(due: Sequence[Due], most: int) -> list[Due]:
    """Choose the first row of every endpoint."""
    return list({item[3]: item for item in reversed(due)}.values())[::-1][:most]


def claim(
    tx: Tx,
    *,
    most: int,
    lease: timedelta,
    token: int,
    choose: Choose = one_each,
    shut: Callable[[], Sequence[int] | None] = tuple,
) -> list[Claim]:
    """Take up to ``most`` deliveries that are due; nobody else gets them in that time.

    Args:
        tx: the transaction.
        most: how many.
        lease: how long.
        token: a number that no other call bears: it says whose a lease is.
        choose: which of the rows that are due may go now.
        shut: the endpoints of which none may go now, asked for where they fill the front; None if
            it is of no use to look behind them.
    """
    width = most + most // _WIDER
    values = {"now": microseconds(tx.now), "most": width}
    front = listed(tx, sql.CLAIM, values)
    chosen = choose(front, most)
    if len(chosen) < min(_FEW, (most + 1) // 2) and len(front) == width:
        closed = shut()
        if closed is not None:
            found = {tuple(item): item for item in front}
            found |= _behind(tx, closed, max(width, _BEHIND))
            chosen = choose(sorted(found.values(), key=lambda item: item[5]), most)
    rows = [item[:4] for item in chosen]
    if take(tx, rows, lease, token) < len(rows):  # of two who believe that a shard is theirs
        ours = set(map(tuple, listed(tx, sql.HELD, {"token": token})))
        chosen = [item for item in chosen if tuple(item[:4]) in ours]
    return [Claim(r, v, run, e, count + 1, c, token) for r, v, run, e, count, c in chosen]


def take(tx: Tx, rows: Sequence[Sequence[int]], lease: timedelta, token: int) -> int:
    """Lease rows of (release, version, run, endpoint); how many nobody else had meanwhile."""
    values = microseconds(tx.now + lease), token
    return batches.run(tx, sql.LEASE, sql.LEASE_TYPES, rows, values)


def _behind(tx: Tx, shut: Sequence[int], most: int) -> dict[tuple[int, ...], list[int]]:
    """The first row of each endpoint that is not among these, the most urgent class first."""
    values = {"now": microseconds(tx.now), "most": most, "shut": json.dumps(list(shut))}
    found = (listed(tx, sql.CLAIM_BEHIND, values | {"class": int(item)}) for item in Class)
    return {tuple(row): row for rows in found for row in rows}


class Said(NamedTuple):
    """A revision that is on its way, as the courier needs to know it."""

    release_id: str
    ordinal: int
    revision: int
    kind: str
    status: str


def revisions(tx: Tx, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Said]:
    """Revisions by release and version."""
    rows = listed(tx, sql.REVISIONS, {"rows": json.dumps(list(wanted))})
    return {(row[0], row[1]): Said(*row[2:]) for row in rows}


def loads(tx: Tx, claims: Sequence[Claim]) -> list[Load]:
    """What to send for these claims."""
    where = endpoints.by_keys(tx, [item.endpoint for item in claims])
    said = revisions(tx, {(item.release, item.version) for item in claims})
    return [Load(c, *said[c.release, c.version], where[c.endpoint]) for c in claims]


def prolong(tx: Tx, claim: Claim, lease: timedelta) -> bool:
    """Keep a delivery for longer, from now on.

    False where somebody else has it by now, and where its release was taken back meanwhile: the
    notice that says so waits for this one to end.
    """
    values = claim._asdict() | {"until": microseconds(tx.now + lease)}
    return bool(tx.run(sql.PROLONG, values).rowcount)


def release_expired(tx: Tx, *, everything: bool = False) -> int:
    """Give back deliveries whose lease ended; at start-up ``everything`` that was leased."""
    now = microseconds(tx.now)
    before = _FOREVER if everything else now
    done = run(tx, sql.EXPIRE, {"now": now, "before": before})
    if done.rowcount:
        run(tx, sql.END_EXPIRED, {"before": before})
        _go_on(tx)
    return int(done.rowcount)


def give_back(tx: Tx, claims: Sequence[Claim]) -> None:
    """End the leases of deliveries that were not begun, so that somebody else may take them now."""
    if claims:
        leases = [(*claim[:4], claim.token) for claim in claims]
        batches.run(tx, sql.END_LEASES, sql.END_LEASES_TYPES, leases)
        _go_on(tx)
        hint(tx)


def _go_on(tx: Tx) -> None:
    """What was leased is so no more: drop what is not to be sent, let what waited for it go."""
    run(tx, sql.DROP_STALE, {"now": microseconds(tx.now)})
    run(tx, sql.OPEN_GATES, {})
    _open_ordered(tx)


def settle(tx: Tx, settlements: Sequence[Settlement]) -> int:
    """Write down how attempts ended; how many of them still held their lease.

    The attempt is recorded in any case; a late worker's settlement changes no delivery.
    """
    if not settlements:
        return 0
    # In the order of the rows: neighbours share pages, and a page is found and written once.
    settlements = sorted(settlements, key=_place)
    at = [microseconds(item.at) for item in settlements]
    done = list(zip(settlements, at, strict=True))
    batches.run(tx, sql.ATTEMPTS, sql.ATTEMPTS_TYPES, [_attempt(*item) for item in done])
    taken = [_taken(*item) for item in done if item[0].state == "delivered"]
    others = [_end(*item) for item in done if item[0].state != "delivered"]
    held = batches.run(tx, sql.TAKEN, sql.TAKEN_TYPES, taken)
    held += batches.run(tx, sql.SETTLE, sql.SETTLE_TYPES, others)
    leases = [(*item.claim[:4], item.claim.token) for item in settlements]
    batches.run(tx, sql.END_LEASES, sql.END_LEASES_TYPES, leases)
    for item in settlements:
        if item.state == "due":
            lane = {"release": item.claim.release, "endpoint": item.claim.endpoint}
            run(tx, sql.DROP_STALE_IN_LANE, lane | {"now": microseconds(_ended(item))})
    if tx.run(sql.ANY_WAITS).scalar_one():
        lanes = json.dumps([(item.claim.release, item.claim.endpoint) for item in settlements])
        run(tx, sql.OPEN_GATES_OF_LANES, {"rows": lanes})
        _open_ordered(tx, {item.claim.endpoint for item in settlements})
    return held


def _open_ordered(tx: Tx, settled: Iterable[int] = ()) -> None:
    """Let the next one go to each endpoint that wants strict order, if nothing is before it.

    Of a courier among several: to each of its own, and where it ``settled`` what it has had since
    before somebody else took the endpoint over.
    """
    ordered = set(run(tx, sql.ORDERED, {}).scalars())
    if tx.shards is not None:
        ordered |= {key for key in settled if key % SHARDS not in tx.shards}
    for endpoint in sorted(ordered):
        tx.run(sql.OPEN_NEXT, {"endpoint": endpoint})


def hold(tx: Tx, endpoint: int) -> None:
    """Keep back what waits for an endpoint that is switched off; a withdrawal goes to a human."""
    tx.run(sql.TO_HUMAN, {"endpoint": endpoint, "now": microseconds(tx.now)})
    tx.run(sql.HOLD, {"endpoint": endpoint})


def resume(tx: Tx, endpoint: int) -> None:
    """Let what waited for an endpoint go, in the order of its lanes."""
    tx.run(sql.RESUME, {"endpoint": endpoint})
    reopen(tx, endpoint)


def reopen(tx: Tx, endpoint: int) -> None:
    """Open the gates of an endpoint that need not be shut, as when it gives up strict order."""
    tx.run(sql.OPEN_GATES_OF_ENDPOINT, {"endpoint": endpoint})
    _open_ordered(tx)


def end(tx: Tx, endpoint: int) -> None:
    """Settle what waits for an endpoint that is gone for good."""
    tx.run(sql.END, {"endpoint": endpoint, "now": microseconds(tx.now)})


def next_due(tx: Tx) -> datetime | None:
    """When the next delivery is due or the next lease ends."""
    found = run(tx, sql.NEXT_DUE, {}).scalars()
    return min((when for when in found if when is not None), default=None)


def _place(item: Settlement) -> Claim:
    return item.claim


def _ended(item: Settlement) -> datetime:
    return item.at + timedelta(milliseconds=item.took_ms)


def _attempt(item: Settlement, at: int) -> tuple[Any, ...]:
    claim, _, _, outcome, status, detail, _, took_ms, sha256 = item
    return (*claim[:5], at, took_ms, outcome, status, detail, sha256)


def _taken(item: Settlement, at: int) -> tuple[int, ...]:
    claim = item.claim
    return (*claim[:5], at + 1000 * item.took_ms)


def _end(item: Settlement, at: int) -> tuple[Any, ...]:
    claim, class_ = item.claim, item.claim.class_
    if item.state != "due":
        settled = at + 1000 * item.took_ms
        return (*claim[:5], item.state, int(class_), None, settled)
    if class_ != Class.WITHDRAWAL:
        class_ = Class.RETRY  # behind what is fresh; only a withdrawal keeps going first
    due = None if item.due_at is None else microseconds(item.due_at)
    return (*claim[:5], item.state, int(class_), due, None)
