"""ninjs (IPTC News in JSON): 1.x, 2.x and 3.x read, 3.1 written, lossless through a disclosure."""

from __future__ import annotations

import json
import re
from typing import Any

from dispaccio.errors import MalformedDocument
from dispaccio.formats import items, strict
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.ninjs import read, write
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
        documents = _documents(strict.load_json(data))
        return items.read_each(documents, lambda document: read.read(document, options))

    def write(self, revision: Revision) -> bytes:
        """The item in ninjs 3.1, UTF-8 JSON in a stable order, without blanks."""
        written = json.dumps(write.item(revision), ensure_ascii=False, separators=(",", ":"))
        return f"{written}\n".encode()


def _documents(document: Any) -> list[Any]:
    if isinstance(document, dict):
        listed = document.get("items", document.get("_items"))
        document = listed if isinstance(listed, list) and "uri" not in document else [document]
    if not isinstance(document, list) or not document:
        raise MalformedDocument("A document of ninjs is an item, or a list of items.")
    return document


ninjs = NinjsFormat()
