"""A label that no longer says that somebody paid."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("label-weakened", "Labels that say less than before")
def label_weakened(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns when the text was handed in, or is public, as paid for, and the new label is silent."""
    label = revision.label
    before = next((said for said in context.labels_before if said.paid), None)
    if before is None or (label is not None and label.paid):
        return
    message = say(
        "The label was {before}, which says that somebody paid, and this would be published "
        "{now}, which does not; keep the label, or make sure that nobody paid.",
        before=shown(before.text),
        now=say("labelled {label}", label=shown(label.text)) if label else say("without a label"),
    )
    yield Finding(Severity.WARNING, message, "label", before.text)
