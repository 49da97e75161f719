"""The statements of the outbox, each with what it is for."""

from __future__ import annotations

from sqlalchemy import Text, bindparam, column, text

from dispaccio.store.columns import Instant

FAN_OUT = text(
    # Everyone subscribed now, and for a later revision everyone who may hold an earlier one.
    # A row whose lane has an unsettled earlier version waits behind the gate (1); what is for an
    # endpoint that is switched off waits until it is switched on (2); what a digest or a pull
    # takes is not sent by itself (3). A press list gets what its groups were chosen for.
    """
    INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, due_at)
    SELECT :release, :version, 0, e.key, 'due', :class,
           CASE WHEN e.gathers IS NOT NULL THEN 3
                WHEN e.state <> 'active' THEN 2
                WHEN EXISTS (SELECT 1 FROM delivery w
                             WHERE w.release = :release AND w.endpoint = e.key
                               AND w.state IN ('due', 'leased')) THEN 1
                ELSE 0 END,
           0, :now
    FROM endpoint e
    WHERE e.state <> 'gone' AND (e.expires IS NULL OR e.expires > :now)
      AND (EXISTS (SELECT 1 FROM subscription s WHERE s.endpoint = e.key
                   AND (s.channel IS NULL OR s.channel = :channel)
                   AND (s.filter IS NULL OR s.filter IN :filters))
           OR EXISTS (SELECT 1 FROM recipient_group g
                      JOIN release_group w ON w.name = g.name AND w.release = :release
                      JOIN release r ON r.key = w.release
                      JOIN subscriber o ON o.issuer = r.issuer
                      WHERE g.endpoint = e.key AND o.key = e.subscriber)
           OR EXISTS (SELECT 1 FROM delivery d WHERE d.release = :release AND d.endpoint = e.key
                      AND d.attempt > 0))
    """
).bindparams(bindparam("filters", expanding=True, type_=Text))

RECALL = text(
    # A withdrawal goes to every endpoint that may have got anything: sent, or being sent now.
    # It waits only for a request that is on its way, so that the text cannot come in behind it.
    # An endpoint that was switched off meanwhile is not forgotten: its row goes to a human. Who
    # left the hub is somebody that no human knows.
    """
    INSERT INTO delivery (release, version, run, endpoint, state, class, gate, attempt, due_at,
                          settled)
    SELECT :release, :version, 0, e.key,
           CASE WHEN e.state = 'active' THEN 'due' WHEN e.carrier = 'websub' THEN 'gone'
                ELSE 'to_human' END, 0,
           CASE WHEN e.gathers = 'pull' THEN 3
                WHEN EXISTS (SELECT 1 FROM delivery w
                             WHERE w.release = :release AND w.endpoint = e.key
                               AND w.state = 'leased') THEN 1
                ELSE 0 END,
           0, :now, CASE WHEN e.state = 'active' THEN NULL ELSE :now END
    FROM endpoint e
    WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.release = :release AND d.endpoint = e.key
                  AND d.attempt > 0)
    """
)

CLAIM = text(
    # The rows of one class that are due behind open gates, those due first in front, and whether
    # each may go: its endpoint is switched on and has none in flight. Only the front is looked at,
    # since 100,000 rows may wait for endpoints that are busy.
    """
    SELECT d.release, d.version, d.run, d.endpoint, d.attempt, d.class,
           e.state = 'active' AND NOT EXISTS (
               SELECT 1 FROM delivery l WHERE l.endpoint = d.endpoint AND l.state = 'leased') AS may
    FROM delivery d JOIN endpoint e ON e.key = d.endpoint
    WHERE d.state = 'due' AND d.gate = 0 AND d.class = :class AND d.due_at <= :now
    ORDER BY d.due_at LIMIT :most
    """
)

_WAITING = (
    # The second condition says nothing new; with it SQLite takes the index ix_delivery_watched.
    "{0}.state = 'due' AND {0}.state NOT IN ('delivered', 'superseded') "
    "AND {0}.gate = 0 AND {0}.class = :class"
)
CLAIM_BEHIND = text(
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
    SELECT d.release, d.version, d.run, d.endpoint, d.attempt, d.class, TRUE AS may
    FROM waiting w
    JOIN endpoint e ON e.key = w.endpoint AND e.state = 'active'
    JOIN delivery d ON {_WAITING.format("d")} AND d.endpoint = w.endpoint
     AND d.due_at = (SELECT MIN(m.due_at) FROM delivery m
                     WHERE {_WAITING.format("m")} AND m.endpoint = w.endpoint)
    WHERE d.due_at <= :now
      AND NOT EXISTS (SELECT 1 FROM delivery l
                      WHERE l.endpoint = w.endpoint AND l.state = 'leased')
    ORDER BY d.due_at LIMIT :most
    """  # noqa: S608  # put together from the lines above alone
)

NEXT_DUE = text(
    # When the next delivery is due, the first of each class, or the next lease ends.
    """
    SELECT (SELECT d.due_at FROM delivery d JOIN endpoint e ON e.key = d.endpoint
            WHERE d.state = 'due' AND d.gate = 0 AND d.class = c.class AND e.state = 'active'
            ORDER BY d.due_at LIMIT 1) AS next
    FROM (SELECT 0 AS class UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
          UNION ALL SELECT 4) c
    UNION ALL
    SELECT MIN(l.lease_until) FROM delivery l WHERE l.state = 'leased'
    """
).columns(column("next", Instant))

_LANE = " AND release = :release AND endpoint = :endpoint"
_ENDPOINT = " AND endpoint = :endpoint"

_DROP = (
    # A text that was withheld or withdrawn meanwhile is never sent again, not even as a retry;
    # the notice that it is withheld is no text.
    """
    UPDATE delivery SET state = 'superseded', settled = :now
    WHERE state = 'due'
      AND EXISTS (SELECT 1 FROM release r
                  JOIN revision v ON v.release = r.key AND v.version = delivery.version
                  WHERE r.key = delivery.release AND r.status <> 'usable'
                    AND r.version > delivery.version
                    AND (r.status = 'canceled' OR v.kind <> 'withhold'))
    """
)
DROP_STALE, DROP_STALE_IN_LANE = text(_DROP), text(_DROP + _LANE)

_OPEN = (
    # The next row of a lane may go when nothing before it is unsettled.
    """
    UPDATE delivery SET gate = 0
    WHERE gate = 1 AND state = 'due'
      AND NOT EXISTS (SELECT 1 FROM delivery w
                      WHERE w.release = delivery.release AND w.endpoint = delivery.endpoint
                        AND w.version < delivery.version AND w.state IN ('due', 'leased'))
    """
)
OPEN_GATES, OPEN_GATE_OF_LANE = text(_OPEN), text(_OPEN + _LANE)
OPEN_GATES_OF_ENDPOINT = text(_OPEN + _ENDPOINT)

_HOLD = "UPDATE delivery SET gate = 2 WHERE state = 'due' AND gate <> 3"
HOLD = text(_HOLD + _ENDPOINT)

_RESUME = "UPDATE delivery SET gate = 1 WHERE state = 'due' AND gate = 2"
RESUME = text(_RESUME + _ENDPOINT)

_END = (
    # Nothing goes to an endpoint that is gone; of a withdrawal somebody has to tell its owner.
    """
    UPDATE delivery SET state = CASE WHEN class = 0 THEN 'to_human' ELSE 'gone' END, settled = :now
    WHERE state = 'due'
    """
)
END = text(_END + _ENDPOINT)
