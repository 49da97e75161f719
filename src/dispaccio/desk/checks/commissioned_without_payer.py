"""A commissioned release says who paid."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("commissioned-without-payer", "Who paid for a commissioned release")
def commissioned_without_payer(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors when the label says that somebody paid, but not who (Codice del consumo 22(2)).

    Another wire's label is kept as it came, so there it is only a note.
    """
    label = revision.label
    if label is None or not label.paid or label.paid_by or dict(label.details).get("payer"):
        return
    message = say(
        "The label says that somebody paid for this release, but not who; state the payer, even if "
        "it is the issuer itself."
    )
    severity = Severity.NOTE if context.relayed else Severity.ERROR
    yield Finding(severity, message, "label", label.text)
