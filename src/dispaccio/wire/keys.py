"""Keys that a home needs only for some carriers: made when they are first asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from dispaccio import settings as settings_
from dispaccio.delivery.carriers.sftp import KEY_FILE
from dispaccio.errors import KeysUnreadable
from dispaccio.settings import Settings
from dispaccio.wire.home import key_file, write_key_file
from dispaccio.wire.lock import require


def ssh(home: Path) -> dict[str, Any]:
    """The public half of the key that the wire signs in with at SFTP servers; made if need be.

    Raises NoHome, MalformedSettings, KeysUnreadable.
    """
    require(home)
    settings = settings_.load(home)
    made = not (home / settings.keys / KEY_FILE).exists()
    if made:
        key = Ed25519PrivateKey.generate()
        data = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        write_key_file(home, settings, KEY_FILE, data)
    return {"public_key": _public(home, settings), "made": made}


def _public(home: Path, settings: Settings) -> str:
    try:
        key = load_ssh_private_key(key_file(home, settings, KEY_FILE), password=None)
    except ValueError as error:
        raise KeysUnreadable(f"The key in {KEY_FILE} cannot be read: {error}.") from None
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{line} {settings.name.replace(' ', '-').lower()}"
