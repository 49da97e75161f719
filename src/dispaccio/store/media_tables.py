"""The table of pictures and files. What is said of one is vault ciphertext until it is public."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text

from dispaccio.store.columns import Instant, Key
from dispaccio.store.tables import metadata

media = Table(
    "media",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    # Whose data key seals it: one of the two is there.
    Column("release", ForeignKey("release.key"), index=True),
    Column("draft", Key, index=True),
    Column("sealed", LargeBinary, nullable=False),
    # The random names of its files on the disk, divided by blanks.
    Column("places", Text, nullable=False),
    Column("added", Instant, nullable=False),
    Column("published", Instant),
    # What everybody may know once it is public, the keys of its public files among it.
    Column("opened", Text),
)
