"""The table of mails to people about their accounts, which wait until a server took them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from dispaccio.store.columns import Instant, Key
from dispaccio.store.tables import metadata

post = Table(
    "post",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    # None while somebody only named an address: whether it is anybody's is not looked up at once.
    Column("person", ForeignKey("person.key"), index=True),
    # "invitation", "log-in", or "asked".
    Column("kind", Text, nullable=False),
    # Who it is for and the link, which holds a token: the vault's ciphertext.
    Column("sealed", LargeBinary, nullable=False),
    Column("created", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    # None when it was given up.
    Column("due", Instant),
    Column("attempts", Integer, nullable=False),
    Column("answer", Text),
    Index("ix_post_due", "due"),
)
