"""Files by SFTP: one host key, one user key, one document at a time. It needs asyncssh.

A document is in memory whole, what stands beside it in pieces.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import PurePosixPath

import asyncssh
from asyncssh import SFTPAttrs, SFTPClient, SSHKey

from dispaccio.errors import DispaccioError

_RSA = ("rsa-sha2-512", "rsa-sha2-256")
_SHOWN = 120
_PIECE = 256 * 1024


class End(Enum):
    """How it ended."""

    STANDS = auto()
    """The file stands under its name."""
    REFUSED = auto()
    """Somebody has to mend something first."""
    FAILED = auto()
    """It may go well later."""
    UNSENT = auto()
    """It may go well later, and no byte of the document left the house."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it, and a sentence; the server's words in it are not to be trusted."""

    end: End
    said: str


@dataclass(frozen=True, slots=True)
class Door:
    """How to get in: ``pin`` is the one host key that is believed, ``key`` the wire's own (PEM)."""

    host: str
    user: str
    pin: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Beside:
    """A file that stands beside a document: its path, what it is, and its bytes in pieces."""

    path: str
    size: int
    sha256: str
    read: Callable[[], Iterator[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is put there: first what stands beside the document, then its signature, then itself.

    ``document`` shall stand under ``path``, absolute or below the user's home, and ``signature``
    with ``.sig`` behind that name. ``mode`` are the permissions; the server's habit if None.
    """

    path: str
    document: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    mode: int | None = None
    beside: Sequence[Beside] = ()


class _Client(asyncssh.SSHClient):
    """Believes one host key and no other; remembers which it was shown."""

    def __init__(self, pin: str) -> None:
        self._pin = pin
        self.shown = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: SSHKey) -> bool:
        del host, addr, port
        self.shown = key.get_fingerprint()
        line = " ".join(key.export_public_key().decode().split()[:2])
        given = self.shown if self._pin.startswith("SHA256:") else line
        return hmac.compare_digest(given.rstrip("=").encode(), self._pin.rstrip("=").encode())


async def put(
    sock: socket.socket, door: Door, bundle: Bundle, going_on: Callable[[], Awaitable[bool]]
) -> Reply:
    """Put a document on a server, with what belongs to it; what came of it, in a sentence.

    Args:
        sock: a connected socket; it is closed in the end.
        door: how to get in.
        bundle: what to put there.
        going_on: is told of each piece of a large file that went through; False ends it.
    """
    client = _Client(door.pin)
    try:
        connection = await _enter(sock, door, client)
        async with connection, connection.start_sftp_client() as sftp:
            reply = await _write(sftp, bundle, going_on)
    except DispaccioError as error:
        return Reply(End.FAILED, f"A file could not be sent with it: {error.message}")
    except (OSError, asyncssh.Error, ValueError) as error:
        return _sorry(error, door, client, bundle.path)
    finally:
        sock.close()
    return reply


async def _enter(sock: socket.socket, door: Door, client: _Client) -> asyncssh.SSHClientConnection:
    kind = door.pin.partition(" ")[0] if " " in door.pin else ""
    algorithms = (list(_RSA) if kind == "ssh-rsa" else [kind]) if kind else ()
    connection, _ = await asyncssh.create_connection(
        lambda: client,
        door.host,
        sock=sock,
        config=None,
        username=door.user,
        client_keys=[asyncssh.import_private_key(door.key)],
        known_hosts=([], [], []),
        agent_path=None,
        preferred_auth="publickey",
        server_host_key_algs=algorithms,
    )
    return connection


async def _write(
    sftp: SFTPClient, bundle: Bundle, going_on: Callable[[], Awaitable[bool]]
) -> Reply:
    path, document, mode = bundle.path, bundle.document, bundle.mode
    there = await _bytes(sftp, path, len(document))
    if there is not None:
        return _found(path, there == document)
    for file in bundle.beside:
        if failed := await _put_beside(sftp, file, mode, going_on):
            return failed
    await sftp.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
    beside = f"{path}.sig"
    for name, data in ((beside, bundle.signature), (path, document)):
        part = _part_of(name)
        async with sftp.open(part, "wb") as opened:
            await opened.write(data)
            await _sync(opened)
        if failed := await _is_short(sftp, part, len(data)):
            return failed
        if mode is not None:
            await sftp.chmod(part, mode)
        if name == beside and await sftp.exists(beside):
            await sftp.remove(beside)  # of an attempt that was broken off: no document is beside it
        try:
            await sftp.rename(part, name)
        except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
            there = await _bytes(sftp, name, len(data))
            if there is None:
                raise
            return _found(name, there == data)
    return Reply(End.STANDS, f"The file stands under its name: {_shown(path)}.")


async def _put_beside(
    sftp: SFTPClient, file: Beside, mode: int | None, going_on: Callable[[], Awaitable[bool]]
) -> Reply | None:
    """Put a large file there in pieces, unless it stands there already; why that failed, or None.

    What stands there is read back and its hash compared, since no server tells it.
    """
    if (same := await _stands(sftp, file, going_on)) is not None:
        return None if same else _found(file.path, same=False)
    await sftp.makedirs(str(PurePosixPath(file.path).parent), exist_ok=True)
    part, pieces = _part_of(file.path), file.read()
    async with sftp.open(part, "wb") as opened:
        while piece := await asyncio.to_thread(next, pieces, b""):
            await opened.write(piece)
            if not await going_on():
                return Reply(End.FAILED, "It is not to be sent any more, or by somebody else.")
        await _sync(opened)
    if failed := await _is_short(sftp, part, file.size):
        return failed
    if mode is not None:
        await sftp.chmod(part, mode)
    try:
        await sftp.rename(part, file.path)
    except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
        if (same := await _stands(sftp, file, going_on)) is None:
            raise
        return None if same else _found(file.path, same=False)
    return None


async def _stands(
    sftp: SFTPClient, file: Beside, going_on: Callable[[], Awaitable[bool]]
) -> bool | None:
    """Whether what stands under a file's path is that file; None if there is nothing."""
    try:
        size = (await sftp.stat(file.path)).size
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        return None
    if size != file.size:
        return False
    found = hashlib.sha256()
    async with sftp.open(file.path, "rb") as opened:
        for _ in range(0, file.size, _PIECE):
            piece: bytes = await opened.read(_PIECE)
            found.update(piece)
            await going_on()
    return found.hexdigest() == file.sha256


def _part_of(path: str) -> str:
    """The name under which a file is written before it has its own."""
    return str(PurePosixPath(path).with_name(f".{PurePosixPath(path).name}.part"))


async def _is_short(sftp: SFTPClient, path: str, size: int) -> Reply | None:
    kept = (await sftp.stat(path)).size
    return None if kept == size else Reply(End.FAILED, f"The server kept {kept} of {size} bytes.")


def _found(path: str, same: bool) -> Reply:
    if same:
        return Reply(End.STANDS, f"The file stood under its name already: {_shown(path)}.")
    return Reply(End.REFUSED, f"Another file stands at {_shown(path)}; it is not overwritten.")


async def _sync(file: asyncssh.SFTPClientFile) -> None:
    """Have the server's disk keep it, where the server can be asked for that."""
    try:
        await file.fsync()
    except asyncssh.SFTPOpUnsupported:
        return


async def _bytes(sftp: SFTPClient, path: str, size: int) -> bytes | None:
    """What stands under a path, if it has the size that is asked about; None for nothing."""
    try:
        attributes: SFTPAttrs = await sftp.stat(path)
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        return None
    if attributes.size != size:
        return b""
    async with sftp.open(path, "rb") as file:
        found: bytes = await file.read()
    return found


def _sorry(error: Exception, door: Door, client: _Client, path: str) -> Reply:
    """What an error means, and for whom it is to be mended."""
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return Reply(
            End.REFUSED,
            f"{door.host} shows another host key than the one that is pinned: "
            f"{client.shown or 'none of its kind'}. Nothing was sent; ask the receiver, and change "
            "the setting host_key if the new key is theirs.",
        )
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return Reply(
            End.REFUSED,
            f"{door.host} has no host key of the kind that is pinned, or no method that the wire "
            "trusts. Nothing was sent; compare the setting host_key with the receiver's key.",
        )
    if isinstance(error, asyncssh.PermissionDenied):
        return Reply(
            End.REFUSED,
            f"{door.host} does not let the wire in as {door.user}: the receiver has to add the "
            "wire's key, which `dispaccio keys ssh` prints.",
        )
    if isinstance(error, asyncssh.KeyImportError):
        return Reply(End.UNSENT, "The wire's key for SSH cannot be read; look at ssh.pem.")
    if isinstance(error, asyncssh.SFTPPermissionDenied | asyncssh.SFTPWriteProtect):
        return Reply(End.REFUSED, f"The server lets nobody write {_shown(path)} as {door.user}.")
    said = _shown(str(error)) or type(error).__name__
    if isinstance(error, asyncssh.SFTPError):
        why = "The server could not keep the file; is its disk full?"
        return Reply(End.FAILED, f"{why} It says {said}.")
    if isinstance(error, asyncssh.ConnectionLost | ConnectionError) and not client.shown:
        said = "it broke off before it showed a host key; has it one of the kind that is pinned"
    end = End.FAILED if client.shown else End.UNSENT
    return Reply(end, f"The connection to {door.host} failed: {said}.")


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[-_SHOWN:]
