"""Every bad input in one table: a plain sentence, a stable code, nothing changed, and soon."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from dispaccio.cli import main
from dispaccio.store import releases, secrets
from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.server import Answer, Client, Server
from tests.proof.hostile import ADDRESSES, BAD, EXPRESSIONS, QUERIES, TITLE, Bad

SECONDS, MEGABYTES = 2.0, 256
PLAIN = re.compile(r"\S[^\n]*[.!?…]")
JARGON = re.compile(r"like like|Traceback|Exception|sqlite|SELECT|<class|object at 0x|NoneType")


class Wire:
    """A running wire and its home."""

    def __init__(self, server: Server, home: Home) -> None:
        self.server, self.home = server, home

    def client(self, who: str) -> Client:
        return self.server.client(self.home.keys.get(who, who) or None)

    def hand_in(self, bad: Bad) -> Answer:
        path, head = f"/api/v1/submissions{bad.query}", {"content-type": bad.type}
        return self.client(bad.who).ask("POST", path, bad.body, head)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        store = sqlite3.connect(f"file:{self.home.folder}/wire.db?mode=ro", uri=True)
        try:
            names = [
                n for (n,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return {n: store.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}
        finally:
            store.close()

    def peak(self, *, reset: bool = False) -> int:
        """The most memory that the server had since the last reset, in megabytes (proc(5))."""
        process = Path(f"/proc/{self.server.pid}")
        if reset:
            (process / "clear_refs").write_text("5")
        found = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())
        assert found
        return int(found[1]) // 1024


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    home = homes.make(tmp_path_factory.mktemp("bad") / "home")
    with Server(home.folder, forked=True) as server:
        warm = Wire(server, home)
        warm.client("anna").post("/submissions", homes.document("Aurora"))
        yield warm


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_what_is_handed_in(wire: Wire, bad: Bad) -> None:
    before, computed, held = wire.rows(), wire.server.cpu_seconds(), wire.peak(reset=True)
    answer = wire.hand_in(bad)
    said = answer.json()
    assert answer.status == bad.status, said
    assert wire.server.cpu_seconds() - computed < SECONDS
    assert wire.peak() - held < MEGABYTES
    changed = {name: count for name, count in wire.rows().items() if count != before[name]}
    if bad.taken:
        assert said["state"] == bad.state, said
        assert bad.checks <= {finding["check"] for finding in said["findings"]}
        assert changed["original"] == before["original"] + 1
        assert kept(wire, said["id"]) == bad.body
    else:
        assert said["code"] == bad.code
        assert changed == {}
    for sentence in [said.get("detail"), *(f["message"] for f in said.get("findings", []))]:
        assert sentence is None or is_plain(sentence), sentence


def is_plain(sentence: str) -> bool:
    """Whether it is one line for people, in which no program speaks."""
    return bool(PLAIN.fullmatch(sentence)) and not JARGON.search(sentence)


def kept(wire: Wire, id: str) -> bytes:
    """What lies in the vault of what was handed in."""
    opened = wire.home.open()
    try:
        with opened.store.read(opened.clock.now()) as tx:
            row = releases.by_id(tx, id)
            assert row
            revision = releases.newest_revision(tx, row.key)
            assert revision
            original = secrets.original_of(tx, revision.key)
            assert original
            return opened.data_key(tx, row).open(f"original/{revision.key}", original[1])
    finally:
        opened.store.close()


def test_hostile_texts_are_shown_as_the_harmless_texts_they_are(wire: Wire) -> None:
    """10, 11, 14, 15, 21: on the page, in its data for search engines, in the feed, in the log."""
    dora, numbers = wire.client("dora"), {}
    for bad in BAD:
        if bad.taken and bad.state == "in_review":
            id = wire.hand_in(bad).json()["id"]
            done = dora.post(f"/submissions/{id}/publish", {"confirm": True})
            assert done.status == 200, (bad.name, done)
            numbers[done.json()["published"][0]["number"]] = bad.name
    feed = ET.fromstring(wire.client("").get("/atom.xml").body)
    titles = [entry.findtext("{*}title") for entry in feed.findall("{*}entry")]
    assert TITLE in titles, "a template was filled in, or something escaped"
    for number, name in numbers.items():
        for suffix in ("", "/v1", ".html"):
            page = followed(wire.client(""), f"/r/{number}{suffix}").body.decode()
            assert active(page) == [], name
    assert len(wire.server.log.read_text().splitlines()) == 1, "nothing was written to the log"


def followed(client: Client, path: str) -> Answer:
    answer = client.get(path)
    return client.get(dict(answer.headers)["location"]) if answer.status == 308 else answer


class _Active(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.data = tag == "script" and given.get("type") == "application/ld+json"
        own = self.data or (given.get("src") or "").startswith("/static/")
        if tag in ("iframe", "object", "embed") or (tag == "script" and not own):
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or re.match(
                r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE
            ):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.data = False

    def handle_data(self, data: str) -> None:
        if self.data:
            json.loads(data)


def active(page: str) -> list[str]:
    """What would run in a reader's browser and is not the wire's own."""
    parser = _Active()
    parser.feed(page)
    return parser.found


def test_one_key_a_hundred_times_is_one_release(wire: Wire) -> None:
    """28: in parallel; and the same key with another text is a conflict."""
    before = wire.rows()["release"]

    def hand_in(n: int) -> tuple[int, str, bool]:
        client = Client(wire.server.port, wire.home.keys["anna"])
        said = client.post("/submissions", homes.document("Aurora"), idempotency_key="a-key")
        client.close()
        return said.status, said.json()["id"], said.json()["new"]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(hand_in, range(100)))
    assert len({id for _, id, _ in answers}) == 1
    assert {status for status, _, _ in answers} == {201}
    assert sum(new for _, _, new in answers) == 1
    assert wire.rows()["release"] == before + 1
    other = wire.client("anna").post(
        "/submissions", homes.document("Other"), idempotency_key="a-key"
    )
    assert (other.status, other.json()["code"]) == (409, "idempotency-conflict")


def test_a_time_changed_in_the_last_second_and_a_withdrawal_before_it(wire: Wire) -> None:
    """27."""
    anna, dora = wire.client("anna"), wire.client("dora")
    id = anna.post("/submissions", homes.document("Aurora opens its ninth plant")).json()["id"]
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    dora.post(f"/submissions/{id}/approve", {"confirm": True, "release_time": soon.isoformat()})
    withdrawn = dora.post(f"/releases/{id}/withdraw", {"reason": "error"})
    assert (withdrawn.status, withdrawn.json()["code"]) == (409, "not-published")
    later = (soon + timedelta(hours=1)).isoformat()
    moved = dora.post(f"/submissions/{id}/time", {"release_time": later})
    assert moved.status == 200
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 0.3)
    said = anna.get(f"/api/v1/submissions/{id}").json()
    assert said["open"]["state"] == "sealed"


def test_an_illegal_move_changes_nothing(wire: Wire) -> None:
    anna, dora = wire.client("anna"), wire.client("dora")
    id = anna.post("/submissions", homes.document("Aurora opens its tenth plant")).json()["id"]
    assert dora.post(f"/submissions/{id}/decide", {"to": "reject"}).status == 200
    before = wire.rows()
    for path, asked in (
        ("approve", {"confirm": True}),
        ("decide", {"to": "resume"}),
        ("time", {"release_time": "2027-03-01T10:00Z"}),
        ("publish", {"confirm": True}),
        ("call-off", {}),
    ):
        answer = dora.post(f"/submissions/{id}/{path}", asked)
        assert answer.status == 409, (path, answer)
        assert answer.json()["code"] in ("illegal-move", "nothing-open")
    assert wire.rows() == before


@pytest.mark.parametrize("words", EXPRESSIONS)
def test_an_expression_is_a_word(wire: Wire, words: str) -> None:
    """40."""
    client = wire.client("")
    for path in (f"/search?q={quote(words)}", f"/api/v1/releases?q={quote(words)}"):
        assert client.get(path).status == 200, path


@pytest.mark.parametrize("query", QUERIES)
def test_a_cursor_limit_or_filter_that_is_none(wire: Wire, query: str) -> None:
    """40."""
    answer = wire.client("").get(f"/api/v1/releases?{query}")
    assert answer.status == QUERIES[query], answer
    assert wire.client("").get(f"/?{query}").status == 200


def test_no_address_inside_is_taken_as_an_endpoint(tmp_path: Path) -> None:
    """32, 33: of a wire that is no test."""
    home = homes.make(tmp_path / "home", test=False, url="https://ponte.example")
    with Server(home.folder, forked=True) as server:
        wire = Wire(server, home)
        before, olga = wire.rows(), wire.client("olga")
        for address in ADDRESSES:
            asked = {"subscriber": homes.SUBSCRIBER, "address": address}
            answer = olga.post("/endpoints", asked)
            assert answer.status == 422, (address, answer)
            assert is_plain(answer.json()["detail"])
        for where in ("169.254.169.254:443", "169.254.0.0/16:443", "0.0.0.0/0:443"):
            answer = olga.post("/egress", {"where": where, "why": "so that it works"})
            assert answer.status == 422, (where, answer)
        assert {n for n, count in wire.rows().items() if count != before[n]} <= {"api_key"}


@pytest.mark.long
def test_a_second_server_on_one_home(wire: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--home", str(wire.home.folder), "--port", "0"]) != 0
    said = capsys.readouterr().err
    assert said.startswith("dispaccio: ")
    assert said.rstrip().endswith("[home-in-use]")
    assert wire.client("").get("/healthz").status == 200


def test_a_home_of_a_newer_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = homes.make(tmp_path / "home")
    store = sqlite3.connect(home.folder / "wire.db")
    store.execute("UPDATE alembic_version SET version_num = '9999'")
    store.commit()
    store.close()
    assert main(["serve", "--home", str(home.folder), "--port", "0"]) != 0
    assert capsys.readouterr().err.rstrip().endswith("[home-is-newer]")
