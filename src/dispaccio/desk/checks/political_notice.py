"""Political advertising carries its transparency notice, complete."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Revision
from dispaccio.words import in_a_row, say

REQUIRED = ("sponsor", "controller", "payer", "period", "amounts", "origin")
"""What Regulation (EU) 2024/900, articles 11 and 12, asks of every notice, as names of details."""


@check("political-notice", "Notice of political advertising")
def political_notice(revision: Revision, context: Context) -> Iterator[Finding]:
    """Errors until every required statement stands in the label's details."""
    label = revision.label
    if label is None or label.kind is not LabelKind.POLITICAL:
        return
    stated = {name for name, value in label.details if value.strip()}
    missing = [name for name in REQUIRED if name not in stated]
    if missing:
        message = say(
            "Political advertising needs its notice, and this one lacks: {missing}; state them in "
            "the label's details.",
            missing=in_a_row(missing),
        )
        yield Finding(Severity.ERROR, message, "label", label.text)
