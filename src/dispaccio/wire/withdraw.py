"""Taking back what is public: withhold, make usable again, withdraw. No second person is needed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.embargo import files
from dispaccio.embargo.schedule import to_millisecond
from dispaccio.errors import IllegalMove, NotPublished, ReasonNeeded
from dispaccio.formats import native
from dispaccio.release import notice as notices
from dispaccio.release.model import Reason, Relation, Revision
from dispaccio.release.state import TEXT_KINDS, Kind, State, Status, may_follow, move, status_after
from dispaccio.store import events, receipts, releases
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.wire import edition as editions
from dispaccio.wire import filed
from dispaccio.wire.core import Wire, find_for, public_reason
from dispaccio.wire.draft import Draft
from dispaccio.wire.edition import Place
from dispaccio.wire.publish import Published, put_out

ACTIONS = {
    Kind.WITHHOLD: Action.WITHHOLD,
    Kind.USABLE_AGAIN: Action.WITHHOLD,
    Kind.WITHDRAWAL: Action.WITHDRAW,
}


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a notice would do: the release as it stands, and whom it reaches.

    ``may`` is False where such a notice cannot follow any more. ``told`` counts the deliveries of
    the newest revision by their state.
    """

    number: str
    status: Status
    version: int
    issuer: str | None
    headline: str | None
    language: str | None
    endpoints: int
    subscribers: int
    told: dict[str, int]
    may: bool


def prospect(wire: Wire, actor: Actor, number: str, kind: Kind) -> Prospect:
    """What a notice of that kind would do. Raises NoSuchRelease, NotPublished, Forbidden."""
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, number)
        require(actor, ACTIONS[kind], issuer=row.issuer)
        if row.ordinal is None or row.status is None or row.version is None:
            raise NotPublished
        text = _newest_text(releases.published_revisions(tx, row.key))
        endpoints, subscribers = receipts.reached(tx, row.key)
        told = receipts.states_of(tx, row.key, row.version)
    status = Status(row.status)
    may = True
    try:
        may_follow(status, kind)
    except IllegalMove:
        may = False
    return Prospect(
        number=wire.number(row.ordinal),
        status=status,
        version=row.version,
        issuer=row.issuer,
        headline=text.headline,
        language=native.kept(text.document or b"{}", whole=False).language,
        endpoints=endpoints,
        subscribers=subscribers,
        told=told,
        may=may,
    )


def notice(wire: Wire, actor: Actor, number: str, kind: Kind, reason: Reason | None) -> Published:
    """Publish a notice about a release: withhold, usable_again or withdrawal, in one transaction.

    Raises NoSuchRelease, NotPublished, IllegalMove, ReasonNeeded, Forbidden.
    """
    reason = public_reason(reason)
    if kind is not Kind.USABLE_AGAIN and reason is None:
        raise ReasonNeeded
    with wire.store.write(wire.clock.now(), urgent=True) as opened:
        tx = replace(opened, now=wire.clock.now())
        row = find_for(wire, tx, actor, number)
        require(actor, ACTIONS[kind], issuer=row.issuer)
        if row.ordinal is None:
            raise NotPublished
        done = _publish(wire, tx, actor, row, kind, reason)
        gone = filed.close(wire, tx, row) if kind is Kind.WITHDRAWAL else []
    wire.tell()
    files.remove(wire.home, gone)
    return done


def _publish(
    wire: Wire, tx: Tx, actor: Actor, row: ReleaseRow, kind: Kind, reason: Reason | None
) -> Published:
    public = releases.published_revisions(tx, row.key)
    kinds = [Kind(revision.kind) for revision in public]
    may_follow(status_after(kinds), kind)
    text = _newest_text(public)
    said = _said(text)
    revision = releases.add_revision(
        tx,
        {
            "release": row.key,
            "kind": kind.value,
            "state": State.SEALED.value,
            "text_of": text.key if kind is Kind.USABLE_AGAIN else None,
            "submitted_by": actor.name,
            "submitted": tx.now,
            "approved_by": actor.name,
            "approved": tx.now,
            "policy": "notice",
        },
    )
    made = releases.revision_by_key(tx, revision)
    assert made is not None and row.first_created is not None and row.ordinal is not None
    place = Place(
        id=row.id,
        number=wire.number(row.ordinal),
        version=(row.version or 0) + 1,
        kind=kind,
        status=status_after([*kinds, kind]),
        published=to_millisecond(tx.now),
        first_created=row.first_created,
        channel=row.channel,
        relayed=row.relayed,
        archive=row.archive,
    )
    manifest = text.manifest if kind is Kind.USABLE_AGAIN else None
    draft = Draft(_notice(said, kind, reason, row), manifest=manifest)
    ready = editions.make(wire, draft, place)
    done = put_out(wire, tx, row, made, draft, ready, actor=actor.name)
    if kind is Kind.WITHDRAWAL:
        _call_off_what_is_open(tx, row, actor)
    elif kind is Kind.USABLE_AGAIN:
        _render_as_texts(tx, public)
    return done


def _render_as_texts(tx: Tx, public: list[RevisionRow]) -> None:
    """A correction that came while the release was withheld was rendered as a notice."""
    for revision in public:
        said = _said(revision) if Kind(revision.kind) in TEXT_KINDS else None
        if said is not None and said.status is not Status.USABLE:
            usable = replace(said, status=Status.USABLE)
            releases.drop_renderings(tx, revision.key)
            releases.add_renderings(tx, revision.key, tuple(editions.renderings(usable)))


def _newest_text(public: list[RevisionRow]) -> RevisionRow:
    return [revision for revision in public if Kind(revision.kind) in TEXT_KINDS][-1]


def _said(text: RevisionRow) -> Revision:
    return native.kept(text.document or b"{}")


def _notice(said: Revision, kind: Kind, reason: Reason | None, row: ReleaseRow) -> Revision:
    seen = replace(said, kind=kind)
    shown = seen if kind is Kind.USABLE_AGAIN else notices.shown(seen)
    related = Relation(f"urn:uuid:{row.id}", row.version, kind.value)
    ours = row.relayed and not row.archive and kind in TEXT_KINDS
    hops = shown.hops[:-1] if ours else shown.hops
    return replace(shown, kind=kind, reason=reason, relates=related, hops=hops)


def _call_off_what_is_open(tx: Tx, row: ReleaseRow, actor: Actor) -> None:
    """A withdrawal is final: a correction on its way ends here."""
    waiting = releases.open_revision(tx, row.key)
    if waiting is not None and State(waiting.state) is not State.PUBLISHED:
        state = move(State(waiting.state), State.CALLED_OFF)
        releases.change_revision(tx, waiting.key, state=state.value)
        events.append(tx, "called_off", actor.name, release=row.key, revision=waiting.key)
