"""The tables of a wire. Every instant is an integer: microseconds since 1970 in UTC.

Nothing here holds a byte of unreleased text in plain: ``sealed`` columns are vault ciphertext.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from dispaccio.store.columns import Instant, Key

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def partial_where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("email", Text),
    Column("created", Instant, nullable=False),
    Column("removed", Instant),
    Column("full_name", Text),
    # The language of the pages and mails for them.
    Column("language", Text),
)

role = Table(
    "role",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", ForeignKey("person.key"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("organisation", Text),
    # Whether it came from a group at the provider, and goes with it.
    Column("by_group", Boolean),
    UniqueConstraint("person", "role", "organisation"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", ForeignKey("person.key"), nullable=False),
    Column("prefix", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("created", Instant, nullable=False),
    Column("last_used", Instant),
    Column("revoked", Instant),
    # What it is for, by words with a blank between; None for all that its person may do.
    Column("scopes", Text),
)

issuer = Table(
    "issuer",
    metadata,
    Column("key", Key, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("did", Text, nullable=False),
    Column("created", Instant, nullable=False),
)

issuer_domain = Table(
    "issuer_domain",
    metadata,
    Column("issuer", ForeignKey("issuer.key"), nullable=False),
    Column("domain", Text, nullable=False),
    Column("proved_by", Text, nullable=False),
    Column("proved", Instant, nullable=False),
    PrimaryKeyConstraint("issuer", "domain"),
)

issuer_key = Table(
    "issuer_key",
    metadata,
    Column("key", Key, primary_key=True),
    Column("issuer", ForeignKey("issuer.key"), nullable=False, index=True),
    Column("thumbprint", Text, nullable=False, unique=True),
    Column("public", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary),
    Column("created", Instant, nullable=False),
    Column("revoked", Instant),
)

channel = Table(
    "channel",
    metadata,
    Column("key", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("created", Instant, nullable=False),
)

release = Table(
    "release",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("ordinal", BigInteger, unique=True),
    Column("issuer", ForeignKey("issuer.key")),
    Column("channel", ForeignKey("channel.key")),
    Column("relayed", Boolean, nullable=False),
    Column("archive", Boolean, nullable=False),
    Column("status", Text),
    Column("version", Integer),
    Column("shown", Key),
    Column("created", Instant, nullable=False),
    Column("first_created", Instant),
    Column("changed", BigInteger, unique=True),
    Column("approved", Instant),
    # Lists show what this wire issued, or the archive: either is one stretch of an index.
    Index("ix_release_archive_ordinal", "archive", "ordinal"),
    Index("ix_release_archive_first_created", "archive", "first_created", "ordinal"),
    Index("ix_release_channel_ordinal", "channel", "archive", "ordinal"),
    Index("ix_release_issuer_ordinal", "issuer", "archive", "ordinal"),
    Index("ix_release_channel_changed", "channel", "changed"),
    Index("ix_release_approved", "issuer", **partial_where("approved IS NOT NULL")),
)

revision = Table(
    "revision",
    metadata,
    Column("key", Key, primary_key=True),
    Column("release", ForeignKey("release.key"), nullable=False, index=True),
    Column("version", Integer),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("release_time", Instant),
    Column("sealed", LargeBinary),
    Column("text_of", Key),
    Column("submitted_by", Text, nullable=False),
    Column("submitted", Instant, nullable=False),
    Column("approved_by", Text),
    Column("approved", Instant),
    Column("policy", Text),
    Column("seal_leaf", BigInteger),
    Column("published", Instant),
    Column("document", LargeBinary),
    Column("headline", Text),
    Column("manifest", LargeBinary),
    Column("issuer_signature", Text),
    Column("issuer_key", Text),
    Column("statement", LargeBinary),
    Column("wire_signature", Text),
    UniqueConstraint("release", "version"),
    Index("ix_revision_due", "release_time", **partial_where("state = 'sealed'")),
    Index("ix_revision_state", "state", **partial_where("state <> 'published'")),
)

part = Table(
    "part",
    metadata,
    Column("revision", ForeignKey("revision.key"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
    PrimaryKeyConstraint("revision", "position"),
)

original = Table(
    "original",
    metadata,
    Column("revision", ForeignKey("revision.key"), primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

vault_key = Table(
    "vault_key",
    metadata,
    Column("release", ForeignKey("release.key"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

likeness = Table(
    "likeness",
    metadata,
    Column("mac", LargeBinary, nullable=False),
    Column("release", ForeignKey("release.key"), nullable=False),
    PrimaryKeyConstraint("mac", "release"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("mac", LargeBinary, primary_key=True),
    Column("body_mac", LargeBinary, nullable=False),
    Column("release", ForeignKey("release.key"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

release_subject = Table(
    "release_subject",
    metadata,
    Column("subject", Text, nullable=False),
    Column("ordinal", BigInteger, nullable=False, index=True),
    Column("channel", ForeignKey("channel.key")),
    PrimaryKeyConstraint("subject", "ordinal"),
    Index("ix_release_subject_channel", "channel", "subject", "ordinal"),
    sqlite_with_rowid=False,
)

redirect = Table(
    "redirect",
    metadata,
    Column("path", Text, primary_key=True),
    Column("release", ForeignKey("release.key"), nullable=False),
    Column("created", Instant, nullable=False),
)

rendering = Table(
    "rendering",
    metadata,
    Column("revision", ForeignKey("revision.key"), nullable=False),
    Column("format", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("revision", "format"),
)

event = Table(
    "event",
    metadata,
    Column("seq", Key, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("release", Key, index=True),
    Column("revision", Key),
    Column("detail", Text),
    Index("ix_event_published", "seq", **partial_where("kind = 'published'")),
)

leaf = Table(
    "leaf",
    metadata,
    Column("index", Key, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("revision", Key, index=True),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
