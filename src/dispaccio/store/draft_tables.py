"""The tables of drafts: texts that nobody has handed in yet. All they say is vault ciphertext."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from dispaccio.store.columns import Instant, Key
from dispaccio.store.tables import metadata, partial_where

draft = Table(
    "draft",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("issuer", ForeignKey("issuer.key"), nullable=False, index=True),
    Column("author", ForeignKey("person.key"), nullable=False),
    # Whether the desk began it for the issuer.
    Column("behalf", Boolean, nullable=False),
    # How often it was saved: who saves says which state they began with.
    Column("saved", Integer, nullable=False),
    Column("saved_by", Text, nullable=False),
    # Both go when the draft ends: destroying the key is deletion.
    Column("wrapped", LargeBinary),
    Column("sealed", LargeBinary),
    Column("created", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("ended", Instant),
    # The release whose text it mends or corrects, and the one that it was handed in as.
    Column("revises", ForeignKey("release.key"), index=True),
    Column("release", ForeignKey("release.key"), index=True),
    # Drafts of one text in several languages share this.
    Column("family", Text, index=True),
    # Few drafts are under way, and many have ended.
    Index("ix_draft_open", "changed", **partial_where("ended IS NULL")),
)

remembered = Table(
    "remembered",
    metadata,
    Column("issuer", ForeignKey("issuer.key"), nullable=False),
    Column("language", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed", Instant, nullable=False),
    PrimaryKeyConstraint("issuer", "language"),
)
