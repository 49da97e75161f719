"""First byte of the page, first and last delivery to 100 endpoints, beside the release time T.

Then the same with 1,000 releases that share one T, each with an endpoint of its own. Arrivals are
taken by a receiver on this machine, by the same clock that the wire publishes by.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

from bench import _home, _load, _road
from bench._home import ISSUER, Home, Process
from bench._numbers import line, percentile, spread
from bench._sink import Sink, receiving
from dispaccio.intake.submission import Wishes
from dispaccio.release.canonical import write_instant
from dispaccio.store import events
from dispaccio.store.releases import FIRST_ORDINAL
from dispaccio.wire import endpoints, organisations, review, submit
from dispaccio.wire.core import Wire
from dispaccio.wire.endpoints import Wanted
from dispaccio.wire.submit import Handed

GOAL_FIRST = 200
AHEAD = 2.5
"""Seconds from approval to T."""


def main(*, rounds: int = 20, targets: int = 100, crowd: int = 1000) -> None:
    with _home.scratch() as folder, receiving() as sink:
        _one_by_one(_home.make(folder / "one"), sink, rounds, targets)
        _together(_home.make(folder / "many"), sink, crowd)


def _one_by_one(home: Home, sink: Sink, rounds: int, targets: int) -> None:
    with home.open() as wire:
        _subscribe(wire, home, sink, [None] * targets)
    page, first, middle, last = [], [], [], []
    with _home.serve(home, cpu=None) as server:
        for turn in range(rounds):
            sink.arrived.clear()
            at, seen = _publication(server, home, turn, FIRST_ORDINAL + turn)
            _wait_for(sink, targets)
            arrived = sorted((when - at) * 1000 for when, _, _ in sink.arrived)
            page.append((seen - at) * 1000)
            first.append(arrived[0])
            middle.append(percentile(arrived, 0.5))
            last.append(arrived[-1])
    line(f"{rounds} publications to {targets} endpoints, ms after T", "")
    line("  first byte of the page", spread(page, "ms", 1), "never before T")
    line("  first delivery", spread(first, "ms", 1), f"<= {GOAL_FIRST} ms, never before T")
    line("  median delivery", spread(middle, "ms", 1))
    line("  last delivery", spread(last, "ms", 1))
    if min(*page, *first) < 0:
        raise RuntimeError("something was seen before its time")


def _publication(server: Process, home: Home, seed: int, ordinal: int) -> tuple[float, float]:
    """Hand in, approve for a moment soon; T, and when the first byte of the page was seen."""
    headers = {"Authorization": f"Bearer {home.key}", "Content-Type": _road.MEDIA_TYPE}
    body = _road.document(seed)
    path = f"/api/v1/submissions?issuer={ISSUER}"
    handed = _load.request(path, method="POST", headers=headers, body=body)
    id = json.loads(_load.ask(server.port, [handed])[0].body)["id"]
    at = datetime.now(UTC) + timedelta(seconds=AHEAD)
    asked = json.dumps({"confirm": True, "release_time": write_instant(at)}).encode()
    headers["Content-Type"] = "application/json"
    path = f"/api/v1/submissions/{id}/approve"
    answer = _load.ask(
        server.port, [_load.request(path, method="POST", headers=headers, body=asked)]
    )[0]
    if answer.status != 200:
        raise RuntimeError(answer.body.decode())
    at = datetime.fromisoformat(write_instant(at))
    return at.timestamp(), _first_seen(server.port, f"/r/T{ordinal}.json", at.timestamp())


def _first_seen(port: int, path: str, at: float) -> float:
    """Ask again and again; when the status line of the first 200 came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    while time.time() < at + 30:
        connection.request("GET", path)
        answer = connection.getresponse()
        came = time.time()
        answer.read()
        if answer.status == 200:
            connection.close()
            return came
        if came < at - 0.2:
            time.sleep(0.05)
    raise RuntimeError(f"{path} did not appear within 30 s of its time")


def _together(home: Home, sink: Sink, crowd: int) -> None:
    sink.arrived.clear()
    with home.open() as wire:
        names = [f"channel-{number}" for number in range(crowd)]
        for name in names:
            organisations.add_channel(wire, home.actor, name, None)
        _subscribe(wire, home, sink, list(names))
        ids = [_hand_in(wire, home, seed, name) for seed, name in enumerate(names)]
        begun = time.monotonic()
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=90 + crowd / 10)
        for id in ids:
            review.approve(wire, home.actor, id, confirm=True, at=at)
        approving = time.monotonic() - begun
    with _home.serve(home, cpu=None) as server:
        before = server.memory()
        time.sleep(max(0.0, at.timestamp() - time.time() - 1))
        prepared = server.memory()
        _wait_for(sink, crowd, seconds=180)
    arrived = sorted((when - at.timestamp()) * 1000 for when, _, _ in sink.arrived)
    line(f"{crowd:,} releases with one T, one endpoint each", "")
    line("  approved and sealed, each", f"{approving / crowd * 1000:.1f} ms")
    line("  memory before and after preparing them", f"{before:.0f} and {prepared:.0f} MB")
    line(
        "  first and median delivery after T", f"{arrived[0]:.0f} and {arrived[crowd // 2]:.0f} ms"
    )
    line("  last delivery after T", f"{arrived[-1]:.0f} ms")
    line("  last commit began after T", f"{_last_commit(home, at):.0f} ms", "<= 5,000 ms")
    if arrived[0] < 0:
        raise RuntimeError("something was delivered before its time")


def _hand_in(wire: Wire, home: Home, seed: int, channel: str) -> str:
    wishes = Wishes(issuer=ISSUER, channel=channel)
    return submit.submit(
        wire, home.actor, Handed(_road.document(seed), _road.MEDIA_TYPE, wishes)
    ).id


def _subscribe(wire: Wire, home: Home, sink: Sink, channels: list[str | None]) -> None:
    organisations.add_subscriber(wire, home.actor, "newsroom", None)
    for number, channel in enumerate(channels):
        endpoints.add(
            wire,
            home.actor,
            "newsroom",
            f"http://127.0.0.1:{sink.port}/hook/{number}",
            Wanted(channels=[channel] if channel else []),
        )


def _wait_for(sink: Sink, count: int, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while len(sink.arrived) < count:
        if time.monotonic() > until:
            raise RuntimeError(f"{len(sink.arrived)} of {count} deliveries came in {seconds:.0f} s")
        time.sleep(0.02)


def _last_commit(home: Home, at: datetime) -> float:
    """Milliseconds from T to the instant of the last publication's transaction."""
    with home.open() as wire, wire.store.read(wire.clock.now()) as tx:
        last, seq = at, 0
        while found := events.after(tx, seq):
            last = max([last, *(item.at for item in found if item.kind == "published")])
            seq = found[-1].seq
    return (last - at).total_seconds() * 1000
