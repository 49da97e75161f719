"""The bodies of an item: the best of them as a document, ours with a role, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dispaccio.anatomy import layout
from dispaccio.anatomy.document import Document, assemble
from dispaccio.formats import charset
from dispaccio.formats.html import content, tree
from dispaccio.formats.html.read import document_of
from dispaccio.formats.ninjs.dialect import holds_markup
from dispaccio.formats.ninjs.item import Item

_TYPES = ("text/html", "application/xhtml+xml", "application/xhtml", "text/plain", "text/markdown")
_OLD_TYPES = {"html": "text/html", "xhtml": "application/xhtml+xml", "text": "text/plain"}
_OTHER_FORMS = ("nitf", "xml", "newsml", "markdown", "md", "rtf", "json")
"""Behind ``body_`` of 1.x: the same text in another form, and not another text."""
_MAIN = (None, "main", "body", "text", "fulltext", "full")
_OURS = ("boilerplate", "legal", "disclaimer")
_NUMBERED = re.compile(r"_\d{1,3}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Body:
    """One body: its role, its media type in lower case, and its value.

    ``repaired``: it is HTML and was said to be plain text.
    """

    role: str | None
    kind: str
    value: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies of an item. ``main`` is the one to read; ``warnings`` name those left out."""

    main: Body | None
    ours: tuple[Body, ...]
    warnings: tuple[str, ...]

    def of(self, role: str) -> tuple[str, ...]:
        """The texts of a role of ours."""
        return tuple(body.value for body in self.ours if body.role == role)


def choose(item: Item) -> Bodies:
    """The bodies of an item of any version. Raises MalformedDocument with the path."""
    found = list(_all(item))
    ours = tuple(body for body in found if body.role in _OURS)
    texts = [body for body in found if body not in ours and body.kind in _TYPES]
    main = min(texts, key=_rank, default=None)
    warnings = [
        f"A body was left out: role {body.role or 'none'}, type {body.kind}."
        for body in found
        if body is not main and body not in ours and not (main and _same(body, main))
    ]
    if main and main.repaired:
        warnings.append("The body is said to be plain text and held HTML; it was read as HTML.")
    return Bodies(main, ours, tuple(warnings))


def document(body: Body | None, title: str | None) -> Document:
    """A body as a document that can be taken apart, with the item's headline as its title."""
    if body is None:
        return document_of(content.Content((), (), ()), title)
    plain = body.kind in ("text/plain", "text/markdown")
    seen = charset.visible(body.value.replace("\r\n", "\n")) if plain else tree.visible(body.value)
    if plain:
        made = layout.lay_out(seen.text)
        headed = document_of(content.Content((), (), ()), title)
        made = assemble((*headed.passages, *made.passages), marked=made.marked, media=made.media)
    else:
        made = document_of(content.read(tree.parse(seen.text)), title)
    return replace(made, warnings=(*made.warnings, *seen.warnings))


def _all(item: Item) -> Iterator[Body]:
    for entry in item.items("bodies"):
        value = entry.text("value")
        kind = (entry.text("contenttype") or "").partition(";")[0].strip().lower()
        if value:
            yield _seen(_lower(entry.text("role")), kind or _guessed(value), value)
    for name, value in item.beginning("body_"):
        role = _NUMBERED.sub("", name)
        if role in _OURS:
            yield Body(role, "text/plain", value)
        else:
            yield _seen(None, _OLD_TYPES.get(name, name), value)


def _seen(role: str | None, kind: str, value: str) -> Body:
    """A body with the type that it has, whatever is said: HTML is sent as plain text."""
    wrong = kind == "text/plain" and role not in _OURS and holds_markup(value)
    return Body(role, "text/html" if wrong else kind, value, repaired=wrong)


def _guessed(value: str) -> str:
    """The type of a body that states none, by whether there are elements in it."""
    return "text/html" if holds_markup(value) else "text/plain"


def _rank(body: Body) -> tuple[bool, int]:
    return body.role not in _MAIN, _TYPES.index(body.kind)


def _same(body: Body, main: Body) -> bool:
    """Whether a body is the same text as the main one in another type."""
    known = "/" in body.kind or body.kind in _OTHER_FORMS
    alike = body.role == main.role or {body.role, main.role} <= set(_MAIN)
    return known and alike and body.kind != main.kind


def _lower(role: str | None) -> str | None:
    return role.lower() if role else None
