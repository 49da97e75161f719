"""What a file is, by its own bytes; what its sender calls it decides nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from dispaccio.errors import DamagedFile, UnsupportedFile
from dispaccio.words import say

HEAD = 1024
"""How many of a file's first bytes are looked at."""
TAIL = 65_557
"""How many of its last: where the directory of a zip ends (APPNOTE 4.3.16)."""
TAKEN = say("JPEG, PNG, WebP and GIF pictures, PDF, zip, MP3, WAV, FLAC, Ogg, MP4 and WebM")
"""What the wire takes, in words."""


class Kind(StrEnum):
    """What a file is to its readers."""

    PICTURE = "picture"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that the wire takes; ``media_type`` is what it is served as.

    ``suffixes`` are the endings of its names, the usual one first.
    """

    media_type: str
    kind: Kind
    suffixes: tuple[str, ...]


JPEG = FileType("image/jpeg", Kind.PICTURE, (".jpg", ".jpeg"))
PNG = FileType("image/png", Kind.PICTURE, (".png",))
WEBP = FileType("image/webp", Kind.PICTURE, (".webp",))
GIF = FileType("image/gif", Kind.PICTURE, (".gif",))
PDF = FileType("application/pdf", Kind.DOCUMENT, (".pdf",))
ZIP = FileType("application/zip", Kind.DOCUMENT, (".zip",))
SVG = FileType("application/octet-stream", Kind.DOCUMENT, (".svg",))
"""A program as much as a picture: offered as a download that no browser opens."""
_MP3 = FileType("audio/mpeg", Kind.AUDIO, (".mp3",))
_WAV = FileType("audio/wav", Kind.AUDIO, (".wav",))
_FLAC = FileType("audio/flac", Kind.AUDIO, (".flac",))
_OGG = FileType("audio/ogg", Kind.AUDIO, (".ogg", ".oga", ".opus"))
_M4A = FileType("audio/mp4", Kind.AUDIO, (".m4a",))
_MP4 = FileType("video/mp4", Kind.VIDEO, (".mp4", ".m4v"))
_MOV = FileType("video/quicktime", Kind.VIDEO, (".mov",))
_WEBM = FileType("video/webm", Kind.VIDEO, (".webm",))

_BRANDS = {
    b"M4A ": _M4A,
    b"qt  ": _MOV,
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6"), _MP4),
    **dict.fromkeys((b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV"), _MP4),
}
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,600}?-->\s*)*"
    rb"(?:<!DOCTYPE svg[^>]{0,300}>\s*)?<svg[\s>]",
    re.DOTALL,
)
_WEB = re.compile(rb"\s*(?:<!--|<!doctype|<html|<head|<body|<script|<\?xml)", re.IGNORECASE)

_TESTS: tuple[tuple[Callable[[bytes], bool], FileType], ...] = (
    (lambda head: head.startswith(b"\xff\xd8\xff"), JPEG),
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), PNG),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", WEBP),
    (lambda head: head.startswith((b"GIF87a", b"GIF89a")), GIF),
    (lambda head: head.startswith(b"%PDF-"), PDF),
    (lambda head: head.startswith(b"PK\x03\x04"), ZIP),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", _WAV),
    (lambda head: head.startswith(b"fLaC"), _FLAC),
    (lambda head: head.startswith(b"ID3"), _MP3),
    (lambda head: len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2, _MP3),
    (lambda head: head.startswith(b"OggS") and _is_sound(head[:200]), _OGG),
    (lambda head: head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:100], _WEBM),
    (lambda head: _SVG.match(head) is not None, SVG),
)


def recognise(head: bytes, name: str) -> FileType:
    """What a file is, by its first ``HEAD`` bytes. Raises UnsupportedFile, with what is taken."""
    if head[4:8] == b"ftyp" and (found := _BRANDS.get(head[8:12])):
        return found
    for fits, kind in _TESTS:
        if fits(head):
            if kind is ZIP and not name.lower().endswith(".zip"):
                raise UnsupportedFile(
                    say(
                        "{name} is a zip archive by its bytes and is not called one; hand in what "
                        "is to be read as PDF, or the archive under a name that ends in .zip.",
                        name=repr(name),
                    )
                )
            return kind
    web, other = say("a page or a program of the web"), say("of a kind that is not taken")
    raise UnsupportedFile(
        say(
            "{name} is {said}, by its bytes; the wire takes {taken}.",
            name=repr(name),
            said=web if _WEB.match(head) else other,
            taken=TAKEN,
        )
    )


def check_end(kind: FileType, tail: bytes, name: str) -> None:
    """Nothing, if a file that says where it ends ends there. Raises DamagedFile.

    ``tail`` is its last ``TAIL`` bytes.
    """
    whole = {PDF: b"%%EOF" in tail[-2048:], ZIP: b"PK\x05\x06" in tail}
    if not whole.get(kind, True):
        raise DamagedFile(
            say("{name} is cut off: its end is missing; send it again.", name=repr(name))
        )


def _is_sound(head: bytes) -> bool:
    return any(mark in head for mark in (b"OpusHead", b"vorbis", b"Speex", b"\x7fFLAC"))
