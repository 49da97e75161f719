"""In Italian no page says anything in English: findings, refusals, what was left out."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispaccio.desk.checks.base import Finding, Severity
from dispaccio.embargo.vault import DataKey
from dispaccio.errors import FindingsStop, InputError, NotAllowed
from dispaccio.release.model import Revision
from dispaccio.site import speech
from dispaccio.wire.draft import Draft, glance, open_draft
from dispaccio.words import PLACE, say
from tests.office.browser import Wire, send
from tests.office.test_writing import begin
from tests.support import messages, word

FAULTS: dict[str, Any] = {
    "label": "",
    "headline": "AURORA APRE UN\u200b NUOVO СASEIFICIO",
    "place": "",
    "text": (
        "Bergamo, 1 dicembre 2026 - Martedì, 27 maggio 2026 apre [nome] alle 15:00.\n\n"
        "[clicca](javascript:x) [www.altrove.example](https://qui.example/) "
        "[banca](https://раураl.example) <b>grassetto</b>\n\nEMBARGO fino alle 9"
    ),
    "contact_email": ["redazione.example", ""],
    "contact_name": ["Ponte Srl", ""],
    "subject": [],
    "at": "1999-01-01T10:00",
}


PLUGIN = (
    "I controlli hanno trovato errori; l’autore deve correggerli e inviare di nuovo.<br>"
    '<small lang="en" dir="ltr">Of a plug-in&#39;s own.</small>'
)


@pytest.fixture
def lia(wire: Wire) -> TestClient:
    return wire.logged_in("lia", "author:aurora")


def italian() -> list[str]:
    """Every Italian sentence of the catalogue that a finding may be, as a pattern."""
    found = []
    for message in messages.read("it", messages.catalogues()["it"]):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in filter(None, forms):
            pieces = [re.escape(piece) for piece in PLACE.split(form)[::2]]
            found.append(".*".join(pieces))
    return found


def said(page: str) -> list[str]:
    """The sentences of the findings on a page, without their marks."""
    found = re.findall(r'<li class="finding.*?</p>\s*<p>(.*?)</p>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in found]


def test_a_draft_with_many_faults_speaks_italian(lia: TestClient) -> None:
    path = begin(lia, **FAULTS)
    english, page = said(lia.get(path).text), lia.get(f"{path}?lang=it").text
    spoken, known = said(page), italian()
    assert len(spoken) == len(english) >= 14
    assert not set(spoken) & set(english)
    for sentence in spoken:
        assert any(re.fullmatch(pattern, sentence, re.DOTALL) for pattern in known), sentence
    assert 'lang="en"' not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
    assert "HTML tolto" in page
    assert "<bdi>“[nome]”</bdi> nel blocco 1 del testo sembra uno spazio" in page
    assert "1 gennaio 1999, 09:00 UTC" in page


def test_what_stops_a_text_is_said_in_italian(lia: TestClient) -> None:
    path = begin(lia, **FAULTS)
    saved = re.search(r'name="saved" value="(\d+)"', lia.get(path).text)
    assert saved
    page = send(lia, f"{path}/sign?lang=it", saved=saved[1], read="1").text
    trouble = page.partition('data-code="findings-stop">')[2].partition("</p>")[0]
    assert trouble.startswith("I controlli hanno trovato errori: ")
    assert "L’orario di uscita, 1 gennaio 1999, 09:00 UTC, è già passato" in trouble


def test_an_upload_says_in_italian_what_was_left_out(lia: TestClient) -> None:
    file = {"file": ("a.docx", word.docx())}
    answer = send(lia, "/submit/document", file, issuer="aurora")
    assert answer.status_code == 303
    page = lia.get(f"{answer.headers['location']}?lang=it").text
    assert "Immagini e disegni sono stati tolti; aggiungili come file del comunicato" in page
    refused = send(lia, "/submit/document?lang=it", {"file": ("a.txt", b"MZ no")}, issuer="aurora")
    assert "un programma per Windows" in refused.text


def test_what_was_kept_before_speaks_english_and_says_so() -> None:
    old = json.loads('{"severity": "error", "message": "The text mentions 7 things."}')
    assert speech.marked(old["message"], "it") == (
        '<span lang="en" dir="ltr">The text mentions 7 things.</span>'
    )
    fixed = "The release has no headline; write one."
    assert speech.marked(fixed, "it") == "Il comunicato non ha un titolo; scrivine uno."


def test_a_draft_keeps_how_its_findings_were_made() -> None:
    key = DataKey(bytes(32), "release")
    finding = Finding(
        Severity.ERROR, say("The year {year} cannot be meant; check it.", year="9999"), "body/0"
    )
    warned = say("The link to {href} was left out: the wire does not carry it.", href="<x>")
    draft = Draft(Revision(headline="Due"), (finding,), (warned,))
    back = open_draft(key, draft.seal(key))
    assert back.findings == draft.findings
    assert glance(key, draft.seal(key))["findings"][0]["message"] == finding.message
    assert speech.spoken(back.findings[0].message, "it").startswith("L’anno 9999 non può")
    assert "<bdi>&lt;x&gt;</bdi>" in speech.marked(back.warnings[0], "it")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotAllowed(), "I ruoli di questa persona non lo permettono."),
        (InputError(say("Say when it is to be published.")), "Di’ quando va pubblicato."),
        (FindingsStop("Of a plug-in's own."), PLUGIN),
    ],
)
def test_errors_speak_italian(error: InputError, words: str) -> None:
    assert speech.explained(error, "it") == words


def test_numbers_and_times_are_written_as_the_language_has_them() -> None:
    large = say("The form has {count} bytes; the wire takes {most}.", count=1234567, most=8)
    assert speech.spoken(large, "it") == "Il modulo ha 1.234.567 byte; l’agenzia ne accetta 8."
