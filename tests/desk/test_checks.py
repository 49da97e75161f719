"""The checks that need a few lines each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispaccio.desk.checks.base import Published, Severity
from dispaccio.desk.checks.political_notice import REQUIRED
from dispaccio.desk.checks.reading.passages import MOST_CHARACTERS, MOST_LINKS, MOST_PASSAGES
from dispaccio.release.body import Block, BlockKind
from dispaccio.release.label import Label, LabelKind, of_kind
from dispaccio.release.model import Contact, Link, Revision
from dispaccio.release.state import Kind
from tests.desk.cases import around, release, said, severities

ERROR, WARNING, NOTE = Severity
POLITICAL = Label(LabelKind.POLITICAL, "Political advertising", paid_by="Lista Lenate")
FULL = replace(POLITICAL, details=tuple((name, "stated") for name in REQUIRED))
CLEAN_LABEL = Label(LabelKind.INSTITUTIONAL, "Press release", commissioned=False)
PAID = Label(LabelKind.PROMOTIONAL, "Press release – promotional content")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"headline": ""}, [("headline", ERROR)]),
        ({"headline": " \u200b\n"}, [("headline", ERROR)]),
        ({"body": ()}, [("body", ERROR)]),
        ({"body": (Block.paragraph(" \u200b"), Block.paragraph(""))}, [("body", ERROR)]),
        ({"headline": "", "body": ()}, [("headline", ERROR), ("body", ERROR)]),
        ({"body": (Block(BlockKind.TABLE, "a\tb"),)}, []),
    ],
)
def test_headline_and_text(fields: dict[str, object], expected: list[tuple[str, Severity]]) -> None:
    found = said("text-missing", release(**fields))
    assert [(finding.where, finding.severity) for finding in found] == expected


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        ((Contact(email="press@arvello.example"),), []),
        ((Contact(name="Ada Neri"), Contact(phone="+39 000 555 0100")), []),
        ((), [WARNING]),
        ((Contact(name="Ada Neri"),), [WARNING]),
    ],
)
def test_press_contact(contacts: tuple[Contact, ...], expected: list[Severity]) -> None:
    assert severities("press-contact", release(contacts=contacts)) == expected


def test_another_wires_missing_contact_is_a_note() -> None:
    assert severities("press-contact", release(contacts=()), around(relayed=True)) == [NOTE]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (PAID, [ERROR]),
        (Label(LabelKind.INSTITUTIONAL, "Press release", commissioned=True), [ERROR]),
        (Label(None, "Anzeige?", commissioned=True), [ERROR]),
        (replace(PAID, paid_by="Cantieri Arvello"), []),
        (replace(PAID, details=(("payer", "Cantieri Arvello"),)), []),
        (Label(LabelKind.INSTITUTIONAL, "Press release"), []),
        (Label(LabelKind.SCIENCE, "Research press release", commissioned=False), []),
        (None, []),
    ],
)
def test_commissioned_without_payer(label: Label | None, expected: list[Severity]) -> None:
    assert severities("commissioned-without-payer", release(label=label)) == expected


def test_another_wires_payer_may_be_unknown() -> None:
    relayed = around(relayed=True)
    assert severities("commissioned-without-payer", release(label=PAID), relayed) == [NOTE]


@pytest.mark.parametrize(
    ("label", "expected"),
    [(None, [WARNING]), (Label(None, "Redazionale"), [WARNING]), (PAID, [])],
)
def test_label_missing(label: Label | None, expected: list[Severity]) -> None:
    assert severities("label-missing", release(label=label)) == expected


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_political_notice_is_complete_or_stops(missing: str) -> None:
    assert said("political-notice", release(label=FULL)) == []
    for value in (None, "  "):
        details = tuple(
            (name, value or "" if name == missing else "stated")
            for name in REQUIRED
            if name != missing or value
        )
        (finding,) = said("political-notice", release(label=replace(POLITICAL, details=details)))
        assert finding.severity is ERROR
        assert f"lacks: {missing};" in finding.message


def test_other_labels_need_no_notice() -> None:
    assert said("political-notice", release(label=PAID)) == []
    (finding,) = said("political-notice", release(label=POLITICAL))
    assert ", ".join(REQUIRED) in finding.message


def test_regulated_information_needs_an_authorisation() -> None:
    regulated = release(label=Label(LabelKind.REGULATED, "Regulated information"))
    check = "regulated-authorisation"
    assert severities(check, regulated) == [ERROR]
    assert said(check, regulated, around(regulated_authorisation="SDIR 7")) == []
    assert said(check, release()) == []


@pytest.mark.parametrize(("approved", "held"), [(0, True), (1, True), (2, True), (3, False)])
def test_the_first_three_releases_of_an_issuer_are_held(approved: int, held: bool) -> None:
    context = around(issuer_approved=approved)
    expected = [WARNING] if held else []
    assert severities("new-issuer", release(), context) == expected
    assert severities("new-issuer", release(kind=Kind.ORIGINAL), context) == expected
    assert said("new-issuer", release(kind=Kind.CORRECTION), context) == []
    assert said("new-issuer", release(), replace(context, relayed=True)) == []


def test_a_text_that_is_public_already_is_named_by_its_number() -> None:
    asked: list[Revision] = []

    def published(revision: Revision) -> Published | None:
        asked.append(revision)
        return Published("100000042")

    revision = release()
    (finding,) = said("repeated-text", revision, around(published_text=published))
    assert asked == [revision]
    assert finding.severity is WARNING
    assert "number 100000042" in finding.message
    same = release(number="100000042", kind=Kind.CORRECTION)
    assert said("repeated-text", same, around(published_text=published)) == []
    assert said("repeated-text", revision) == []


def test_a_text_that_was_withdrawn_is_said_to_be() -> None:
    gone = around(published_text=lambda revision: Published("100000042", withdrawn=True))
    (finding,) = said("repeated-text", release(), gone)
    assert "was public here as number 100000042 and was withdrawn" in finding.message


def test_a_label_that_loses_its_payment_is_quoted() -> None:
    before = of_kind(LabelKind.PROMOTIONAL, "it", paid_by="Officine Bruma")
    context = around(labels_before=(CLEAN_LABEL, before))
    (finding,) = said("label-weakened", release(), context)
    assert (finding.severity, finding.quote) == (WARNING, before.text)
    assert severities("label-weakened", release(label=None), context) == [WARNING]
    assert said("label-weakened", release(label=before), context) == []
    assert said("label-weakened", release(), around(labels_before=(CLEAN_LABEL,))) == []


def test_a_payer_contradicts_a_label_that_says_nobody_paid() -> None:
    label = replace(CLEAN_LABEL, paid_by="Officine Bruma")
    (finding,) = said("payer-of-unpaid", release(label=label))
    assert (finding.severity, finding.quote) == (ERROR, "Officine Bruma")
    assert severities("payer-of-unpaid", release(label=label), around(relayed=True)) == [WARNING]
    for fine in (replace(label, commissioned=True), CLEAN_LABEL, None):
        assert said("payer-of-unpaid", release(label=fine)) == []


@pytest.mark.parametrize(
    ("headline", "count"),
    [
        ("x" * 110, 0),
        ("x" * 111, 1),
        ("港" * 55, 0),
        ("港" * 56, 1),
        ("CANTIERI ARVELLO OPENS A SECOND DOCK", 1),
        ("NATO, UNESCO, OSCE", 0),
        ("Cantieri Arvello OPENS A SECOND DOCK", 0),
        ("港で新しいドックを開く", 0),
    ],
)
def test_the_form_of_a_headline_is_noted(headline: str, count: int) -> None:
    assert severities("headline-form", release(headline=headline)) == [NOTE] * count


def test_a_headline_without_an_end_stops_and_says_from_where_it_is_too_much() -> None:
    (found,) = said(
        "headline-form", release(headline="x" * 1_000 + "and no further" + "y" * 99_000)
    )
    assert (found.severity, found.where) == (ERROR, "headline")
    assert "“and no further" in found.message and (found.quote or "").startswith("and no further")
    relayed = severities("headline-form", release(headline="x" * 1_001), around(relayed=True))
    assert relayed == [WARNING], "another wire's text is not ours to change"
    assert severities("headline-form", release(headline="x" * 1_000)) == [NOTE]


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 0),
        ({"body": (Block.paragraph("x" * (MOST_CHARACTERS - 100)),)}, 0),
        ({"body": (Block.paragraph("x" * MOST_CHARACTERS),)}, 1),
        ({"body": (Block.paragraph("x"),) * MOST_PASSAGES}, 1),
        ({"contacts": (Contact(name="x"),) * MOST_PASSAGES}, 1),
        ({"contacts": (Contact(name="x" * MOST_CHARACTERS),)}, 1),
        ({"links": (Link("https://arvello.example"),) * MOST_LINKS}, 0),
        ({"links": (Link("https://arvello.example"),) * (MOST_LINKS + 1)}, 1),
    ],
)
def test_what_is_not_read_is_said(fields: dict[str, object], count: int) -> None:
    assert severities("too-long", release(**fields)) == [WARNING] * count


@pytest.mark.parametrize(
    ("check", "fields"),
    [
        ("hidden-characters", {"headline": "Can\u200btieri"}),
        ("hidden-characters", {"headline": "1\u200b000 euros"}),
        ("mixed-script", {"headline": "Аrvello opens a dock"}),
        ("mixed-script", {"contacts": (Contact(email="press@аrvello.example"),)}),
        ("link-address", {"links": (Link("javascript:x"),)}),
        ("link-target", {"links": (Link("https://arve11o.example"),)}),
    ],
)
def test_another_wires_text_is_not_ours_to_mend(check: str, fields: dict[str, object]) -> None:
    assert severities(check, release(**fields)) == [ERROR]
    assert severities(check, release(**fields), around(relayed=True)) == [WARNING]
