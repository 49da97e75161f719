"""Documents of word processors: a zip of XML files, opened within limits, and their runs of text.

Nothing is unpacked to a disk. What a file will weigh is counted before it is read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from dispaccio.anatomy import reader
from dispaccio.anatomy.document import Passage, assemble
from dispaccio.errors import EmptyInput, MalformedDocument, TooLarge
from dispaccio.formats import xml
from dispaccio.formats.base import Options
from dispaccio.formats.links import carried
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.model import Reading
from dispaccio.words import say, say_of

MAX_FILES, MAX_UNPACKED, MAX_XML = 2_000, 64 * 1024 * 1024, 8 * 1024 * 1024
"""Of one document: its files, their bytes all together, and the bytes of one that is read."""
PICTURES, NOTES, LINKS = (
    say("Pictures and drawings were left out; add them as files of the release"),
    say("Footnotes, endnotes and comments were left out"),
    say("A link that is no web or mail address lost its target"),
)
_LINK, _LINK_MODE = 0o120000, 0o170000
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Package:
    """The files of a document. Raises MalformedDocument, and TooLarge for what unpacks to more."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            raise MalformedDocument(
                say(
                    "This is no document of a word processor, or it is cut off; save it again "
                    "and send the whole file."
                )
            ) from None
        self._files = _checked(self._zip.infolist())

    def read(self, name: str) -> etree._Element | None:
        """The root of one of its XML files; None where there is no such file."""
        found = self._files.get(name)
        if found is None:
            return None
        if found.file_size > MAX_XML:
            raise TooLarge(
                say(
                    "{name} unpacks to {size} bytes; at most {most}.",
                    name=name,
                    size=found.file_size,
                    most=MAX_XML,
                )
            )
        try:
            with self._zip.open(found) as file:
                data = file.read(MAX_XML + 1)
        except _BROKEN:
            raise MalformedDocument(
                say("{name} in the document is damaged; save it again.", name=name)
            ) from None
        if len(data) > MAX_XML:
            raise TooLarge(
                say("{name} unpacks to more than {most} bytes.", name=name, most=MAX_XML)
            )
        return xml.parse(data).root


def _checked(files: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(files) > MAX_FILES:
        raise TooLarge(
            say(
                "The document has {count} files in it; the wire takes {most}.",
                count=len(files),
                most=MAX_FILES,
            )
        )
    if (size := sum(file.file_size for file in files)) > MAX_UNPACKED:
        raise TooLarge(
            say(
                "The document unpacks to {size} bytes; the wire takes {most}.",
                size=size,
                most=MAX_UNPACKED,
            )
        )
    found: dict[str, zipfile.ZipInfo] = {}
    for file in files:
        name = file.filename
        steps = name.replace("\\", "/").split("/")
        if ".." in steps or name.startswith(("/", "\\")) or ":" in steps[0]:
            raise MalformedDocument(
                say("The document has a file that leads out of it, {name}.", name=repr(name[:80]))
            )
        if (file.external_attr >> 16) & _LINK_MODE == _LINK:
            raise MalformedDocument(
                say("The document has a link in it, {name}, and no file.", name=repr(name[:80]))
            )
        if file.flag_bits & 1:
            raise MalformedDocument(say("The document is encrypted; save it without a password."))
        if name in found:
            raise MalformedDocument(
                say("The document has two files of the name {name}.", name=repr(name[:80]))
            )
        found[name] = file
    return found


@dataclass(slots=True)
class Line:
    """The text of a paragraph while it is read, with its marks."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)

    def add(self, text: str, kinds: Iterable[MarkKind] = (), href: str | None = None) -> None:
        """More text; a mark goes on where the one before had it, too."""
        start = len(self.text)
        self.text += text
        wanted = [(kind, None) for kind in kinds] + ([(MarkKind.LINK, href)] if href else [])
        for kind, target in wanted if text else ():
            before = next(
                (at for at, mark in enumerate(self.marks) if _goes_on(mark, start, kind, target)),
                None,
            )
            if before is None:
                self.marks.append(Mark(start, len(self.text), kind, target))
            else:
                mark = self.marks[before]
                self.marks[before] = Mark(mark.start, len(self.text), kind, target)

    def on_one_line(self) -> Line:
        """The same without line breaks and tabs."""
        return Line(self.text.replace("\n", " ").replace("\t", " "), self.marks)


def _goes_on(mark: Mark, start: int, kind: MarkKind, href: str | None) -> bool:
    return mark.end == start and mark.kind is kind and mark.href == href


def joined(lines: Iterable[Line], by: str) -> Line:
    """Lines as one, with a sign between two."""
    whole = Line()
    for at, line in enumerate(lines):
        whole.text += by if at else ""
        start = len(whole.text)
        whole.marks += (
            Mark(start + mark.start, start + mark.end, mark.kind, mark.href) for mark in line.marks
        )
        whole.text += line.text
    return whole


@dataclass(slots=True)
class Found:
    """What a document holds: its passages, and what was left out, counted."""

    passages: list[Passage] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    _list: list[Line] = field(default_factory=list)
    _like: tuple[BlockKind, bool] = (BlockKind.LIST, False)

    def add(
        self,
        kind: BlockKind,
        line: Line,
        *,
        level: int | None = None,
        title: bool = False,
        ordered: bool = False,
    ) -> None:
        """One more block; lines of a list or quotation that follow each other are one."""
        if kind in (BlockKind.LIST, BlockKind.QUOTE):
            if self._list and self._like != (kind, ordered):
                self.end()
            self._like = (kind, ordered)
            if line.text.strip():
                self._list.append(line.on_one_line())
            return
        self.end()
        self._put(Block(kind, line.text, tuple(sorted(line.marks)), level), title=title)

    def end(self) -> None:
        """The list or quotation that was under way is whole."""
        if self._list:
            line, (kind, ordered) = joined(self._list, "\n"), self._like
            self._list = []
            self._put(Block(kind, line.text, tuple(sorted(line.marks)), ordered=ordered))

    def link(self, href: str | None) -> str | None:
        """The target of a link as the wire carries it."""
        target = carried(href) if href else None
        if target is None:
            self.dropped[LINKS] += 1
        return target

    def reading(self, name: str, options: Options) -> Reading:
        """What the document says, taken apart like every author's text; ``name`` is its format."""
        passages = self.whole()
        marked = any(passage.kind is BlockKind.HEADING for passage in passages)
        document = assemble(passages, marked=marked, warnings=self.warnings)
        return reader.read(document, name, options.zone)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was left out, each kind once."""
        return tuple(
            say_of("{what} ({count} time).", "{what} ({count} times).", what=what, count=count)
            for what, count in sorted(self.dropped.items())
        )

    def whole(self) -> list[Passage]:
        """The passages of the document. Raises EmptyInput where there is no text."""
        self.end()
        if not self.passages:
            raise EmptyInput(say("The document has no text in it; write a headline and a text."))
        return self.passages

    def _put(self, block: Block, *, title: bool = False) -> None:
        block = block.cleaned()
        if block.text.strip():
            title = title and not any(passage.title for passage in self.passages)
            at = len(self.passages) + 1
            self.passages.append(Passage(block, at, at, title=title))
