"""Making a home, and opening it: settings, keys, store."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from dispaccio import settings as settings_
from dispaccio.clock import Clock, ClockGuard
from dispaccio.embargo.vault import KEY_BYTES, Vault
from dispaccio.errors import HomeExists, KeysUnreadable, NoHome
from dispaccio.log import leaf
from dispaccio.notary.identity import SigningKey, from_pem
from dispaccio.settings import FILE, Settings
from dispaccio.store import events, leaves, schema
from dispaccio.store.engine import Store
from dispaccio.wire.core import Wire

KEK_FILE = "vault.key"
WIRE_KEY_FILE = "wire.pem"


def make(home: Path, settings: Settings, clock: Clock) -> Wire:
    """Make a home with fresh keys and an empty store, and open it.

    Raises HomeExists where there is one already.
    """
    if (home / FILE).exists():
        raise HomeExists(f"There is a wire's home in {home} already; choose another folder.")
    for folder in (home, home / "blobs", home / "run", _keys(home, settings)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = _keys(home, settings)
    key = SigningKey.generate()
    _write_secret(keys / WIRE_KEY_FILE, key.pem())
    if not settings.key_command:
        _write_secret(keys / KEK_FILE, secrets.token_bytes(KEY_BYTES))
    store = Store(_database(home, settings))
    schema.upgrade(store)
    _first_leaves(store, settings, key, clock)
    store.close()
    (home / FILE).write_text(settings_.write(settings), "utf-8")
    return open_home(home, clock)


def open_home(home: Path, clock: Clock) -> Wire:
    """Open a home that is there.

    Raises NoHome, MalformedSettings, KeysUnreadable, HomeIsNewer or HomeIsOlder.
    """
    _require(home)
    settings = settings_.load(home)
    keys = _keys(home, settings)
    vault = Vault(_key_encryption_key(keys, settings))
    try:
        key = from_pem((keys / WIRE_KEY_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise KeysUnreadable(
            f"The wire's key {keys / WIRE_KEY_FILE} cannot be read: {error}."
        ) from None
    store = Store(_database(home, settings))
    try:
        schema.require_current(store)
    except BaseException:
        store.close()
        raise
    return Wire(home, settings, store, vault, key, clock, ClockGuard(clock))


def upgrade(home: Path) -> tuple[str | None, str]:
    """Bring a home's database to this version's schema: its schema before and now.

    The caller holds the home's lock. Raises NoHome, MalformedSettings or HomeIsNewer.
    """
    _require(home)
    store = Store(_database(home, settings_.load(home)))
    try:
        before = schema.number(store)
        schema.upgrade(store)
    finally:
        store.close()
    return before, schema.HEAD


def _require(home: Path) -> None:
    if not (home / FILE).exists():
        raise NoHome(f"There is no wire's home in {home}; make one with `dispaccio init`.")


def _keys(home: Path, settings: Settings) -> Path:
    return home / settings.keys


def _database(home: Path, settings: Settings) -> str:
    prefix = "sqlite:///"
    if settings.database.startswith(prefix):
        return prefix + str(home.absolute() / settings.database.removeprefix(prefix))
    return settings.database


def _key_encryption_key(keys: Path, settings: Settings) -> bytes:
    """From systemd's credential folder, a command that prints it, or the file in ``keys/``."""
    try:
        if settings.key_command:
            done = subprocess.run(settings.key_command, capture_output=True, check=True, timeout=30)
            key = done.stdout
        else:
            credentials = os.environ.get("CREDENTIALS_DIRECTORY")
            credential = Path(credentials) / KEK_FILE if credentials else None
            key = (
                credential if credential and credential.exists() else keys / KEK_FILE
            ).read_bytes()
    except (OSError, subprocess.SubprocessError) as error:
        raise KeysUnreadable(f"The vault's key cannot be read: {error}.") from None
    if len(key) != KEY_BYTES:
        raise KeysUnreadable(f"The vault's key has {len(key)} bytes, not {KEY_BYTES}.")
    return key


def _write_secret(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _first_leaves(store: Store, settings: Settings, key: SigningKey, clock: Clock) -> None:
    with store.write(clock.now()) as tx:
        events.append(tx, "home_made", "operator", detail={"url": settings.url})
        for body in (
            leaf.key_event("add", owner=settings.did, thumbprint=key.thumbprint),
            leaf.policy(settings.second_person),
        ):
            leaves.append(tx, body, leaf.hash_of(body))
