"""A mailbox in one file (RFC 4155): messages behind lines that begin with ``From ``."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENS = re.compile(rb"^From [^\n]{1,200}\d{4}[^\n]{0,40}$", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mailbox(data: bytes) -> bool:
    """Whether a file begins with the line that opens a message in a mailbox."""
    return _OPENS.match(data[:300].replace(b"\r\n", b"\n")) is not None


def messages(data: bytes) -> Iterator[bytes]:
    """The messages of a mailbox, with LF line ends; ``>From `` at a line's start is unquoted."""
    data = data.replace(b"\r\n", b"\n")
    before: re.Match[bytes] | None = None
    for found in _OPENS.finditer(data):
        if found.start() == 0 or data[found.start() - 2 : found.start()] == b"\n\n":
            if before:
                yield _unquoted(data[before.end() + 1 : found.start()])
            before = found
    if before:
        yield _unquoted(data[before.end() + 1 :])


def _unquoted(message: bytes) -> bytes:
    return _QUOTED.sub(rb"\1", message)
