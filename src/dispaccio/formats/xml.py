"""XML from strangers: no document type, no entity, no network; libxml2's limits hold (depth 256).

A DTD's internal subset is refused, never stripped: with entities off, lxml makes three different
texts of one such document. What is said to be UTF-8 and is windows-1252 is read as that, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from html.entities import html5

from lxml import etree

from dispaccio.errors import MalformedDocument, WrongCharset
from dispaccio.formats import strict
from dispaccio.words import say

_PROLOG = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?P<subset>\[)?", re.IGNORECASE)
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>")
_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LATIN = ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Parsed:
    """The root element of a document, and what was noticed on the way."""

    root: etree._Element
    warnings: tuple[str, ...] = ()


def parse(data: bytes, charset: str | None = None) -> Parsed:
    """The document's root. ``charset`` is what the sender declared beside it, which goes first.

    Raises MalformedDocument with line and column, also for a document type with an internal subset
    and where a limit is passed; WrongCharset with the byte offset; NotText.
    """
    text, warnings = decode(data, charset)
    doctype = _DOCTYPE.search(text[: 64 * 1024])
    if doctype and (doctype["subset"] or "<!ENTITY" in text):
        line = text.count("\n", 0, doctype.start()) + 1
        raise MalformedDocument(
            say(
                "Line {line}: the document declares its own entities (<!DOCTYPE … [ ]>), "
                "which are not read; send it without.",
                line=line,
            )
        )
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise MalformedDocument(say("The XML holds a lone surrogate, which is not text.")) from None
    del text  # a feed may be large, and one emoji makes its text four times as large as its bytes
    encoded, replaced = _named_characters(_DECLARATION.sub(b"", encoded, count=1))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(encoded, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        said = str(error.msg).partition(", line ")[0]
        if said.startswith("Excessive depth"):
            said = "elements are nested deeper than 256"
        raise MalformedDocument(
            say(
                "This is not XML: line {line}, column {column}: {why}.",
                line=line,
                column=column,
                why=said,
            )
        ) from None
    unknown = _unknown(root) if doctype else ()
    return Parsed(root, (*warnings, *replaced, *unknown))


def decode(data: bytes, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of an XML document: by byte order mark, as stated, by its declaration, else UTF-8.

    What is said to be UTF-8 but is not, and is no other Unicode, is read as windows-1252 with a
    warning; what is said to be Latin-1 and is UTF-8, as UTF-8. Raises WrongCharset with
    the byte offset, NotText for binary input.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return strict.decode(data, name), ()
    found = _PROLOG.search(data[:256])
    name = charset or (found[1].decode("ascii") if found else "utf-8")
    if name.lower().replace("_", "-") in _LATIN and (text := _as_utf_8(data)):
        return text, (f"The document is not {name}, as it says; it was read as UTF-8.",)
    try:
        return strict.decode(data, name), ()
    except WrongCharset:
        if name.lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise
        text = strict.decode(data, "windows-1252")
        return text, (f"The document is not {name}, as it says; it was read as windows-1252.",)


def _as_utf_8(data: bytes) -> str | None:
    """The text of bytes that are UTF-8 beyond doubt: letters beyond ASCII, and no wrong byte."""
    if data.isascii():
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of these names, whatever their namespace: agencies leave namespaces out."""
    return (child for child in element if local(child) in names)


def first(element: etree._Element, *path: str) -> etree._Element | None:
    """The first element down a path of names, whatever their namespaces."""
    found: etree._Element | None = element
    for name in path:
        found = next(children(found, name), None) if found is not None else None
    return found


def text_of(element: etree._Element | None) -> str | None:
    """All text of an element with single blanks; None for none, and for an empty one."""
    if element is None:
        return None
    return " ".join("".join(element.itertext()).split()) or None


def clean(text: str) -> str:
    """Text without the characters that XML 1.0 forbids (section 2.2)."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def _unknown(root: etree._Element) -> tuple[str, ...]:
    """A warning of entities that a document type far away would have explained."""
    names = dict.fromkeys(entity.text for entity in root.iter(etree.Entity))
    if not names:
        return ()
    return (f"Entities that are not known stand as they were written: {', '.join(names)[:200]}.",)


def _named_characters(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """HTML's named characters as characters: XML does not know them, and agencies write them."""
    found: set[str] = set()

    def character(reference: re.Match[bytes]) -> bytes:
        named = html5.get(f"{reference[1].decode()};")
        if named is None:
            return reference[0]
        found.add(reference[0].decode())
        return escape(named).encode()

    if b"&" in data:
        data = _REFERENCE.sub(character, data)
    if not found:
        return data, ()
    return data, (f"HTML's names of characters were read as such: {', '.join(sorted(found)[:5])}.",)
