"""One suite for every database: each test of ``store`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dispaccio.store import schema
from dispaccio.store.engine import Store
from dispaccio.store.tables import metadata
from tests.store.rows import Rows

DATABASES = ["sqlite", "postgres"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every table and no row."""
    path = tmp_path_factory.mktemp("store") / "wire.db"
    store = Store(path)
    schema.upgrade(store)
    store.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The URL of a PostgreSQL database with every table."""
    store = Store(postgres_url)
    schema.upgrade(store)
    store.close()
    return postgres_url


@pytest.fixture(params=DATABASES)
def opened(
    request: pytest.FixtureRequest, migrated: Path, tmp_path: Path
) -> Iterator[Callable[[], Store]]:
    """Opens an empty, migrated store, as often as wanted: always the same one."""
    where: Path | str
    if request.param == "sqlite":
        where = Path(shutil.copy(migrated, tmp_path / "wire.db"))
    else:
        where = request.getfixturevalue("migrated_postgres")
        _empty(where)
    stores: list[Store] = []

    def open_() -> Store:
        stores.append(Store(where))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    """An empty, migrated store."""
    return opened()


@pytest.fixture
def rows(store: Store) -> Rows:
    """Puts rows into the store."""
    return Rows(store)


def _empty(url: str) -> None:
    store = Store(url)
    with store.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    store.close()
