"""Keys that a home needs only for some carriers: made when they are first asked for."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from dispaccio.access.actor import Actor
from dispaccio.delivery.carriers.sftp import KEY_FILE
from dispaccio.errors import KeyNeeded, KeysUnreadable
from dispaccio.store import events
from dispaccio.wire.core import Wire
from dispaccio.wire.home import key_file, write_key_file


def ssh(wire: Wire, actor: Actor) -> dict[str, Any]:
    """The public half of the key that the wire signs in with at SFTP servers; made if need be.

    It is for whoever sets up a server, so every person of the home may ask.
    Raises KeyNeeded, KeysUnreadable.
    """
    if not actor.person_id:
        raise KeyNeeded
    made = not (wire.home / wire.settings.keys / KEY_FILE).exists()
    if made:
        key = Ed25519PrivateKey.generate()
        data = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        write_key_file(wire.home, wire.settings, KEY_FILE, data)
        with wire.store.write(wire.clock.now()) as tx:
            events.append(tx, "ssh_key_made", actor.name)
    return {"public_key": _public(wire), "made": made}


def _public(wire: Wire) -> str:
    try:
        key = load_ssh_private_key(key_file(wire.home, wire.settings, KEY_FILE), password=None)
    except ValueError as error:
        raise KeysUnreadable(f"The key in {KEY_FILE} cannot be read: {error}.") from None
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{line} {wire.settings.name.replace(' ', '-').lower()}"
