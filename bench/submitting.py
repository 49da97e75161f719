"""Submissions of 600 words accepted durably over HTTP, with the checks, beside bare commits.

The server is kept on one core, as in the other benchmarks: one interpreter gains nothing from a
second, and loses where its threads wander; the last line shows how much. The floor beside it is the
same number of single-row SQLite commits with the same fsync, grouped in the same way and alone:
what the disk allows.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from bench import _home, _load, _road
from bench._home import ISSUER, Home, Process
from bench._numbers import line, percentile, spread

GOAL = 300
CONNECTIONS = 32


def main(*, rounds: int = 5, count: int = 1500) -> None:
    with _home.scratch() as folder:
        home = _home.make(folder / "home")
        allowed = os.sched_getaffinity(0)
        _home.pin(_home.CLIENT_CPU)
        with _home.serve(home) as server:
            _load.ask(server.port, _requests(home, 0, 50), 4)
            seed = 50
            for connections, each in ((CONNECTIONS, count), (1, count // 5)):
                seed = _measure(server, home, seed, rounds, each, connections)
        os.sched_setaffinity(0, allowed)
        with _home.serve(home, cpu=None) as server:
            _load.ask(server.port, _requests(home, seed, 50), 4)
            line("the server on any core", "")
            _measure(server, home, seed + 50, rounds, count, CONNECTIONS, goal="")
        for group in (CONNECTIONS, 1):
            rates = [_bare(folder / f"bare-{group}-{turn}.db", group) for turn in range(rounds)]
            line(f"bare commits of {group} rows: rows a second", spread(rates, digits=0))


def _measure(
    server: Process,
    home: Home,
    seed: int,
    rounds: int,
    count: int,
    connections: int,
    goal: str = f">= {GOAL}",
) -> int:
    rates, cost, took = [], [], []
    for _ in range(rounds):
        wanted = _requests(home, seed, count)
        seed += count
        used, begun = server.cpu(), time.monotonic()
        answers = _load.ask(server.port, wanted, connections)
        rates.append(count / (time.monotonic() - begun))
        cost.append((server.cpu() - used) / count * 1000)
        took += [answer.took * 1000 for answer in answers]
        if wrong := [answer for answer in answers if answer.status != 201]:
            raise RuntimeError(f"{wrong[0].status}: {wrong[0].body[:300]!r}")
    wanted_rate = goal if connections > 1 else ""
    line(f"{connections} connections: accepted a second", spread(rates, digits=0), wanted_rate)
    line("  processor time of the server, each", spread(cost, "ms"))
    line("  answered after, median and p99", f"{_ms(took, 0.5)} and {_ms(took, 0.99)}")
    return seed


def _ms(values: list[float], share: float) -> str:
    return f"{percentile(values, share):.1f} ms"


def _requests(home: Home, first: int, count: int) -> list[bytes]:
    headers = {"Authorization": f"Bearer {home.key}", "Content-Type": _road.MEDIA_TYPE}
    return [
        _load.request(
            f"/api/v1/submissions?issuer={ISSUER}",
            method="POST",
            headers=headers,
            body=_road.document(seed),
        )
        for seed in range(first, first + count)
    ]


def _bare(file: Path, group: int, seconds: float = 1.0) -> float:
    """Rows a second that SQLite keeps durably, so many to a commit, by the wire's own settings."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE kept (key INTEGER PRIMARY KEY, value BLOB)")
    value, done, begun = os.urandom(4096), 0, time.monotonic()
    while time.monotonic() - begun < seconds:
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(group):
            connection.execute("INSERT INTO kept (value) VALUES (?)", (value,))
        connection.execute("COMMIT")
        done += group
    rate = done / (time.monotonic() - begun)
    connection.close()
    return rate
