"""Header fields of a message (RFC 5322), decoded (RFC 2047), and refused where they are ambiguous.

What an encoded word hides is judged after decoding: CR, LF and NUL are refused, since whoever
writes the value into a header again would write a header of the sender's choosing.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from email.message import Message
from email.policy import default as policy
from typing import Any

from dispaccio.errors import InputError, MalformedDocument, TooLarge, WrongCharset
from dispaccio.formats import strict

MAX_HEAD, MAX_FIELD = 512 * 1024, 16 * 1024
"""The most bytes that the head of a message may have, and a field of it that is looked into."""
ONCE = ("from", "subject", "date", "message-id", "sender", "content-type", "reply-to")
"""Fields that may stand once: two of them are read differently by different programs."""

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_WORD = re.compile(rb"=\?([A-Za-z0-9_.:+*-]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_COMMANDING = re.compile(r"[\r\n\0]")
_ADDRESS = r"[^\s<>()\[\]@,;:\"\\]{1,200}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}"
_MAILBOX = re.compile(
    rf'(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<plain>[^<>()\[\]@,;:"\\]*))\s*<(?P<in>{_ADDRESS})>'
    rf"|(?P<bare>{_ADDRESS})(?:\s*\((?P<comment>[^()\\@]*)\))?"
)
_COMMA = re.compile(r',\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')
_SIGNS = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_SEVEN_BITS = frozenset(("us-ascii", "ascii", "ansi_x3.4-1968"))
_UTF_8 = frozenset(("utf-8", "utf8", "unicode-1-1-utf-8"))
_LATIN_1 = frozenset(("iso-8859-1", "iso8859-1", "latin-1", "latin1", "l1"))
_HIGH = re.compile(rb"[\x80-\xff]")
_MOST_HIGH = 0.2
"""How many of a text's bytes may be letters beyond ASCII, if it is to be windows-1252."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who a message is from: the name, if there is one, and the address."""

    name: str | None
    address: str


def split(data: bytes) -> tuple[list[tuple[str, bytes]], bytes]:
    """The fields of a head, unfolded, by their lower-case names, and the body behind it.

    ``data`` has LF line ends. Raises MalformedDocument with the line, or TooLarge.
    """
    head, gap, body = (b"", b"\n", data[1:]) if data[:1] == b"\n" else data.partition(b"\n\n")
    if len(head) > MAX_HEAD:
        raise TooLarge(f"The message's head has more than {MAX_HEAD:,} bytes.")
    fields: list[tuple[str, list[bytes]]] = []
    for number, line in enumerate(head.rstrip(b"\n").split(b"\n") if head else (), start=1):
        if b"\r" in line or b"\0" in line:
            raise MalformedDocument(f"Line {number} of the head holds a bare CR or NUL.")
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
        elif found := _FIELD.fullmatch(line):
            fields.append((found[1].decode("ascii").lower(), [found[2]]))
        elif not (number == 1 and line.startswith((b"From ", b">From "))):
            raise MalformedDocument(f"Line {number} of the head is no header field.")
    return [(name, b"".join(lines)) for name, lines in fields], body if gap else b""


def judge(fields: list[tuple[str, bytes]]) -> None:
    """Raise MalformedDocument for what is ambiguous in the head of a message, or commands."""
    names = [name for name, _ in fields]
    for name in ONCE:
        if names.count(name) > 1:
            raise MalformedDocument(f"The message has {names.count(name)} fields {_shown(name)}.")
    for name, value in fields:
        if b"=?" in value:
            for word in _WORD.finditer(value[:MAX_FIELD]):
                if any(sign in _unpacked(word) for sign in (b"\r", b"\n", b"\0")):
                    raise _hiding(name)


def text(name: str, value: bytes, warnings: list[str]) -> str:
    """The value of a field on one line, its encoded words decoded.

    Raises MalformedDocument for hidden line breaks, WrongCharset for a charset that is not known.
    """
    if len(value) > MAX_FIELD:
        raise TooLarge(f"{_shown(name)} has more than {MAX_FIELD:,} bytes.")
    pieces: list[str] = []
    at, charset, held = 0, "", b""
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        kind = word[1].decode("ascii").partition("*")[0].lower()
        if held and (between.strip() or kind != charset):
            pieces.append(decoded(held, charset, _shown(name), warnings))
            held = b""
        if between.strip() or at == 0:
            pieces.append(_raw(between, name, warnings))
        charset, at = kind, word.end()
        held += _unpacked(word)
    pieces += [decoded(held, charset, _shown(name), warnings)] if held else []
    pieces.append(_raw(value[at:], name, warnings))
    said = "".join(pieces)
    if _COMMANDING.search(said):
        raise _hiding(name)
    return " ".join(said.split())


def decoded(data: bytes, charset: str, where: str, warnings: list[str]) -> str:
    """Text in a declared charset; windows-1252 said to be something else is taken with a warning.

    Raises WrongCharset for a name that is none, and for bytes of another charset that do not fit.
    """
    name = charset.lower() or "us-ascii"
    if name in _LATIN_1:
        return strict.decode(data, "iso-8859-1" if _undefined(data) else "cp1252")
    if name not in _SEVEN_BITS and name not in _UTF_8:
        return strict.decode(data, charset)
    try:
        return strict.decode(data, "utf-8")
    except WrongCharset:
        if _undefined(data) or len(_HIGH.findall(data)) > _MOST_HIGH * len(data):
            raise
    warnings.append(f"{where} is said to be {charset or 'ASCII'}; it was read as windows-1252.")
    return strict.decode(data, "cp1252")


def mailbox(value: bytes, warnings: list[str]) -> Mailbox | None:
    """The one mailbox of ``From``; None, with a warning, where it names several.

    It is read by the strict grammar, and again by the standard library: where the two disagree,
    or where neither reads it, MalformedDocument is raised.
    """
    said = " ".join(_raw(value, "from", warnings).split())
    found = _MAILBOX.fullmatch(said) if len(said) < 1000 else None
    if found is None:
        several = _COMMA.split(said) if len(said) < 1000 else []
        if len(several) > 1 and all(_MAILBOX.fullmatch(one) for one in several):
            warnings.append("From names several senders; none was taken for the author.")
            return None
        raise MalformedDocument(f"From cannot be read in one way only: {said[:80]!r}.")
    address = found["in"] or found["bare"]
    if address not in _judged(said):
        raise MalformedDocument(f"From cannot be read in one way only: {said[:80]!r}.")
    name = (found["quoted"] or "").strip('"').replace("\\", "") or found["plain"] or ""
    name = name or found["comment"] or ""
    shown = text("from", name.strip().encode(), warnings)
    if "@" in shown and shown.casefold() != address.casefold():
        raise MalformedDocument(f"From names two addresses: {said[:80]!r}.")
    return Mailbox(shown or None, address)


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """A structured value such as ``Content-Type``, in lower case, and its parameters (RFC 2231)."""
    if len(value) > MAX_FIELD:
        raise TooLarge(f"A header field has more than {MAX_FIELD:,} bytes.")
    holder = Message()
    holder["content-type"] = _SIGNS.sub("", value.decode("utf-8", "replace"))
    found: list[tuple[str, Any]] = holder.get_params(failobj=[])
    if not found:
        return "", {}
    (kind, _), *rest = found
    said: dict[str, str] = {}
    for name, told in rest:
        said.setdefault(name.lower(), told if isinstance(told, str) else _extended(*told))
    return kind.strip().lower(), said


def _extended(charset: str | None, _language: str | None, value: str) -> str:
    """An extended value (RFC 2231), whose octets the library gives as Latin-1."""
    return value.encode("latin-1", "replace").decode(_codec(charset), "replace")


def _judged(said: str) -> list[str]:
    """The addresses that the standard library finds in ``From``; none where it finds a defect."""
    try:
        header = policy.header_factory("From", said)
        return [one.addr_spec for one in header.addresses] if len(header.addresses) == 1 else []
    except Exception:  # its parser raises what it likes (IndexError, AttributeError …)
        return []


def _codec(charset: str | None) -> str:
    try:
        "".encode(charset or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    return charset or "utf-8"


def _raw(value: bytes, name: str, warnings: list[str]) -> str:
    """Bytes outside encoded words: UTF-8 (RFC 6532), else windows-1252 with a warning."""
    return decoded(value, "utf-8", _shown(name), warnings) if value else ""


def _unpacked(word: re.Match[bytes]) -> bytes:
    try:
        if word[2] in (b"q", b"Q"):
            return binascii.a2b_qp(word[3], header=True)
        return binascii.a2b_base64(word[3] + b"=" * (-len(word[3]) % 4))
    except (binascii.Error, ValueError):
        return word[0]


def _hiding(name: str) -> InputError:
    return MalformedDocument(f"{_shown(name)} hides a line break or NUL in an encoded word.")


def _shown(name: str) -> str:
    return "-".join(piece.capitalize() for piece in name.split("-")).replace("-Id", "-ID")


def _undefined(data: bytes) -> bool:
    """Whether there are bytes in it that windows-1252 leaves undefined."""
    return any(sign in data for sign in b"\x81\x8d\x8f\x90\x9d")
