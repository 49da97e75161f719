"""Delivery reports: how many endpoints stand how to a version, and a page of the deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, text

from dispaccio.store.columns import microseconds
from dispaccio.store.engine import Tx
from dispaccio.store.receipts import TYPES, WITH_LAST_ATTEMPT, DeliveryRow

STATES = (
    "delivered",
    "told",
    "leased",
    "due",
    "superseded",
    "to_human",
    "parked",
    "exhausted",
    "gone",
)
"""The states of a delivery, the best first: an endpoint has what the best of its runs brought."""
_RANK = " ".join(f"WHEN '{state}' THEN {rank}" for rank, state in enumerate(STATES))
_TROUBLE = (
    "CASE d.state WHEN 'to_human' THEN 0 WHEN 'parked' THEN 1 WHEN 'exhausted' THEN 1 "
    "WHEN 'gone' THEN 1 WHEN 'due' THEN 2 WHEN 'leased' THEN 2 WHEN 'superseded' THEN 4 ELSE 3 END"
)

_STANDING = text(
    # What a digest or a pull takes is not tried by the wire, so it is not tried again either.
    f"""
    SELECT release, version, rank, COUNT(*), SUM(again)
    FROM (SELECT d.release AS release, d.version AS version,
                 MIN(CASE d.state {_RANK} END) AS rank,
                 MAX(CASE WHEN d.state = 'due' AND d.attempt > 0 AND d.gate <> 3 THEN 1 ELSE 0 END)
                     AS again
          FROM delivery d WHERE d.release IN :releases
          GROUP BY d.release, d.endpoint, d.version) s
    GROUP BY release, version, rank
    """  # noqa: S608  # put together from the lines here alone
).bindparams(bindparam("releases", expanding=True))

_PAGE = text(
    # Newest version first, and in each what needs somebody first. An address is looked for only
    # where it is shown whole: those of a press list to its issuer, all others to the operator.
    WITH_LAST_ATTEMPT.format(
        deliveries=f"""
        (SELECT d.*, {_TROUBLE} AS trouble
         FROM delivery d
         JOIN endpoint e ON e.key = d.endpoint JOIN subscriber s ON s.key = e.subscriber
         WHERE d.release = :release
           AND (LOWER(s.slug) LIKE LOWER(:words) ESCAPE '!'
                OR LOWER(s.name) LIKE LOWER(:words) ESCAPE '!'
                OR (LOWER(e.address) LIKE LOWER(:words) ESCAPE '!'
                    AND CASE WHEN s.issuer IS NULL THEN :others ELSE :press END = 1))
         ORDER BY d.version DESC, {_TROUBLE}, s.slug, e.key, d.run DESC
         LIMIT :most OFFSET :first)
        """,  # noqa: S608  # put together from the lines here alone
        order="d.version DESC, d.trouble, s.slug, e.key, d.run DESC",
    )
).columns(**TYPES)


_CAME = text(
    """
    SELECT d.endpoint, COUNT(DISTINCT d.release),
           COUNT(DISTINCT CASE WHEN d.state = 'delivered' THEN d.release END)
    FROM release r JOIN delivery d ON d.release = r.key AND d.endpoint IN :endpoints
    WHERE r.archive = :no AND r.first_created >= :since
    GROUP BY d.endpoint
    """
).bindparams(bindparam("endpoints", expanding=True))


@dataclass(frozen=True, slots=True)
class Standing:
    """How the endpoints of a version stand: their number by state; ``retrying`` are tried again."""

    states: dict[str, int] = field(default_factory=dict)
    retrying: int = 0

    @property
    def endpoints(self) -> int:
        """How many there are."""
        return sum(self.states.values())


def standing(tx: Tx, releases: Sequence[int]) -> dict[tuple[int, int], Standing]:
    """How endpoints stand to the versions of some releases, by key of the release and version."""
    found: dict[tuple[int, int], Standing] = {}
    if not releases:
        return found
    for release, version, rank, count, again in tx.run(_STANDING, {"releases": list(releases)}):
        before = found.get((release, version), Standing())
        state = STATES[rank]
        retrying = before.retrying + (int(again) if state == "due" else 0)
        found[release, version] = Standing(before.states | {state: count}, retrying)
    return found


def came(tx: Tx, endpoints: Sequence[int], since: datetime) -> dict[int, tuple[int, int]]:
    """How many releases since then were for each endpoint, and how many of them it has, by key."""
    if not endpoints:
        return {}
    values = {"endpoints": list(endpoints), "since": microseconds(since), "no": False}
    return {row[0]: (row[1], row[2]) for row in tx.run(_CAME, values)}


def page(
    tx: Tx, release: int, words: str, first: int, most: int, *, others: bool, press: bool
) -> list[DeliveryRow]:
    """Some deliveries of a release with their last attempts, from the ``first`` on, counted from 0.

    They go to subscribers whose name holds the words; ``others`` and ``press``: or to an address
    that does, of subscribers and of the press list.
    """
    escaped = "".join(f"!{c}" if c in "!%_" else c for c in words)
    values = {
        "release": release,
        "words": f"%{escaped}%",
        "others": int(others),
        "press": int(press),
        "most": most,
        "first": first,
    }
    return [DeliveryRow(*row) for row in tx.run(_PAGE, values)]
