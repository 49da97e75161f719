"""The tables of advance access: what is shown to whom before it is public."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from dispaccio.store.columns import Instant, Key
from dispaccio.store.tables import metadata

reader_group = Table(
    "reader_group",
    metadata,
    Column("key", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

group_member = Table(
    "group_member",
    metadata,
    Column("reader_group", ForeignKey("reader_group.key"), nullable=False),
    Column("person", ForeignKey("person.key"), nullable=False, index=True),
    PrimaryKeyConstraint("reader_group", "person"),
)

offer = Table(
    "offer",
    metadata,
    Column("key", Key, primary_key=True),
    Column("release", ForeignKey("release.key"), nullable=False, index=True),
    # To one person, or to whoever is in a group.
    Column("person", ForeignKey("person.key"), index=True),
    Column("reader_group", ForeignKey("reader_group.key"), index=True),
    Column("offered_by", Text, nullable=False),
    Column("offered", Instant, nullable=False),
    Column("revoked", Instant),
)

terms_accepted = Table(
    "terms_accepted",
    metadata,
    Column("person", ForeignKey("person.key"), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("accepted", Instant, nullable=False),
    PrimaryKeyConstraint("person", "sha256"),
)

advance_read = Table(
    "advance_read",
    metadata,
    Column("key", Key, primary_key=True),
    Column("release", ForeignKey("release.key"), nullable=False),
    Column("revision", ForeignKey("revision.key"), nullable=False),
    Column("person", ForeignKey("person.key"), nullable=False),
    Column("surface", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_advance_read_release", "release", "at"),
)

application = Table(
    "application",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("applied", Instant, nullable=False),
    Column("decided", Instant),
    Column("decided_by", Text),
    Column("taken", Text),
    UniqueConstraint("id"),
)
