"""Readers on every surface, from before the release time to after it: not a byte is early."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispaccio.release.canonical import write_instant
from dispaccio.site import addresses
from dispaccio.testing import home as homes
from dispaccio.testing.receiver import Receiver
from dispaccio.testing.server import Client, Server
from tests.proof.canary import Canary

pytestmark = pytest.mark.long

NUMBERS = [f"T{100_000_001 + n}" for n in range(3)]
LISTS = ["/", "/search?q=plant", "/atom.xml", "/c/economia/", "/c/economia/atom.xml"]
LISTS += ["/rss.xml", "/feed.json", "/c/economia/rss.xml", "/c/economia/feed.json"]
LISTS += ["/api/v1/releases", "/api/v1/releases?q=plant"]
READERS = 6
PRIVATE = "press-only"


def pages() -> list[str]:
    """The addresses that each release will have, known by its number to come."""
    tails = ["", "/v1", addresses.PROOF, *addresses.twins()]
    tails += [f"/v1{suffix}" for suffix in addresses.twins()]
    own = [f"/r/{number}{tail}" for number in NUMBERS for tail in tails]
    return own + [f"/api/v1/releases/{number}" for number in NUMBERS]


class Watch:
    """Readers that ask for some addresses over and over, and note when each first shows a word."""

    def __init__(self, server: Server, paths: list[str], canaries: list[Canary]) -> None:
        self.server, self.paths = server, paths
        self.words = [canary.word.encode() for canary in canaries]
        self.first: dict[tuple[str, bytes], float] = {}
        self.asked = 0
        self.statuses: set[int] = set()
        self._over = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        threads = [
            threading.Thread(target=self._read, args=(self.paths[n::READERS],), daemon=True)
            for n in range(READERS)
        ]
        for thread in threads:
            thread.start()
        yield
        self._over.set()
        for thread in threads:
            thread.join(20)

    def shows(self, path: str) -> set[bytes]:
        return {word for where, word in self.first if where == path}

    def _read(self, paths: list[str]) -> None:
        client = Client(self.server.port)
        while not self._over.is_set():
            for path in paths:
                answer = client.get(path)
                where = answer
                if answer.status == 308:
                    where = client.get(dict(answer.headers)["location"])
                self.asked += 1
                self.statuses.add(where.status)
                for word in self.words:
                    if word in answer.body + where.body:
                        self.first.setdefault((path, word), min(answer.at, where.at))
        client.close()


@contextmanager
def told(folder: Path, fault: str, ahead: timedelta) -> Iterator[tuple[Watch, float, Receiver]]:
    """Three releases with one release time, while readers look and subscribers listen."""
    home = homes.make(folder / "home")
    canaries = [Canary.named(f"release {n}") for n in range(len(NUMBERS))]
    with Receiver() as receiver:
        wire = home.open()
        homes.subscribe(wire, [receiver.url("/thin")])
        homes.subscribe(wire, [receiver.url("/full")], payload="full")
        wire.store.close()
        with Server(home.folder, fault=fault, forked=True) as server:
            anna, dora = server.client(home.keys["anna"]), server.client(home.keys["dora"])
            contact = {"email": f"{PRIVATE}@aurora-dairy.example", "visibility": "media_only"}
            ids = []
            for canary in canaries:
                said = anna.post("/submissions", canary.document(contacts=[contact]))
                ids.append(said.json()["id"])
            at = datetime.now(UTC) + ahead
            for id in ids:
                asked = {"confirm": True, "release_time": write_instant(at)}
                assert dora.post(f"/submissions/{id}/approve", asked).status == 200
            watch = Watch(server, LISTS + pages(), canaries)
            with watch.running():
                time.sleep(max(0.0, at.timestamp() - time.time()))
                wait_until_all_shown(watch, receiver)
            yield watch, at.timestamp(), receiver
            for number in NUMBERS:
                assert dora.post(f"/releases/{number}/withdraw", {"reason": "error"}).status == 200
            for path in watch.paths:
                answer = anna.get(path)
                assert not any(word in answer.body for word in watch.words), path
                assert PRIVATE.encode() not in answer.body


def wait_until_all_shown(watch: Watch, receiver: Receiver) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        lists = all(len(watch.shows(path)) == len(NUMBERS) for path in LISTS)
        if lists and all(map(watch.shows, watch.paths)) and len(receiver.came) >= 2 * len(NUMBERS):
            return
        time.sleep(0.05)


@pytest.mark.parametrize("seconds", [1.5, pytest.param(3.0, marks=pytest.mark.long)])
def test_the_first_byte_is_never_before_its_time(tmp_path: Path, seconds: float) -> None:
    with told(tmp_path, "", timedelta(seconds=seconds)) as (watch, at, receiver):
        early = {key: when - at for key, when in watch.first.items() if when < at}
        assert early == {}
        assert [path for path in LISTS if len(watch.shows(path)) < len(NUMBERS)] == []
        assert [path for path in watch.paths if not watch.shows(path)] == []
        assert watch.statuses == {200, 404}
        assert not any(came.at < at for came in receiver.came)
        assert len(receiver.at("/thin")) == len(receiver.at("/full")) == len(NUMBERS)
        assert not any(PRIVATE.encode() in came.body for came in receiver.came)


def test_a_wire_that_publishes_early_is_found_out(tmp_path: Path) -> None:
    with told(tmp_path, "early", timedelta(seconds=4)) as (watch, at, _):
        assert min(watch.first.values()) < at
