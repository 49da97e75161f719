"""One step of the road, in a process that may die in it, and what must hold afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dispaccio.clock import Clock
from dispaccio.delivery.courier import Courier
from dispaccio.egress.client import Client
from dispaccio.errors import IllegalMove
from dispaccio.formats.feeds.kinds import KINDS
from dispaccio.formats.registry import formats
from dispaccio.log import leaf
from dispaccio.notary.identity import verifies
from dispaccio.release.model import Reason
from dispaccio.release.state import TEXT_KINDS, Kind, Status, status_after
from dispaccio.server.parts import supplies
from dispaccio.store import leaves, organisations, receipts, releases, secrets
from dispaccio.store.engine import Tx
from dispaccio.store.releases import ReleaseRow, RevisionRow
from dispaccio.testing import faults
from dispaccio.testing import home as homes
from dispaccio.testing.receiver import Receiver
from dispaccio.wire import egress, home, review, submit
from dispaccio.wire.core import Wire
from dispaccio.wire.edition import THIN
from dispaccio.wire.public import Public
from dispaccio.wire.publish import Publisher
from dispaccio.wire.submit import Handed
from dispaccio.wire.withdraw import notice

PATHS = ("/one", "/two")
NUMBER = "T100000001"
STEPS = ("publish", "correct", "withdraw")
FINAL = {"publish": 1, "correct": 2, "withdraw": 2}
"""The version with which each step ends."""


def prepare(folder: Path, step: str, receiver: Receiver) -> None:
    """A home in which the step is the next thing to happen."""
    made = homes.make(folder)
    wire = made.open()
    try:
        added = homes.subscribe(wire, [receiver.url(path) for path in PATHS])
        receiver.secrets |= {path: end.secret for path, end in zip(PATHS, added, strict=True)}
        id = _sealed(wire, "Aurora opens its third plant in Bergamo", None)
        if step != "publish":
            Publisher(wire).publish_due()
            asyncio.run(deliver(wire))
        if step == "correct":
            _sealed(wire, "Aurora opens its second plant in Bergamo", id)
    finally:
        wire.store.close()


def act(folder: str, step: str, fault: str = "") -> None:
    """Do the step, and deliver what follows from it. The faults decide how far it gets."""
    if fault:
        faults.apply(fault)
    wire = home.open_home(Path(folder), Clock())
    try:
        if step == "withdraw":
            try:
                dora = homes.actor(wire, "dora")
                notice(wire, dora, NUMBER, Kind.WITHDRAWAL, Reason("error"))
            except IllegalMove:
                pass  # it was withdrawn before
        else:
            Publisher(wire).publish_due()
        asyncio.run(deliver(wire))
    finally:
        wire.store.close()


async def deliver(wire: Wire) -> None:
    """Run a courier until nothing is on its way."""
    async with Client(egress.policy(wire)) as client:
        courier = Courier(wire.store, wire.clock, supplies(wire, client))
        running = asyncio.create_task(courier.run())
        try:
            async with asyncio.timeout(30):
                while _on_their_way(wire):  # noqa: ASYNC110 - the store tells nobody
                    await asyncio.sleep(0.005)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def check_whole(wire: Wire) -> int:
    """Whatever is public is public in every respect, and nothing else is; its newest version."""
    with wire.store.read(wire.clock.now()) as tx:
        entries = leaves.span(tx, 0, leaves.size(tx))
        assert [entry.index for entry in entries] == list(range(len(entries)))
        assert all(leaf.hash_of(entry.body) == entry.hash for entry in entries)
        row = releases.by_key(tx, 1)
        assert row is not None
        public = releases.published_revisions(tx, row.key)
        assert [revision.version for revision in public] == list(range(1, len(public) + 1))
        for revision in public:
            _check_revision(wire, tx, row, revision)
        kinds = [Kind(revision.kind) for revision in public]
        sent = receipts.of_release(tx, row.key)
    assert row.version == (len(public) or None)
    assert (row.ordinal is None) == (row.status is None) == (not public)
    assert {item.version for item in sent} == {revision.version for revision in public}
    view = Public(wire)
    assert len(view.latest(10)) == bool(public)
    found = view.search("Bergamo", 10)
    assert len(found) == (bool(public) and status_after(kinds) is Status.USABLE)
    assert (view.release(NUMBER) is not None) == bool(public)
    return len(public)


def _check_revision(wire: Wire, tx: Tx, row: ReleaseRow, revision: RevisionRow) -> None:
    """Leaf, signatures, parts and renderings of a public revision belong together."""
    assert revision.state == "published"
    assert revision.sealed is None
    assert revision.statement
    assert revision.wire_signature
    assert revision.published
    assert verifies(revision.wire_signature, revision.statement, wire.key.public)
    said = json.loads(revision.statement)
    assert (said["number"], said["revision"]) == (NUMBER, revision.version)
    [entry] = leaves.of_revision(tx, revision.key)
    assert json.loads(entry.body)["statement"] == hashlib.sha256(revision.statement).hexdigest()
    if Kind(revision.kind) in TEXT_KINDS:
        assert revision.manifest
        assert said["manifest"] == hashlib.sha256(revision.manifest).hexdigest()
        key = organisations.public_key(tx, revision.issuer_key or "")
        assert key
        assert verifies(revision.issuer_signature or "", revision.manifest, key)
        listed = [part["h"] for part in json.loads(revision.manifest)["parts"]]
        assert [part.digest for part in secrets.parts_of(tx, revision.key)] == listed
    twins = (name for name, format in formats().items() if format.about.twin)
    for name in [THIN, *twins, *(kind.kept for kind in KINDS.values())]:
        rendering = releases.rendering_of(tx, revision.key, name)
        assert rendering, name
        assert hashlib.sha256(rendering.body).hexdigest() == rendering.sha256
    thin = releases.rendering_of(tx, revision.key, THIN)
    assert thin
    assert json.loads(thin.body)["data"]["number"] == NUMBER


def rendering(wire: Wire, version: int) -> bytes:
    """The small payload of a version."""
    with wire.store.read(wire.clock.now()) as tx:
        revision = releases.published_revision(tx, 1, version)
        found = revision and releases.rendering_of(tx, revision.key, THIN)
    assert found
    return found.body


def _sealed(wire: Wire, title: str, id: str | None) -> str:
    """A text that is due in a moment: a new one, or the correction of a public one."""
    anna, dora = (homes.actor(wire, name) for name in ("anna", "dora"))
    handed = Handed(json.dumps(homes.document(title)).encode(), "application/json")
    if id is None:
        id = submit.submit(wire, anna, handed).id
    else:
        kind, why = Kind.CORRECTION, Reason("figures")
        submit.revise(wire, anna, id, handed, kind=kind, reason=why)
    at = datetime.now(UTC) + timedelta(seconds=0.5)
    review.approve(wire, dora, id, confirm=True, at=at)
    time.sleep(0.6)
    return id


def _on_their_way(wire: Wire) -> int:
    store = sqlite3.connect(wire.home / "wire.db")
    try:
        query = "SELECT count(*) FROM delivery WHERE state = 'due'"
        return int(store.execute(query).fetchone()[0])
    finally:
        store.close()
