"""Addresses of links: those that run a program or hide their host, and those nobody can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import HIDDEN, shown
from dispaccio.desk.checks.reading.passages import links, spoken
from dispaccio.release.model import Revision

_SCHEME = re.compile(r"([a-z][a-z0-9+-]*):", re.ASCII)
_FOLLOWED = frozenset({"http", "https", "mailto", "tel"})
_DANGEROUS = re.compile(
    "javascript|vbscript|livescript|data|file|blob|filesystem|about|view-source|jar|mhtml"
)
_AUTHORITY = re.compile(r"https?:[/\\]*([^/\\?#]*)")


@check("link-address", "Addresses of links")
def link_address(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors for ``javascript:`` and its like, and for addresses that hide where they lead."""
    for link in links(revision):
        wrong = _wrong(link.href, context.text_fault)
        if wrong:
            severity, why = wrong
            message = f"The link {shown(link.href)} in {spoken(link.where)} {why}."
            yield Finding(severity, message, link.where, link.href)


def _wrong(href: str, fault: Severity) -> tuple[Severity, str] | None:
    """What is wrong with an address as a browser reads it, which skips blanks and controls."""
    bare = re.sub(r"[\x00-\x20\x7f-\xa0]", "", HIDDEN.sub("", href)).lower()
    scheme = _SCHEME.match(bare)
    if scheme and _DANGEROUS.fullmatch(scheme[1]):
        return (
            fault,
            f"runs or opens something by {scheme[1]}:; link to a web page instead",
        )
    authority = _AUTHORITY.match(bare)
    if authority and ("@" in authority[1] or "\\" in bare):
        return fault, "hides which host it leads to; write it without @ and \\"
    if scheme and scheme[1] in _FOLLOWED:
        return None
    if scheme and not bare[scheme.end() :].lstrip("/")[:1].isdigit():
        return (
            Severity.WARNING,
            f"begins with {scheme[1]}:, which many readers cannot follow; use https",
        )
    return Severity.WARNING, "is not a whole address; begin it with https://"
