"""Revisions for property tests: every kind of block and mark, in several scripts."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.label import LabelKind, of_kind
from dispaccio.release.model import (
    Contact,
    Copyright,
    Dateline,
    Hop,
    Identifier,
    Link,
    Media,
    Party,
    Revision,
    SignedBy,
    Subject,
    Visibility,
    WireMark,
)
from dispaccio.release.state import Kind, Status
from dispaccio.testing import releases

SIGNS = "*_`[]()<>#+-=~|\\!&;:.\"' \t1234567890$%/@^{}—–…“”«»。،"
LETTERS = "aAbBzZßéñčŠжЂљ北京新闻稿بيانصحفיםกाक한😀"
WORDS = (
    "Contact:", "About Foo", "SOURCE Foo", "# Title", "- item", "1. item", "> quote", "***", "---",
    "Press release", "EMBARGO", "dispaccio: {}", "&amp;", "https://example.org/a_b_c", "a  ", "  b",
)  # fmt: skip
_CHARACTERS = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\x00")
_PIECE = st.one_of(
    st.text(st.sampled_from(SIGNS + LETTERS), min_size=1, max_size=12),
    st.sampled_from(WORDS),
    st.text(_CHARACTERS, min_size=1, max_size=6),
)


def lines(least: int = 1) -> st.SearchStrategy[str]:
    """A text on one line."""
    whole = st.lists(_PIECE, min_size=least, max_size=5).map(" ".join)
    return whole.map(lambda text: text.replace("\n", " ").replace("\r", " "))


_TEXTS = st.lists(lines(), min_size=1, max_size=3).map("\n".join)
_HREF = st.one_of(
    st.sampled_from(
        ["https://example.org/", "mailto:press@example.org", "https://пример.example/ж"]
    ),
    st.text(st.sampled_from("abc/?&=<>()[]\\ é%20"), max_size=8).map(
        "https://example.org/".__add__
    ),
)


@st.composite
def marks(draw: st.DrawFn, text: str) -> tuple[Mark, ...]:
    """Marks anywhere in a text, crossing ones too."""
    found = set()
    for _ in range(draw(st.integers(0, 3))) if text else ():
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        kind = draw(st.sampled_from(MarkKind))
        found.add(Mark(start, end, kind, draw(_HREF) if kind is MarkKind.LINK else None))
    return tuple(sorted(found, key=lambda mark: (mark.start, mark.end, mark.kind, mark.href or "")))


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    """One block of any kind."""
    kind = draw(st.sampled_from(BlockKind))
    text = draw(_TEXTS if kind not in (BlockKind.HEADING, BlockKind.IMAGE) else lines())
    if kind is BlockKind.TABLE:
        cell = lines().map(lambda cell: cell.replace("\t", " "))
        width = draw(st.integers(1, 3))
        row = st.lists(cell, min_size=width, max_size=width).map("\t".join)
        text = "\n".join(draw(st.lists(row, min_size=1, max_size=3)))
    return Block(
        kind,
        text,
        draw(marks(text)) if kind is not BlockKind.IMAGE else (),
        level=draw(st.sampled_from((2, 3))) if kind is BlockKind.HEADING else None,
        ordered=draw(st.booleans()) if kind is BlockKind.LIST else False,
        media=draw(st.integers(0, 2)) if kind is BlockKind.IMAGE else None,
    )


_OPTIONAL = st.none() | lines()
_INSTANTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001
    datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
contacts = st.builds(
    Contact, _OPTIONAL, _OPTIONAL, _OPTIONAL, _OPTIONAL, _OPTIONAL, st.sampled_from(Visibility)
)
_PIXELS = st.none() | st.integers(-5, 50_000)
media = st.builds(
    Media,
    href=st.none() | _HREF,
    name=_OPTIONAL,
    alt=_OPTIONAL,
    credit=_OPTIONAL,
    width=_PIXELS,
    height=_PIXELS,
)

in_use = st.builds(
    Revision,
    headline=st.just("") | lines(),
    subhead=_OPTIONAL,
    place=_OPTIONAL,
    body=st.lists(blocks(), max_size=5).map(tuple),
    boilerplate=st.none() | _TEXTS,
    contacts=st.lists(contacts, max_size=2).map(tuple),
    media=st.lists(media, max_size=3).map(tuple),
    language=st.sampled_from([None, "en", "it", "zh", "ar", "sr-Latn"]),
    id=st.none() | st.uuids(version=4).map(str),
    number=st.none() | st.integers(100_000_001, 999_999_999).map(str),
    version=st.none() | st.integers(1, 9),
    kind=st.sampled_from([None, Kind.ORIGINAL, Kind.CORRECTION]),
    status=st.sampled_from([None, Status.USABLE]),
    issuer=st.none() | st.builds(Party, lines(), st.none() | st.just("example.org")),
    label=st.none() | st.builds(of_kind, st.sampled_from(LabelKind), st.sampled_from(["en", "ar"])),
    legal=st.lists(lines(), max_size=2).map(tuple),
    dateline=st.none()
    | st.builds(Dateline, _OPTIONAL, st.none() | st.dates(date(1990, 1, 1)), _OPTIONAL, _OPTIONAL),
    wire=st.none() | st.builds(WireMark, lines(), _OPTIONAL),
    release_time=st.none() | _INSTANTS,
    embargo=st.none() | _INSTANTS,
    original_url=st.none() | _HREF,
    copyright=st.none() | st.builds(Copyright, lines(), st.none() | st.just(2026)),
    disclaimers=st.lists(lines(), max_size=1).map(tuple),
    hops=st.lists(st.builds(Hop, lines(), st.just("created")), max_size=1).map(tuple),
    identifiers=st.lists(st.builds(Identifier, lines(), lines()), max_size=1).map(tuple),
    links=st.lists(st.builds(Link, _HREF, _OPTIONAL), max_size=1).map(tuple),
    category=_OPTIONAL,
    tags=st.lists(lines(), max_size=3).map(tuple),
    created=st.none() | _INSTANTS | st.dates(date(1990, 1, 1)),
    urgency=st.none() | st.integers(1, 9),
    usage_terms=_OPTIONAL,
    signed_by=st.sampled_from([None, *SignedBy]),
    archive=st.booleans(),
    channel=st.sampled_from([None, "ponte", "ponte/all"]),
    url=st.sampled_from([None, "https://wire.example/r/100000001"]),
    first_created=st.none() | _INSTANTS,
    version_created=st.none() | _INSTANTS,
    subjects=st.lists(st.builds(Subject, st.just("medtop") | lines(), lines()), max_size=2).map(
        tuple
    ),
)
"""Revisions whose text everyone may see."""
revisions = in_use | st.builds(releases.in_state, in_use, st.sampled_from(releases.STATES))
"""Revisions in every state: draft, embargoed, corrected, withheld, withdrawn, archived."""
