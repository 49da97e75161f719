"""Pictures and files over the API: streamed into the vault, bounded, gone where they break off."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from dispaccio.api.limits import LONGEST
from dispaccio.server import API
from tests.api.service import PDF_BYTES, Service
from tests.media import samples

PICTURE = samples.jpeg(700, 500, exif=samples.private_exif())
SAID = "name=gate.jpg&alt=A+gate&credit=Rossi&rights=Free&caption=The+gate"


def on_disk(service: Service) -> set[Path]:
    return {path for path in (service.wire.home / "files").rglob("*") if path.is_file()}


def test_a_picture_from_its_upload_to_the_public(service: Service) -> None:
    id = service.by_author()
    here = f"/submissions/{id}/files"
    done = service.ask("POST", f"{here}?{SAID}", "author", PICTURE)
    assert done.status_code == 201
    [item] = done.json()["files"]
    assert (item["name"], item["width"], item["height"]) == ("gate.jpg", 700, 500)
    assert not any("media" in (finding.get("where") or "") for finding in done.json()["findings"])
    assert "key" not in done.text and "place" not in done.text
    small = service.ask("GET", f"{here}/{item['id']}?width=480", "desk")
    assert small.headers["content-type"] == "image/jpeg"
    assert small.headers["cache-control"] == "no-store"
    address = item["href"].removeprefix(service.wire.settings.url)
    assert service.client.get(address).status_code == 404
    changed = service.ask("PATCH", f"{here}/{item['id']}", "author", {"alt": "Two gates"}).json()
    assert changed["files"][0]["alt"] == "Two gates" and changed["files"][0]["credit"] == "Rossi"
    assert service.ask("POST", f"/submissions/{id}/publish", "desk", {"confirm": True}).is_success
    found = service.client.get(address)
    assert found.status_code == 200 and len(found.content) == changed["files"][0]["size"]
    refused = service.ask("DELETE", f"{here}/{item['id']}", "author")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-open")


@pytest.mark.parametrize(
    ("body", "name", "status", "code"),
    [
        (b"<html><script>alert(1)</script></html>", "photo.jpg", 415, "unsupported-file"),
        (PICTURE[:3000], "photo.jpg", 422, "damaged-file"),
        (b"MZ" + bytes(99), "report.docx", 415, "unsupported-file"),
        (b"", "photo.jpg", 422, "empty-input"),
    ],
)
def test_what_is_refused_leaves_nothing(
    service: Service, body: bytes, name: str, status: int, code: str
) -> None:
    id, before = service.by_author(), on_disk(service)
    done = service.ask("POST", f"/submissions/{id}/files?name={name}", "author", body)
    assert (done.status_code, done.json()["code"]) == (status, code)
    assert on_disk(service) == before
    assert service.ask("GET", f"/submissions/{id}/files", "author").json()["files"] == []


def test_more_than_is_taken_is_refused_before_it_is_read(service: Service) -> None:
    id, before = service.by_author(), on_disk(service)
    most = service.wire.settings.max_file_mb * 1024 * 1024
    headers = {"content-length": str(most + 1)}
    where = f"/submissions/{id}/files"
    done = service.ask("POST", where, "author", b"x", headers=headers)
    assert (done.status_code, done.json()["code"]) == (413, "too-large")
    assert on_disk(service) == before
    text = service.ask("POST", "/submissions?issuer=aurora", "author", bytes(LONGEST + 1))
    assert text.status_code == 413, "a text has its own bound"


def test_a_file_larger_than_a_text_may_be(service: Service) -> None:
    id = service.by_author()
    data = b"%PDF-1.7\n" + bytes(LONGEST) + b"%%EOF"
    done = service.ask("POST", f"/submissions/{id}/files?name=a.pdf", "author", data)
    assert done.json()["files"][0]["size"] == len(data)


def test_an_upload_that_breaks_off_leaves_nothing(service: Service) -> None:
    id, before = service.by_author(), on_disk(service)
    seen: list[set[Path]] = []

    async def broken_off() -> list[Message]:
        coming: list[Message] = [
            {"type": "http.request", "body": PICTURE, "more_body": True},
            {"type": "http.request", "body": bytes(600_000), "more_body": True},
        ]
        sent: list[Message] = []

        async def receive() -> Message:
            if coming:
                return coming.pop(0)
            seen.append(on_disk(service) - before)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": f"{API}/submissions/{id}/files",
            "raw_path": f"{API}/submissions/{id}/files".encode(),
            "query_string": b"name=a.jpg",
            "root_path": "",
            "scheme": "http",
            "headers": [(b"authorization", f"Bearer {service.keys['author']}".encode())],
            "client": None,
            "server": ("127.0.0.1", 80),
        }
        await service.app(scope, receive, send)
        return sent

    sent = asyncio.run(broken_off())
    assert not any(message.get("status", 500) < 400 for message in sent if "status" in message)
    assert len(seen[0]) == 1 and on_disk(service) == before
    assert service.ask("GET", f"/submissions/{id}/files", "author").json()["files"] == []


def test_calls_that_cannot_be_meant(service: Service) -> None:
    id = service.by_author()
    here = f"/submissions/{id}/files"
    for method, path, body, status in (
        ("POST", f"{here}?alt=a&colour=b", PDF_BYTES, 422),
        ("POST", f"{here}?alt={'a' * 2001}", PDF_BYTES, 422),
        ("PATCH", f"{here}/{'0' * 32}", {"alt": "a"}, 404),
        ("PATCH", f"{here}/{'0' * 32}", {"colour": "a"}, 422),
        ("DELETE", f"{here}/..%2f..%2fwire.db", None, 404),
        ("GET", f"{here}/{'0' * 32}?width=0", None, 422),
        ("POST", f"{here}/order", {"ids": ["x"]}, 404),
    ):
        assert service.ask(method, path, "author", body).status_code == status, (method, path)
