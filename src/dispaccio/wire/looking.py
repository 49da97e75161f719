"""What the desk looks at before it decides: a text as it will read, and all that is around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.desk.checks.base import Finding
from dispaccio.errors import NothingOpen, SearchUnavailable, SecondPersonNeeded
from dispaccio.release.dateline import compose
from dispaccio.release.model import Revision
from dispaccio.release.state import TEXT_KINDS, Kind, State
from dispaccio.store import events, organisations, queue, releases, secrets
from dispaccio.store.engine import Tx
from dispaccio.store.events import Event
from dispaccio.store.queue import Claim
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.trace.normalize import phrases
from dispaccio.wire.core import Wire, find_for
from dispaccio.wire.draft import Draft, open_draft
from dispaccio.wire.public import Public
from dispaccio.wire.review import label_for, open_of, second_person
from dispaccio.wire.shown import Shown
from dispaccio.wire.submit import likeness_of
from dispaccio.words import say

EARLIER, SIMILAR, WORDS = 5, 5, 3
"""How many releases of the issuer and similar texts are shown; by how many words they are found."""
_SHORTEST, _PIECE = 4, 3
"""Letters of a word that is looked for, and characters of a piece of text without blanks."""


@dataclass(frozen=True, slots=True)
class Same:
    """Another release with the very same text: its number, or its id while it is not public."""

    ref: str
    public: bool


@dataclass(frozen=True, slots=True)
class Open:
    """A revision on its way: its text as it will read, what the checks say, and who has it.

    ``refused`` says why the one who looks may not approve it, where that is sure. ``before`` is a
    release time that it had and lost again. ``near`` are public releases that share the words
    ``near_by`` of the headline; it is None where this wire cannot search.
    """

    revision: RevisionRow
    text: Revision
    asked_for: datetime | None
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    claim: Claim | None
    original: str | None
    refused: str | None
    before: datetime | None
    same: tuple[Same, ...]
    near: tuple[Shown, ...] | None
    near_by: tuple[str, ...]

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.revision.state)


@dataclass(frozen=True, slots=True)
class Looked:
    """A release as the desk sees it: what is open, what is public, and its history."""

    release: ReleaseRow
    number: str | None
    issuer: str | None
    last: RevisionRow | None
    open: Open | None
    public: Shown | None
    earlier: tuple[Shown, ...]
    history: tuple[Event, ...]


def look(wire: Wire, public: Public, actor: Actor, ref: str) -> Looked:
    """A release with all that is around it; that somebody read an unreleased text is recorded.

    Raises NoSuchRelease, NotAllowed, KeyNeeded, SealBroken.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.APPROVE_WIRE)
        issuer = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
        history = events.of_release(tx, row.key)
        last = releases.newest_revision(tx, row.key)
        revision = releases.open_revision(tx, row.key)
        found = _open(wire, tx, actor, row, revision, history) if revision else None
    number = wire.number(row.ordinal) if row.ordinal else None
    if found is not None:
        found = _with_near(public, found, number)
        with wire.store.write(wire.clock.now()) as tx:
            events.append(tx, "read_unreleased", actor.name, release=row.key)
    shown = public.release(number) if number else None
    earlier = public.latest(EARLIER + 1, issuer=row.issuer, whole=False) if row.issuer else []
    return Looked(
        release=row,
        number=number,
        issuer=issuer.name if issuer else None,
        last=last,
        open=found,
        public=shown.shown if shown else None,
        earlier=_others(earlier, number)[:EARLIER],
        history=tuple(history),
    )


def original(wire: Wire, actor: Actor, ref: str) -> tuple[str, bytes]:
    """What was handed in, byte for byte, and its media type; the record says who took it.

    Raises NothingOpen, also for a text that was typed here, and what ``look`` raises.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row, revision, _ = open_of(wire, tx, actor, Action.APPROVE_WIRE, ref)
        kept = secrets.original_of(tx, revision.key)
        if kept is None:
            raise NothingOpen(say("There is no document that this text was made from."))
        plain = wire.data_key(tx, row).open(f"original/{revision.key}", kept[1])
    with wire.store.write(wire.clock.now()) as tx:
        events.append(tx, "read_original", actor.name, release=row.key, revision=revision.key)
    return kept[0], plain


def _open(
    wire: Wire,
    tx: Tx,
    actor: Actor,
    row: ReleaseRow,
    revision: RevisionRow,
    history: Iterable[Event],
) -> Open:
    draft = open_draft(wire.data_key(tx, row), revision.sealed or b"")
    kept = secrets.original_of(tx, revision.key)
    return Open(
        revision=revision,
        text=as_it_will_read(wire, row, draft, revision),
        asked_for=draft.revision.release_time,
        findings=draft.findings,
        warnings=draft.warnings,
        claim=queue.claim_of(tx, revision.key),
        original=kept[0] if kept else None,
        refused=_refused(wire, actor, row, revision, draft),
        before=_before(history, revision, tx.now),
        same=_same(wire, tx, row, draft),
        near=None,
        near_by=(),
    )


def as_it_will_read(wire: Wire, row: ReleaseRow, draft: Draft, revision: RevisionRow) -> Revision:
    """With the label and the dateline that publishing gives it, as far as they are settled."""
    said = draft.revision
    language = wire.settings.language
    label = label_for(said, None, relayed=row.relayed, language=language)
    dateline = said.dateline
    if not row.relayed and Kind(revision.kind) in TEXT_KINDS:
        at = revision.release_time or wire.clock.now()
        day = at.astimezone(wire.settings.zone_info).date()
        dateline = compose(said.place, day, wire.settings.mark, said.language or language)
    return replace(said, label=label, dateline=dateline)


def _refused(
    wire: Wire, actor: Actor, row: ReleaseRow, revision: RevisionRow, draft: Draft
) -> str | None:
    try:
        second_person(wire, actor, row, revision, draft)
    except SecondPersonNeeded as error:
        return error.message
    return None


def _before(history: Iterable[Event], revision: RevisionRow, now: datetime) -> datetime | None:
    """The release time that an approved text had last and that is still to come."""
    found = [event.detail for event in history if event.revision == revision.key]
    times = [said.get("instead_of") or said.get("release_time") for said in reversed(found)]
    later = (datetime.fromisoformat(at) for at in times if at)
    return next((at for at in later if at > now), None) if revision.state == "approved" else None


def _same(wire: Wire, tx: Tx, row: ReleaseRow, draft: Draft) -> tuple[Same, ...]:
    found = []
    for id in secrets.like(tx, likeness_of(wire, draft.revision))[: SIMILAR + 1]:
        other = releases.by_id(tx, id)
        if other is not None and other.key != row.key:
            number = wire.number(other.ordinal) if other.ordinal else None
            found.append(Same(number or id, public=number is not None))
    return tuple(found)


def _with_near(public: Public, found: Open, number: str | None) -> Open:
    near: tuple[Shown, ...] = ()
    wanted: tuple[str, ...] = ()
    try:
        for words in (WORDS, WORDS - 1):
            wanted = searched(found.text.headline, words)
            listed = public.search(" ".join(wanted), SIMILAR + 1, whole=False) if wanted else []
            if near := _others(listed, number)[:SIMILAR]:
                break
    except SearchUnavailable:
        return found
    return replace(found, near=near, near_by=wanted)


def searched(headline: str, words: int) -> tuple[str, ...]:
    """The words of a headline by which near texts are found: its longest, in their order.

    Of a script without blanks they are pieces of a few characters.
    """
    pieces: list[str] = []
    for phrase in phrases(headline):
        if len(phrase) > 1:
            pieces += ["".join(phrase[at : at + _PIECE]) for at in range(0, len(phrase), _PIECE)]
        elif len(phrase[0]) >= _SHORTEST:
            pieces += phrase
    unique = list(dict.fromkeys(pieces))
    longest = sorted(unique, key=len, reverse=True)[:words]
    return tuple(piece for piece in unique if piece in longest)


def _others(listed: Iterable[Shown], number: str | None) -> tuple[Shown, ...]:
    return tuple(shown for shown in listed if shown.number != number)
