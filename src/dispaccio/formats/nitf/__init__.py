"""NITF (IPTC News Industry Text Format): 3.6 written, every version read, lossless."""

from __future__ import annotations

import re

from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.nitf import read, write
from dispaccio.release.model import Reading, Revision

_ROOT = re.compile(
    r"\ufeff?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*"
    r"<(?:[\w.-]+:)?nitf[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
_FIRST = 4096


def _recognises(data: bytes) -> bool:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    start = data[:_FIRST].decode("utf-16" if wide else "utf-8", "replace")
    return _ROOT.match(start) is not None


class NitfFormat:
    """NITF, read and written."""

    name = "nitf"
    version = PROTOCOL_VERSION
    about = About(
        title="NITF",
        media_types=("application/nitf+xml", "text/vnd.iptc.nitf"),
        suffixes=(".nitf.xml",),
        reads=True,
        writes=True,
        lossless=True,
        twin=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The one release of a document. Raises MalformedDocument, EmptyInput, WrongCharset."""
        return [read.read(data, options)]

    def write(self, revision: Revision) -> bytes:
        """The document in NITF 3.6, UTF-8, in a stable order."""
        return write.document(revision)


nitf = NitfFormat()
