"""Release page and JSON, 200 and 304, beside a raw ASGI application that answers the same bytes.

Requests per processor second of the server process; both servers run the same uvicorn, uvloop and
httptools, each pinned to one core, the load to the other, turn by turn.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import _home, _load, _road
from bench._home import Process
from bench._numbers import line, spread
from dispaccio.site import addresses

GOAL = 0.6
CONNECTIONS = 32
ASKED_BY = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.7,it;q=0.3",
    "Accept-Encoding": "gzip, deflate, br, zstd",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One address, asked for in one way, with what it is answered."""

    name: str
    path: str
    wanted: bytes
    status: int
    answer: _load.Answer


def main(*, rounds: int = 7, seconds: float = 2.0) -> None:
    with _home.scratch() as folder:
        home = _home.make(folder / "home")
        with home.open() as wire:
            number = _road.publish(wire, home, seed=0)
        allowed = os.sched_getaffinity(0)
        _home.pin(_home.CLIENT_CPU)
        try:
            with _home.serve(home) as ours:
                for case in _cases(ours.port, number):
                    _compare(case, ours, folder / "answers", rounds, seconds)
        finally:
            os.sched_setaffinity(0, allowed)


def _compare(case: Case, ours: Process, file: Path, rounds: int, seconds: float) -> None:
    kept = [(name, value) for name, value in case.answer.headers if name.lower() != b"date"]
    file.write_bytes(pickle.dumps({case.path: (case.status, kept, case.answer.body)}))
    figures: dict[str, list[tuple[float, float]]] = {"ours": [], "raw": []}
    with _home.process([sys.executable, "-m", "bench._raw", str(file)]) as raw:
        same = _load.ask(raw.port, [case.wanted])[0]
        if (same.status, same.body, same.size) != (case.status, case.answer.body, case.answer.size):
            raise RuntimeError("the raw application answers something else")
        for turn in range(rounds + 1):
            for name, server in (("ours", ours), ("raw", raw)):
                found = _measure(server, case, seconds if turn else 0.5)
                if turn:
                    figures[name].append(found)
    pairs = list(zip(figures["ours"], figures["raw"], strict=True))
    line(f"{case.name}, {case.answer.size:,} bytes", "")
    line("  of raw, per processor second", spread([a[0] / b[0] for a, b in pairs]), f">= {GOAL}")
    line("  of raw, by the clock", spread([a[1] / b[1] for a, b in pairs]))
    line("  requests per processor second", spread([a[0] for a, _ in pairs], digits=0))


def _measure(server: Process, case: Case, seconds: float) -> tuple[float, float]:
    """Requests per processor second of the server, and per second."""
    used, begun = server.cpu(), time.monotonic()
    count = _load.repeat(
        server.port, case.wanted, seconds=seconds, connections=CONNECTIONS, status=case.status
    )
    return count / (server.cpu() - used), count / (time.monotonic() - begun)


def _cases(port: int, number: str) -> list[Case]:
    cases = []
    for name, path in (("page", addresses.page(number)), ("JSON", f"/r/{number}.json")):
        for status in (200, 304):
            headers = dict(ASKED_BY)
            first = _load.ask(port, [_load.request(path, headers=headers)])[0]
            if status == 304:
                headers["If-None-Match"] = dict(first.headers)[b"etag"].decode()
            wanted = _load.request(path, headers=headers)
            answer = _load.ask(port, [wanted])[0]
            assert answer.status == status
            cases.append(Case(f"{name} {status}", path, wanted, status, answer))
    return cases
