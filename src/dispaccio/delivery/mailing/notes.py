"""Mails to people of the wire about their accounts: plain text, with a link that works once."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import format_datetime

from dispaccio.delivery.mailing import dkim, headers
from dispaccio.delivery.mailing.dkim import Signer
from dispaccio.delivery.mailing.headers import END
from dispaccio.delivery.mailing.letters import House
from dispaccio.errors import MalformedHeader

INVITATION, LOG_IN = "invitation", "log-in"
_FROM = re.compile(rb"^From ", re.MULTILINE)


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
    words = {"wire": house.name, "name": _one_line(note.name), "by": _one_line(note.by)}
    words["by"] = words["by"] or house.name
    fields = [
        headers.mailbox("From", house.name, house.sender),
        headers.mailbox("To", words["name"], note.address),
        headers.text("Subject", said.subject.format(**words)),
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{note.kind}.{note.id}@{house.domain}>",
        f"Content-Language: {_language(note)}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    ]
    names = [field.partition(":")[0].lower() for field in fields]
    head = "".join(field + END for field in fields)
    headers.require_fields(head, names)
    text = "\n\n".join(
        (said.hello.format(**words), said.body.format(**words), note.url, said.foot, "-- ")
    )
    body = _quoted(f"{text}\n{house.name}\n")
    _prove(head.encode() + END.encode() + body, names, note)
    if signer is not None:
        plain = "".join(headers.unfolded(field) for field in fields)
        hashed = dkim.body_hash([dkim.ended(dkim.relaxed(body))])
        head = signer.sign(plain, dkim.listed(names), hashed, int(at.timestamp())) + head
    return head.encode("ascii") + END.encode() + body


def _said(note: Note) -> _Words:
    return (_ITALIAN if _language(note) == "it" else _ENGLISH)[note.kind]


def _language(note: Note) -> str:
    return "it" if (note.language or "").lower().split("-")[0] == "it" else "en"


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _prove(whole: bytes, names: list[str], note: Note) -> None:
    """Read what was written, as a receiver does: it goes to one address, and says what it should.

    Raises MalformedHeader.
    """
    read = message_from_bytes(whole, policy=policy.default)
    to = [address.addr_spec for address in read["to"].addresses]
    if [name.lower() for name in read] != names or read.defects or to != [note.address]:
        raise MalformedHeader("The mail's head says something else than was written into it.")
    if note.url not in read.get_content():
        raise MalformedHeader("The mail's text reads otherwise than it was meant.")


def _quoted(text: str) -> bytes:
    """Text as quoted-printable (RFC 2045, section 6.7) with CRLF."""
    lines = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return _FROM.sub(b"=46rom ", lines).replace(b"\n", b"\r\n")
