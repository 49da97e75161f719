"""The schema's number, and the way from an older one. Alembic is imported only when they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from dispaccio.errors import HomeIsNewer, HomeIsOlder, StoreUnreadable
from dispaccio.store.engine import Store

HEAD = "0003"


def number(store: Store) -> str | None:
    """The schema number that the database has; None for an empty one. Raises StoreUnreadable."""
    try:
        with store.engine.connect() as connection, connection.begin():
            return _number(connection)
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        raise StoreUnreadable(f"The database cannot be opened: {said}.") from None


def require_current(store: Store) -> None:
    """Nothing, if the schema is this version's. Raises HomeIsNewer or HomeIsOlder."""
    found = number(store)
    if found is None or found < HEAD:
        raise HomeIsOlder
    if found > HEAD:
        raise HomeIsNewer(
            f"This home has schema {found}, and this dispaccio knows {HEAD}: install the newer "
            "version again, or restore a backup from before the upgrade."
        )


def upgrade(store: Store) -> None:
    """Bring the database to HEAD in one transaction; an empty one gets every table."""
    found = number(store)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        require_current(store)
    from alembic import command

    with store.engine.connect() as connection, connection.begin():
        command.upgrade(config(connection), "head")


def config(connection: Connection | None = None) -> Any:
    """Alembic's configuration for these migrations."""
    from alembic.config import Config

    configuration = Config()
    folder = str(Path(__file__).parent / "migrations").replace("%", "%%")
    configuration.set_main_option("script_location", folder)
    configuration.attributes["connection"] = connection
    return configuration


def _number(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
