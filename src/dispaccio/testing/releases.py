"""Sample releases in four languages. Issuers, people and events are invented; domains are reserved.

Every sample has a text of its own for each field, so that a test can tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dispaccio.release import dateline
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import (
    Contact,
    Copyright,
    Hop,
    Identifier,
    Link,
    Media,
    Party,
    Reason,
    Relation,
    Revision,
    SignedBy,
    Subject,
    Visibility,
    WireMark,
)
from dispaccio.release.state import Kind, Status

PUBLISHED = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""When the samples were published."""
WIRE = "Ponte"

_REASON = Reason("figure", "The number of boats was wrong.")


def english() -> Revision:
    """A promotional release in English with every kind of block and mark."""
    text = "The Harbour of Lowmere opens its new ferry dock to travellers on Monday."
    return _base(
        "en",
        1,
        LabelKind.PROMOTIONAL,
        headline="Lowmere opens the first dock for electric ferries & light boats",
        subhead="Forty crossings a day, without a drop of diesel",
        place="Lowmere",
        issuer=Party("Harbour of Lowmere", "harbour.example", "did:web:harbour.example"),
        body=(
            Block.paragraph(
                text,
                Mark(4, 22, MarkKind.LINK, "https://harbour.example/dock?a=1&b=2"),
                Mark(15, 33, MarkKind.STRONG),
            ),
            Block(BlockKind.HEADING, "What changes for travellers", level=2),
            Block(BlockKind.LIST, "A crossing every 15 minutes\nTickets from £2.40"),
            Block(BlockKind.LIST, "Book\nBoard", (Mark(0, 4, MarkKind.EM),), ordered=True),
            Block(BlockKind.QUOTE, "“We waited ten years for this,” says Ada Fenwick."),
            Block(BlockKind.HEADING, "The boats", level=3),
            Block(BlockKind.TABLE, "Boat\tSeats\nGannet\t120\nTern\t80"),
            Block(BlockKind.IMAGE, "The new dock at low tide", media=0),
            Block.paragraph(
                "A charge takes 9 minutes and saves 3 t of CO2 a day.", Mark(44, 45, MarkKind.SUB)
            ),
        ),
        boilerplate="The Harbour of Lowmere runs four docks and employs 310 people.",
        media=(
            Media(
                href="https://harbour.example/dock.jpg",
                name="dock.jpg",
                type="image/jpeg",
                size=48_211,
                sha256="a" * 64,
                caption="The dock.",
                credit="Photo: Ben Tarn",
                alt="The new dock at low tide",
                width=1800,
                height=1200,
            ),
        ),
        contacts=(
            Contact(
                "Ada Fenwick", "Head of press", None, "ada@harbour.example", "+44 20 7946 0001"
            ),
            Contact("Ben Tarn", email="ben@harbour.example", visibility=Visibility.MEDIA_ONLY),
        ),
    )


def italian() -> Revision:
    """A release in Italian that nobody paid for, corrected once."""
    said = _base(
        "it",
        2,
        LabelKind.INSTITUTIONAL,
        headline="Valdombra, riapre la biblioteca «Lina Serra» dopo tre anni di lavori",
        place="Valdombra",
        issuer=Party("Comune di Valdombra", "comune-valdombra.example"),
        body=(
            Block.paragraph("La biblioteca civica riapre sabato 28 novembre alle 10.30."),
            Block.paragraph("All'interno, 42.000 volumi e una sala per i più piccoli."),
        ),
        contacts=(Contact("Ufficio stampa", email="stampa@comune-valdombra.example"),),
    )
    return in_state(said, "corrected")


def arabic() -> Revision:
    """A release in Arabic, from right to left."""
    return _base(
        "ar",
        3,
        LabelKind.SCIENCE,
        headline="جامعة الواحة تكشف عن مجس جديد لقياس ملوحة المياه",
        place="الواحة",
        issuer=Party("جامعة الواحة", "oasis-university.example"),
        body=(
            Block.paragraph("أعلنت جامعة الواحة اليوم عن مجس يقيس ملوحة المياه خلال 30 ثانية."),
            Block(BlockKind.HEADING, "نتائج التجربة", level=2),
            Block.paragraph("شملت التجربة 12 بئراً في ثلاث محافظات."),
        ),
    )


def chinese() -> Revision:
    """A release in Chinese, taken over from another wire, with its chain."""
    said = _base(
        "zh",
        4,
        LabelKind.PROMOTIONAL,
        headline="青湖科技发布新一代水质传感器",
        place="青湖",
        issuer=Party("青湖科技", "qinghu.example"),
        body=(
            Block.paragraph("青湖科技今日宣布,新一代水质传感器将于十二月上市。"),
            Block.paragraph("该产品的测量误差小于百分之二。"),
        ),
    )
    return replace(
        said,
        signed_by=SignedBy.OBSERVED,
        wire=WireMark("Lantern Wire", "77120031"),
        original_url="https://lantern.example/news/77120031",
        hops=(
            Hop("青湖科技", "created", date(2026, 11, 23), "青湖科技今日宣布"),
            Hop("Lantern Wire", "enhanced", PUBLISHED - timedelta(hours=1), "/Lantern Wire/"),
        ),
        identifiers=(Identifier("lantern", "77120031"),),
    )


def samples() -> tuple[Revision, ...]:
    """One sample in each language, as published."""
    return english(), italian(), arabic(), chinese()


STATES = (
    "draft",
    "embargoed",
    "usable",
    "corrected",
    "withheld",
    "usable again",
    "withdrawn",
    "archived",
)
"""The states in which a writer meets a revision."""


def in_state(revision: Revision, state: str) -> Revision:
    """A sample in one of ``STATES``. The text stays in it, also where a writer must not show it."""
    later = PUBLISHED + timedelta(hours=6)
    changes: dict[str, dict[str, object]] = {
        "draft": {
            **dict.fromkeys(("number", "version", "status", "url", "kind"), None),
            **dict.fromkeys(("first_created", "version_created", "signed_by"), None),
        },
        "embargoed": {
            "embargo": PUBLISHED,
            **dict.fromkeys(("number", "version", "first_created", "version_created"), None),
        },
        "usable": {},
        "corrected": _notice(Kind.CORRECTION, Status.USABLE, later),
        "withheld": _notice(Kind.WITHHOLD, Status.WITHHELD, later),
        "usable again": _notice(Kind.USABLE_AGAIN, Status.USABLE, later),
        "withdrawn": _notice(Kind.WITHDRAWAL, Status.CANCELED, later),
        "archived": {"archive": True, "signed_by": SignedBy.OBSERVED},
    }
    return replace(revision, **changes[state])  # type: ignore[arg-type]


def in_every_state() -> Iterator[tuple[str, Revision]]:
    """Every sample in every state, with the state's name."""
    return ((state, in_state(sample, state)) for sample in samples() for state in STATES)


def own_words(revision: Revision) -> Iterator[str]:
    """Everything of a revision that is the issuer's text: what a notice must not show."""
    yield from filter(None, (revision.headline, revision.subhead, revision.boilerplate))
    for block in revision.body:
        yield from block.text.replace("\t", "\n").split("\n")
        yield from (mark.href for mark in block.marks if mark.href)
    for contact in revision.contacts:
        yield from filter(None, (contact.name, contact.email, contact.phone))
    for media in revision.media:
        yield from filter(None, (media.href, media.name, media.caption, media.credit, media.alt))


def _notice(kind: Kind, status: Status, moment: datetime) -> dict[str, object]:
    return {"kind": kind, "status": status, "version": 2, "reason": _REASON} | {
        "version_created": moment
    }


def _base(language: str, ordinal: int, kind: LabelKind, **text: object) -> Revision:
    """What the samples have in common: identity, label, dateline, times, metadata."""
    number = f"T{100_000_000 + ordinal}"
    paid = kind is LabelKind.PROMOTIONAL
    place = text.get("place")
    said = Revision(
        language=language,
        id=f"urn:uuid:{ordinal:08d}-1c1f-4a51-9d0f-7f3a5b0c2d11",
        number=number,
        version=1,
        kind=Kind.ORIGINAL,
        status=Status.USABLE,
        url=f"https://wire.example/r/{number}",
        signed_by=SignedBy.CUSTODIAL,
        label=of_kind(kind, language, paid_by="Lowmere Ferries Ltd" if paid else None),
        dateline=dateline.compose(
            place if isinstance(place, str) else None, PUBLISHED.date(), WIRE, language
        ),
        wire=WireMark(WIRE),
        channel="ponte/all",
        first_created=PUBLISHED,
        version_created=PUBLISHED,
        release_time=PUBLISHED,
        copyright=Copyright("© 2026 Ponte", 2026, "Ponte"),
        links=(Link("https://harbour.example/news", None, "issuer"),),
        tags=("water",),
        slugline="sample",
        urgency=5,
        subjects=(Subject("medtop", "04000000", "economy, business and finance"),),
        usage_terms="The label has to be shown with the text.",
        relates=Relation("urn:uuid:00000009-1c1f-4a51-9d0f-7f3a5b0c2d11", 1, "sibling"),
    )
    return replace(said, **text)  # type: ignore[arg-type]
