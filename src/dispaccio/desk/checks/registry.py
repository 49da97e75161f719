"""Running the checks: every installed one, on one revision, within a bound."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from itertools import islice

from dispaccio.desk.checks.base import (
    PROTOCOL_VERSION,
    Check,
    Context,
    Finding,
    NamedCheck,
    Severity,
)
from dispaccio.release.model import Revision
from dispaccio.release.state import TEXT_KINDS
from dispaccio.words import say

GROUP = "dispaccio.checks"
MOST_FINDINGS = 20
"""How many findings one check may make about one revision."""

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_PARTS = ("headline", "subhead", "place", "body", "boilerplate", "contacts", "links", "media")
_WHERE = re.compile(r"([^/]+)(?:/(\d{1,9}))?", re.ASCII)


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """Every installed check, built-in and third-party ones alike, in the order of their names."""
    found = (_load(point) for point in sorted(entry_points(group=GROUP), key=lambda p: p.name))
    return tuple(check for check in found if check.version == PROTOCOL_VERSION)


def run(
    revision: Revision, context: Context, using: Iterable[Check] | None = None
) -> tuple[Finding, ...]:
    """What the checks say of a revision: errors, then warnings, then notes, each in text order.

    ``using`` are the checks to run, by default all that are installed. A notice (withhold, usable
    again, withdrawal) has no text of its own and nothing is checked. A check that crashes never
    loses the submission: it becomes a warning that names it. A hostile text costs little, since
    checks read a bounded part of it (``reading.passages``) and say a bounded number of things.
    """
    if revision.kind is not None and revision.kind not in TEXT_KINDS:
        return ()
    found = [
        finding
        for check in (checks() if using is None else using)
        for finding in _of_one(check, revision, context)
    ]
    return tuple(sorted(found, key=_rank))


def _of_one(check: Check, revision: Revision, context: Context) -> list[Finding]:
    """The findings of one check, cut short, and with what it said before it crashed."""
    found: list[Finding] = []
    try:
        found.extend(islice(check(revision, context), MOST_FINDINGS))
    except Exception as error:
        message = say(
            "The check {name} failed ({error}), so look at this yourself: {title}.",
            name=check.name,
            error=type(error).__name__,
            title=check.title.lower(),
        )
        found.append(Finding(Severity.WARNING, message, check=check.name))
    if len(found) == MOST_FINDINGS:
        message = say(
            "The check {name} stopped after {most} findings; there may be more.",
            name=check.name,
            most=MOST_FINDINGS,
        )
        found.append(Finding(Severity.WARNING, message, check=check.name))
    return found


def _rank(finding: Finding) -> tuple[int, int, str, int, str, str]:
    """Severity, then the place in the order of a release; what concerns the whole comes last."""
    place = _WHERE.fullmatch(finding.where or "")
    part, index = (place[1], int(place[2] or 0)) if place else ("~", 0)
    order = _PARTS.index(part) if part in _PARTS else len(_PARTS)
    return _ORDER[finding.severity], order, part, index, finding.check, finding.message


def _load(point: EntryPoint) -> Check:
    """The check behind an entry point; one that cannot be loaded fails when it is run."""
    try:
        loaded: Check = point.load()
    except Exception as error:
        reason = error

        def broken(revision: Revision, context: Context) -> Iterable[Finding]:
            raise reason

        return NamedCheck(point.name, f"what {point.name} looks for", broken)
    return loaded
