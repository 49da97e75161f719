"""Header fields as they are written: text in encoded words, nothing that begins another field."""

from __future__ import annotations

import base64
import unicodedata
from binascii import Error as Base64Error
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from dispaccio.errors import MalformedHeader

END = "\r\n"
_WIDTH = 76
_WORD = 39
"""Bytes in one encoded word: with the name of its field it fits into a line (RFC 2047, 2)."""
_LAYERS = 5


def text(name: str, value: str) -> str:
    """A field with free text in it, folded, without its line end.

    Raises MalformedHeader where the text holds, or decoded as a header would hold, a line break or
    another control character.
    """
    require_plain(name, value)
    return f"{name}: {words(value, len(name) + 2)}"


def mailbox(name: str, display: str, address: str) -> str:
    """A field with one address and the name that is shown for it; raises what ``text`` raises."""
    require_plain(name, display)
    if not display:
        return f"{name}: {address}"
    shown = words(display, len(name) + 2)
    if shown == display:
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        shown = f'"{escaped}"'
    gap = " " if len(name) + len(shown) + len(address) + 5 <= _WIDTH else f"{END} "
    return f"{name}: {shown}{gap}<{address}>"


def words(value: str, used: int = 0) -> str:
    """Text in ASCII: as it is where no reader could decode it, else in encoded words (RFC 2047).

    ``used`` characters of the first line are taken already.
    """
    if value.isascii() and "=?" not in value and len(value) + used <= _WIDTH:
        return value
    return f"{END} ".join(_encoded(value))


def require_plain(name: str, value: str) -> None:
    """Nothing, if a text is one line however often it is decoded. Raises MalformedHeader."""
    if value.isprintable() and "=?" not in value:
        return
    seen = value
    for _ in range(_LAYERS):
        if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in seen):
            raise MalformedHeader(
                f"The text for the header {name} holds or hides a line break or a control "
                "character; it is not sent by mail."
            )
        before, seen = seen, _decoded(seen)
        if seen == before:
            return
    raise MalformedHeader(f"The text for the header {name} is encoded again and again.")


def names(head: str) -> list[str]:
    """The names of the fields of a head, read as any program reads it."""
    lines = head.removesuffix(END).split(END)
    return [line.partition(":")[0].lower() for line in lines if line[:1] not in (" ", "\t")]


def require_fields(head: str, expected: list[str]) -> None:
    """Nothing, if a head holds these fields and no other. Raises MalformedHeader."""
    ends = head.count(END)
    if not head.isascii() or "\0" in head or not head.count("\r") == head.count("\n") == ends:
        raise MalformedHeader
    if names(head) != expected:
        raise MalformedHeader("The head of the mail has other fields than were written into it.")


def unfolded(field: str) -> str:
    """A field in the relaxed form of DKIM (RFC 6376, section 3.4.2), with its line end."""
    name, _, value = field.partition(":")
    return f"{name.lower()}:{' '.join(value.split())}{END}"


def _encoded(value: str) -> Iterator[str]:
    """Encoded words that never cut a character in two."""
    piece = b""
    for char in value:
        byte = char.encode("utf-8", "replace")
        if len(piece) + len(byte) > _WORD:
            yield _word(piece)
            piece = b""
        piece += byte
    if piece:
        yield _word(piece)


def _word(piece: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(piece).decode()}?="


def _decoded(value: str) -> str:
    """What a reader makes of a text that it takes for a header's value."""
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError, Base64Error, ValueError):
        return value
