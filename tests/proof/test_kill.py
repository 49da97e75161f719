"""The server is killed at random moments under load: nothing lost, nothing early, nothing twice."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pytest

from dispaccio.store.releases import FIRST_ORDINAL
from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.receiver import Receiver
from dispaccio.testing.server import Client, Server
from tests.proof.load import Load, Story

pytestmark = pytest.mark.long

ENDPOINTS = ("/one", "/two", "/three")
KILLS = 50
AWAY = 10.0
"""Seconds of computing in which a killed server must serve again; undisturbed it takes two."""


@pytest.mark.timeout(900)
def test_killed_at_random_moments_under_load(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    with Receiver() as receiver:
        wire = home.open()
        for path, added in zip(
            ENDPOINTS, homes.subscribe(wire, [receiver.url(p) for p in ENDPOINTS]), strict=True
        ):
            receiver.secrets[path] = added.secret
        wire.store.close()
        with Server(home.folder, forked=True) as server, Load(server, home, authors=16) as load:
            load.up.set()
            leased = sum(kill_under(load, server, home) for _ in range(KILLS))
            load.finish()
            drained(server.client(home.keys["dora"]))
            print(f"\n{len(load.stories)} releases, {load.cut_off} requests cut off")
            check_public(server.client(), load.stories)
    check_receipts(receiver, load.stories, leased)
    check_times(receiver, load)
    check_store(home, load.stories)


def test_serving_again_soon(tmp_path: Path) -> None:
    """A fresh Python serves pages and API of a home whose server was killed."""
    home = homes.make(tmp_path / "home")
    with Server(home.folder, forked=True) as server:
        server.client(home.keys["anna"]).post("/submissions", homes.document("Aurora"))
        server.kill()
    with Server(home.folder) as server:
        assert server.client().get("/").status == 200
        computed = server.cpu_seconds()
        assert server.client().get("/api/v1/releases").status == 200
        print(f"\nserving after {computed:.2f} s, with the API after {server.cpu_seconds():.2f} s")
    assert computed < AWAY


def kill_under(load: Load, server: Server, home: Home) -> int:
    """Kill the server after some more answers, and start it again; how much was in flight."""
    wanted, end = load.answered + random.randrange(50), time.monotonic() + 5
    while load.answered < wanted and time.monotonic() < end:
        time.sleep(0.005)
    time.sleep(random.uniform(0, 0.02))
    load.up.clear()
    server.kill()
    leased = in_flight(home)
    server.start()
    load.up.set()
    return leased


def in_flight(home: Home) -> int:
    """How many deliveries a killed server had begun and not settled, by a copy of its files."""
    copy = home.folder.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for name in ("wire.db", "wire.db-wal"):
        if (home.folder / name).exists():
            shutil.copy(home.folder / name, copy)
    with closing(sqlite3.connect(copy / "wire.db")) as store:
        return int(store.execute("SELECT count(*) FROM lease").fetchone()[0])


def drained(desk: Client) -> None:
    """Wait until every delivery is settled."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        sent = desk.get("/api/v1/status").json()["outbox"]
        if not sent.get("due") and not sent.get("leased"):
            return
        time.sleep(0.1)
    raise AssertionError(f"deliveries are still on their way: {sent}")


def check_public(reader: Client, stories: list[Story]) -> None:
    """What was acknowledged is public, once, in an unbroken row of numbers."""
    shown: dict[str, dict[str, object]] = {}
    cursor = ""
    while cursor is not None:
        page = reader.get(f"/api/v1/releases?limit=100{cursor and f'&before={cursor}'}").json()
        shown |= {said["number"]: said for said in page["releases"]}
        cursor = page["next"]
    ordinals = sorted(int(number.lstrip("T")) for number in shown)
    assert ordinals == list(range(FIRST_ORDINAL, FIRST_ORDINAL + len(stories)))
    for story in stories:
        assert story.number is not None
        said = shown[story.number]
        assert said["id"] == f"urn:uuid:{story.id}"
        assert said["version"] == story.version
        assert said["status"] == ("canceled" if story.withdrawn else "usable")
        for suffix in ("", ".json", ".txt", ".html", "/v1", "/v1.json", ".proof.json"):
            answer = reader.get(f"/r/{story.number}{suffix}")
            answer = (
                reader.get(dict(answer.headers)["location"]) if answer.status == 308 else answer
            )
            assert answer.status == 200
            gone = story.withdrawn and suffix != ".proof.json"
            assert not (gone and story.key.encode() in answer.body), suffix


def check_receipts(receiver: Receiver, stories: list[Story], leased: int) -> None:
    """Every endpoint has every release to its final version, in order, twice what was in flight."""
    versions = {story.id: story.version for story in stories}
    withdrawn = {story.id for story in stories if story.withdrawn}
    assert not [came for came in receiver.came if came.error]
    again = sum(len(came) - len({item.id for item in came}) for came in map(receiver.at, ENDPOINTS))
    print(f"{again} deliveries again, of {leased} that were in flight")
    assert again <= leased
    for path in ENDPOINTS:
        came = receiver.at(path)
        lanes = defaultdict(list)
        for item in came:
            lanes[item.release].append(item.version)
        for id, seen in lanes.items():
            assert seen == sorted(seen), f"an older version overtook a newer one: {seen}"
            assert seen[-1] == versions[id]
        assert versions.keys() - lanes.keys() <= withdrawn, "never delivered"


def check_times(receiver: Receiver, load: Load) -> None:
    """Nobody saw a version before its time, and its number never changed."""
    asked = {story.id: story for story in load.stories}
    for item in receiver.came:
        assert item.at >= asked[item.release].times[item.version - 1]
        assert item.data["number"] == asked[item.release].number
    for sight in load.sights.values():
        assert sight.at >= asked[sight.id].times[sight.version - 1]
        assert sight.number == asked[sight.id].number
    assert len({sight.id for sight in load.sights.values()}) > len(asked) / 2, "nobody looked"


def check_store(home: Home, stories: list[Story]) -> None:
    """One release a key, one leaf a public revision, leaves and events without a gap."""
    store = sqlite3.connect(home.folder / "wire.db")
    try:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.execute("SELECT count(*) FROM release").fetchone() == (len(stories),)
        leaves = [row[0] for row in store.execute('SELECT "index" FROM leaf ORDER BY "index"')]
        assert leaves == list(range(len(leaves)))
        events = [row[0] for row in store.execute("SELECT seq FROM event ORDER BY seq")]
        assert events == list(range(1, len(events) + 1))
        public = "SELECT key FROM revision WHERE version IS NOT NULL ORDER BY key"
        entries = "SELECT revision FROM leaf WHERE revision IS NOT NULL ORDER BY revision"
        assert store.execute(public).fetchall() == store.execute(entries).fetchall()
        rows = store.execute(
            "SELECT release, version FROM revision WHERE version IS NOT NULL ORDER BY 1, 2"
        )
        for _, versions in groupby(rows, key=lambda row: row[0]):
            found = [version for _, version in versions]
            assert found == list(range(1, len(found) + 1))
    finally:
        store.close()
