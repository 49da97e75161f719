"""Header lines of a request (RFC 9110, section 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dispaccio.errors import MalformedHeader

# RFC 9110, sections 5.1 and 5.5, but for the headers that the client writes itself.
_FIELDS = re.compile(
    r"(?:(?!(?:accept-encoding|connection|content-length|expect|host|te|trailer|transfer-encoding"
    r"|upgrade):)[!#$%&'*+\-.^_`|~0-9a-z]+: [\t\x20-\x7e\x80-\xff]*\r\n)*",
    re.IGNORECASE,
)


def fields(headers: Mapping[str, str]) -> str:
    """Write header lines. Raises MalformedHeader for what could begin another line."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") != len(headers) or not _FIELDS.fullmatch(lines):
        raise MalformedHeader
    return lines
