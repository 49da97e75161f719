"""A message as a tree of parts (MIME, RFC 2045 and 2046), bounded before anything is built.

Line ends may be CRLF or a bare LF. Nothing is decoded here.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dispaccio.errors import InputError, MalformedDocument, TooLarge
from dispaccio.formats.mail import headers

MAX_DEPTH = 20
"""How deep parts and messages may be nested."""
MAX_PARTS = 1_000
"""The most parts that a message may have."""
MESSAGE = "message/rfc822"
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@dataclass
class Part:
    """A part: its fields, its type with parameters, and what is in it.

    ``parts`` are those of a multipart, or the one message in a ``message/rfc822``. ``cut``: the
    end of a multipart is missing.
    """

    fields: list[tuple[str, bytes]]
    kind: str
    parameters: dict[str, str]
    body: bytes = b""
    parts: list[Part] = field(default_factory=list)
    cut: bool = False

    def raw(self, name: str) -> bytes | None:
        """The first field of that lower-case name."""
        return next((value for known, value in self.fields if known == name), None)

    def walk(self) -> Iterator[Part]:
        """This part and all within it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """``Content-Disposition``: inline, attachment or nothing, with its parameters."""
        return headers.parameters(self.raw("content-disposition") or b"")

    @property
    def name(self) -> str | None:
        """The file name that the part states, without a path."""
        stated = self.disposition[1].get("filename") or self.parameters.get("name") or ""
        try:
            said = headers.text("filename", stated.encode("utf-8", "replace"), [])
        except InputError:
            return None
        return re.split(r"[/\\]", said)[-1][:200] or None

    def content(self, warnings: list[str]) -> bytes:
        """The bytes behind the transfer encoding. Raises MalformedDocument for an unknown one."""
        encoding = (self.raw("content-transfer-encoding") or b"").strip().lower()
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding == b"base64":
            packed = _NO_BASE64.sub(b"", self.body)
            if len(packed) % 4 == 1:
                packed = packed[:-1]
                warnings.append("A part in base64 is cut short.")
            return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))
        if encoding in (b"", b"7bit", b"8bit", b"binary"):
            return self.body
        shown = encoding[:30].decode("ascii", "replace")
        raise MalformedDocument(f"The transfer encoding {shown!r} is not known.")


def parse(data: bytes) -> Part:
    """A message as a tree. Raises MalformedDocument or TooLarge."""
    return _Builder().message(data.replace(b"\r\n", b"\n"), 1)


class _Builder:
    """Builds the tree, and counts what it builds."""

    def __init__(self) -> None:
        self._count = 0

    def message(self, data: bytes, depth: int) -> Part:
        """A whole message."""
        fields, body = headers.split(data)
        headers.judge(fields)
        return self._part(fields, body, depth)

    def _part(self, fields: list[tuple[str, bytes]], body: bytes, depth: int) -> Part:
        self._count += 1
        if depth > MAX_DEPTH:
            raise MalformedDocument(
                f"The message is nested deeper than {MAX_DEPTH} parts; send the release itself."
            )
        if self._count > MAX_PARTS:
            raise TooLarge(f"The message has more than {MAX_PARTS:,} parts.")
        stated = next((value for name, value in fields if name == "content-type"), b"")
        kind, parameters = headers.parameters(stated)
        part = Part(fields, kind if "/" in kind else "text/plain", parameters, body)
        if part.kind.startswith("multipart/"):
            self._split(part, depth)
        elif part.kind in (MESSAGE, "message/global"):
            inner = part.content([]).replace(b"\r\n", b"\n").lstrip(b"\n")
            part.parts = [self.message(inner, depth + 1)]
        return part

    def _split(self, part: Part, depth: int) -> None:
        boundary = part.parameters.get("boundary", "").rstrip()
        if not boundary or len(boundary) > 200:
            raise MalformedDocument("A multipart message states no boundary between its parts.")
        line = re.compile(
            rb"^--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t\r]*$",
            re.MULTILINE,
        )
        start: int | None = None
        part.cut = True
        digest = part.kind == "multipart/digest"
        for found in line.finditer(part.body):
            if start is not None:
                part.parts.append(self._inner(part.body[start : found.start()], depth, digest))
            start = found.end() + 1
            if found[1]:
                part.cut = False
                break
        if start is None:
            raise MalformedDocument("A multipart message has none of the parts that it announces.")
        if part.cut and part.body[start:].strip():
            part.parts.append(self._inner(part.body[start:], depth, digest))
        part.body = b""

    def _inner(self, data: bytes, depth: int, digest: bool) -> Part:
        """A part between two boundaries; without a head of its own all of it is text."""
        data = data.removesuffix(b"\n")
        try:
            fields, body = headers.split(data)
        except MalformedDocument:
            fields, body = [], data
        if digest and not any(name == "content-type" for name, _ in fields):
            fields = [*fields, ("content-type", MESSAGE.encode())]
        return self._part(fields, body, depth + 1)
