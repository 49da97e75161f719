"""The statements of the outbox, each with what it is for.

What gives many rows does it as one JSON text, and what takes many as ``VALUES`` (``batches``):
then a statement is one step of the database, in which the interpreter is free for the requests
that are on their way.
"""

from __future__ import annotations

from sqlalchemy import Text, bindparam, column, text

from dispaccio.store.columns import Instant
from dispaccio.store.one_step import both
from dispaccio.store.shards import CHANNEL

_CLASSES = range(5)
_UNSETTLED = (
    # Says where ix_delivery_watched has what is not settled at an endpoint.
    "w.state = 'due' AND w.state NOT IN ('delivered', 'superseded') "
    "AND w.gate IN (0, 1, 2) AND w.class IN (0, 1, 2, 3, 4)"
)


def leased(row: str) -> str:
    """Whether a row of ``delivery``, by its name in a statement, is being sent."""
    return (
        f"EXISTS (SELECT 1 FROM lease l WHERE l.release = {row}.release "  # noqa: S608  # a name
        f"AND l.endpoint = {row}.endpoint AND l.version = {row}.version AND l.run = {row}.run)"
    )


_FREE = f"state = 'due' AND NOT {leased('delivery')}"
"""Waits, and nobody is sending it."""
MAY_HOLD = f"""
    ({leased("d")}
     OR d.attempt > (SELECT COUNT(*) FROM attempt a
                     WHERE a.release = d.release AND a.endpoint = d.endpoint
                       AND a.version = d.version AND a.run = d.run
                       AND (a.outcome IN ('unsent', 'refused', 'bounced')
                            OR (a.outcome = 'answered' AND a.status BETWEEN 300 AND 499))))
    """  # noqa: S608  # put together from the lines above alone
"""Whether a delivery ``d`` is being sent, or more attempts at it ended than certainly failed.

What ended and is not written down was broken off by a crash; a receiver that answered 5xx, or
nothing, may have kept what it got.
"""
FAN_OUT = text(
    # Everyone subscribed now, and for a later revision everyone who may hold an earlier one.
    # A row whose lane has an unsettled earlier version waits behind the gate (1), and so does one
    # of an endpoint that wants strict order and has not got everything; what is for an
    # endpoint that is switched off waits until it is switched on (2); what a digest or a pull
    # takes is not sent by itself (3). A press list gets what its groups were chosen for.
    # Who is first is drawn by the numbers a and b, within eight thousandths of a second before
    # now; those known to be slow come behind the others.
    f"""
    INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, due_at)
    SELECT :release, :version, 0, e.key, 'due', :class,
           CASE WHEN e.gathers IS NOT NULL THEN 3
                WHEN e.state <> 'active' THEN 2
                WHEN EXISTS (SELECT 1 FROM delivery w
                             WHERE w.release = :release AND w.endpoint = e.key
                               AND w.state = 'due') THEN 1
                WHEN e.ordered AND EXISTS (SELECT 1 FROM delivery w WHERE {_UNSETTLED}
                                           AND w.endpoint = e.key) THEN 1
                ELSE 0 END,
           0, :now - 8192 + (e.key * :a + :b) % 2147483647 % 4096
              + CASE WHEN e.slow_ms > 250 THEN 4096 ELSE 0 END
    FROM endpoint e
    WHERE e.state NOT IN ('gone', 'unconfirmed') AND (e.expires IS NULL OR e.expires > :now)
      AND (EXISTS (SELECT 1 FROM subscription s WHERE s.endpoint = e.key
                   AND (s.channel IS NULL OR s.channel = :channel)
                   AND (s.filter IS NULL OR s.filter IN :filters))
           OR EXISTS (SELECT 1 FROM recipient_group g
                      JOIN release_group w ON w.name = g.name AND w.release = :release
                      JOIN release r ON r.key = w.release
                      JOIN subscriber o ON o.issuer = r.issuer
                      WHERE g.endpoint = e.key AND o.key = e.subscriber)
           OR EXISTS (SELECT 1 FROM delivery d WHERE d.release = :release AND d.endpoint = e.key
                      AND {MAY_HOLD}))
    """  # noqa: S608  # put together from the lines here alone
).bindparams(bindparam("filters", expanding=True, type_=Text))

RECALL = text(
    # A withdrawal goes to every endpoint that may have got anything: taken, perhaps taken, or being
    # sent now. Where every attempt certainly failed, there is nothing to take back.
    # It waits only for a request that is on its way, so that the text cannot come in behind it.
    # An endpoint that was switched off meanwhile is not forgotten: its row goes to a human. Who
    # left the hub is somebody that no human knows.
    f"""
    INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, due_at,
                          settled)
    SELECT :release, :version, 0, e.key,
           CASE WHEN e.state = 'active' THEN 'due' WHEN e.carrier = 'websub' THEN 'gone'
                ELSE 'to_human' END, 0,
           CASE WHEN e.gathers = 'pull' THEN 3
                WHEN EXISTS (SELECT 1 FROM lease l
                             WHERE l.release = :release AND l.endpoint = e.key) THEN 1
                ELSE 0 END,
           0, :now, CASE WHEN e.state = 'active' THEN NULL ELSE :now END
    FROM endpoint e
    WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.release = :release AND d.endpoint = e.key
                  AND {MAY_HOLD})
    """  # noqa: S608  # put together from the lines here alone
)

_FRONT = (
    # What is being sent stands in front of what waits, and is passed over.
    "SELECT d.release, d.version, d.run, d.endpoint, d.attempt, d.class "
    "FROM delivery d JOIN endpoint e ON e.key = d.endpoint AND e.state = 'active' "
    "WHERE d.state = 'due' AND d.gate = 0 AND d.class = {} AND d.due_at <= :now <mine d.endpoint> "
    "AND NOT " + leased("d") + " ORDER BY d.due_at LIMIT :most <skip>"
)
_FRONTS = ") f UNION ALL SELECT * FROM (".join(map(_FRONT.format, _CLASSES))
_ROW = "(q.release, q.version, q.run, q.endpoint, q.attempt, q.class)"
CLAIM = both(
    # The rows that are due behind open gates, the most urgent class first, and of a class those
    # due first. Only the front is looked at, since 100,000 rows may wait for a few endpoints.
    f"SELECT <list>{_ROW}) FROM (SELECT * FROM ({_FRONTS}) f LIMIT :most) q"  # noqa: S608
)

_WAITING = (
    # The second condition says nothing new; with it SQLite takes the index ix_delivery_watched.
    "{0}.state = 'due' AND {0}.state NOT IN ('delivered', 'superseded') "
    "AND {0}.gate = 0 AND {0}.class = :class"
)
CLAIM_BEHIND = both(
    # The first row of each endpoint that may take one, where all in front are of busy endpoints:
    # one step of the index for an endpoint, however much waits for it.
    f"""
    WITH RECURSIVE waiting (endpoint) AS (
        SELECT MIN(f.endpoint) FROM delivery f WHERE {_WAITING.format("f")}
        UNION ALL
        SELECT (SELECT MIN(n.endpoint) FROM delivery n
                WHERE {_WAITING.format("n")} AND n.endpoint > w.endpoint)
        FROM waiting w WHERE w.endpoint IS NOT NULL
    )
    SELECT <list>{_ROW}) FROM (
        SELECT d.release, d.version, d.run, d.endpoint, d.attempt, d.class
        FROM waiting w
        JOIN endpoint e ON e.key = w.endpoint AND e.state = 'active'
        JOIN delivery d ON {_WAITING.format("d")} AND d.endpoint = w.endpoint
         AND d.due_at = (SELECT m.due_at FROM delivery m
                         WHERE {_WAITING.format("m")} AND m.endpoint = w.endpoint
                           AND NOT {leased("m")}
                         ORDER BY m.due_at LIMIT 1)
        WHERE d.due_at <= :now AND NOT {leased("d")} AND w.endpoint NOT IN (<shut>)
          <mine d.endpoint>
        ORDER BY d.due_at LIMIT :most <skip>) q
    """  # noqa: S608  # put together from the lines above alone
)

_THIS_ROW = (
    "delivery.release = w.column1 AND delivery.endpoint = w.column4 "
    "AND delivery.version = w.column2 AND delivery.run = w.column3"
)
LEASE = """
    INSERT INTO lease (release, version, run, endpoint, until, token)
    SELECT column1, column2, column3, column4, CAST(? AS bigint), CAST(? AS bigint)
    FROM <values> w WHERE column1 IS NOT NULL
    ON CONFLICT DO NOTHING
    """
LEASE_TYPES = ("bigint",) * 4

REVISIONS = both(
    # What is sent for a release and version.
    """
    SELECT <list>(r.key, v.version, r.id, r.ordinal, v.key, v.kind, r.status))
    FROM (SELECT CAST(value->>0 AS bigint) AS release, CAST(value->>1 AS bigint) AS version
          FROM <rows>) w
    JOIN release r ON r.key = w.release
    JOIN revision v ON v.release = r.key AND v.version = w.version
    """
)

ATTEMPTS = """
    INSERT INTO attempt (release, version, run, endpoint, number, at, took_ms, outcome, status,
                         detail, sha256)
    SELECT * FROM <values> w WHERE column1 IS NOT NULL
    """
ATTEMPTS_TYPES = (*("bigint",) * 7, "text", "integer", "text", "text")

PROLONG = text(
    """
    UPDATE lease SET until = :until
    WHERE release = :release AND endpoint = :endpoint AND version = :version AND run = :run
      AND token = :token
      AND EXISTS (SELECT 1 FROM release r WHERE r.key = lease.release AND r.status = 'usable')
    """
)
HELD = both("SELECT <list>(release, version, run, endpoint)) FROM lease WHERE token = :token")

# Only who holds the lease settles: its end counts the attempt, so that a late worker's is not the
# next one. After waiting for a row PostgreSQL looks at that row again, and at no other.
_SETTLED = f"""
    UPDATE delivery SET <set>, attempt = w.column5
    FROM <values> w
    WHERE {_THIS_ROW} AND delivery.attempt = w.column5 - 1
    """  # noqa: S608  # put together from the lines above alone
TAKEN = _SETTLED.replace("<set>", "state = 'delivered', due_at = NULL, settled = w.column6")
TAKEN_TYPES = ("bigint",) * 6
SETTLE = _SETTLED.replace(
    "<set>",
    "state = w.column6, class = w.column7, due_at = w.column8, settled = w.column9",
)
SETTLE_TYPES = (*("bigint",) * 5, "text", "integer", "bigint", "bigint")
END_LEASES = """
    DELETE FROM lease WHERE (release, endpoint, version, run, token) IN (
        SELECT column1, column4, column2, column3, column5 FROM <values> w)
    """
END_LEASES_TYPES = ("bigint",) * 5

EXPIRE = both(
    # Nobody knows whether it was sent: it counts as an attempt.
    """
    UPDATE delivery SET attempt = attempt + 1, due_at = :now
    FROM lease l
    WHERE l.until < :before <mine l.endpoint> AND delivery.settled IS NULL
      AND delivery.release = l.release AND delivery.endpoint = l.endpoint
      AND delivery.version = l.version AND delivery.run = l.run
    """
)
END_EXPIRED = both("DELETE FROM lease WHERE until < :before <mine lease.endpoint>")

HINT = text(f"SELECT pg_notify('{CHANNEL}', '')")

ANY_WAITS = text(
    # Whether anything waits for what is before it; mostly nothing does.
    "SELECT EXISTS (SELECT 1 FROM delivery WHERE state = 'due' AND gate = 1)"
)

_NEXT_DUE = both(
    # When the next delivery is due, the first of each class, or the next lease ends.
    """
    SELECT (SELECT d.due_at FROM delivery d JOIN endpoint e ON e.key = d.endpoint
            WHERE d.state = 'due' AND d.gate = 0 AND d.class = c.class AND e.state = 'active'
              <mine d.endpoint> AND NOT <leased>
            ORDER BY d.due_at LIMIT 1) AS next
    FROM (SELECT 0 AS class UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
          UNION ALL SELECT 4) c
    UNION ALL
    SELECT (SELECT l.until FROM lease l WHERE true <mine l.endpoint> ORDER BY l.until LIMIT 1)
    """.replace("<leased>", leased("d"))
)
NEXT_DUE = {name: said.columns(column("next", Instant)) for name, said in _NEXT_DUE.items()}

_LANE = " AND release = :release AND endpoint = :endpoint"
_ENDPOINT = " AND endpoint = :endpoint"

_DROP = (
    # A text that was withheld or withdrawn meanwhile is never sent again, not even as a retry;
    # the notice that it is withheld is no text.
    f"""
    UPDATE delivery SET state = 'superseded', settled = :now
    WHERE {_FREE} <mine delivery.endpoint>
      AND EXISTS (SELECT 1 FROM release r
                  JOIN revision v ON v.release = r.key AND v.version = delivery.version
                  WHERE r.key = delivery.release AND r.status <> 'usable'
                    AND r.version > delivery.version
                    AND (r.status = 'canceled' OR v.kind <> 'withhold'))
    """  # noqa: S608  # put together from the lines above alone
)
DROP_STALE, DROP_STALE_IN_LANE = both(_DROP), both(_DROP + _LANE)

_OPEN = (
    # The next row of a lane may go when nothing before it is unsettled.
    """
    UPDATE delivery SET gate = 0
    <from>
    WHERE gate = 1 AND state = 'due' <where>
      AND NOT EXISTS (SELECT 1 FROM delivery w
                      WHERE w.release = delivery.release AND w.endpoint = delivery.endpoint
                        AND w.version < delivery.version AND w.state = 'due')
      AND NOT EXISTS (SELECT 1 FROM endpoint o WHERE o.key = delivery.endpoint AND o.ordered)
    """
)
_LANES = """
    FROM (SELECT CAST(value->>0 AS bigint) AS release, CAST(value->>1 AS bigint) AS endpoint
          FROM <rows>) lane
"""
OPEN_GATES = both(_OPEN.replace("<from>", "").replace("<where>", "<mine delivery.endpoint>"))
OPEN_GATES_OF_RELEASE = text(
    _OPEN.replace("<from>", "").replace("<where>", "AND release = :release")
)
OPEN_GATES_OF_ENDPOINT = text(
    _OPEN.replace("<from>", "").replace("<where>", "AND endpoint = :endpoint")
)
OPEN_GATES_OF_LANES = both(
    _OPEN.replace("<from>", _LANES).replace(
        "<where>",
        "AND delivery.release = lane.release AND delivery.endpoint = lane.endpoint",
    )
)

ORDERED = both(
    # Who wants strict order and has something that waits for it.
    f"""
    SELECT o.key FROM endpoint o
    WHERE o.ordered AND o.state = 'active' <mine o.key>
      AND EXISTS (SELECT 1 FROM delivery w
                  WHERE {_UNSETTLED} AND w.gate = 1 AND w.endpoint = o.key)
    """  # noqa: S608  # put together from the lines above alone
)
OPEN_NEXT = text(
    # What was published first of what waits, when nothing else is on its way to the endpoint; a
    # withdrawal has its own gate.
    f"""
    UPDATE delivery SET gate = 0
    WHERE gate = 1 AND state = 'due' AND endpoint = :endpoint
      AND (release, version, run) = (
          SELECT w.release, w.version, w.run FROM delivery w
          JOIN revision v ON v.release = w.release AND v.version = w.version
          WHERE {_UNSETTLED} AND w.gate = 1 AND w.endpoint = :endpoint
          ORDER BY v.published, w.release, w.version, w.run LIMIT 1)
      AND NOT EXISTS (SELECT 1 FROM delivery w
                      WHERE {_UNSETTLED} AND w.gate = 0 AND w.class <> 0
                        AND w.endpoint = :endpoint)
      AND NOT EXISTS (SELECT 1 FROM delivery w
                      WHERE w.release = delivery.release AND w.endpoint = delivery.endpoint
                        AND w.version < delivery.version AND w.state = 'due')
    """  # noqa: S608  # put together from the lines above alone
)

LATEST = text(
    # Where only the latest revision is wanted, one that nobody has begun to send is not sent.
    f"""
    UPDATE delivery SET state = 'superseded', settled = :now
    WHERE release = :release AND version < :version AND {_FREE} AND attempt = 0
      AND EXISTS (SELECT 1 FROM endpoint e WHERE e.key = delivery.endpoint AND e.deliver = 'latest')
      AND EXISTS (SELECT 1 FROM delivery n WHERE n.release = delivery.release
                  AND n.endpoint = delivery.endpoint AND n.version = :version)
    """  # noqa: S608  # put together from the lines above alone
)

SUPERSEDE = text(
    f"""
    UPDATE delivery SET state = 'superseded', settled = :now
    WHERE release = :release AND version < :version AND {_FREE}
    """  # noqa: S608  # put together from the lines above alone
)

_HOLD = f"UPDATE delivery SET gate = 2 WHERE {_FREE} AND gate <> 3"  # noqa: S608  # as above
HOLD = text(_HOLD + _ENDPOINT)
TO_HUMAN = text(
    # A withdrawal is never left lying: who cannot be reached is told by a person.
    f"""
    UPDATE delivery SET state = 'to_human', settled = :now
    WHERE {_FREE} AND class = 0 AND endpoint = :endpoint
    """  # noqa: S608  # put together from the lines above alone
)

_RESUME = "UPDATE delivery SET gate = 1 WHERE state = 'due' AND gate = 2"
RESUME = text(_RESUME + _ENDPOINT)

_END = (
    # Nothing goes to an endpoint that is gone; of a withdrawal somebody has to tell its owner.
    f"""
    UPDATE delivery SET state = CASE WHEN class = 0 THEN 'to_human' ELSE 'gone' END, settled = :now
    WHERE {_FREE}
    """  # noqa: S608  # put together from the lines above alone
)
END = text(_END + _ENDPOINT)
