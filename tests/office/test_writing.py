"""Writing a release in the browser: forms, conflicts, previews, handing in, and hostile input."""

from __future__ import annotations

import gzip
import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.clock import Clock
from dispaccio.intake.sheet import Sheet
from dispaccio.release.state import State
from dispaccio.wire import drafting, handing_in, press, review, texts
from tests.office.browser import SHEET, Wire, codes, send
from tests.support import word

FORM: dict[str, Any] = {
    "issuer": "aurora",
    "saved": "0",
    "language": "it",
    "label": "promotional",
    "paid_by": "Aurora Dairy",
    "headline": "Aurora apre un caseificio",
    "place": "Bergamo",
    "text": "Il terzo stabilimento è **aperto**.\n\n- 120 persone\n- 3 turni",
    "boilerplate": "Aurora è un caseificio.",
    "contact_name": ["Livia Brembati", ""],
    "contact_role": ["", ""],
    "contact_organisation": ["", ""],
    "contact_email": ["press@aurora-dairy.example", ""],
    "contact_phone": ["", ""],
    "contact_only": ["0"],
    "subject": ["medtop:04000000"],
    "channel": "economia",
    "at": "2026-12-01T10:00",
    "zone": "Europe/Rome",
    "do": "save",
}


@pytest.fixture
def lia(wire: Wire) -> TestClient:
    return wire.logged_in("lia", "author:aurora")


def begin(client: TestClient, **form: Any) -> str:
    """The path of a draft that was begun on the page and saved."""
    found = re.search(r'data-page="(/submit/[^"]+)"', client.get("/submit").text)
    assert found
    saved = send(client, found[1], **(FORM | form))
    assert (saved.status_code, saved.headers["location"]) == (303, found[1])
    return found[1]


def checks(page: str) -> set[str]:
    return set(re.findall(r'data-check="([a-z-]+)"', page))


def test_what_is_typed_is_there_again(lia: TestClient) -> None:
    page = lia.get(begin(lia)).text
    for part in ("Aurora apre un caseificio", "- 120 persone", "press@aurora-dairy.example"):
        assert part in page
    assert 'value="medtop:04000000" checked' in page
    assert "BERGAMO, 1 dicembre 2026 /Ponte/ -" in page
    assert "1 December 2026, 09:00" in page
    assert 'name="contact_only" value="0" checked' in page


def test_reading_a_page_keeps_nothing(lia: TestClient) -> None:
    for path in ("/submit", "/submit", "/releases"):
        assert lia.get(path).status_code == 200
    assert "/submit/" not in lia.get("/releases").text


def test_from_an_empty_sheet_to_the_desk(wire: Wire, lia: TestClient) -> None:
    path = begin(lia)
    page = lia.get(f"{path}/sign").text
    assert "body/0" in page and "did:web:aurora-dairy.example" in page
    assert codes(send(lia, f"{path}/sign", saved="1").text) == ["unread"]
    sent = send(lia, f"{path}/sign", saved="1", read="1")
    assert (sent.status_code, sent.headers["location"]) == (303, "/releases?handed=in")
    page = lia.get(sent.headers["location"]).text
    assert "It is handed in." in page and "With the desk" in page
    again = send(lia, f"{path}/sign", saved="1", read="1")
    assert (again.status_code, codes(again.text)) == (409, ["draft-handed-in"])
    assert lia.get("/releases").text.count("With the desk") == 1
    fresh = lia.get("/submit").text
    assert "Aurora è un caseificio." in fresh and "press@aurora-dairy.example" in fresh


def test_an_error_keeps_it_from_being_handed_in(lia: TestClient) -> None:
    path = begin(lia, headline="")
    assert "text-missing" in checks(lia.get(path).text)
    refused = send(lia, f"{path}/sign", saved="1", read="1")
    assert (refused.status_code, codes(refused.text)) == (409, ["findings-stop"])


def test_two_people_lose_nothing(wire: Wire, lia: TestClient) -> None:
    path, max_ = begin(lia), wire.logged_in("max", "approver:aurora")
    assert send(max_, path, **FORM | {"saved": "1", "headline": "Di Max"}).is_redirect
    conflict = send(lia, path, **FORM | {"saved": "1", "headline": "Di Lia"})
    assert conflict.status_code == 409
    assert "Di Max" in conflict.text and "Di Lia" in conflict.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', conflict.text))
    assert (hidden["saved"], hidden["headline"]) == ("2", "Di Lia")
    assert send(lia, path, **FORM | {"saved": "2", "headline": "Di Lia"}).is_redirect
    assert "Di Lia" in lia.get(path).text


def test_what_was_typed_is_shown_where_the_draft_has_ended(wire: Wire, lia: TestClient) -> None:
    path = begin(lia)
    assert send(lia, f"{path}/discard").is_redirect
    assert lia.get(path).status_code == 200, "discarded without a tick"
    assert send(lia, f"{path}/discard", sure="1").is_redirect
    late = send(lia, path, **FORM | {"saved": "1", "headline": "Troppo tardi"})
    assert (late.status_code, codes(late.text)) == (409, ["draft-discarded"])
    assert "Troppo tardi" in late.text
    assert lia.get(path).status_code == 409


def test_saving_by_itself(lia: TestClient) -> None:
    path = begin(lia)
    said = send(lia, f"{path}/autosave", **FORM | {"saved": "1", "headline": ""})
    told = said.json()
    assert (said.status_code, told["saved"]) == (200, 2)
    assert "text-missing" in checks(told["checks"])
    assert told["dateline"].startswith("BERGAMO")
    old = send(lia, f"{path}/autosave", **FORM | {"saved": "1", "headline": "x"})
    assert (old.status_code, old.json()["code"]) == (409, "draft-conflict")


def test_a_draft_begins_by_saving_itself(lia: TestClient) -> None:
    found = re.search(r'data-autosave="(/submit/[^"]+)/autosave"', lia.get("/submit").text)
    assert found
    assert send(lia, f"{found[1]}/autosave", **FORM).json()["saved"] == 1
    assert lia.get(found[1]).status_code == 200


@pytest.mark.parametrize("form", ["page", "mail", "text", "ninjs"])
def test_a_preview_says_what_it_is(lia: TestClient, form: str) -> None:
    path = begin(lia)
    page = lia.get(f"{path}/preview?as={form}")
    assert page.status_code == 200
    for part in ("PREVIEW", "Aurora apre un caseificio", "Comunicato stampa – contenuto"):
        assert part in page.text
    assert "T100000001" not in page.text, "a number that a release may get"


def test_a_release_in_arabic(wire: Wire, lia: TestClient) -> None:
    arabic = replace(
        SHEET, language="ar", headline="أورورا تفتتح مصنعًا", text="افتُتح المصنع يوم الاثنين."
    )
    path = wire.draft(arabic)
    assert 'lang="ar" dir="rtl">\nأورورا' in lia.get(path).text
    assert '<h1 lang="ar" dir="rtl">أورورا' in lia.get(f"{path}/preview").text


def test_a_returned_text_comes_with_its_reasons(wire: Wire, lia: TestClient) -> None:
    id = wire.service.by_author()
    review.decide(wire.wire, wire.service.dora, id, State.RETURNED, why="Which Monday?")
    assert "Which Monday?" in lia.get("/releases").text
    mended = send(lia, f"/releases/{id}/mend")
    path = mended.headers["location"]
    assert "Which Monday?" in lia.get(path).text, "it is in sight while one mends"
    assert send(lia, f"{path}/sign", saved="1", read="1").is_redirect
    assert "Which Monday?" not in lia.get("/releases").text


def test_a_rejected_text_stays_in_sight_for_a_month(wire: Wire, lia: TestClient) -> None:
    id = wire.service.by_author()
    review.decide(wire.wire, wire.service.dora, id, State.REJECTED, why="It is an advertisement.")
    page = lia.get("/releases").text
    assert "It is an advertisement." in page
    assert f'href="/releases/{id}"' in page
    now = wire.wire.clock.now()
    wire.wire.clock = Clock(lambda: now + texts.REMEMBERED + timedelta(hours=1), lambda: 0.0)
    again = wire.logged_in("livia", "author:aurora")
    assert "It is an advertisement." not in again.get("/releases").text


def test_a_public_text_is_corrected(wire: Wire, lia: TestClient) -> None:
    number = wire.service.public()
    path = send(lia, f"/releases/{number}/mend").headers["location"]
    page = lia.get(path).text
    assert "Why it is changed" in page
    form = FORM | {"saved": "1", "kind": "correction", "reason": "wrong-number", "at": ""}
    assert send(lia, path, **form).is_redirect
    assert send(lia, f"{path}/sign", saved="2", read="1").is_redirect
    assert "a correction" in lia.get("/releases").text


def test_languages_of_one_text_know_each_other(lia: TestClient) -> None:
    path = begin(lia)
    other = send(lia, f"{path}/language").headers["location"]
    assert send(lia, other, **FORM | {"saved": "1", "language": "de"}).is_redirect
    page = lia.get("/releases").text
    assert f'<a href="{other}">German</a>' in page
    assert send(lia, f"{path}/sign", saved="1", read="1").is_redirect
    assert "Other languages: Italian" in re.sub(r"\s+", " ", lia.get("/releases").text)


def test_the_desk_writes_for_an_issuer_and_says_so(wire: Wire, lia: TestClient) -> None:
    dora = wire.logged_in("dorothea", "desk")
    path = begin(dora)
    assert "on behalf of" in dora.get(path).text
    assert "begun by the desk" in lia.get("/releases").text


def test_the_press_list_is_offered(wire: Wire, lia: TestClient) -> None:
    press.bring_in(wire.wire, wire.service.olga, "aurora", wire.service.recipients())
    path = begin(lia, to=["g"])
    assert 'name="to" value="g" checked' in lia.get(path).text
    assert "1 recipient" in lia.get(f"{path}/sign").text


@pytest.mark.parametrize(
    ("at", "zone"),
    [
        ("2027-03-28T02:30", "Europe/Rome"),
        ("2026-10-25T02:30", "Europe/Rome"),
        ("1970-01-01T00:00", "UTC"),
        ("9999-12-31T23:59", "UTC"),
        ("2026-12-01T10:00", ""),
        ("2026-12-01T10:00", "+25:00"),
        ("2026-12-01T10:00", "Europe/Roma"),
        ("tomorrow", "UTC"),
    ],
)
def test_a_time_that_is_none_is_an_error_with_its_field(
    lia: TestClient, at: str, zone: str
) -> None:
    page = lia.get(begin(lia, at=at, zone=zone)).text
    assert checks(page) & {"form", "release-time"}
    assert 'href="#at" data-where="release_time"' in page
    assert f'value="{zone}"' in page


HOSTILE = {
    "nul": {"headline": "a\x00b", "text": "a\x00b"},
    "bidi": {"headline": "Pay \u202eevil\u202c"},
    "script": {"headline": "<script>alert(1)</script>", "text": "<img src=x onerror=alert(1)>"},
    "template": {"headline": "{{7*7}} %(x)s {0}", "place": "%s"},
    "newlines": {"place": "a\nb", "subhead": "a\r\nBcc: x@y.example"},
    "nested": {"text": ">" * 3_000 + " x"},
    "brackets": {"text": "[" * 30_000},
    "marks": {"text": "x" + "\u0301" * 500, "headline": "x" + "\u0301" * 500},
    "tags": {"text": "<div>" * 5_000},
    "subject": {"subject": ["medtop:99999999", "x", "medtop:04000000' OR 1=1"]},
    "channel": {"channel": "nowhere/at-all"},
    "label": {"label": "free", "kind": "withdrawal"},
    "contacts": {"contact_email": ["a@b\nBcc: c@d", "x" * 200]},
    "language": {"language": "../../x"},
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.long
def test_hostile_input_is_kept_as_text_and_harms_nothing(lia: TestClient, name: str) -> None:
    path = begin(lia, **HOSTILE[name])
    for page in ("", "/preview", "/preview?as=mail", "/preview?as=text", "/preview?as=ninjs"):
        shown = lia.get(path + page)
        assert shown.status_code == 200, (page, shown.text[-500:])
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text
    sent = send(lia, f"{path}/sign", saved="1", read="1")
    assert sent.status_code in {303, 409, 422}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"headline": "x" * 1_000_000}, "too-large"),
        ({"text": "x" * 1_000_001}, "too-large"),
        ({"contact_email": ["y" * 400]}, "too-large"),
        ({"body": "{"}, "malformed-request"),
        ({"body": '[{"kind":"script","text":"x"}]'}, "malformed-document"),
        ({"body": '[{"kind":"paragraph","text":"x","marks":[{"start":0,"end":9,"kind":"em"}]}]'},
         "malformed-document"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_too_much_is_refused_and_shown_again(
    lia: TestClient, form: dict[str, Any], code: str
) -> None:
    path = begin(lia)
    refused = send(lia, path, **FORM | {"saved": "1", "place": "Typed anew"} | form)
    assert refused.status_code in {413, 422}
    assert codes(refused.text) == [code]
    if code == "too-large":
        assert 'value="Typed anew"' in refused.text
    assert "Typed anew" not in lia.get(path).text
    told = send(lia, f"{path}/autosave", **FORM | {"saved": "1"} | form)
    assert told.json()["code"] == code


def test_a_headline_that_is_too_long_is_kept_whole_and_said(lia: TestClient) -> None:
    """A field that cuts what is pasted into it says nothing of that; ours do not cut."""
    path = begin(lia)
    long = "A headline " * 120
    sent = send(lia, path, **FORM | {"saved": "1", "headline": long})
    assert sent.status_code == 303
    page = lia.get(path).text
    assert long.strip() in page, "nothing was cut"
    assert "may have 1,000" in page and "maxlength" not in page.partition('id="sheet"')[2]
    refused = send(lia, f"{path}/sign", saved="2", read="1")
    assert "findings-stop" in codes(refused.text)


def test_the_editors_text_goes_before_the_plain_one(wire: Wire, lia: TestClient) -> None:
    body = [
        {"kind": "paragraph", "text": "H2O flows", "marks": [{"start": 1, "end": 2, "kind": "sub"}]}
    ]
    path = begin(lia, body=json.dumps(body), text="something old")
    kept = drafting.show(wire.wire, wire.service.anna, path.split("/")[-1])
    assert [block.text for block in kept.sheet.body] == ["H2O flows"]
    assert kept.sheet.text == "H2O flows"
    assert "H<sub>2</sub>O" in lia.get(f"{path}/preview").text


@pytest.mark.parametrize("name", ["docx", "odt"])
def test_a_document_gives_the_same_draft_as_the_typed_text(
    wire: Wire, lia: TestClient, name: str
) -> None:
    file = {"file": (f"Bozza è {name}.{name}", getattr(word, name)())}
    sent = send(lia, "/submit/document", file, issuer="aurora")
    assert sent.status_code == 303, codes(sent.text)
    path = sent.headers["location"]
    first = drafting.show(wire.wire, wire.service.anna, path.split("/")[-1]).sheet
    page = lia.get(path).text
    assert "Aurora opens a third dairy in Bergamo" in page
    assert "Pictures and drawings were left out" in page
    again = begin(lia, headline=first.headline, text=first.text, language="en")
    typed = drafting.show(wire.wire, wire.service.anna, again.split("/")[-1])
    blocks = handing_in.look(wire.wire, typed).draft.revision.body
    without = [
        replace(one, marks=tuple(m for m in one.marks if m.kind != "sub")) for one in first.body
    ]
    assert list(blocks) == without


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"MZ\x90\x00 no document", "malformed-document"),
        ("a.docx", word.docx()[:900], "malformed-document"),
        ("a.docx", word.docx(**{"../../x": "x"}), "malformed-document"),
        ("a.odt", word.odt(""), "empty-input"),
        ("a.docx", b"", "empty-input"),
        ("../../CON\n.png", b"\x89PNG\r\n\x1a\n" + bytes(300), "not-text"),
        ("a.docx", b"x" * 4_000_001, "too-large"),
    ],
    ids=["exe", "cut", "way-out", "no-text", "nothing", "picture", "too-large"],
)
def test_a_document_that_is_none_is_refused(
    lia: TestClient, name: str, data: bytes, code: str
) -> None:
    refused = send(lia, "/submit/document", {"file": (name, data)}, issuer="aurora")
    assert (refused.status_code in {413, 422}, codes(refused.text)) == (True, [code])
    assert "/submit/" not in lia.get("/releases").text


def test_the_page_weighs_little(wire: Wire, lia: TestClient) -> None:
    """At most 170 KB as gzip, with everything that it loads (screens.md)."""
    path = wire.draft(replace(SHEET, text="A sentence of the text. " * 200))
    page = lia.get(path).text
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    assert len(loaded) == 8
    bodies = [page.encode(), *(lia.get(one).content for one in loaded)]
    assert sum(len(gzip.compress(body)) for body in bodies) <= 170_000


def test_nobody_else_finds_a_draft(wire: Wire) -> None:
    path = wire.draft(Sheet(headline="Secret"))
    bea, nobody = (
        wire.logged_in("bea", "author:bruma"),
        "/submit/00000000-0000-4000-8000-000000000000",
    )
    texts = {bea.get(one).text.replace(one, "") for one in (path, nobody)}
    assert len(texts) == 1, "one may learn that there is such a draft"


def test_long_lists_of_ones_texts_go_on(
    wire: Wire, lia: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((texts, "MOST"), (texts, "MOST_WAITING"), (drafting, "MOST")):
        monkeypatch.setattr(module, name, 2)
    made = {
        "drafts": [wire.draft() for _ in range(5)],
        "way": [wire.service.by_author() for _ in range(5)],
        "returned": [wire.service.returned() for _ in range(3)],
        "public": [wire.service.public() for _ in range(5)],
    }
    first = lia.get("/releases").text
    for section, some in made.items():
        path, seen, pages = f"/releases?section={section}", "", 0
        while path:
            page = lia.get(path).text
            seen, pages = seen + page, pages + 1
            found = re.search(rf'href="([^"]*section={section}[^"]*)" rel="next"', page)
            path = html.unescape(found[1]) if found else ""
        assert pages == (len(some) + 1) // 2, section
        assert [one for one in some if one not in seen] == [], section
        assert f"section={section}" in first
    assert lia.get("/releases?section=drafts&after=x").status_code == 200
    assert lia.get("/releases?section=public&after=x").status_code == 200


def test_a_press_office_finds_the_lines_for_its_own_site(wire: Wire, lia: TestClient) -> None:
    page = lia.get("/releases?lang=it").text
    [lines] = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)
    frame = " ".join(html.unescape(lines).split())
    assert frame == (
        '<iframe src="http://127.0.0.1:8000/embed/aurora?lang=it" title="Comunicati di Aurora '
        'Dairy" width="100%" height="640" loading="lazy"></iframe>'
    )
    assert "/embed/bruma" not in page
    wire.service.public()
    [source] = re.findall('src="http://127.0.0.1:8000([^"]*)"', frame)
    assert lia.get(source).status_code == 200
    assert "/embed/" not in wire.logged_in("dana", "desk").get("/releases").text
