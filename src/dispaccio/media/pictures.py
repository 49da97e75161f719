"""What is published of a picture: the picture without its secrets, and smaller ones of it.

``process`` starts a process of its own for each picture, bounded in memory, time and files: what
decodes a stranger's bytes can neither exhaust the wire nor reach anything of it. Both directions
go through pipes, so that nothing of a picture is on a disk.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from threading import BoundedSemaphore

from dispaccio.errors import DamagedFile, InternalError, OversizedPicture, UnsupportedFile
from dispaccio.media.inscription import Inscription, inscribe
from dispaccio.words import in_a_row, recalled, say

MOST_BYTES = 30 * 1024 * 1024
"""Bytes of the largest picture."""
MOST_PIXELS = 100_000_000
LONGEST_SIDE = 40_000
WIDTHS = (480, 960, 1920)
"""How wide the smaller pictures are."""
PATIENCE = 30.0
"""Seconds until a picture is given up."""
AT_ONCE = 2
"""How many pictures are worked on at the same time."""
_turns = BoundedSemaphore(AT_ONCE)
_ERRORS: dict[str, type[DamagedFile | OversizedPicture | UnsupportedFile]] = {
    "damaged": DamagedFile,
    "oversized": OversizedPicture,
    "unsupported": UnsupportedFile,
}


@dataclass(frozen=True, slots=True)
class Made:
    """One published form of a picture: its size on the screen, its media type, its bytes."""

    width: int
    height: int
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Processed:
    """What is published of a picture: ``full`` with its own data, then ``smaller`` by width.

    ``said`` are the words that the picture brought in its own IPTC fields.
    """

    full: Made
    smaller: tuple[Made, ...]
    said: Inscription


def process(picture: bytes, name: str) -> Processed:
    """Decode a picture and make what is published of it; no words are written into it yet.

    Raises DamagedFile, OversizedPicture, UnsupportedFile.
    """
    if len(picture) > MOST_BYTES:
        raise OversizedPicture(
            say(
                "{name} has {count} bytes; a picture may have {most}.",
                name=repr(name),
                count=len(picture),
                most=MOST_BYTES,
            )
        )
    command = [sys.executable, "-I", "-m", "dispaccio.media.worker"]
    with _turns:
        try:
            done = subprocess.run(
                command, input=picture, capture_output=True, timeout=PATIENCE, check=False, env={}
            )
        except subprocess.TimeoutExpired:
            raise OversizedPicture(_too_costly(name)) from None
    if done.returncode != 0:
        if b"MemoryError" in done.stderr or done.returncode < 0:
            raise OversizedPicture(_too_costly(name))
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InternalError(
            say("The picture could not be worked on ({why}).", why=said[-1] if said else "?")
        )
    return _read(done.stdout, name)


def written_into(made: Made, said: Inscription, *, orientation: int = 1) -> bytes:
    """A published form with the words in it; see ``inscribe``. Raises DamagedFile."""
    return inscribe(made.data, said, orientation=orientation)


def _read(answer: bytes, name: str) -> Processed:
    line, _, data = answer.partition(b"\n")
    head = json.loads(line, object_hook=recalled)
    if error := head.get("error"):
        raise _ERRORS[error](in_a_row((repr(name), head["message"]), " "))
    made, at = [], 0
    for item in head["made"]:
        size = item.pop("size")
        made.append(Made(**item, data=data[at : at + size]))
        at += size
    return Processed(made[0], tuple(made[1:]), Inscription(**head["said"]))


def write(made: list[Made], said: Inscription) -> list[bytes]:
    """The worker's answer: a line of JSON, and the bytes that it describes."""
    items = [
        {
            "width": one.width,
            "height": one.height,
            "media_type": one.media_type,
            "size": len(one.data),
        }
        for one in made
    ]
    line = json.dumps({"made": items, "said": asdict(said)}).encode()
    return [line, b"\n", *(one.data for one in made)]


def _too_costly(name: str) -> str:
    return (
        f"{name!r} takes more time or memory than the wire spends on a picture; "
        "scale it down and send it again."
    )
