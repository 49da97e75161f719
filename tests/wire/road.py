"""A wire in this process, and short ways down its road."""

from __future__ import annotations

import json
from pathlib import Path

from dispaccio.clock import Clock
from dispaccio.intake.submission import Wishes
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.settings import Settings
from dispaccio.wire import home, organisations, people, submit
from dispaccio.wire.public import Public
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed


class Road:
    """A test home with an operator, an author and the desk."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(name="Ponte", url="http://127.0.0.1:8000", test=True)
        self.wire = home.make(folder / "home", settings, Clock())
        people.add(self.wire, people.FOUNDER, "olga", None, [])
        self.operator = people.by_name(self.wire, "olga")
        organisations.add_issuer(self.wire, self.operator, "acme", "Acme", ["acme.example"])
        for name, role in (("anna", "author:acme"), ("bruno", "desk")):
            people.add(self.wire, self.operator, name, None, [role])
        self.author = people.by_name(self.wire, "anna")
        self.desk = people.by_name(self.wire, "bruno")
        self.public = Public(self.wire)

    def published(self, headline: str) -> str:
        """Submit, approve and publish; the number."""
        receipt = submit.submit(self.wire, self.author, handed(headline))
        done = publish(self.wire, self.desk, receipt.id, confirm=True)
        return done[0].number

    def corrected(self, number: str, headline: str) -> None:
        """Correct a release and publish the correction."""
        reason = Reason("wrong-figure")
        given = handed(headline)
        submit.revise(self.wire, self.author, number, given, kind=Kind.CORRECTION, reason=reason)
        publish(self.wire, self.desk, number, confirm=True)


def handed(headline: str) -> Handed:
    """A short release as a door takes it."""
    document = {
        "title": headline,
        "language": "it",
        "place": "Bergamo",
        "body": [{"kind": "paragraph", "text": f"{headline}, dice Acme."}],
        "contacts": [{"name": "Rita Moro", "email": "rita@acme.example"}],
        "label": {"code": "institutional", "text": "Comunicato stampa"},
    }
    return Handed(json.dumps(document).encode(), "application/json", Wishes())
