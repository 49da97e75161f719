"""Looking at a feed: which format it is in, that it is one at all, and its XML with repairs."""

from __future__ import annotations

import re

from lxml import etree

from dispaccio.errors import MalformedDocument, TooLarge
from dispaccio.formats import items, xml

_SKIPPED = r"(?:\s++|<\?[^>]{0,2000}\?>|<!--(?:(?!-->).){0,4000}-->|<!DOCTYPE[^>\[]{0,500}>)*+"
_ROOT = re.compile(rf"\ufeff?{_SKIPPED}<(?P<name>[A-Za-z][\w.-]*(?::[\w.-]+)?)", re.DOTALL)
_HTML = re.compile(rf"\ufeff?{_SKIPPED}<(?:!doctype\s+html|html\b)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,100})", re.IGNORECASE)
_PREFIX = re.compile(rb"<([A-Za-z][\w.-]{0,30}):[A-Za-z]")
_ATTRIBUTE = re.compile(rb"""\s([A-Za-z][\w.-]{0,30}):[\w.-]+\s*=\s*["']""")
_UNDECLARED = "urn:undeclared:"
MRSS = "http://search.yahoo.com/mrss/"
"""Media RSS says how large a picture is, which no feed does by itself."""
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dc",
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    MRSS: "media",
    "http://search.yahoo.com/mrss": "media",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://purl.org/atompub/tombstones/1.0": "at",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
PRISM = "http://prismstandard.org/namespaces/basic/2.0/"
"""PRISM's ``embargoDate`` is the one word for an embargo that feeds know."""


def root_name(data: bytes) -> str:
    """The name of the root element as it is written, with its prefix; empty where there is none."""
    found = _ROOT.match(_head(data))
    return found["name"] if found else ""


def opens(data: bytes, name: str) -> bool:
    """Whether the root element has this name, with or without a prefix."""
    return root_name(data).rpartition(":")[2] == name


def refuse_page(data: bytes) -> None:
    """Raise MalformedDocument for an HTML page where a feed should be, such as a server's error."""
    head = _head(data)
    if _HTML.match(head):
        found = _TITLE.search(head)
        named = f" Its title is “{' '.join(found[1].split())}”." if found else ""
        raise MalformedDocument(f"This is an HTML page, not a feed.{named}")


def parse(data: bytes, charset: str | None, item: bytes) -> xml.Parsed:
    """The root of a feed in XML. ``item`` is the name of its entries, which are counted first.

    Prefixes that the document does not declare are taken by their names, with a warning. Raises
    MalformedDocument with the line, TooLarge, WrongCharset, NotText.
    """
    refuse_page(data)
    limit(data.count(b"<" + item + b">") + data.count(b"<" + item + b" "))
    try:
        return xml.parse(data, charset)
    except MalformedDocument as error:
        if "Namespace prefix" not in error.message:
            raise
    declared, warnings, named = _declared(data, charset)
    again = xml.parse(declared, "utf-8")
    said = f"Prefixes that are not declared were taken by their names: {named}."
    return xml.Parsed(again.root, (*warnings, *again.warnings, said))


def limit(count: int) -> None:
    """Raise TooLarge for a document of more entries than are taken."""
    if count > items.MOST:
        raise TooLarge(f"The feed has {count:,} entries; {items.MOST:,} is what is taken.")


def key(element: etree._Element, own: str | None) -> str:
    """The name of an element with the usual prefix of its namespace, none for the ``own`` one."""
    name = element.tag
    if not isinstance(name, str):
        return ""
    if name[0] != "{":
        return name
    namespace, _, local = name[1:].partition("}")
    if namespace == own:
        return local
    if namespace.startswith(_UNDECLARED):
        return f"{namespace.removeprefix(_UNDECLARED)}:{local}"
    return f"{_PREFIXES.get(namespace, '?')}:{local}"


def namespace(element: etree._Element) -> str | None:
    """The namespace of an element, None for none."""
    return element.tag[1:].partition("}")[0] if element.tag[0] == "{" else None


def _head(data: bytes) -> str:
    charset = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return data[:8192].decode(charset, "replace")


def _declared(data: bytes, charset: str | None) -> tuple[bytes, tuple[str, ...], str]:
    """A document in UTF-8 with declarations at its root for the prefixes that have none.

    With it come the warnings of its character set, and the names of those prefixes.
    """
    text, warnings = xml.decode(data, charset)
    root = _ROOT.match(text)
    if root is None:
        raise MalformedDocument("The feed has no root element that can be found; it may be cut.")
    opening = root[0]
    whole = text.encode()
    del text, root  # a feed may be large
    used = {found[1] for kind in (_PREFIX, _ATTRIBUTE) for found in kind.finditer(whole)}
    missing = sorted(one for one in used - {b"xml", b"xmlns"} if b"xmlns:" + one not in whole)
    names = [one.decode() for one in missing[:50]]
    added = "".join(f' xmlns:{name}="{_UNDECLARED}{name}"' for name in names)
    begun = re.sub(r"<\?xml[^>]*\?>", "", opening) + added
    rest = memoryview(whole)[len(opening.encode()) :]
    return b"".join((begun.encode(), rest)), warnings, ", ".join(names)
