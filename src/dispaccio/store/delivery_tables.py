"""The tables of delivery: who receives, what goes where, and what became of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from dispaccio.store.columns import Instant, Key
from dispaccio.store.tables import metadata, partial_where

subscriber = Table(
    "subscriber",
    metadata,
    Column("key", Key, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created", Instant, nullable=False),
    # What kind it is: an organisation, an issuer's own press list, or who came through the hub.
    Column("kind", Text, nullable=False, server_default="organisation"),
    Column("issuer", Key),
)

endpoint = Table(
    "endpoint",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("subscriber", ForeignKey("subscriber.key"), nullable=False, index=True),
    Column("carrier", Text, nullable=False),
    Column("address", Text, nullable=False, index=True),
    Column("format", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("wrapped_secret", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text),
    Column("created", Instant, nullable=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("profile", Text),
    Column("ordered", Boolean, nullable=False, server_default=false()),
    Column("deliver", Text, nullable=False, server_default="all"),
    Column("rate", Integer),
    # Who is not sent one release after the other: "digest" or "pull".
    Column("gathers", Text),
    # The event up to which a pull or a stream took everything; at first, the one that made it.
    Column("position", BigInteger, nullable=False, server_default="0"),
    Column("wrapped_before", LargeBinary),
    Column("before_until", Instant),
    Column("expires", Instant),
    Column("failing_since", Instant),
    Column("slow_ms", Integer, nullable=False, server_default="0"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("key", Key, primary_key=True),
    Column("endpoint", ForeignKey("endpoint.key"), nullable=False, index=True),
    Column("channel", ForeignKey("channel.key")),
    # delivery.filter as JSON; alike filters are the same text, and are judged once a revision.
    Column("filter", Text, index=True),
)

recipient = Table(
    "recipient",
    metadata,
    Column("endpoint", ForeignKey("endpoint.key"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("outlet", Text),
    Column("basis", Text, nullable=False),
    Column("language", Text),
)

bounce = Table(
    "bounce",
    metadata,
    Column("endpoint", ForeignKey("endpoint.key"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("hard", Boolean, nullable=False),
    # Whether the address was switched on again since.
    Column("forgiven", Boolean, nullable=False, server_default=false()),
    # A report that is read twice counts once.
    PrimaryKeyConstraint("endpoint", "at"),
)

recipient_group = Table(
    "recipient_group",
    metadata,
    Column("endpoint", ForeignKey("endpoint.key"), nullable=False),
    Column("name", Text, nullable=False, index=True),
    PrimaryKeyConstraint("endpoint", "name"),
)

release_group = Table(
    "release_group",
    metadata,
    Column("release", ForeignKey("release.key"), nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("release", "name"),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("release", Key, nullable=False),
    Column("endpoint", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("applied", Boolean, nullable=False),
    Column("url", Text),
    Column("removed_at", Instant),
    PrimaryKeyConstraint("release", "endpoint", "version"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("release", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("run", Integer, nullable=False),
    Column("endpoint", Key, nullable=False),
    Column("state", Text, nullable=False),
    Column("class", Integer, nullable=False),
    Column("gate", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("due_at", Instant),
    Column("settled", Instant),
    # In the order of a lane, so that looking for what is before a row is one step of the index:
    # with the version first, recalling a release from 10,000 endpoints took 26 s.
    PrimaryKeyConstraint("release", "endpoint", "version", "run"),
    Index("ix_delivery_due", "gate", "class", "due_at", **partial_where("state = 'due'")),
    Index(
        "ix_delivery_watched",
        "state",
        "gate",
        "class",
        "endpoint",
        "due_at",
        **partial_where("state NOT IN ('delivered', 'superseded')"),
    ),
    sqlite_with_rowid=False,
)

# What is being sent, beside the deliveries and not in them: a lease that was an UPDATE of its
# delivery rewrote the row and four entries of indexes.
lease = Table(
    "lease",
    metadata,
    Column("release", Key, nullable=False),
    Column("endpoint", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("run", Integer, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("until", Instant, nullable=False),
    PrimaryKeyConstraint("release", "endpoint", "version", "run"),
    Index("ix_lease_until", "until"),
    sqlite_with_rowid=False,
)

attempt = Table(
    "attempt",
    metadata,
    Column("key", Key, primary_key=True),
    Column("release", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("run", Integer, nullable=False),
    Column("endpoint", Key, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Integer),
    Column("detail", Text),
    Column("sha256", Text, nullable=False),
    Index("ix_attempt_lane", "release", "endpoint"),
)

egress_allow = Table(
    "egress_allow",
    metadata,
    Column("key", Key, primary_key=True),
    Column("host", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("host", "port"),
)
