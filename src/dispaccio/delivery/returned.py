"""Counting bounces against an address, and switching it off.

One hard bounce (the address does not exist, or is switched off) is enough, or three others within
14 days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dispaccio.delivery.mailing.bounces import is_hard
from dispaccio.store import bounces, endpoints, events, outbox
from dispaccio.store.engine import Tx

SOFT = 3
WINDOW = timedelta(days=14)


def count(tx: Tx, endpoint: int, status: str, at: datetime) -> bool:
    """Write down that a mail bounced, with its status; whether that switched the endpoint off.

    What is older than the newest that was counted is known already, or was forgiven.
    """
    last, hard = bounces.last(tx, endpoint), is_hard(status)
    if last is not None and at <= last:
        return False
    if not bounces.add(tx, endpoint, min(at, tx.now), status, hard=hard):
        return False
    if not hard and bounces.count(tx, endpoint, at - WINDOW) < SOFT:
        return False
    row = endpoints.by_keys(tx, [endpoint]).get(endpoint)
    if row is None or row.state != "active":
        return False
    endpoints.set_state(tx, endpoint, "disabled", f"bounced: {status}")
    outbox.hold(tx, endpoint)
    events.append(tx, "endpoint_bounced", "courier", detail={"endpoint": row.id, "status": status})
    return True
