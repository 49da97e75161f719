"""Before its time a release cannot be told from one that does not exist, wherever one looks.

Two wires are asked the same: copies of one home, one of which holds texts on every step of the road
before publication. Their logs have the same length, since that is public.
"""

from __future__ import annotations

import random
import secrets
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispaccio.log import leaf
from dispaccio.site.addresses import slug
from dispaccio.store import leaves
from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.server import Server
from dispaccio.wire import organisations, people
from tests.proof import crawl
from tests.proof.canary import Canary, hits
from tests.proof.crawl import Guesses, said

pytestmark = pytest.mark.long

NEXT = ("T100000001", "T100000002", "T100000003", "T100000004", "100000002", "T99999999")
PUBLIC = "T100000001"
SUBMIT = ("POST", "/api/v1/submissions")
"""Who may submit gets an id, a new one each time."""
OWN_KEY = ("POST", "/api/v1/keys/ssh")
"""Answered with the wire's public key, of which each wire has one of its own."""


@dataclass
class Pair:
    """Two wires that differ by what is not public; the keys are the same."""

    full: Server
    empty: Server
    keys: dict[str, str]
    canaries: list[Canary]
    ids: list[str]

    def guesses(self) -> Guesses:
        words = [canary.word for canary in self.canaries]
        titles = [slug(f"Aurora {word} opens a plant") for word in words]
        absent = str(uuid.uuid4())
        return Guesses(
            NEXT, (*self.ids, absent), (*titles, "v1", "report"), ("economia", "news"), tuple(words)
        )


@contextmanager
def pair(folder: Path, fault: str = "") -> Iterator[Pair]:
    home = homes.make(folder / "empty")
    wire = home.open()
    operator = homes.actor(wire, "olga")
    organisations.add_issuer(wire, operator, "rival", "Rival Press", ["rival.example"])
    rita = people.add(wire, operator, "rita", None, ["author:rival"])["key"]
    wire.store.close()
    keys = {**home.keys, "rita": rita}
    with Server(home.folder, forked=True) as server:
        publish(server, keys)
    shutil.copytree(home.folder, folder / "full")
    with Server(folder / "full", fault=fault, forked=True) as full:
        canaries, ids = fill(full, keys)
        even_out(Home(folder / "full", keys), home)
        with Server(home.folder, forked=True) as empty:
            yield Pair(full, empty, keys, canaries, ids)


def publish(server: Server, keys: dict[str, str]) -> None:
    """One release that everybody may see, so that there is something to list."""
    anna, dora = server.client(keys["anna"]), server.client(keys["dora"])
    id = anna.post("/submissions", homes.document("Aurora opens a plant")).json()["id"]
    assert dora.post(f"/submissions/{id}/publish", {"confirm": True}).status == 200


def fill(server: Server, keys: dict[str, str]) -> tuple[list[Canary], list[str]]:
    """A text in review, rejected, called off, sealed, and a sealed correction of the public one."""
    anna, dora = server.client(keys["anna"]), server.client(keys["dora"])
    canaries = [Canary.named(f"text {n}") for n in range(5)]
    ids = [anna.post("/submissions", c.document()).json()["id"] for c in canaries[:4]]
    dora.post(f"/submissions/{ids[1]}/decide", {"to": "reject"})
    anna.post(f"/submissions/{ids[2]}/call-off")
    anna.post(f"/releases/{PUBLIC}/corrections?reason=figures", canaries[4].document())
    for ref in (ids[3], PUBLIC):
        at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        asked = {"confirm": True, "release_time": at}
        assert dora.post(f"/submissions/{ref}/approve", asked).status == 200
    return canaries, ids


def even_out(full: Home, empty: Home) -> None:
    """Give both logs the same length, by seals that commit to nothing."""
    sizes = []
    for home in (full, empty):
        wire = home.open()
        with wire.store.read(wire.clock.now()) as tx:
            sizes.append(leaves.size(tx))
        if home is empty:
            with wire.store.write(wire.clock.now()) as tx:
                for _ in range(sizes[0] - sizes[1]):
                    body = leaf.seal(leaf.commitment(secrets.token_bytes(32), b""))
                    leaves.append(tx, body, leaf.hash_of(body))
        wire.store.close()


def differences(wires: Pair, key: str | None) -> list[str]:
    """The addresses at which the two wires do not answer alike, and those that show a canary."""
    guess = wires.guesses()
    calls: list[tuple[str, str]] = []
    if key is None:  # the pages know no keys
        calls += [("GET", path) for path in crawl.site(guess)]
        calls += [("HEAD", path) for path in crawl.site(guess) if "?" not in path]
    calls += [call for call in crawl.api(guess) if call not in (SUBMIT, OWN_KEY)]
    assert len(calls) > 200
    return compared(wires, key, dict.fromkeys(calls))


def compared(wires: Pair, key: str | None, calls: Iterable[tuple[str, str]]) -> list[str]:
    full, empty = wires.full.client(key), wires.empty.client(key)
    found = []
    for method, path in calls:
        one, other = crawl.ask(full, method, path), crawl.ask(empty, method, path)
        shown = hits(one.body, wires.canaries) if not _asks_for(path, wires) else []
        if said(one) != said(other) or shown:
            found.append(f"{method} {path}: {one.status} and {other.status} {shown}")
    return found


def _asks_for(path: str, wires: Pair) -> bool:
    """Whether the asker said the word already, so that a page may repeat it."""
    return any(canary.word in path for canary in wires.canaries)


@pytest.mark.parametrize(
    "who", [None, "sam", "rita"], ids=["anybody", "subscriber", "other issuer"]
)
def test_no_address_tells_an_unpublished_release_from_none(wires: Pair, who: str | None) -> None:
    assert differences(wires, who and wires.keys[who]) == []


@pytest.fixture(scope="module")
def wires(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("crawl")) as made:
        yield made


def test_a_wire_with_two_answers_is_found_out(tmp_path: Path) -> None:
    with pair(tmp_path, fault="two-answers") as wires:
        paths = ("/", "/r/T100000002", f"/api/v1/submissions/{wires.ids[3]}")
        found = compared(wires, None, [("GET", path) for path in paths])
    assert [line.partition(":")[0] for line in found] == [f"GET {path}" for path in paths[1:]]


@pytest.mark.parametrize("guesses", [200, pytest.param(10_000, marks=pytest.mark.long)])
def test_guessing_finds_nothing(wires: Pair, guesses: int) -> None:
    client = wires.full.client()
    nothing = {
        prefix: said(client.get(f"{prefix}T999999999")) for prefix in ("/r/", "/api/v1/releases/")
    }
    for _ in range(guesses):
        prefix = random.choice(list(nothing))
        answer = client.get(prefix + guess(wires.guesses()))
        assert said(answer) == nothing[prefix]


def guess(known: Guesses) -> str:
    """A number, an id or an address that somebody could make up."""
    number = f"T{random.randrange(100_000_002, 100_100_000)}"
    title = random.choice(known.slugs)
    return random.choice(
        [number, f"{number}/{title}", f"{number}.json", f"{number}/v1", str(uuid.uuid4()), title]
    )
