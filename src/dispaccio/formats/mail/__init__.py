"""E-mail: a message (RFC 5322, MIME) or a mailbox of them, read; never written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispaccio.errors import InputError, UnknownFormat
from dispaccio.formats import items
from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.mail import mbox, mime, read
from dispaccio.formats.mail.read import NAME, Unit
from dispaccio.release.model import Reading, Revision

_FIELD = re.compile(rb"(?:[!-9;-~]+[ \t]*:|[ \t])")
_TRANSPORT = re.compile(
    rb"^(?:mime-version|message-id|received|return-path|dkim-signature|delivered-to"
    rb"|content-transfer-encoding):",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = re.compile(rb"^(?:from|subject|date):", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(rb"^from[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*?(?:@|=\?)", re.IGNORECASE | re.MULTILINE)
"""A sender as mail programs write it; a pasted mail shows a name alone."""
_ABOUT = re.compile(rb"^(?:subject|to)[ \t]*:", re.IGNORECASE | re.MULTILINE)


def _recognises(data: bytes) -> bool:
    """A mailbox, or a head that names a sender's address and what about, or how it travelled.

    It need not be whole: what a mail's reader refuses must not be read as a plain text instead.
    """
    if mbox.is_mailbox(data):
        return True
    if not _FIELD.match(data[:200]):
        return False
    head = data[:65536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if _FROM.search(head) and _ABOUT.search(head):
        return True
    return bool(_TRANSPORT.search(head) and _HEAD.search(head))


class MailFormat:
    """E-mail, read."""

    name = NAME
    version = PROTOCOL_VERSION
    about = About(
        title="E-mail",
        media_types=("message/rfc822", "application/mbox", "message/global"),
        suffixes=(".eml", ".mbox"),
        reads=True,
        writes=False,
        lossless=False,
        many=True,
        recognises=_recognises,
    )

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The releases of a message, or of every message of a mailbox.

        A message that cannot be read is named in a warning of the first that can; if there is
        none, its error is raised: EmptyInput, MalformedDocument, NotText, TooLarge, WrongCharset.
        """

        def one(unit: Unit | InputError) -> Reading:
            if isinstance(unit, InputError):
                raise unit
            return read.read(unit, options)

        return items.read_each(_units(data), one)

    def write(self, revision: Revision) -> bytes:
        """E-mail is not written. Raises UnknownFormat."""
        raise UnknownFormat("E-mail is only read, not written.")


def _units(data: bytes) -> Iterator[Unit | InputError]:
    """The messages to be read; for one that cannot be taken apart its error."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    for message in mbox.messages(data) if mbox.is_mailbox(data) else [data]:
        try:
            found = list(read.units(mime.parse(message)))
        except InputError as error:
            yield error
        else:
            yield from found


mail = MailFormat()
