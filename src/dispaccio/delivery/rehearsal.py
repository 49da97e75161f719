"""What an endpoint is rehearsed with: three invented releases in the eight states to be met. Pure.

Each says TEST in its number, headline and label, so that none is taken for a release. The same id
gives the same documents, so that their addresses need no memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dispaccio.release.body import Block, BlockKind
from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import Party, Reason, Revision, SignedBy, WireMark
from dispaccio.release.notice import shown
from dispaccio.release.state import Kind, Status

PREFIX = "test-"
"""Before the id of a rehearsed release in ``webhook-id``, where every signature covers it."""
AT = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
"""When the first revision claims to be published; the others follow by the minute."""

_REASON = Reason("test", "This is a rehearsal.")
_AGAIN = "It is taken, as the same item: no second one appears."


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a rehearsal: its state, which revision of which story, what should happen."""

    state: str
    story: str
    version: int
    kind: Kind
    should: str
    status: Status = Status.USABLE
    may_refuse: bool = False
    """Whether a refusal is as good an answer as any."""


STEPS = (
    Step("original", "life", 1, Kind.ORIGINAL, "It is taken, and its label is seen with it."),
    Step("correction", "life", 2, Kind.CORRECTION, f"{_AGAIN} Its text is the corrected one."),
    Step("addition", "life", 4, Kind.ADDITION, f"{_AGAIN} It has one paragraph more."),
    Step(
        "withheld",
        "life",
        5,
        Kind.WITHHOLD,
        "It is taken, and the text can be read nowhere.",
        Status.WITHHELD,
    ),
    Step(
        "withdrawal",
        "life",
        6,
        Kind.WITHDRAWAL,
        "It is taken, and the text is gone for good, with a notice in its place.",
        Status.CANCELED,
    ),
    Step(
        "late old revision",
        "life",
        3,
        Kind.CORRECTION,
        "It is dropped or refused: the release stays withdrawn.",
        may_refuse=True,
    ),
    Step(
        "right to left, emoji",
        "letters",
        1,
        Kind.ORIGINAL,
        "It is taken; the text runs from right to left, and every sign of it is there.",
    ),
    Step("table", "table", 1, Kind.ORIGINAL, "It is taken; the table has three rows."),
)
"""In the order in which they are sent."""


def step(story: str, version: int) -> Step | None:
    """The step that shows this revision of a story, or None."""
    return next((item for item in STEPS if (item.story, item.version) == (story, version)), None)


def number(id: str) -> str:
    """The number of a rehearsed release: it is none that a wire gives."""
    return f"TEST-{id[:8].upper()}"


def revision(item: Step, id: str, wire: str, url: str) -> Revision:
    """The document of a step.

    Args:
        item: the step.
        id: the UUID of this story's release.
        wire: the wire's name.
        url: the wire's public address.
    """
    at = AT + timedelta(minutes=item.version)
    said = Revision(
        language="en",
        id=f"urn:uuid:{id}",
        number=number(id),
        version=item.version,
        kind=item.kind,
        status=item.status,
        url=f"{url.rstrip('/')}/rehearsal/{item.story}/{id}",
        issuer=Party("TEST issuer"),
        signed_by=SignedBy.OBSERVED,
        label=Label(LabelKind.PROMOTIONAL, "TEST – press release – promotional content", True),
        wire=WireMark(wire, number(id)),
        first_created=AT + timedelta(minutes=1),
        version_created=at,
        reason=_REASON if item.kind is not Kind.ORIGINAL else None,
    )
    return shown(_TEXTS[item.story](said, item))


def _life(said: Revision, item: Step) -> Revision:
    """A ferry that changes its hour, and gets a second paragraph."""
    hour = "nine" if item.kind is Kind.ORIGINAL else "ten"
    body = [
        Block.paragraph(f"This is a test and no news. The ferry leaves at {hour}."),
        *([Block.paragraph("Bicycles travel free.")] if item.kind is Kind.ADDITION else ()),
    ]
    return replace(said, headline=f"TEST: The ferry leaves at {hour}", body=tuple(body))


def _letters(said: Revision, item: Step) -> Revision:
    del item
    return replace(
        said,
        language="ar",
        headline="TEST: اختبار ⛴️ للعبّارة الجديدة 👩🏽‍🚀",
        body=(
            Block.paragraph("هذا اختبار وليس خبراً. تغادر العبّارة (رقم 12) في الساعة 9:30 🚢."),
            Block.paragraph("שלום, זו בדיקה: “Ferry 12” 🇮🇹."),
        ),
    )


def _table(said: Revision, item: Step) -> Revision:
    del item
    return replace(
        said,
        headline="TEST: The boats in a table",
        body=(
            Block.paragraph("This is a test and no news."),
            Block(BlockKind.TABLE, "Boat\tSeats\nGannet\t120\nTern & Skua\t80"),
        ),
    )


_TEXTS = {"life": _life, "letters": _letters, "table": _table}
