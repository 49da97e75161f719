"""NITF (IPTC News Industry Text Format): 3.6 written, every version read, lossless."""

from __future__ import annotations

from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.nitf import elements, read, write
from dispaccio.release.model import Reading, Revision


def _recognises(data: bytes) -> bool:
    return elements.root_of(data) == "nitf"


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
