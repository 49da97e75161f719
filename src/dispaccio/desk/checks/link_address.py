"""Addresses of links: those that run a program or hide their host, and those nobody can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import HIDDEN, shown
from dispaccio.desk.checks.reading.passages import inside, links
from dispaccio.release.model import Revision
from dispaccio.words import Sentence, say

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
            message = say(
                "The link {link} {inside} {why}.",
                link=shown(link.href),
                inside=inside(link.where),
                why=why,
            )
            yield Finding(severity, message, link.where, link.href)


def _wrong(href: str, fault: Severity) -> tuple[Severity, Sentence] | None:
    """What is wrong with an address as a browser reads it, which skips blanks and controls."""
    bare = re.sub(r"[\x00-\x20\x7f-\xa0]", "", HIDDEN.sub("", href)).lower()
    scheme = _SCHEME.match(bare)
    if scheme and _DANGEROUS.fullmatch(scheme[1]):
        return (
            fault,
            say(
                "runs or opens something by {scheme}; link to a web page instead",
                scheme=f"{scheme[1]}:",
            ),
        )
    authority = _AUTHORITY.match(bare)
    if authority and ("@" in authority[1] or "\\" in bare):
        return fault, say("hides which host it leads to; write it without @ and \\")
    if scheme and scheme[1] in _FOLLOWED:
        return None
    if scheme and not bare[scheme.end() :].lstrip("/")[:1].isdigit():
        return (
            Severity.WARNING,
            say(
                "begins with {scheme}, which many readers cannot follow; use https",
                scheme=f"{scheme[1]}:",
            ),
        )
    return Severity.WARNING, say("is not a whole address; begin it with https://")
