"""Making a home, and opening it: settings, keys, store."""

from __future__ import annotations

import os
import secrets
import subprocess
import tomllib
from pathlib import Path

from dispaccio import settings as settings_
from dispaccio.accounts.oidc import mapped
from dispaccio.clock import Clock, ClockGuard
from dispaccio.embargo.vault import KEY_BYTES, Vault
from dispaccio.errors import HomeExists, KeysUnreadable, StoreUnreadable
from dispaccio.log import leaf
from dispaccio.notary.identity import SigningKey, from_pem
from dispaccio.settings import FILE, Settings
from dispaccio.store import events, leaves, schema
from dispaccio.store.engine import Store, Tx
from dispaccio.wire.core import Wire
from dispaccio.wire.lock import require

SQLITE = "sqlite:///"
KEK_FILE = "vault.key"
WIRE_KEY_FILE = "wire.pem"


def make(home: Path, settings: Settings, clock: Clock) -> Wire:
    """Make a home with fresh keys and an empty store, and open it.

    Raises MalformedSettings, HomeExists where there is one already, in the folder or in the
    database, and StoreUnreadable where the database cannot be reached.
    """
    settings = settings_.check(tomllib.loads(settings_.write(settings)))
    if (home / FILE).exists():
        raise HomeExists(f"There is a wire's home in {home} already; choose another folder.")
    for folder in (home, home / "files", home / "run", _keys(home, settings)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(_database(home, settings))
    try:
        schema.upgrade(store)
        with store.write(clock.now()) as tx:
            if leaves.size(tx):
                raise HomeExists("The database holds a wire already; choose another database.")
            _first_leaves(tx, settings, _new_keys(_keys(home, settings), settings))
    finally:
        store.close()
    (home / FILE).write_text(settings_.write(settings), "utf-8")
    return open_home(home, clock)


def open_home(home: Path, clock: Clock) -> Wire:
    """Open a home that is there.

    Raises NoHome, MalformedSettings, KeysUnreadable, StoreUnreadable, HomeIsNewer or HomeIsOlder.
    """
    require(home)
    settings = settings_.load(home)
    mapped(settings.oidc_roles)
    keys = _keys(home, settings)
    vault = Vault(_key_encryption_key(keys, settings))
    try:
        key = from_pem((keys / WIRE_KEY_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise KeysUnreadable(
            f"The wire's key cannot be read: {_said(error, keys / WIRE_KEY_FILE)}."
        ) from None
    store = _store(home, settings)
    try:
        schema.require_current(store)
    except BaseException:
        store.close()
        raise
    return Wire(home, settings, store, vault, key, clock, ClockGuard(clock))


def shared_store(wire: Wire) -> Store | None:
    """One more store on a wire's database, for a courier among several; None on SQLite."""
    where = _database(wire.home, wire.settings)
    return None if isinstance(where, Path) else Store(where, beside=True)


def upgrade(home: Path) -> tuple[str, str]:
    """Bring a home's database to this version's schema: its schema before and now.

    The caller holds the home's lock. Raises NoHome, MalformedSettings, StoreUnreadable or
    HomeIsNewer.
    """
    require(home)
    store = _store(home, settings_.load(home))
    try:
        before = schema.number(store)
        if before is None:
            raise StoreUnreadable("The database of this home is empty; restore it from a backup.")
        schema.upgrade(store)
    finally:
        store.close()
    return before, schema.HEAD


def key_file(home: Path, settings: Settings, name: str) -> bytes:
    """A file of the folder of keys, such as ``dkim.pem``. Raises KeysUnreadable."""
    path = _keys(home, settings) / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeysUnreadable(f"A key cannot be read: {_said(error, path)}.") from None


def write_key_file(home: Path, settings: Settings, name: str, data: bytes) -> None:
    """Write a new file into the folder of keys. Raises HomeExists, KeysUnreadable."""
    path = _keys(home, settings) / name
    try:
        _write_secret(path, data)
    except OSError as error:
        raise KeysUnreadable(f"A key cannot be written: {_said(error, path)}.") from None


def _keys(home: Path, settings: Settings) -> Path:
    return home / settings.keys


def _database(home: Path, settings: Settings) -> Path | str:
    if settings.database.startswith(SQLITE):
        return home.absolute() / settings.database.removeprefix(SQLITE)
    return settings.database


def _store(home: Path, settings: Settings) -> Store:
    """The store of a home that is there: a SQLite file that is missing is not made anew."""
    where = _database(home, settings)
    if isinstance(where, Path) and not where.exists():
        raise StoreUnreadable(f"The database {where} is missing; restore it from a backup.")
    return Store(where)


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
        said = _said(error, keys / KEK_FILE)
        raise KeysUnreadable(f"The vault's key cannot be read: {said}.") from None
    if len(key) != KEY_BYTES:
        raise KeysUnreadable(f"The vault's key has {len(key)} bytes, not {KEY_BYTES}.")
    return key


def _said(error: Exception, path: Path) -> str:
    """What an error says, with its file instead of its number."""
    if isinstance(error, OSError):
        return f"{error.strerror} ({error.filename or path})"
    return str(error)


def _write_secret(path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        raise HomeExists(f"There is a key in {path} already; choose another folder.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _new_keys(folder: Path, settings: Settings) -> SigningKey:
    key = SigningKey.generate()
    _write_secret(folder / WIRE_KEY_FILE, key.pem())
    if not settings.key_command:
        _write_secret(folder / KEK_FILE, secrets.token_bytes(KEY_BYTES))
    return key


def _first_leaves(tx: Tx, settings: Settings, key: SigningKey) -> None:
    events.append(tx, "home_made", "operator", detail={"url": settings.url})
    for body in (
        leaf.key_event("add", owner=settings.did, thumbprint=key.thumbprint),
        leaf.policy(settings.second_person),
    ):
        leaves.append(tx, body, leaf.hash_of(body))
