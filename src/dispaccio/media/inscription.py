"""What a picture says of itself: whatever it said is taken out, and the release's words go in.

JPEG gets IPTC-IIM (IPTC Information Interchange Model 4.2, in an APP13 segment as Photoshop image
resource 0x0404) and XMP (ISO 16684-1, in APP1); PNG gets XMP (in iTXt); WebP gets nothing. The
picture's own data stay byte for byte. Of what a camera wrote, only the orientation and the colour
profile are kept: no position, no serial number, no thumbnail, no comment.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from dispaccio.errors import DamagedFile
from dispaccio.words import say

LONGEST = 2000
"""Characters of each text that is written in; IIM allows that many octets for a caption."""
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_SIZED = frozenset((*range(0xC0, 0xD0), *range(0xDB, 0xE0)))
_ICC, _ADOBE = b"ICC_PROFILE\x00", b"Adobe"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_MOST_IN_SEGMENT = 65_533
_SEGMENTS = 4096
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_IIM = {"caption": 120, "credit": 110, "source": 115, "rights": 116, "creator": 80}
_IIM_OCTETS = {"caption": 2000, "credit": 32, "source": 32, "rights": 128, "creator": 32}


@dataclass(frozen=True, slots=True)
class Inscription:
    """The words that are written into a picture; ``rights`` is its copyright notice."""

    caption: str | None = None
    alt: str | None = None
    credit: str | None = None
    rights: str | None = None
    creator: str | None = None
    source: str | None = None


def inscribe(picture: bytes, said: Inscription, *, orientation: int = 1) -> bytes:
    """A JPEG, PNG or WebP with these words and without any others. Raises DamagedFile.

    ``orientation`` is how the picture's data lie (Exif, 1 to 8), which is kept.
    """
    if picture.startswith(b"\xff\xd8"):
        return _jpeg(picture, said, orientation)
    if picture.startswith(_PNG):
        return _png(picture, said, orientation)
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return _webp(picture, orientation)
    raise DamagedFile(say("The picture is neither JPEG, PNG nor WebP."))


def orientation_of(picture: bytes) -> int:
    """The orientation in a picture that ``inscribe`` wrote."""
    at = picture.find(b"\x01\x12\x00\x03\x00\x00\x00\x01", 0, 100_000)
    return picture[at + 9] if at >= 0 and picture[at - 10 : at - 6] == b"MM\x00*" else 1


def xmp(said: Inscription) -> bytes:
    """The words as an XMP packet, with the properties of the IPTC Photo Metadata Standard."""
    whole = {"dc:description": said.caption, "dc:rights": said.rights}
    alternatives = {**whole, "Iptc4xmpCore:AltTextAccessibility": said.alt}
    lines = [
        f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{_xml(text)}</rdf:li></rdf:Alt></{name}>'
        for name, text in alternatives.items()
        if text
    ]
    if said.creator:
        seq = f"<rdf:Seq><rdf:li>{_xml(said.creator)}</rdf:li></rdf:Seq>"
        lines.append(f"<dc:creator>{seq}</dc:creator>")
    simple = {"photoshop:Credit": said.credit, "photoshop:Source": said.source}
    lines += [f"<{name}>{_xml(text)}</{name}>" for name, text in simple.items() if text]
    body = "".join(lines)
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">'
        f'{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    return packet.encode()


def _jpeg(picture: bytes, said: Inscription, orientation: int) -> bytes:
    kept, before = [], b""
    for marker, segment in _jpeg_segments(picture):
        data = segment[4:]
        if marker == 0xE0 and data.startswith(b"JFIF\x00") and len(data) >= 14 and not before:
            before = b"\xff\xe0\x00\x10" + data[:12] + b"\x00\x00"  # without its thumbnail
        elif _is_the_pictures_own(marker, data):
            kept.append(segment)
    words = b""
    if orientation != 1:
        words += _segment(0xE1, b"Exif\x00\x00" + _exif(orientation))
    if said != Inscription():
        words += _segment(0xE1, _XMP + xmp(said)) + _segment(0xED, _photoshop(said))
    return b"".join((b"\xff\xd8", before, words, *kept))


def _is_the_pictures_own(marker: int, data: bytes) -> bool:
    """Whether a segment is needed to show the picture: its data, its colours."""
    if marker == 0xE2:
        return data.startswith(_ICC)
    if marker == 0xEE:
        return data.startswith(_ADOBE)
    return not 0xE0 <= marker <= 0xEF and marker != 0xFE


def _jpeg_segments(picture: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments behind SOI, the coded data with the SOS before them, and EOI; no more."""
    at, count = 2, 0
    while found := _MARKER.match(picture, at):
        count += 1
        marker, start = found[1][0], found.end() - 2
        if marker == 0xD9:
            yield marker, b"\xff\xd9"
            return
        size = int.from_bytes(picture[start + 2 : start + 4], "big")
        end = start + 2 + size
        if size < 2 or end > len(picture) or count > _SEGMENTS:
            break
        if marker == 0xDA:
            following = _MARKER.search(picture, end)
            if following is None:
                break
            end = following.start()
        elif marker not in _SIZED and not 0xE0 <= marker <= 0xFE:
            break
        yield marker, picture[start:end]
        at = end
    raise DamagedFile(say("The JPEG is damaged or cut off; save it anew, or send it again."))


def _segment(marker: int, data: bytes) -> bytes:
    if len(data) > _MOST_IN_SEGMENT:
        raise DamagedFile(
            say("The picture's caption, alt text, credit and rights are too long for it.")
        )
    return b"\xff" + bytes((marker,)) + (len(data) + 2).to_bytes(2, "big") + data


def _photoshop(said: Inscription) -> bytes:
    """An image resource block with the IIM record 2, in UTF-8 as record 1:90 says (ESC % G)."""
    records = b"\x1c\x01\x5a\x00\x03\x1b%G" + b"\x1c\x02\x00\x00\x02\x00\x04"
    for name, number in _IIM.items():
        if text := getattr(said, name):
            data = _cut(text, _IIM_OCTETS[name])
            records += b"\x1c\x02" + bytes((number,)) + len(data).to_bytes(2, "big") + data
    padded = records + b"\x00" * (len(records) % 2)
    return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + len(records).to_bytes(4, "big") + padded


def _exif(orientation: int) -> bytes:
    """A TIFF header with one entry: the orientation."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + b"\x00\x00\x00\x00"


def _png(picture: bytes, said: Inscription, orientation: int) -> bytes:
    kept, at = [_PNG], len(_PNG)
    words = b""
    if orientation != 1:
        words += _chunk(b"eXIf", _exif(orientation))
    if said != Inscription():
        words += _chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + xmp(said))
    while at + 12 <= len(picture):
        size = int.from_bytes(picture[at : at + 4], "big")
        name, end = picture[at + 4 : at + 8], at + 12 + size
        if end > len(picture):
            break
        if name in _PNG_KEPT:
            kept.append(picture[at:end])
        if name == b"IHDR":
            kept.append(words)
        if name == b"IEND":
            return b"".join(kept)
        at = end
    raise DamagedFile(say("The PNG is damaged or cut off; save it anew, or send it again."))


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def _webp(picture: bytes, orientation: int) -> bytes:
    kept, at, end = [], 12, min(len(picture), 8 + int.from_bytes(picture[4:8], "little"))
    extended = False
    while at + 8 <= end:
        size = int.from_bytes(picture[at + 4 : at + 8], "little")
        name, following = picture[at : at + 4], at + 8 + size + size % 2
        if at + 8 + size > end:
            raise DamagedFile(
                say("The WebP is damaged or cut off; save it anew, or send it again.")
            )
        chunk = picture[at:following]
        if name == b"VP8X":
            extended = True
            flags = chunk[8] & ~0x0C | (0x08 if orientation != 1 else 0)
            chunk = chunk[:8] + bytes((flags,)) + chunk[9:]
        if name in _WEBP_KEPT:
            kept.append(chunk)
        at = following
    if orientation != 1 and extended:
        data = _exif(orientation)
        kept.append(b"EXIF" + len(data).to_bytes(4, "little") + data)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _xml(text: str) -> str:
    return escape("".join(char for char in text if char.isprintable() or char == "\n")[:LONGEST])


def _cut(text: str, octets: int) -> bytes:
    return text.encode("utf-8", "ignore")[:octets].decode("utf-8", "ignore").encode()
