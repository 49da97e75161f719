"""A wire asked as browsers ask it: with cookies, forms, and what tells of their origin."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from dispaccio.wire import accounts
from tests.api.service import Service

OWN = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
"""What a browser says of a form that is on a page of this wire."""
PASSWORD = "four small words of mine"


class Wire:
    """A home with its pages, and browsers of its people."""

    def __init__(self, folder: Path) -> None:
        self.service = Service(folder)
        self.wire = self.service.wire

    def close(self) -> None:
        self.service.close()

    def browser(self) -> TestClient:
        """A browser that nobody has logged in with."""
        app: Any = self.service.app
        return TestClient(app, "http://127.0.0.1:8000", follow_redirects=False)

    def invite(self, name: str, *roles: str, language: str = "en") -> str:
        """The path of an invitation for somebody new."""
        sent = accounts.invite(
            self.wire,
            self.service.olga,
            name,
            f"{name}@ponte.example",
            list(roles),
            full_name=f"{name.capitalize()} Ponte",
            language=language,
        )
        return str(sent["url"]).removeprefix(self.wire.settings.url)

    def logged_in(self, name: str, *roles: str, language: str = "en") -> TestClient:
        """A browser of somebody new who took up an invitation."""
        client = self.browser()
        path = self.invite(name, *roles, language=language)
        answer = client.post(path, data={"password": PASSWORD}, headers=OWN)
        assert answer.status_code == 303, answer.text
        return client


def send(client: TestClient, path: str, **form: Any) -> Any:
    """Send a form from a page of the wire."""
    return client.post(path, data=form, headers=OWN)


def codes(page: str) -> list[str]:
    """The codes of the errors that a page tells of."""
    return re.findall(r'data-code="([a-z-]+)"', page)
