"""Addresses: which link targets the wire carries, and how a release is named everywhere."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_CARRIED = re.compile(
    r"(?:https?://[^\x00-\x20\x7f-\x9f/?#]|mailto:[^\x00-\x20]|tel:[+\d])[^\x00-\x20\x7f-\x9f\ud800-\udfff]*",
    re.IGNORECASE,
)


def carried(href: str) -> str | None:
    """The target as the wire carries it, without blanks around it, or None for any other.

    Schemes are those of RFC 9110, RFC 6068 and RFC 3966. A blank or control character inside is
    no address: browsers drop it, and would then read another scheme.
    """
    bare = href.strip(" \t\n\r\f")
    return bare if _CARRIED.fullmatch(bare) else None


def host(href: str) -> str | None:
    """The host of an address that the wire carries; None for any other, such as ``http://[``."""
    try:
        return urlsplit(href).hostname if carried(href) else None
    except ValueError:
        return None


def guid(id_: str) -> str:
    """The name of a release in every format: ``urn:uuid:`` and its id (RFC 9562)."""
    return f"urn:uuid:{id_.removeprefix('urn:uuid:')}"
