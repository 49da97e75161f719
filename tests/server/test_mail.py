"""A served wire that mails: published over the API, read by a mail server, left with one click."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispaccio.testing import home as homes
from dispaccio.testing.server import Server
from tests.support.mailbox import mailbox

pytestmark = pytest.mark.long

TABLE = "name,address,groups,basis\nRita Moro,rita@gazette.example,food,consent\n"


def until(there: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_from_the_list_to_one_click(tmp_path: Path) -> None:
    with mailbox() as box:
        home = homes.make(
            tmp_path / "home",
            second_person="never",
            smtp=f"smtp://127.0.0.1:{box.port}",
            mail_from="news@ponte.example",
        )
        with Server(home.folder) as server:
            anna, dora, olga = (server.client(home.keys[name]) for name in ("anna", "dora", "olga"))
            said = anna.ask("POST", "/api/v1/issuers/aurora/recipients", TABLE.encode())
            assert said.json()["added"] == 1
            document = json.dumps(homes.document("Aurora opens a dairy")).encode()
            headers = {"content-type": "application/json"}
            path = "/api/v1/submissions?to=food"
            id = anna.ask("POST", path, document, headers).json()["id"]
            dora.post(f"/submissions/{id}/publish", {"confirm": True})
            until(lambda: box.came)
            message = box.came[0].message
            assert message["reply-to"].addresses[0].addr_spec == "press@aurora-dairy.example"
            page = "/u/" + str(message["list-unsubscribe"]).rpartition("/")[2].rstrip(">")
            anybody = server.client()
            assert anybody.get(page).status == 200
            form = {"content-type": "application/x-www-form-urlencoded"}
            click = anybody.ask("POST", page, b"List-Unsubscribe=One-Click", form)
            assert click.status == 200 and b"You are unsubscribed." in click.body
            listed = olga.get("/api/v1/issuers/aurora/recipients").json()["recipients"]
            assert [item["why"] for item in listed] == ["unsubscribed"]
            export = olga.get("/api/v1/issuers/aurora/recipients/export")
            found = dict(export.headers)
            assert found["content-type"] == "text/csv; charset=utf-8"
            assert found["cache-control"] == "no-store"
            again = anna.ask("POST", path, document.replace(b"dairy", b"plant"), headers)
            assert again.json()["code"] == "unknown-group"  # nobody is left in it


def test_an_invitation_goes_out_while_the_wire_is_served(tmp_path: Path) -> None:
    with mailbox() as box:
        home = homes.make(
            tmp_path / "home", smtp=f"smtp://127.0.0.1:{box.port}", mail_from="news@ponte.example"
        )
        with Server(home.folder) as server:
            olga = server.client(home.keys["olga"])
            olga.post("/people", {"name": "lia", "email": "lia@ponte.example"})
            said = olga.post("/people/lia/invitations", {}).json()
            assert said["mailed"] and "url" not in said
            until(lambda: box.came)
            path = box.came[0].body().partition("http://127.0.0.1:8000")[2].split()[0]
            assert server.client().get(path).status == 200


def test_a_reader_under_embargo_is_told_while_the_wire_is_served(tmp_path: Path) -> None:
    """Of the offer, and that it is taken back; both by the API."""
    with mailbox() as box:
        home = homes.make(
            tmp_path / "home", smtp=f"smtp://127.0.0.1:{box.port}", mail_from="news@ponte.example"
        )
        with Server(home.folder) as server:
            anna, dora, olga = (server.client(home.keys[name]) for name in ("anna", "dora", "olga"))
            asked = {
                "name": "rita",
                "email": "rita@gazette.example",
                "roles": ["vetted_reader:gazette"],
            }
            rita = server.client(olga.post("/people", asked).json()["key"])
            assert rita.post("/advance/terms", {}).status == 204
            id = anna.post("/submissions", homes.document("Aurora opens a dairy")).json()["id"]
            at = datetime.now(UTC) + timedelta(hours=2)
            approval = {"confirm": True, "release_time": at.isoformat()}
            assert dora.post(f"/submissions/{id}/approve", approval).json()["state"] == "sealed"
            assert anna.post(f"/submissions/{id}/offers", {"to": ["rita"]}).status == 201
            until(lambda: len(box.came) == 1)
            assert "EMBARGO until" in str(box.came[0].message["subject"])
            assert f"/reading/{id}" in box.came[0].body()
            assert anna.ask("DELETE", f"/api/v1/submissions/{id}/offers/rita").status == 200
            until(lambda: len(box.came) == 2)
            assert "taken back" in str(box.came[1].message["subject"])
