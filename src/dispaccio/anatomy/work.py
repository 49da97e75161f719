"""The bench on which a document is taken apart: who claimed which passage, and what it states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio.anatomy.document import Document, Passage, Span, SpanKind, cut
from dispaccio.release.body import BlockKind
from dispaccio.release.model import Identifier, Revision
from dispaccio.words import say

_NOTHING = (None, (), "")
_LINES = (BlockKind.PARAGRAPH, BlockKind.HEADING)
SHORT = 400
"""The longest line, in characters, that can be a line of a frame."""
HEADED = 1_000
"""The longest line, in characters, that is searched for the heading of a section."""


@dataclass(frozen=True, slots=True)
class Named:
    """The issuer's name, and the passage that shows it."""

    name: str
    evidence: str


@dataclass(slots=True)
class Work:
    """A document being taken apart.

    ``passages`` is the document's list, with heads cut off as they are claimed; ``kinds`` says
    who claimed which; ``spans`` are parts of passages; ``said`` are the fields known so far, of
    which ``given`` were known before.
    ``issuers`` and ``abouts`` are names, with the passages that say whose text it is and of whom
    a boilerplate speaks; ``via`` is a second wire in the dateline's mark.
    ``identifiers`` are those that the text states, each once.
    ``headings`` open the sections that are not the text. ``lead`` is the paragraph behind the
    dateline. ``mail``: the text is one, with its ``subject``. ``folded`` is the whole text in
    small letters, to ask once what stands nowhere in it.
    """

    document: Document
    zone: ZoneInfo | None = None
    said: Revision = field(default_factory=Revision)
    passages: list[Passage] = field(default_factory=list)
    kinds: dict[int, SpanKind] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    issuers: list[tuple[int, str]] = field(default_factory=list)
    abouts: list[tuple[int, str]] = field(default_factory=list)
    headings: set[int] = field(default_factory=set)
    given: Revision = field(default_factory=Revision)
    lead: int | None = None
    mail: bool = False
    subject: str | None = None
    headline: int | None = None
    issuer: Named | None = None
    via: str | None = None
    identifiers: dict[Identifier, None] = field(default_factory=dict)
    folded: str = field(init=False)
    _lines: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.passages = list(self.document.passages)
        self.given = self.said
        self.folded = self.document.text.casefold()
        self._lines = [at for at, passage in enumerate(self.passages) if passage.kind in _LINES]

    def free(self, longest: int | None = None) -> Iterator[tuple[int, Passage]]:
        """The passages that nobody claimed yet, with their index; ``longest`` in characters."""
        for index, passage in enumerate(self.passages):
            if index not in self.kinds and (longest is None or len(passage.text) <= longest):
                yield index, passage

    def lines(self, longest: int = SHORT) -> Iterator[tuple[int, Passage]]:
        """The unclaimed passages that may be lines of a frame: short paragraphs and headings."""
        for index in self._lines:
            if index not in self.kinds:
                passage = self.passages[index]
                if len(passage.block.text) <= longest:
                    yield index, passage

    def of(self, *kinds: SpanKind) -> Iterator[tuple[int, Passage]]:
        """The passages claimed as one of these kinds, with their index, in order."""
        for index in sorted(self.kinds):
            if self.kinds[index] in kinds:
                yield index, self.passages[index]

    def claim(self, index: int, kind: SpanKind) -> None:
        """Take a passage as what it is."""
        self.kinds[index] = kind

    def cut(self, index: int, upto: int, kind: SpanKind) -> str:
        """Take the first ``upto`` characters of a passage as a span; what they are is returned."""
        passage = self.passages[index]
        head = passage.text[:upto].rstrip()
        self.mark(index, 0, len(head), kind)
        self.passages[index] = cut(passage, upto)
        return head

    def mark(self, index: int, start: int, end: int, kind: SpanKind) -> None:
        """Note that a part of a passage (offsets in its text) is of a kind."""
        passage = self.passages[index]
        at = passage.start
        self.spans.append(Span(kind, at + start, at + end, passage.line, passage.last))

    def say(self, **fields: Any) -> None:
        """State fields of the revision; what was stated before stays as it is."""
        new = {}
        for name, value in fields.items():
            if value in _NOTHING:
                continue
            if getattr(self.said, name) in _NOTHING:
                new[name] = value
            elif getattr(self.given, name) not in (*_NOTHING, value):
                self.warnings.append(
                    say("The text states another {name}; what was given counts.", name=name)
                )
        if new:
            self.said = replace(self.said, **new)

    def identify(self, identifier: Identifier) -> None:
        """State one more identifier."""
        if identifier not in self.given.identifiers:
            self.identifiers[identifier] = None

    def warn(self, index: int, sentence: str) -> None:
        """Warn of something, with the line it stands in."""
        self.warnings.append(
            say("Line {line}: {sentence}", line=self.passages[index].line, sentence=sentence)
        )
