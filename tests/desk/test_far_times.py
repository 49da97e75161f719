"""A release time at the end of the calendar breaks no check."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dispaccio.desk.checks import registry
from dispaccio.desk.checks.base import Context, Severity
from dispaccio.release.body import Block
from dispaccio.release.model import Revision


def test_the_year_9999_is_an_error_of_the_release_time_alone() -> None:
    context = Context(datetime(2026, 11, 23, tzinfo=UTC), ZoneInfo("Europe/Rome"), "Ponte")
    revision = Revision(
        headline="Il ponte apre",
        body=(Block.paragraph("Apre martedì 25 novembre 2026 a Bergamo."),),
        release_time=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    )
    found = registry.run(revision, context)
    assert not [finding for finding in found if "failed" in finding.message]
    errors = {finding.check for finding in found if finding.severity is Severity.ERROR}
    assert errors == {"release-time"}
