"""The whole life cycle, step by step at random, against the model. Nothing may ever diverge."""

from __future__ import annotations

import atexit
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dispaccio.clock import Clock
from dispaccio.delivery.retry import Outcome, settle
from dispaccio.delivery.retry import Result as Ended
from dispaccio.errors import DispaccioError
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind, State
from dispaccio.store import leaves, outbox, releases
from dispaccio.store.outbox import Class, Load, Settlement
from dispaccio.store.releases import FIRST_ORDINAL
from dispaccio.testing import home as homes
from dispaccio.wire import deliveries, endpoints, home, review, submit, take
from dispaccio.wire.core import Wire
from dispaccio.wire.parcels import Packer
from dispaccio.wire.public import Public
from dispaccio.wire.publish import Publisher, publish
from dispaccio.wire.submit import Handed
from dispaccio.wire.withdraw import notice
from tests.proof.model import Model, Refused, Release, Text

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENDPOINTS = 2
DECISIONS = ["returned", "rejected", "parked", "in_review"]
NOTICES = ["withhold", "usable_again", "withdrawal"]
_template: list[Path] = []


def template() -> Path:
    """A home that every run copies, made once."""
    if not _template:
        scratch = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, scratch)
        folder = scratch / "home"
        made = homes.make(folder, clock=Clock(lambda: START, lambda: 0.0))
        wire = made.open(Clock(lambda: START, lambda: 0.0))
        homes.subscribe(wire, [f"http://127.0.0.1:9/{n}" for n in range(ENDPOINTS)])
        wire.store.close()
        _template.append(folder)
    return _template[0]


class LifeCycle(RuleBasedStateMachine):
    """A wire and its model, told to do the same."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copytree(template(), self.folder / "home")
        self.texts = 0
        self.seen_leaves: list[bytes] = []
        self.taken: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.tried: set[tuple[str, int]] = set()
        self.flying: list[Load] = []
        self.open()

    def open(self) -> None:
        clock = Clock(lambda: START + timedelta(seconds=self.model.now), lambda: self.model.now)
        self.wire: Wire = home.open_home(self.folder / "home", clock)
        self.olga, self.dora, self.dino, self.anna = (
            homes.actor(self.wire, name) for name in ("olga", "dora", "dino", "anna")
        )
        self.publisher, self.public = Publisher(self.wire), Public(self.wire)

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self.deliver_all()
        self.wire.store.close()
        shutil.rmtree(self.folder)

    def instant(self, seconds: int | None) -> datetime | None:
        return None if seconds is None else START + timedelta(seconds=seconds)

    def same(self, expected: Callable[[], Any], done: Callable[[], Any]) -> Any:
        """Do both; either both do it, or both refuse."""
        try:
            expected()
        except Refused:
            with pytest.raises(DispaccioError):
                done()
            return None
        return done()

    def handed(self, *, flawed: bool = False, **more: Any) -> tuple[str, Handed]:
        """A text unlike any other; a flawed one does not say who paid."""
        self.texts += 1
        headline = f"Aurora opens plant {self.texts} in Bergamo"
        said = homes.document(headline, text=f"Plant {self.texts} employs 120 people.", **more)
        if flawed:
            del said["label"]["paid_by"]
        return headline, Handed(json.dumps(said).encode(), "application/json")

    def any_release(self, data: st.DataObject) -> Release:
        return data.draw(st.sampled_from(list(self.model.releases.values())))

    # Handing in

    @initialize()
    def first(self) -> None:
        self.submit(flawed=False, ahead=None)

    @rule(flawed=st.booleans(), ahead=st.none() | st.integers(1, 90))
    def submit(self, flawed: bool, ahead: int | None) -> None:
        at = None if ahead is None else self.model.now + ahead
        headline, handed = self.handed(flawed=flawed, release_time=self.instant(at))
        receipt = submit.submit(self.wire, self.anna, handed)
        state = "returned" if flawed else "in_review"
        assert receipt.state == state
        text = Text("original", headline, state, at)
        self.model.releases[receipt.id] = Release(receipt.id, open=text)

    @rule(identifier=st.integers(1, 2))
    def take(self, identifier: int) -> None:
        wire = {"name": "Ponente", "number": f"553019{identifier}"}
        headline, handed = self.handed(wire=wire)
        known = self.model.taken(identifier)
        taken = take.take(self.wire, self.dora, handed)
        assert (taken.id, taken.new) == ((known.id, False) if known else (taken.id, True))
        if known is None:
            text = Text("original", headline, "in_review")
            self.model.releases[taken.id] = Release(taken.id, identifier, open=text)

    @rule(data=st.data(), flawed=st.booleans(), ahead=st.none() | st.integers(1, 90))
    def revise(self, data: st.DataObject, flawed: bool, ahead: int | None) -> None:
        release = self.any_release(data)
        at = None if ahead is None else self.model.now + ahead
        headline, handed = self.handed(flawed=flawed, release_time=self.instant(at))
        stopped = flawed and release.identifier is None
        actor = self.dora if release.identifier else self.anna
        kind, why = Kind.CORRECTION, Reason("figures")
        self.same(
            lambda: self.model.revise(release, headline, at, flawed=stopped),
            lambda: submit.revise(self.wire, actor, release.id, handed, kind=kind, reason=why),
        )

    # The desk

    @rule(data=st.data(), ahead=st.none() | st.integers(-5, 90))
    def approve(self, data: st.DataObject, ahead: int | None) -> None:
        release = self.any_release(data)
        at = None if ahead is None else self.model.now + ahead
        self.same(
            lambda: self.model.approve(release, at),
            lambda: review.approve(
                self.wire, self.dino, release.id, confirm=True, at=self.instant(at)
            ),
        )

    @rule(data=st.data(), ahead=st.integers(-5, 90))
    def set_time(self, data: st.DataObject, ahead: int) -> None:
        release, at = self.any_release(data), self.model.now + ahead
        self.same(
            lambda: self.model.set_time(release, at),
            lambda: review.set_time(
                self.wire, self.dora, release.id, START + timedelta(seconds=at)
            ),
        )

    @rule(data=st.data(), to=st.sampled_from(DECISIONS))
    def decide(self, data: st.DataObject, to: str) -> None:
        release = self.any_release(data)
        self.same(
            lambda: self.model.decide(release, to),
            lambda: review.decide(self.wire, self.dora, release.id, State(to), why="because"),
        )

    @rule(data=st.data())
    def call_off(self, data: st.DataObject) -> None:
        release = self.any_release(data)
        self.same(
            lambda: self.model.decide(release, "called_off"),
            lambda: review.call_off(self.wire, self.dora, release.id),
        )

    # The public

    @rule(data=st.data())
    def publish_now(self, data: st.DataObject) -> None:
        release = self.any_release(data)
        self.same(
            lambda: self.model.publish_now(release),
            lambda: publish(self.wire, self.dino, release.id, confirm=True),
        )

    @rule(data=st.data(), kind=st.sampled_from(NOTICES))
    def notice(self, data: st.DataObject, kind: str) -> None:
        release = self.any_release(data)
        self.same(
            lambda: self.model.notice(release, kind),
            lambda: notice(self.wire, self.dora, release.id, Kind(kind), Reason("error")),
        )

    @rule(seconds=st.integers(1, 70), prepared=st.booleans())
    def advance(self, seconds: int, prepared: bool) -> None:
        if prepared:
            self.publisher.prepare(START + timedelta(seconds=self.model.now + 60))
        self.model.advance(seconds)
        self.publisher.publish_due()
        assert not self.publisher.stuck

    @rule()
    def restart(self) -> None:
        self.wire.store.close()
        self.flying.clear()
        self.open()
        with self.wire.store.write(self.wire.clock.now()) as tx:
            outbox.release_expired(tx, everything=True)

    # Delivery

    @rule()
    def claim(self) -> None:
        with self.wire.store.write(self.wire.clock.now()) as tx:
            outbox.release_expired(tx)
            claims = outbox.claim(tx, most=8, lease=timedelta(hours=1), token=self.texts << 20)
            self.flying += outbox.loads(tx, claims)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), delivered=st.booleans())
    def end_attempt(self, data: st.DataObject, delivered: bool) -> None:
        load = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        self.settle(load, delivered=delivered)

    @rule(index=st.integers(0, ENDPOINTS - 1), on=st.booleans())
    def switch(self, index: int, on: bool) -> None:
        every = endpoints.everyone(self.wire, self.olga)
        endpoints.switch(self.wire, self.olga, every[index]["endpoint"], on=on)

    def settle(self, load: Load, *, delivered: bool) -> None:
        claim, now = load.claim, self.wire.clock.now()
        lane = (load.release_id, claim.endpoint)
        self.tried.add(lane)
        if delivered:
            self.received(load, lane)
        ended = (
            Outcome(Ended.DELIVERED, "", 0, 204)
            if delivered
            else Outcome(Ended.ANSWERED, "", 0, 503)
        )
        withdrawal = claim.class_ == Class.WITHDRAWAL
        decision = settle(ended, claim.attempt, now, Random(1), withdrawal=withdrawal)
        with self.wire.store.write(now) as tx:
            outbox.settle(
                tx,
                [
                    Settlement(
                        claim,
                        decision.state,
                        decision.due_at,
                        ended.kind,
                        ended.status,
                        "",
                        now,
                        0,
                        "",
                    )
                ],
            )

    def received(self, load: Load, lane: tuple[str, int]) -> None:
        """A subscriber never gets an older version than it has, nor a text that was taken back."""
        version = load.claim.version
        assert not self.taken[lane] or version >= self.taken[lane][-1]
        self.taken[lane].append(version)
        with self.wire.store.read(self.wire.clock.now()) as tx:
            packed = Packer(self.wire).pack(tx, load)
        assert packed
        said = json.loads(packed.body)["data"]
        release = self.model.releases[load.release_id]
        kind, _ = release.public[version - 1]
        assert said["kind"] == kind
        assert said["number"] == f"T{FIRST_ORDINAL + (release.number or 0) - 1}"

    def deliver_all(self) -> None:
        """In the end every endpoint has what it should have, and nothing else."""
        for said in endpoints.everyone(self.wire, self.olga):
            endpoints.switch(self.wire, self.olga, said["endpoint"], on=True)
        while self.flying:
            self.settle(self.flying.pop(), delivered=True)
        for _ in range(200):
            self.model.now += 3600
            self.claim()
            if not self.flying:
                break
            while self.flying:
                self.settle(self.flying.pop(), delivered=True)
        told = self.told_by_a_person()
        for release in self.model.releases.values():
            for endpoint in range(1, ENDPOINTS + 1):
                lane = (release.id, endpoint)
                if release.public and lane not in told:
                    wanted = [len(release.public)]
                    if release.status == "canceled" and lane not in self.tried:
                        wanted = []
                    assert self.taken[lane][-1:] == wanted, release

    def told_by_a_person(self) -> set[tuple[str, int]]:
        """The lanes of withdrawals that were given to a person."""
        found = set()
        for release in self.model.releases.values():
            if release.public:
                rows = deliveries.report(self.wire, self.dora, release.id)["deliveries"]
                states = [row["state"] for row in rows]
                assert not {"due", "leased", "parked", "exhausted", "gone"} & set(states), states
                if "to_human" in states:
                    found |= {(release.id, endpoint) for endpoint in range(1, ENDPOINTS + 1)}
        return found

    # What must always hold

    @invariant()
    def public_agrees(self) -> None:
        shown = {
            one.ordinal: (one.status.value, one.version, one.revision.headline or None)
            for one in self.public.latest(100)
        }
        wanted = {
            FIRST_ORDINAL + release.number - 1: (
                release.status,
                len(release.public),
                release.headline,
            )
            for release in self.model.releases.values()
            if release.number
        }
        assert shown == wanted
        usable = {number for number, (status, _, _) in wanted.items() if status == "usable"}
        assert {one.ordinal for one in self.public.search("Bergamo", 100)} == usable

    @invariant()
    def desk_agrees(self) -> None:
        with self.wire.store.read(self.wire.clock.now()) as tx:
            for release in self.model.releases.values():
                row = releases.by_id(tx, release.id)
                assert row
                found = releases.open_revision(tx, row.key)
                text = release.open
                assert (found and found.state) == (text and text.state)
                if text and text.state == "sealed":
                    assert found
                    assert found.release_time == self.instant(text.at)

    @invariant()
    def log_only_grows(self) -> None:
        with self.wire.store.read(self.wire.clock.now()) as tx:
            entries = leaves.span(tx, 0, leaves.size(tx))
        assert [entry.index for entry in entries] == list(range(len(entries)))
        bodies = [entry.body for entry in entries]
        assert bodies[: len(self.seen_leaves)] == self.seen_leaves
        self.seen_leaves = bodies
        public = sum(len(release.public) for release in self.model.releases.values())
        assert len([entry for entry in entries if entry.revision is not None]) == public


QUICK = tuple(phase for phase in Phase if phase is not Phase.explain)
"""To explain a failure, every line of every run would be traced."""

TestLifeCycle = LifeCycle.TestCase
TestLifeCycle.settings = settings(max_examples=8, stateful_step_count=25, phases=QUICK)


@pytest.mark.long
class TestLongLifeCycle(LifeCycle.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=40, stateful_step_count=50, phases=QUICK)
