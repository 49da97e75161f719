"""The press contact: somebody whom a newsroom can ask."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("press-contact", "Press contact")
def press_contact(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns when nobody can be asked; another wire's release only gets a note."""
    if any(contact.email or contact.phone for contact in revision.contacts):
        return
    severity = Severity.NOTE if context.relayed else Severity.WARNING
    message = (
        say(
            "The release names press contacts, but no e-mail address or telephone; add one whom "
            "newsrooms can ask, with an address or a number."
        )
        if revision.contacts
        else say(
            "The release gives no press contact; add one whom newsrooms can ask, with an address "
            "or a number."
        )
    )
    yield Finding(severity, message, "contacts")
