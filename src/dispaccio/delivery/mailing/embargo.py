"""Mails to vetted readers about what is under embargo: a link, the text, or that it is taken back.

The embargo is said first, in the subject, and as data in the field ``Embargo`` (RFC 3339). The
subject names neither issuer nor headline: locked telephones show it to everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from dispaccio.delivery.mailing import plain
from dispaccio.delivery.mailing.dkim import Signer
from dispaccio.delivery.mailing.letters import House
from dispaccio.formats.registry import by_name
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Revision

FIELD = "Embargo"
"""The header field with the end of the embargo; our own mail reader takes it for what it is."""


class Told(StrEnum):
    """What a mail tells: an offer, the same anew since it changed, or that it is taken back."""

    OFFER = "offer"
    AGAIN = "again"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class EmbargoNote:
    """One mail to one reader; ``text`` is None where it has the link only.

    ``until`` is the end of the embargo, of what is taken back the one that it had. ``follows`` is
    the id of the mail before.
    """

    id: str
    holder: str
    """The id of the person, by which it comes back."""
    told: Told
    person: str
    """The short name, which marks the copy."""
    name: str
    address: str
    until: datetime
    zone: ZoneInfo
    url: str
    language: str | None = None
    follows: str | None = None
    text: Revision | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    back: str
    banner: str
    copy: str
    offer: str
    again: str
    here: str
    taken_back: str
    page: str
    foot: str


_ENGLISH = _Words(
    subject="EMBARGO until {until}",
    back="NOT FOR PUBLICATION: taken back",
    banner="EMBARGO until {until}: not for publication before.",
    copy="This copy is for {name} ({person}) and for nobody else.",
    offer="A release is offered to you before its time.",
    again="What was offered to you has changed; this takes the place of the earlier mail.",
    here="Read it here, after the log-in:",
    taken_back=(
        "What was offered to you under embargo until {until} is taken back: it is not published at "
        "that time, or not shown to you any more. Do not use it, and delete what you have of it. "
        "If it is published after all, you find it here:"
    ),
    page="The same as a page:",
    foot=(
        "You accepted to keep what you read to yourself until then. That this mail was sent is "
        "written down and shown to the issuer. What comes by mail, you choose at {choice}"
    ),
)
_ITALIAN = _Words(
    subject="SOTTO EMBARGO fino al {until}",
    back="DA NON PUBBLICARE: ritirato",
    banner="SOTTO EMBARGO fino al {until}: da non pubblicare prima.",
    copy="Questa copia è per {name} ({person}) e per nessun altro.",
    offer="Ti viene offerto un comunicato prima della sua ora.",
    again="Ciò che ti è stato offerto è cambiato; questo messaggio sostituisce il precedente.",
    here="Leggilo qui, dopo l’accesso:",
    taken_back=(
        "Ciò che ti è stato offerto sotto embargo fino al {until} è stato ritirato: non esce a "
        "quell’ora, oppure non ti viene più mostrato. Non usarlo ed elimina quello che ne hai. "
        "Se poi viene pubblicato, lo trovi qui:"
    ),
    page="Lo stesso come pagina:",
    foot=(
        "Hai accettato di tenere per te ciò che leggi fino a quell’ora. L’invio di questo "
        "messaggio viene annotato e mostrato all’emittente. Che cosa ti arriva per posta lo scegli "
        "su {choice}"
    ),
)


def write(note: EmbargoNote, house: House, at: datetime, signer: Signer | None = None) -> bytes:
    """The message with CRLF, the same but for its date at every attempt. Raises MalformedHeader."""
    words = _ITALIAN if _language(note) == "it" else _ENGLISH
    until = moment(note.until, note.zone, _language(note))
    back = note.told is Told.TAKEN_BACK
    more = [
        f"Message-ID: <{_id(note.id, house)}>",
        *([f"In-Reply-To: <{_id(note.follows, house)}>"] if note.follows else []),
        *([f"References: <{_id(note.follows, house)}>"] if note.follows else []),
        f"Content-Language: {_language(note)}",
        *([] if back else [f"{FIELD}: {write_instant(note.until)}"]),
        "Sensitivity: Company-Confidential",
    ]
    name = plain.one_line(note.name)
    subject = (words.back if back else words.subject).format(until=until)
    said = {"name": name or note.person, "person": note.person, "until": until}
    text = "\n\n".join(_pieces(note, words, said))
    return plain.write(
        house, (name, note.address), subject, more, f"{text}-- \n{house.name}\n", at, signer
    )


def moment(until: datetime, zone: ZoneInfo, language: str) -> str:
    """An instant in words: on the wire's clocks, with their zone, and in UTC."""
    time = "HH:mm:ss" if until.second else "HH:mm"
    local, world = until.astimezone(zone), until.astimezone(UTC)
    said = format_datetime(local, f"d MMMM y, {time}", locale=language)
    if zone.key == "UTC":
        return f"{said} UTC"
    hour = "HH:mm" if local.date() == world.date() else "d MMMM, HH:mm"
    seconds = ":ss" if until.second else ""
    return f"{said} {zone.key} ({format_datetime(world, hour + seconds, locale=language)} UTC)"


def _pieces(note: EmbargoNote, words: _Words, said: dict[str, str]) -> list[str]:
    """The paragraphs of the text, the last one empty so that it ends with a line."""
    if note.told is Told.TAKEN_BACK:
        return [words.taken_back.format(**said), note.url, ""]
    head = f"{words.banner.format(**said)}\n{words.copy.format(**said)}"
    foot = words.foot.format(choice=note.url.rpartition("/")[0])
    lead = words.again if note.told is Told.AGAIN else words.offer
    if note.text is None:
        return [head, f"{lead} {words.here}", note.url, foot, ""]
    revision = replace(note.text, embargo=None, release_time=None, media=())  # the banner says it
    text = by_name("text").write(revision).decode()
    changed = [lead] if note.told is Told.AGAIN else []
    return [head, *changed, text.rstrip("\n"), f"{words.page} {note.url}", foot, ""]


def _language(note: EmbargoNote) -> str:
    return "it" if (note.language or "").lower().split("-")[0] == "it" else "en"


def _id(id: str, house: House) -> str:
    return f"embargo.{id}@{house.domain}"
