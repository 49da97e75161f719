"""A wire with its private pages on a loopback port, and people logged in to it by cookie."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn

from dispaccio.accounts.tokens import LOG_IN
from dispaccio.clock import Clock
from dispaccio.intake.sheet import Sheet
from dispaccio.intake.submission import Wishes
from dispaccio.release.state import State
from dispaccio.server import Application
from dispaccio.testing import home as homes
from dispaccio.wire import (
    accounts,
    advance,
    drafting,
    endpoints,
    people,
    post,
    review,
    submit,
    vetting,
)
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed
from tests.office.browser import SHEET

PASSWORD = "four small words of mine"
ARABIC = {
    "title": "افتتاح المصنع الثالث في برغامو",
    "language": "ar",
    "place": "برغامو",
    "body": [{"kind": "paragraph", "text": "افتتح المصنع الثالث يوم الاثنين ويعمل فيه 120 شخصا."}],
}

ARABIC_SHEET = Sheet(
    language="ar",
    label="institutional",
    headline="افتتاح المصنع الثالث في برغامو",
    place="برغامو",
    text="افتتح المصنع الثالث يوم **الاثنين**.\n\n- 120 شخصا\n- ثلاث ورديات",
    zone="Europe/Rome",
)


class House:
    """One running wire: its address, its parts, and tokens of sessions by role."""

    def __init__(self, folder: Path, port: int, **settings: Any) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.home = homes.make(folder, url=self.url, mail_from="news@ponte.example", **settings)
        self.wire: Wire = self.home.open(Clock())
        self.olga, self.dora, self.anna = (
            homes.actor(self.wire, name) for name in ("olga", "dora", "anna")
        )

    def token(self, name: str, *roles: str, language: str = "en") -> str:
        """A session of somebody new."""
        sent = accounts.invite(
            self.wire,
            self.olga,
            name,
            f"{name}@ponte.example",
            list(roles),
            full_name=f"{name.capitalize()} Ponte",
            language=language,
        )
        return accounts.accept(self.wire, str(sent["url"]).rsplit("/", 1)[1], PASSWORD)

    def invitation(self, name: str, *roles: str) -> str:
        """The address of an invitation."""
        email = f"{name}@ponte.example"
        return str(accounts.invite(self.wire, self.olga, name, email, list(roles))["url"])

    def link(self, name: str) -> str:
        """The token of a link with which somebody logs in."""
        with self.wire.store.write(self.wire.clock.now()) as tx:
            made = post.link(self.wire, tx, people.named(tx, name), LOG_IN)
        return made.url.rsplit("/", 1)[1]

    def in_review(self, title: str, **more: Any) -> str:
        """The id of a text that an author handed in."""
        document = json.dumps(homes.document(title, **more)).encode()
        given = Handed(document, "application/json", Wishes(issuer="aurora"))
        return submit.submit(self.wire, self.anna, given).id

    def sealed(self, title: str, **more: Any) -> str:
        """The id of a text that is sealed until tomorrow."""
        id = self.in_review(title, **more)
        at = self.wire.clock.now() + timedelta(days=1)
        review.approve(self.wire, self.dora, id, confirm=True, at=at)
        return id

    def public(self, title: str, **more: Any) -> str:
        """The number of a release that is public."""
        id = self.in_review(title, **more)
        [done] = publish(self.wire, self.dora, id, confirm=True)
        return done.number

    def draft(self, sheet: Sheet) -> str:
        """The id of a draft of Aurora's author."""
        id = str(uuid.uuid4())
        return drafting.save(self.wire, self.anna, id, 0, sheet, "aurora").id

    def returned(self, why: str) -> str:
        """The id of a text that the desk returned."""
        id = self.in_review("A text that came back")
        review.decide(self.wire, self.dora, id, State.RETURNED, why=why)
        return id

    def fill(self) -> dict[str, str]:
        """Something of everything; what the addresses of pages are made of, by name."""
        offered = self.sealed("The third plant opens")
        arabic = self.sealed(**ARABIC)
        for id in (offered, arabic):
            advance.offer(self.wire, self.anna, id, ["as-vetted"])
        advance.accept(self.wire, homes.actor(self.wire, "as-vetted"))
        self.returned("Which Monday?")
        endpoint = endpoints.add(self.wire, self.olga, "gazette", "http://127.0.0.1:9/in")
        vetting.apply(
            self.wire,
            language="en",
            email="rita@gazette.example",
            full_name="Rita Fonti",
            outlet="The Gazette",
            proof="gazette.example/people",
        )
        return {
            "offered": offered,
            "arabic": arabic,
            "endpoint": endpoint["endpoint"],
            "draft": self.draft(SHEET),
            "draft_arabic": self.draft(ARABIC_SHEET),
            "review": self.in_review("A text for the desk"),
            "number": self.public("A plant that is public"),
            "link": self.link("as-author"),
            "invitation": self.invitation("guest", "author:aurora").rsplit("/", 1)[1],
        }


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[House]:
    """Serve a new home from a thread of this process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        house = House(folder, listener.getsockname()[1], **settings)
        app = Application(house.wire, Public(house.wire))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield house
        finally:
            server.should_exit = True
            thread.join(timeout=30)
            house.wire.store.close()
