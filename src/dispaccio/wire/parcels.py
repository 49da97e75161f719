"""What goes to endpoints: each revision made once in each format and each receiver's profile."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from threading import Lock

from dispaccio.delivery import profile as profiles
from dispaccio.delivery.carriers.base import Enclosed, Means
from dispaccio.delivery.carriers.websub import websub
from dispaccio.delivery.courier import Packed
from dispaccio.delivery.profile import Profile
from dispaccio.delivery.signature import SigningKey
from dispaccio.egress.client import Client
from dispaccio.formats import native
from dispaccio.formats.registry import by_name
from dispaccio.release import notice
from dispaccio.release.model import Revision
from dispaccio.release.state import Status
from dispaccio.store import catch_up, releases
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.store.outbox import Load
from dispaccio.wire import edition
from dispaccio.wire.core import Wire
from dispaccio.wire.home import key_file
from dispaccio.wire.open_files import OpenFiles

_SECRETS = 4096
REMEMBERED = 256
"""How many documents are kept in memory; ten thousand endpoints share a few."""

_TAKEN_BACK = "taken back"
_Key = tuple[int, str, str, str | None]
Topic = Callable[[str], tuple[bytes, str] | None]
"""What gives the content and media type of a feed by its address."""


def means(wire: Wire, client: Client) -> Means:
    """What the wire's carriers send with."""
    return Means(
        client=client,
        settings=wire.settings,
        key=SigningKey.of(wire.key.ed25519),
        secret=partial(key_file, wire.home, wire.settings),
    )


def unwrapper(wire: Wire) -> Callable[[EndpointRow], tuple[str, ...]]:
    """What gives the secrets of an endpoint: its own, and for a while the one before it."""

    @lru_cache(maxsize=_SECRETS)
    def secret(wrapped: bytes, id: str) -> str:
        return wire.vault.unwrap(wrapped, f"endpoint/{id}").decode()

    def unwrap(row: EndpointRow) -> tuple[str, ...]:
        newest = secret(row.wrapped_secret, row.id)
        if row.wrapped_before and row.before_until and row.before_until > wire.clock.now():
            return newest, secret(row.wrapped_before, row.id)
        return (newest,)

    return unwrap


class Packer:
    """Makes what loads carry, and remembers it: the same for everybody who wants it alike."""

    def __init__(self, wire: Wire, topic: Topic = lambda topic: None) -> None:
        self._wire, self._topic = wire, topic
        self._made: OrderedDict[_Key, Packed | None] = OrderedDict()
        self._lock = Lock()

    def pack(self, tx: Tx, load: Load) -> Packed | None:
        """What an endpoint gets of a revision; None where the wire has nothing in its format."""
        to = load.endpoint
        if to.carrier == websub.name:
            return self._content(tx, str(json.loads(to.settings).get("topic")))
        if to.payload != "full":
            return self.of(tx, load.revision, load.status, edition.THIN)
        return self.of(tx, load.revision, load.status, to.format, to.profile)

    def rendering(self, load: Load, name: str) -> bytes | None:
        """The same revision in another format."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            made = self.of(tx, load.revision, load.status, name)
        return made.body if made else None

    def files(self, load: Load) -> tuple[Enclosed, ...]:
        """The pictures and files of a revision, none while its release is taken back."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            row = releases.revision_by_key(tx, load.revision)
        if row is None or row.document is None:
            return ()
        files = OpenFiles(self._wire)
        found = files.of(notice.for_everyone(native.kept(row.document)).media).values()
        return tuple(
            Enclosed(
                item.name,
                item.whole.stored.size,
                item.whole.stored.sha256,
                partial(files.read, item.whole),
            )
            for item in found
        )

    def _content(self, tx: Tx, topic: str) -> Packed | None:
        """A feed as it is now, made once for all who get it."""
        key = (catch_up.last(tx), topic, websub.name, None)
        return self._once(key, lambda: _fed(self._topic(topic)))

    def of(
        self, tx: Tx, revision: int, status: str, format: str, profile: str | None = None
    ) -> Packed | None:
        """A revision in a format; ``status`` is that of its release now."""
        key = (revision, status, format, profile)
        return self._once(key, lambda: _make(tx, revision, format, profiles.read(profile)))

    def taken_back(self, tx: Tx, revision: int, status: Status) -> Packed | None:
        """The thin payload of a text whose release is withheld or withdrawn now: no word of it."""
        key = (revision, status.value, _TAKEN_BACK, None)
        return self._once(key, lambda: _taken_back(tx, revision, status))

    def _once(self, key: _Key, make: Callable[[], Packed | None]) -> Packed | None:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > REMEMBERED:
                self._made.popitem(last=False)
        return made


def _make(tx: Tx, revision: int, format: str, profile: Profile) -> Packed | None:
    kept = releases.rendering_of(tx, revision, format) if profile.plain else None
    if kept is not None:
        return Packed(kept.body, kept.media_type, kept.sha256)
    row = releases.revision_by_key(tx, revision)
    if row is None or row.document is None:
        return None
    said = notice.for_everyone(native.kept(row.document))
    return written(said, format, profile)


def _taken_back(tx: Tx, revision: int, status: Status) -> Packed | None:
    row = releases.revision_by_key(tx, revision)
    if row is None or row.document is None:
        return None
    said = notice.for_everyone(replace(native.kept(row.document), status=status))
    return written(said, edition.THIN, Profile())


def _fed(content: tuple[bytes, str] | None) -> Packed | None:
    if content is None:
        return None
    body, media_type = content
    return Packed(body, media_type, hashlib.sha256(body).hexdigest())


def written(said: Revision, format: str, profile: Profile, *, test: bool = False) -> Packed | None:
    """A revision as an endpoint gets it, None where the wire does not write that format."""
    if format == edition.THIN:
        body = edition.thin(said, test=test)
        return Packed(body, "application/json", hashlib.sha256(body).hexdigest())
    about = by_name(format).about
    if not about.writes:
        return None
    said, changed = profiles.fit(said, profile)
    body, media_type, replaced = profiles.encode(
        by_name(format).write(said), about.media_types[0], profile.charset
    )
    return Packed(body, media_type, hashlib.sha256(body).hexdigest(), (*changed, *replaced))
