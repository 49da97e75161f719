"""Drafts: a text is written, saved, checked and handed in, by somebody in a browser.

The draft's own data key seals all that it says. It is destroyed when the draft is handed in or
discarded; what was handed in lies in the vault of its release from then on.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may, require
from dispaccio.access.roles import ISSUER_ROLES, Action, Role
from dispaccio.embargo.vault import DataKey
from dispaccio.errors import (
    DraftConflict,
    DraftDiscarded,
    DraftHandedIn,
    IssuerNeeded,
    NoSuchDraft,
    NothingOpen,
    UnderCorrection,
    UnknownIssuer,
)
from dispaccio.formats import codec, native, registry
from dispaccio.intake import sheet as sheets
from dispaccio.intake import submission as intake
from dispaccio.intake.sheet import Sheet
from dispaccio.intake.submission import Wishes
from dispaccio.release.model import Party
from dispaccio.release.state import TEXT_KINDS, Kind, State
from dispaccio.store import drafts, media, organisations, people, recipients, releases
from dispaccio.store.drafts import DraftRow
from dispaccio.store.engine import Tx
from dispaccio.store.organisations import Issuer
from dispaccio.store.releases import ReleaseRow
from dispaccio.wire import places
from dispaccio.wire.core import Wire, find_for
from dispaccio.wire.draft import open_draft
from dispaccio.words import keepable, recalled, say

MOST = 200
"""How many drafts a page of a list holds."""
_PLACE = "sheet"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Open:
    """A draft as its people see it. ``public``: what it revises is public, so it is a correction.

    ``saved`` is 0 for one that was not saved yet.
    """

    id: str
    issuer: Issuer
    sheet: Sheet
    saved: int = 0
    saved_by: str = ""
    changed: datetime | None = None
    behalf: bool = False
    revises: ReleaseRow | None = None
    family: str | None = None

    @property
    def public(self) -> bool:
        """Whether this corrects a release that is public."""
        return self.revises is not None and self.revises.ordinal is not None


def writes_for(wire: Wire, actor: Actor) -> list[Issuer]:
    """The issuers for whom somebody may write, their own first. Raises KeyNeeded, NotAllowed."""
    require(actor, Action.SUBMIT, issuer=min(actor.issuers, default=None))
    with wire.store.read(wire.clock.now()) as tx:
        every = organisations.issuers(tx)
    allowed = [issuer for issuer in every if may(actor, Action.SUBMIT, issuer=issuer.slug)]
    return sorted(allowed, key=lambda issuer: issuer.slug not in actor.issuers)


def blank(
    wire: Wire,
    actor: Actor,
    issuer: str | None = None,
    language: str | None = None,
    *,
    spoken: str | None = None,
) -> Open:
    """A new draft that is not kept yet, with what is remembered from the issuer's last text.

    ``spoken`` is the language of a first text where nobody says another.

    Raises IssuerNeeded where there is none to write for, UnknownIssuer.
    """
    allowed = writes_for(wire, actor)
    if not allowed:
        raise IssuerNeeded(say("There is no issuer on this wire that you could write for."))
    chosen = next((one for one in allowed if one.slug == issuer), None)
    if chosen is None and issuer:
        raise UnknownIssuer(
            say("There is no issuer {issuer} that you could write for.", issuer=repr(issuer))
        )
    chosen = chosen or allowed[0]
    with wire.store.read(wire.clock.now()) as tx:
        known = _remembered(wire, tx, chosen)
    if language is None:
        language = next(iter(known), spoken or wire.settings.language)
    begun = Sheet(language=language, zone=wire.settings.zone_info.key)
    if language in known:
        begun = _with(begun, known[language])
    return Open(str(uuid.uuid4()), chosen, begun)


def remembered(wire: Wire, actor: Actor, issuer: str) -> dict[str, Sheet]:
    """Boilerplate and contacts of an issuer's last text in each language, by language."""
    require(actor, Action.SUBMIT, issuer=issuer)
    with wire.store.read(wire.clock.now()) as tx:
        return _remembered(wire, tx, _issuer(tx, issuer))


def drafts_of(wire: Wire, actor: Actor, before: str = "") -> tuple[list[Open], str | None]:
    """The drafts of one's issuers, and those that one began for another, saved last first.

    With them the cursor of what comes behind them, to be given as ``before``; None where nothing
    does. Raises KeyNeeded, NotAllowed, MalformedCursor.
    """
    require(actor, Action.SUBMIT, issuer=min(actor.issuers, default=None))
    at, key = places.read(before) or (None, 0)
    place = (at, key) if at else None
    with wire.store.read(wire.clock.now()) as tx:
        rows = drafts.open_ones(tx, actor.issuers, actor.person_id, MOST + 1, place)
        shown = rows[:MOST]
        further = places.write(shown[-1].changed, shown[-1].key) if len(rows) > MOST else None
        return [opened(wire, tx, row) for row in shown if _opens_for(row, actor)], further


def show(wire: Wire, actor: Actor, id: str) -> Open:
    """A draft. Raises NoSuchDraft, DraftHandedIn, DraftDiscarded."""
    with wire.store.read(wire.clock.now()) as tx:
        return opened(wire, tx, mine(tx, actor, id))


def save(
    wire: Wire, actor: Actor, id: str, saved: int, sheet: Sheet, issuer: str | None = None
) -> Open:
    """Keep what a draft says now; ``saved`` is the state that its writer began with.

    0 begins a draft with an id that the form brought along, for that issuer. The same text saved
    twice is one. Raises TooLarge, DraftConflict with the draft as it is kept (``kept``), and what
    ``show`` raises.
    """
    sheets.bound(sheet)
    wire.require_room()
    with wire.store.write(wire.clock.now()) as tx:
        row = drafts.by_id(tx, id)
        if row is None and saved == 0:
            return _begin(wire, tx, actor, id, sheet, issuer)
        row = mine(tx, actor, id)
        kept = opened(wire, tx, row)
        sheet = sheets.settled(sheet, kept.sheet)
        if kept.sheet == sheet:
            return kept
        if not drafts.save(tx, row.key, saved, sealed(key_of(wire, row), sheet), actor.name):
            raise DraftConflict(kept=kept)
    return replace(
        kept, sheet=sheet, saved=row.saved + 1, saved_by=actor.name, changed=wire.clock.now()
    )


def of_document(wire: Wire, actor: Actor, issuer: str, data: bytes, name: str = "") -> str:
    """The id of a new draft with what a document says; ``name`` is that of its file.

    What was left out of it is told beside the sheet. Raises what the readers raise, NotAllowed,
    and TooLarge for what the form has no room for.
    """
    require(actor, Action.SUBMIT, issuer=issuer)
    wire.require_room()
    format = registry.by_suffix(name)
    wishes = Wishes(
        issuer=issuer, zone=wire.settings.zone_info, format=format.name if format else None
    )
    submission = intake.receive(data, None, wishes)
    with wire.store.write(wire.clock.now()) as tx:
        of = _issuer(tx, issuer)
        said = intake.as_own(submission, Party(of.name), wishes, wire.settings.language).revision
        zone = wire.settings.zone_info
        sheet = sheets.of_revision(said, zone, at=said.release_time)
        known = _remembered(wire, tx, of).get(sheet.language)
        if known and not sheet.boilerplate and not sheet.contacts:
            sheet = _with(sheet, known)
        begun = Open(str(uuid.uuid4()), of, replace(sheet, said=submission.warnings))
        sheets.bound(begun.sheet)
        _add(wire, tx, actor, begun)
    return begun.id


def discard(wire: Wire, actor: Actor, id: str) -> None:
    """Destroy a draft. Raises what ``show`` raises."""
    with wire.store.write(wire.clock.now()) as tx:
        row = mine(tx, actor, id)
        drafts.end(tx, row.key)
        media.drop_of_draft(tx, row.key)


def mend(wire: Wire, actor: Actor, ref: str) -> str:
    """The id of a draft in which a returned text is mended, or a public one corrected.

    One that is under way already is given back. Raises NoSuchRelease, UnderCorrection,
    NothingOpen, and NotAllowed for another wire's text.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row = find_for(wire, tx, actor, ref)
        require(actor, Action.CORRECT if row.ordinal else Action.EDIT_DRAFT, issuer=row.issuer)
        require(actor, Action.SUBMIT, issuer=row.issuer)
        under_way = drafts.revising(tx, row.key)
        if under_way is not None:
            return mine(tx, actor, under_way.id).id
        sheet = _text_of(wire, tx, row)
        if row.issuer is None or row.relayed:
            raise NothingOpen(say("This is another wire's text; a correction comes from there."))
        family = drafts.families(tx, [row.id]).get(row.id)
        begun = Open(str(uuid.uuid4()), _issuer(tx, row.issuer), sheet, revises=row, family=family)
        _add(wire, tx, actor, begun)
    return begun.id


def another_language(wire: Wire, actor: Actor, id: str) -> str:
    """The id of a new draft for the same text in another language, of one family with the first.

    Raises what ``show`` raises.
    """
    with wire.store.write(wire.clock.now()) as tx:
        row = mine(tx, actor, id)
        kept = opened(wire, tx, row)
        family = row.family or str(uuid.uuid4())
        drafts.set_family(tx, row.key, family)
        sheet = replace(kept.sheet, language="", boilerplate="", said=(), base=None, kind="")
        begun = Open(str(uuid.uuid4()), kept.issuer, sheet, family=family)
        _add(wire, tx, actor, begun)
    return begun.id


def mine(tx: Tx, actor: Actor, id: str) -> DraftRow:
    """The row of a draft that somebody may open: one of their issuer's, or that the desk began.

    Raises NoSuchDraft, alike for what is not theirs, DraftHandedIn (``release``: its id),
    DraftDiscarded.
    """
    row = drafts.by_id(tx, id) if _ID.fullmatch(id) else None
    if row is None or not _opens_for(row, actor):
        raise NoSuchDraft
    if row.release is not None:
        raise DraftHandedIn(release=row.release)
    if row.ended is not None:
        raise DraftDiscarded
    return row


def key_of(wire: Wire, row: DraftRow) -> DataKey:
    """The data key of a draft that has not ended. Raises SealBroken."""
    return wire.vault.data_key(row.wrapped or b"", f"draft/{row.id}")


def groups_of(wire: Wire, issuer: Issuer) -> dict[str, int]:
    """The groups of an issuer's press list, each with how many of its recipients mail reaches."""
    with wire.store.read(wire.clock.now()) as tx:
        list_ = recipients.list_of(tx, issuer.key, issuer.slug, issuer.name)
        return recipients.groups(tx, list_) if list_ is not None else {}


def opened(wire: Wire, tx: Tx, row: DraftRow) -> Open:
    """A draft that has not ended, with what it says. Raises SealBroken."""
    said = json.loads(key_of(wire, row).open(_PLACE, row.sealed or b""), object_hook=recalled)
    return Open(
        row.id,
        _issuer(tx, row.issuer),
        codec.decode(Sheet, said),
        row.saved,
        row.saved_by,
        row.changed,
        row.behalf,
        releases.by_id(tx, row.revises) if row.revises else None,
        row.family,
    )


def remember(wire: Wire, tx: Tx, kept: Open) -> None:
    """Keep boilerplate and contacts for the issuer's next text in that language."""
    sheet, language = kept.sheet, kept.sheet.language
    if language and (sheet.boilerplate.strip() or sheet.contacts):
        key, wrapped = wire.vault.new_key(f"remembered/{kept.issuer.slug}/{language}")
        drafts.remember(tx, kept.issuer.key, language, wrapped, sealed(key, _with(Sheet(), sheet)))


def _opens_for(row: DraftRow, actor: Actor) -> bool:
    own = row.issuer in actor.issuers and bool(actor.roles & ISSUER_ROLES)
    return own or (row.behalf and Role.DESK in actor.roles)


def _begin(wire: Wire, tx: Tx, actor: Actor, id: str, sheet: Sheet, issuer: str | None) -> Open:
    if issuer is None or not _ID.fullmatch(id):
        raise NoSuchDraft
    require(actor, Action.SUBMIT, issuer=issuer)
    begun = Open(
        id, _issuer(tx, issuer), sheets.settled(replace(sheet, base=None, media=(), said=()))
    )
    return _add(wire, tx, actor, begun)


def _add(wire: Wire, tx: Tx, actor: Actor, opened: Open) -> Open:
    key, wrapped = wire.vault.new_key(f"draft/{opened.id}")
    behalf = opened.issuer.slug not in actor.issuers
    author = people.named(tx, actor.name)
    drafts.add(
        tx,
        {
            "id": opened.id,
            "issuer": opened.issuer.key,
            "author": author.key if author else None,
            "behalf": behalf,
            "saved_by": actor.name,
            "wrapped": wrapped,
            "sealed": sealed(key, opened.sheet),
            "revises": opened.revises.key if opened.revises else None,
            "family": opened.family,
        },
    )
    return replace(opened, saved=1, saved_by=actor.name, changed=tx.now, behalf=behalf)


def sealed(key: DataKey, sheet: Sheet) -> bytes:
    """The ciphertext of what a draft says."""
    return key.seal(_PLACE, json.dumps(keepable(codec.encode(sheet)), ensure_ascii=False).encode())


def _text_of(wire: Wire, tx: Tx, row: ReleaseRow) -> Sheet:
    """The sheet of the text that was returned, or of the one that is public."""
    waiting, zone = releases.open_revision(tx, row.key), wire.settings.zone_info
    if waiting is not None and waiting.state != State.RETURNED:
        raise UnderCorrection
    if waiting is not None:
        said = open_draft(wire.data_key(tx, row), waiting.sealed or b"").revision
        sheet = sheets.of_revision(said, zone, at=said.release_time)
        chosen = tuple(recipients.chosen(tx, row.key))
        reason = said.reason
        return replace(
            sheet,
            to=() if row.ordinal else chosen,
            kind=said.kind.value if row.ordinal and said.kind else "",
            reason=reason.code if reason else "",
            why=(reason.text or "") if reason else "",
        )
    if row.ordinal is None:
        raise NothingOpen
    public = [r for r in releases.published_revisions(tx, row.key) if Kind(r.kind) in TEXT_KINDS]
    sheet = sheets.of_revision(native.kept(public[-1].document or b"{}"), zone)
    return replace(sheet, kind=Kind.CORRECTION.value)


def _remembered(wire: Wire, tx: Tx, issuer: Issuer) -> dict[str, Sheet]:
    found = {}
    for language, (wrapped, sealed) in drafts.remembered_of(tx, issuer.key).items():
        owner = f"remembered/{issuer.slug}/{language}"
        said = json.loads(wire.vault.data_key(wrapped, owner).open(_PLACE, sealed))
        found[language] = codec.decode(Sheet, said)
    return found


def _with(sheet: Sheet, known: Sheet) -> Sheet:
    return replace(sheet, boilerplate=known.boilerplate, contacts=known.contacts)


def _issuer(tx: Tx, slug: str) -> Issuer:
    found = organisations.issuer_by(tx, slug=slug)
    if found is None:
        raise UnknownIssuer(say("There is no issuer {slug} on this wire.", slug=repr(slug)))
    return found
