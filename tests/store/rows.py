"""Rows for tests of the store: a wire with a channel, an issuer, endpoints and releases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from dispaccio.store import endpoints, organisations, outbox, releases
from dispaccio.store.delivery_tables import lease
from dispaccio.store.engine import Store, Tx
from dispaccio.store.outbox import Claim, Class, Due, Settlement
from dispaccio.store.releases import Rendering

T = TypeVar("T")
NOW = datetime(2026, 5, 26, 7, tzinfo=UTC)
LEASE = timedelta(seconds=30)


class Rows:
    """Writes and reads with a clock that a test moves: ``now``."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        self.token = 0

    def write(self, do: Callable[..., T], *args: Any, **named: Any) -> T:
        with self.store.write(self.now) as tx:
            return do(tx, *args, **named)

    def read(self, do: Callable[..., T], *args: Any, **named: Any) -> T:
        with self.store.read(self.now) as tx:
            return do(tx, *args, **named)

    def issuer(self, slug: str = "aurora") -> int:
        return self.write(organisations.add_issuer, slug, slug.title(), f"did:web:{slug}.example")

    def channel(self, name: str = "press") -> int:
        return self.write(organisations.add_channel, name, name.title())

    def release(self, id: str, **more: Any) -> int:
        given = {"issuer_": None, "channel_": None, "relayed": False} | more
        return self.write(releases.add, id, **given)

    def revision(self, release: int, **more: Any) -> int:
        given = {
            "release": release,
            "kind": "original",
            "state": "in_review",
            "submitted_by": "anna",
            "submitted": self.now,
        }
        return self.write(releases.add_revision, given | more)

    def endpoint(self, name: str, channels: Sequence[int | None] = (None,), **more: Any) -> int:
        if self.read(organisations.subscriber_by, "gazette") is None:
            self.write(organisations.add_subscriber, "gazette", "The Gazette")
        who = self.read(organisations.subscriber_by, "gazette")
        assert who is not None
        values = {
            "id": name,
            "subscriber": who.key,
            "carrier": "webhook",
            "address": f"https://{name}.example/in",
            "format": "dispaccio",
            "payload": "thin",
            "wrapped_secret": b"sealed",
            "state": "active",
        }
        return self.write(endpoints.add, values | more, channels)

    def publish(
        self,
        release: int,
        version: int,
        kind: str = "original",
        *,
        status: str = "usable",
        channel: int | None = None,
        formats: Sequence[str] = ("thin", "dispaccio"),
    ) -> int:
        """What the publishing transaction does to these tables; how many deliveries it wrote."""
        with self.store.write(self.now) as tx:
            key = releases.add_revision(
                tx,
                {
                    "release": release,
                    "kind": kind,
                    "state": "published",
                    "version": version,
                    "submitted_by": "anna",
                    "submitted": self.now,
                    "published": self.now,
                    "document": f"{release} v{version}".encode(),
                },
            )
            bodies = [(name, f"{name} {release} v{version}".encode()) for name in formats]
            releases.add_renderings(
                tx,
                key,
                [
                    Rendering(name, "application/json", body, hashlib.sha256(body).hexdigest())
                    for name, body in bodies
                ],
            )
            row = releases.by_key(tx, release)
            assert row is not None
            ordinal = row.ordinal or releases.next_ordinal(tx)
            releases.change(tx, release, ordinal=ordinal, status=status, version=version, shown=key)
            return _deliver(tx, release, version, kind, channel)

    def claim(self, most: int = 100) -> list[Claim]:
        """Claim, one in flight an endpoint."""
        self.token += 1
        busy = self.busy()

        def choose(due: Sequence[Due], most: int) -> list[Due]:
            return outbox.one_each([item for item in due if item[3] not in busy], most)

        return self.write(
            outbox.claim,
            most=most,
            lease=LEASE,
            token=self.token,
            choose=choose,
            shut=lambda: sorted(busy),
        )

    def busy(self) -> set[int]:
        """The endpoints with something in flight."""
        with self.store.read(self.now) as tx:
            return set(tx.run(select(lease.c.endpoint)).scalars())

    def settle(
        self, claim: Claim, state: str = "delivered", *, after: timedelta | None = None
    ) -> int:
        """Settle; with ``after`` it is to be tried again so much later."""
        return self.write(outbox.settle, [settlement(claim, state, self.now, after)])

    def deliver(self) -> list[tuple[int, int, int]]:
        """Everything that can be sent now is; what was sent, as (release, version, endpoint)."""
        sent = []
        while claims := self.claim():
            for claim in claims:
                self.settle(claim)
                sent.append((claim.release, claim.version, claim.endpoint))
        return sent


def settlement(
    claim: Claim, state: str, at: datetime, after: timedelta | None = None
) -> Settlement:
    retry = after is not None
    return Settlement(
        claim=claim,
        state="due" if retry else state,
        due_at=at + after if after is not None else None,
        outcome="answered" if retry else state,
        status=503 if retry else 200,
        detail="The receiver answered.",
        at=at,
        took_ms=20,
        sha256="ab" * 32,
    )


def _deliver(tx: Tx, release: int, version: int, kind: str, channel: int | None) -> int:
    if kind == "withdrawal":
        return outbox.recall(tx, release, version)
    if kind == "withhold":
        outbox.supersede(tx, release, version)
    class_ = Class.ORIGINAL if kind == "original" else Class.CORRECTION
    return outbox.fan_out(tx, release, version, channel=channel, class_=class_)
