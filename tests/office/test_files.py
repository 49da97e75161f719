"""Pictures and files of a draft in a browser: added, described, ordered, removed, handed in."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.wire import drafting, files
from dispaccio.wire.publish import publish
from tests.media import samples
from tests.office.browser import OWN, Wire, codes, send

SAID = {"alt": "A <gate>", "credit": "Rossi", "rights": "Free", "caption": "The gate"}
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def photo() -> bytes:
    return samples.jpeg(700, 500, exif=samples.private_exif())


@pytest.fixture
def anna(wire: Wire) -> TestClient:
    return wire.logged_in(f"anna-{next(wire.service._next)}", "author:aurora")


def on_disk(wire: Wire) -> set[Path]:
    return {path for path in (wire.wire.home / "files").rglob("*") if path.is_file()}


def ids(page: str) -> list[str]:
    return re.findall(r'<li id="f-([0-9a-f]{32})"', page)


def upload(client: TestClient, path: str, name: str, data: bytes, **said: str) -> Any:
    return send(client, f"{path}/files", files={"file": (name, data)}, **said)


def test_from_the_upload_to_the_page(wire: Wire, anna: TestClient, photo: bytes) -> None:
    path = wire.draft()
    assert upload(anna, path, "../gate.jpg", photo, **SAID).status_code == 303
    assert upload(anna, path, "plan.pdf", PDF).status_code == 303
    page = anna.get(f"{path}/files").text
    first, second = ids(page)
    assert "gate.jpg" in page and "A &lt;gate&gt;" in page and "The gate" in page
    small = anna.get(f"{path}/files/{first}")
    assert (
        small.headers["content-type"] == "image/jpeg"
        and small.headers["cache-control"] == "no-store"
    )
    send(anna, f"{path}/files/{second}", do="up")
    assert ids(anna.get(f"{path}/files").text) == [second, first]
    send(anna, f"{path}/files/{first}", do="save", **{**SAID, "credit": ""})
    send(anna, path, saved="1", headline="Aurora opens a gate", text="Text.", label="institutional",
         language="en", name="Livia", email="press@aurora-dairy.example")  # fmt: skip
    last = anna.get(f"{path}/sign").text
    assert f'src="{path}/files/{first}"' in last, "signed unseen"
    assert "Free" in last and "A &lt;gate&gt;" in last
    signed = send(anna, f"{path}/sign", saved="2", read="1")
    assert signed.status_code == 303, signed.text
    service = wire.service
    id = wire.handed_in(path)
    found = files.listed(wire.wire, service.dora, id).files
    assert [item.id for item in found] == [second, first]
    assert (found[1].about.credit, found[1].about.rights) == ("", "Free")
    assert anna.get(found[1].address()).status_code == 404
    desk = wire.logged_in("desky", "desk")
    sheet = desk.get(f"/desk/{id}").text
    assert f'src="/desk/{id}/files/{first}"' in sheet and "Free" in sheet, "approved unseen"
    shown = desk.get(f"/desk/{id}/files/{first}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert "attachment" in desk.get(f"/desk/{id}/files/{second}").headers["content-disposition"]
    publish(wire.wire, service.dora, id, confirm=True)
    public = anna.get(found[1].address())
    assert public.status_code == 200 and b"secret" not in public.content


def test_missing_alt_or_rights_keeps_it_from_being_handed_in(
    wire: Wire, anna: TestClient, photo: bytes
) -> None:
    path = wire.draft()
    upload(anna, path, "gate.jpg", photo, alt="A gate")
    assert "The rights are missing." in anna.get(f"{path}/files").text
    assert "states no rights" in anna.get(path).text
    refused = send(anna, f"{path}/sign", saved="1", read="1")
    assert refused.status_code == 409 or "findings-stop" in codes(refused.text)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("photo.jpg", b"<html><script>alert(1)</script></html>", "unsupported-file"),
        ("photo.jpg", samples.jpeg(300, 300)[:-2000], "damaged-file"),
        ("report.docx", b"MZ" + bytes(100), "unsupported-file"),
        ("", b"", "empty-input"),
    ],
)
def test_what_is_refused_is_said_and_leaves_nothing(
    wire: Wire, anna: TestClient, name: str, data: bytes, code: str
) -> None:
    path, before = wire.draft(), on_disk(wire)
    refused = upload(anna, path, name or "none", data, **SAID)
    assert codes(refused.text) == [code] and refused.status_code >= 400
    assert "A &lt;gate&gt;" in refused.text, "what was typed is not lost"
    assert on_disk(wire) == before and ids(anna.get(f"{path}/files").text) == []


def test_a_zip_of_ten_thousand_files_is_a_file(wire: Wire, anna: TestClient) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for index in range(10_000):
            made.writestr(f"{index}", "x")
    path = wire.draft()
    assert upload(anna, path, "all.zip", archive.getvalue()).status_code == 303
    assert len(ids(anna.get(f"{path}/files").text)) == 1


def test_a_form_of_many_files_or_broken_off_leaves_nothing(
    wire: Wire, anna: TestClient, photo: bytes
) -> None:
    path, before = wire.draft(), on_disk(wire)
    many = [("file", (f"{index}.jpg", photo)) for index in range(200)]
    assert codes(send(anna, f"{path}/files", files=many).text) == ["malformed-request"]
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    for body in (
        head + photo,
        head,
        b"--x",
        b"",
        b"--x\r\n" + b"a" * 9000,
        b'--x\r\nContent-Disposition: form-data; name="alt"\r\n\r\n' + b"\xff\r\n--x--\r\n",
    ):
        kind = {"content-type": "multipart/form-data; boundary=x", **OWN}
        refused = anna.post(f"{path}/files", content=body, headers=kind)
        assert codes(refused.text) == ["malformed-request"], body[:60]
    whole = head + PDF + b"\r\n-x\r\n--x--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=x", **OWN}
    assert anna.post(f"{path}/files", content=whole, headers=kind).status_code == 303
    assert len(on_disk(wire) - before) == 1


def test_nothing_is_taken_from_another_site_or_from_strangers(
    wire: Wire, anna: TestClient, photo: bytes
) -> None:
    path, before = wire.draft(), on_disk(wire)
    elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    refused = anna.post(f"{path}/files", files={"file": ("a.jpg", photo)}, headers=elsewhere)
    assert codes(refused.text) == ["foreign-form"]
    stranger = wire.logged_in(f"bruma-{next(wire.service._next)}", "author:bruma")
    assert upload(stranger, path, "a.jpg", photo).status_code == 404
    assert on_disk(wire) == before


def test_removed_and_discarded_is_gone(wire: Wire, anna: TestClient, photo: bytes) -> None:
    path, before = wire.draft(), on_disk(wire)
    upload(anna, path, "a.jpg", photo, **SAID)
    [file] = ids(anna.get(f"{path}/files").text)
    assert send(anna, f"{path}/files/{file}", do="remove").status_code == 303
    assert on_disk(wire) == before
    upload(anna, path, "a.jpg", photo, **SAID)
    send(anna, f"{path}/discard", sure="1")
    with wire.wire.store.read(wire.wire.clock.now()) as tx:
        from dispaccio.store import media

        known = media.places(tx)
    assert not known & {item.name for item in on_disk(wire) - before}


def begun(wire: Wire, number: str) -> str:
    """The address of a correction that was begun, saved twice, with its reason."""
    anna = wire.service.anna
    id = drafting.mend(wire.wire, anna, number)
    kept = drafting.show(wire.wire, anna, id)
    drafting.save(wire.wire, anna, id, 1, replace(kept.sheet, reason="update"), kept.issuer.slug)
    return f"/submit/{id}"


def test_a_correction_keeps_changes_and_drops(wire: Wire, anna: TestClient, photo: bytes) -> None:
    service = wire.service
    number = service.public()
    path = begun(wire, number)
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        upload(anna, path, name, photo, **SAID)
    send(anna, f"{path}/sign", saved="2", read="1")
    publish(wire.wire, service.dora, number, confirm=True)
    one, two, three = (item.id for item in files.listed(wire.wire, service.dora, number).files)
    path = begun(wire, number)
    assert ids(anna.get(f"{path}/files").text) == [one, two, three]
    send(anna, f"{path}/files/{two}", do="remove")
    send(anna, f"{path}/files/{three}", do="save", **{**SAID, "alt": "Another"})
    send(anna, f"{path}/sign", saved="2", read="1")
    publish(wire.wire, service.dora, number, confirm=True)
    found = files.listed(wire.wire, service.dora, number).files
    assert found[0].id == one and found[1].id not in (two, three) and len(found) == 2
    assert found[1].about.alt == "Another"
