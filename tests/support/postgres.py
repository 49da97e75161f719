"""A throw-away PostgreSQL cluster: its own folder, a Unix socket and no network port."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_FAST = ("fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=50")


class Cluster:
    """One running server; databases are made and dropped in it one a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a fresh, empty database, dropped at the end."""
        name = f"d{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield f"postgresql+psycopg://dispaccio@/{name}?host={self.folder}"
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run one SQL statement as the owner of the cluster."""
        where = f"host={self.folder} user=dispaccio dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """Run a cluster with the programs in the folder ``programs`` until the block is left."""
    folder = Path(tempfile.mkdtemp(prefix="dispaccio-pg-"))
    try:
        server = _start(programs, folder)
        try:
            yield _when_ready(server, folder)
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    become = _another_user(folder) if os.getuid() == 0 else []
    data = folder / "data"
    initdb = [programs / "initdb", "-D", data, "-U", "dispaccio", "-A", "trust", "-E", "UTF8"]
    with (folder / "log").open("wb") as log:
        subprocess.run(
            [*become, *initdb, "--locale=C.UTF-8", "--no-sync"],
            check=True, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
        options = [part for option in _FAST for part in ("-c", option)]
        return subprocess.Popen(
            [*become, programs / "postgres", "-D", data, "-k", folder, *options],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def _another_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand the folder over and become someone else."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    return ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]


def _when_ready(server: subprocess.Popen[bytes], folder: Path) -> Cluster:
    found = Cluster(folder)
    for _ in range(600):
        try:
            found.run("SELECT 1")
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return found
    log = (folder / "log").read_text(errors="replace")
    raise RuntimeError(f"PostgreSQL did not start:\n{log}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(how)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
        return
