"""A clean release, what the wire knows around it, and how to ask one check about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio.desk.checks.base import Check, Context, Finding, Severity
from dispaccio.desk.checks.registry import run
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import Contact, Party, Revision, Subject
from tests.support import docs

CHECKS: dict[str, Check] = {
    name: EntryPoint(name, value, "dispaccio.checks").load()
    for name, value in docs.plugins("checks").items()
}

NOW = datetime(2026, 5, 26, 8, 0, tzinfo=UTC)
CONTEXT = Context(
    now=NOW,
    zone=ZoneInfo("Europe/Rome"),
    wire_name="Ponte",
    issuer_name="Cantieri Arvello S.p.A.",
    issuer_approved=12,
    proved_domains=frozenset({"arvello.example"}),
    other_issuers=("Officine Bruma", "Università di Lenate"),
)
CLEAN = Revision(
    headline="Cantieri Arvello opens a dry dock in Porto Lenate",
    place="Porto Lenate",
    body=(
        Block.paragraph("Cantieri Arvello opened its second dry dock on Tuesday, 26 May 2026."),
        Block.paragraph("It is 210 metres long and cost 48.5 million euros."),
    ),
    contacts=(Contact(name="Ada Neri", email="press@arvello.example", phone="+39 000 555 0100"),),
    language="en",
    issuer=Party("Cantieri Arvello", "arvello.example"),
    label=Label(LabelKind.INSTITUTIONAL, "Press release", commissioned=False),
    subjects=(Subject("medtop", "20000349", "business enterprise"),),
)


def release(*paragraphs: str, **fields: Any) -> Revision:
    """The clean release with other paragraphs and fields."""
    if paragraphs:
        fields["body"] = tuple(Block.paragraph(text) for text in paragraphs)
    return replace(CLEAN, **fields)


def linked(text: str, href: str) -> Revision:
    """The clean release with one paragraph that is a link."""
    mark = Mark(0, len(text), MarkKind.LINK, href)
    return replace(CLEAN, body=(Block(BlockKind.PARAGRAPH, text, (mark,)),))


def around(**fields: Any) -> Context:
    """The context with other fields."""
    return replace(CONTEXT, **fields)


def said(check: str, revision: Revision, context: Context = CONTEXT) -> list[Finding]:
    """What one check says."""
    return list(run(revision, context, [CHECKS[check]]))


def severities(check: str, revision: Revision, context: Context = CONTEXT) -> list[Severity]:
    """How serious each finding of one check is."""
    return [finding.severity for finding in said(check, revision, context)]


def quotes(check: str, revision: Revision, context: Context = CONTEXT) -> list[str | None]:
    """The passages that one check means."""
    return [finding.quote for finding in said(check, revision, context)]
