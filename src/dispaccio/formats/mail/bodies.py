"""What a message says in text: its best alternative as a document, and what goes along with it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from dispaccio.anatomy import layout
from dispaccio.anatomy.document import Document, assemble
from dispaccio.formats import charset
from dispaccio.formats.base import Options
from dispaccio.formats.html import content, tree
from dispaccio.formats.html.read import document_of
from dispaccio.formats.mail import headers
from dispaccio.formats.mail.mime import MESSAGE, Part
from dispaccio.release.model import Media

HTML = ("text/html", "application/xhtml+xml")
TEXTS = (*HTML, "text/plain", "text/enriched", "text/markdown")
_SIGNATURES = ("pgp-signature", "pkcs7-signature", "x-pkcs7-signature")
_ALIKE, _TOO_LITTLE = 0.8, 0.5
_ADDRESS = re.compile(r"<?\b(?:https?://|mailto:|cid:)\S+")
_SIGN = re.compile(r"\w+")


@dataclass(slots=True)
class Content:
    """What was found in a message, its nested ones apart.

    ``texts`` are the parts to be read, in order; ``others`` alternatives that say something else;
    ``messages`` those that are forwarded inside.
    """

    texts: list[Document] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    messages: list[Part] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def document(self) -> Document:
        """All texts as one document."""
        passages, media, marked = [], list[Media](), False
        for text in self.texts:
            shift = len(media)
            marked = marked or text.marked
            for passage in text.passages:
                block = passage.block
                if block.media is not None:
                    block = replace(block, media=block.media + shift)
                passages.append(replace(passage, block=block))
            media += text.media
        warnings = [said for text in self.texts for said in text.warnings]
        return assemble(passages, marked=marked, media=media, warnings=warnings)


def find(message: Part, options: Options) -> Content:
    """What is in a message. Raises MalformedDocument, WrongCharset, NotText or TooLarge."""
    found = Content()
    _look(message, options, found, top=True)
    if any(part.cut for part in message.walk()):
        found.warnings.append("The message is cut short: the end of its parts is missing.")
    return found


def _look(part: Part, options: Options, found: Content, *, top: bool = False) -> None:
    if part.kind == "multipart/alternative":
        _choose(part.parts, options, found)
    elif part.kind == "multipart/signed":
        found.warnings.append("The message bears a signature, which was not checked.")
        for inner in part.parts:
            _look(inner, options, found)
    elif part.kind.startswith("multipart/"):
        for inner in part.parts:
            _look(inner, options, found)
    elif part.kind in (MESSAGE, "message/global"):
        found.messages += part.parts
    elif part.kind in TEXTS and (top or not _is_attached(part)):
        text = _read(part, options, found.warnings)
        if text.passages:
            found.texts.append(text)
    elif part.kind.startswith("image/"):
        found.media.append(_picture(part, found.warnings))
    elif part.kind.rpartition("/")[2] not in _SIGNATURES:
        found.attached.append(f"{part.name or 'without a name'} ({part.kind[:80]})")


def _is_attached(part: Part) -> bool:
    return part.disposition[0] == "attachment" or "filename" in part.disposition[1]


def _choose(parts: Iterable[Part], options: Options, found: Content) -> None:
    """The best of several alternatives: HTML, unless it says much less than the plain text."""
    told: list[tuple[Part, Content]] = []
    for part in parts:
        inner = Content()
        _look(part, options, inner)
        told.append((part, inner))
    texts = [(part, inner) for part, inner in told if inner.texts]
    sizes = {id(inner): _words(inner) for _, inner in texts}
    most = max((size.total() for size in sizes.values()), default=0)
    enough = [(p, i) for p, i in texts if sizes[id(i)].total() >= _TOO_LITTLE * most]
    best = next((i for p, i in enough if p.kind not in TEXTS or p.kind in HTML), None)
    best = best or next((inner for _, inner in enough), None)
    for part, inner in told:
        found.media += inner.media
        found.attached += inner.attached
        found.messages += inner.messages
        if inner is best:
            found.texts += inner.texts
        elif best is not None and inner.texts and not _alike(sizes[id(inner)], sizes[id(best)]):
            found.warnings.append(f"The alternative in {part.kind} says something else; not read.")
            found.others.append("\n\n".join(text.text for text in inner.texts))
        if inner is best or not inner.texts:
            found.warnings += inner.warnings


def _words(found: Content) -> Counter[str]:
    text = " ".join(text.text for text in found.texts)
    return Counter(_SIGN.findall(_ADDRESS.sub(" ", text).casefold()))


def _alike(one: Counter[str], other: Counter[str]) -> bool:
    return (one & other).total() >= _ALIKE * max(one.total(), other.total())


def _read(part: Part, options: Options, warnings: list[str]) -> Document:
    """A text part as a document."""
    data = part.content(warnings)
    stated = part.parameters.get("charset", "").strip("\"' ")
    if part.kind in HTML:
        if stated:
            text = headers.decoded(data, stated, "The HTML", warnings)
        else:
            text = tree.decode(data, options.charset)
        seen = tree.visible(text)
        made = document_of(content.read(tree.parse(seen.text)))
    else:
        stated = stated or options.charset or ""
        text = headers.decoded(data, stated, "The text", warnings)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if part.parameters.get("format", "").lower() == "flowed":
            delete = part.parameters.get("delsp", "").lower() == "yes"
            text = "\n".join(_unflowed(text.split("\n"), delete=delete))
        seen = charset.visible(text)
        made = layout.lay_out(seen.text)
    return replace(made, warnings=(*made.warnings, *seen.warnings))


def _unflowed(lines: Iterable[str], *, delete: bool) -> Iterator[str]:
    """Lines that end with a blank are joined with the next one (RFC 3676)."""
    open_: list[str] = []
    for raw in lines:
        line = raw.removeprefix(" ")
        if line.endswith(" ") and line != "-- ":
            open_.append(line[:-1] if delete else line)
        else:
            yield "".join((*open_, line))
            open_ = []
    if open_:
        yield "".join(open_)


def _picture(part: Part, warnings: list[str]) -> Media:
    data = part.content(warnings)
    return Media(
        name=part.name,
        type=part.kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
