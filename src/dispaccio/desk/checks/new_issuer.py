"""A new issuer: the desk approves its first releases, whatever the wire's policy says."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision
from dispaccio.release.state import Kind
from dispaccio.words import say

FIRST_RELEASES = 3
"""How many releases of a new issuer need the desk's approval."""


@check("new-issuer", "First releases of a new issuer")
def new_issuer(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns on the first three releases of an account; corrections do not count."""
    if context.relayed or revision.kind not in {None, Kind.ORIGINAL}:
        return
    if context.issuer_approved < FIRST_RELEASES:
        message = say(
            "This is release {number} of a new issuer; the desk has to approve the first {first}, "
            "so check who sends it.",
            number=context.issuer_approved + 1,
            first=FIRST_RELEASES,
        )
        yield Finding(Severity.WARNING, message, "issuer")
