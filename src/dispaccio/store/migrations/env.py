"""Alembic's environment: the connection is handed in by ``store.schema``."""

from __future__ import annotations

from alembic import context

from dispaccio.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
