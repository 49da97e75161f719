"""The table of the desk's queue: who has which text."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from dispaccio.store.columns import Instant
from dispaccio.store.tables import metadata

claim = Table(
    "claim",
    metadata,
    Column("revision", ForeignKey("revision.key"), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("since", Instant, nullable=False),
)
