"""A page that this product wrote, read back: every field stands where ``page`` put it."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from dispaccio.anatomy import contacts, dateline
from dispaccio.formats.html import content
from dispaccio.formats.html.data import Told, canonical
from dispaccio.formats.html.head import NUMBER, WORK_STATUS
from dispaccio.formats.html.page import GENERATOR
from dispaccio.formats.html.tree import Node
from dispaccio.formats.links import carried
from dispaccio.formats.merge import fill, noticed
from dispaccio.release.body import clean
from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import (
    Copyright,
    Dateline,
    Identifier,
    Reading,
    Reason,
    Revision,
    SignedBy,
    WireMark,
)
from dispaccio.release.state import Kind

E = TypeVar("E", bound=StrEnum)


def read(root: Node, told: Told) -> Reading | None:
    """The reading of a page that says we made it, or None for any other page."""
    text = root.of_class("text")
    if told.meta.get("generator") != GENERATOR or text is None:
        return None
    line = text.of_class("dateline")
    opening = line.text() if line else None
    if line:
        line.children = []
    found = content.read(text)
    notice = text.of_class("notice") is not None
    said = Revision(
        headline="" if notice else told.text("headline") or "",
        subhead=told.text("alternativeHeadline"),
        place=told.text("contentLocation"),
        body=() if notice else found.blocks,
        media=() if notice else found.media,
        boilerplate="\n\n".join(_texts(root, "boilerplate", "p")) or None,
        contacts=tuple(contacts.parse(_texts(root, "contacts", "li"))),
        language=told.text("inLanguage"),
        archive=told.meta.get("dispaccio:archive") == "yes",
        dateline=dateline_of(opening),
        disclaimers=tuple(_classed(root, "disclaimer")),
        legal=tuple(_classed(root, "legal")),
        label=_label(root, told),
        copyright=_copyright(root, told),
    )
    return noticed("html", fill(said, _facts(root, told)), found.warnings)


def _facts(root: Node, told: Told) -> Revision:
    """What the page says to machines: who, which number, when, in which state."""
    wire = told.text("publisher")
    numbers = [Identifier(scheme, value) for scheme, value in told.identifiers()]
    named = {number.scheme: number.value for number in reversed(numbers)}
    work = told.text("creativeWorkStatus")
    id_ = told.text("@id")
    return Revision(
        id=id_ if id_ and id_.startswith("urn:uuid:") else None,
        number=named.get(NUMBER),
        version=told.number("version"),
        kind=member(Kind, told.meta.get("dispaccio:kind")),
        status=next((status for status, word in WORK_STATUS.items() if word == work), None),
        url=canonical(root),
        issuer=told.author(),
        signed_by=member(SignedBy, told.meta.get("dispaccio:signed-by")),
        wire=WireMark(wire, named.get(wire)) if wire else None,
        identifiers=tuple(n for n in numbers if n.scheme not in (NUMBER, wire)),
        created=told.time("dateCreated", told.text("dateCreated")),
        first_created=told.time("datePublished", told.text("datePublished")),
        version_created=told.time("dateModified", told.text("dateModified")),
        embargo=told.time("The embargo", told.meta.get("dispaccio:embargo")),
        reason=_reason(told),
        original_url=carried(told.text("isBasedOn") or ""),
        tags=told.texts("keywords"),
        category=told.text("articleSection"),
    )


def _label(root: Node, told: Told) -> Label | None:
    words = next(iter(_classed(root, "label")), None)
    kind = member(LabelKind, told.meta.get("dispaccio:label"))
    if not words:
        return None
    return Label(kind, words, True if told.paid else None, paid_by=told.text("sponsor"))


def dateline_of(opening: str | None) -> Dateline | None:
    """The dateline in the words that open a text."""
    if not opening:
        return None
    found = dateline.head_of(f"{opening} ")
    return found.dateline if found else Dateline(text=opening)


def _copyright(root: Node, told: Told) -> Copyright | None:
    line = next(iter(_classed(root, "copyright")), None)
    if not line:
        return None
    return Copyright(line, told.number("copyrightYear"), told.text("copyrightHolder"))


def _reason(told: Told) -> Reason | None:
    code = told.meta.get("dispaccio:reason")
    text = told.thing("correction").get("text")
    return Reason(code, text if isinstance(text, str) and text != code else None) if code else None


def member(kind: type[E], value: str | None) -> E | None:
    """The member of an enumeration that has this value, None for none."""
    return kind(value) if value in list(kind) else None


def _classed(root: Node, name: str) -> list[str]:
    """The texts of the paragraphs of a class."""
    return [clean(node.text()) for node in root.named("p") if node.get("class") == name]


def _texts(root: Node, section: str, name: str) -> list[str]:
    """The texts of the elements of a name in the section of a class, line breaks kept."""
    found = next((node for node in root.named("section") if node.get("class") == section), None)
    if not found:
        return []
    return [
        "\n".join(block.text for block in content.read(node).blocks) for node in found.named(name)
    ]
