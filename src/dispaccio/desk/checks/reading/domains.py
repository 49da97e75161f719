"""Domains as people see them: decoded, compared, and looked at for disguise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from dispaccio.desk.checks.reading import characters

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@([^\s@<>()\[\],;:\"\\/]{1,253})")
_WRITTEN = re.compile(
    r"(?:https?://)?(?:[^\s@/?#]{1,64}@)?((?:[\w-]{1,63}\.){1,8}(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{1,59}))"
    r"(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_FILE = re.compile("pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|svg|mp3|mp4|zip|js|txt")


def of_address(email: str) -> str | None:
    """The domain of an e-mail address; None for what is not plainly one address."""
    found = _ADDRESS.fullmatch(email.strip())
    return readable(found[1]) if found else None


def of_link(href: str) -> str | None:
    """The host of an http(s) link, or the domain of a mailto one; None where there is none."""
    try:
        parts = urlsplit(href.strip())
        if parts.scheme == "mailto":
            return of_address(parts.path)
        host = parts.hostname if parts.scheme in {"http", "https"} else None
    except ValueError:
        return None
    return readable(host) if host else None


def written_as(text: str) -> str | None:
    """The domain that a reader takes a text for, if the whole text is an address or a domain."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found or _FILE.fullmatch(found[1].rpartition(".")[2].lower()):
        return None
    return readable(found[1])


def readable(host: str) -> str:
    """A host in lower case and in its own letters (``xn--`` labels decoded, RFC 3492)."""
    labels = unicodedata.normalize("NFKC", host[:253]).lower().strip(".").split(".")
    return ".".join(_decoded(label) for label in labels)


def within(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of the domains, or below one of them."""
    return any(
        host == domain or host.endswith(f".{domain}") for domain in map(readable, domains) if domain
    )


def related(one: str, other: str) -> bool:
    """Whether two hosts are the same, or one lies below the other; ``www`` does not count."""
    first, second = one.removeprefix("www."), other.removeprefix("www.")
    return within(first, [second]) or within(second, [first])


def twin(host: str, domains: Iterable[str]) -> str | None:
    """The domain that a host, or a domain that it lies below, looks like without being it."""
    labels = host.split(".")
    skeletons = {
        characters.skeleton(".".join(labels[index:])) for index in range(max(1, len(labels) - 1))
    }
    for domain in sorted(map(readable, domains)):
        if characters.skeleton(domain) in skeletons and not within(host, [domain]):
            return domain
    return None


def odd_letters(host: str) -> str:
    """The letters by which a host deceives, or nothing.

    A label of two scripts, or one of Cyrillic or Greek letters that all look Latin below a Latin
    top level, as browsers judge it.
    """
    labels = host.split(".")
    for label in labels:
        words = characters.LETTERS.findall(label)
        joined = "".join(words)
        foreign = "".join(
            letter
            for letter in joined
            if characters.CYRILLIC.match(letter) or characters.GREEK.match(letter)
        )
        if foreign and characters.LATIN.search(joined):
            return foreign
        if foreign and labels[-1].isascii() and characters.disguised(joined):
            return foreign
    return ""


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
