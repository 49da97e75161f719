"""Files in the vault: ciphertext on the disk, in chunks, so that no file is ever whole in memory.

Each file has a random name and a random key of its own, which is kept where its release's vault
ciphertext keeps it. A chunk is AES-256-GCM (NIST SP 800-38D) with its index and whether it is the
last one as its nonce: with a key that seals one file no nonce comes twice, and no chunk can be
moved, left out or taken for the end. GCM is ten times as fast as the vault's GCM-SIV, and a file is
opened anew for each reader.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dispaccio.errors import DispaccioError, SealBroken, StoreFailed
from dispaccio.words import say

FOLDER, INCOMING = "files", "incoming"
CHUNK = 256 * 1024
"""Bytes of a chunk in plain; but the last, every chunk has as many."""
_TAG = 16
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the vault: its name on the disk, its key, and its plain size and hashes."""

    place: str
    key: bytes
    size: int
    sha256: str
    crc32: int

    def to_json(self) -> dict[str, Any]:
        """For the vault's ciphertext, or for everybody once the file is public."""
        return {**asdict(self), "key": self.key.hex()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """What ``to_json`` gave."""
        return cls(**{**said, "key": bytes.fromhex(said["key"])})


class Writer:
    """A file on its way into the vault. ``finish`` keeps it; ``abandon`` leaves nothing."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self.place = secrets.token_hex(16)
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._cipher = AESGCM(self._key)
        self._waiting = bytearray()
        self._index = self.size = self._crc = 0
        self._hash = hashlib.sha256()
        self._path = self._folder / INCOMING / self.place
        with _disk():
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.fdopen(os.open(self._path, flags, 0o600), "wb", buffering=0)

    def write(self, data: bytes) -> None:
        """Seal some more of it. Raises StoreFailed."""
        self.size += len(data)
        self._crc = zlib.crc32(data, self._crc)
        self._hash.update(data)
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> Stored:
        """Keep it under its name, durably. Raises StoreFailed."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()
        kept = _path(self._folder, self.place)
        with _disk():
            os.fsync(self._file.fileno())
            self._file.close()
            kept.parent.mkdir(exist_ok=True, mode=0o700)
            self._path.rename(kept)
            for folder in (kept.parent, self._folder):
                _sync(folder)
        return Stored(self.place, self._key, self.size, self._hash.hexdigest(), self._crc)

    def abandon(self) -> None:
        """Remove what was written so far."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        sealed = memoryview(self._cipher.encrypt(_nonce(self._index, last=last), plain, None))
        self._index += 1
        with _disk():
            while sealed:
                sealed = sealed[self._file.write(sealed) :]


def keep(home: Path, pieces: Iterable[bytes]) -> Stored:
    """Seal a file that comes in pieces. Raises StoreFailed."""
    writer = Writer(home)
    try:
        for piece in pieces:
            writer.write(piece)
        return writer.finish()
    except BaseException:
        writer.abandon()
        raise


def read(home: Path, stored: Stored, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The plain bytes from ``start`` to before ``end``, in pieces. Raises SealBroken."""
    end = stored.size if end is None else min(end, stored.size)
    final = max(0, stored.size - 1) // CHUNK
    cipher = AESGCM(stored.key)
    try:
        with _path(home / FOLDER, stored.place).open("rb") as file:
            for index in range(start // CHUNK, max(0, end - 1) // CHUNK + 1):
                file.seek(index * (CHUNK + _TAG))
                sealed = file.read(CHUNK + _TAG)
                plain = cipher.decrypt(_nonce(index, last=index == final), sealed, None)
                at = index * CHUNK
                yield plain[max(0, start - at) : end - at]
    except (OSError, InvalidTag, ValueError):
        raise SealBroken(
            say("The file {place} is gone from the vault, or damaged.", place=stored.place)
        ) from None


def linked(home: Path, stored: Stored) -> Stored:
    """The same file under another name, which lasts when the first one goes. Raises StoreFailed."""
    again = secrets.token_hex(16)
    with _disk():
        new = _path(home / FOLDER, again)
        new.parent.mkdir(exist_ok=True, mode=0o700)
        new.hardlink_to(_path(home / FOLDER, stored.place))
        _sync(new.parent)
    return Stored(again, stored.key, stored.size, stored.sha256, stored.crc32)


def remove(home: Path, places: Iterable[str]) -> None:
    """Remove files; one that is gone already is no error."""
    for place in places:
        with suppress(OSError):
            _path(home / FOLDER, place).unlink()


def sweep(home: Path, known: Collection[str], before: float) -> int:
    """Remove what was begun and never kept, and what nobody knows of; how many files that were.

    ``known`` are the names that are; ``before`` is a time of the file system (seconds since 1970):
    what changed later is let be, since its row may be on its way.
    """
    removed = 0
    for path in (home / FOLDER).glob("*/*"):
        with suppress(OSError):
            if path.name not in known and path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed


def _path(folder: Path, place: str) -> Path:
    return folder / place[:2] / place


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes((last,))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = (error.strerror or type(error).__name__).lower()
        failed: DispaccioError = StoreFailed(say("The file could not be kept: {said}.", said=said))
        raise failed from None
