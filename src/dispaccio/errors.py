"""One tree of errors. An error is part of the product.

Every error says in one plain sentence what is wrong, where, and what to do. Its class name in
kebab-case is its stable ``code``, which the API, the command line and the docs share. A class's
docstring is its default message; data about the case goes into ``details``. An error never logs
and never notifies anybody.
"""

from __future__ import annotations

import re
from typing import ClassVar


class DispaccioError(Exception):
    """Something in dispaccio went wrong."""

    status: ClassVar[int] = 400
    """The HTTP status with which the API answers (RFC 9110)."""
    exit_code: ClassVar[int] = 1
    """The exit code of the command line."""

    def __init__(self, message: str | None = None, /, **details: object) -> None:
        self.message = message or (self.__doc__ or "").strip().splitlines()[0]
        self.details = details
        super().__init__(self.message)

    @classmethod
    def code(cls) -> str:
        """The stable code: the class name in kebab-case (``UnknownIssuer`` is ``unknown-issuer``)."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()


class InputError(DispaccioError):
    """What was handed in cannot be taken as it is."""

    status = 422


class NotFound(DispaccioError):
    """There is nothing here."""

    status = 404


class Forbidden(DispaccioError):
    """This person may not do that."""

    status = 403


class Conflict(DispaccioError):
    """That cannot be done in the present state."""

    status = 409


class Unavailable(DispaccioError):
    """The wire cannot do that at the moment."""

    status = 503


# Reading
class EmptyInput(InputError):
    """The file is empty; hand in a release with a headline and a text."""


class NotText(InputError):
    """The file is not text; hand in text, Markdown, HTML or JSON in UTF-8."""


class WrongCharset(InputError):
    """The bytes are not in the character set that was stated."""


class TooLarge(InputError):
    """The input is larger than the wire takes."""

    status = 413


class UnknownFormat(InputError):
    """The format is not one that this wire reads; name one with --as."""

    status = 415


class MalformedDocument(InputError):
    """The document breaks the rules of its format."""


class NoSuchFile(InputError):
    """There is no such file, or it may not be read."""


# Time
class TimeWithoutZone(InputError):
    """The time has no zone; write an offset (2026-05-26T09:00+02:00) or a zone (Europe/Rome)."""


class TimeInGap(InputError):
    """That local time does not exist: the clocks skip it."""


class TimeAmbiguous(InputError):
    """That local time happens twice that night; write the offset."""


class TimeOutOfRange(InputError):
    """The time is in the past, or too far away."""


class MalformedTime(InputError):
    """That is not a time; write it like 2026-05-26T09:00+02:00 or 2026-05-26 09:00 Europe/Rome."""


class ClockUntrusted(Unavailable):
    """The wall clock jumped; nothing is published until it is steady for 10 s, or `dispaccio clock accept`."""
