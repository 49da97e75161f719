"""Takes a document apart: the files of this room, one after another, and what they found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from dispaccio.anatomy import (
    body,
    boilerplate,
    channel,
    contacts,
    dateline,
    disclaimer,
    embargo,
    figures,
    frame,
    headline,
    hops,
    issuer,
    label,
    language,
    links,
    notes,
    original,
    pictures,
    quotes,
    rights,
    sections,
    source,
    studies,
)
from dispaccio.anatomy.document import Document, Span
from dispaccio.anatomy.work import Work
from dispaccio.release.model import Reading, Revision

STEPS: tuple[Callable[[Work], None], ...] = (
    frame.take_mail,
    frame.take_marks,
    embargo.take,
    source.take_header,
    label.take,
    frame.take_cover,
    rights.take,
    disclaimer.take,
    channel.take,
    frame.take,
    frame.take_moment,
    dateline.take,
    original.take,
    pictures.take,
    source.take,
    sections.find,
    notes.take,
    contacts.take,
    boilerplate.take,
    headline.take,
    body.take,
    issuer.take,
    links.take,
    studies.take,
    hops.take,
)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A document, the spans that it is made of, what it says, and what it warns of."""

    document: Document
    spans: tuple[Span, ...]
    revision: Revision
    warnings: tuple[str, ...]


def take_apart(
    document: Document, zone: ZoneInfo | None = None, given: Revision | None = None
) -> Anatomy:
    """The anatomy of a document; ``zone`` is for times that state none.

    ``given`` is what is known beforehand, as from front matter: it counts where the text says
    otherwise, but weakens neither a label nor an embargo.
    Every passage is in exactly one span; finer spans (a dateline within its paragraph) follow.
    """
    work = Work(document, zone, given or Revision())
    for step in STEPS:
        step(work)
    said = work.said
    if document.media or work.identifiers or not said.language:
        text = [said.headline, said.subhead or "", *(block.text for block in said.body)]
        said = replace(
            said,
            media=(*document.media, *said.media),
            identifiers=(*said.identifiers, *work.identifiers),
            language=said.language or language.detect("\n".join(text)),
        )
    whole = (
        Span(work.kinds[index], passage.start, passage.end, passage.line, passage.last)
        for index, passage in enumerate(work.passages)
    )
    spans = sorted((*whole, *work.spans), key=lambda span: (span.start, span.end))
    return Anatomy(document, tuple(spans), said, (*document.warnings, *work.warnings))


def read(
    document: Document,
    format_name: str,
    zone: ZoneInfo | None = None,
    given: Revision | None = None,
) -> Reading:
    """The reading of a document: its revision with the quotations and figures of the text."""
    anatomy = take_apart(document, zone, given)
    said = anatomy.revision
    return Reading(
        format_name,
        said,
        quotes.find(said.body),
        figures.find(said.body, said.language),
        anatomy.warnings,
    )
