"""A bound on what a request may bring, enforced before anything reads it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispaccio.api.caller import LOCAL
from dispaccio.api.problems import problem
from dispaccio.errors import UnknownEncoding
from dispaccio.formats.base import MAX_BYTES, MAX_MANY_BYTES

LONGEST = MAX_BYTES
"""The most bytes that a body has: those of the largest document, for there is nothing around it."""
ARCHIVE, FILES = "/archive", "/files"
_PLAIN = (b"", b"identity")


class BodyLimit:
    """Answers 413 to a body of more than ``LONGEST`` bytes, declared or not.

    A picture or file may have ``files`` bytes. Answers 415 to one with a content coding (RFC 9110
    section 8.4): compressed, it has no bound.
    """

    def __init__(self, app: ASGIApp, *, files: int = LONGEST) -> None:
        self._app, self._files = app, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, behind the bound."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        codings = (value for name, value in scope["headers"] if name == b"content-encoding")
        if any(value.strip().lower() not in _PLAIN for value in codings):
            await _refuse_coding(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        is_file = scope["method"] == "POST" and scope["path"].endswith(FILES)
        most = self._files if is_file else _most(scope)
        if not declared.isdigit() or int(declared) > most:
            await _refuse(most, scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _TooMuch
            return message

        try:
            await self._app(scope, counted, send)
        except _TooMuch:
            await _refuse(most, scope, receive, send)


class _TooMuch(BaseException):
    """More came than was declared or is taken; no handler below may swallow it."""


def _most(scope: Scope) -> int:
    """What a request may bring. A whole archive in one document comes by the control socket."""
    archive = scope.get(LOCAL) and scope["path"].endswith(ARCHIVE)
    return MAX_MANY_BYTES if archive else LONGEST


async def _refuse(most: int, scope: Scope, receive: Receive, send: Send) -> None:
    sentence = f"The request has more than {most:,} bytes, which is what the wire takes."
    await problem(413, "too-large", sentence)(scope, receive, send)


async def _refuse_coding(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(415, UnknownEncoding.code(), UnknownEncoding().message)
    answer.headers["accept-encoding"] = "identity"
    await answer(scope, receive, send)
