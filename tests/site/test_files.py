"""Pictures and files on the site: 404 before T, bytes at T, 410 after a withdrawal."""

from __future__ import annotations

import io
import re
import secrets
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import html
from PIL import Image
from starlette.testclient import TestClient

from dispaccio.embargo import files as vault
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.site.app import create_site
from dispaccio.site.front import Front
from dispaccio.testing import home as homes
from dispaccio.wire import files
from dispaccio.wire.core import Wire
from dispaccio.wire.filed import About, Filed
from dispaccio.wire.public import Public
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import submit
from dispaccio.wire.withdraw import notice
from tests.media import samples
from tests.wire.world import handed

ABOUT = About("Città, notte.jpg", "The <gate> at night", "Rossi", "Free for the press", "New gate")


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    opened = homes.make(tmp_path / "home").open()
    yield opened
    opened.store.close()


@pytest.fixture
def client(wire: Wire) -> Iterator[TestClient]:
    front = Front(create_site(Public(wire)))
    wire.changed.append(front.invalidate)
    with TestClient(front, follow_redirects=False) as found:
        yield found


@pytest.fixture
def add(wire: Wire) -> Callable[..., Filed]:
    def add(ref: str, data: bytes, about: About = ABOUT) -> Filed:
        original = vault.keep(wire.home, [data])
        return files.add(wire, homes.actor(wire, "anna"), ref, original, about).files[-1]

    return add


def _submit(wire: Wire, **more: Any) -> str:
    return submit(wire, homes.actor(wire, "anna"), handed("Aurora opens a gate", **more)).id


def _publish(wire: Wire, id: str) -> str:
    [done] = publish(wire, homes.actor(wire, "dora"), id, confirm=True)
    return done.number


def _same(one: httpx2.Response, other: httpx2.Response) -> bool:
    """Whether two answers are the same, byte for byte but for the date."""
    return (one.status_code, one.headers, one.content) == (
        other.status_code,
        other.headers,
        other.content,
    )


def test_before_its_instant_a_file_is_what_never_existed(
    wire: Wire, client: TestClient, add: Callable[..., Filed]
) -> None:
    id = _submit(wire)
    item = add(id, samples.jpeg(1000, 700))
    never = client.get(f"/f/{secrets.token_hex(16)}/{item.address().rpartition('/')[2]}")
    assert never.status_code == 404
    for address in (item.address(), item.address(480), f"/f/{item.id}/x", f"/f/{item.id}/"):
        assert _same(client.get(address), never)
    number = _publish(wire, id)
    found = client.get(item.address())
    assert (found.status_code, found.headers["content-type"]) == (200, "image/jpeg")
    assert found.content == b"".join(vault.read(wire.home, item.whole.stored))
    assert len(found.content) == int(found.headers["content-length"])
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.headers["x-content-type-options"] == "nosniff"
    for wrong in (
        f"/f/{item.id}/x.jpg",
        f"/f/{item.id}/481/a.jpg",
        f"/f/{item.id}",
        f"/f/{number}",
    ):
        assert _same(client.get(wrong), never)
    picture = Image.open(io.BytesIO(client.get(item.address(480)).content))
    assert picture.size == (480, 336)


def test_its_page_shows_it_in_as_many_pixels_as_are_needed(
    wire: Wire, client: TestClient, add: Callable[..., Filed]
) -> None:
    id = _submit(wire)
    add(id, samples.jpeg(1000, 700))
    number = _publish(wire, id)
    page = html.fromstring(client.get(f"/r/{number}/aurora-opens-a-gate").text)
    [image] = page.xpath("//img")
    assert image.get("alt") == ABOUT.alt and image.get("loading") == "lazy"
    assert (image.get("width"), image.get("height")) == ("1000", "700")
    sources = re.findall(r"(\S+) (\d+)w", image.get("srcset"))
    assert [width for _, width in sources] == ["480", "960", "1000"]
    for address, width in (*sources, (image.get("src"), "960")):
        with Image.open(io.BytesIO(client.get(address).content)) as picture:
            assert picture.width == int(width)
    text = page.xpath("string(//section[@class='files'])")
    for said in (ABOUT.caption, ABOUT.credit, ABOUT.rights, "1000 × 700", "Città,-notte.jpg"):
        assert said and said in text


def test_a_picture_of_the_text_stands_in_it(
    wire: Wire, client: TestClient, add: Callable[..., Filed]
) -> None:
    id = _submit(wire)
    item = add(id, samples.jpeg(600, 400))
    href = f"{wire.settings.url}{item.address()}"
    body = [{"kind": "image", "text": "A gate", "media": 0}, {"kind": "paragraph", "text": "T."}]
    number = _publish(wire, id)
    from dispaccio.wire.submit import revise

    given = handed("Aurora opens a gate", body=body, media=[{"href": href}])
    revise(wire, homes.actor(wire, "anna"), number, given, kind=Kind.REFILE, reason=Reason("photo"))
    _publish(wire, number)
    page = html.fromstring(client.get(f"/r/{number}/aurora-opens-a-gate").text)
    [image] = page.xpath("//div[@id='text']//figure//img")
    assert image.get("src") == item.address(600) and image.getparent().get("href") == item.address()


def test_ranges_and_what_is_known_already(
    wire: Wire, client: TestClient, add: Callable[..., Filed]
) -> None:
    id = _submit(wire)
    data = b"%PDF-1.7\n" + secrets.token_bytes(700_000) + b"%%EOF"
    item = add(id, data, About("report.pdf"))
    _publish(wire, id)
    where = item.address()
    for asked, start, end in (
        ("bytes=0-99", 0, 100),
        ("bytes=262100-262200", 262_100, 262_201),
        ("bytes=700000-", 700_000, len(data)),
        ("bytes=-5", len(data) - 5, len(data)),
        ("bytes=10-99999999", 10, len(data)),
    ):
        found = client.get(where, headers={"range": asked})
        assert (found.status_code, found.content) == (206, data[start:end])
        assert found.headers["content-range"] == f"bytes {start}-{end - 1}/{len(data)}"
    for asked in ("bytes=999999999-", "bytes=5-2", "bytes=-"):
        assert client.get(where, headers={"range": asked}).status_code == 416
    whole = client.get(where, headers={"range": "items=0-1"})
    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["content-disposition"].startswith("attachment")
    head = client.head(where)
    assert head.content == b"" and head.headers["content-length"] == str(len(data))
    again = client.get(where, headers={"if-none-match": whole.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_an_svg_is_a_download_that_no_browser_opens(
    wire: Wire, client: TestClient, add: Callable[..., Filed]
) -> None:
    id = _submit(wire)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    item = add(id, svg, About("logo.svg"))
    number = _publish(wire, id)
    found = client.get(item.address())
    assert found.content == svg and found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith("attachment")
    assert "<img" not in client.get(f"/r/{number}").text


def test_all_files_in_one_zip(wire: Wire, client: TestClient, add: Callable[..., Filed]) -> None:
    id = _submit(wire)
    items = [add(id, samples.jpeg(600, 400)) for _ in range(2)]
    items.append(add(id, b"%PDF-1.7\n%%EOF", About("الخطة.pdf")))
    number = _publish(wire, id)
    assert f"/f/{number}.zip" in client.get(f"/r/{number}/aurora-opens-a-gate").text
    found = client.get(f"/f/{number}.zip")
    assert found.headers["content-type"] == "application/zip"
    assert len(found.content) == int(found.headers["content-length"])
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "Città,-notte.jpg",
            "Città,-notte-2.jpg",
            "الخطة.pdf",
            "credits.txt",
        ]
        assert archive.read("الخطة.pdf") == b"%PDF-1.7\n%%EOF"
        said = archive.read("credits.txt").decode()
    assert "Free for the press" in said and number in said and len(items) == 3
    assert client.get("/f/T999999999.zip").status_code == 404


def test_what_is_taken_back_takes_its_files_along(
    wire: Wire, client: TestClient, add: Callable[..., Filed]
) -> None:
    id = _submit(wire)
    item = add(id, samples.jpeg(600, 400))
    number = _publish(wire, id)
    dora = homes.actor(wire, "dora")
    before = client.get(item.address()).content
    notice(wire, dora, number, Kind.WITHHOLD, Reason("error"))
    held = client.get(item.address())
    assert held.status_code == 404 and number in held.text and before not in held.content
    notice(wire, dora, number, Kind.USABLE_AGAIN, None)
    assert client.get(item.address(480)).status_code == 200
    notice(wire, dora, number, Kind.WITHDRAWAL, Reason("error"))
    for address in (item.address(), item.address(480)):
        gone = client.get(address, headers={"accept-language": "it"})
        assert gone.status_code == 410 and "ritirato" in gone.text and number in gone.text
    assert client.get(f"/f/{number}.zip").status_code == 404
    assert "<img" not in client.get(f"/r/{number}").text
