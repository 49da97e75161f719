"""The native format: dispaccio JSON, lossless by definition.

It is the body of the API, the export, and what ``dispaccio read --json`` prints. Fields that a
text is silent about are absent, never null. Instants are RFC 3339 with an offset, days RFC 3339
full-dates. ``docs/formats/native.md`` lists every field.
"""

from __future__ import annotations

import json
import re
from typing import Any

from dispaccio.formats import codec, strict
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.items import read_each
from dispaccio.release.model import ItemKind, Reading, Revision
from dispaccio.words import say

STANDARD = "dispaccio/1"
DERIVED = frozenset({"standard", "format", "item", "quotes", "figures", "warnings"})
_LONG = frozenset(
    {"body", "boilerplate", "contacts", "media", "links", "hops", "disclaimers", "tags", "subjects"}
)
MEDIA_TYPE = "application/vnd.dispaccio+json"
_OBJECT = re.compile(rb'\{|\[\s*\{\s*"')
"""An object, or a list of them: a text may begin with a bracket, too."""

_OTHERS = (b'standard"', b'"uri"', b"jsonfeed.org")
"""What JSON of other standards bears, and ours does not."""


def _recognises(data: bytes) -> bool:
    head = data[:4096].lstrip()
    if head.startswith((b"{", b"[")) and b'"dispaccio/1"' in head:
        return True
    return _OBJECT.match(head) is not None and not any(mark in head for mark in _OTHERS)


class NativeFormat:
    """dispaccio JSON, read and written."""

    name = "dispaccio"
    version = PROTOCOL_VERSION
    about = About(
        title="dispaccio JSON",
        media_types=(MEDIA_TYPE, "application/json"),
        suffixes=(".json",),
        reads=True,
        writes=True,
        lossless=True,
        twin=True,
        many=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """One release, or several from an array, where a bad one harms no other.

        Raises MalformedDocument with the path.
        """
        document = strict.load_json(data)
        if not isinstance(document, list):
            return [read_json(document)]
        return read_each(document, read_json) if document else []

    def write(self, revision: Revision) -> bytes:
        """The document as UTF-8 JSON in a stable order."""
        return dumps(to_json(revision))


def to_json(revision: Revision) -> dict[str, Any]:
    """A revision as a JSON object in the native format."""
    return {"standard": STANDARD, "format": "dispaccio", **codec.encode(revision)}


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """What ``dispaccio read --json`` prints: the native object with what was noticed."""
    noticed = {
        "quotes": [codec.encode(quote) for quote in reading.quotes],
        "figures": [codec.encode(figure) for figure in reading.figures],
        "warnings": list(reading.warnings),
    }
    said = {"standard": STANDARD, "format": reading.format, **codec.encode(reading.revision)}
    if reading.item is not ItemKind.TEXT:
        said["item"] = reading.item.value
    return said | {name: found for name, found in noticed.items() if found}


def read_json(document: Any) -> Reading:
    """The reading of one native JSON object. Raises MalformedDocument with the path."""
    unknown: list[str] = []
    revision = codec.decode(Revision, document, unknown=unknown, known=DERIVED)
    warnings = tuple(
        say("The field {path} is not known; it was left out.", path=path) for path in unknown
    )
    return Reading("dispaccio", revision, warnings=warnings)


def pack(revision: Revision) -> bytes:
    """A revision as the store keeps it: the same object, without blanks."""
    return json.dumps(to_json(revision), ensure_ascii=False, separators=(",", ":")).encode()


def kept(document: bytes, *, whole: bool = True) -> Revision:
    """The revision in a document that this wire wrote and kept itself: it is judged no more.

    Without ``whole`` the text and all that belongs to it is left out: a list shows none of it.
    """
    said = json.loads(document)
    if not whole:
        said = {name: value for name, value in said.items() if name not in _LONG}
    return codec.decode(Revision, said, known=DERIVED)


def dumps(document: Any) -> bytes:
    """JSON as the wire writes it: UTF-8, two blanks of indent, a final newline."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


native = NativeFormat()
