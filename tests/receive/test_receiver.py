"""The receiver by itself: signatures, doubles, order, what is remembered."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dispaccio.delivery.signature import SigningKey, new_key, new_secret, sign
from dispaccio.errors import NotTaken, NumberReused, ReceiverInUse
from dispaccio.formats.registry import by_name
from dispaccio.receive.delivery import Delivery, Known, facts_of
from dispaccio.receive.fetch import Answer, Wire
from dispaccio.receive.memory import Memory
from dispaccio.receive.receiver import Keys, Receiver, Reply
from dispaccio.receive.targets import Folder
from dispaccio.testing import releases
from tests.receive.world import thin

MALFORMED = (422, "malformed-delivery")
SECRET, KEY = new_secret(), SigningKey(new_key())
NATIVE = "application/vnd.dispaccio+json"


class Shelf:
    """A target that keeps what it was given; it fails as often as it is told to."""

    def __init__(self) -> None:
        self.taken: list[Delivery] = []
        self.fails = 0

    def take(self, delivery: Delivery, known: Known) -> Mapping[str, Any]:
        if self.fails:
            self.fails -= 1
            raise NotTaken
        self.taken.append(delivery)
        return {"of": known.versions}

    @property
    def versions(self) -> list[int]:
        return [delivery.version for delivery in self.taken]


class Room:
    """A receiver with its memory, and messages to it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shelf = folder, Shelf()
        self.release = str(uuid.uuid4())
        self.open()

    def open(self) -> None:
        self.memory = Memory(self.folder)
        wire = Wire("https://wire.example")
        self.receiver = Receiver(self.memory, self.shelf, Keys([SECRET], [KEY.public]), wire)

    def restart(self) -> None:
        self.memory.close()
        self.open()

    def send(
        self, id: str, body: bytes, media_type: str = "application/json", **signing: Any
    ) -> Reply:
        at = signing.pop("at", datetime.now(UTC))
        headers = sign(id, at, body, **(signing or {"secrets": [SECRET]}))
        return self.receiver.message({**headers, "content-type": media_type}, body)

    def full(self, version: int, kind: str = "original", release: str = "") -> Reply:
        release = release or self.release
        status = {"withdrawal": "canceled", "withhold": "withheld"}.get(kind, "usable")
        said = {"id": f"urn:uuid:{release}", "version": version, "kind": kind, "status": status}
        return self.send(f"{release}.v{version}", json.dumps(said).encode(), NATIVE)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "memory")


def said(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.code


class TestSignatures:
    @pytest.mark.parametrize("by", [{"secrets": [SECRET]}, {"key": KEY}])
    def test_either_signature_is_enough(self, room: Room, by: dict[str, Any]) -> None:
        assert said(room.send(f"{room.release}.v1", b"text", "text/plain", **by)) == (200, "taken")

    @pytest.mark.parametrize(
        "by", [{"secrets": [new_secret()]}, {"key": SigningKey(new_key())}], ids=["v1", "v1a"]
    )
    def test_another_key_is_refused(self, room: Room, by: dict[str, Any]) -> None:
        reply = room.send(f"{room.release}.v1", b"text", "text/plain", **by)
        assert said(reply) == (403, "signature-invalid")
        assert not room.shelf.taken

    @pytest.mark.parametrize("minutes", [-10, 10])
    def test_a_replay_after_ten_minutes_is_refused(self, room: Room, minutes: int) -> None:
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        reply = room.send(f"{room.release}.v1", b"x", "text/plain", at=at, secrets=[SECRET])
        assert said(reply) == (403, "signature-expired")

    def test_without_headers(self, room: Room) -> None:
        assert said(room.receiver.message({}, b"{}")) == (403, "signature-missing")

    def test_a_ping_is_answered_and_not_handed_on(self, room: Room) -> None:
        assert room.send("ping-1", b'{"type": "endpoint.ping", "data": {}}').status == 200
        assert not room.shelf.taken

    @pytest.mark.parametrize("id", ["x", "a/../b.v1", f"{'a' * 90}.v1", "a.v0", "a.v01", "é.v1"])
    def test_an_id_that_names_no_revision(self, room: Room, id: str) -> None:
        assert said(room.send(id, b"text", "text/plain")) == (422, "malformed-delivery")

    def test_a_payload_of_another_revision(self, room: Room) -> None:
        _, body = thin(2, room.release)
        assert said(room.send(f"{room.release}.v1", body)) == (422, "malformed-delivery")
        document = json.dumps({"version": 2}).encode()
        assert room.send(f"{room.release}.v1", document, NATIVE).status == 422

    @pytest.mark.parametrize("name", ["dispaccio", "ninjs", "nitf", "newsml-g2"])
    def test_a_document_of_another_release(self, room: Room, name: str) -> None:
        format = by_name(name)
        said_ = replace(releases.english(), id=f"urn:uuid:{uuid.uuid4()}", version=1)
        document, media_type = format.write(said_), format.about.media_types[0]
        assert said(room.send(f"{room.release}.v1", document, media_type)) == MALFORMED
        own = format.write(replace(said_, id=f"urn:uuid:{room.release}"))
        assert said(room.send(f"{room.release}.v2", own, media_type)) == MALFORMED
        assert said(room.send(f"{room.release}.v1", own, media_type)) == (200, "taken")


def test_a_number_of_another_release_overwrites_nothing(tmp_path: Path) -> None:
    """Neither the file of the same name nor one whose name would be the same."""
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    memory = Memory(tmp_path / "memory")
    receiver = Receiver(memory, Folder(incoming), Keys(), Wire("https://wire.example"))
    first = Delivery("r1", 1, number="T/1", document=b"first", media_type="text/plain")
    assert receiver.take(first).code == "taken"
    for number in ("T/1", "t:1"):
        with pytest.raises(NumberReused, match="r2 is not used"):
            receiver.take(replace(first, release="r2", number=number, document=b"second"))
    assert [path.read_bytes() for path in incoming.iterdir()] == [b"first"]
    assert receiver.take(replace(first, version=2)).code == "taken"
    memory.close()


def test_a_notice_that_took_the_texts_place_is_what_came(tmp_path: Path) -> None:
    release, incoming = str(uuid.uuid4()), tmp_path / "incoming"
    incoming.mkdir()
    notice = {"id": f"urn:uuid:{release}", "version": 3, "kind": "withdrawal", "status": "canceled"}
    lines: list[str] = []

    class Fetches(Wire):
        def document(self, url: str) -> Answer:
            return Answer(200, NATIVE, json.dumps(notice).encode())

    memory = Memory(tmp_path / "memory")
    wire, folder = Fetches("https://wire.example"), Folder(incoming)
    receiver = Receiver(memory, folder, Keys([SECRET]), wire, log=lines.append)
    urls = {"dispaccio": "https://wire.example/r/T100000001/v1.json"}
    id, body = thin(1, release, urls=urls)
    at = datetime.now(UTC)
    headers = sign(id, at, body, secrets=[SECRET]) | {"content-type": "application/json"}
    assert receiver.message(headers, body).code == "taken"
    assert "revision 3, was taken: withdrawal" in lines[0]
    [path] = incoming.iterdir()
    assert path.name.endswith(".v3.json")
    assert memory.of(release) == Known((3,), withdrawn=True, notes={"file": path.name})
    notice["id"] = f"urn:uuid:{uuid.uuid4()}"
    id, body = thin(1, str(uuid.uuid4()), urls=urls, number="T100000002")
    headers = sign(id, at, body, secrets=[SECRET]) | {"content-type": "application/json"}
    assert said(receiver.message(headers, body)) == MALFORMED
    memory.close()


class TestOrder:
    def test_what_came_before_is_dropped(self, room: Room) -> None:
        assert [said(room.full(1)) for _ in range(3)] == [(200, "taken"), *[(200, "known")] * 2]
        assert room.shelf.versions == [1]

    def test_an_older_revision_after_a_newer(self, room: Room) -> None:
        room.full(1)
        room.full(3, "correction")
        assert said(room.full(2, "correction")) == (409, "older-revision")
        assert said(room.full(1)) == (200, "known")
        assert room.shelf.versions == [1, 3]

    def test_anything_after_a_withdrawal(self, room: Room) -> None:
        room.full(1)
        room.full(4, "withdrawal")
        assert said(room.full(3, "correction")) == (409, "already-withdrawn")
        assert said(room.full(5, "correction")) == (409, "already-withdrawn")
        assert said(room.full(4, "withdrawal")) == (200, "known")
        assert room.shelf.versions == [1, 4]

    def test_a_withdrawal_of_what_never_came(self, room: Room) -> None:
        assert said(room.full(2, "withdrawal")) == (200, "taken")
        assert said(room.full(1)) == (409, "already-withdrawn")

    def test_releases_do_not_know_each_other(self, room: Room) -> None:
        room.full(2, "withdrawal")
        assert said(room.full(1, release=str(uuid.uuid4()))) == (200, "taken")

    def test_it_is_remembered_over_a_restart(self, room: Room) -> None:
        room.full(2, "correction")
        room.restart()
        assert said(room.full(2, "correction")) == (200, "known")
        assert said(room.full(1)) == (409, "older-revision")
        room.full(3, "withdrawal")
        room.restart()
        assert said(room.full(4, "correction")) == (409, "already-withdrawn")

    def test_what_was_not_taken_is_not_remembered(self, room: Room) -> None:
        room.shelf.fails = 1
        assert said(room.full(1)) == (503, "not-taken")
        assert said(room.full(1)) == (200, "taken")

    def test_a_memory_that_was_damaged_takes_nothing(self, room: Room) -> None:
        room.full(1)
        [path] = room.folder.rglob("*.json")
        path.write_text("{")
        assert said(room.full(2, "correction")) == (500, "internal-error")
        assert room.shelf.versions == [1]

    def test_one_memory_is_of_one_process(self, room: Room) -> None:
        with pytest.raises(ReceiverInUse):
            Memory(room.folder)


class TestDocuments:
    @pytest.mark.parametrize(
        "url",
        [
            "https://wire.example.evil.example/r/1",
            "https://wire.example:8443/r/1",
            "http://wire.example/r/1",
            "https://user@wire.example/r/1",
            "https://wire.example@evil.example/r/1",
            "file:///etc/passwd",
            "/r/1",
            "https://wire.example/r/1\r\nx: y",
            "https://[::1/r",
        ],
    )
    def test_only_the_wires_own_host_is_asked(self, room: Room, url: str) -> None:
        id, body = thin(1, urls={"dispaccio": url})
        assert said(room.send(id, body)) == (403, "not-from-the-wire")

    def test_a_format_that_the_wire_has_not(self, room: Room) -> None:
        reply = room.send(*thin(1, urls={"html": "https://wire.example/r/1"}))
        assert said(reply) == (503, "document-unreachable")
        assert "it has html" in reply.detail

    @pytest.mark.parametrize("name", ["dispaccio", "ninjs", "nitf", "newsml-g2"])
    @pytest.mark.parametrize("state", ["usable", "corrected", "withheld", "withdrawn"])
    def test_what_a_document_says_of_itself(self, name: str, state: str) -> None:
        revision = releases.in_state(releases.english(), state)
        format = by_name(name)
        facts = facts_of(format.write(revision), format.about.media_types[0])
        assert revision.status and revision.kind
        assert facts["status"] == revision.status.value
        assert facts["kind"] == revision.kind.value

    def test_a_test_is_known_by_its_signed_id(self, room: Room) -> None:
        room.send(f"test-{room.release}.v1", b"<nitf/>", "application/nitf+xml")
        assert room.shelf.taken[0].test
        room.full(1)
        assert not room.shelf.taken[1].test
