"""The label: what kind of announcement this is, and whether somebody paid for it."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Revision
from dispaccio.words import in_a_row, say, term


@check("label-missing", "Label")
def label_missing(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns when the release declares no label, or words whose kind the wire does not know."""
    label = revision.label
    if label and label.kind:
        return
    kinds = in_a_row(map(term, LabelKind))
    message = (
        say(
            "The release has a label that is of no known kind, {label}; choose its kind: {kinds}.",
            label=shown(label.text),
            kinds=kinds,
        )
        if label
        else say("The release has no label; choose its kind: {kinds}.", kinds=kinds)
    )
    yield Finding(Severity.WARNING, message, "label", label.text if label else None)
