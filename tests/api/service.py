"""The wire's whole application in this process, asked over HTTP, and the people who ask it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from dispaccio.clock import Clock
from dispaccio.intake.submission import Wishes
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.server import API, Application
from dispaccio.testing import home as homes
from dispaccio.wire import advance, egress, endpoints, organisations, people, review, submit
from dispaccio.wire.public import Public
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed
from dispaccio.wire.withdraw import notice
from tests.wire.world import START

ROLES = {
    "subscriber": ["subscriber:gazette"],
    "vetted": ["vetted_reader:gazette"],
    "author": ["author:aurora"],
    "other": ["author:bruma"],
    "approver": ["approver:aurora"],
    "desk": ["desk"],
    "operator": ["operator"],
}
WHO = ["public", "wrong", *ROLES]
"""Everybody who asks: without a key, with a wrong one, and one person a role."""
PREFIX = API
PDF_BYTES = b"%PDF-1.7\n%%EOF"
"""A file that is taken."""
ADDRESS = "http://127.0.0.1:9/in"


class Service:
    """One home with its application; makes releases, people and endpoints to ask about."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.home = homes.make(
            folder,
            clock=Clock(lambda: START, lambda: 0.0),
            mail_from="news@ponte.example",
            **settings,
        )
        self.wire = self.home.open(Clock(lambda: START, lambda: 0.0))
        self.olga, self.dora, self.anna = (
            homes.actor(self.wire, name) for name in ("olga", "dora", "anna")
        )
        organisations.add_issuer(self.wire, self.olga, "bruma", "Bruma", [])
        self.keys = {
            name: people.add(self.wire, self.olga, f"p-{name}", None, roles)["key"]
            for name, roles in ROLES.items()
        }
        self.keys["wrong"] = "dsp_" + "A" * 43
        self.app = Application(self.wire, Public(self.wire))
        self.client = TestClient(self._with_lifespan, raise_server_exceptions=False)
        self.client.__enter__()
        self._next = count(1)

    def close(self) -> None:
        self.client.__exit__()
        self.wire.store.close()

    async def _with_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, which has no lifespan of its own; so all calls share one event loop."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})

    def ask(
        self,
        method: str,
        path: str,
        who: str = "public",
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """One call of the API; ``body`` is bytes, or what is sent as JSON."""
        said = dict(headers or {})
        if who != "public":
            said["authorization"] = f"Bearer {self.keys[who]}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            said.setdefault("content-type", "application/json")
        return self.client.request(method, PREFIX + path, content=body, headers=said)

    def text(self, **more: Any) -> bytes:
        """A release of Aurora's that differs from every other one."""
        number = next(self._next)
        document = homes.document(f"Release {number}", text=f"Text number {number}.", **more)
        return json.dumps(document).encode()

    def draft(self, issuer: str = "aurora", **more: Any) -> str:
        """The id of a text in review."""
        given = Handed(self.text(**more), "application/json", Wishes(issuer=issuer))
        return submit.submit(self.wire, self.dora, given).id

    def by_author(self) -> str:
        """The id of a text in review that an author handed in, so that the desk may approve it."""
        given = Handed(self.text(), "application/json", Wishes(issuer="aurora"))
        return submit.submit(self.wire, self.anna, given).id

    def file(self) -> str:
        """A file of a text in review, as its address ends."""
        id = self.by_author()
        done = self.ask("POST", f"/submissions/{id}/files?name=a.pdf", "desk", PDF_BYTES).json()
        return f"{id}/files/{done['id']}"

    def approved(self) -> str:
        id = self.by_author()
        review.approve(self.wire, self.dora, id, confirm=True)
        return id

    def sealed(self) -> str:
        """The id of a text that is approved and sealed until tomorrow."""
        at = START + timedelta(days=1)
        given = Handed(self.text(), "application/json", Wishes(issuer="aurora", release_time=at))
        id = submit.submit(self.wire, self.anna, given).id
        review.approve(self.wire, self.dora, id, confirm=True)
        return id

    def offered(self) -> str:
        """The id of a sealed text that the vetted reader, who accepted the terms, is offered."""
        reader = people.by_name(self.wire, "p-vetted")
        advance.accept(self.wire, reader)
        id = self.sealed()
        advance.offer(self.wire, self.anna, id, ["p-vetted"])
        return id

    def returned(self) -> str:
        given = Handed(self.text(body=[]), "application/json", Wishes(issuer="aurora"))
        return submit.submit(self.wire, self.anna, given).id

    def public(self) -> str:
        """The number of a release that is public."""
        [done] = publish(self.wire, self.dora, self.by_author(), confirm=True)
        return done.number

    def withheld(self) -> str:
        number = self.public()
        notice(self.wire, self.dora, number, Kind.WITHHOLD, Reason("error"))
        return number

    def person(self) -> str:
        """The name of somebody new, without a role."""
        name = f"somebody-{next(self._next)}"
        people.add(self.wire, self.olga, name, None, [])
        return name

    def guest(self) -> str:
        """The name of somebody new with an address."""
        name = f"guest-{next(self._next)}"
        people.add(self.wire, self.olga, name, f"{name}@ponte.example", [])
        return name

    def key_of(self, name: str) -> str:
        """The prefix of a new key of a person."""
        return str(people.new_key(self.wire, self.olga, name)["key"][:10])

    def endpoint(self) -> str:
        said = endpoints.add(self.wire, self.olga, "gazette", self.address())
        return str(said["endpoint"])

    def address(self) -> str:
        """Where no endpoint is yet."""
        return f"{ADDRESS}/{next(self._next)}"

    def recipients(self) -> bytes:
        """A table with one recipient of a press list."""
        return f"address,basis,groups\n{self.fresh('r')}@gazette.example,consent,g\n".encode()

    def leave(self) -> str:
        where = f"10.0.0.{next(self._next) % 250}:8080"
        egress.allow(self.wire, self.olga, where, "a test")
        return where

    def fresh(self, word: str) -> str:
        return f"{word}-{next(self._next)}"
