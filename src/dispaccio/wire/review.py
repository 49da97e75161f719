"""The desk's moves: return, reject, park, take up again, call off, approve, set a time."""

from __future__ import annotations

import secrets as random
from dataclasses import replace
from datetime import datetime

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.clock import check_ahead
from dispaccio.desk.checks.base import Severity
from dispaccio.errors import (
    ChangedMeanwhile,
    EmbargoHolds,
    FindingsStop,
    IllegalMove,
    LabelWeakened,
    NothingOpen,
    SecondPersonNeeded,
    WarningsUnconfirmed,
)
from dispaccio.log import leaf
from dispaccio.notary.identity import SigningKey
from dispaccio.release import canonical
from dispaccio.release import label as labels
from dispaccio.release.label import PAID, Label, LabelKind
from dispaccio.release.model import Revision
from dispaccio.release.state import State, in_words, move
from dispaccio.store import events, leaves, organisations, releases
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.wire.core import Wire, find_for
from dispaccio.wire.draft import Draft, open_draft
from dispaccio.wire.submit import context_of, findings_of, public_label
from dispaccio.words import in_a_row, say


def approve(
    wire: Wire,
    actor: Actor,
    ref: str,
    *,
    confirm: bool = False,
    label: LabelKind | None = None,
    at: datetime | None = None,
    now: bool = False,
) -> State:
    """Approve a revision in review; with a release time it is sealed at once.

    ``confirm`` accepts the checks' warnings, ``label`` sets the kind of label, ``at`` the release
    time; ``now`` leaves out the time that the text asks for. Raises IllegalMove, FindingsStop,
    WarningsUnconfirmed, SecondPersonNeeded, TimeOutOfRange.
    """
    row, revision, draft = _look_again(wire, actor, ref, label, at, now=now)
    policy = second_person(wire, actor, row, revision, draft)
    _stop_at_findings(draft, confirm)
    at = draft.revision.release_time
    with wire.store.write(wire.clock.now()) as tx:
        again = opened(wire, tx, actor, Action.APPROVE_WIRE, ref)[1]
        if again.key != revision.key or again.sealed != revision.sealed:
            raise ChangedMeanwhile
        state = move(State(again.state), State.APPROVED)
        releases.change_revision(
            tx,
            revision.key,
            state=state.value,
            approved_by=actor.name,
            approved=tx.now,
            policy=policy,
            release_time=at,
            sealed=draft.seal(wire.data_key(tx, row)),
        )
        releases.approve(tx, row.key)
        _say(tx, "approved", actor, row, revision, policy=policy)
        if at is not None:
            _check_time(draft.revision, at, tx.now)
            seal(wire, tx, actor, row, replace(revision, state=state.value), draft, at)
            state = State.SEALED
    wire.tell()
    return state


def _look_again(
    wire: Wire, actor: Actor, ref: str, label: LabelKind | None, at: datetime | None, *, now: bool
) -> tuple[ReleaseRow, RevisionRow, Draft]:
    """What is to be approved, as it would be published, checked anew: time has passed."""
    with wire.store.read(wire.clock.now()) as tx:
        row, revision, draft = open_of(wire, tx, actor, Action.APPROVE_WIRE, ref)
        if revision.state == State.SEALED:
            raise IllegalMove(
                say("It is approved and sealed already; give it another release time.")
            )
        move(State(revision.state), State.APPROVED)
        issuer = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
        said = draft.with_revision(
            label=label_for(
                draft.revision, label, relayed=row.relayed, language=wire.settings.language
            ),
            release_time=None if now else at or draft.revision.release_time,
        )
        before = draft.revision.label
        stated = before if before and before.paid else draft.stated
        labels_before = (*((stated,) if stated else ()), *public_label(tx, row))
        context = context_of(wire, tx, issuer, relayed=row.relayed)
        context = replace(context, labels_before=labels_before)
        findings = findings_of(said.revision, draft.warnings, context)
    return row, revision, replace(said, findings=findings, stated=stated)


def set_time(wire: Wire, actor: Actor, ref: str, at: datetime) -> State:
    """Give an approved or sealed revision another release time; it is sealed again.

    Raises IllegalMove, EmbargoHolds, TimeOutOfRange.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row, revision = opened(wire, tx, actor, Action.PUBLISH, ref)
        if revision.state == State.SEALED:
            revision = replace(revision, state=move(State.SEALED, State.APPROVED).value)
        draft = open_draft(wire.data_key(tx, row), revision.sealed or b"")
        _check_time(draft.revision, at, tx.now)
        seal(wire, tx, actor, row, revision, draft, at)
    wire.tell()
    return State.SEALED


def seal(
    wire: Wire,
    tx: Tx,
    actor: Actor,
    row: ReleaseRow,
    revision: RevisionRow,
    draft: Draft,
    at: datetime,
) -> None:
    """Sign the issuer's manifest, commit to it in the log, and hold the text until ``at``."""
    state = move(State(revision.state), State.SEALED)
    key = wire.data_key(tx, row)
    parts = canonical.salted(draft.revision)
    said = draft.revision
    own = None if row.relayed else _signing_key(wire, tx, row)
    manifest = canonical.manifest(
        parts,
        iss=said.issuer.did if said.issuer and own else None,
        language=said.language,
        commissioned=said.label.commissioned if said.label else None,
        asked_for=at,
        relates=said.relates,
    )
    nonce = random.token_bytes(32)
    draft = replace(
        draft.with_revision(release_time=at),
        parts=parts,
        manifest=manifest,
        signature=own.sign(manifest) if own else None,
        signer=own.thumbprint if own else None,
        nonce=nonce,
    )
    body = leaf.seal(leaf.commitment(nonce, manifest))
    index = leaves.append(tx, body, leaf.hash_of(body))
    releases.change_revision(
        tx,
        revision.key,
        state=state.value,
        release_time=at,
        sealed=draft.seal(key),
        seal_leaf=index,
    )
    _say(tx, "sealed", actor, row, revision, release_time=canonical.write_instant(at))


def decide(wire: Wire, actor: Actor, ref: str, to: State, *, why: str | None = None) -> State:
    """Move a revision: return it to its author, reject it, park it, or take it up again.

    The reason is kept in the vault with the draft's findings. Raises IllegalMove.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row, revision = opened(wire, tx, actor, Action.APPROVE_WIRE, ref)
        state = move(State(revision.state), to)
        key = wire.data_key(tx, row)
        draft = open_draft(key, revision.sealed or b"")
        if why:
            draft = replace(draft, warnings=(*draft.warnings, say("The desk: {why}", why=why)))
        releases.change_revision(tx, revision.key, state=state.value, sealed=draft.seal(key))
        _say(tx, state.value, actor, row, revision)
    return state


def call_off(wire: Wire, actor: Actor, ref: str) -> State:
    """End a revision that is not published; it will never be. Raises IllegalMove, NothingOpen."""
    with wire.store.write(wire.clock.now()) as tx:
        row, revision = opened(wire, tx, actor, Action.EDIT_DRAFT, ref)
        state = move(State(revision.state), State.CALLED_OFF)
        releases.change_revision(tx, revision.key, state=state.value)
        _say(tx, "called_off", actor, row, revision)
    wire.tell()
    return state


def open_of(
    wire: Wire, tx: Tx, actor: Actor, action: Action, ref: str
) -> tuple[ReleaseRow, RevisionRow, Draft]:
    """A release with its open revision and the draft in it, for somebody who may do that.

    Raises Forbidden, NothingOpen, and NoSuchRelease, also where one exists that is not theirs.
    """
    row, revision = opened(wire, tx, actor, action, ref)
    return row, revision, open_draft(wire.data_key(tx, row), revision.sealed or b"")


def opened(
    wire: Wire, tx: Tx, actor: Actor, action: Action, ref: str
) -> tuple[ReleaseRow, RevisionRow]:
    """The same without the draft, which stays sealed. Raises what ``open_of`` raises."""
    row = find_for(wire, tx, actor, ref)
    require(actor, action, issuer=row.issuer)
    revision = releases.open_revision(tx, row.key)
    if revision is None:
        newest = releases.newest_revision(tx, row.key)
        state = in_words(State(newest.state)) if newest else say("empty")
        raise NothingOpen(
            say(
                "Release {ref} has no revision on its way; the last one is {state}.",
                ref=ref,
                state=state,
            ),
            ref=ref,
        )
    return row, revision


def _stop_at_findings(draft: Draft, confirm: bool) -> None:
    errors = [f.message for f in draft.findings if f.severity is Severity.ERROR]
    if errors:
        raise FindingsStop(say("The checks found errors: {errors}", errors=in_a_row(errors, " ")))
    asked = [f.message for f in draft.findings if f.severity is Severity.WARNING]
    if asked and not confirm:
        raise WarningsUnconfirmed(
            say(
                "The checks ask: {asked} Approve with --confirm, or `confirm` in the API, when "
                "that is right.",
                asked=in_a_row(asked, " "),
            )
        )


def second_person(
    wire: Wire, actor: Actor, release: ReleaseRow, row: RevisionRow, draft: Draft
) -> str:
    """The policy that holds. Another wire's text has its author there: who takes it may publish.

    What was handed in as paid for counts as that, whatever the label is to be. Raises
    SecondPersonNeeded.
    """
    if release.relayed:
        return "relay"
    policy = wire.settings.second_person
    paid = any(label is not None and label.paid for label in (draft.revision.label, draft.stated))
    asked = policy == "always" or (policy == "paid" and paid)
    if asked and actor.name == row.submitted_by:
        raise SecondPersonNeeded(
            say(
                "{name} submitted this text and may not approve it: the wire's policy "
                "second_person = {policy} asks for somebody else.",
                name=actor.name,
                policy=repr(policy),
            )
        )
    return policy


def label_for(
    said: Revision, kind: LabelKind | None, *, relayed: bool, language: str
) -> Label | None:
    """The label to publish under. Another wire's is kept: none is invented, none weakened.

    Raises LabelWeakened.
    """
    before = said.label
    if kind is None:
        if before is not None or relayed:
            return before
        return Label(
            LabelKind.INSTITUTIONAL,
            labels.words(LabelKind.INSTITUTIONAL, said.language or language),
        )
    if relayed and before is not None and before.paid and kind not in PAID:
        raise LabelWeakened(
            say("The other wire's label {text} says that it is paid for.", text=repr(before.text))
        )
    payer = before.paid_by if before and kind in PAID else None
    return replace(
        labels.of_kind(kind, said.language or language, paid_by=payer),
        details=before.details if before else (),
    )


def _check_time(said: Revision, at: datetime, now: datetime) -> None:
    check_ahead(at, now)
    if said.embargo is not None and at < said.embargo:
        raise EmbargoHolds(
            say(
                "The text is under embargo until {time}; it cannot be published before.",
                time=canonical.write_instant(said.embargo),
            )
        )


def _signing_key(wire: Wire, tx: Tx, row: ReleaseRow) -> SigningKey | None:
    issuer = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
    kept = organisations.current_key(tx, issuer.key) if issuer else None
    if issuer is None or kept is None or kept.wrapped is None:
        return None
    return SigningKey(wire.vault.unwrap(kept.wrapped, f"issuer/{kept.thumbprint}"))


def _say(
    tx: Tx, kind: str, actor: Actor, row: ReleaseRow, revision: RevisionRow, **detail: str
) -> None:
    events.append(tx, kind, actor.name, release=row.key, revision=revision.key, detail=detail)
