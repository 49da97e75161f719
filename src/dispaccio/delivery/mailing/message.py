"""One mail, made once for a revision and written for each of its recipients.

All that is the same for everybody, a body with its canonical form for DKIM among it, is made by
``Stencil``; a recipient adds their address, the time, and the address at which they unsubscribe.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import format_datetime
from functools import lru_cache

from dispaccio.delivery.mailing import dkim, headers
from dispaccio.delivery.mailing.dkim import Signer
from dispaccio.delivery.mailing.headers import END
from dispaccio.errors import MalformedHeader

PLACE = "\ufffc"
"""Where the address of the page to unsubscribe stands in a text."""
_SOFT = b"=\r\n"
"""The end of a line that is none (RFC 2045, section 6.7, rule 5)."""
_OWN = ["to", "date", "list-unsubscribe"]
"""The fields that each recipient has otherwise."""
_FROM = re.compile(rb"^From ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. Ids are bare, without ``<`` and ``>``.

    ``text`` and ``html`` hold ``PLACE`` once; ``html`` is None for a plain mail.
    """

    sender: tuple[str, str]
    """The name that is shown, and the address."""
    subject: str
    message_id: str
    list_id: tuple[str, str]
    """The list's name, and its id (RFC 2919)."""
    text: str
    html: str | None = None
    follows: str | None = None
    """The id of the mail that this one answers to."""
    reply_to: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a mail: the name that is shown, the address, and where they unsubscribe."""

    name: str
    address: str
    leave: str


class Stencil:
    """A letter that is ready for any recipient.

    Raises MalformedHeader where a text would break out of its header.
    """

    def __init__(self, letter: Letter) -> None:
        fields = [
            headers.mailbox("From", *letter.sender),
            headers.text("Subject", letter.subject),
            f"Message-ID: <{letter.message_id}>",
            headers.mailbox("List-Id", *letter.list_id),
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ]
        if letter.follows:
            fields.append(f"In-Reply-To: <{letter.follows}>")
            fields.append(f"References: <{letter.follows}>")
        if letter.reply_to:
            fields.append(headers.mailbox("Reply-To", *letter.reply_to))
        kind, self._pieces = _body(letter)
        fields += kind
        self._head = "".join(field + END for field in fields)
        self._fields = "".join(headers.unfolded(field) for field in fields)
        own = [field.partition(":")[0].lower() for field in fields]
        headers.require_fields(self._head, own)
        self._names = [*own, *_OWN]
        self._signed = dkim.listed(self._names)
        *pieces, last = (dkim.relaxed(piece) for piece in self._pieces)
        self._canonical = [*pieces, dkim.ended(last)]
        self._prove(letter)

    def write(self, recipient: Recipient, at: datetime, signer: Signer | None = None) -> bytes:
        """The message for one recipient, with CRLF; raises MalformedHeader."""
        own = (
            headers.mailbox("To", recipient.name, recipient.address),
            f"Date: {_date(int(at.timestamp()))}",
            f"List-Unsubscribe: <{recipient.leave}>",  # not folded: some programs read one line
        )
        mine = "".join(field + END for field in own)
        headers.require_fields(mine, _OWN)
        head = self._head + mine
        place = _quoted(recipient.leave) + _SOFT
        body = place.join(self._pieces)
        if signer is not None:
            fields = self._fields + "".join(headers.unfolded(field) for field in own)
            hashed = dkim.body_hash([dkim.relaxed(place).join(self._canonical)])
            head = signer.sign(fields, self._signed, hashed, int(at.timestamp())) + head
        return (head + END).encode("ascii") + body

    def _prove(self, letter: Letter) -> None:
        """Read what was written, as a receiver does: nothing but what was meant may be in it."""
        leave = "https://wire.example/u/x"
        whole = (self._head + END).encode("ascii") + (_quoted(leave) + _SOFT).join(self._pieces)
        read = message_from_bytes(whole, policy=policy.default)
        expected = self._names[: -len(_OWN)]
        subject = " ".join(letter.subject.split())
        if [name.lower() for name in read] != expected or read.defects:
            raise MalformedHeader("The mail's head says something else than was written into it.")
        if " ".join(str(read["subject"]).split()) != subject or len(read["from"].addresses) != 1:
            raise MalformedHeader("The mail's subject or sender reads otherwise than it was meant.")
        plain = read.get_body(("plain",))
        said = plain.get_content().replace(END, "\n") if plain else ""
        if said != _lines(letter.text).replace(PLACE, leave):
            raise MalformedHeader("The mail's text reads otherwise than it was meant.")


@lru_cache(maxsize=64)
def _date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


def _body(letter: Letter) -> tuple[list[str], list[bytes]]:
    """The fields that say what the body is, and its pieces: PLACE stands between two."""
    plain = _around(letter.text)
    if letter.html is None:
        return _part("plain"), plain
    html = _around(letter.html)
    digest = hashlib.sha256(f"{letter.message_id}\n{letter.text}".encode()).hexdigest()
    mark = f"=_{digest[:24]}"  # never in a part: there an equals sign is encoded
    opening = [f"--{mark}", *_part("plain"), "", ""]
    between = ["", f"--{mark}", *_part("html"), "", ""]
    plain[0] = END.join(opening).encode() + plain[0]
    html[-1] += f"{END}--{mark}--{END}".encode()
    joint = plain[-1] + END.join(between).encode() + html[0]
    kind = [f'Content-Type: multipart/alternative;{END} boundary="{mark}"']
    return kind, [*plain[:-1], joint, *html[1:]]


def _part(kind: str) -> list[str]:
    return [
        f'Content-Type: text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    ]


def _around(text: str) -> list[bytes]:
    """What stands before and after the place of the address, encoded so that they join."""
    before, place, after = _lines(text).partition(PLACE)
    if not place or PLACE in after:
        raise MalformedHeader("The mail has not one place for the address to unsubscribe.")
    return [_quoted(before) + _SOFT, _quoted(after)]


def _lines(text: str) -> str:
    """Text with LF as its line end, the last line ended and not empty."""
    return text.replace(END, "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _quoted(text: str) -> bytes:
    """Text as quoted-printable (RFC 2045, section 6.7) with CRLF."""
    lines = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return _FROM.sub(b"=46rom ", lines).replace(b"\n", b"\r\n")
