"""``examples/receive.php`` under PHP's own server: against the real wire, and against bad input."""

from __future__ import annotations

import http.client
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dispaccio.delivery.signature import SigningKey, new_key, new_secret, sign
from tests.receive.world import WireAtWork, free_port, running, thin, until, wire_at_work
from tests.support.source import ROOT
from tests.support.tools import require

pytestmark = pytest.mark.long

SECRET, KEY = new_secret(), SigningKey(new_key())


@dataclass
class Php:
    """The receiver at work: where it listens and where it writes."""

    port: int
    folder: Path

    @property
    def names(self) -> set[str]:
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {str(path) for path in found if path.parts[0] != ".taken"}

    def send(
        self, id: str, body: bytes, media_type: str = "application/json", **signing: Any
    ) -> tuple[int, str]:
        at = signing.pop("at", datetime.now(UTC))
        headers = sign(id, at, body, **(signing or {"secrets": [SECRET]}))
        return self.post(body, {**headers, "content-type": media_type})

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/receive.php", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())["code"]
        finally:
            connection.close()

    def full(self, release: str, of: int, kind: str = "original", **more: Any) -> Any:
        said = {"number": "T1", "version": of, "kind": kind, "status": "usable", **more}
        type = "application/vnd.dispaccio+json"
        return self.send(f"{release}.v{of}", json.dumps(said).encode(), type)


@contextmanager
def php(folder: Path, port: int, wire: str, **settings: str) -> Iterator[Php]:
    """The receiver while PHP serves it; it may not warn of anything."""
    folder.mkdir(exist_ok=True)
    words = [str(require("php")), "-S", f"127.0.0.1:{port}"]
    words += [str(ROOT / "examples" / "receive.php")]
    log = folder.with_name("php.log")
    environment = {"DISPACCIO_FROM": wire, "DISPACCIO_FOLDER": str(folder), **settings}
    with running(words, log, **environment) as process:
        until(lambda: b"started" in log.read_bytes() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield Php(port, folder)
    assert not re.findall(r"PHP (?:Warning|Fatal|Deprecated|Notice).*", log.read_text())


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Php]:
    settings = {"DISPACCIO_SECRET": SECRET, "DISPACCIO_PUBLIC_KEY": KEY.public}
    with php(tmp_path / "in", free_port(), "https://wire.example", **settings) as at_work:
        yield at_work


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireAtWork]:
    require("php")
    with wire_at_work(tmp_path_factory.mktemp("wire")) as at_work:
        yield at_work


class TestFromTheWire:
    @pytest.mark.parametrize("payload", ["thin", "full"])
    def test_the_life_of_a_release(self, wire: WireAtWork, tmp_path: Path, payload: str) -> None:
        port = free_port()
        to = wire.endpoint(f"http://127.0.0.1:{port}/receive.php", payload=payload)
        with php(tmp_path / "in", port, wire.url, DISPACCIO_SECRET=to["secret"]) as receiver:
            number = wire.publish("A third plant")
            until(lambda: receiver.names == {f"{number}.v1.json"})
            wire.correct(number, "A third plant in Bergamo")
            until(lambda: len(receiver.names) == 2)
            wire.withdraw(number)
            until(lambda: len(receiver.names) == 3)
            said = wire.ask("olga", f"/endpoints/{to['endpoint']}/rehearse")
        assert said["well"], said
        assert [step["status"] for step in said["steps"]] == [200] * 5 + [409] + [200] * 2
        documents = {
            name: json.loads((receiver.folder / name).read_bytes()) for name in receiver.names
        }
        assert documents[f"{number}.v1.json"]["title"] == "A third plant"
        assert documents[f"{number}.v2.json"]["title"] == "A third plant in Bergamo"
        assert documents[f"{number}.v3.json"]["status"] == "canceled"
        tests = [name for name in documents if documents[name]["number"].startswith("TEST")]
        assert len(tests) == 7
        assert all(name.startswith("TEST/TEST-") for name in tests)
        wire.ask("olga", f"/endpoints/{to['endpoint']}/disable")


class TestWhatIsRefused:
    def test_signatures(self, receiver: Php) -> None:
        id, other = f"{uuid.uuid4()}.v1", f"{uuid.uuid4()}.v1"
        assert receiver.send(id, b"text", "text/plain") == (200, "taken")
        assert receiver.send(other, b"text", "text/plain", key=KEY) == (200, "taken")
        wrong = SigningKey(new_key())
        for signing in ({"secrets": [new_secret()]}, {"key": wrong}):
            assert receiver.send(id, b"text", "text/plain", **signing)[1] == "signature-invalid"
        headers = sign(id, datetime.now(UTC), b"text", secrets=[SECRET])
        assert receiver.post(b"another text", headers) == (403, "signature-invalid")
        assert receiver.post(b"text", {}) == (403, "signature-missing")

    @pytest.mark.parametrize("minutes", [-10, 10])
    def test_a_replay_after_ten_minutes(self, receiver: Php, minutes: int) -> None:
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        said = receiver.send(f"{uuid.uuid4()}.v1", b"x", "text/plain", at=at, secrets=[SECRET])
        assert said == (403, "signature-expired")
        assert not receiver.names

    def test_doubles_older_ones_and_what_follows_a_withdrawal(self, receiver: Php) -> None:
        release = str(uuid.uuid4())
        assert receiver.full(release, 1) == (200, "taken")
        assert receiver.full(release, 1) == (200, "known")
        assert receiver.full(release, 3, "correction") == (200, "taken")
        assert receiver.full(release, 2, "correction") == (409, "older-revision")
        assert receiver.full(release, 5, "withdrawal") == (200, "taken")
        assert receiver.full(release, 4, "correction") == (409, "already-withdrawn")
        assert receiver.full(release, 6, "correction") == (409, "already-withdrawn")
        assert receiver.names == {"T1.v1.json", "T1.v3.json", "T1.v5.json"}

    def test_what_is_no_delivery(self, receiver: Php) -> None:
        assert receiver.send("ping-1", b'{"type": "endpoint.ping", "data": {}}') == (200, "ok")
        assert receiver.send("a/../b.v1", b"x", "text/plain")[1] == "malformed-delivery"
        _, body = thin(2)
        assert receiver.send(f"{uuid.uuid4()}.v2", body)[1] == "malformed-delivery"
        assert receiver.full(str(uuid.uuid4()), 1, version=2)[1] == "malformed-delivery"

    @pytest.mark.parametrize(
        "url",
        [
            "https://wire.example.evil.example/r/1",
            "http://wire.example/r/1",
            "https://wire.example@evil.example/r/1",
            "file:///etc/passwd",
            "php://filter/resource=/etc/passwd",
            "",
        ],
    )
    def test_a_document_of_another_host(self, receiver: Php, url: str) -> None:
        said = receiver.send(*thin(1, urls={"dispaccio": url}))
        assert said == (403, "not-from-the-wire")

    @pytest.mark.parametrize(
        "number", ["../../x", "CON", "a" * 300, "\u202egnp.exe", "two\nlines", "nul\x00", "."]
    )
    def test_a_bad_number_is_a_harmless_name(self, receiver: Php, number: str) -> None:
        assert receiver.full(str(uuid.uuid4()), 1, number=number) == (200, "taken")
        [name] = receiver.names
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,101}\.v1\.json", name)
        assert name.partition(".")[0].upper() not in {"CON", "NUL"}
