"""A draft as it will read: made by what makes the real thing, and with a number that nobody has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from dispaccio.delivery.mailing import letters
from dispaccio.delivery.mailing.letters import House, Style
from dispaccio.delivery.mailing.message import PLACE, Letter
from dispaccio.release import canonical
from dispaccio.release import label as labels
from dispaccio.release.dateline import compose
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Revision
from dispaccio.release.state import Kind, Status
from dispaccio.store import organisations
from dispaccio.store.releases import FIRST_ORDINAL
from dispaccio.wire.core import Wire
from dispaccio.wire.drafting import Open
from dispaccio.wire.edition import Place, public_form, rendering
from dispaccio.wire.handing_in import Look, kind_of
from dispaccio.wire.shown import PublicRelease, Shown, Version

FORMS = ("page", "mail", "text", "ninjs")
_NOBODY = FIRST_ORDINAL - 1
"""The number of no release."""
SENDER = "wire@wire.example"
"""From whom mail comes on a wire that sends none."""


@dataclass(frozen=True, slots=True)
class Signing:
    """What is signed and by whom: the parts by name, the key's thumbprint, the issuer's identity.

    ``key`` is None where the issuer has none at this wire.
    """

    parts: tuple[tuple[str, str], ...]
    did: str
    key: str | None


def release(wire: Wire, kept: Open, look: Look) -> PublicRelease:
    """The release as its page would get it, published at its time or now."""
    shown = _shown(wire, kept, look)
    revision = shown.revision
    version = Version(
        shown.version,
        revision.kind or Kind.ORIGINAL,
        revision.version_created or wire.clock.now(),
        revision.reason,
        revision.headline,
        revision.signed_by,
    )
    return PublicRelease(shown, (version,), (), None, None, None, None)


def mail(wire: Wire, kept: Open, look: Look, *, press: bool = False) -> Letter:
    """The mail to a subscriber, or to a recipient of the issuer's own press list."""
    house = House(wire.settings.name, wire.settings.mail_from or SENDER)
    style = Style(kept.issuer.slug if press else None)
    letter = letters.release(_undated(wire, kept, look), style, house)
    return replace(letter, text=letter.text.replace(PLACE, "…"), html=None)


def document(wire: Wire, kept: Open, look: Look, format: str) -> str:
    """The release in a format that is text. Raises UnknownFormat."""
    plain = format == "text"
    said = _undated(wire, kept, look) if plain else _shown(wire, kept, look).revision
    return rendering(format, said).body.decode()


def dateline(wire: Wire, kept: Open, at: datetime | None) -> str:
    """The dateline as it will read."""
    day = (at or wire.clock.now()).astimezone(wire.settings.zone_info).date()
    language = kept.sheet.language or wire.settings.language
    place = kept.sheet.place.strip() or None
    return compose(place, day, wire.settings.mark, language).text or ""


def signing(wire: Wire, kept: Open, look: Look) -> Signing:
    """What will be signed of a draft, and with which key."""
    with wire.store.read(wire.clock.now()) as tx:
        key = organisations.current_key(tx, kept.issuer.key)
    parts = tuple(
        (name, value)
        for name, value in canonical.values(look.draft.revision)
        if isinstance(value, str)
    )
    return Signing(parts, kept.issuer.did, key.thumbprint if key and key.wrapped else None)


def _shown(wire: Wire, kept: Open, look: Look) -> Shown:
    now, row = wire.clock.now(), kept.revises
    said = look.draft.revision
    at = said.release_time if said.release_time and said.release_time > now else now
    number = wire.number(row.ordinal if row and row.ordinal else _NOBODY)
    version = (row.version or 0) + 1 if row else 1
    label = said.label or _unlabelled(wire, said)
    place = Place(
        id=row.id if row else kept.id,
        number=number,
        version=version,
        kind=kind_of(kept),
        status=Status.USABLE,
        published=at,
        first_created=(row.first_created if row else None) or at,
        channel=said.channel,
        relayed=False,
    )
    draft = replace(look.draft.with_revision(label=label), signature="preview")
    revision = public_form(wire, draft, place)
    return Shown(
        row.ordinal if row and row.ordinal else _NOBODY, number, Status.USABLE, version, revision
    )


def _undated(wire: Wire, kept: Open, look: Look) -> Revision:
    """As it will read, but that it says nowhere that it is published."""
    said = _shown(wire, kept, look).revision
    return replace(said, first_created=None, version_created=None)


def _unlabelled(wire: Wire, said: Revision) -> labels.Label:
    """The label that the desk gives by default."""
    kind = LabelKind.INSTITUTIONAL
    return labels.Label(kind, labels.words(kind, said.language or wire.settings.language))
