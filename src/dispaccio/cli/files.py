"""What a command is given to read: a file, or standard input."""

from __future__ import annotations

import json
import os
from typing import Any, BinaryIO

from dispaccio.errors import EmptyInput, MalformedRequest, NoSuchFile, TooLarge


def read_input(
    name: str, most: int | None = None, wanted: str = "a release with a headline and a text"
) -> bytes:
    """The bytes of a file, or of standard input for ``-``; at most ``most``, else one release's.

    ``wanted`` is what should be in it, for the sentence about an empty one.

    Raises NoSuchFile, EmptyInput or TooLarge; each names the file.
    """
    from dispaccio.formats.base import MAX_BYTES

    most = most or MAX_BYTES
    shown = "The standard input" if name == "-" else one_line(name)
    try:
        with open(0 if name == "-" else name, "rb", closefd=name != "-") as file:
            size = os.fstat(file.fileno()).st_size
            data = _head(file, most + 1)
    except FileNotFoundError:
        raise NoSuchFile(f"There is no file {shown}; check the path.") from None
    except IsADirectoryError:
        raise NoSuchFile(f"{shown} is a folder; name a file in it.") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise NoSuchFile(f"{shown} cannot be read: {why}.") from None
    if not data.strip():
        what = "holds only blanks" if data else "is empty"
        raise EmptyInput(f"{shown} {what}; hand in {wanted}.")
    if len(data) > most:
        raise TooLarge(
            f"{shown} has {f'{size:,}' if size > most else 'too many'} bytes; "
            f"the wire takes {most:,} at the most."
        )
    return data


def json_option(name: str, value: str | None) -> dict[str, Any] | None:
    """The object that an option holds as JSON, or that ``@FILE`` holds; None for no option.

    Raises MalformedRequest, which names the option, and what ``read_input`` raises.
    """
    if value is None:
        return None
    text = read_input(value[1:]).decode("utf-8", "replace") if value.startswith("@") else value
    try:
        said = json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise MalformedRequest(f"{name} is no JSON: {error}.") from None
    if not isinstance(said, dict):
        raise MalformedRequest(f'{name} should be an object, like {{"charset": "windows-1252"}}.')
    return said


def one_line(name: str) -> str:
    """A file's name as it can stand in a sentence: what cannot be seen is written out."""
    if not name:
        return "''"
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no value of it")


def _head(file: BinaryIO, size: int) -> bytes:
    """At most ``size`` bytes; fewer only where the file ends."""
    pieces = []
    while size and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
