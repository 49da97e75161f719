"""The rich editor: the body of a release there and back, its keys, and what is pasted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dispaccio.formats import codec
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.model import Revision
from dispaccio.testing import releases
from dispaccio.wire import drafting
from tests.browser.test_writing import entered, is_saved
from tests.office.browser import SHEET, Wire

pytestmark = pytest.mark.long

BODY = (
    Block.paragraph(
        "Grüße 🧀 from E=mc2, H2O",
        Mark(0, 5, MarkKind.STRONG),
        Mark(3, 12, MarkKind.EM),
        Mark(6, 7, MarkKind.LINK, "https://aurora-dairy.example/🧀"),
        Mark(17, 18, MarkKind.SUP),
        Mark(21, 22, MarkKind.SUB),
    ),
    Block(BlockKind.HEADING, "What it makes", level=2),
    Block(BlockKind.HEADING, "In detail", level=3),
    Block(BlockKind.LIST, "milk\nyoghurt", (Mark(0, 4, MarkKind.EM),)),
    Block(BlockKind.LIST, "first\nsecond", ordered=True),
    Block(BlockKind.QUOTE, "A good day.\nA very good one."),
    Block(BlockKind.TABLE, "a\tb\n1\t2", (Mark(0, 1, MarkKind.STRONG),)),
    Block.paragraph("two\nlines"),
)
WORD = """<html><head><style>p {color: red}</style></head><body><!--StartFragment-->
<h1>Aurora opens</h1><p class=MsoNormal><b><span style='color:red'>Strong</span></b> and
<span style='font-style:italic'>stressed</span>.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span>one</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span>two</p>
<ul><li>a<ul><li>b</li></ul></li></ul>
<table><tr><th>x</th><td><p>y</p><p>z</p></td></tr></table>
<img src="https://evil.example/x.png" onerror="alert(1)"><script>alert(2)</script>
<p><a href="javascript:alert(3)">bad</a> <a href="https://good.example/">good</a></p>
</body></html>"""


def kept(wire: Wire, path: str) -> tuple[Block, ...]:
    return drafting.show(wire.wire, wire.service.anna, path.rsplit("/", maxsplit=1)[-1]).sheet.body


def samples() -> list[Revision]:
    return [one for one in releases.samples() if one.body and not one.media]


def test_a_body_comes_back_as_it_was(browser: Any, wire: Wire) -> None:
    bodies = [BODY, *(one.body for one in samples())]
    paths = [wire.draft(replace(SHEET, body=body)) for body in bodies]
    with entered(browser, wire) as (page, address):
        for path, body in zip(paths, bodies, strict=True):
            page.goto(address + path)
            page.get_by_label("Luogo", exact=True).fill("Altrove")
            is_saved(page, 2)
            want, got = ([codec.encode(block) for block in one] for one in (body, kept(wire, path)))
            for block in (*want, *got):
                block.get("marks", []).sort(key=json.dumps)
            assert got == want


def test_what_is_pasted_from_a_word_processor(browser: Any, wire: Wire) -> None:
    path = wire.draft(replace(SHEET, text=""))
    with entered(browser, wire) as (page, address):
        page.goto(address + path)
        page.locator("#writing").click()
        page.evaluate(
            """html => {
              const data = new DataTransfer();
              data.setData("text/html", html);
              const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
              document.getElementById("writing").dispatchEvent(event);
            }""",
            WORD,
        )
        said = page.locator(".dropped").inner_text()
        for word in ("immagini", "script", "colori", "elenchi annidati", "link"):
            assert word in said
        is_saved(page, 2)
    blocks = [(block.kind.value, block.text) for block in kept(wire, path)]
    assert blocks == [
        ("heading", "Aurora opens"),
        ("paragraph", "Strong and stressed."),
        ("list", "one\ntwo"),
        ("list", "a\nb"),
        ("table", "x\ty z"),
        ("paragraph", "bad good"),
    ]
    first, last = kept(wire, path)[1], kept(wire, path)[-1]
    assert {mark.kind for mark in first.marks} == {MarkKind.STRONG, MarkKind.EM}
    assert [mark.href for mark in last.marks] == ["https://good.example/"]


def test_its_keys_and_buttons(browser: Any, wire: Wire, pictures: Path) -> None:
    path = wire.draft(replace(SHEET, text=""))
    with entered(browser, wire) as (page, address):
        page.goto(address + path)
        page.locator("#writing").click()
        keys = page.keyboard
        keys.press("Control+b")
        keys.type("Forte")
        keys.press("Control+b")
        keys.type(" e non.")
        keys.press("Enter")
        page.get_by_role("button", name="Elenco", exact=True).click()
        for word in ("uno", "due", ""):
            keys.type(word)
            keys.press("Enter")
        keys.type("Dopo l'elenco ")
        keys.press("Control+k")
        keys.type("aurora-dairy.example")
        keys.press("Enter")
        keys.press("Enter")
        page.get_by_role("button", name="Tabella").click()
        keys.type("cella")
        page.screenshot(path=pictures / "editor.png", full_page=True)
        page.locator("#state").scroll_into_view_if_needed()
        is_saved(page)
        page.get_by_role("button", name="Salva", exact=True).click()
        page.wait_for_url(address + path)
    blocks = kept(wire, path)
    assert [(block.kind.value, block.text) for block in blocks] == [
        ("paragraph", "Forte e non."),
        ("list", "uno\ndue"),
        ("paragraph", "Dopo l'elenco https://aurora-dairy.example"),
        ("table", "cella\t\t\n\t\t"),
    ]
    assert blocks[0].marks == (Mark(0, 5, MarkKind.STRONG),)
    assert blocks[2].marks[0].href == "https://aurora-dairy.example"


def test_a_finding_leads_into_the_editor(browser: Any, wire: Wire) -> None:
    path = wire.draft(replace(SHEET, text="One.\n\nIt begins at 9:00.\n\nThree."))
    with entered(browser, wire) as (page, address):
        page.goto(address + path)
        page.locator("a[data-where='body/1']").click()
        page.keyboard.type("X")
        is_saved(page, 2)
    assert kept(wire, path)[1].text.startswith("XIt begins")
