"""Handing in a text: read, checked, sealed in the vault, and put before the desk."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.anatomy import embargo
from dispaccio.desk.checks import registry as checks
from dispaccio.desk.checks.base import Context, Finding, Published, Severity
from dispaccio.desk.checks.new_issuer import FIRST_RELEASES
from dispaccio.embargo.vault import DataKey
from dispaccio.errors import (
    ChangedMeanwhile,
    IdempotencyConflict,
    IllegalMove,
    NothingOpen,
    UnderCorrection,
)
from dispaccio.formats import codec, native
from dispaccio.intake import submission as intake
from dispaccio.intake.submission import Submission, Wishes
from dispaccio.release.label import Label
from dispaccio.release.model import Party, Reason, Relation, Revision
from dispaccio.release.state import TEXT_KINDS, Kind, State, Status, in_words, may_follow, move
from dispaccio.store import events, organisations, releases, secrets
from dispaccio.store.engine import Tx
from dispaccio.store.organisations import Issuer
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.wire import filed, press
from dispaccio.wire.core import Wire, find_for, public_reason
from dispaccio.wire.draft import Draft, open_draft
from dispaccio.wire.organisations import channel_key, issuer_for
from dispaccio.words import say


@dataclass(frozen=True, slots=True)
class Receipt:
    """The wire's answer to a submission; ``new`` is False when it was known already."""

    id: str
    state: State
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    new: bool = True

    def to_json(self) -> dict[str, Any]:
        """The receipt as the API gives it."""
        return {
            "id": self.id,
            "state": self.state.value,
            "findings": [codec.encode(finding) for finding in self.findings],
            "warnings": list(self.warnings),
            "new": self.new,
        }


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission as the door took it, with its Idempotency-Key if it had one.

    ``all_media``: the text names all the pictures and files that it is to have.
    ``along`` is done in the transaction that keeps it, with the keys of release and revision.
    """

    data: bytes
    media_type: str | None = None
    wishes: Wishes = field(default_factory=Wishes)
    idempotency_key: str | None = None
    all_media: bool = False
    along: Callable[[Tx, int, int], None] = lambda tx, release, revision: None


def submit(wire: Wire, actor: Actor, handed: Handed) -> Receipt:
    """A new release of an issuer. Who may not submit learns nothing about which issuers there are.

    Raises what the reader raises, UnknownIssuer, UnknownChannel, UnknownGroup, Forbidden.
    """
    slug = handed.wishes.issuer
    require(actor, Action.SUBMIT, issuer=slug or min(actor.issuers, default=None))
    wire.require_room()
    submission = intake.receive(handed.data, handed.media_type, handed.wishes)
    with wire.store.read(wire.clock.now()) as tx:
        issuer = issuer_for(tx, actor, slug)
        press.may_choose(actor, handed.wishes.to, issuer.slug)
        if known := _known_reply(wire, tx, actor, handed, issuer.slug):
            return known
        taken = intake.as_own(submission, party(issuer), handed.wishes, wire.settings.language)
        draft = check(wire, tx, taken, context_of(wire, tx, issuer))
    return _keep_new(wire, actor, handed, taken, draft, issuer)


def revise(
    wire: Wire, actor: Actor, ref: str, handed: Handed, *, kind: Kind, reason: Reason | None = None
) -> Receipt:
    """A new text for a release: of a returned draft, or a correction of what is public.

    Raises IllegalMove, NothingOpen, UnderCorrection, ReasonNeeded, and what ``submit`` raises.
    """
    wire.require_room()
    reason = public_reason(reason)
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.CORRECT if row.ordinal else Action.EDIT_DRAFT, issuer=row.issuer)
        known = _known_reply(wire, tx, actor, handed, f"{row.id} {kind}")
        if known:
            return known
        _may_be_revised(row, kind, releases.open_revision(tx, row.key))
        press.may_choose(actor, handed.wishes.to, row.issuer, public=row.ordinal is not None)
        issuer = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
        context = replace(
            context_of(wire, tx, issuer, relayed=row.relayed), labels_before=public_label(tx, row)
        )
        before = _text_before(wire, tx, row)
    submission = intake.receive(handed.data, handed.media_type, handed.wishes)
    if issuer is None or row.relayed:
        taken = intake.as_taken(submission, handed.wishes)
        taken = intake.no_weaker(taken, before)
    else:
        taken = intake.as_own(submission, party(issuer), handed.wishes, wire.settings.language)
    related = Relation(f"urn:uuid:{row.id}", row.version, kind.value) if row.version else None
    channel = taken.revision.channel or row.channel
    revision = replace(
        taken.revision,
        kind=kind if row.ordinal else Kind.ORIGINAL,
        reason=reason if row.ordinal else None,
        relates=related,
        channel=channel,
    )
    with wire.store.read(wire.clock.now()) as tx:
        kept = None if handed.all_media else before
        taken = replace(taken, revision=filed.carried_over(wire, tx, row, revision, kept))
        draft = check(wire, tx, taken, context)
    return _keep_revised(wire, actor, handed, taken, draft, row, kind)


def _may_be_revised(row: ReleaseRow, kind: Kind, waiting: RevisionRow | None) -> None:
    """Nothing, if a new text may be handed in: no notice has one, and one at a time is waiting."""
    if row.ordinal is not None:
        if kind not in TEXT_KINDS:
            raise IllegalMove(say("A {kind} brings no text of its own.", kind=in_words(kind)))
        may_follow(Status(row.status) if row.status else None, kind)
    elif waiting is None:
        raise NothingOpen(
            say("This text was rejected or called off, which is final; submit it anew.")
        )
    if waiting is not None and waiting.state != State.RETURNED:
        raise UnderCorrection


def _text_before(wire: Wire, tx: Tx, row: ReleaseRow) -> Revision:
    """What was there: the text that was returned, or the public one as another wire wrote it."""
    waiting = releases.open_revision(tx, row.key)
    if waiting is not None:
        return open_draft(wire.data_key(tx, row), waiting.sealed or b"").revision
    said = _public_text(tx, row)
    return said if row.archive or not row.relayed else replace(said, hops=said.hops[:-1])


def _public_text(tx: Tx, row: ReleaseRow) -> Revision:
    """The newest public revision that brought a text."""
    public = [r for r in releases.published_revisions(tx, row.key) if Kind(r.kind) in TEXT_KINDS]
    return native.kept(public[-1].document or b"{}")


def check(wire: Wire, tx: Tx, taken: Submission, context: Context) -> Draft:
    """The draft of a submission, with what the checks find and what it is known again by."""
    likeness = likeness_of(wire, taken.revision)
    stated = (taken.stated,) if taken.stated else ()
    known = replace(
        context,
        published_text=lambda said: _published(wire, tx, said, likeness),
        labels_before=(*stated, *context.labels_before),
    )
    findings = findings_of(taken.revision, taken.warnings, known)
    return Draft(taken.revision, findings, taken.warnings, taken.stated, likeness=likeness)


def findings_of(
    revision: Revision, warnings: tuple[str, ...], context: Context
) -> tuple[Finding, ...]:
    """What the checks find, and what follows from an embargo whose end nobody could tell."""
    found = checks.run(revision, context)
    if embargo.unclear(warnings):
        severity = Severity.ERROR if revision.release_time is None else Severity.WARNING
        message = say(
            "The text is under embargo and does not say clearly until when; set the "
            "release time, or it would be published at once."
        )
        found = (Finding(severity, message, "embargo", check="embargo-in-text"), *found)
    return found


def context_of(wire: Wire, tx: Tx, issuer: Issuer | None, *, relayed: bool = False) -> Context:
    """What the wire knows around a submission, for checks while the transaction lasts."""
    names = organisations.issuer_names(tx)
    return Context(
        now=wire.clock.now(),
        zone=wire.settings.zone_info,
        wire_name=wire.settings.mark,
        issuer_name=issuer.name if issuer else None,
        issuer_did=issuer.did if issuer else None,
        issuer_approved=_approved(tx, issuer),
        proved_domains=frozenset(issuer.domains) if issuer else frozenset(),
        other_issuers=tuple(name for name in names if not issuer or name != issuer.name),
        published_text=lambda said: _published(wire, tx, said, likeness_of(wire, said)),
        relayed=relayed,
        regulated_authorisation=wire.settings.regulated_authorisation or None,
    )


def _approved(tx: Tx, issuer: Issuer | None) -> int:
    """Enough of the count for the check: an issuer may have a hundred thousand releases."""
    return organisations.approved_releases(tx, issuer.key, FIRST_RELEASES) if issuer else 0


def likeness_of(wire: Wire, revision: Revision) -> tuple[bytes, ...]:
    """The keyed hashes by which the same release is known again."""
    return tuple(wire.vault.likeness(mark) for mark in intake.likeness_of(revision))


def _published(
    wire: Wire, tx: Tx, revision: Revision, likeness: tuple[bytes, ...]
) -> Published | None:
    """Another release with the same body that is public, or was."""
    found = secrets.published_like(tx, likeness, _own_id(revision))
    return Published(wire.number(found[0]), found[1] == Status.CANCELED) if found else None


def public_label(tx: Tx, row: ReleaseRow) -> tuple[Label, ...]:
    """The label that a release has in public, if it is public and has one."""
    if row.ordinal is None:
        return ()
    label = _public_text(tx, row).label
    return (label,) if label else ()


def party(issuer: Issuer) -> Party:
    """An issuer as the model names it."""
    return Party(issuer.name, issuer.domains[0] if issuer.domains else None, issuer.did)


def keep(
    wire: Wire,
    tx: Tx,
    actor: Actor,
    taken: Submission,
    draft: Draft,
    release: int,
    key: DataKey,
    *,
    relayed: bool,
) -> tuple[int, State]:
    """Write a revision with its original and likeness; its key and the state it stands in."""
    state = move(move(State.DRAFT, State.SUBMITTED), State.IN_REVIEW)
    stopped = any(finding.severity is Severity.ERROR for finding in draft.findings)
    if stopped and not relayed:
        state = move(state, State.RETURNED)
    revision = releases.add_revision(
        tx,
        {
            "release": release,
            "kind": (draft.revision.kind or Kind.ORIGINAL).value,
            "state": state.value,
            "release_time": draft.revision.release_time,
            "sealed": draft.seal(key),
            "submitted_by": actor.name,
            "submitted": tx.now,
        },
    )
    sealed = key.seal(f"original/{revision}", taken.original)
    secrets.add_originals(tx, [(revision, taken.media_type, sealed)])
    secrets.add_likeness(tx, release, draft.likeness)
    events.append(tx, "submitted", actor.name, release=release, revision=revision)
    if state is State.RETURNED:
        events.append(tx, "returned", "checks", release=release, revision=revision)
    return revision, state


def _keep_new(
    wire: Wire, actor: Actor, handed: Handed, taken: Submission, draft: Draft, issuer: Issuer
) -> Receipt:
    id = str(uuid.uuid4())
    key, wrapped = wire.vault.new_key(id)
    with wire.store.write(wire.clock.now()) as tx:
        known = _known_reply(wire, tx, actor, handed, issuer.slug)
        if known:
            return known
        channel = channel_key(tx, draft.revision.channel)
        release = releases.add(tx, id, issuer_=issuer.key, channel_=channel, relayed=False)
        secrets.add_vault_key(tx, release, wrapped)
        press.choose_in(tx, release, issuer, handed.wishes.to)
        revision, state = keep(wire, tx, actor, taken, draft, release, key, relayed=False)
        handed.along(tx, release, revision)
        receipt = Receipt(id, state, draft.findings, draft.warnings)
        _remember(wire, tx, actor, handed, issuer.slug, release, key, receipt)
    return receipt


def _keep_revised(
    wire: Wire,
    actor: Actor,
    handed: Handed,
    taken: Submission,
    draft: Draft,
    row: ReleaseRow,
    kind: Kind,
) -> Receipt:
    purpose = f"{row.id} {kind}"
    with wire.store.write(wire.clock.now()) as tx:
        known = _known_reply(wire, tx, actor, handed, purpose)
        if known:
            return known
        now = wire.find(tx, row.id)
        before = releases.open_revision(tx, row.key)
        _may_be_revised(now, kind, before)
        if now.version != row.version:
            raise ChangedMeanwhile
        if before is not None:
            state = move(State(before.state), State.CALLED_OFF)
            releases.change_revision(tx, before.key, state=state.value)
        key = wire.data_key(tx, row)
        channel_key(tx, draft.revision.channel)
        press.choose_for(tx, now, handed.wishes.to)
        revision, state = keep(wire, tx, actor, taken, draft, row.key, key, relayed=row.relayed)
        handed.along(tx, row.key, revision)
        receipt = Receipt(row.id, state, draft.findings, draft.warnings)
        _remember(wire, tx, actor, handed, purpose, row.key, key, receipt)
    return receipt


def _own_id(revision: Revision) -> str | None:
    return revision.relates.id.removeprefix("urn:uuid:") if revision.relates else None


def _macs(wire: Wire, actor: Actor, handed: Handed, purpose: str) -> tuple[bytes, bytes]:
    key = (handed.idempotency_key or "").encode()
    wishes = json.dumps(codec.encode(replace(handed.wishes, zone=None)), sort_keys=True)
    mac = wire.vault.reply_mac(actor.person_id.encode(), key)
    return mac, wire.vault.reply_mac(handed.data, wishes.encode(), purpose.encode())


def _known_reply(wire: Wire, tx: Tx, actor: Actor, handed: Handed, purpose: str) -> Receipt | None:
    """The answer to the same request before: same person, key, text, wishes and purpose."""
    if handed.idempotency_key is None:
        return None
    mac, body_mac = _macs(wire, actor, handed, purpose)
    kept = secrets.reply_to(tx, mac)
    if kept is None:
        return None
    if kept[0] != body_mac:
        raise IdempotencyConflict
    row = releases.by_key(tx, kept[1])
    assert row is not None
    said = json.loads(wire.data_key(tx, row).open("reply", kept[2]))
    findings = tuple(codec.decode(Finding, item) for item in said["findings"])
    warnings = tuple(said["warnings"])
    return Receipt(said["id"], State(said["state"]), findings, warnings, new=False)


def _remember(
    wire: Wire,
    tx: Tx,
    actor: Actor,
    handed: Handed,
    purpose: str,
    release: int,
    key: DataKey,
    receipt: Receipt,
) -> None:
    if handed.idempotency_key is not None:
        mac, body_mac = _macs(wire, actor, handed, purpose)
        sealed = key.seal("reply", json.dumps(receipt.to_json()).encode())
        secrets.add_reply(tx, mac, body_mac, release, sealed)
