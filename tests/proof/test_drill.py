"""A withdrawal drill: 1,000 subscribers, a tenth of them down, some that take it and forget it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from dispaccio.testing import home as homes
from dispaccio.testing.receiver import Receiver
from dispaccio.testing.server import Client, Server

HONEST, LYING, DOWN, NEVER = 850, 50, 90, 10
"""Those that are down took the original; to those that were never there nothing was sent."""
HANG = 60.0
"""Seconds; the goal is 5, and is measured in bench/, not here."""


@contextmanager
def closed_port() -> Iterator[int]:
    """A port at which nobody listens, nor can begin to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.long
def test_the_report_names_whom_a_withdrawal_did_not_reach(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    with Receiver() as receiver, Receiver() as down, closed_port() as nowhere:
        addresses = [receiver.url(f"/honest/{n}") for n in range(HONEST)]
        addresses += [receiver.url(f"/lying/{n}") for n in range(LYING)]
        addresses += [down.url(f"/down/{n}") for n in range(DOWN)]
        addresses += [f"http://127.0.0.1:{nowhere}/never/{n}" for n in range(NEVER)]
        wire = home.open()
        try:
            added = homes.subscribe(wire, addresses)
        finally:
            wire.store.close()
        receiver.secrets.update({path_of(item.address): item.secret for item in added})
        endpoints = {path_of(item.address): item.id for item in added}
        with Server(home.folder) as server:
            desk, author = server.client(home.keys["dora"]), server.client(home.keys["anna"])
            number, id = publish(author, desk)
            wait_for_attempts(desk, number)
            receiver.came.clear()
            down.answers.update({path: 0 for path in endpoints if path.startswith("/down/")})
            at = time.monotonic()
            reason = {"reason": "false-statement"}
            assert author.post(f"/releases/{number}/withdraw", reason).status == 200
            receiver.wait_for(HONEST + LYING, HANG)
            print(f"\n{len(receiver.came)} told after {time.monotonic() - at:.2f} s")
            assert not [came for came in receiver.came if came.error]
            assert {came.id for came in receiver.came} == {f"{id}.v2"}
            acknowledge(server, home.keys["sam"], id, endpoints)
            check(desk.get(f"/api/v1/releases/{number}/deliveries").json(), endpoints)


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def publish(author: Client, desk: Client) -> tuple[str, str]:
    said = homes.document("Aurora opens a third plant")
    id = author.post("/submissions?issuer=aurora", said).json()["id"]
    done = desk.post(f"/submissions/{id}/publish", {"confirm": True}).json()
    return done["published"][0]["number"], id


def wait_for_attempts(desk: Client, number: str) -> None:
    """Wait until each of the thousand was tried."""
    end = time.monotonic() + HANG
    while time.monotonic() < end:
        rows = desk.get(f"/api/v1/releases/{number}/deliveries").json()["deliveries"]
        if all(row["attempts"] for row in rows):
            return
        time.sleep(0.2)
    raise AssertionError("not everybody was tried")


def acknowledge(server: Server, key: str, id: str, endpoints: dict[str, str]) -> None:
    """Every honest receiver says that it removed the text."""

    def say(path: str) -> int:
        client = server.client(key)
        try:
            said = {"applied": True, "endpoint": endpoints[path]}
            return client.post(f"/deliveries/{id}.v2/ack", said).status
        finally:
            client.close()

    honest = [path for path in endpoints if path.startswith("/honest/")]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(say, honest)) == {200}


def check(report: dict[str, object], endpoints: dict[str, str]) -> None:
    """Each of the thousand is in the report as what it is."""
    version = report["versions"][-1]  # type: ignore[index]
    recall = version["recall"]
    assert recall["holders"] == HONEST + LYING + DOWN
    states = recall["states"]
    assert states["acknowledged"] == HONEST
    assert states["received"] == LYING
    assert states.get("pending", 0) + states.get("unreachable", 0) == DOWN
    down = {endpoint for path, endpoint in endpoints.items() if path.startswith("/down/")}
    lying = {endpoint for path, endpoint in endpoints.items() if path.startswith("/lying/")}
    assert {item["endpoint"] for item in recall["open"]} == down
    assert {item["endpoint"] for item in recall["silent"]} == lying
    assert 0 < version["first_ms"] <= version["p99_ms"] <= version["last_ms"]
