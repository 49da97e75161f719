"""The first schema."""

from __future__ import annotations

from alembic import op

from dispaccio.store.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, and SQLite's full-text index."""
    bind = op.get_bind()
    metadata.create_all(bind)
    if bind.dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5("
            'words, tokenize = "unicode61 remove_diacritics 2")'
        )
