"""Pictures and files of a text on its way: adding, listing, changing, ordering, removing them.

The revision names them (``media``), and is what says which there are: it is signed. The rows say
where their bytes lie. What is removed before it was public is gone at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import Action
from dispaccio.desk.checks.base import Finding
from dispaccio.embargo import files as vault
from dispaccio.embargo.files import Stored
from dispaccio.errors import FilesClosed, NoSuchPart, NoSuchRelease, NothingOpen, TooManyFiles
from dispaccio.formats import codec, native
from dispaccio.release.enclosed import with_media
from dispaccio.release.model import Media, Revision
from dispaccio.release.state import State
from dispaccio.store import events, organisations, releases
from dispaccio.store import media as rows
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.wire import filed as filing
from dispaccio.wire.core import Wire, find_for
from dispaccio.wire.draft import Draft, open_draft
from dispaccio.wire.filed import About, Filed, Form
from dispaccio.wire.submit import context_of, findings_of, public_label
from dispaccio.words import say

OPEN = frozenset({State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.PARKED})
"""In which states a text's pictures and files may change."""
UNCLAIMED = 3600.0
"""Seconds after which a file that nobody knows of is removed."""
Edit = Callable[[list[tuple[int | None, Media]]], list[tuple[int | None, Media]]]


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The pictures and files of a text, and what the checks say of it with them."""

    files: tuple[Filed, ...]
    findings: tuple[Finding, ...] = ()

    def to_json(self, url: str) -> dict[str, Any]:
        """As the API gives it."""
        return {
            "files": [described(item, url) for item in self.files],
            "findings": [codec.encode(finding) for finding in self.findings],
        }


def described(filed: Filed, url: str) -> dict[str, Any]:
    """One picture or file as the API gives it: never a key, nor where it lies."""
    whole, media = filed.whole, filed.media(url)
    said = {
        "id": filed.id,
        "kind": filed.kind.value,
        **asdict(media),
        "width": whole.width,
        "height": whole.height,
    }
    return {name: value for name, value in said.items() if value is not None}


def require_open(wire: Wire, actor: Actor, ref: str) -> None:
    """Nothing, if the actor may add something to that text now: asked before a byte is taken.

    Raises KeyNeeded, NoSuchRelease, NotAllowed, NothingOpen, FilesClosed, TooManyFiles.
    """
    wire.require_room()
    with wire.store.read(wire.clock.now()) as tx:
        _, _, draft = _open(wire, tx, actor, ref)
        _bound(draft.revision, wire.settings.url)


def add(wire: Wire, actor: Actor, ref: str, original: Stored, about: About) -> Enclosed:
    """Add what was sent to a text; ``original`` is there no more if that fails.

    Raises what ``require_open`` and ``filed.make`` raise.
    """
    made: Filed | None = None
    try:
        with wire.store.read(wire.clock.now()) as tx:
            row, _, _ = _open(wire, tx, actor, ref)
            issuer = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
        made = filing.make(wire, original, about, issuer.name if issuer else None)
        with wire.store.write(wire.clock.now()) as tx:
            row, revision, draft = _open(wire, tx, actor, ref)
            _bound(draft.revision, wire.settings.url)
            rows.add(tx, made.id, made.seal(wire.data_key(tx, row)), made.places, release_=row.key)
            new = (None, made.media(wire.settings.url))
            return _edited(
                wire, tx, actor, (row, revision, draft), lambda media: [*media, new], "added"
            )
    except BaseException:
        vault.remove(wire.home, made.places.split() if made else [original.place])
        raise


def change(wire: Wire, actor: Actor, ref: str, id: str, about: About) -> Enclosed:
    """Say something else of one; one that is public becomes another one with that said of it.

    Raises what ``require_open`` raises, NoSuchPart.
    """
    url = wire.settings.url
    with wire.store.read(wire.clock.now()) as tx:
        row, _, draft = _open(wire, tx, actor, ref)
        found, public = _one(wire, tx, row, draft.revision, id)
    made = filing.said_anew(wire, found, about, as_another=public)
    new = set(made.places.split()) - set(found.places.split())
    try:
        with wire.store.write(wire.clock.now()) as tx:
            row, revision, draft = _open(wire, tx, actor, ref)
            _one(wire, tx, row, draft.revision, id)
            sealed = made.seal(wire.data_key(tx, row))
            if public:
                rows.add(tx, made.id, sealed, made.places, release_=row.key)
            else:
                rows.reseal(tx, id, sealed, made.places)
            done = _edited(
                wire,
                tx,
                actor,
                (row, revision, draft),
                lambda media: [
                    (at, made.media(url) if filing.id_of(item, url) == id else item)
                    for at, item in media
                ],
                "changed",
            )
    except BaseException:
        vault.remove(wire.home, new)
        raise
    if not public:
        vault.remove(wire.home, set(found.places.split()) - set(made.places.split()))
    return done


def order(wire: Wire, actor: Actor, ref: str, ids: Sequence[str]) -> Enclosed:
    """Put them in this order; those that are not named stay behind. Raises as ``change`` does."""
    url, wanted = wire.settings.url, {id: at for at, id in enumerate(ids)}

    def edit(media: list[tuple[int | None, Media]]) -> list[tuple[int | None, Media]]:
        return sorted(
            media, key=lambda one: wanted.get(filing.id_of(one[1], url) or "", len(wanted))
        )

    with wire.store.write(wire.clock.now()) as tx:
        found = _open(wire, tx, actor, ref)
        for id in ids:
            _one(wire, tx, found[0], found[2].revision, id)
        return _edited(wire, tx, actor, found, edit, "ordered")


def remove(wire: Wire, actor: Actor, ref: str, id: str) -> Enclosed:
    """Take one out of a text. Raises what ``require_open`` raises, NoSuchPart."""
    url = wire.settings.url
    with wire.store.write(wire.clock.now()) as tx:
        row, revision, draft = _open(wire, tx, actor, ref)
        found, public = _one(wire, tx, row, draft.revision, id)
        if not public:
            rows.drop(tx, id)
        done = _edited(
            wire,
            tx,
            actor,
            (row, revision, draft),
            lambda media: [one for one in media if filing.id_of(one[1], url) != id],
            "removed",
        )
    if not public:
        vault.remove(wire.home, found.places.split())
    return done


def listed(wire: Wire, actor: Actor, ref: str) -> Enclosed:
    """The pictures and files of a text on its way, or of the one that is public.

    Raises KeyNeeded, NoSuchRelease.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        if not may(actor, Action.READ_UNRELEASED, issuer=row.issuer):
            raise NoSuchRelease(say("There is no release {ref}.", ref=ref), ref=ref)
        newest = releases.open_revision(tx, row.key) or releases.newest_revision(tx, row.key)
        if newest is not None and newest.sealed is not None:
            draft = open_draft(wire.data_key(tx, row), newest.sealed)
            said, findings = draft.revision, draft.findings
        else:
            said, findings = native.kept((newest and newest.document) or b"{}"), ()
        return Enclosed(enclosed(wire, tx, row, said), findings)


def content(wire: Wire, actor: Actor, ref: str, id: str, width: int | None = None) -> Sent:
    """The bytes of one for those who may read the text, at that width, or whole; it is recorded.

    Raises what ``listed`` raises, NoSuchPart.
    """
    found = next((item for item in listed(wire, actor, ref).files if item.id == id), None)
    if found is None:
        raise NoSuchPart(shown=True)
    form = next((form for form in found.forms[1:] if form.width == width), found.whole)
    with wire.store.write(wire.clock.now()) as tx:
        events.append(tx, "read_unreleased", actor.name, release=find_for(wire, tx, actor, ref).key)
    return Sent(found, form, vault.read(wire.home, form.stored))


@dataclass(frozen=True, slots=True)
class Sent:
    """A form of a picture or file, and its bytes in pieces."""

    filed: Filed
    form: Form
    pieces: Iterator[bytes]


def sweep(wire: Wire) -> int:
    """Remove what an upload that broke off left, and files that nobody knows of; how many."""
    before = time.time() - UNCLAIMED
    with wire.store.read(wire.clock.now()) as tx:
        known = rows.places(tx)
    return vault.sweep(wire.home, known, before)


def _open(wire: Wire, tx: Tx, actor: Actor, ref: str) -> tuple[ReleaseRow, RevisionRow, Draft]:
    row = find_for(wire, tx, actor, ref)
    require(actor, Action.CORRECT if row.ordinal else Action.EDIT_DRAFT, issuer=row.issuer)
    if row.relayed:
        raise FilesClosed(
            say("Another wire's release is passed on as it came, with nothing added.")
        )
    revision = releases.open_revision(tx, row.key)
    if revision is None:
        raise NothingOpen(
            say("There is no text on its way; hand in a correction, and add to that.")
        )
    if revision.state not in OPEN:
        raise FilesClosed
    return row, revision, open_draft(wire.data_key(tx, row), revision.sealed or b"")


def _bound(said: Revision, url: str) -> None:
    if sum(filing.id_of(item, url) is not None for item in said.media) >= filing.MOST:
        raise TooManyFiles(
            say(
                "The release has {most} pictures and files, which is the most; remove one, "
                "or put several into a zip.",
                most=filing.MOST,
            )
        )


def enclosed(wire: Wire, tx: Tx, row: ReleaseRow, said: Revision) -> tuple[Filed, ...]:
    """Those that a revision names, in its order."""
    url = wire.settings.url
    known = filing.named_in(tx, url, said, row.key)
    ids = dict.fromkeys(filing.id_of(item, url) for item in said.media)
    found = [known[id] for id in ids if id in known]
    return tuple(filing.open_row(wire.data_key(tx, row), one) for one in found)


def _one(wire: Wire, tx: Tx, row: ReleaseRow, said: Revision, id: str) -> tuple[Filed, bool]:
    """One that a revision names, and whether it is public already. Raises NoSuchPart."""
    found = filing.named_in(tx, wire.settings.url, said, row.key).get(id)
    if found is None:
        raise NoSuchPart(shown=True)
    return filing.open_row(wire.data_key(tx, row), found), found.is_public


def _edited(
    wire: Wire,
    tx: Tx,
    actor: Actor,
    found: tuple[ReleaseRow, RevisionRow, Draft],
    edit: Edit,
    what: str,
) -> Enclosed:
    """Keep the text with other media, checked anew."""
    row, revision, draft = found
    said = with_media(draft.revision, edit(list(enumerate(draft.revision.media))))
    issuer = organisations.issuer_by(tx, slug=row.issuer) if row.issuer else None
    stated = (draft.stated,) if draft.stated else ()
    context = replace(context_of(wire, tx, issuer), labels_before=(*stated, *public_label(tx, row)))
    findings = findings_of(said, draft.warnings, context)
    sealed = replace(draft, revision=said, findings=findings).seal(wire.data_key(tx, row))
    releases.change_revision(tx, revision.key, sealed=sealed)
    events.append(tx, f"file_{what}", actor.name, release=row.key, revision=revision.key)
    return Enclosed(enclosed(wire, tx, row, said), findings)
