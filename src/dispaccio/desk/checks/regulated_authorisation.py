"""Regulated information is spread only by those who may."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("regulated-authorisation", "Leave to spread regulated information")
def regulated_authorisation(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors when the wire has no authorisation (Directive 2004/109/EC, article 21)."""
    label = revision.label
    if label and label.kind is LabelKind.REGULATED and not context.regulated_authorisation:
        message = say(
            "This is labelled as regulated information, which this wire is not authorised to "
            "spread; choose another label, or send it by an authorised service."
        )
        yield Finding(Severity.ERROR, message, "label", label.text)
