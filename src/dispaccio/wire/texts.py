"""The texts of a press office: its drafts, what is on its way, what came back, what is public."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.desk.checks.base import Finding
from dispaccio.errors import NoSuchRelease, NothingOpen
from dispaccio.formats import codec, native
from dispaccio.release.model import Revision
from dispaccio.release.state import State, Status
from dispaccio.store import drafts, events, listings, organisations, queue, releases
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow
from dispaccio.wire import drafting, places
from dispaccio.wire.core import Wire, find_for
from dispaccio.wire.draft import glance, open_draft
from dispaccio.wire.drafting import Open
from dispaccio.wire.filed import Filed
from dispaccio.wire.files import enclosed
from dispaccio.wire.looking import as_it_will_read
from dispaccio.words import say

MOST = 50
"""How many public releases a page lists."""
MOST_WAITING = 200
"""How many texts on their way it lists."""
SECTIONS = ("returned", "rejected", "drafts", "way", "public")
"""The sections of the list."""
RETURNED, REJECTED, DRAFTS, WAY, PUBLIC = SECTIONS
_STATES = {
    RETURNED: (State.RETURNED.value,),
    REJECTED: (State.REJECTED.value,),
    WAY: tuple(state for state in queue.STATES if state != State.RETURNED),
}
REMEMBERED = timedelta(days=30)
"""How long a text that the desk rejected is listed, from its handing in on."""
DESK = "The desk: "
"""How the desk's words are marked among the warnings of a text."""


@dataclass(frozen=True, slots=True)
class Version:
    """The same text in another language: a draft, or the release that it was handed in as."""

    language: str
    draft: str | None
    release: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that was handed in and is not public: where it stands, and what was said of it."""

    id: str
    issuer: str
    headline: str
    language: str | None
    state: State
    correction: bool
    submitted: datetime
    submitted_by: str
    release_time: datetime | None
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """One text that was handed in, as its people see it: how it will read, and where it stands.

    ``number`` is there if its release is public, so that the text corrects it.
    """

    id: str
    number: str | None
    issuer: str | None
    text: Revision
    state: State
    submitted: datetime
    submitted_by: str
    release_time: datetime | None
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    files: tuple[Filed, ...]


@dataclass(frozen=True, slots=True)
class Public:
    """A release that is public."""

    id: str
    issuer: str
    number: str
    headline: str
    language: str | None
    status: Status
    version: int
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Texts:
    """All of it, each list newest first; ``versions`` by the id of a draft or a release."""

    names: Mapping[str, str]
    drafts: tuple[Open, ...]
    returned: tuple[Waiting, ...]
    rejected: tuple[Waiting, ...]
    on_their_way: tuple[Waiting, ...]
    public: tuple[Public, ...]
    versions: Mapping[str, tuple[Version, ...]]
    further: Mapping[str, str]
    """The cursors of the sections that go on."""


def texts_of(wire: Wire, actor: Actor, section: str = "", after: str = "") -> Texts:
    """The texts of one's issuers, and the drafts that the desk began for others.

    ``section`` is the one of ``SECTIONS`` that is wanted, by default the beginning of each;
    ``after`` the cursor of its page. Raises KeyNeeded, NotAllowed, MalformedCursor.
    """
    require(actor, Action.SUBMIT, issuer=min(actor.issuers, default=None))
    wanted = (section,) if section in SECTIONS else SECTIONS
    further: dict[str, str | None] = {}
    begun: list[Open] = []
    if DRAFTS in wanted:
        begun, further[DRAFTS] = drafting.drafts_of(wire, actor, after)
    place = places.read(after) if section in _STATES else None
    waiting: dict[str, list[Waiting]] = {name: [] for name in _STATES}
    with wire.store.read(wire.clock.now()) as tx:
        for name in waiting.keys() & set(wanted):
            rows = queue.waiting(
                tx,
                MOST_WAITING + 1,
                states=_STATES[name],
                issuers=actor.issuers,
                since=tx.now - REMEMBERED if name == REJECTED else None,
                after=place,
            )
            shown = rows[:MOST_WAITING]
            waiting[name] = [_waiting(wire, row) for row in reversed(shown)]
            if len(rows) > MOST_WAITING:
                further[name] = places.write(shown[-1].release_time, shown[-1].key)
        public: list[Public] = []
        if PUBLIC in wanted:
            public, further[PUBLIC] = _all_public(wire, tx, actor, after)
        names = {one.slug: one.name for one in organisations.issuers(tx)}
        known = [one.id for some in waiting.values() for one in some] + [one.id for one in public]
        versions = _versions(wire, tx, tuple(begun), known)
    return Texts(
        names,
        tuple(begun),
        tuple(waiting[RETURNED]),
        tuple(waiting[REJECTED]),
        tuple(waiting[WAY]),
        tuple(public),
        versions,
        {name: cursor for name, cursor in further.items() if cursor},
    )


def _all_public(wire: Wire, tx: Tx, actor: Actor, after: str) -> tuple[list[Public], str | None]:
    """A page of the public releases of one's issuers, and the cursor of the next."""
    before = int(after) if re.fullmatch(r"[0-9]{1,16}", after, re.ASCII) else None
    found = [
        (row.ordinal or 0, one)
        for slug in sorted(actor.issuers)
        for row, one in _public(wire, tx, slug, before)
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    further = str(found[MOST - 1][0]) if len(found) > MOST else None
    return [one for _, one in found[:MOST]], further


def handed(wire: Wire, actor: Actor, ref: str) -> Handed:
    """The text of a release that is on its way, or ended on it; that it was read is recorded.

    Raises KeyNeeded, NothingOpen where all of it is public (with its ``number``), and
    NoSuchRelease, also for what is not theirs.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        if not may(actor, Action.READ_UNRELEASED, issuer=row.issuer):
            raise NoSuchRelease(say("There is no release {ref}.", ref=ref), ref=ref)
        revision = releases.newest_revision(tx, row.key)
        if revision is None or revision.state == State.PUBLISHED or revision.sealed is None:
            number = wire.number(row.ordinal) if row.ordinal else None
            raise NothingOpen(say("Nothing of this release is on its way."), number=number)
        draft = open_draft(wire.data_key(tx, row), revision.sealed)
        named = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
        events.append(tx, "read_unreleased", actor.name, release=row.key)
        files = enclosed(wire, tx, row, draft.revision)
    return Handed(
        row.id,
        wire.number(row.ordinal) if row.ordinal else None,
        named.name if named else None,
        as_it_will_read(wire, row, draft, revision),
        State(revision.state),
        revision.submitted,
        revision.submitted_by,
        revision.release_time or draft.revision.release_time,
        _reasons(draft.warnings),
        draft.findings,
        files,
    )


def reasons_of(wire: Wire, actor: Actor, ref: str) -> tuple[str, ...]:
    """What the desk wrote when it returned a text that is being mended; nothing of any other.

    Raises NoSuchRelease, also for what is not theirs.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        if not may(actor, Action.READ_UNRELEASED, issuer=row.issuer):
            raise NoSuchRelease(say("There is no release {ref}.", ref=ref), ref=ref)
        revision = releases.newest_revision(tx, row.key)
        if revision is None or revision.state != State.RETURNED or revision.sealed is None:
            return ()
        return _reasons(open_draft(wire.data_key(tx, row), revision.sealed).warnings)


def _reasons(warnings: Iterable[str]) -> tuple[str, ...]:
    """What the desk wrote to the author."""
    return tuple(one.removeprefix(DESK) for one in warnings if one.startswith(DESK))


def _waiting(wire: Wire, row: queue.Waiting) -> Waiting:
    release = row.release
    key = wire.vault.data_key(row.wrapped or b"", release.id)
    seen = glance(key, row.sealed or b"")
    return Waiting(
        release.id,
        release.issuer or "",
        seen["title"] or "",
        seen["language"],
        State(row.state),
        release.ordinal is not None,
        row.submitted,
        row.submitted_by,
        row.release_time,
        _reasons(seen["warnings"]),
        tuple(codec.decode(Finding, one) for one in seen["findings"]),
    )


def _public(wire: Wire, tx: Tx, issuer: str, before: int | None) -> list[tuple[ReleaseRow, Public]]:
    found = []
    for row, document in listings.latest(tx, limit=MOST + 1, before=before, issuer_=issuer):
        said = native.kept(document, whole=False)
        one = Public(
            row.id,
            issuer,
            wire.number(row.ordinal or 0),
            said.headline,
            said.language,
            Status(row.status or Status.USABLE),
            row.version or 1,
            row.first_created,
        )
        found.append((row, one))
    return found


def _versions(
    wire: Wire, tx: Tx, begun: tuple[Open, ...], known: list[str]
) -> dict[str, tuple[Version, ...]]:
    """The other languages of each text, by its id."""
    of = drafts.families(tx, known) | {one.id: one.family for one in begun if one.family}
    if not of:
        return {}
    members: dict[str, list[Version]] = {}
    for row in drafts.relatives(tx, set(of.values())):
        if row.release is None:
            language = drafting.opened(wire, tx, row).sheet.language
            version = Version(language, row.id, None)
        else:
            version = Version(_language_of(wire, tx, row.release), None, row.release)
        members.setdefault(row.family or "", []).append(version)
    return {
        id: tuple(one for one in members.get(family, ()) if id not in (one.draft, one.release))
        for id, family in of.items()
    }


def _language_of(wire: Wire, tx: Tx, id: str) -> str:
    """The language of a release that one of the family became."""
    row = releases.by_id(tx, id)
    newest = releases.newest_revision(tx, row.key) if row else None
    if row is None or newest is None:
        return ""
    if newest.document is not None:
        return native.kept(newest.document, whole=False).language or ""
    return open_draft(wire.data_key(tx, row), newest.sealed or b"").revision.language or ""
