"""A wire that is open: its settings, store, vault, key and clock, handed to every use case."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import may
from dispaccio.access.roles import Action
from dispaccio.accounts.oidc import Provider
from dispaccio.clock import Clock, ClockGuard, synchronised
from dispaccio.embargo.vault import DataKey, Vault
from dispaccio.errors import (
    DiskNearlyFull,
    KeyNeeded,
    NoSuchRelease,
    ReasonNeeded,
    SealBroken,
)
from dispaccio.log import leaf
from dispaccio.notary.identity import SigningKey
from dispaccio.release import number as numbers
from dispaccio.release.body import clean
from dispaccio.release.model import Reason
from dispaccio.settings import Settings
from dispaccio.store import releases, secrets
from dispaccio.store.engine import Store, Tx
from dispaccio.store.releases import ReleaseRow
from dispaccio.words import say

LONGEST_REASON = 500
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@dataclass(slots=True)
class Wire:
    """One open home. ``changed`` is called after every public change (the server wakes up).

    ``callers`` holds who called with which key (its SHA-256), and until when that need not be
    looked up again; another dictionary takes its place when people change. ``failures`` holds when,
    by the monotonic clock, somebody named a wrong password for an account, ``links`` when somebody
    asked for a link to log in for an address; ``answered`` holds what passkeys signed and
    log-ins came back with lately, so that nothing counts twice; ``provider`` is what the
    organisation's provider said of itself, and until when that is taken to hold.
    """

    home: Path
    settings: Settings
    store: Store
    vault: Vault
    key: SigningKey
    clock: Clock
    guard: ClockGuard
    changed: list[Callable[[], None]] = field(default_factory=list)
    callers: dict[bytes, tuple[float, Actor]] = field(default_factory=dict)
    failures: dict[str, tuple[float, ...]] = field(default_factory=dict)
    links: dict[str, tuple[float, ...]] = field(default_factory=dict)
    answered: dict[bytes, float] = field(default_factory=dict)
    provider: tuple[float, Provider] | None = None

    def clock_trusted(self) -> bool:
        """Whether publication may go on: no jump, and synchronised where the operator insists."""
        steady = self.guard.trusted()
        if self.settings.require_synchronised_clock:
            return steady and synchronised() is not False
        return steady

    def tell(self) -> None:
        """Tell whoever listens that something public changed, or that something is due."""
        for listener in self.changed:
            listener()

    def require_room(self) -> None:
        """Nothing, while the disk has room. Raises DiskNearlyFull before anything breaks."""
        free = shutil.disk_usage(self.home).free // (1024 * 1024)
        if free < self.settings.min_free_disk_mb:
            raise DiskNearlyFull(
                say(
                    "The disk has {free} MB left, so nothing is taken in: make room, or lower "
                    "min_free_disk_mb in dispaccio.toml.",
                    free=free,
                )
            )

    def number(self, ordinal: int) -> str:
        """A number as this wire writes it."""
        return numbers.write(ordinal, test=self.settings.test)

    def url_of(self, number: str) -> str:
        """The permanent address of a release."""
        return f"{self.settings.url.rstrip('/')}/r/{number}"

    def find(self, tx: Tx, ref: str) -> ReleaseRow:
        """A release by its id or its number, published or not. Raises NoSuchRelease."""
        id = ref.removeprefix("urn:uuid:")
        if _ID.fullmatch(id):
            row = releases.by_id(tx, id)
        else:
            row = releases.by_ordinal(tx, numbers.parse(ref, test=self.settings.test))
        if row is None:
            raise NoSuchRelease(say("There is no release {ref}.", ref=ref), ref=ref)
        return row

    def data_key(self, tx: Tx, release: ReleaseRow) -> DataKey:
        """A release's data key. Raises SealBroken once it was destroyed."""
        wrapped = secrets.wrapped_key(tx, release.key)
        if wrapped is None:
            raise SealBroken(
                say("The key of release {id} was destroyed; its text is gone.", id=release.id)
            )
        return self.vault.data_key(wrapped, release.id)


def find_for(wire: Wire, tx: Tx, actor: Actor, ref: str) -> ReleaseRow:
    """A release that the actor may know of, to do something to it.

    Raises KeyNeeded before anything is looked up, and NoSuchRelease, alike for what is not theirs.
    """
    if not actor.person_id:
        raise KeyNeeded
    row = wire.find(tx, ref)
    if row.ordinal is None and not may(actor, Action.READ_UNRELEASED, issuer=row.issuer):
        raise NoSuchRelease(say("There is no release {ref}.", ref=ref), ref=ref)
    return row


def public_reason(reason: Reason | None) -> Reason | None:
    """A reason as it can be public: the log holds its code, so that is a word and no text.

    Raises ReasonNeeded.
    """
    if reason is None:
        return None
    text = _one_line(reason.text or "") or None
    if not leaf.is_code(reason.code) or len(text or "") > LONGEST_REASON:
        raise ReasonNeeded(
            say(
                "Give the reason as a short code in small letters, such as wrong-date, and "
                "in up to {most} characters of your own words if you like.",
                most=LONGEST_REASON,
            )
        )
    return Reason(reason.code, text)


def _one_line(text: str) -> str:
    """Text for one line that everybody reads: no line breaks, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in clean(text)).split())
