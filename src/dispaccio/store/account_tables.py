"""The tables of accounts: what people prove themselves with, and where they are logged in."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text, UniqueConstraint

from dispaccio.store.columns import Instant, Key
from dispaccio.store.tables import metadata

credential = Table(
    "credential",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", ForeignKey("person.key"), nullable=False, index=True),
    # "password", "passkey" with the authenticator's id and public key, or "oidc" with the provider
    # and the account there.
    Column("kind", Text, nullable=False),
    Column("id", Text),
    Column("name", Text),
    Column("data", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("last_used", Instant),
    UniqueConstraint("id"),
)

session = Table(
    "session",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", ForeignKey("person.key"), nullable=False, index=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("created", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    # When its holder last proved that it is them.
    Column("proved", Instant, nullable=False),
    Column("ended", Instant),
    Column("about", Text),
)

one_time = Table(
    "one_time",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", ForeignKey("person.key"), nullable=False, index=True),
    # "invitation" or "log-in".
    Column("purpose", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("created", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("used", Instant),
)
