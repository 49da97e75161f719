"""A mail in plain text to one person: its head, its text, its signature, read back before it goes.

What goes to people of the wire by name is written so; releases are written by ``message``.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import format_datetime

from dispaccio.delivery.mailing import dkim, headers
from dispaccio.delivery.mailing.dkim import Signer
from dispaccio.delivery.mailing.headers import END
from dispaccio.delivery.mailing.letters import House
from dispaccio.errors import MalformedHeader

_FROM = re.compile(rb"^From ", re.MULTILINE)


def write(
    house: House,
    to: tuple[str, str],
    subject: str,
    more: Sequence[str],
    text: str,
    at: datetime,
    signer: Signer | None,
) -> bytes:
    """The message with CRLF, signed where there is a signer.

    ``to`` is a name and an address, ``more`` are further fields as they are written, ``text`` has
    LF. Raises MalformedHeader where something breaks out of its header or reads otherwise.
    """
    fields = [
        headers.mailbox("From", house.name, house.sender),
        headers.mailbox("To", *to),
        headers.text("Subject", subject),
        f"Date: {format_datetime(at)}",
        *more,
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    ]
    names = [field.partition(":")[0].lower() for field in fields]
    head = "".join(field + END for field in fields)
    headers.require_fields(head, names)
    body = _quoted(text)
    _prove(head.encode() + END.encode() + body, names, to[1], text)
    if signer is not None:
        plain = "".join(headers.unfolded(field) for field in fields)
        hashed = dkim.body_hash([dkim.ended(dkim.relaxed(body))])
        head = signer.sign(plain, dkim.listed(names), hashed, int(at.timestamp())) + head
    return head.encode("ascii") + END.encode() + body


def one_line(text: str) -> str:
    """Text without line breaks and control characters, for a greeting or a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _prove(whole: bytes, names: list[str], address: str, text: str) -> None:
    """Read what was written, as a receiver does: it goes to one address, and says what it should.

    Raises MalformedHeader.
    """
    read = message_from_bytes(whole, policy=policy.default)
    to = [found.addr_spec for found in read["to"].addresses]
    if [name.lower() for name in read] != names or read.defects or to != [address]:
        raise MalformedHeader("The mail's head says something else than was written into it.")
    if read.get_content().replace(END, "\n") != text:
        raise MalformedHeader("The mail's text reads otherwise than it was meant.")


def _quoted(text: str) -> bytes:
    """Text as quoted-printable (RFC 2045, section 6.7) with CRLF."""
    lines = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return _FROM.sub(b"=46rom ", lines).replace(b"\n", b"\r\n")
