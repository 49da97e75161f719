"""The label: what kind of announcement this is, and whether somebody paid for it."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Revision


@check("label-missing", "Label")
def label_missing(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns when the release declares no label, or words whose kind the wire does not know."""
    label = revision.label
    if label and label.kind:
        return
    said = f"has a label that is of no known kind, {shown(label.text)}" if label else "has no label"
    message = f"The release {said}; choose its kind: {', '.join(LabelKind)}."
    yield Finding(Severity.WARNING, message, "label", label.text if label else None)
