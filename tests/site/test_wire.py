"""The site over a real wire: from sealed to published, corrected and withdrawn."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree
from starlette.testclient import TestClient

from dispaccio.formats.native import native
from dispaccio.release.model import Reason, Revision
from dispaccio.release.state import Kind
from dispaccio.site import feed
from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from dispaccio.store import releases
from dispaccio.testing import home as homes
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public
from dispaccio.wire.publish import publish
from dispaccio.wire.review import approve
from dispaccio.wire.submit import Handed, revise, submit
from dispaccio.wire.withdraw import notice
from tests.support.public import DAIRY, LAKE, corrected

CANARY = "canary-71c2"


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    opened = homes.make(tmp_path / "home").open()
    yield opened
    opened.store.close()


@pytest.fixture
def client(wire: Wire) -> Iterator[TestClient]:
    front = Front(create_site(Public(wire)))
    wire.changed.append(front.invalidate)
    with TestClient(front, follow_redirects=False) as found:
        yield found


def _handed(revision: Revision) -> Handed:
    own = replace(revision, issuer=None, signed_by=None, kind=None, reason=None)
    return Handed(native.write(own))


def _published(wire: Wire, revision: Revision) -> str:
    receipt = submit(wire, homes.actor(wire, "anna"), _handed(revision))
    return publish(wire, homes.actor(wire, "dora"), receipt.id, confirm=True)[-1].number


def _surfaces(number: str) -> list[str]:
    release = [f"/r/{number}{end}" for end in ("", ".json", ".txt", ".proof.json", "/v1", "/v2")]
    return [*release, "/", "/?lang=it", f"/search?q={CANARY}", "/atom.xml", "/c/economia/",
            "/c/economia/atom.xml", "/rss.xml", "/feed.json", "/c/economia/rss.xml",
            "/c/economia/feed.json", "/atom/1.xml", "/c/economia/atom/1.xml"]  # fmt: skip


def _without_the_logs_size(page: str) -> str:
    return re.sub(r"public log: \d+|registro pubblico: finora \d+", "", page)


def test_what_is_sealed_is_nowhere_and_its_page_is_that_of_nothing(
    wire: Wire, client: TestClient
) -> None:
    def seen() -> list[str]:
        return [_without_the_logs_size(client.get(p).text) for p in _surfaces("T100000001")]

    before = seen()
    soon = wire.clock.now().replace(microsecond=0) + timedelta(days=30)
    sealed = replace(DAIRY, headline=f"{DAIRY.headline} {CANARY}", release_time=soon)
    receipt = submit(wire, homes.actor(wire, "anna"), _handed(sealed))
    approve(wire, homes.actor(wire, "dora"), receipt.id, confirm=True)
    with wire.store.read(wire.clock.now()) as tx:
        assert releases.next_due(tx) == soon
    assert seen() == before


def test_a_publication_a_correction_and_a_withdrawal_show_at_once(
    wire: Wire, client: TestClient
) -> None:
    dora = homes.actor(wire, "dora")
    marked = replace(DAIRY, boilerplate=CANARY)
    number = _published(wire, marked)
    assert CANARY in client.get(f"/r/{number}").text
    for path in ("/atom.xml", "/rss.xml", "/feed.json"):
        assert CANARY in client.get(path).text
    assert number in client.get(f"/search?q={DAIRY.place}").text

    later = replace(corrected(marked), boilerplate=CANARY)
    reason = Reason("figures", "An older plan.")
    anna = homes.actor(wire, "anna")
    revise(wire, anna, number, _handed(later), kind=Kind.CORRECTION, reason=reason)
    publish(wire, dora, number, confirm=True)
    page = client.get(f"/r/{number}").text
    assert "<del>120</del><ins>112</ins>" in page
    assert "An older plan." in page
    assert "hires 120" in client.get(f"/r/{number}/v1").text

    notice(wire, dora, number, Kind.WITHDRAWAL, Reason("error", "It was not so."))
    for path in _surfaces(number):
        answer = client.get(path)
        shown = answer.text.replace(f"q={CANARY}", "").replace(f'value="{CANARY}"', "")
        assert CANARY not in shown.replace(f"“{CANARY}”", "").replace(f": {CANARY}", ""), path
    assert "It was not so." in client.get(f"/r/{number}").text


def test_the_archive_is_cut_by_public_changes_alone(
    wire: Wire, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ENTRIES", 2)
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")

    def titles(path: str) -> list[str]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        entries = etree.fromstring(answer.content).findall("{*}entry")
        return [entry.findtext("{*}title", "") for entry in entries]

    numbers = []
    for index in range(4):
        submit(wire, anna, _handed(replace(LAKE, headline=f"Never approved {index}")))
        numbers.append(_published(wire, replace(DAIRY, headline=f"Plant {index} opens")))
    assert titles("/atom.xml") == ["Plant 3 opens", "Plant 2 opens"]
    assert titles("/atom/2.xml") == ["Plant 3 opens", "Plant 2 opens"]
    assert titles("/atom/1.xml") == ["Plant 1 opens", "Plant 0 opens"]
    assert titles("/c/economia/atom/1.xml") == titles("/atom/1.xml")
    second = client.get("/atom/2.xml").content

    notice(wire, dora, numbers[0], Kind.WITHDRAWAL, Reason("error", "It was not so."))
    assert titles("/atom/1.xml") == ["Plant 1 opens"]
    assert client.get("/atom/2.xml").content == second
    assert client.get("/atom/3.xml").status_code == 307
    notice(wire, dora, numbers[1], Kind.WITHHOLD, Reason("check", "It is looked into."))
    assert titles("/atom/3.xml") == [
        f"Withheld: release {numbers[1]}",
        f"Withdrawn: release {numbers[0]}",
    ]
    assert titles("/atom/1.xml") == []
    notice(wire, dora, numbers[1], Kind.USABLE_AGAIN, Reason("check", "It was right."))
    assert titles("/atom.xml")[0] == "Plant 1 opens"
    assert titles("/atom/3.xml") == [f"Withdrawn: release {numbers[0]}"]


def test_the_check_that_a_page_offers_succeeds(wire: Wire, client: TestClient) -> None:
    """The hash of the manifest is the same in the proof, on the page and in the log."""
    number = _published(wire, DAIRY)
    proof = json.loads(client.get(f"/r/{number}.proof.json").content)
    manifest = [r["manifest"] for r in proof["revisions"] if r["manifest"]][-1]
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    leaves = [
        base64.b64decode(e["leaf"]).decode() for r in proof["revisions"] for e in r["entries"]
    ]
    page = client.get(f"/r/{number}").text
    assert f'<bdi class="code">{digest}</bdi>' in page
    assert any(digest in leaf for leaf in leaves)
