"""The release that came through four systems comes out whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dispaccio.formats.base import Options
from dispaccio.formats.text import text
from dispaccio.release.body import BlockKind
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Copyright, Dateline, Identifier, Reading, WireMark
from tests.anatomy import test_deletion


@pytest.fixture(scope="module")
def source(shared: Path) -> bytes:
    return (shared / "seed" / "press-release.txt").read_bytes()


@pytest.fixture(scope="module")
def reading(source: bytes) -> Reading:
    (only,) = text.read(source, Options())
    return only


def test_title_label_issuer_and_language(reading: Reading) -> None:
    said = reading.revision
    assert said.headline.startswith("CGTN: Shared future: China, Serbia push")
    assert said.headline.endswith("to new heights")
    assert said.label is not None
    assert said.label.kind is LabelKind.PROMOTIONAL
    assert said.label.text == "COMUNICATO STAMPA - CONTENUTO PROMOZIONALE"
    assert said.label.commissioned is True
    assert said.issuer is not None
    assert said.issuer.name == "CGTN"
    assert said.language == "en"


def test_wire_number_and_dateline(reading: Reading) -> None:
    said = reading.revision
    assert said.wire == WireMark("PR Newswire", "302781517")
    assert said.identifiers == (Identifier("prnewswire", "302781517"),)
    day = date(2026, 5, 26)
    mark = "BEIJING, May 26, 2026 /PRNewswire/ -"
    assert said.dateline == Dateline("BEIJING", day, "PR Newswire", mark)


def test_the_body_is_every_paragraph_in_order(reading: Reading, source: bytes) -> None:
    lines = [line for line in source.decode().splitlines() if line]
    first, last = (
        next(at for at, line in enumerate(lines) if line.startswith(start))
        for start in ("BEIJING, ", "View original")
    )
    expected = [line.replace("\\$", "$").replace("<", "").replace(">", "") for line in lines]
    expected[first] = expected[first].removeprefix("BEIJING, May 26, 2026 /PRNewswire/ - ")
    assert [block.text for block in reading.revision.body] == expected[first:last]
    headings = [b.text for b in reading.revision.body if b.kind is BlockKind.HEADING]
    assert headings == ["Ironclad friendship", "Shared future"]


def test_the_broken_paragraph_stays_two(reading: Reading) -> None:
    texts = [block.text for block in reading.revision.body]
    broken = next(at for at, text in enumerate(texts) if text.endswith("World Anti-Fascist War,"))
    assert texts[broken + 1].startswith("Vucic has attended")


def test_the_frame(reading: Reading) -> None:
    said = reading.revision
    holder = "PR Newswire"
    assert said.copyright == Copyright(
        "Copyright 2026 PR Newswire. All Rights Reserved.", 2026, holder
    )
    assert said.original_url is not None
    assert said.original_url.endswith("to-new-heights-302781517.html")
    (disclaimer,) = said.disclaimers
    assert disclaimer.endswith("non sono responsabili per i contenuti dei comunicati trasmessi")
    assert said.channel == "immediapress/pr-newswire"
    assert (said.category, said.tags) == ("Comunicati", ("ImmediaPress",))
    assert (said.created, said.author) == (date(2026, 5, 26), "redazione")
    roles = {link.role: link.href for link in said.links}
    assert roles.keys() == {"issuer", "original", "channel"}
    assert roles["issuer"].startswith("https://news.cgtn.com/news/2026-05-26/")


def test_the_chain_with_the_passages_that_show_it(reading: Reading, source: bytes) -> None:
    hops = reading.revision.hops
    assert [hop.party for hop in hops] == ["CGTN", "PR Newswire", "Immediapress", "Adnkronos"]
    assert [hop.action for hop in hops] == ["created", "enhanced", "enhanced", "enhanced"]
    for hop in hops:
        assert hop.evidence
        assert hop.evidence in source.decode()
        assert hop.party in hop.evidence.replace("PRNewswire", "PR Newswire")


def test_nothing_is_invented(reading: Reading) -> None:
    said = reading.revision
    assert said.contacts == ()
    assert said.boilerplate is None
    assert said.embargo is None
    assert said.subhead is None
    assert said.media == ()
    assert reading.warnings == ()


def test_quotes_and_figures(reading: Reading) -> None:
    spoken = {quote.text: quote.speaker for quote in reading.quotes}
    assert spoken == {
        "will forever be written into the history books.": None,
        "one of the most important moments of my life,": "Vucic",
    }
    assert [(figure.value, figure.unit) for figure in reading.figures] == [
        ("6490000000", "USD"),
        ("13", "%"),
    ]
    assert {figure.attributed_to for figure in reading.figures} == {"Chinese Foreign Ministry"}


def test_every_line_says_only_what_it_says(shared: Path) -> None:
    path = shared / "seed" / "press-release.txt"
    for number in range(1, len(path.read_bytes().split(b"\n")) + 1):
        test_deletion.check(path, number)
