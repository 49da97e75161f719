"""A form with one large file (RFC 7578): the file goes into the vault while it comes.

Neither it nor a piece of it is on a disk in plain, and nowhere is it whole in memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import anyio.to_thread
from starlette.requests import Request

from dispaccio.embargo.files import CHUNK, Stored, Writer
from dispaccio.errors import MalformedRequest, TooLarge
from dispaccio.wire.core import Wire
from dispaccio.words import say

_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
_PARAMETER = re.compile(r'\b(name|filename)="([^"]*)"')
_MOST_HEAD, _MOST_TEXT, _MOST_PARTS = 4_096, 100_000, 50


@dataclass(slots=True)
class Sent:
    """A form that was taken: its fields, and its file in the vault (None where none was chosen)."""

    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    stored: Stored | None = None


async def receive(request: Request, wire: Wire) -> Sent:
    """The form of a request. Where it breaks off or is refused, nothing is left of it.

    Raises MalformedRequest, TooLarge, StoreFailed.
    """
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if found is None:
        raise MalformedRequest(
            say("The form does not say where its parts end; open the page anew.")
        )
    form = _Form(wire, found[1].encode("latin-1", "replace"))
    try:
        waiting = bytearray()
        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= CHUNK:
                await anyio.to_thread.run_sync(form.feed, bytes(waiting))
                waiting.clear()
        await anyio.to_thread.run_sync(form.feed, bytes(waiting))
        return await anyio.to_thread.run_sync(form.finish)
    except BaseException:
        form.abandon()
        raise


class _Form:
    """A form that comes in pieces."""

    def __init__(self, wire: Wire, boundary: bytes) -> None:
        self._wire, self._end = wire, b"\r\n--" + boundary
        self._most = wire.settings.max_file_mb * 1024 * 1024
        self._waiting = bytearray(b"\r\n")
        self._sent = Sent()
        self._part: str | None = None
        self._text = bytearray()
        self._writer: Writer | None = None
        self._in_file = self._ended = False
        self._parts = 0

    def feed(self, data: bytes) -> None:
        """Take some more of it."""
        if self._ended:
            return
        self._waiting += data
        more = True
        while more:
            more = self._step()

    def finish(self) -> Sent:
        """The whole form."""
        if not self._ended:
            raise MalformedRequest(say("The form broke off; send it again."))
        if self._writer is None:
            return self._sent
        if self._writer.size:
            self._sent.stored = self._writer.finish()
        else:
            self._writer.abandon()
        return self._sent

    def abandon(self) -> None:
        """Leave nothing of it."""
        if self._writer is not None:
            self._writer.abandon()

    def _step(self) -> bool:
        """One boundary further; False where more has to come first."""
        at = self._waiting.find(self._end)
        if at < 0:
            keep = len(self._end) + 2
            if len(self._waiting) > keep:
                self._take(self._waiting[:-keep])
                del self._waiting[:-keep]
            return False
        after = at + len(self._end)
        if len(self._waiting) < after + 2:
            return False
        if self._waiting[after : after + 2] == b"--":
            self._close(at)
            self._ended = True
            return False
        head = self._waiting.find(b"\r\n\r\n", after)
        if head < 0:
            if len(self._waiting) - after > _MOST_HEAD:
                raise MalformedRequest(say("A part of the form says too much of itself."))
            return False
        self._close(at)
        self._open(bytes(self._waiting[after:head]))
        del self._waiting[: head + 4]
        return True

    def _open(self, head: bytes) -> None:
        said = dict(_PARAMETER.findall(head.decode("utf-8", "replace")))
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise MalformedRequest(say("The form has too many parts; send one file at a time."))
        self._part, self._in_file = said.get("name", ""), "filename" in said
        if self._in_file:
            if self._writer is not None:
                raise MalformedRequest(say("Send one file at a time, or several in a zip."))
            self._sent.name = said["filename"][:300]
            self._writer = Writer(self._wire.home)

    def _close(self, at: int) -> None:
        """The end of a part, whose last bytes stand before ``at``."""
        self._take(self._waiting[:at])
        if self._part is not None and not self._in_file:
            try:
                self._sent.fields[self._part] = self._text.decode().replace("\r\n", "\n")
            except UnicodeDecodeError:
                raise MalformedRequest(say("A field of the form is not UTF-8.")) from None
        self._text.clear()
        self._in_file = False

    def _take(self, data: bytearray) -> None:
        if self._part is None:
            return
        if self._in_file and self._writer is not None:
            if self._writer.size + len(data) > self._most:
                most = self._wire.settings.max_file_mb
                raise TooLarge(
                    say("The file is larger than the {most} MB that the wire takes.", most=most)
                )
            self._writer.write(bytes(data))
        elif len(self._text) + len(data) > _MOST_TEXT:
            raise TooLarge(say("A field of the form is longer than the wire takes."))
        else:
            self._text += data
