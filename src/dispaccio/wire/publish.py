"""Publishing: prepared in memory before T, one transaction at T."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from dispaccio.access.actor import Actor
from dispaccio.access.roles import Action
from dispaccio.delivery import filter as filters
from dispaccio.delivery import plan
from dispaccio.delivery.filter import Facts
from dispaccio.embargo.schedule import in_a_crowd, to_millisecond
from dispaccio.errors import ClockUntrusted, InternalError, StoreFailed
from dispaccio.formats import native
from dispaccio.log import leaf
from dispaccio.release import subjects
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Reason, Revision
from dispaccio.release.state import TEXT_KINDS, Kind, State, Status, may_follow, move, status_after
from dispaccio.store import (
    endpoints,
    events,
    leaves,
    organisations,
    outbox,
    releases,
    search,
    secrets,
)
from dispaccio.store import subjects as listed
from dispaccio.store.engine import Tx
from dispaccio.store.outbox import Class
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.wire import edition as editions
from dispaccio.wire import filed
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import Draft, open_draft
from dispaccio.wire.edition import Edition, Place
from dispaccio.wire.review import approve, open_of, seal
from dispaccio.words import say

STUCK = 60.0
"""Seconds after which what could not be published is tried again, if nothing else is due."""
MOST_TOGETHER = 32
"""How many publications may share one transaction, where many have the same instant."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became public: the number, the revision, and how many deliveries it started."""

    number: str
    version: int
    published: datetime
    deliveries: int


class Publisher:
    """Publishes what is due. Keeps what it prepared in memory, and nowhere else."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._prepared: dict[tuple[int, bytes | None], tuple[Draft, Edition]] = {}
        """By the revision and its ciphertext, which is another one each time it is sealed."""
        self._lock = Lock()
        self.stuck: dict[int, str] = {}
        """Revisions that are due and could not be published, with the kind of error."""
        self._tried = wire.clock.monotonic()
        self._began = wire.clock.now()
        self._behind = 0

    def is_behind(self) -> bool:
        """Whether more is due than goes into one transaction."""
        return self._behind > MOST_TOGETHER

    def next_due(self) -> datetime | None:
        """The earliest release time of what is sealed; what is stuck counts once in ``STUCK``."""
        again = self._wire.clock.monotonic() - self._tried >= STUCK
        with self._wire.store.read(self._wire.clock.now()) as tx:
            return releases.next_due(tx, () if again else self.stuck.keys())

    def prepare(self, until: datetime) -> None:
        """Render and sign, in memory, what is due until then, with tentative numbers."""
        wire = self._wire
        with self._lock, wire.store.read(wire.clock.now()) as tx:
            ordinal = releases.next_ordinal(tx)
            coming = [row for row, _ in releases.due(tx, until)]
            for gone in self._prepared.keys() - {(row.key, row.sealed) for row in coming}:
                del self._prepared[gone]
            for row in coming:
                with suppress(Exception):  # publishing it will say what is wrong, and hold no other
                    ordinal = self._prepare(tx, row, ordinal)

    def _prepare(self, tx: Tx, row: RevisionRow, ordinal: int) -> int:
        """One revision, if it is not prepared already; the number that comes after its own."""
        wire, release = self._wire, releases.by_key(tx, row.release)
        assert release is not None and row.release_time is not None
        place = _place(wire, tx, release, row, row.release_time, ordinal)
        ready = self._prepared.get((row.key, row.sealed))
        if ready is None or ready[1].place != place:
            draft = open_draft(wire.data_key(tx, release), row.sealed or b"")
            self._prepared[row.key, row.sealed] = draft, editions.make(wire, draft, place)
        return ordinal + (release.ordinal is None)

    def publish_due(self) -> list[Published]:
        """Publish every sealed revision whose instant has come.

        The first goes alone, and then more and more share a transaction and its fsync, so that
        nobody waits for a thousand others. Raises ClockUntrusted while the clock cannot be trusted.
        """
        wire, done = self._wire, []
        require_clock(wire)
        with self._lock:
            self._tried, self._began = wire.clock.monotonic(), wire.clock.now()
            with wire.store.read(wire.clock.now()) as tx:
                due = [(row.key, row.release) for row, _ in releases.due(tx, tx.now)]
            self._behind = len(due)
            try:
                for some in _growing(due):
                    found = self._publish_some(some)
                    self._behind -= len(some)
                    if found:
                        done += found
                        wire.tell()
            finally:
                self._behind = 0
        return done

    def _publish_some(self, due: list[tuple[int, int]]) -> list[Published]:
        """Some revisions; what keeps one from being public keeps no other one."""
        try:
            done = self._publish_together(due)
        except (StoreFailed, ClockUntrusted):
            raise
        except Exception as error:
            if len(due) > 1:
                return [found for one in due for found in self._publish_some([one])]
            self.stuck[due[0][0]] = type(error).__name__
            return []
        for key, _ in due:
            self.stuck.pop(key, None)
        return done

    def _publish_together(self, due: list[tuple[int, int]]) -> list[Published]:
        wire, done = self._wire, []
        with wire.store.write(wire.clock.now(), urgent=True) as tx:
            for key, release in due:
                now = wire.clock.now()
                require_clock(wire)  # it may have jumped since what is due was looked up
                found = self._publish(replace(tx, now=now), key, release)
                if found is not None:
                    done.append(found)
        return done

    def _publish(self, tx: Tx, key: int, release_key: int) -> Published | None:
        wire = self._wire
        row, release = releases.revision_by_key(tx, key), releases.by_key(tx, release_key)
        if row is None or release is None or row.state != State.SEALED:
            return None
        if row.release_time is None or row.release_time > tx.now:
            return None
        if release.status == Status.CANCELED:
            releases.change_revision(tx, key, state=move(State.SEALED, State.CALLED_OFF).value)
            return None
        at = in_a_crowd(row.release_time, max(self._began, row.release_time), tx.now)
        place = _place(wire, tx, release, row, at, releases.next_ordinal(tx))
        draft, ready = self._prepared.pop((key, row.sealed), (None, None))
        if draft is None:
            draft = open_draft(wire.data_key(tx, release), row.sealed or b"")
        if ready is None or ready.place != place:
            ready = editions.make(wire, draft, place)
        return put_out(wire, tx, release, row, draft, ready, actor="wire")


def _growing(due: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """All that is due in its order, in portions: one, two, four, up to MOST_TOGETHER."""
    size = 1
    while due:
        yield due[:size]
        due, size = due[size:], min(2 * size, MOST_TOGETHER)


def publish(wire: Wire, actor: Actor, ref: str, *, confirm: bool = False) -> list[Published]:
    """Publish now: approve if that is still to be done, seal, and run the transaction.

    A text under embargo is sealed until its embargo ends, and nothing is published yet. Raises
    what ``approve`` raises, IllegalMove, ClockUntrusted, and InternalError where the transaction
    failed.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row, revision, _ = open_of(wire, tx, actor, Action.PUBLISH, ref)
    require_clock(wire)
    if revision.state == State.IN_REVIEW:
        approve(wire, actor, ref, confirm=confirm, now=True)
    with wire.store.write(wire.clock.now()) as tx:
        row, revision, draft = open_of(wire, tx, actor, Action.PUBLISH, ref)
        state = State(revision.state)
        if state is State.SEALED:
            state = move(state, State.APPROVED)
        now = to_millisecond(tx.now)
        at = max(now, draft.revision.embargo or now)
        seal(wire, tx, actor, row, replace(revision, state=state.value), draft, at)
    wire.tell()
    publisher = Publisher(wire)
    publisher.publish_due()
    with wire.store.read(wire.clock.now()) as tx:
        done = _published(tx, row, revision.key)
    if not done and revision.key in publisher.stuck:
        raise InternalError(
            say(
                "The wire failed at publishing this ({stuck}); it stays sealed and is tried "
                "again every minute.",
                stuck=publisher.stuck[revision.key],
            )
        )
    return done


def _published(tx: Tx, release: ReleaseRow, key: int) -> list[Published]:
    """What became of one revision, whoever ran the transaction: this call, or the server's loop."""
    found = releases.revision_by_key(tx, key)
    if found is None or found.published is None or found.version is None:
        return []
    said = [e for e in events.of_release(tx, release.key) if e.revision == key]
    detail = next(e.detail for e in reversed(said) if e.kind == "published")
    number, count = str(detail["number"]), int(detail["deliveries"])
    return [Published(number, found.version, found.published, count)]


def put_out(
    wire: Wire,
    tx: Tx,
    release: ReleaseRow,
    row: RevisionRow,
    draft: Draft,
    ready: Edition,
    *,
    actor: str,
) -> Published:
    """The publishing transaction: state, number, parts, search row, leaf and delivery rows."""
    place = ready.place
    ordinal = release.ordinal or releases.next_ordinal(tx)
    body = editions.leaf_of(ready, draft, row.seal_leaf)
    hashed = leaf.hash_of(body)
    leaves.append(tx, body, hashed, revision=row.key)
    _open_up(tx, row, draft, ready)
    order = plan.order_of(hashed)
    count = _deliver(tx, release, place, ready.revision, order)
    detail = {
        "number": place.number,
        "version": place.version,
        "kind": place.kind.value,
        "deliveries": count,
        "order": order,
    }
    said = events.append(
        tx, events.PUBLISHED, actor, release=release.key, revision=row.key, detail=detail
    )
    releases.change(
        tx,
        release.key,
        ordinal=ordinal,
        status=place.status.value,
        version=place.version,
        shown=release.shown if place.withheld_for else row.key,
        first_created=place.first_created,
        changed=said,
    )
    filed.open_up(wire, tx, release, ready.revision)
    secrets.add_parts(tx, [(row.key, draft.parts)])
    releases.add_renderings(tx, row.key, ready.renderings)
    index(tx, ordinal, ready.revision, release.channel)
    return Published(place.number, place.version, place.published, count)


def _open_up(tx: Tx, row: RevisionRow, draft: Draft, ready: Edition) -> None:
    """The revision's row becomes public: what was sealed goes, what was made from it comes."""
    releases.change_revision(
        tx,
        row.key,
        state=move(State(row.state), State.PUBLISHED).value,
        version=ready.place.version,
        published=ready.place.published,
        sealed=None,
        document=ready.document,
        headline=ready.revision.headline or None,
        manifest=draft.manifest,
        issuer_signature=draft.signature,
        issuer_key=draft.signer,
        statement=ready.statement,
        wire_signature=ready.signature,
    )


def _place(
    wire: Wire, tx: Tx, release: ReleaseRow, row: RevisionRow, at: datetime, ordinal: int
) -> Place:
    kind = Kind(row.kind)
    before = releases.published_revisions(tx, release.key) if release.ordinal else []
    kinds = [Kind(revision.kind) for revision in before]
    may_follow(status_after(kinds) if kinds else None, kind)
    status = status_after([*kinds, kind])
    return Place(
        id=release.id,
        number=wire.number(release.ordinal or ordinal),
        version=(release.version or 0) + 1,
        kind=kind,
        status=status,
        published=at,
        first_created=release.first_created or at,
        channel=release.channel,
        relayed=release.relayed,
        archive=release.archive,
        withheld_for=_why_withheld(before) if status is Status.WITHHELD else None,
    )


def _why_withheld(public: list[RevisionRow]) -> Reason | None:
    notice = next(row for row in reversed(public) if Kind(row.kind) is Kind.WITHHOLD)
    return native.kept(notice.document or b"{}").reason


def _deliver(
    tx: Tx, release: ReleaseRow, place: Place, said: Revision, order: tuple[int, int]
) -> int:
    """The deliveries of a revision. Nobody was sent what came from an archive, nor will be."""
    if place.archive:
        return 0
    if place.kind is Kind.WITHDRAWAL:
        return outbox.recall(tx, release.key, place.version)
    if place.kind is Kind.WITHHOLD:
        outbox.supersede(tx, release.key, place.version)
    channel = organisations.channel_named(tx, release.channel) if release.channel else None
    asked = endpoints.filters(tx)
    return outbox.fan_out(
        tx,
        release.key,
        place.version,
        channel=channel.key if channel else None,
        class_=Class.ORIGINAL if place.kind is Kind.ORIGINAL else Class.CORRECTION,
        filters=filters.matching(asked, Facts.of(said, release.issuer)) if asked else (),
        order=order,
    )


def index(tx: Tx, ordinal: int, said: Revision, channel: str | None) -> None:
    """Let a release be found by its words and its subjects, or while taken back by neither."""
    dated = said.first_created if said.archive else None
    if said.status is not Status.USABLE or said.kind not in (*TEXT_KINDS, Kind.USABLE_AGAIN):
        search.drop(tx, ordinal, dated)
        listed.drop(tx, ordinal)
        return
    facets = () if said.archive else subjects.facets(said.subjects)
    listed.put(tx, ordinal, facets, channel)
    search.put(tx, [(ordinal, dated, searched(said))])


def searched(said: Revision) -> str:
    """The text of a release by which it is found."""
    texts = [said.headline, said.subhead, said.place, said.issuer and said.issuer.name]
    texts += [block.text for block in said.body]
    return "\n".join(text for text in texts if text)


def require_clock(wire: Wire) -> None:
    """Nothing, while the wall clock can be trusted. Raises ClockUntrusted."""
    if wire.clock_trusted():
        return
    if wire.guard.trusted():
        raise ClockUntrusted(
            say(
                "The kernel's clock is not synchronised, and require_synchronised_clock is "
                "set: nothing is published until it is."
            )
        )
    raise ClockUntrusted(
        say(
            "The wall clock jumped by {jump} s: nothing is published until it is steady "
            "for 10 s, or somebody runs `dispaccio clock accept`.",
            jump=f"{wire.guard.jump:+.1f}",
        )
    )


def describe(done: Published) -> dict[str, object]:
    """A publication as the API gives it."""
    return {
        "number": done.number,
        "version": done.version,
        "published": write_instant(done.published),
        "deliveries": done.deliveries,
    }
