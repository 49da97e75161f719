"""The disclosure of a document that this product wrote: one ``meta`` element of its head."""

from __future__ import annotations

import hashlib

from lxml import etree

from dispaccio.errors import InputError
from dispaccio.formats import charset, disclosed, xml
from dispaccio.formats.disclosed import Disclosure
from dispaccio.release.model import Revision

META = "dispaccio-disclosure"
"""The ``name`` of the meta element whose ``content`` is the disclosure."""
_STRUCTURE = """
nitf head docdata key-list tobject identified-content del-list body body.head hedline note
body.content block bq ul ol table tr media body.end
"""
STRUCTURE = frozenset(_STRUCTURE.split())
"""Elements in which only elements stand: the blanks between these say nothing."""


def write(seen: Revision, root: etree._Element) -> str:
    """The disclosure of a revision for the document that ``root`` is, as XML can hold it."""
    told = disclosed.write(seen, digest(root))
    told = charset.HIDDEN.sub(lambda found: _escaped(found[0]), told)
    return told.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def digest(root: etree._Element) -> str:
    """What binds the disclosure to its document: SHA-256 in hexadecimal.

    Hashed is the canonical XML (C14N 1.0) of the document without its disclosure, and without
    blanks between elements where only elements may stand. Of what has no canonical form, which is
    a document with a relative namespace, it is empty.
    """
    try:
        canonical = etree.tostring(root, method="c14n")
    except etree.C14NError:
        return ""
    return hashlib.sha256(canonical).hexdigest()


def split(root: etree._Element) -> tuple[Disclosure | None, tuple[str, ...]]:
    """The disclosure, which is taken out of the document, and a warning about a broken one."""
    head = xml.first(root, "head")
    ours = () if head is None else tuple(xml.children(head, "meta"))
    ours = tuple(meta for meta in ours if meta.get("name") == META)
    if head is None or not ours:
        return None, ()
    for meta in ours:
        head.remove(meta)
    _squeeze(root)
    try:
        bound = digest(root)
        told = disclosed.read(ours[-1].get("content", ""), bound)
        return Disclosure(told.revision, bool(bound) and told.intact), ()
    except InputError as error:
        return None, (f"The document's disclosure was left aside: {error}",)


def _squeeze(root: etree._Element) -> None:
    """Take out the blanks between elements where only elements stand."""
    for element in root.iter(etree.Element):
        if xml.local(element) not in STRUCTURE:
            continue
        if element.text and element.text.isspace():
            element.text = None
        for child in element:
            if child.tail and child.tail.isspace():
                child.tail = None


def _escaped(character: str) -> str:
    """A character as JSON writes it in ASCII (RFC 8259 section 7)."""
    code = character.encode("utf-16-be").hex()
    return "".join(f"\\u{code[at : at + 4]}" for at in range(0, len(code), 4))
