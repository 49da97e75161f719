"""What carriers are given of a release's pictures and files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.store import releases
from dispaccio.store.outbox import Claim, Load
from dispaccio.wire.parcels import Packer
from dispaccio.wire.publish import publish
from dispaccio.wire.withdraw import notice
from tests.media import samples
from tests.wire.test_files import add
from tests.wire.world import World


def load(world: World, number: str) -> Load:
    """The newest revision of a release, on its way to somebody."""
    with world.wire.store.read(world.now) as tx:
        row = world.wire.find(tx, number)
        revision = releases.newest_revision(tx, row.key)
    assert revision is not None and revision.version is not None
    nobody: Any = None
    claim = Claim(row.key, revision.version, 0, 1, 1, 0, 0)
    return Load(claim, row.id, 1, revision.key, revision.kind, row.status or "", nobody)


def test_they_are_what_is_public_and_none_of_what_was_taken_back(world: World) -> None:
    ref = world.submit().id
    add(world, ref, samples.jpeg(700, 500))
    [done] = publish(world.wire, world.dora, ref, confirm=True)
    packer = Packer(world.wire)
    [item] = packer.files(load(world, done.number))
    data = b"".join(item.read())
    assert (item.name, item.size) == ("dairy.jpg", len(data))
    assert item.sha256 == hashlib.sha256(data).hexdigest()
    assert b"".join(item.read()) == data, "it is read anew for each attempt"
    notice(world.wire, world.dora, done.number, Kind.WITHDRAWAL, Reason("error"))
    assert packer.files(load(world, done.number)) == ()
    gone = replace(load(world, done.number), revision=999_999)
    assert packer.files(gone) == ()
