"""ninjs (IPTC News in JSON): 1.x to 3.x read, 3.1 written, 2.2 and 1.6 for older systems."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dispaccio.errors import MalformedDocument, UnknownFormat
from dispaccio.formats import items
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.ninjs import dialect, older, read, write
from dispaccio.release.model import Reading, Revision

_MARKS = re.compile(
    rb'"(?:pub[sS]tatus|version[cC]reated|first[cC]reated|embargoed(?:Until)?|bodies|body_\w+'
    rb'|headlines?|representation[tT]ype|renditions|associations)"\s*:'
)


def _recognises(data: bytes) -> bool:
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] not in (b"{", b"["):
        return False
    return b'"ninjs"' in head or (b'"uri"' in head and _MARKS.search(head) is not None)


class NinjsFormat:
    """ninjs, read and written."""

    name = "ninjs"
    version = PROTOCOL_VERSION
    about = About(
        title="ninjs",
        media_types=("application/vnd.iptc.ninjs+json",),
        suffixes=(".ninjs.json",),
        reads=True,
        writes=True,
        lossless=True,
        twin=True,
        many=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The texts of a document: one item, a list of them, or an object with ``items``.

        An item that cannot be read is named in a warning of the first that can; if there is none,
        its error is raised: MalformedDocument with the path, or one of its times.
        """
        document, warnings = dialect.load(data, options.charset)
        found = items.read_each(_documents(document), lambda one: read.read(one, options))
        return [replace(found[0], warnings=(*warnings, *found[0].warnings)), *found[1:]]

    def write(self, revision: Revision) -> bytes:
        """The item in ninjs 3.1, UTF-8 JSON in a stable order, without blanks."""
        return write.dumps(write.item(revision))


class OlderNinjs:
    """ninjs as an older version has it, written only: ``ninjs`` reads every version."""

    version = PROTOCOL_VERSION

    def __init__(self, major: int, stated: str, item: Callable[[Revision], dict[str, Any]]) -> None:
        self.name = f"ninjs-{major}"
        self.about = About(
            title=f"ninjs {stated}",
            media_types=(f"application/vnd.dispaccio.{self.name}+json",),
            suffixes=(f".{self.name}.json",),
            reads=False,
            writes=True,
            lossless=False,
            recognises=_recognises_none,
        )
        self._item = item

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """Raises UnknownFormat: the format ``ninjs`` reads this version, too."""
        raise UnknownFormat(f"The format {self.name!r} is only written; ninjs reads it.")

    def write(self, revision: Revision) -> bytes:
        """The item in this version, UTF-8 JSON in a stable order, without blanks."""
        return write.dumps(self._item(revision))


def _recognises_none(data: bytes) -> bool:
    return False


def _documents(document: Any) -> list[Any]:
    if isinstance(document, dict):
        listed = document.get("items", document.get("_items"))
        document = listed if isinstance(listed, list) and "uri" not in document else [document]
    if not isinstance(document, list) or not document:
        raise MalformedDocument("A document of ninjs is an item, or a list of items.")
    return document


ninjs = NinjsFormat()
ninjs_2 = OlderNinjs(2, "2.2", older.item_2)
ninjs_1 = OlderNinjs(1, "1.6", older.item_1)
