"""Lines that say who paid, and embargoes in words: in the frame of a text they are no title."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dispaccio.anatomy.embargo import unclear
from dispaccio.formats import registry
from dispaccio.formats.text import text
from dispaccio.release.label import LabelKind, paid_by
from dispaccio.release.model import Reading
from dispaccio.release.notice import for_everyone
from dispaccio.testing import releases

BODY = "Orla Foods closes a mill\n\nThe mill in the north of Oslo is old, and it closes in May.\n"
PAGE = (
    "<html><body>{}<article>{}<h1>Orla closes</h1><p>The mill in the north of Oslo is old, and it "
    "closes in May.</p></article></body></html>"
)


def read(document: str) -> Reading:
    (found,) = registry.read(document.encode())
    return found


@pytest.mark.parametrize(
    ("line", "payer"),
    [
        ("Sponsored by Foo Ltd", "Foo Ltd"),
        ("PAID FOR BY FOO LTD", "FOO LTD"),
        ("Paid content by Foo, Inc.", "Foo, Inc."),
        ("[Sponsored by Foo]", "Foo"),
        ("In partnership with Foo", "Foo"),
        ("Advertisement - paid by Foo Ltd", "Foo Ltd"),
        ("Sponsorizzato da Foo Srl", "Foo Srl"),
        ("A pagamento, per conto di Foo", "Foo"),
        ("A pagamento", None),
        ("Gesponsert von Foo GmbH", "Foo GmbH"),
        ("Sponsoris\u00e9 par Foo", "Foo"),
        ("Patrocinado por Foo", "Foo"),
    ],
)
def test_a_line_above_the_title_says_who_paid(line: str, payer: str | None) -> None:
    said = read(f"{line}\n\n{BODY}").revision
    assert said.headline == "Orla Foods closes a mill"
    assert said.label is not None
    assert (said.label.kind, said.label.text) == (LabelKind.PROMOTIONAL, line)
    assert (said.label.commissioned, said.label.paid_by) == (True, payer)


@pytest.mark.parametrize(
    "line",
    [
        "Sponsored by Foo, the festival opens on Monday",
        "Paid for by the people who live in the north of the town",
        "Sponsored by Foo: what now?",
        "In partnership with Foo",
    ],
)
def test_a_sentence_about_sponsors_is_no_label(line: str) -> None:
    assert paid_by(line) is None


def test_a_subhead_may_name_a_partner() -> None:
    said = read(f"A mill closes\n\nIn partnership with Oslo University\n\n{BODY}").revision
    assert said.label is None


@pytest.mark.parametrize("words", ["UNTIL tomorrow noon", "until further notice"])
def test_an_embargo_in_words_is_unclear_and_no_title(words: str) -> None:
    found = read(f"EMBARGO {words}\n\n{BODY}")
    assert found.revision.headline == "Orla Foods closes a mill"
    assert unclear(found.warnings)


def test_a_headline_may_speak_of_an_embargo() -> None:
    found = read(f"Embargo until talks end is likely, says minister\n\n{BODY}")
    assert found.revision.headline.startswith("Embargo until talks")
    assert not unclear(found.warnings)


@pytest.mark.parametrize(
    ("before", "within"),
    [
        ("<aside>ADVERTISEMENT</aside>", ""),
        ("<header><div>ADVERTISEMENT</div></header>", ""),
        ("<div>ADVERTISEMENT</div>", ""),
        ("", "<aside>ADVERTISEMENT</aside>"),
    ],
)
def test_a_label_in_a_box_above_the_title_of_a_page_holds(before: str, within: str) -> None:
    said = read(PAGE.format(before, within)).revision
    assert said.headline == "Orla closes"
    assert said.label is not None
    assert said.label.kind is LabelKind.PROMOTIONAL


def test_an_embargo_in_a_box_above_the_title_of_a_page_holds() -> None:
    said = read(PAGE.format("<div>EMBARGO UNTIL 1 March 2027, 09:00 CET</div>", "")).revision
    assert said.embargo == datetime(2027, 3, 1, 8, tzinfo=UTC)
    found = read(PAGE.format("<header><p>EMBARGO UNTIL tomorrow noon</p></header>", ""))
    assert unclear(found.warnings)


def test_our_own_text_is_read_back_with_its_foot() -> None:
    for state, revision in releases.in_every_state():
        wanted, found = for_everyone(revision), read(text.write(revision).decode())
        if not wanted.body:
            continue
        assert found.warnings == (), state
        told = (found.revision.number, found.revision.first_created, found.revision.url)
        assert told == (wanted.number, wanted.first_created, wanted.url), state
        if wanted.version_created != wanted.first_created:
            assert found.revision.version_created == wanted.version_created, state
        assert found.revision.original_url == wanted.original_url, state
        assert found.revision.signed_by == wanted.signed_by or wanted.archive, state
        payer = wanted.label and wanted.label.paid_by
        assert (found.revision.label and found.revision.label.paid_by) == payer, state


def test_a_body_of_one_paragraph_is_no_subhead() -> None:
    short = replace(releases.italian(), dateline=None, subhead=None)
    short = replace(short, body=(replace(short.body[0], text="Il ponte apre", marks=()),))
    said = read(text.write(short).decode()).revision
    assert said.subhead is None
    assert [block.text for block in said.body] == ["Il ponte apre"]
