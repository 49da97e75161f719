"""SFTP: the document as a file in the receiver's folder, its signature and its files beside it.

It needs asyncssh (``pip install 'dispaccio[sftp]'``), which is imported when something is sent.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath
from time import monotonic
from typing import TYPE_CHECKING, Any

from dispaccio.delivery.carriers.base import (
    PROTOCOL_VERSION,
    Carrier,
    Means,
    Outcome,
    Parcel,
    Result,
)
from dispaccio.delivery.carriers.settings import only
from dispaccio.delivery.filename import fill
from dispaccio.delivery.profile import PLACES, path_template
from dispaccio.delivery.signature import sign
from dispaccio.egress.policy import Policy
from dispaccio.errors import DispaccioError, InputError, MalformedEndpoint
from dispaccio.formats.registry import formats
from dispaccio.media.zipped import apart
from dispaccio.release.state import Kind
from dispaccio.words import either, say

if TYPE_CHECKING:
    from dispaccio.egress import ssh

KEY_FILE = "ssh.pem"
"""The wire's key for SSH, in its folder of keys."""
PORT = 22
TOTAL = 15.0
"""Seconds for one attempt, and with files for each piece of them."""
WITH_FILES = 900.0
"""Seconds for one attempt with files; the next goes on with the file that it ended in."""
_KEEP = 8.0
"""Seconds after which an attempt that gets on asks for more time."""
FILES = ("originals", "none")
FILES_NAME = "{number}.v{version}/{name}"
"""Where files stand, from the folder of the document, if the endpoint does not say it."""
_INSTALL = say("The carrier sftp needs asyncssh, which is not here: pip install 'dispaccio[sftp]'.")
_TAKES_BACK = (Kind.WITHDRAWAL, Kind.WITHHOLD)
_ADDRESS = re.compile(
    r"sftp://(?P<user>[A-Za-z0-9._-]{1,64})@(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]/?#:@\\\s]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<folder>/[^\x00-\x1f\x7f\\]*)?"
)
# RFC 4253, section 6.6; a fingerprint as OpenSSH writes it.
_HOST_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}|[a-z0-9@.-]{4,60} [A-Za-z0-9+/]{40,}={0,2}")
_MODE = re.compile(r"0?[0-7]{3}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an endpoint's files go. ``folder`` is relative to the user's home after ``/~/``."""

    user: str
    host: str
    port: int
    folder: str

    @classmethod
    def of(cls, address: str) -> Place:
        """Take ``sftp://user@host:port/folder`` apart. Raises MalformedEndpoint."""
        found = _ADDRESS.fullmatch(address)
        if found is None or len(address) > 500:
            raise MalformedEndpoint(
                say(
                    "Write the address like sftp://user@host/folder, or "
                    "sftp://user@host/~/folder for a folder below the user's home; the wire "
                    "signs in with its key, without password."
                )
            )
        folder = found["folder"] or "/~/"
        if ".." in folder.split("/"):
            raise MalformedEndpoint(say("Write the folder without a step back (..)."))
        below_home = folder == "/~" or folder.startswith("/~/")
        return cls(
            found["user"],
            found["host"].strip("[]"),
            int(found["port"] or PORT),
            folder[2:].lstrip("/") if below_home else folder,
        )


class Sftp:
    """Writes under a temporary name and renames; never overwrites, never deletes."""

    name = "sftp"
    version = PROTOCOL_VERSION
    receipt_words = "the file stands under its name"

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """Judge address and settings; the receiver's host key has to be pinned."""
        only(self.name, settings, ("host_key", "mode", "files", "files_name"))
        place = Place.of(address)
        policy.service("sftp", place.host, place.port)
        pin = settings.get("host_key")
        if not isinstance(pin, str) or not _HOST_KEY.fullmatch(_pin(pin)):
            raise MalformedEndpoint(
                say(
                    "host_key: give the server's key as `ssh-keyscan` prints it (ssh-ed25519 "
                    "AAAA…), or its fingerprint (SHA256:…); have the receiver confirm it by "
                    "another way."
                )
            )
        if not _MODE.fullmatch(str(settings.get("mode", "640"))):
            raise MalformedEndpoint(say("mode: give the permissions of files like 640."))
        if settings.get("files", FILES[0]) not in FILES:
            raise MalformedEndpoint(say("files: give {known}.", known=either(FILES)))
        places, needed = PLACES - {"suffix"} | {"name"}, ("number", "version", "name")
        path_template("files_name", settings.get("files_name", FILES_NAME), places, needed)
        if find_spec("asyncssh") is None:
            raise MalformedEndpoint(_INSTALL)

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        """Put the document there, its files before it; what stands there already is a receipt."""
        started = monotonic()
        try:
            async with asyncio.timeout(TOTAL) as limit:
                kind, detail = await _put(parcel, means, _Going(parcel, limit))
        except TimeoutError:
            most = TOTAL if monotonic() - started < WITH_FILES else WITH_FILES
            kind, detail = Result.NETWORK, f"The server was not done within {most:g} s."
        except InputError as refusal:
            kind, detail = Result.REFUSED, refusal.message
        except DispaccioError as failure:
            kind, detail = Result.UNSENT, failure.message
        return Outcome(kind, detail, round((monotonic() - started) * 1000))


class _Going:
    """An attempt that sends large files: as long as it gets on, it has more time."""

    def __init__(self, parcel: Parcel, limit: asyncio.Timeout) -> None:
        self._parcel, self._limit = parcel, limit
        now = asyncio.get_running_loop().time()
        self._asked, self._end = now - _KEEP, now + WITH_FILES

    async def on(self) -> bool:
        """Something went through; False if it is not ours to be sent any more."""
        now = asyncio.get_running_loop().time()
        self._limit.reschedule(min(now + TOTAL, self._end))
        if now - self._asked < _KEEP:
            return True
        self._asked = now
        return await self._parcel.prolong()


async def _put(parcel: Parcel, means: Means, going: _Going) -> tuple[Result, str]:
    try:
        from dispaccio.egress import ssh
    except ImportError:
        return Result.UNSENT, _INSTALL
    place = Place.of(parcel.address)
    bundle = await asyncio.to_thread(_bundle, place, parcel, means)
    key = await asyncio.to_thread(means.secret, KEY_FILE)
    sock = await means.client.connect("sftp", place.host, place.port)
    door = ssh.Door(place.host, place.user, _pin(parcel.settings["host_key"]), key)
    reply = await ssh.put(sock, door, bundle, going.on)
    results = {
        ssh.End.STANDS: Result.DELIVERED,
        ssh.End.REFUSED: Result.REFUSED,
        ssh.End.FAILED: Result.NETWORK,
        ssh.End.UNSENT: Result.UNSENT,
    }
    said = reply.said
    if reply.end is ssh.End.STANDS and parcel.kind in _TAKES_BACK and _wants_files(parcel):
        said += " Files sent with earlier versions stay where they are; the receiver removes them."
    return results[reply.end], said


def _bundle(place: Place, parcel: Parcel, means: Means) -> ssh.Bundle:
    """What one delivery puts there."""
    from dispaccio.egress import ssh

    signature = sign(parcel.webhook_id, parcel.timestamp, parcel.body, key=means.key)
    mode, places = parcel.settings.get("mode"), _places(parcel)
    path = PurePosixPath(place.folder) / fill(parcel.profile.file_name, places)
    files = parcel.files() if _wants_files(parcel) else ()
    template = str(parcel.settings.get("files_name", FILES_NAME))
    names = apart(str(fill(template, places | {"name": file.name})) for file in files)
    return ssh.Bundle(
        str(path),
        parcel.body,
        json.dumps(signature, indent=1).encode() + b"\n",
        int(str(mode), 8) if mode is not None else None,
        [
            ssh.Beside(str(path.parent / name), file.size, file.sha256, file.read)
            for name, file in zip(names, files, strict=True)
        ],
    )


def _wants_files(parcel: Parcel) -> bool:
    return bool(parcel.settings.get("files", FILES[0]) != "none")


def _places(parcel: Parcel) -> dict[str, str]:
    """What a file name is made of; the native document knows what the parcel does not."""
    said = json.loads(parcel.rendering("dispaccio") or b"{}")
    issuer = said.get("issuer") or {}
    return {
        "number": parcel.number,
        "version": str(parcel.version),
        "issuer": str(issuer.get("name") or ""),
        "channel": str(said.get("channel") or ""),
        "language": str(said.get("language") or ""),
        "date": str(said.get("version_created") or parcel.timestamp.isoformat())[:10],
        "suffix": _suffix(parcel.media_type),
    }


def _suffix(media_type: str) -> str:
    """The suffix of the format that has this media type, first of all as its own."""
    essence = media_type.partition(";")[0].strip()
    known = [format.about for format in formats().values()]
    first = [about for about in known if about.media_types[0] == essence]
    rest = [about for about in known if essence in about.media_types]
    return next((about.suffixes[0] for about in [*first, *rest]), ".bin")


def _pin(text: str) -> str:
    """A pinned key without what `ssh-keyscan` puts before it and others behind it."""
    words = text.split()
    if len(words) == 1:
        return words[0].rstrip("=")
    start = next((i for i, word in enumerate(words[:-1]) if words[i + 1].startswith("AAAA")), 0)
    return " ".join(words[start : start + 2])


sftp: Carrier = Sftp()
