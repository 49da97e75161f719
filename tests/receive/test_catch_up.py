"""Fetching what was missed: a small wire that has a list of deliveries and their documents."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dispaccio.cli import main
from dispaccio.errors import DocumentUnreachable, NotTaken
from dispaccio.receive.fetch import Wire
from dispaccio.receive.memory import Memory
from dispaccio.receive.receiver import Keys, Receiver
from tests.receive.test_receiver import Shelf

KEY = "dsp_key"
PAGE = 2


@dataclass
class Listing:
    """What the wire would have delivered; cursors are places in the list."""

    items: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    broken: bool = False
    gap: bool = False

    def add(self, release: str, version: int, kind: str = "original", **more: Any) -> None:
        place = len(self.items) + 1
        status = "canceled" if kind == "withdrawal" else "usable"
        said = {"id": f"urn:uuid:{release}", "number": f"T{place}", "version": version}
        urls = {"dispaccio": f"{self.url}/r/{release}/v{version}.json"}
        said |= {"cursor": f"c{place}", "kind": kind, "status": status, "urls": urls, **more}
        self.items.append(said)

    def answer(self, path: str, key: str | None) -> tuple[int, Any]:
        parts = urlsplit(path)
        self.asked.append(path)
        if self.broken:
            return 503, {"code": "store-failed", "detail": "The store is down."}
        if parts.path.startswith("/r/"):
            return 200, {"standard": "dispaccio/1", "title": path}
        if key != f"Bearer {KEY}":
            return 401, {"code": "wrong-key", "detail": "That API key is not known."}
        after = parse_qs(parts.query).get("after", ["c0"])[0]
        if after == "c0" and self.gap:  # a page of what the filter lets nothing of through
            return 200, {"deliveries": [], "next": "c1", "more": True}
        found = self.items[int(after[1:]) :][:PAGE]
        return 200, {"deliveries": found, "next": found[-1]["cursor"] if found else after}


@pytest.fixture
def listing() -> Iterator[Listing]:
    said = Listing()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, answer = said.answer(self.path, self.headers.get("authorization"))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/vnd.dispaccio+json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        said.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield said
        server.shutdown()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def receiver(listing: Listing, shelf: Shelf, tmp_path: Path) -> Receiver:
    return Receiver(Memory(tmp_path / "memory"), shelf, Keys(), Wire(listing.url, KEY, "e 1"))


def test_everything_is_fetched_once(listing: Listing, shelf: Shelf, receiver: Receiver) -> None:
    releases = [str(uuid.uuid4()) for _ in range(5)]
    for release in releases:
        listing.add(release, 1)
    assert receiver.catch_up() == 5
    assert [item.release for item in shelf.taken] == releases
    assert json.loads(shelf.taken[0].document or b"")["title"] == f"/r/{releases[0]}/v1.json"
    assert receiver.catch_up() == 0
    listing.add(releases[0], 2, "withdrawal")
    assert receiver.catch_up() == 1
    assert len(shelf.taken) == 6
    assert "endpoint=e+1" in listing.asked[0]


def test_a_page_that_holds_nothing_is_not_the_end(listing: Listing, receiver: Receiver) -> None:
    listing.gap = True
    for _ in range(3):
        listing.add(str(uuid.uuid4()), 1)
    assert receiver.catch_up() == 2


def test_what_came_too_late_is_passed_over(
    listing: Listing, shelf: Shelf, receiver: Receiver
) -> None:
    release = str(uuid.uuid4())
    listing.add(release, 3, "withdrawal")
    listing.add(release, 2, "correction")
    listing.add(release, 3, "withdrawal")
    assert receiver.catch_up() == 1
    assert shelf.versions == [3]


def test_it_goes_on_where_it_was_broken_off(
    listing: Listing, shelf: Shelf, receiver: Receiver
) -> None:
    for _ in range(3):
        listing.add(str(uuid.uuid4()), 1)
    shelf.fails = 1
    with pytest.raises(NotTaken):
        receiver.catch_up()
    assert receiver.catch_up() == 3


@pytest.mark.parametrize(
    "document", [{"text": "<nitf/>"}, {"base64": "PG5pdGYvPg=="}], ids=["text", "base64"]
)
def test_a_document_in_the_list_is_taken_as_it_is(
    listing: Listing, shelf: Shelf, receiver: Receiver, document: dict[str, str]
) -> None:
    said = {"format": "nitf", "media_type": "application/nitf+xml", **document}
    listing.add(str(uuid.uuid4()), 1, document=said)
    assert receiver.catch_up() == 1
    assert (shelf.taken[0].document, shelf.taken[0].media_type) == (
        b"<nitf/>",
        "application/nitf+xml",
    )


def test_a_wire_that_cannot_say(listing: Listing, receiver: Receiver) -> None:
    listing.broken = True
    with pytest.raises(DocumentUnreachable, match="The store is down"):
        receiver.catch_up()


class TestOnce:
    """``dispaccio receive --once``, as from cron."""

    def run(self, tmp_path: Path, listing: Listing, *words: str) -> int:
        (tmp_path / "in").mkdir(exist_ok=True)
        command = ["receive", "--to", "folder", str(tmp_path / "in"), "--from", listing.url]
        return main([*command, "--memory", str(tmp_path / "memory"), "--once", *words])

    def test_it_fetches_and_ends(
        self, listing: Listing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISPACCIO_KEY", KEY)
        listing.add(str(uuid.uuid4()), 1)
        assert [self.run(tmp_path, listing) for _ in range(2)] == [0, 0]
        assert [path.name for path in (tmp_path / "in").iterdir()] == ["T1.v1.json"]

    def test_it_says_what_is_missing(
        self, listing: Listing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(tmp_path, listing) == 1
        assert "needs an API key" in capsys.readouterr().err
        (tmp_path / "key").write_text("dsp_other\n")
        assert self.run(tmp_path, listing, "--key-file", str(tmp_path / "key")) == 1
        assert "That API key is not known" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--to", "folder", "."], "Name what signatures are checked with"),
        (["--to", "folder", "none"], "There is no folder none"),
        (["--to", "folder", ".", "--secret-file", "none"], "none cannot be read"),
        (["--to", "folder", ".", "--public-key", "x", "--from", "wire.example"], "an address like"),
        (["--to", "folder", ".", "--name", "{number}"], "{number} and {version} have to be in it"),
        (["--to", "command", "no-such-program"], "There is no program"),
        (["--to", "folder", ".", "--format", "docx"], "a wire has no 'docx'; there are: dispaccio"),
        (["--to", "folder", ".", "--format", "ninj"], "did you mean 'ninjs'? There are: dispaccio"),
        (["--to", "command", "'"], "The command cannot be read"),
        (["--to", "command", "true", "--name", "x"], "--name is for --to folder"),
        (["--to", "wordpress", "https://news.example"], "WordPress needs --user"),
        (["--to", "folder", ".", "--public-key", "x", "--certificate", "none"], "--certificate"),
    ],
)
def test_options_that_cannot_be_used(
    words: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    usual = [] if "--from" in words else ["--from", "https://wire.example"]
    assert main(["receive", *words, *usual]) == 1
    assert sentence in capsys.readouterr().err
