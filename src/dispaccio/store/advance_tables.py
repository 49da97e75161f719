"""The tables of advance access: what is shown to whom before it is public."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from dispaccio.store.columns import Instant, Key
from dispaccio.store.tables import metadata, partial_where

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
    # Whether the issuer agreed to the whole text by mail.
    Column("in_full", Boolean, nullable=False),
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

mail_choice = Table(
    "mail_choice",
    metadata,
    Column("person", ForeignKey("person.key"), primary_key=True),
    # "none", "link" or "text"; who has no row gets links.
    Column("form", Text, nullable=False),
    Column("chosen", Instant, nullable=False),
)

# No word of a text: a mail is made from the vault as it is sent.
advance_mail = Table(
    "advance_mail",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("release", ForeignKey("release.key"), nullable=False, index=True),
    Column("revision", ForeignKey("revision.key"), nullable=False),
    Column("person", ForeignKey("person.key"), nullable=False, index=True),
    # "offer", "again" or "taken_back".
    Column("told", Text, nullable=False),
    # "link" or "text", once it was begun to be sent.
    Column("form", Text),
    # The end of the embargo that it states.
    Column("until", Instant, nullable=False),
    # The id of the mail before.
    Column("follows", Text),
    # "waiting", "sent", "failed" or "closed".
    Column("state", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("due", Instant),
    Column("sent", Instant),
    Column("attempts", Integer, nullable=False),
    Column("answer", Text),
    Index("ix_advance_mail_open", "key", **partial_where("state != 'closed'")),
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
