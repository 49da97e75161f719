"""The addresses of the site: numbers, versions, suffixes and slugs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dispaccio.formats.registry import formats

PROOF = ".proof.json"
SLUG_LENGTH = 60
PRIVATE = frozenset(
    {
        "account",
        "apply",
        "desk",
        "invitation",
        "log-in",
        "login",
        "logout",
        "me",
        "operator",
        "organisations",
        "people",
        "reading",
        "releases",
        "submit",
        "vetting",
    }
)
"""How the addresses of private pages begin, which are no business of the site."""

_RELEASE = re.compile(
    r"(?P<number>T?[1-9][0-9]{8,15})"
    r"(?:/v(?P<version>[1-9][0-9]{0,5}))?"
    r"(?:(?P<suffix>\.[a-z.]{1,20})|/(?P<slug>[^/]*))?",
    re.ASCII,
)
_CHANNEL = re.compile(
    r"(?P<name>[a-z0-9-]+(?:/[a-z0-9-]+)?)"
    r"(?P<rest>/|/atom\.xml|/rss\.xml|/feed\.json|/atom/[1-9][0-9]{0,8}\.xml)?",
    re.ASCII,
)
_ARCHIVE = re.compile(r"/?atom/(?P<page>[1-9][0-9]{0,8})\.xml", re.ASCII)
_RESERVED = re.compile(r"report|v[0-9]+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class ReleaseAddress:
    """What an address below ``/r/`` names. ``slug`` is None where there is none, and no slash."""

    number: str
    version: int | None = None
    suffix: str | None = None
    slug: str | None = None


def parse_release(rest: str) -> ReleaseAddress | None:
    """What ``/r/<rest>`` names, or None: then it cannot be one of ours."""
    found = _RELEASE.fullmatch(rest)
    if not found or (found["version"] and found["slug"] is not None):
        return None
    if _RESERVED.fullmatch(found["slug"] or ""):
        return None
    version = int(found["version"]) if found["version"] else None
    return ReleaseAddress(found["number"], version, found["suffix"], found["slug"])


def parse_channel(rest: str) -> tuple[str, str] | None:
    """The channel that ``/c/<rest>`` names, and what follows: nothing, ``/``, or a feed."""
    found = _CHANNEL.fullmatch(rest)
    return (found["name"], found["rest"] or "") if found else None


def parse_archive(rest: str) -> int | None:
    """The archive page that ``atom/<n>.xml`` names, or None."""
    found = _ARCHIVE.fullmatch(rest)
    return int(found["page"]) if found else None


def slug(headline: str) -> str:
    """The decoration of an address: a headline's Latin letters and digits; empty if it has none.

    It never equals ``report`` or ``v`` with digits, which name other pages.
    """
    plain = unicodedata.normalize("NFKD", headline.casefold()).translate(_LETTERS)
    spaced = re.sub(r"[^a-z0-9]+", "-", re.sub(r"[\u0300-\u036f'’]", "", plain)).strip("-")
    if len(spaced) > SLUG_LENGTH:
        cut = spaced[: SLUG_LENGTH + 1]
        spaced = cut[: cut.rfind("-")] if "-" in cut[20:] else cut[:SLUG_LENGTH]
    spaced = spaced.strip("-")
    return f"{spaced}-" if _RESERVED.fullmatch(spaced) else spaced


def page(number: str, headline: str = "", version: int | None = None) -> str:
    """The path of a release's page, or of one of its versions."""
    if version is not None:
        return f"/r/{number}/v{version}"
    words = slug(headline)
    return f"/r/{number}/{words}" if words else f"/r/{number}"


def twins() -> dict[str, str]:
    """The format behind every suffix that a release's address may have."""
    return {f.about.suffixes[0]: name for name, f in formats().items() if f.about.twin}
