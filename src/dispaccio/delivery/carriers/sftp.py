"""SFTP: the document as a file in the receiver's folder, with its signature beside it.

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
from typing import Any

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
from dispaccio.delivery.signature import sign
from dispaccio.egress.policy import Policy
from dispaccio.errors import DispaccioError, InputError, MalformedEndpoint
from dispaccio.formats.registry import formats
from dispaccio.words import say

KEY_FILE = "ssh.pem"
"""The wire's key for SSH, in its folder of keys."""
PORT = 22
TOTAL = 15.0
"""Seconds for one attempt."""
_INSTALL = say("The carrier sftp needs asyncssh, which is not here: pip install 'dispaccio[sftp]'.")
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


@dataclass(frozen=True, slots=True)
class Files:
    """What one delivery puts there: a document, and its signature beside it."""

    path: str
    document: bytes
    signature: bytes
    mode: int | None


class Sftp:
    """Writes under a temporary name and renames; never overwrites, never deletes."""

    name = "sftp"
    version = PROTOCOL_VERSION
    receipt_words = "the file stands under its name"

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """Judge address and settings; the receiver's host key has to be pinned."""
        only(self.name, settings, ("host_key", "mode"))
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
        if find_spec("asyncssh") is None:
            raise MalformedEndpoint(_INSTALL)

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        """Put the document and its signature there; what stands there already is a receipt."""
        started = monotonic()
        try:
            async with asyncio.timeout(TOTAL):
                kind, detail = await _put(parcel, means)
        except TimeoutError:
            kind, detail = Result.NETWORK, f"The server was not done within {TOTAL:g} s."
        except InputError as refusal:
            kind, detail = Result.REFUSED, refusal.message
        except DispaccioError as failure:
            kind, detail = Result.UNSENT, failure.message
        return Outcome(kind, detail, round((monotonic() - started) * 1000))


async def _put(parcel: Parcel, means: Means) -> tuple[Result, str]:
    try:
        from dispaccio.egress import ssh
    except ImportError:
        return Result.UNSENT, _INSTALL
    place = Place.of(parcel.address)
    files = await asyncio.to_thread(_files, place, parcel, means)
    key = await asyncio.to_thread(means.secret, KEY_FILE)
    sock = await means.client.connect("sftp", place.host, place.port)
    door = ssh.Door(place.host, place.user, _pin(parcel.settings["host_key"]), key)
    put = ssh.put(sock, door, files.path, files.document, files.signature, files.mode)
    reply = await put
    results = {
        ssh.End.STANDS: Result.DELIVERED,
        ssh.End.REFUSED: Result.REFUSED,
        ssh.End.FAILED: Result.NETWORK,
        ssh.End.UNSENT: Result.UNSENT,
    }
    return results[reply.end], reply.said


def _files(place: Place, parcel: Parcel, means: Means) -> Files:
    signature = sign(parcel.webhook_id, parcel.timestamp, parcel.body, key=means.key)
    mode = parcel.settings.get("mode")
    return Files(
        str(PurePosixPath(place.folder) / fill(parcel.profile.file_name, _places(parcel))),
        parcel.body,
        json.dumps(signature, indent=1).encode() + b"\n",
        int(str(mode), 8) if mode is not None else None,
    )


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
