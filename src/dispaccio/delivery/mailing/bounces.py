"""Mail that came back: what a delivery report (RFC 3464) says, read with bounds.

A report counts by the address that it was sent to (VERP), whose token nobody can make up, and by
its machine-readable part alone. What it says of anybody else's address is not listened to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from dispaccio.delivery.mailing import tokens
from dispaccio.errors import InputError
from dispaccio.formats.mail import mime
from dispaccio.formats.mail.mime import Part

LARGEST = 1024 * 1024
"""Bytes of a report that are looked at: its own parts come first, the mail it is about last."""
_REPORT = "message/delivery-status"
_MOST = 20
_RETURN_FIELDS = ("to", "delivered-to", "x-original-to", "envelope-to")
_FIELD = re.compile(r"^([A-Za-z-]{1,40})[ \t]*:[ \t]*([^\n]{0,500})$", re.MULTILINE)
_STATUS = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that was not delivered for good: to which endpoint, and the status (RFC 3463)."""

    endpoint: str
    status: str
    at: datetime | None
    """When the report was written, by its own word."""

    @property
    def hard(self) -> bool:
        """Whether the address itself is at fault, as ``is_hard`` says."""
        return is_hard(self.status)


def is_hard(status: str) -> bool:
    """Whether a status says that the address does not exist or is switched off.

    That is 5.1.x but 5.1.7 and 5.1.8, which speak of the sender's, and 5.2.1 (RFC 3463).
    """
    found = _STATUS.fullmatch(status)
    if not found or found[1] != "5":
        return False
    return (found[2] == "1" and found[3] not in ("7", "8")) or found.group(2, 3) == ("2", "1")


def read(message: bytes, key: bytes) -> Bounce | None:
    """The bounce that a message reports, or None: it reports none, or its address is made up.

    Args:
        message: the report as it came.
        key: of the tokens in addresses (``tokens.key_of``).
    """
    try:
        part = mime.parse(message[:LARGEST])
    except InputError:
        return None
    endpoint = _endpoint(part, key)
    if endpoint is None or part.kind != "multipart/report":
        return None
    report = next((item for item in part.parts[:_MOST] if item.kind == _REPORT), None)
    if report is None:
        return None
    status = _failure(_text(report))
    return Bounce(endpoint, status, _date(part)) if status else None


def _endpoint(part: Part, key: bytes) -> str | None:
    """Whose mail came back: by the address that the report was sent to."""
    for name, value in part.fields[:200]:
        if name not in _RETURN_FIELDS:
            continue
        for _, address in getaddresses([value[:2000].decode("ascii", "replace")])[:_MOST]:
            found = tokens.returned(key, address)
            if found is not None:
                return found
    return None


def _failure(report: str) -> str | None:
    """The status of the first recipient that failed; a delay is none."""
    for block in re.split(r"\n[ \t]*\n", report)[: _MOST + 1]:
        fields = {name.lower(): value.strip() for name, value in _FIELD.findall(block)}
        if fields.get("action", "").lower() == "failed":
            found = _STATUS.match(fields.get("status", ""))
            return found[0] if found and found[1] != "2" else "5.0.0"
    return None


def _text(report: Part) -> str:
    """The fields of a report, folded lines joined."""
    text = report.body[: 64 * 1024].replace(b"\r\n", b"\n").decode("utf-8", "replace")
    return re.sub(r"\n[ \t]+(?=\S)", " ", text)


def _date(part: Part) -> datetime | None:
    try:
        found = parsedate_to_datetime((part.raw("date") or b"").decode("ascii", "replace").strip())
    except (ValueError, OverflowError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
