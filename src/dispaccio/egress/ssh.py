"""Files by SFTP: one host key, one user key, one document at a time. It needs asyncssh."""

from __future__ import annotations

import hmac
import socket
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import PurePosixPath

import asyncssh
from asyncssh import SFTPAttrs, SFTPClient, SSHKey

_RSA = ("rsa-sha2-512", "rsa-sha2-256")
_SHOWN = 120


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
    sock: socket.socket,
    door: Door,
    path: str,
    document: bytes,
    signature: bytes,
    mode: int | None = None,
) -> Reply:
    """Put a document under a path, and its signature beside it; what came of it, in a sentence.

    Args:
        sock: a connected socket; it is closed in the end.
        door: how to get in.
        path: where the document shall stand, absolute or below the user's home.
        document: its bytes.
        signature: what stands beside it with ``.sig`` behind the name, before the document does.
        mode: the files' permissions; the server's habit if None.
    """
    client = _Client(door.pin)
    try:
        connection = await _enter(sock, door, client)
        async with connection, connection.start_sftp_client() as sftp:
            reply = await _write(sftp, path, document, signature, mode)
    except (OSError, asyncssh.Error, ValueError) as error:
        return _sorry(error, door, client, path)
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
    sftp: SFTPClient, path: str, document: bytes, signature: bytes, mode: int | None
) -> Reply:
    there = await _bytes(sftp, path, len(document))
    if there is not None:
        return _found(path, there == document)
    await sftp.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
    beside = f"{path}.sig"
    for name, data in ((beside, signature), (path, document)):
        part = str(PurePosixPath(name).with_name(f".{PurePosixPath(name).name}.part"))
        async with sftp.open(part, "wb") as file:
            await file.write(data)
            await _sync(file)
        if (size := (await sftp.stat(part)).size) != len(data):
            return Reply(End.FAILED, f"The server kept {size} of {len(data)} bytes.")
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
