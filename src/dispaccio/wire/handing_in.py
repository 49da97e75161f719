"""A draft on its way to the desk: what the checks say of it, and handing it in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dispaccio.access.actor import Actor
from dispaccio.desk.checks.base import Finding, Severity
from dispaccio.errors import DraftConflict, FindingsStop, InputError
from dispaccio.formats import native
from dispaccio.intake import sheet as sheets
from dispaccio.intake import submission as intake
from dispaccio.intake.submission import Submission, Wishes
from dispaccio.release.model import Reason, Relation
from dispaccio.release.state import Kind
from dispaccio.store import drafts
from dispaccio.store.engine import Tx
from dispaccio.wire import draft_files, drafting, submit
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import Draft
from dispaccio.wire.drafting import Open
from dispaccio.wire.submit import Handed, Receipt
from dispaccio.words import in_a_row, say

CHECK = "form"
"""The name under which the form itself says what cannot be read."""


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as the desk would get it: the text with all findings, and what was left out of it."""

    draft: Draft
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]

    @property
    def stopped(self) -> bool:
        """Whether an error keeps it from being handed in."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def look(wire: Wire, kept: Open) -> Look:
    """What a draft would be if it were handed in now. Never raises for what was typed."""
    said = sheets.read(kept.sheet)
    found = [Finding(Severity.ERROR, one.message, one.where, check=CHECK) for one in said.unread]
    if kept.public and not kept.sheet.reason:
        message = say("Choose why the text is changed; everybody reads that.")
        found.append(Finding(Severity.ERROR, message, "reason", check=CHECK))
    handed = _handed(kept, said)
    try:
        submission = intake.receive(handed.data, handed.media_type, handed.wishes)
    except InputError as error:
        found.append(Finding(Severity.ERROR, error.message, check=CHECK))
        return Look(Draft(said.revision), tuple(found), said.warnings)
    taken = _as_revision(
        kept,
        intake.as_own(submission, submit.party(kept.issuer), handed.wishes, wire.settings.language),
    )
    taken = replace(taken, warnings=(*said.warnings, *taken.warnings))
    with wire.store.read(wire.clock.now()) as tx:
        context = submit.context_of(wire, tx, kept.issuer)
        if kept.revises is not None:
            context = replace(context, labels_before=submit.public_label(tx, kept.revises))
        draft = submit.check(wire, tx, taken, context)
    return Look(draft, (*found, *draft.findings), draft.warnings)


def hand_in(wire: Wire, actor: Actor, id: str, saved: int) -> Receipt:
    """Hand in a draft as it was saved at that state: as a new text, or as the one that it revises.

    The draft ends in the transaction that keeps the text. Raises DraftConflict if it was saved
    since, DraftHandedIn, FindingsStop where a check finds an error, and what ``submit`` raises.
    """
    kept = drafting.show(wire, actor, id)
    if kept.saved != saved:
        raise DraftConflict(kept=kept)
    seen = look(wire, kept)
    if seen.stopped:
        errors = [item.message for item in seen.findings if item.severity is Severity.ERROR]
        raise FindingsStop(say("The checks found errors: {errors}", errors=in_a_row(errors, " ")))

    def along(tx: Tx, release: int, revision: int) -> None:
        row = drafting.mine(tx, actor, id)
        draft_files.hand_over(wire, tx, row, kept.sheet, release)
        if not drafts.end(tx, row.key, saved, release_=release):
            raise DraftConflict(kept=drafting.opened(wire, tx, row))
        drafting.remember(wire, tx, kept)

    handed = replace(
        _handed(kept, sheets.read(kept.sheet)), idempotency_key=id, along=along, all_media=True
    )
    if kept.revises is None:
        return submit.submit(wire, actor, handed)
    reason = reason_of(kept)
    return submit.revise(wire, actor, kept.revises.id, handed, kind=kind_of(kept), reason=reason)


def kind_of(kept: Open) -> Kind:
    """What a draft does to its release."""
    asked = kept.sheet.kind
    known = asked in (Kind.CORRECTION, Kind.ADDITION, Kind.REFILE)
    return Kind(asked) if known else Kind.CORRECTION if kept.public else Kind.ORIGINAL


def reason_of(kept: Open) -> Reason | None:
    """Why a public text is corrected, in the words of the form."""
    if not kept.public:
        return None
    return Reason(kept.sheet.reason or "correction", kept.sheet.why.strip() or None)


def _handed(kept: Open, said: sheets.Read) -> Handed:
    """A draft as it is handed in: in the native format, with what the form wishes."""
    wishes = Wishes(issuer=kept.issuer.slug, channel=kept.sheet.channel or None, to=kept.sheet.to)
    return Handed(native.pack(said.revision), native.MEDIA_TYPE, wishes)


def _as_revision(kept: Open, taken: Submission) -> Submission:
    """The text with what it follows, by which its own release is no other one with that text."""
    row = kept.revises
    if row is None or row.version is None:
        return taken
    kind = kind_of(kept)
    related = Relation(f"urn:uuid:{row.id}", row.version, kind.value)
    revision = replace(taken.revision, kind=kind, relates=related, reason=reason_of(kept))
    return replace(taken, revision=revision)
