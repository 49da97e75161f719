"""Press lists, bounces and digests on either database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from dispaccio.store import bounces, digests, endpoints, organisations, outbox, recipients
from dispaccio.store.delivery_tables import delivery, recipient
from dispaccio.store.outbox import Class
from tests.store.rows import LEASE, Rows

HOUR = timedelta(hours=1)


def add(rows: Rows, list_: int, name: str, *groups: str) -> int:
    values: dict[str, Any] = {
        "id": name,
        "subscriber": list_,
        "carrier": "mail",
        "address": f"{name}@gazette.example",
        "format": "dispaccio",
        "payload": "full",
        "wrapped_secret": b"sealed",
        "state": "active",
    }
    key = rows.write(recipients.add, values, {"name": name, "basis": "consent"})
    rows.write(recipients.group, key, groups)
    return key


def test_a_release_goes_to_the_groups_of_its_issuer_alone(rows: Rows) -> None:
    lists = []
    for slug in ("aurora", "bruma"):
        issuer = rows.issuer(slug)
        assert rows.read(recipients.list_of, issuer, slug, slug) is None
        lists.append(rows.write(recipients.list_of, issuer, slug, slug, make=True))
        assert rows.write(recipients.list_of, issuer, slug, slug, make=True) == lists[-1]
    ours, theirs = lists
    assert ours is not None and theirs is not None
    keys = [add(rows, ours, "rita", "food", "sea"), add(rows, ours, "bruno", "wine")]
    add(rows, theirs, "spy", "food")
    assert rows.read(recipients.groups, ours) == {"food": 1, "sea": 1, "wine": 1}
    found = rows.read(recipients.everyone, ours, "food")
    assert [(row.name, row.groups) for row in found] == [("rita", ("food", "sea"))]
    issuer_ = rows.read(organisations.issuer_by, slug="aurora")
    assert issuer_ is not None
    release = rows.release("r", issuer_=issuer_.key)
    rows.write(recipients.choose, release, ["food", "sea"])
    assert rows.read(recipients.chosen, release) == ["food", "sea"]
    sent = rows.write(outbox.fan_out, release, 1, channel=None, class_=Class.ORIGINAL)
    assert sent == 1
    assert [s.name for s in rows.read(organisations.subscribers)] == []
    rows.write(recipients.erase, keys)
    assert rows.read(recipients.everyone, ours) == []
    with rows.store.read(rows.now) as tx:
        assert tx.run(select(func.count()).select_from(recipient)).scalar_one() == 1
        assert endpoints.by_keys(tx, keys)[keys[0]].address == recipients.ERASED


def test_bounces_are_counted_once_and_forgiven(rows: Rows) -> None:
    key = rows.endpoint("one")
    at = rows.now
    assert rows.write(bounces.add, key, at, "5.2.2", hard=False)
    assert not rows.write(bounces.add, key, at, "5.2.2", hard=False)
    assert rows.write(bounces.add, key, at + HOUR, "5.7.1", hard=False)
    assert rows.read(bounces.count, key, at - HOUR) == 2
    assert rows.read(bounces.count, key, at) == 1
    assert rows.read(bounces.last, key) == at + HOUR
    assert rows.read(bounces.of, [key]) == {key: (2, "5.7.1")}
    rows.write(bounces.forgive, key)
    assert rows.read(bounces.count, key, at - HOUR) == 0
    assert rows.read(bounces.last, key) == at + HOUR


def test_what_is_gathered_is_claimed_by_no_courier(rows: Rows) -> None:
    key = rows.endpoint("one", gathers="digest", settings='{"digest": "07:00"}')
    release = rows.release("r")
    rows.write(outbox.fan_out, release, 1, channel=None, class_=Class.ORIGINAL)
    rows.now += HOUR
    assert rows.write(outbox.claim, most=10, lease=LEASE, token=1) == []
    assert [row.key for row in rows.read(digests.waiting)] == [key]
    assert rows.read(digests.gathered, key, rows.now - 2 * HOUR, 2) == []
    [claim] = rows.read(digests.gathered, key, rows.now, 2)
    assert (claim.version, claim.attempt) == (1, 1)
    rows.write(digests.lease, [claim], LEASE)
    assert rows.read(digests.waiting) == []
    rows.now += HOUR
    rows.write(outbox.release_expired)  # a process that died with it
    [again] = rows.read(digests.gathered, key, rows.now - 9 * HOUR, 3)
    assert again.attempt == 2
    rows.write(digests.drop, [again])
    with rows.store.read(rows.now) as tx:
        assert tx.run(select(delivery.c.state)).scalars().all() == ["superseded"]


def test_without_a_digest_what_was_gathered_goes(rows: Rows) -> None:
    key = rows.endpoint("one", gathers="digest")
    release = rows.release("r")
    rows.write(outbox.fan_out, release, 1, channel=None, class_=Class.ORIGINAL)
    rows.write(digests.let_go, key)
    rows.write(outbox.resume, key)
    assert len(rows.write(outbox.claim, most=10, lease=LEASE, token=1)) == 1
