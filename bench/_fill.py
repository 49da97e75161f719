"""Fills a home with published releases, quickly and honestly.

Every release is invented, has its own text of 600 words, and becomes public by the function that
the publishing transaction is: state, number, parts, renderings, search row, leaf, event. Left out:
the checks, the vault and the originals (nothing here was ever unreleased), deliveries (there is no
endpoint), real signatures (64 random bytes stand in their place), and a commit for each (a thousand
share one). HTML, Markdown and ninjs are those of another release, since making them takes longer
than all the rest together; so the database has its true size.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import _home, _texts
from bench._home import Home
from dispaccio.formats import native
from dispaccio.formats.feeds.kinds import KINDS
from dispaccio.formats.registry import formats
from dispaccio.release import canonical
from dispaccio.release.dateline import compose
from dispaccio.release.model import Revision, SignedBy, WireMark
from dispaccio.release.state import Kind, State, Status
from dispaccio.store import organisations, releases
from dispaccio.store.engine import Tx
from dispaccio.store.releases import FIRST_ORDINAL, Rendering
from dispaccio.wire.core import Wire
from dispaccio.wire.draft import Draft
from dispaccio.wire.edition import THIN, Edition, Place, thin
from dispaccio.wire.publish import put_out

BATCH = 1000
EVERY = timedelta(minutes=5)
"""Between one release and the next."""


def filled(folder: Path, count: int) -> Home:
    """A home with so many releases; with DISPACCIO_BENCH_DIR a copy is kept there for next time."""
    kept = os.environ.get("DISPACCIO_BENCH_DIR")
    saved = Path(kept) / f"filled-{count}" if kept else None
    if saved and saved.exists():
        shutil.copytree(saved, folder)
        return _home.reopen(folder)
    home = _home.make(folder)
    begun = time.monotonic()
    with home.open() as wire:
        fill(wire, count)
    size = sum(file.stat().st_size for file in folder.glob("wire.db*"))
    print(
        f"  (filled {count:,} releases in {time.monotonic() - begun:.0f} s: {size / 1e6:,.0f} MB, "
        f"{size / count / 1000:.0f} kB each)"
    )
    if saved:
        shutil.copytree(folder, saved)
    return home


def fill(wire: Wire, count: int) -> None:
    """Write ``count`` releases, numbered on from the last one."""
    with wire.store.read(wire.clock.now()) as tx:
        start = releases.next_ordinal(tx) - FIRST_ORDINAL
        issuer = organisations.issuers(tx)[0]
        channel = organisations.channels(tx)[0]
    until = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        work = ((index, until - EVERY * (start + count - index)) for index in _span(start, count))
        made = pool.imap(_make, work, chunksize=50)
        for first in range(0, count, BATCH):
            with wire.store.write(wire.clock.now()) as tx:
                for _ in range(min(BATCH, count - first)):
                    _write(wire, tx, *next(made), issuer.key, channel.key)


def _span(start: int, count: int) -> Iterator[int]:
    return iter(range(start, start + count))


def _make(work: tuple[int, datetime]) -> tuple[Edition, Draft]:
    seed, at = work
    rng = random.Random(seed)
    said = _texts.release(seed)
    place = Place(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        number=f"T{FIRST_ORDINAL + seed}",
        version=1,
        kind=Kind.ORIGINAL,
        status=Status.USABLE,
        published=at,
        first_created=at,
        channel="press" if seed % 2 else None,
        relayed=False,
    )
    revision = replace(
        said,
        id=f"urn:uuid:{place.id}",
        number=place.number,
        version=1,
        kind=place.kind,
        status=place.status,
        url=f"http://127.0.0.1:8000/r/{place.number}",
        signed_by=SignedBy.CUSTODIAL,
        dateline=compose(said.place, at.date(), "Bench Wire", said.language),
        wire=WireMark("Bench Wire", place.number),
        channel=place.channel,
        first_created=at,
        version_created=at,
    )
    parts = canonical.salted(said)
    manifest = canonical.manifest(
        parts,
        iss="did:web:lumora.example",
        language=said.language,
        commissioned=False,
        asked_for=at,
        relates=None,
    )
    statement = canonical.statement(
        revision, manifest=manifest, wire="did:web:127.0.0.1%3A8000", published=at
    )
    signature = canonical.encode(rng.randbytes(64))
    document = native.native.write(revision)
    made = tuple(_renderings(revision, document))
    draft = Draft(said, parts=parts, manifest=manifest, signature=signature)
    return Edition(place, revision, document, statement, signature, made), draft


_stand_ins: dict[str, bytes] = {}


def _renderings(revision: Revision, document: bytes) -> Iterator[Rendering]:
    for name, format in formats().items():
        if format.about.twin:
            body = document if name == "dispaccio" else b""
            if name == "text":
                body = format.write(revision)
            if not body:
                if name not in _stand_ins:
                    _stand_ins[name] = format.write(revision)
                body = _stand_ins[name]
            yield _rendering(name, format.about.media_types[0], body)
    yield _rendering(THIN, "application/json", thin(revision))
    for kind in KINDS.values():
        yield _rendering(kind.kept, kind.media_type, kind.entry(revision))


def _rendering(name: str, media_type: str, body: bytes) -> Rendering:
    return Rendering(name, media_type, body, hashlib.sha256(body).hexdigest())


def _write(wire: Wire, tx: Tx, made: Edition, draft: Draft, issuer: int, channel: int) -> None:
    place = made.place
    tx = replace(tx, now=place.published)
    key = releases.add(
        tx, place.id, issuer_=issuer, channel_=channel if place.channel else None, relayed=False
    )
    revision = releases.add_revision(
        tx,
        {
            "release": key,
            "kind": place.kind.value,
            "state": State.SEALED.value,
            "release_time": place.published,
            "submitted_by": "bench",
            "submitted": tx.now,
            "approved_by": "bench",
            "approved": tx.now,
            "policy": "never",
        },
    )
    release, row = releases.by_key(tx, key), releases.revision_by_key(tx, revision)
    assert release is not None and row is not None
    put_out(wire, tx, release, row, draft, made, actor="wire")
