"""A wire asked as browsers ask it: with cookies, forms, and what tells of their origin."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.accounts import tokens
from dispaccio.clock import Clock
from dispaccio.egress.client import Client
from dispaccio.embargo import files as vault
from dispaccio.intake.sheet import Sheet
from dispaccio.release.model import Contact
from dispaccio.store import drafts, post
from dispaccio.wire import accounts, draft_files, drafting, egress, handing_in, parcels, people
from dispaccio.wire import post as outgoing
from dispaccio.wire.filed import About
from tests.api.service import Service
from tests.wire.world import START

OWN = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
"""What a browser says of a form that is on a page of this wire."""
PASSWORD = "four small words of mine"

SHEET = Sheet(
    language="en",
    label="promotional",
    paid_by="Aurora Dairy",
    headline="Aurora opens a dairy",
    place="Bergamo",
    text="The third plant opened on Monday; it employs 120 people.",
    contacts=(Contact(name="Livia Brembati", email="press@aurora-dairy.example"),),
    channel="economia",
    zone="Europe/Rome",
)


class Wire:
    """A home with its pages, and browsers of its people."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.service = Service(folder, **settings)
        self.wire = self.service.wire

    def close(self) -> None:
        self.service.close()

    def browser(self) -> TestClient:
        """A browser that nobody has logged in with."""
        app: Any = self.service.app
        return TestClient(app, "http://127.0.0.1:8000", follow_redirects=False)

    def invite(self, name: str, *roles: str, language: str = "en") -> str:
        """The path of an invitation for somebody new, who is told so by no mail."""
        accounts.invite(
            self.wire,
            self.service.olga,
            name,
            f"{name}@ponte.example",
            list(roles),
            full_name=f"{name.capitalize()} Ponte",
            language=language,
        )
        with self.wire.store.write(self.wire.clock.now()) as tx:
            person = people.named(tx, name)
            post.forget_of(tx, person.key)
            made = outgoing.link(self.wire, tx, person, tokens.INVITATION)
        return made.url.removeprefix(self.wire.settings.url)

    def link(self) -> str:
        """The path of a link to log in of somebody new."""
        return self.link_of(self.service.guest())

    def link_of(self, name: str) -> str:
        """The path of a link to log in of somebody who is here."""
        with self.wire.store.write(self.wire.clock.now()) as tx:
            made = outgoing.link(self.wire, tx, people.named(tx, name), tokens.LOG_IN)
        return made.url.removeprefix(self.wire.settings.url)

    def invite_again(self, name: str) -> str:
        """The path of a new invitation of somebody who is here."""
        said = accounts.invite_again(self.wire, self.service.olga, name)
        return str(said["url"]).removeprefix(self.wire.settings.url)

    def at(self, later: timedelta) -> None:
        """Let time pass, from when the home was made."""
        seconds = later.total_seconds()
        self.wire.clock = Clock(lambda: START + later, lambda: seconds)

    def post(self) -> int:
        """Let the post send what is due; how many mails were taken."""

        async def main() -> int:
            async with Client(egress.policy(self.wire)) as client:
                means = parcels.means(self.wire, client)
                return await outgoing.posting(self.wire, means).send_due()

        return asyncio.run(main())

    def draft(self, sheet: Sheet = SHEET) -> str:
        """The path of a new draft of Aurora's author."""
        kept = drafting.save(self.wire, self.service.anna, str(uuid.uuid4()), 0, sheet, "aurora")
        return f"/submit/{kept.id}"

    def handed_in(self, path: str) -> str:
        """The id of the release that a draft was handed in as."""
        with self.wire.store.read(self.wire.clock.now()) as tx:
            row = drafts.by_id(tx, path.rpartition("/")[2])
        assert row is not None and row.release
        return row.release

    def file(self) -> str:
        """The path of a file of a new draft of Aurora's author."""
        path = self.draft()
        original = vault.keep(self.wire.home, [b"%PDF-1.7\n%%EOF"])
        id = path.rpartition("/")[2]
        made = draft_files.add(self.wire, self.service.anna, id, original, About("a.pdf"))
        return f"{path}/files/{made.id}"

    def handed_file(self) -> str:
        """The path of a file of a text that Aurora's author handed in."""
        path = self.file()
        draft, _, file = path.removeprefix("/submit/").partition("/files/")
        handing_in.hand_in(self.wire, self.service.anna, draft, 1)
        return f"/releases/{self.handed_in(f'/submit/{draft}')}/files/{file}"

    def logged_in(self, name: str, *roles: str, language: str = "en") -> TestClient:
        """A browser of somebody new who took up an invitation."""
        client = self.browser()
        path = self.invite(name, *roles, language=language)
        answer = client.post(path, data={"password": PASSWORD}, headers=OWN)
        assert answer.status_code == 303, answer.text
        return client


def send(client: TestClient, path: str, files: Any = None, **form: Any) -> Any:
    """Send a form from a page of the wire, with files if there are any."""
    return client.post(path, data=form, files=files, headers=OWN)


def codes(page: str) -> list[str]:
    """The codes of the errors that a page tells of."""
    return re.findall(r'data-code="([a-z-]+)"', page)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A home with its private pages, asked as browsers ask."""
    made = Wire(tmp_path / "home")
    yield made
    made.close()
