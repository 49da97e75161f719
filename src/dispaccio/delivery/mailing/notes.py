"""Mails to people of the wire about their accounts: plain text, with a link that works once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dispaccio.delivery.mailing import plain
from dispaccio.delivery.mailing.dkim import Signer
from dispaccio.delivery.mailing.letters import House

INVITATION, LOG_IN = "invitation", "log-in"


@dataclass(frozen=True, slots=True)
class Note:
    """One mail about an account: to whom, of which kind, in which language, with which link."""

    id: str
    holder: str
    """The id of the person, by which it comes back."""
    kind: str
    name: str
    address: str
    url: str
    language: str | None = None
    by: str = ""
    """Who invites, as they are called."""


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    hello: str
    body: str
    foot: str


_ENGLISH = {
    INVITATION: _Words(
        "Your invitation to {wire}",
        "Good day {name},",
        "{by} invites you to {wire}. Open this page and choose a password; that takes a minute:",
        "The link works once, for seven days. It is yours alone: do not pass it on.\n"
        "If you do not know what this is about, ignore this mail, and nothing happens.",
    ),
    LOG_IN: _Words(
        "Log in to {wire}",
        "Good day {name},",
        "somebody, probably you, asked for a link to log in to {wire}. Open this page, and press "
        "the button there:",
        "The link works once, for 15 minutes, in any browser.\n"
        "If you did not ask for it, ignore this mail: without it nobody comes in.",
    ),
}
_ITALIAN = {
    INVITATION: _Words(
        "Il tuo invito a {wire}",
        "Buongiorno {name},",
        "{by} ti invita a {wire}. Apri questa pagina e scegli una password; basta un minuto:",
        "Il link funziona una volta sola, per sette giorni. È soltanto tuo: non inoltrarlo.\n"
        "Se non sai di che cosa si tratta, ignora questo messaggio e non succede nulla.",
    ),
    LOG_IN: _Words(
        "Accedi a {wire}",
        "Buongiorno {name},",
        "qualcuno, probabilmente tu, ha chiesto un link per accedere a {wire}. Apri questa pagina "
        "e premi il pulsante:",
        "Il link funziona una volta sola, per 15 minuti, in qualsiasi browser.\n"
        "Se non l’hai chiesto tu, ignora questo messaggio: senza di esso nessuno entra.",
    ),
}


def write(note: Note, house: House, at: datetime, signer: Signer | None = None) -> bytes:
    """The message with CRLF, signed where there is a signer.

    Its id is the same for every attempt. Raises MalformedHeader where a name breaks out of its
    header.
    """
    said = _said(note)
    words = {"wire": house.name, "name": plain.one_line(note.name), "by": plain.one_line(note.by)}
    words["by"] = words["by"] or house.name
    more = [
        f"Message-ID: <{note.kind}.{note.id}@{house.domain}>",
        f"Content-Language: {_language(note)}",
    ]
    text = "\n\n".join(
        (said.hello.format(**words), said.body.format(**words), note.url, said.foot, "-- ")
    )
    to, subject = (words["name"], note.address), said.subject.format(**words)
    return plain.write(house, to, subject, more, f"{text}\n{house.name}\n", at, signer)


def _said(note: Note) -> _Words:
    return (_ITALIAN if _language(note) == "it" else _ENGLISH)[note.kind]


def _language(note: Note) -> str:
    return "it" if (note.language or "").lower().split("-")[0] == "it" else "en"
