"""A label that names who paid and says that nobody did."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("payer-of-unpaid", "Payers of releases that are not paid for")
def payer_of_unpaid(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors when there is a payer, but the label is one of releases that nobody pays for."""
    label = revision.label
    if label is None or label.paid or not label.paid_by:
        return
    message = say(
        "The label {label} says that nobody paid, yet {payer} is named as the payer; label the "
        "release promotional, or leave the payer out.",
        label=shown(label.text),
        payer=shown(label.paid_by),
    )
    yield Finding(context.text_fault, message, "label", label.paid_by)
