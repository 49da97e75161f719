"""An HTML document as a small tree, with limits that hold before anything is built."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from unicodedata import category

from lxml.html import HTMLParser

from dispaccio.errors import MalformedDocument
from dispaccio.formats import charset, strict
from dispaccio.words import say

MAX_DEPTH = 200
"""How deep elements may be nested."""
MAX_ELEMENTS = 50_000
"""The most elements that a document may have."""
MAX_ATTRIBUTES = 200
"""The most attributes that one element may have."""

_META = re.compile(rb"<meta\b[^>]{0,512}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_PRESCAN = 4096
_PIECE = 64 * 1024
_REFERENCE = re.compile(
    r"&(?:#\d{2,8};?|#[xX][0-9a-fA-F]{2,7};?|shy;?|zwnj;|zwj;|lrm;|rlm;|ZeroWidthSpace;|NoBreak;"
    r"|ApplyFunction;|InvisibleTimes;|InvisibleComma;|af;|it;|ic;)"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "l1", "ascii", "us-ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be", "unicode"), "utf-8"),
}
"""What the web means by a name in a page (Encoding Standard, 4.2; HTML, 13.2.3.2)."""


@dataclass(slots=True)
class Node:
    """An element: its name, its attributes, and its children: elements and text."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The value of an attribute, without blanks around it; empty where there is none."""
        return (self.attributes.get(name) or "").strip()

    def elements(self) -> Iterator[Node]:
        """This element and all below it, in their order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(child for child in reversed(node.children) if isinstance(child, Node))

    def named(self, *names: str) -> Iterator[Node]:
        """The elements of these names, here and below."""
        return (node for node in self.elements() if node.name in names)

    def of_class(self, name: str) -> Node | None:
        """The first element, here or below, that has this class."""
        return next((n for n in self.elements() if name in n.get("class").split()), None)

    def text(self) -> str:
        """All text, here and below, with single blanks."""
        pieces: list[str] = []
        waiting: list[Node | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                pieces.append(node)
            else:
                waiting.extend(reversed(node.children))
        return " ".join("".join(pieces).split())


class _Builder:
    """What the parser tells, as a tree (the target interface of lxml)."""

    def __init__(self) -> None:
        self.root = Node("")
        self._open = [self.root]
        self._count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if len(self._open) > MAX_DEPTH:
            raise MalformedDocument(
                say(
                    "The HTML is nested deeper than {most} elements; send its text alone.",
                    most=MAX_DEPTH,
                )
            )
        if self._count > MAX_ELEMENTS:
            raise MalformedDocument(
                say("The HTML has more than {most} elements.", most=MAX_ELEMENTS)
            )
        if len(attributes) > MAX_ATTRIBUTES:
            raise MalformedDocument(
                say(
                    "A <{name}> has more than {most} attributes.",
                    name=name[:20],
                    most=MAX_ATTRIBUTES,
                )
            )
        node = Node(name, dict(attributes))
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, _name: str) -> None:
        if len(self._open) > 1:
            self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].children.append(text)

    def close(self) -> Node:
        return self.root


def parse(text: str) -> Node:
    """The tree of an HTML document or fragment; the root has no name.

    Nothing is fetched and no entity of a DTD is known. Raises MalformedDocument where a limit is
    passed or a lone surrogate stands in the text.
    """
    parser = HTMLParser(target=_Builder(), encoding="utf-8", no_network=True)
    try:
        for at in range(0, len(text) or 1, _PIECE):  # it looks for an error behind each piece
            parser.feed(text[at : at + _PIECE].encode())
    except UnicodeEncodeError:
        raise MalformedDocument(
            say("The HTML holds a lone surrogate, which is not text.")
        ) from None
    root: Node = parser.close()
    return root


def decode(data: bytes, stated: str | None) -> str:
    """The text of an HTML document: by its byte order mark, else as stated, else its own meta.

    UTF-8 where nothing is stated. Raises WrongCharset with the byte offset, NotText for binary
    input.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return strict.decode(data, name)
    if stated:
        return strict.decode(data, stated)
    name = _declared(data) or "utf-8"
    return strict.decode(data, _WEB.get(name.lower(), name))


def visible(source: str) -> charset.Decoded:
    """HTML without characters that nobody sees, written as they are or as references.

    Raises NotText for a text that is mostly control characters.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in source:
        source = _REFERENCE.sub(_resolved, source)
    return charset.visible(source)


def _resolved(reference: re.Match[str]) -> str:
    """The character of a reference if it is a format character or variation selector."""
    character = unescape(reference[0])
    if len(character) == 1 and (category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"):
        return character
    return reference[0]


def _declared(data: bytes) -> str | None:
    found = _META.search(data[:_PRESCAN])
    return found[1].decode("ascii") if found else None
