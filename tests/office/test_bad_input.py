"""Bad input through the browser's doors: each number of the design's list, and the tests for it.

What other tests have is named in ``TABLE``; what they lack stands here.
"""

from __future__ import annotations

import ast
import asyncio
import html
import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from dispaccio.access.roles import Action
from dispaccio.clock import Clock
from dispaccio.office.app import DOORS
from dispaccio.store import drafts, releases
from dispaccio.wire import organisations, review
from dispaccio.wire.publish import Publisher
from tests.media import samples
from tests.office.browser import SHEET, Wire, codes, send
from tests.office.test_files import SAID, ids, on_disk, upload
from tests.support import word
from tests.support.source import ROOT
from tests.wire.world import HOUR, START

HERE, WRITING, FILES = "office/test_bad_input", "office/test_writing", "office/test_files"
ENTERING, DESK = "office/test_entering", "office/test_desk"
TABLE: dict[str, tuple[str, ...]] = {
    "5 a small DOCX that unpacks to 300 MB": (
        f"{HERE}:test_a_document_that_harms_is_refused",
        "formats/test_word:test_a_bomb_is_counted_before_it_is_read",
        "formats/test_word:test_what_lies_about_its_size_is_stopped_while_it_is_read",
    ),
    "6 a DOCX with ../, links, a name twice": (
        f"{HERE}:test_a_document_that_harms_is_refused",
        f"{WRITING}:test_a_document_that_is_none_is_refused",
        "formats/test_word:test_names_that_lead_out_and_crowds_are_refused",
        "formats/test_word:test_two_files_of_one_name_are_refused",
        "formats/test_word:test_a_link_in_it_is_refused",
    ),
    "7 a cut DOCX or PDF, a program named .docx": (
        f"{HERE}:test_a_file_that_harms_is_refused",
        f"{WRITING}:test_a_document_that_is_none_is_refused",
        f"{FILES}:test_what_is_refused_is_said_and_leaves_nothing",
        "formats/test_word:test_broken_samples",
        "media/test_kinds:test_a_file_that_is_cut_off_is_refused",
    ),
    "8 a PNG of 60,000 × 60,000": (
        f"{HERE}:test_a_file_that_harms_is_refused",
        "media/test_pictures:test_a_png_of_sixty_thousand_squared_is_refused_at_its_header",
    ),
    "9 an SVG with script": (
        f"{HERE}:test_an_svg_with_script_is_no_picture_here",
        "site/test_files:test_an_svg_is_a_download_that_no_browser_opens",
    ),
    "12 a formula in a table that is exported": (
        "wire/test_press:test_an_export_computes_nothing_and_comes_in_again",
    ),
    "13 100,000 nested elements": (
        f"{HERE}:test_a_document_that_harms_is_refused",
        f"{WRITING}:test_hostile_input_is_kept_as_text_and_harms_nothing",
        "formats/test_html:test_what_is_nested_too_deeply_is_refused_at_once",
    ),
    "20 a header within an encoded word": (
        f"{HERE}:test_a_mail_that_deceives_is_refused",
        "office/test_post:test_a_name_says_nothing_else_in_a_mail",
        "delivery/test_mailing:test_no_text_breaks_out_of_its_header",
    ),
    "22 a forged From, two, 50 nested messages": (
        f"{HERE}:test_a_mail_that_deceives_is_refused",
        "formats/test_mail:test_broken_samples",
        "formats/test_mail:test_senders_that_can_be_read_in_two_ways",
    ),
    "23 an account named after a company": (
        f"{HERE}:test_an_account_named_after_a_company_is_held",
        "desk/test_whose_release:test_a_contact_elsewhere_is_held",
    ),
    "24 a release by A that names B": (
        f"{HERE}:test_a_document_that_names_another_issuer_is_its_accounts",
        "wire/test_submit:test_a_text_that_names_another_issuer_is_returned",
    ),
    "25 an agency without delegation": (
        f"{HERE}:test_nobody_writes_for_an_issuer_that_is_not_theirs",
    ),
    "27 the time changed 1 s before, withdrawn 1 ms before": (
        f"{HERE}:test_a_time_changed_in_the_last_second",
        f"{HERE}:test_a_withdrawal_before_the_release",
        f"{DESK}:test_stop_after_it_went_out_says_so",
    ),
    "39 names of files": (
        f"{HERE}:test_a_name_of_a_file_is_harmless",
        "media/test_kinds:test_names_are_harmless",
        "media/test_kinds:test_a_name_of_three_hundred_characters_is_cut",
    ),
    "40 expressions, limits, another's cursor, an old state": (
        f"{HERE}:test_what_is_asked_for_is_a_word",
        f"{HERE}:test_anothers_cursor_shows_nothing_of_theirs",
        f"{DESK}:test_a_long_list_goes_on_and_says_how_many_there_are",
        f"{WRITING}:test_two_people_lose_nothing",
        "wire/test_queue:test_a_cursor_that_is_none",
    ),
    "an invitation used twice": (f"{ENTERING}:test_an_invitation_is_taken_up_with_a_password",),
    "a link to log in that a mail scanner opens": (
        "office/test_post:test_a_mailed_link_logs_in_once_by_its_button",
    ),
    "a session after log-out": (
        f"{ENTERING}:test_a_session_stolen_after_the_log_out_opens_nothing",
    ),
    "a form from another site": (
        f"{HERE}:test_no_door_takes_a_form_from_another_site",
        f"{ENTERING}:test_a_form_of_another_site_does_nothing",
        f"{FILES}:test_nothing_is_taken_from_another_site_or_from_strangers",
    ),
    "two people edit one draft": (
        f"{WRITING}:test_two_people_lose_nothing",
        "browser/test_writing:test_two_tabs_are_told",
    ),
    "a picture that is HTML": (f"{FILES}:test_what_is_refused_is_said_and_leaves_nothing",),
    "a zip of 10,000 files": (
        f"{FILES}:test_a_zip_of_ten_thousand_files_is_a_file",
        f"{HERE}:test_a_document_that_harms_is_refused",
    ),
    "the browser is closed in the middle of an upload": (
        f"{HERE}:test_an_upload_that_breaks_off_leaves_the_draft_whole",
        f"{FILES}:test_a_form_of_many_files_or_broken_off_leaves_nothing",
        "browser/test_writing:test_a_closed_browser_and_a_broken_line_lose_nothing",
    ),
}  # fmt: skip


@cache
def named_in(module: str) -> frozenset[str]:
    """The names of a module's tests."""
    tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text("utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


@pytest.mark.parametrize("number", TABLE)
def test_every_number_has_its_tests(number: str) -> None:
    for named in TABLE[number]:
        module, _, test = named.partition(":")
        assert test in named_in(module), named


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """One home for all that is refused, since nothing is left of it."""
    made = Wire(tmp_path_factory.mktemp("bad") / "home")
    yield made
    made.close()


@pytest.fixture(scope="module")
def ada(house: Wire) -> TestClient:
    """A browser of an author of Aurora's."""
    return house.logged_in("ada", "author:aurora")


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("a.docx", word.bomb, "too-large"),
        ("a.docx", lambda: word.again("word/document.xml", b"<a/>"), "malformed-document"),
        ("a.docx", lambda: word.again("l", b"/etc", attributes=0o120777), "malformed-document"),
        ("a.docx", lambda: word.docx(**{f"f/{n}": "" for n in range(10_000)}), None),
        ("a.odt", lambda: word.odt()[:700], "malformed-document"),
        ("a.pdf", lambda: b"%PDF-1.7\n1 0 obj", None),
        ("a.html", lambda: b"<p>" + b"<b>" * 100_000 + b"x", "malformed-document"),
        ("a.xml", lambda: b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///x'>]><a>&b;</a>", None),
    ],
    ids=["bomb", "twice", "link", "10,000 files", "cut", "pdf", "nested", "entity"],
)  # fmt: skip
def test_a_document_that_harms_is_refused(
    house: Wire, ada: TestClient, name: str, make: Callable[[], bytes], code: str | None
) -> None:
    before = rows(house)
    refused = send(ada, "/submit/document", {"file": (name, make())}, issuer="aurora")
    assert 400 <= refused.status_code < 500
    assert len(codes(refused.text)) == 1
    assert code is None or codes(refused.text) == [code]
    assert "Traceback" not in refused.text
    assert rows(house) == before


def rows(wire: Wire) -> int:
    """How many drafts there are."""
    with wire.wire.store.read(START) as tx:
        return len(drafts.open_ones(tx, ["aurora", "bruma"], "", 1_000))


MAILS = [
    *("from-of-two-addresses.eml", "from-that-shows-another-address.eml", "two-from.eml"),
    *("fifty-nested-messages.eml", "subject-that-hides-a-header.eml", "two-subjects.eml"),
    *("recipient-that-hides-a-header.eml", "bare-cr-in-the-head.eml", "html-too-deep.eml"),
]


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_that_deceives_is_refused(house: Wire, ada: TestClient, name: str) -> None:
    before, data = rows(house), (ROOT / "tests/data/broken/mail" / name).read_bytes()
    refused = send(ada, "/submit/document", {"file": (name, data)}, issuer="aurora")
    assert codes(refused.text) == ["malformed-document"]
    assert rows(house) == before


def huge() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + samples.chunk(b"IHDR", header)
    png += samples.chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return png + samples.chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("photo.png", huge(), "oversized-picture"),
        ("report.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type", "damaged-file"),
        ("report.docx", word.docx(), "unsupported-file"),
        ("photo.jpg", b"<!doctype html><script>alert(1)</script>", "unsupported-file"),
        ("photo.jpg", b"\xff\xd8\xff\xe0<script>alert(1)</script>", "damaged-file"),
    ],
)
def test_a_file_that_harms_is_refused(
    house: Wire, ada: TestClient, name: str, data: bytes, code: str
) -> None:
    path, before = house.draft(), on_disk(house)
    refused = upload(ada, path, name, data, **SAID)
    assert codes(refused.text) == [code]
    assert on_disk(house) == before


def test_an_svg_with_script_is_no_picture_here(house: Wire, ada: TestClient) -> None:
    svg = (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
    )
    path = house.draft()
    assert upload(ada, path, "logo.svg", svg, **SAID).status_code == 303
    [id] = ids(ada.get(f"{path}/files").text)
    answer = ada.get(f"{path}/files/{id}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for page in ("", "/files", "/preview"):
        shown = ada.get(path + page).text
        assert "alert(1)" not in shown
        assert f'src="{path}/files/{id}' not in shown


NAMES = {
    "up": "../../x.pdf",
    "device": "CON.pdf",
    "long": "x" * 300 + ".pdf",
    "backwards": "invoice\u202efdp.exe",
    "line": "a\nSet-Cookie: x.pdf",
    "markup": '"><script>alert(1)</script>.pdf',
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_a_file_is_harmless(house: Wire, ada: TestClient, name: str) -> None:
    path = house.draft()
    added = upload(ada, path, NAMES[name], b"%PDF-1.7\n%%EOF")
    assert added.status_code in {303, 422}, added.text[-400:]
    page = ada.get(f"{path}/files").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    for id in ids(page):
        said = ada.get(f"{path}/files/{id}").headers
        assert "set-cookie" not in said
        assert "/" not in said["content-disposition"].partition("filename")[2]


EXPRESSIONS = ("' OR 1=1 --", '"', "T1", "../../people", "x" * 5_000, "%00", "\u0000", "{{7*7}}")


@pytest.mark.parametrize("said", EXPRESSIONS)
def test_what_is_asked_for_is_a_word(house: Wire, said: str) -> None:
    dora = house.logged_in(house.service.fresh("dora"), "desk")
    for path in ("/desk", "/releases", "/reading", "/search"):
        for name in ("number", "state", "after", "section", "before", "q", "lang"):
            answer = dora.get(path, params={name: said})
            assert answer.status_code in {200, 403, 404, 422}, (path, name)
            assert "Traceback" not in answer.text
            assert answer.headers.get("location") is None


def test_anothers_cursor_shows_nothing_of_theirs(house: Wire, ada: TestClient) -> None:
    mine, draft = house.service.by_author(), house.draft()
    bea = house.logged_in("bea", "author:bruma")
    for section in ("returned", "drafts", "way", "public"):
        for cursor in ("-.0", "0.0", "9999999999999999.999999", "9999999"):
            page = bea.get("/releases", params={"section": section, "after": cursor})
            assert page.status_code == 200
            assert mine not in page.text and draft not in page.text
    assert mine in ada.get("/releases", params={"section": "way", "after": "0.0"}).text
    assert bea.get("/desk", params={"after": "0.0"}).status_code == 403


def test_an_account_named_after_a_company_is_held(house: Wire) -> None:
    organisations.add_issuer(house.wire, house.service.olga, "vinci", "Vinci", [])
    vic = house.logged_in("vic", "author:vinci")
    said = {
        "title": "Vinci reviews its accounts",
        "language": "en",
        "place": "Paris",
        "issuer": {"name": "Vinci", "domain": "vinci.example"},
        "body": [{"kind": "paragraph", "text": "The board has dismissed its director today."}],
        "contacts": [{"name": "Press", "email": "press@vinci.example"}],
        "label": {"code": "institutional", "text": "Press release"},
    }
    file = {"file": ("a.json", json.dumps(said).encode())}
    path = send(vic, "/submit/document", file, issuer="vinci").headers["location"]
    signed = send(vic, f"{path}/sign", saved="1", read="1")
    assert signed.is_redirect, codes(signed.text)
    id = house.handed_in(path)
    page = house.logged_in("didi", "desk").get(f"/desk/{id}").text
    assert "press@vinci.example" in html.unescape(page), "the desk does not see whom to ask"
    with house.wire.store.read(START) as tx:
        row, dora = releases.newest_revision(tx, house.wire.find(tx, id).key), house.service.dora
        draft = review.open_of(house.wire, tx, dora, Action.APPROVE_WIRE, id)[2]
    assert row is not None and row.state == "in_review"
    assert {"unproved-domain", "new-issuer"} <= {finding.check for finding in draft.findings}


def test_a_document_that_names_another_issuer_is_its_accounts(house: Wire, ada: TestClient) -> None:
    said = {
        "title": "Bruma opens a plant",
        "language": "en",
        "issuer": {"name": "Bruma", "domain": "bruma.example"},
        "body": [{"kind": "paragraph", "text": "The plant of Bruma opens on Monday."}],
    }
    file = {"file": ("a.json", json.dumps(said).encode())}
    sent = send(ada, "/submit/document", file, issuer="aurora")
    assert sent.status_code == 303, codes(sent.text)
    page = ada.get(sent.headers["location"]).text
    assert "other-issuer-named" in page, "the page does not say whose name it begins with"
    bea = house.logged_in("bice", "author:bruma")
    assert bea.get(sent.headers["location"]).status_code == 404


def test_nobody_writes_for_an_issuer_that_is_not_theirs(house: Wire) -> None:
    agency, before = house.logged_in("agnes", "author:bruma"), rows(house)
    file = {"file": ("a.txt", b"Aurora opens a plant\n\nIt opens on Monday, said the dairy.")}
    refused = send(agency, "/submit/document", file, issuer="aurora")
    assert refused.status_code == 403
    path = re.search(r'data-page="(/submit/[^"]+)"', agency.get("/submit").text)
    assert path
    form = {"issuer": "aurora", "saved": "0", "headline": SHEET.headline, "language": "en"}
    saved = send(agency, path[1], **form)
    assert 400 <= saved.status_code < 500
    assert rows(house) == before
    refused = agency.get("/submit?issuer=aurora")
    assert "Aurora Dairy" not in refused.text


def at(wire: Wire, later: timedelta) -> None:
    seconds = later.total_seconds()
    wire.wire.clock = Clock(lambda: START + later, lambda: seconds)


def sealed(wire: Wire) -> str:
    id = wire.service.by_author()
    review.approve(wire.wire, wire.service.dora, id, confirm=True, at=START + HOUR)
    return id


def test_a_time_changed_in_the_last_second(wire: Wire) -> None:
    id, dora = sealed(wire), wire.logged_in("didi", "desk")
    publisher = Publisher(wire.wire)
    at(wire, HOUR - timedelta(seconds=1))
    publisher.prepare(START + HOUR)
    later = (START + 2 * HOUR).strftime("%Y-%m-%dT%H:%M+00:00")
    assert send(dora, f"/desk/{id}/time", release_time=later).is_redirect
    at(wire, HOUR)
    assert publisher.publish_due() == []
    at(wire, 2 * HOUR)
    assert len(publisher.publish_due()) == 1


def test_a_withdrawal_before_the_release(wire: Wire) -> None:
    id, ada = sealed(wire), wire.logged_in("ada", "author:aurora")
    publisher = Publisher(wire.wire)
    at(wire, HOUR - timedelta(milliseconds=1))
    publisher.prepare(START + HOUR)
    refused = send(ada, f"/releases/{id}/withdraw", reason="error", number=id)
    assert 400 <= refused.status_code < 500
    assert send(ada, f"/releases/{id}/call-off", sure="1").is_redirect
    at(wire, HOUR)
    assert publisher.publish_due() == []


def test_no_door_takes_a_form_from_another_site(house: Wire, ada: TestClient) -> None:
    elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    posts = [door.path for door in DOORS if door.method == "POST"]
    assert len(posts) > 40
    for pattern in posts:
        path = re.sub(r"\{[a-z]+\}", "x", pattern)
        refused = ada.post(path, data={"to": "x"}, headers=elsewhere)
        assert codes(refused.text) == ["foreign-form"], pattern


def test_an_upload_that_breaks_off_leaves_the_draft_whole(house: Wire, ada: TestClient) -> None:
    """The connection is gone in the middle: nothing is left, and the draft is as it was."""
    path, before = house.draft(), on_disk(house)
    page = html.unescape(ada.get(path).text)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    seen: list[set[Path]] = []

    async def broken_off() -> list[Message]:
        coming: list[Message] = [
            {"type": "http.request", "body": head + samples.jpeg(700, 500), "more_body": True},
            {"type": "http.request", "body": bytes(600_000), "more_body": True},
        ]
        sent: list[Message] = []

        async def receive() -> Message:
            if coming:
                return coming.pop(0)
            seen.append(on_disk(house) - before)
            return {"type": "http.disconnect"}

        async def send_(message: Message) -> None:
            sent.append(message)

        cookie = f"dispaccio={ada.cookies['dispaccio']}".encode()
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": f"{path}/files",
            "raw_path": f"{path}/files".encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "headers": [
                (b"host", b"127.0.0.1:8000"),
                (b"cookie", cookie),
                (b"sec-fetch-site", b"same-origin"),
                (b"content-type", b"multipart/form-data; boundary=x"),
            ],
            "client": None,
            "server": ("127.0.0.1", 80),
        }
        await house.service.app(scope, receive, send_)
        return sent

    sent = asyncio.run(broken_off())
    assert not any(message.get("status", 500) < 400 for message in sent if "status" in message)
    assert len(seen[0]) == 1, "nothing had come yet"
    assert on_disk(house) == before
    assert ids(ada.get(f"{path}/files").text) == []
    assert html.unescape(ada.get(path).text) == page
