"""Publication: at T, in order, with everything in one transaction, by a clock that is trusted."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from dispaccio.embargo.schedule import LATE
from dispaccio.errors import ClockUntrusted, SecondPersonNeeded, StoreFailed
from dispaccio.formats.base import Options
from dispaccio.formats.feeds.kinds import KINDS
from dispaccio.formats.registry import formats
from dispaccio.log import leaf
from dispaccio.release.canonical import canonical_bytes, decode, salted, write_instant
from dispaccio.release.model import Revision, Visibility
from dispaccio.release.state import Kind, State, Status
from dispaccio.store import leaves, listings, outbox, releases, secrets
from dispaccio.testing import home as homes
from dispaccio.wire import edition as editions
from dispaccio.wire import review, submit
from dispaccio.wire.draft import Draft
from dispaccio.wire.edition import Place
from dispaccio.wire.publish import Publisher, publish
from tests.formats.revisions import revisions
from tests.wire.world import HOUR, SECOND, START, World, handed

PLACE = Place(
    id="8f0e1b9c-0000-4000-8000-000000000000",
    number="T100000001",
    version=1,
    kind=Kind.ORIGINAL,
    status=Status.USABLE,
    published=START + HOUR,
    first_created=START + HOUR,
    channel="economia",
    relayed=False,
)


def documents(world: World, number: str) -> dict[str, bytes]:
    names = [*formats(), "thin", *(kind.kept for kind in KINDS.values())]
    found = {name: world.public.rendering(number, None, name) for name in names}
    return {name: item.body for name, item in found.items() if item is not None}


def test_nothing_before_and_everything_at_the_instant(world: World) -> None:
    homes.subscribe(world.wire, ["http://127.0.0.1:9/in"])
    id = world.sealed(after=HOUR)
    world.publisher.prepare(world.now + HOUR)
    world.wait(HOUR - timedelta(microseconds=1))
    assert world.publisher.publish_due() == []
    assert world.public.release("T100000001") is None
    assert world.public.latest(9) == world.public.search("dairy", 9) == []
    world.wait(timedelta(microseconds=1))
    [done] = world.publisher.publish_due()
    assert (done.number, done.version, done.published, done.deliveries) == (
        "T100000001",
        1,
        START + HOUR,
        1,
    )
    row = world.newest(id)
    assert (row.state, row.version, row.sealed, row.published) == (
        "published",
        1,
        None,
        START + HOUR,
    )
    shown = world.public.release("T100000001")
    assert shown is not None
    assert shown.shown.revision.headline == "Aurora opens a dairy"
    assert [item.number for item in world.public.search("dairy", 9)] == ["T100000001"]
    assert world.publisher.publish_due() == []


def test_the_dateline_is_the_wires_own_day(world: World) -> None:
    world.sealed(after=timedelta(hours=14, minutes=30))
    world.wait(timedelta(hours=14, minutes=30))  # 23:30 UTC is the next day in Rome
    world.publisher.publish_due()
    shown = world.public.release("T100000001")
    assert shown is not None
    assert shown.shown.revision.dateline is not None
    assert shown.shown.revision.dateline.text == "BERGAMO, November 24, 2026 /Ponte/ -"


@pytest.mark.parametrize(
    ("late", "printed"),
    [
        (timedelta(0), timedelta(0)),
        (LATE, timedelta(0)),
        (timedelta(seconds=1.5), SECOND),
        (3 * HOUR + 0.25 * SECOND, 3 * HOUR),
    ],
)
def test_what_is_late_bears_its_own_second(
    world: World, late: timedelta, printed: timedelta
) -> None:
    world.sealed(after=HOUR)
    world.publisher.prepare(world.now + HOUR)
    world.wait(HOUR + late)
    [done] = world.publisher.publish_due()
    expected = START + HOUR + printed
    assert done.published == expected
    [revision] = world.versions(done.number)
    assert json.loads(revision.statement or b"")["published"] == write_instant(expected)
    assert json.loads(revision.document or b"")["version_created"] == write_instant(expected)
    assert world.log()[-1]["published"] == write_instant(expected)


def test_a_number_that_was_taken_meanwhile_is_drawn_anew(world: World) -> None:
    id = world.sealed("Later", after=60 * SECOND)
    world.publisher.prepare(world.now + 60 * SECOND)
    first = world.published("Sooner")
    world.wait(60 * SECOND)
    [done] = world.publisher.publish_due()
    assert (first, done.number) == ("T100000001", "T100000002")
    assert world.row(id).ordinal == 100_000_002
    for name, body in documents(world, done.number).items():
        assert b"T100000001" not in body, name
        assert name == "atom" or b"T100000002" in body, name
    [revision] = world.versions(done.number)
    assert json.loads(revision.statement or b"")["number"] == "T100000002"


def test_what_was_prepared_is_what_would_be_made_then(world: World) -> None:
    """Prepared or not, the same revision in the same place gives the same bytes."""
    id = world.sealed(after=HOUR)
    with world.wire.store.read(world.now) as tx:
        row, _, draft = review.open_of(world.wire, tx, world.dora, review.Action.APPROVE_WIRE, id)
    place = replace(PLACE, id=row.id)
    one, two = (editions.make(world.wire, draft, place) for _ in range(2))
    assert one == two
    world.wait(HOUR)
    world.publisher.publish_due()
    kept = {item.format: item.body for item in one.renderings}
    assert {n: d for n, d in documents(world, "T100000001").items() if n in kept} == kept


@pytest.mark.parametrize("many", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_releases_of_the_same_instant_go_in_the_order_of_their_ids(world: World, many: int) -> None:
    """Each with its number, leaf and document."""
    ids = [world.submit("One").id]
    review.approve(world.wire, world.dora, ids[0], confirm=True, at=START + HOUR)
    ids += _copies(world, ids[0], many - 1)
    world.publisher.prepare(START + HOUR)
    world.wait(HOUR)
    done = world.publisher.publish_due()
    assert [item.number for item in done] == [f"T{100_000_001 + n}" for n in range(many)]
    assert {item.published for item in done} == {START + HOUR}
    with world.wire.store.read(world.now) as tx:
        found = [row.id for row, _ in reversed(listings.latest(tx, limit=2 * many))]
        assert leaves.size(tx) >= 2 * many
    assert found == sorted(ids)


def _copies(world: World, id: str, many: int) -> list[str]:
    """The same draft sealed as many other releases, without the checks' time."""
    with world.wire.store.write(world.now) as tx:
        _, _, draft = review.open_of(world.wire, tx, world.dora, review.Action.APPROVE_WIRE, id)
        made = []
        for _ in range(many):
            other = str(uuid.uuid4())
            key, wrapped = world.wire.vault.new_key(other)
            release = releases.add(tx, other, issuer_=1, channel_=1, relayed=False)
            secrets.add_vault_key(tx, release, wrapped)
            body = leaf.seal("n" * 43)
            releases.add_revision(
                tx,
                {
                    "release": release,
                    "kind": "original",
                    "state": "sealed",
                    "release_time": START + HOUR,
                    "sealed": draft.seal(key),
                    "submitted_by": "anna",
                    "submitted": tx.now,
                    "seal_leaf": leaves.append(tx, body, leaf.hash_of(body)),
                },
            )
            made.append(other)
        return made


def test_every_public_revision_has_a_leaf_that_opens_its_seal(world: World) -> None:
    number = world.published("One")
    world.correct(number, "Two")
    world.notice(number, Kind.WITHHOLD)
    world.notice(number, Kind.USABLE_AGAIN)
    world.notice(number, Kind.WITHDRAWAL)
    relayed = world.take(RELAYED, publish_now=True, confirm=True).number
    assert relayed is not None
    kinds = []
    log = world.log()
    for row in [*world.versions(number), *world.versions(relayed)]:
        with world.wire.store.read(world.now) as tx:
            [entry] = leaves.of_revision(tx, row.key)
        said = leaf.parse(entry.body)
        kinds.append(said["t"])
        assert entry.hash == leaf.hash_of(entry.body)
        assert said["revision"] == row.version
        assert said["statement"] == hashlib.sha256(row.statement or b"").hexdigest()
        if "seal" in said:
            nonce = leaf.commitment(decode(said["nonce"]), row.manifest or b"")
            assert log[said["seal"]] == {"t": "seal", "commitment": nonce}
    assert kinds == ["publish", "correct", "withhold", "usable_again", "withdraw", "relay"]


RELAYED = """PRESS RELEASE

Nordwind builds a harbour

OSLO, Nov. 23, 2026 /PRNewswire/ -- Nordwind said on Monday that it builds a harbour, its second.

SOURCE Nordwind AS
"""


LOSSLESS = [name for name, fmt in formats().items() if fmt.about.lossless]


@pytest.fixture(scope="module")
def quiet(made: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A wire that renders and keeps nothing."""
    world = World(Path(shutil.copytree(made(), tmp_path_factory.mktemp("quiet") / "home")))
    yield world
    world.close()


@given(revision=revisions)
def test_a_lossless_format_gives_back_the_signed_bytes(quiet: World, revision: Revision) -> None:
    """What the public reads of a release is, byte for byte, what the parts were made of."""
    assert "dispaccio" in LOSSLESS
    said = replace(revision, kind=Kind.ORIGINAL, status=None)
    parts = salted(said)
    draft = Draft(said, parts=parts, manifest=b"{}")
    ready = editions.make(quiet.wire, draft, PLACE)
    open_ = [c for c in said.contacts if c.visibility is Visibility.PUBLIC]
    for rendering in ready.renderings:
        if rendering.format in LOSSLESS:
            [reading] = formats()[rendering.format].read(rendering.body, Options())
            expected = replace(said, contacts=tuple(open_))
            assert canonical_bytes(reading.revision) == canonical_bytes(expected)
    assert editions.make(quiet.wire, draft, PLACE) == ready


class TestNow:
    """Publishing when a person says so."""

    def test_it_is_approved_sealed_and_published(self, world: World) -> None:
        world.wait(0.123456 * SECOND)
        id = world.submit().id
        [done] = publish(world.wire, world.dora, id, confirm=True)
        assert done.published == START + 0.123 * SECOND
        assert world.state(id) is State.PUBLISHED

    def test_what_is_sealed_for_later_goes_at_once(self, world: World) -> None:
        id = world.sealed()
        [done] = publish(world.wire, world.dora, id)
        assert done.published == START
        world.wait(2 * HOUR)
        assert world.publisher.publish_due() == []

    def test_only_its_own_publication_is_told(self, world: World) -> None:
        world.sealed("Another", after=HOUR)
        world.wait(HOUR)
        id = world.submit().id
        [done] = publish(world.wire, world.dora, id, confirm=True)
        assert done.number == world.wire.number(world.row(id).ordinal or 0)

    def test_somebody_elses_loop_may_be_faster(self, world: World) -> None:
        other = Publisher(world.wire)
        id = world.submit().id
        world.wire.changed.append(lambda: _once(world, other))
        [done] = publish(world.wire, world.dora, id, confirm=True)
        assert done.version == 1
        assert len(world.versions(done.number)) == 1

    def test_the_second_person_is_asked_for(self, world: World) -> None:
        given = submit.submit(world.wire, world.dora, handed("One"))
        with pytest.raises(SecondPersonNeeded):
            publish(world.wire, world.dora, given.id, confirm=True)
        assert world.state(given.id) is State.IN_REVIEW

    def test_a_clock_that_jumped_seals_nothing(self, world: World) -> None:
        id = world.sealed()
        before = world.newest(id)
        world.now += HOUR
        with pytest.raises(ClockUntrusted, match=r"jumped by \+3600\.0 s"):
            publish(world.wire, world.dora, id)
        assert world.newest(id) == before


def _once(world: World, other: Publisher) -> None:
    changed, world.wire.changed[:] = list(world.wire.changed), []
    other.publish_due()
    world.wire.changed[:] = changed


class TestTheClock:
    """Late is better than early."""

    def test_a_jump_ahead_publishes_nothing(self, world: World) -> None:
        world.sealed(after=HOUR)
        world.now += 2 * HOUR
        with pytest.raises(ClockUntrusted):
            world.publisher.publish_due()
        world.wait(9 * SECOND)
        with pytest.raises(ClockUntrusted):
            world.publisher.publish_due()
        world.now -= 2 * HOUR
        with pytest.raises(ClockUntrusted):
            world.publisher.publish_due()
        world.wait(10 * SECOND)
        assert world.publisher.publish_due() == []
        world.wait(HOUR)
        assert len(world.publisher.publish_due()) == 1

    def test_a_person_may_accept_it(self, world: World) -> None:
        world.sealed(after=HOUR)
        world.now += 2 * HOUR
        with pytest.raises(ClockUntrusted):
            world.publisher.publish_due()
        world.wire.guard.accept()
        assert len(world.publisher.publish_due()) == 1

    def test_a_jump_while_publishing_is_seen(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is due was looked up before the jump; what comes to be due by it waits."""
        first, second = world.sealed("One", after=HOUR), world.sealed("Two", after=HOUR)
        world.wait(HOUR)
        real = world.publisher._publish_some

        def then_jump(due: list[tuple[int, int]]) -> Any:
            found = real(due)
            world.now += HOUR
            return found

        monkeypatch.setattr(world.publisher, "_publish_some", then_jump)
        with pytest.raises(ClockUntrusted):
            world.publisher.publish_due()
        states = sorted([world.state(first), world.state(second)])
        assert states == [State.PUBLISHED, State.SEALED]
        assert world.publisher.stuck == {}

    def test_the_guard_is_looked_at_where_the_operator_insists(
        self, open_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = open_world(require_synchronised_clock=True)
        monkeypatch.setattr("dispaccio.wire.core.synchronised", lambda: False)
        world.sealed(after=HOUR)
        world.wait(HOUR)
        with pytest.raises(ClockUntrusted, match="not synchronised"):
            world.publisher.publish_due()
        monkeypatch.setattr("dispaccio.wire.core.synchronised", lambda: True)
        assert len(world.publisher.publish_due()) == 1


def test_a_publication_that_fails_is_undone_whole_and_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes.subscribe(world.wire, ["http://127.0.0.1:9/in"])
    id = world.sealed(after=HOUR)
    world.wait(HOUR)
    log, seen = len(world.log()), world.events()

    def broken(*args: Any, **named: Any) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr(outbox, "fan_out", broken)
    assert world.publisher.publish_due() == []
    assert list(world.publisher.stuck.values()) == ["RuntimeError"]
    assert (len(world.log()), world.events()) == (log, seen)
    assert world.state(id) is State.SEALED
    assert world.public.latest(9) == []
    monkeypatch.undo()
    [done] = world.publisher.publish_due()
    assert done.deliveries == 1
    assert world.publisher.stuck == {}


def test_a_commit_that_fails_is_an_error_and_nothing_is_public(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = world.sealed(after=HOUR)
    world.wait(HOUR)

    def commit(connection: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(world.wire.store.engine.dialect, "do_commit", commit)
    with pytest.raises(StoreFailed, match="no space left"):
        world.publisher.publish_due()
    monkeypatch.undo()
    assert world.state(id) is State.SEALED
    assert len(world.publisher.publish_due()) == 1


def test_contacts_for_the_media_are_in_no_public_bytes(world: World) -> None:
    secret = "desk-0815@aurora-dairy.example"
    contacts = [
        {"name": "Livia Brembati", "email": "press@aurora-dairy.example"},
        {"name": "Night desk", "email": secret, "visibility": "media_only"},
    ]
    number = world.published(contacts=contacts)
    world.correct(number, "Two", contacts=contacts)
    for version in (None, 1, 2):
        for name in [*formats(), "thin"]:
            found = world.public.rendering(number, version, name)
            assert found is None or secret.encode() not in found.body, name
    shown = world.public.release(number)
    assert shown is not None
    assert secret not in repr(shown)
    assert secret.encode() not in (world.public.proof(number) or b"")
    assert secret not in json.dumps(world.log())
    [first, second] = world.versions(number)
    assert "contacts" in {p["n"] for p in json.loads(second.manifest or b"")["parts"]}
    assert first.version == 1
