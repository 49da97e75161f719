"""What anybody may read: publication is a condition of every query, nothing else is fetched."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from dispaccio.errors import NoSuchRelease
from dispaccio.formats import native
from dispaccio.formats.feeds.kinds import FeedKind
from dispaccio.formats.registry import formats
from dispaccio.release import notice
from dispaccio.release import number as numbers
from dispaccio.release import subjects as topics
from dispaccio.release.model import Revision
from dispaccio.release.state import TEXT_KINDS, Kind, Status
from dispaccio.store import events, leaves, listings, organisations, redirects, releases, search
from dispaccio.store import sitemap as mapped
from dispaccio.store import subjects as listed_subjects
from dispaccio.store.engine import Tx
from dispaccio.store.listings import Changed
from dispaccio.store.organisations import Named
from dispaccio.store.releases import ReleaseRow, Rendering, RevisionRow
from dispaccio.wire import confirming, leaving, looks
from dispaccio.wire import proof as proofs
from dispaccio.wire.confirming import Confirming
from dispaccio.wire.core import Wire
from dispaccio.wire.edition import rendering
from dispaccio.wire.leaving import Leaving
from dispaccio.wire.looks import Looks
from dispaccio.wire.open_files import OpenFiles
from dispaccio.wire.shown import Entry, LeafView, Policy, PublicRelease, Shown, Version

REMEMBERED = 256
"""How many revisions are kept in memory as they were read."""


class Public:
    """The public's questions to a wire. Every answer is None or empty for what is not public."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.files = OpenFiles(wire)
        self._stamp = 0
        self._cuts: dict[str | None, tuple[int, tuple[int, ...]]] = {}
        self._decoded: OrderedDict[tuple[int, str, bytes], Revision] = OrderedDict()
        wire.changed.append(self._rise)

    def _rise(self) -> None:
        self._stamp += 1

    @property
    def name(self) -> str:
        """The wire's name."""
        return self._wire.settings.name

    @property
    def url(self) -> str:
        """The wire's public address, without a slash at its end."""
        return self._wire.settings.url.rstrip("/")

    @property
    def test(self) -> bool:
        """Whether this is a test home."""
        return self._wire.settings.test

    @property
    def zone(self) -> ZoneInfo:
        """The wire's own time zone."""
        return self._wire.settings.zone_info

    @property
    def policy(self) -> Policy:
        """What the operator lets programs know."""
        said = self._wire.settings
        return Policy(said.contact, said.trust, said.tdm_reservation, said.tdm_policy)

    @cached_property
    def looks(self) -> Looks:
        """What its pages have of their own. Raises MalformedSettings where it cannot be used."""
        return looks.read(self._wire.home, self._wire.settings)

    def now(self) -> datetime:
        """The instant by the wire's clock."""
        return self._wire.clock.now()

    def leaving(self, token: str) -> Leaving | None:
        """What the token of a mail stands for."""
        return leaving.look(self._wire, token)

    def leave(self, token: str) -> Leaving | None:
        """Unsubscribe by the token of a mail."""
        return leaving.leave(self._wire, token)

    def confirming(self, token: str) -> Confirming | None:
        """What the token of a mail that asks for a confirmation stands for."""
        return confirming.look(self._wire, token)

    def confirm(self, token: str) -> Confirming | None:
        """Confirm an address by the token of a mail."""
        return confirming.confirm(self._wire, token)

    def stamp(self) -> int:
        """A number that rises with every public change."""
        return self._stamp

    def ordinal(self, number: str) -> int:
        """A number as the lists are cut by. Raises NoSuchRelease."""
        return numbers.parse(number, test=self.test)

    def latest(
        self,
        limit: int,
        before: int | None = None,
        channel: str | None = None,
        issuer: str | None = None,
        subject: str | None = None,
        *,
        whole: bool = True,
    ) -> list[Shown]:
        """Releases, newest number first; without ``whole`` only what a list shows of them.

        ``subject``, written ``scheme:code``, lists what is usable under it or, for a top term of
        the Media Topics, below it.
        """
        with self._wire.store.read(self._wire.clock.now()) as tx:
            rows = listings.latest(
                tx, limit=limit, before=before, channel_=channel, issuer_=issuer, subject_=subject
            )
        return [self._shown(row, document, whole=whole) for row, document in rows]

    def archived(
        self,
        limit: int,
        before: int | None = None,
        channel: str | None = None,
        issuer: str | None = None,
        *,
        whole: bool = False,
    ) -> list[Shown]:
        """What came from an archive, its own date newest first; ``whole`` as in ``latest``."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            rows = listings.archived(
                tx, limit=limit, before=before, channel_=channel, issuer_=issuer
            )
        return [self._shown(row, document, whole=whole) for row, document in rows]

    def moved(self, path: str) -> Shown | None:
        """The release to which an old address leads, as a list shows it."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            key = redirects.find(tx, path)
            row = releases.by_key(tx, key) if key else None
            shown = releases.revision_by_key(tx, row.shown or 0) if row else None
        if row is None or shown is None or shown.document is None:
            return None
        return self._shown(row, shown.document, whole=False)

    def changed(
        self, kind: FeedKind, limit: int, before: int | None = None, channel: str | None = None
    ) -> list[Entry]:
        """The entries of a feed: releases by their last public change, newest first.

        They were written when that change was published. One that is not kept is written again.
        """
        with self._wire.store.read(self._wire.clock.now()) as tx:
            rows = listings.changed(
                tx, entry=kind.kept, limit=limit, before=before, channel_=channel
            )
        return [self._entry(kind, row) for row in rows]

    def cuts(self, every: int, channel: str | None = None) -> tuple[int, ...]:
        """The cursors of every so manieth public change, oldest first; they never change.

        They are kept in memory; ``every`` is the same in all calls.
        """
        stamp, known = self._cuts.get(channel, (-1, ()))
        if stamp == self._stamp:
            return known
        stamp = self._stamp
        with self._wire.store.read(self._wire.clock.now()) as tx:
            found = events.cuts(tx, known[-1] if known else 0, every, channel)
        known = (*known, *found)
        self._cuts[channel] = stamp, known
        return known

    def search(
        self,
        query: str,
        limit: int,
        before: int | None = None,
        subject: str | None = None,
        *,
        archive: bool | None = None,
        whole: bool = True,
    ) -> list[Shown]:
        """Releases that hold every word of the query, newest first.

        ``subject`` and ``whole`` as in ``latest``; ``archive`` is True for what came from one
        alone, False for the rest alone.
        """
        with self._wire.store.read(self._wire.clock.now()) as tx:
            found = search.find(
                tx, query, limit=limit, before=before, subject=subject, archive=archive
            )
            rows = listings.shown_documents(tx, found)
        return [self._shown(row, document, whole=whole) for row, document in rows]

    def release(self, number: str) -> PublicRelease | None:
        """A release with its history."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            row = self._find(tx, number)
            if row is None:
                return None
            public = releases.published_revisions(tx, row.key)
            shown = next(revision for revision in public if revision.key == row.shown)
            signed = _with_text(public)
            entries = [leaf for rev in public for leaf in leaves.of_revision(tx, rev.key)]
        return PublicRelease(
            shown=self._shown(row, shown.document or b""),
            versions=tuple(_version(revision, row) for revision in public),
            leaves=tuple(_leaf(entry) for entry in entries),
            manifest_sha256=hashlib.sha256(signed.manifest).hexdigest()
            if signed.manifest
            else None,
            issuer_signature=signed.issuer_signature,
            issuer_key=signed.issuer_key,
            wire_signature=shown.wire_signature,
        )

    def version(self, number: str, version: int) -> Shown | None:
        """One public revision; while the release is withheld or withdrawn, the notice."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            row = self._find(tx, number)
            revision = self._visible(tx, row, version) if row else None
        if row is None or revision is None or revision.document is None:
            return None
        return self._shown(row, revision.document, revision.version)

    def rendering(self, number: str, version: int | None, format: str) -> Rendering | None:
        """A release, or one revision of it, in a format; None for one that is not written.

        Its twins are kept; what is not kept is written from the native one, which holds what is
        shown and nothing more.
        """
        with self._wire.store.read(self._wire.clock.now()) as tx:
            row = self._find(tx, number)
            revision = self._visible(tx, row, version) if row else None
            kept = releases.rendering_of(tx, revision.key, format) if revision else None
        known = formats().get(format)
        if kept or row is None or revision is None or known is None or not known.about.writes:
            return kept
        said = self._shown(row, revision.document or b"{}").revision
        return rendering(format, notice.for_everyone(said))

    def subjects(self, channel: str | None = None) -> tuple[str, ...]:
        """The Media Topics under which releases are listed, in a channel or at all: their codes."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            found = listed_subjects.listed(tx, topics.SCHEME, channel)
        known = topics.topics()
        codes = {ref.partition(":")[2] for ref in found}
        return tuple(code for code in known if code in codes)

    def sitemap_pages(self) -> list[tuple[int, datetime]]:
        """The pages of the sitemap, from 0, and when each changed last."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            return mapped.pages(tx)

    def sitemap(self, page: int) -> list[tuple[str, datetime]]:
        """The numbers of the usable releases of a page, and when each changed last."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            rows = mapped.page(tx, page)
        return [(numbers.write(ordinal, test=self.test), at) for ordinal, at in rows]

    def channels(self) -> list[Named]:
        """The channels of the wire."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            return organisations.channels(tx)

    def log_size(self) -> int:
        """How many entries the log has."""
        with self._wire.store.read(self._wire.clock.now()) as tx:
            return leaves.size(tx)

    def proof(self, number: str) -> bytes | None:
        """What anybody needs to check the signatures of a release by themselves.

        A withheld or withdrawn release discloses no part; the hashes stay.
        """
        with self._wire.store.read(self._wire.clock.now()) as tx:
            row = self._find(tx, number)
            if row is None:
                return None
            public = releases.published_revisions(tx, row.key)
            return native.dumps(proofs.of_release(self._wire, tx, row, public))

    def _find(self, tx: Tx, number: str) -> ReleaseRow | None:
        try:
            return releases.by_ordinal(tx, numbers.parse(number, test=self.test))
        except NoSuchRelease:
            return None

    def _visible(self, tx: Tx, row: ReleaseRow, version: int | None) -> RevisionRow | None:
        """The revision that an address answers with: while no text may show, the notice."""
        if version is not None and not 0 < version <= (row.version or 0):
            return None
        if version is None or row.status != Status.USABLE:
            return releases.revision_by_key(tx, row.shown or 0)
        return releases.published_revision(tx, row.key, version)

    def _entry(self, kind: FeedKind, row: Changed) -> Entry:
        body = row.entry
        if body is None:
            said = replace(native.kept(row.document or b"{}"), status=Status(row.status))
            body = kind.entry(said)
        number = numbers.write(row.ordinal, test=self.test)
        return Entry(row.cursor, number, row.published, body)

    def _shown(
        self, row: ReleaseRow, document: bytes, version: int | None = None, *, whole: bool = True
    ) -> Shown:
        assert row.ordinal is not None and row.version is not None and row.status is not None
        number = numbers.write(row.ordinal, test=self.test)
        revision = self._revision(row, document, whole=whole)
        return Shown(row.ordinal, number, Status(row.status), version or row.version, revision)

    def _revision(self, row: ReleaseRow, document: bytes, *, whole: bool) -> Revision:
        """What a kept document shows; the last ones asked for are remembered."""
        status = Status(row.status or "")
        if not whole:
            return notice.shown(replace(native.kept(document, whole=False), status=status))
        key = (row.key, status.value, document)
        if (known := self._decoded.get(key)) is not None:
            return known
        made = notice.shown(replace(native.kept(document), status=status))
        self._decoded[key] = made
        if len(self._decoded) > REMEMBERED:
            with suppress(KeyError):
                self._decoded.popitem(last=False)
        return made


def _with_text(public: list[RevisionRow]) -> RevisionRow:
    """The newest revision that brought a text: its signatures stand under what is shown."""
    return [revision for revision in public if Kind(revision.kind) in TEXT_KINDS][-1]


def _version(revision: RevisionRow, row: ReleaseRow) -> Version:
    assert revision.version is not None and revision.published is not None
    said = native.kept(revision.document or b"{}")
    headline = revision.headline if row.status == Status.USABLE else None
    kind = Kind(revision.kind)
    return Version(
        revision.version, kind, revision.published, said.reason, headline, said.signed_by
    )


def _leaf(entry: leaves.Leaf) -> LeafView:
    text = entry.body.decode()
    return LeafView(entry.index, entry.at, json.loads(text)["t"], entry.hash.hex(), text)
