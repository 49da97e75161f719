"""The way to a schema: migrations make what the tables say, all of it or nothing."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import dispaccio.store
from dispaccio.errors import HomeIsNewer, HomeIsOlder, StoreUnreadable
from dispaccio.store import leaves, schema
from dispaccio.store.engine import Store
from dispaccio.store.tables import metadata
from tests.store.conftest import DATABASES
from tests.store.rows import NOW


@pytest.fixture(params=DATABASES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with no table at all."""
    postgres = request.param == "postgres"
    store = Store(
        request.getfixturevalue("postgres_database") if postgres else tmp_path / "wire.db"
    )
    yield store
    store.close()


for _module in pkgutil.iter_modules(dispaccio.store.__path__):
    if _module.name.endswith("tables"):
        importlib.import_module(f"dispaccio.store.{_module.name}")


def tables(store: Store) -> set[str]:
    with store.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def set_number(store: Store, number: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})


def test_the_migrations_make_what_the_tables_say(fresh: Store) -> None:
    schema.upgrade(fresh)

    def ours(item: Any, name: str | None, kind: str, *_: Any) -> bool:
        return not (kind == "table" and str(name).startswith("search"))

    with fresh.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": ours}
        )
        assert compare_metadata(context, metadata) == []
        _same_indexes(connection)


def _same_indexes(connection: Connection) -> None:
    """Partial indexes with their conditions, which alembic does not compare."""
    found = inspect(connection)
    dialect = connection.dialect.name
    for table in metadata.sorted_tables:
        there = {index["name"]: index for index in found.get_indexes(table.name)}
        for index in table.indexes:
            made = there[index.name]
            assert made["column_names"] == [column.name for column in index.columns]
            wanted = index.dialect_options[dialect]["where"]
            given = made.get("dialect_options", {}).get(f"{dialect}_where")
            assert (given is None) is (wanted is None), index.name
            if dialect == "sqlite":
                assert str(given) == str(wanted)


def test_an_older_home_keeps_what_it_has(fresh: Store) -> None:
    from alembic import command

    with fresh.engine.connect() as connection, connection.begin():
        command.upgrade(schema.config(connection), "0001")
        connection.execute(
            text("INSERT INTO subscriber (slug, name, created) VALUES ('gazette', 'The G', 1)")
        )
    schema.upgrade(fresh)
    with fresh.engine.connect() as connection:
        row = connection.execute(text("SELECT slug, kind, issuer FROM subscriber")).one()
    assert tuple(row) == ("gazette", "organisation", None)


def test_an_empty_database_has_no_number(fresh: Store) -> None:
    assert schema.number(fresh) is None
    with pytest.raises(HomeIsOlder):
        schema.require_current(fresh)


def test_upgrading_twice_changes_nothing(fresh: Store) -> None:
    schema.upgrade(fresh)
    with fresh.write(NOW) as tx:
        leaves.append(tx, b"body", b"hash")
    schema.upgrade(fresh)
    schema.require_current(fresh)
    assert schema.number(fresh) == schema.HEAD
    with fresh.read(NOW) as tx:
        assert leaves.size(tx) == 1


def test_an_older_home_says_what_to_do(store: Store) -> None:
    set_number(store, "0000")
    try:
        with pytest.raises(HomeIsOlder, match="upgrade"):
            schema.require_current(store)
    finally:
        set_number(store, schema.HEAD)


def test_a_newer_home_is_left_alone(store: Store) -> None:
    set_number(store, "9999")
    try:
        with pytest.raises(HomeIsNewer, match="schema 9999"):
            schema.require_current(store)
        with pytest.raises(HomeIsNewer):
            schema.upgrade(store)
        assert schema.number(store) == "9999"
    finally:
        set_number(store, schema.HEAD)


def test_an_upgrade_that_fails_leaves_nothing(
    fresh: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., Any] = op.create_table
    made: list[str] = []

    def create(name: str, *columns: Any, **more: Any) -> Any:
        made.append(name)
        if len(made) == 9:
            raise OSError("no space left on device")
        return real(name, *columns, **more)

    monkeypatch.setattr(op, "create_table", create)
    with pytest.raises(OSError, match="no space left"):
        schema.upgrade(fresh)
    assert tables(fresh) == set()
    monkeypatch.undo()
    schema.upgrade(fresh)
    assert tables(fresh) >= {table.name for table in metadata.sorted_tables}


def test_the_head_is_the_last_migration() -> None:
    script = ScriptDirectory.from_config(schema.config())
    assert script.get_heads() == [schema.HEAD]
    assert len(list(script.walk_revisions())) == int(schema.HEAD)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "wire.db").write_bytes(b"This is no database. " * 100)
    store = Store(tmp_path / "wire.db")
    with pytest.raises(StoreUnreadable, match="not a database"):
        schema.require_current(store)
    store.close()
