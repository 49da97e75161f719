"""Markdown: any author's file is read, and what we write comes back without loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given

from dispaccio.errors import MalformedDocument, TimeWithoutZone, TooLarge
from dispaccio.formats.base import Options
from dispaccio.formats.markdown import markdown
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.canonical import canonical_bytes
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Contact, Reading, Reason, Revision, Visibility
from dispaccio.release.notice import shown
from dispaccio.release.state import Kind, Status
from tests.formats.revisions import revisions
from tests.support.source import ROOT


def read(text: str) -> Reading:
    (only,) = markdown.read(text.encode(), Options())
    return only


@given(revisions)
def test_what_is_written_comes_back_whole(revision: Revision) -> None:
    document = markdown.write(revision)
    (reading,) = markdown.read(document, Options())
    assert canonical_bytes(reading.revision) == canonical_bytes(shown(revision))
    assert reading.revision == shown(revision)
    assert markdown.write(reading.revision) == document


def test_blocks_and_marks() -> None:
    said = read(
        "# Bridge\n\nOne **two** *three* [four](https://a.example/x) <https://b.example>.\n\n"
        "## Part\n\n### Sub\n\n- a\n- b\n\n3. c\n4. d\n\n> said\n>\n> twice\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n![alt](https://a.example/p.png)\n\nline\\\nbreak"
    ).revision
    assert said.headline == "Bridge"
    assert [(block.kind, block.text) for block in said.body] == [
        (BlockKind.PARAGRAPH, "One two three four https://b.example."),
        (BlockKind.HEADING, "Part"),
        (BlockKind.HEADING, "Sub"),
        (BlockKind.LIST, "a\nb"),
        (BlockKind.LIST, "c\nd"),
        (BlockKind.QUOTE, "said\ntwice"),
        (BlockKind.TABLE, "a\tb\n1\t2"),
        (BlockKind.IMAGE, "alt"),
        (BlockKind.PARAGRAPH, "line\nbreak"),
    ]
    assert said.body[0].marks == (
        Mark(4, 7, MarkKind.STRONG),
        Mark(8, 13, MarkKind.EM),
        Mark(14, 18, MarkKind.LINK, "https://a.example/x"),
        Mark(19, 36, MarkKind.LINK, "https://b.example"),
    )
    assert [media.href for media in said.media] == ["https://a.example/p.png"]


@pytest.mark.parametrize(
    ("source", "text", "warning"),
    [
        ("a <b>bold</b> word", "a bold word", "HTML was left out"),
        ("<script>hidden()</script>\n\nshown", "shown", "HTML was left out"),
        ("one<br>two", "one\ntwo", "HTML was left out, its text was kept"),
        ("<div>shown</div>", "shown", "HTML was left out, its text was kept"),
        ("- a\n  <div>b</div>", "a b", "HTML was left out, its text was kept"),
        ("some `code` here", "some code here", "Code was taken as plain text"),
        ("```\ncode\n```", "code", "A block of code was taken as a paragraph"),
        ("- a\n  - b", "a\nb", "A nested list was taken as items"),
        ("a [link](javascript:alert) b", "a link b", "lost its target"),
        ("a [link](//evil.example) b", "a link b", "lost its target"),
        ("#### deep", "deep", "below level 3"),
        ("> - a\n> ![x](https://a.example)", "a", "picture within"),
    ],
)
def test_what_a_release_has_no_place_for_is_said(source: str, text: str, warning: str) -> None:
    reading = read(f"# Bridge\n\n{source}")
    assert [block.text for block in reading.revision.body] == [text]
    assert all(mark.kind is not MarkKind.LINK for b in reading.revision.body for mark in b.marks)
    assert any(warning in found for found in reading.warnings)


def test_an_embargo_and_a_label_in_blocks_of_html_hold() -> None:
    reading = read(
        '<p align="center"><b>EMBARGO UNTIL 1 March 2027, 09:00 CET</b></p>\n\n# A mill closes\n\n'
        "<details>\n<summary>ADVERTISEMENT</summary>\n\nThe mill is old.\n\n</details>\n"
    )
    said = reading.revision
    assert said.headline == "A mill closes"
    assert said.embargo == datetime(2027, 3, 1, 8, tzinfo=UTC)
    assert said.label is not None
    assert said.label.kind is LabelKind.PROMOTIONAL
    assert [block.text for block in said.body] == ["The mill is old."]


def test_pictures_in_blocks_of_html_follow_those_before() -> None:
    said = read('# A\n\n![x](https://a.example)\n\n<p><img src="https://b.example"></p>').revision
    assert [block.media for block in said.body] == [0, 1]
    assert [media.href for media in said.media] == ["https://a.example", "https://b.example"]


def test_an_entity_brings_nothing_invisible_in() -> None:
    assert read("# Bri&#8203;dge\n\nA &amp; B&#xFE0F;.").revision.headline == "Bridge"


def test_front_matter() -> None:
    said = read(
        "---\n# a comment\ntitle: \"A: title\"\nsubhead: 'Below it'\nlanguage: en\nissuer: Ex Ltd\n"
        "commissioned: yes\npaid_by: Bank\nrelease_time: 2027-05-26 09:00 Europe/Rome\n"
        "embargo: 2027-05-26T09:00+02:00\ntags: [a, b]\nurgency: 3\n"
        "contact:\n  - Jane Doe, Press officer, Ex Ltd, jane@a.example, 01632 960 001, media only\n"
        "  - press@a.example\n---\n\nText of it. It is.\n"
    ).revision
    assert (said.headline, said.subhead, said.language) == ("A: title", "Below it", "en")
    assert said.label is not None
    assert (said.label.kind, said.label.commissioned) == (LabelKind.PROMOTIONAL, True)
    assert said.label.paid_by == "Bank"
    assert said.release_time == said.embargo == datetime(2027, 5, 26, 7, tzinfo=UTC)
    assert (said.tags, said.urgency) == (("a", "b"), 3)
    assert said.contacts == (
        Contact("Jane Doe", "Press officer", "Ex Ltd", "jane@a.example", "01632 960 001",
                Visibility.MEDIA_ONLY),
        Contact(email="press@a.example"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("relase_time: 2027-05-26T09:00Z", "Line 3: .*do you mean 'release_time'"),
        ("commissioned: perhaps", "Line 3: .*yes or no"),
        ("label: wonderful", "Line 3: .*promotional"),
        ("status: gone", "Line 3: .*usable"),
        ("urgency: high", "Line 3: .*whole number"),
        ("created: 2026-02-31", "Line 3: .*day that exists"),
        ("nothing at all", "Line 3 .*no `key: value`"),
        ("issuer: Other", "Line 3: .*twice"),
        ('title: "open', "Line 3: .*no JSON string"),
        ("dispaccio: {", "not JSON"),
    ],
)
def test_a_wrong_line_of_front_matter_is_named(line: str, message: str) -> None:
    with pytest.raises(MalformedDocument, match=message):
        read(f"---\nissuer: Ex\n{line}\n---\n\n# Bridge\n\nText.")


def test_a_time_without_zone_is_named_with_its_line() -> None:
    with pytest.raises(TimeWithoutZone, match="Line 2, embargo: "):
        read("---\nembargo: 2027-05-26 09:00\n---\n\n# Bridge\n\nText.")


def test_an_unknown_key_is_a_warning() -> None:
    assert read("---\nlayout: post\n---\n\n# T\n\nText.").warnings == (
        "Line 2: the key 'layout' is not known, and was left out.",
    )


def test_an_edited_file_keeps_what_a_person_wrote() -> None:
    revision = Revision(
        headline="Water",
        body=(Block.paragraph("It is H2O here.", Mark(7, 8, MarkKind.SUB)),),
        number="100000001",
        urgency=4,
    )
    document = markdown.write(revision).decode()
    assert read(document).revision == revision
    reading = read(document.replace("It is H2O", "Once it is H2O"))
    assert reading.revision == replace(revision, body=(Block.paragraph("Once it is H2O here."),))
    assert any("edited" in warning for warning in reading.warnings)


def test_a_file_of_ours_that_lost_its_rules_is_refused() -> None:
    document = markdown.write(Revision(headline="T", body=(Block.paragraph("x"),))).decode()
    with pytest.raises(MalformedDocument, match="rules"):
        read(document.replace("***", "", 1))


def test_a_notice_comes_back_as_a_notice() -> None:
    back = Revision(
        number="100000001", kind=Kind.WITHDRAWAL, status=Status.CANCELED, reason=Reason("error")
    )
    assert read(markdown.write(back).decode()).revision == back


def test_markdown_that_is_costly_to_read_is_refused() -> None:
    for document in ("[" * 40_001, "a\n" * 40_001, "a" * 1_000_001):
        with pytest.raises(TooLarge):
            read(document)


@pytest.mark.parametrize(
    "revision",
    [
        Revision(headline="Signs", body=(Block.paragraph("*" * 50_000),)),
        Revision(headline="Links", body=(Block.paragraph("https://a.example/ " * 5_001),)),
    ],
    ids=lambda revision: revision.headline,
)
def test_what_is_too_costly_to_read_comes_back_whole(revision: Revision) -> None:
    """No text may stop a publication by its Markdown twin; edited, it is refused as any other."""
    written = markdown.write(revision)
    assert markdown.about.recognises(written)
    (found,) = markdown.read(written, Options())
    assert found.revision == revision
    with pytest.raises(TooLarge):
        markdown.read(written + b"!", Options())


def test_more_lines_than_front_matter_holds_come_back_whole() -> None:
    revision = Revision(headline="Tags", tags=tuple(f"tag {at}" for at in range(2_000)))
    written = markdown.write(revision)
    assert markdown.read(written, Options())[0].revision == revision
    (edited,) = markdown.read(written.replace(b"# Tags", b"# Marks"), Options())
    assert edited.revision == replace(revision, headline="Marks")
    assert "edited" in edited.warnings[-1]


def test_its_own_marks_are_recognised_and_others_are_not() -> None:
    for data in (b"# Bridge\n\nText", b"---\ntitle: x\n---\n", b"\n## Bridge\n"):
        assert markdown.about.recognises(data)
    for data in (b"Bridge\n\nText", b"---\n\nText", b"#hashtag", b"{}", b"<p>"):
        assert not markdown.about.recognises(data)


def test_the_example_in_the_docs_is_read_as_it_says() -> None:
    page = (ROOT / "docs" / "formats" / "markdown.md").read_text("utf-8")
    reading = read(page.split("```markdown\n", 1)[1].split("```", 1)[0])
    said = reading.revision
    assert reading.warnings == ()
    assert said.headline == "Il Museo del Lago riapre con una mostra"
    assert said.subhead == "Dal 26 maggio, ingresso libero la prima domenica del mese"
    assert said.release_time == datetime(2027, 5, 26, 7, tzinfo=UTC)
    assert [block.kind for block in said.body] == [
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.LIST,
    ]
    assert said.boilerplate is not None
    assert said.contacts[0].name == "Maria Rossi"
