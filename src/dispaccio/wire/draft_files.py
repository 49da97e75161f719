"""Pictures and files of a draft: as of a text that was handed in, but under the draft's own key.

A draft's sheet names them. Handing it in seals what it names anew, under the key of its release,
and forgets the rest; discarding it forgets all of them. What nobody knows of any more is swept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dispaccio.access.actor import Actor
from dispaccio.embargo import files as vault
from dispaccio.embargo.files import Stored
from dispaccio.embargo.vault import DataKey
from dispaccio.errors import NoSuchPart, TooManyFiles
from dispaccio.intake.sheet import Sheet
from dispaccio.release.enclosed import with_media
from dispaccio.release.model import Media, Revision
from dispaccio.store import drafts, releases
from dispaccio.store import media as rows
from dispaccio.store.drafts import DraftRow
from dispaccio.store.engine import Tx
from dispaccio.store.media import MediaRow
from dispaccio.wire import drafting
from dispaccio.wire import filed as filing
from dispaccio.wire.core import Wire
from dispaccio.wire.drafting import Open
from dispaccio.wire.filed import About, Filed
from dispaccio.wire.files import Sent

Placed = list[tuple[int | None, Media]]


def listed(wire: Wire, actor: Actor, id: str) -> tuple[Filed, ...]:
    """Those of a draft, in its order. Raises what ``drafting.show`` raises."""
    with wire.store.read(wire.clock.now()) as tx:
        row = drafting.mine(tx, actor, id)
        return _all(wire, tx, row, drafting.opened(wire, tx, row).sheet)


def content(wire: Wire, actor: Actor, id: str, file: str, width: int) -> Sent:
    """The bytes of one, at that width if it is a picture that has it. Raises NoSuchPart."""
    found = next((item for item in listed(wire, actor, id) if item.id == file), None)
    if found is None:
        raise NoSuchPart
    form = next((form for form in found.forms[1:] if form.width == width), found.whole)
    return Sent(found, form, vault.read(wire.home, form.stored))


def require_room(wire: Wire, actor: Actor, id: str) -> None:
    """Nothing, if something may be added to a draft: asked before a byte of it is taken.

    Raises TooManyFiles, DiskNearlyFull, and what ``drafting.show`` raises.
    """
    wire.require_room()
    if len(listed(wire, actor, id)) >= filing.MOST:
        raise TooManyFiles


def add(wire: Wire, actor: Actor, id: str, original: Stored, about: About) -> Filed:
    """Add what was sent; ``original`` is there no more if that fails.

    Raises TooManyFiles, and what ``drafting.show`` and ``filed.make`` raise.
    """
    made: Filed | None = None
    try:
        issuer = drafting.show(wire, actor, id).issuer
        made = filing.make(wire, original, about, issuer.name)
        new = (None, made.media(wire.settings.url))
        with wire.store.write(wire.clock.now()) as tx:
            row, kept = _mine(wire, tx, actor, id)
            if len(_all(wire, tx, row, kept.sheet)) >= filing.MOST:
                raise TooManyFiles  # noqa: TRY301 - it undoes what was made, like any other
            sealed = made.seal(drafting.key_of(wire, row))
            rows.add(tx, made.id, sealed, made.places, release_=None, draft=row.key)
            _keep(wire, tx, row, kept, lambda media: [*media, new])
    except BaseException:
        vault.remove(wire.home, made.places.split() if made else [original.place])
        raise
    return made


def change(wire: Wire, actor: Actor, id: str, file: str, about: About) -> Filed:
    """Say something else of one; what was public or handed in before becomes another one.

    Raises NoSuchPart, and what ``drafting.show`` raises.
    """
    url = wire.settings.url
    with wire.store.read(wire.clock.now()) as tx:
        row, kept = _mine(wire, tx, actor, id)
        found, own = _one(wire, tx, row, kept.sheet, file)
    made = filing.said_anew(wire, found, about, as_another=not own)
    before, after = found.media(url), made.media(url)
    try:
        with wire.store.write(wire.clock.now()) as tx:
            row, kept = _mine(wire, tx, actor, id)
            _one(wire, tx, row, kept.sheet, file)
            sealed = made.seal(drafting.key_of(wire, row))
            if own:
                rows.reseal(tx, file, sealed, made.places)
            else:
                rows.add(tx, made.id, sealed, made.places, release_=None, draft=row.key)
            text = kept.sheet.text.replace(before.href or "", after.href or "")
            kept = replace(kept, sheet=replace(kept.sheet, text=text))
            _keep(wire, tx, row, kept, lambda media: _replaced(media, file, after, url))
    except BaseException:
        vault.remove(wire.home, set(made.places.split()) - set(found.places.split()))
        raise
    if own:
        vault.remove(wire.home, set(found.places.split()) - set(made.places.split()))
    return made


def move(wire: Wire, actor: Actor, id: str, file: str, by: int) -> None:
    """Put one before (-1) or behind (1) its neighbour. Raises NoSuchPart."""
    url = wire.settings.url

    def moved(media: Placed) -> Placed:
        own = [at for at, item in enumerate(media) if filing.id_of(item[1], url)]
        place = next(n for n, at in enumerate(own) if filing.id_of(media[at][1], url) == file)
        if 0 <= place + by < len(own):
            one, other = own[place], own[place + by]
            media[one], media[other] = media[other], media[one]
        return media

    with wire.store.write(wire.clock.now()) as tx:
        row, kept = _mine(wire, tx, actor, id)
        _one(wire, tx, row, kept.sheet, file)
        _keep(wire, tx, row, kept, moved)


def remove(wire: Wire, actor: Actor, id: str, file: str) -> None:
    """Take one out of a draft. Raises NoSuchPart."""
    url = wire.settings.url
    with wire.store.write(wire.clock.now()) as tx:
        row, kept = _mine(wire, tx, actor, id)
        found, own = _one(wire, tx, row, kept.sheet, file)
        if own:
            rows.drop(tx, file)
        _keep(
            wire,
            tx,
            row,
            kept,
            lambda media: [one for one in media if filing.id_of(one[1], url) != file],
        )
    if own:
        vault.remove(wire.home, found.places.split())


def hand_over(wire: Wire, tx: Tx, row: DraftRow, sheet: Sheet, release: int) -> None:
    """Let those that a draft names be its release's, under that one's key; forget the others."""
    named = {filing.id_of(item, wire.settings.url) for item in sheet.media}
    found = rows.of_draft(tx, row.key)
    if not found:
        return
    owner = releases.by_key(tx, release)
    assert owner is not None
    for id, one in found.items():
        if id in named:
            filed = filing.open_row(drafting.key_of(wire, row), one)
            rows.hand_over(tx, id, filed.seal(wire.data_key(tx, owner)), release)
        else:
            rows.drop(tx, id)


def _mine(wire: Wire, tx: Tx, actor: Actor, id: str) -> tuple[DraftRow, Open]:
    row = drafting.mine(tx, actor, id)
    return row, drafting.opened(wire, tx, row)


def _known(wire: Wire, tx: Tx, row: DraftRow) -> dict[str, tuple[MediaRow, DataKey, bool]]:
    """What a draft may name: its own, and those of the text that it mends or corrects."""
    key = drafting.key_of(wire, row)
    found = {id: (one, key, True) for id, one in rows.of_draft(tx, row.key).items()}
    mended = releases.by_id(tx, row.revises) if row.revises else None
    if mended is not None:
        theirs = wire.data_key(tx, mended)
        found |= {id: (one, theirs, False) for id, one in rows.of_release(tx, mended.key).items()}
    return found


def _all(wire: Wire, tx: Tx, row: DraftRow, sheet: Sheet) -> tuple[Filed, ...]:
    known = _known(wire, tx, row)
    ids = dict.fromkeys(filing.id_of(item, wire.settings.url) for item in sheet.media)
    found = [known[id] for id in ids if id in known]
    return tuple(filing.open_row(key, one) for one, key, _ in found)


def _one(wire: Wire, tx: Tx, row: DraftRow, sheet: Sheet, file: str) -> tuple[Filed, bool]:
    """One that a draft names, and whether it is the draft's own. Raises NoSuchPart."""
    named = any(filing.id_of(item, wire.settings.url) == file for item in sheet.media)
    found = _known(wire, tx, row).get(file) if named else None
    if found is None:
        raise NoSuchPart
    return filing.open_row(found[1], found[0]), found[2]


def _replaced(media: Placed, file: str, by: Media, url: str) -> Placed:
    return [(at, by if filing.id_of(item, url) == file else item) for at, item in media]


def _keep(wire: Wire, tx: Tx, row: DraftRow, kept: Open, edit: Callable[[Placed], Placed]) -> None:
    """Keep a draft with other media; whoever is writing its text need not know of it."""
    sheet = kept.sheet
    placed = edit(list(enumerate(sheet.media)))
    said = with_media(Revision(body=sheet.body, media=sheet.media), placed)
    sealed = drafting.sealed(
        drafting.key_of(wire, row), replace(sheet, media=said.media, body=said.body)
    )
    drafts.reseal(tx, row.key, sealed)
