"""Unreleased text is on no disk, in no output, in no temporary file, from the first POST on."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.formats.base import Options
from dispaccio.formats.native import native
from dispaccio.formats.registry import formats
from dispaccio.testing import home as homes
from dispaccio.testing.home import Home
from dispaccio.testing.server import Client, Server
from tests.proof.canary import Canary, digests, forms, hits, search

pytestmark = pytest.mark.long

IN_AN_HOUR = timedelta(hours=1)


@dataclass
class Hidden:
    """A running wire, and the canaries that were handed to it."""

    anna: Client
    dora: Client
    dino: Client
    canaries: list[Canary]

    def canary(self, where: str) -> Canary:
        self.canaries.append(Canary.named(where))
        return self.canaries[-1]

    def submitted(self, where: str, **more: object) -> str:
        """Hand in a text; its id."""
        said = self.anna.post("/submissions", self.canary(where).document(**more))
        assert said.status == 201, said
        return str(said.json()["id"])

    def sealed(self, where: str) -> str:
        id = self.submitted(where)
        self.seal(id)
        return id

    def seal(self, id: str) -> None:
        at = (datetime.now(UTC) + IN_AN_HOUR).isoformat()
        said = self.dora.post(f"/submissions/{id}/approve", {"confirm": True, "release_time": at})
        assert said.status == 200, said

    def decided(self, where: str, to: str) -> None:
        why = f"The desk says {self.canary(f'why it was {where}').word}."
        id = self.submitted(where)
        said = self.dora.post(f"/submissions/{id}/decide", {"to": to, "why": why})
        assert said.status == 200, said


def hand_in(wire: Hidden) -> None:
    """Texts that end up everywhere short of the public."""
    wire.submitted("in review")
    wire.submitted("returned", label={"code": "promotional", "text": "x", "commissioned": True})
    wire.decided("returned by the desk", "return")
    wire.decided("rejected", "reject")
    wire.decided("parked", "park")
    wire.anna.post(f"/submissions/{wire.submitted('called off')}/call-off")
    wire.anna.post(f"/submissions/{wire.sealed('called off when sealed')}/call-off")
    id = wire.sealed("sealed again")
    later = (datetime.now(UTC) + 2 * IN_AN_HOUR).isoformat()
    assert wire.dora.post(f"/submissions/{id}/time", {"release_time": later}).status == 200
    assert wire.dora.get(f"/api/v1/submissions/{id}").status == 200
    word = wire.canary("a finding").word
    link = f"www.{word}.example"
    marks = [{"start": 0, "end": len(link), "kind": "link", "href": "https://other.example/"}]
    body = [{"kind": "paragraph", "text": f"{link} is where to look.", "marks": marks}]
    found = wire.anna.post("/submissions", homes.document("Aurora", body=body)).json()
    assert word in json.dumps(found["findings"])
    key = wire.canary("Idempotency-Key")
    for _ in range(2):
        said = wire.anna.post("/submissions", key.document(), idempotency_key=key.word)
        assert said.status == 201
    kept = wire.canary("press contact")
    contact = {"name": "Livia", "email": f"{kept.word}@x.example", "visibility": "media_only"}
    wire.anna.post("/submissions", homes.document("Aurora", contacts=[contact]))
    relayed = wire.canary("taken over").document(wire={"name": "Ponente", "number": "5530192"})
    assert wire.dora.post("/relay", relayed).status == 201


def hand_in_files(wire: Hidden) -> None:
    """The same text in every format that can be handed in, and some that cannot be read."""
    for name, format in formats().items():
        if not (format.about.reads and format.about.writes):
            continue
        document = json.dumps(wire.canary(f"a file of {name}").document()).encode()
        revision = native.read(document, Options())[0].revision
        document = format.write(replace(revision, contacts=()))
        head = {"content-type": format.about.media_types[0]}
        said = wire.anna.ask("POST", "/api/v1/submissions", document, head)
        assert said.status == 201, (name, said)
    broken = wire.canary("malformed").sentence.encode()
    json_head = {"content-type": "application/json"}
    for body in (
        b'{"title": "' + broken,
        b'{"title": 1, "body": "' + broken + b'"}',
        b"\0" + broken,
    ):
        assert wire.anna.ask("POST", "/api/v1/submissions", body, json_head).status == 422
    strange = wire.canary("an unknown format").sentence.encode()
    strange_head = {"content-type": "application/x-unknown"}
    assert wire.anna.ask("POST", "/api/v1/submissions", strange, strange_head).status == 415
    word = wire.canary("the query").word
    path = f"/api/v1/submissions?paid_by={word}&channel={word}&issuer={word}"
    assert wire.anna.ask("POST", path, b"{}", json_head).status in (403, 422)
    stranger = wire.canary("somebody without a key").document()
    unknown = {"authorization": "Bearer dsp_unknown"}
    assert wire.anna.ask("POST", "/api/v1/submissions", stranger, unknown).status == 401


def correct(wire: Hidden) -> None:
    """A correction on its way while the first version is public."""
    said = wire.anna.post("/submissions", homes.document("Aurora opens a plant"))
    id = said.json()["id"]
    said = wire.dora.post(f"/submissions/{id}/publish", {"confirm": True})
    assert said.status == 200, said
    number = said.json()["published"][0]["number"]
    text = wire.canary("a correction").document()
    said = wire.anna.post(f"/releases/{number}/corrections?reason=figures", text)
    assert said.status == 201, said
    wire.seal(id)


def test_nothing_unreleased_is_found_anywhere(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    places = [home.folder, temporary, tmp_path / "home.log"]
    environment = {"TMPDIR": str(temporary)}
    with Server(home.folder, environment=environment, forked=True) as server:
        wire = hidden(server, home.keys, [])
        hand_in(wire)
        hand_in_files(wire)
        correct(wire)
        assert search(places, wire.canaries) == []
        kill_while_handing_in(server, home, wire)
        assert search(places, wire.canaries) == []
        server.start()
        again = hidden(server, home.keys, wire.canaries)
        id = again.sealed("published in the end")
        assert search(places, wire.canaries) == []
        assert again.dora.post(f"/submissions/{id}/publish", {"confirm": True}).status == 200
        published = wire.canaries.pop()
        assert any("UTF-8" in hit for hit in search(places, [published])), (
            "the search finds nothing"
        )
        assert search(places, wire.canaries) == []
    assert search(places, wire.canaries) == []


def kill_while_handing_in(server: Server, home: Home, wire: Hidden) -> None:
    """Several texts are on their way into the vault when the server dies."""
    words = [wire.canary(f"cut off {n}") for n in range(4)]

    def keep(canary: Canary) -> None:
        client = Client(server.port, home.keys["anna"])
        with suppress(OSError, HTTPException):
            while True:
                client.post("/submissions", canary.document())

    threads = [threading.Thread(target=keep, args=(canary,)) for canary in words]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    server.kill()
    for thread in threads:
        thread.join(10)


def hidden(server: Server, keys: Mapping[str, str], canaries: list[Canary]) -> Hidden:
    return Hidden(*(server.client(keys[name]) for name in ("anna", "dora", "dino")), canaries)


def test_a_vault_that_keeps_plain_text_is_found_out(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    with Server(home.folder, fault="plain-vault", forked=True) as server:
        wire = hidden(server, home.keys, [])
        wire.submitted("in review")
        assert search([home.folder], wire.canaries)


@given(st.binary(max_size=9), st.sampled_from(["b64", "utf-16-le", "utf-8", "hex", "json"]))
def test_the_search_finds_a_text_at_any_offset(before: bytes, shape: str) -> None:
    canary = Canary.named("here")
    said = canary.sentence
    data = {
        "b64": base64.b64encode(before + said.encode() + b"after"),
        "utf-16-le": before + said.encode("utf-16-le"),
        "utf-8": before + said.upper().encode(),
        "hex": (before + said.encode()).hex().encode(),
        "json": json.dumps({"text": said}).encode(),
    }[shape]
    assert hits(data, [canary])
    assert not hits(data, [Canary.named("elsewhere")])


def test_no_shape_is_so_short_that_it_is_found_by_chance() -> None:
    shapes = forms("qx0123456789abcd") | digests("qx0123456789abcd")
    assert min(map(len, shapes.values())) >= 16
