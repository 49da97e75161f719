"""Mail addresses as this wire takes them: one spelling, which every server reads alike."""

from __future__ import annotations

import re

from dispaccio.errors import MalformedMailAddress
from dispaccio.words import say

# RFC 5321 section 4.1.2, without quoted local parts: `"a b"@…` is read in more than one way.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{3,253}}\Z)(?:{_LABEL}\.)+{_LABEL}", re.ASCII)


def parse(text: str) -> str:
    """A bare address such as ``rita@gazette.example``; the domain in small A-labels (RFC 5890).

    Raises MalformedMailAddress.
    """
    local, at, domain = text.strip().rpartition("@")
    name = _ascii(domain).lower().removesuffix(".")
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(name):
        raise MalformedMailAddress(
            say(
                "{text} is not a mail address such as rita@gazette.example.",
                text=repr(text.strip()[:80]),
            )
        )
    return f"{local}@{name}"


def hidden(text: str) -> str:
    """An address with most of it hidden, for a page that knows not who reads it."""
    local, _, domain = text.rpartition("@")
    return f"{local[:1]}…@{domain}"


def domain_of(address: str) -> str:
    """What stands behind the ``@``."""
    return address.rpartition("@")[2]


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain
