"""Forms with files (RFC 7578), as browsers send them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dispaccio.errors import MalformedRequest
from dispaccio.words import say

_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
_PARAMETER = re.compile(r'\b(name|filename)="([^"]*)"')
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent along; ``name`` is what the sender calls it, without folders."""

    name: str
    data: bytes


def parse(
    body: bytes, content_type: str, most: int
) -> tuple[list[tuple[str, str]], list[tuple[str, Upload]]]:
    """The fields and the files of a form, each with its name. Raises MalformedRequest."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise MalformedRequest(
            say("The form does not say where its parts end; open the page anew.")
        )
    pieces = (b"\r\n" + body).split(b"\r\n--" + found[1].encode("latin-1", "replace"), most + 2)
    if len(pieces) < 2 or len(pieces) > most + 1 or not pieces[-1].startswith(b"--"):
        raise MalformedRequest(say("The form has no end, or too many parts; send it again."))
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, Upload]] = []
    for piece in pieces[1:-1]:
        head, _, data = piece.partition(b"\r\n\r\n")
        said = dict(_PARAMETER.findall(head.decode("utf-8", "replace")))
        if "filename" in said:
            files.append((said.get("name", ""), Upload(_bare(said["filename"]), data)))
        else:
            fields.append((said.get("name", ""), _text(data)))
    return fields, files


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedRequest(
            say("A field of the form is not UTF-8; open the page anew.")
        ) from None


def _bare(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    return "".join(char for char in last if char.isprintable())[:_LONGEST_NAME]
