"""The shared fixtures do what they promise."""

from __future__ import annotations

import socket
from pathlib import Path

import psycopg
import pytest
from pytest_socket import SocketConnectBlockedError

from tests.support import tools
from tests.support.postgres import Cluster


def test_a_test_cannot_leave_loopback() -> None:
    with socket.socket() as outgoing, pytest.raises(SocketConnectBlockedError):
        outgoing.connect(("192.0.2.1", 80))


def test_a_test_can_use_loopback_and_unix_sockets(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_a_missing_tool_skips_and_fails_where_all_are_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("DISPACCIO_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs faketime: apt-get install"):
        tools.require("faketime")
    monkeypatch.setenv("DISPACCIO_TEST_REQUIRE", "all")
    with pytest.raises(pytest.fail.Exception, match="needs faketime: apt-get install"):
        tools.require("faketime")


def test_each_database_is_fresh(postgres_cluster: Cluster, postgres_database: str) -> None:
    with postgres_cluster.database() as other:
        with psycopg.connect(postgres_database.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE release (id integer)")
        with psycopg.connect(other.replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT to_regclass('release')").fetchone() == (None,)
