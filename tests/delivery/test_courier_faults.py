"""Receivers that fail, hang, crowd one host or are gone for days, and what it does to others.

Where each fault of delivery has its test, those of this file without its name:

- hangs before accept, after accept, after headers, a byte a second; reset half-way; 1 MB of
  headers; bad status lines: ``egress/test_client``, ``egress/test_sender`` (FAILURES)
- 1 GB and endless replies: ``egress/test_client`` (test_reading_ends_where_there_is_enough)
- 3xx to internal addresses: ``egress/test_sender``, ``test_webhook``
- 408, 425, 429 with odd ``Retry-After``: ``test_retry``; 410: ``test_courier``
- expired and wrong-host certificates: ``egress/test_tls``
- NXDOMAIN, a resolver that stalls: ``egress/test_client``, ``egress/test_sender``, and here
- keep-alive closed exactly on reuse: ``egress/test_client``, ``egress/test_sender``
- 10,000 endpoints on one host: ``test_courier_one_host``
- file descriptors exhausted: ``egress/test_sender``, and here
- kill -9 at every step of claim, send, settle: ``proof/test_kill_steps``
- two couriers, one stopped past its lease: ``test_courier``, ``proof/test_couriers_killed``
- a correction while the original is in retry: ``test_courier``; in flight, exhausted, behind an
  open breaker; a withdrawal during fan-out and during replay; a subscriber added in between: here
- disk full: ``test_courier_full_disk``, ``proof/test_disk``
- in every lane first sights only rise, with kill -9 and two couriers inside:
  ``proof/test_couriers_killed``
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from dispaccio.delivery import attempt, courier
from dispaccio.delivery.books import LEASE, Books, Turn
from dispaccio.delivery.breaker import IN_A_ROW
from dispaccio.delivery.carriers.base import Outcome, Parcel
from dispaccio.delivery.carriers.registry import carriers
from dispaccio.delivery.retry import HOPELESS
from dispaccio.delivery.seats import PER_HOST
from dispaccio.store import endpoints, events, outbox
from dispaccio.store.delivery_tables import delivery
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.engine import Tx
from dispaccio.testing.receiver import Receiver
from tests.delivery.test_courier import LATER, SECOND, SECRET, TAKEN, Post
from tests.delivery.test_courier_one_host import Host
from tests.proof import courier_process

FILES = 60
"""So many file descriptors has a process that has few."""


def replay(post: Post, release: int, run: int) -> None:
    """What sending a release again writes, for every endpoint."""
    with post.store.write(post.clock.now()) as tx:
        rows = [
            {
                "release": release,
                "version": 1,
                "run": run,
                "endpoint": key,
                "state": "due",
                "class": int(outbox.Class.REPLAY),
                "gate": 0,
                "attempt": 0,
                "due_at": tx.now,
            }
            for key in {row.key for row in endpoints.everyone(tx)}
        ]
        tx.run(delivery.insert(), rows)


def test_a_host_with_many_endpoints_is_not_overrun(post: Post) -> None:
    for number in range(60):
        post.rows.endpoint(f"e{number}", address=f"https://one.example/{number}")
    post.rows.endpoint("other")
    release, now, most = post.rows.release("r"), [0], [0]

    async def answer(parcel: Parcel) -> Outcome:
        if "one.example" in parcel.address:
            now[0] += 1
            most[0] = max(most[0], now[0])
            await asyncio.sleep(0.02)
            now[0] -= 1
        return TAKEN

    post.carrier.answer = answer
    post.publish(release, 1)
    post.run(lambda: post.states(release) == ["delivered"] * 61)
    assert most == [PER_HOST]


def test_those_that_hang_give_their_slots_back(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "SLOTS", 4)
    for number in range(12):
        post.rows.endpoint(f"hang{number}")
    for number in range(12):
        post.rows.endpoint(f"well{number}")
    release = post.rows.release("r")

    async def answer(parcel: Parcel) -> Outcome:
        if "hang" in parcel.address:
            await asyncio.sleep(3600)
        return TAKEN

    post.carrier.answer = answer
    post.publish(release, 1)
    post.run(lambda: post.states(release).count("delivered") == 12)
    assert post.states(release).count("leased") == 12


def test_an_open_breaker_lets_rows_wait_without_attempts_and_in_order(post: Post) -> None:
    """Releases fail until the breaker opens; what comes then waits, a correction as well."""
    post.rows.endpoint("a")
    releases = [post.rows.release(f"r{number}") for number in range(IN_A_ROW + 1)]
    post.carrier.say(*[LATER] * 99)
    for release in releases[:IN_A_ROW]:
        post.publish(release, 1)

    def more() -> None:
        post.publish(releases[-1], 1)
        post.publish(releases[0], 2, "correction")

    def states() -> list[tuple[str, int]]:
        return [(row.state, row.attempt) for row in post.deliveries(releases[-1])]

    post.run_steps(
        lambda: len(post.carrier.parcels) == IN_A_ROW,
        more,
        lambda: post.deliveries(releases[0])[-1].version == 2,
        post.carrier.parcels.clear,
        lambda: _after_a_while(post),
    )
    assert post.carrier.parcels == []
    assert states() == [("due", 0)]
    # Another courier knows nothing of the breaker, and everything is there still.
    post.carrier.say()
    post.ahead += timedelta(hours=1)
    post.run(lambda: all(set(post.states(release)) == {"delivered"} for release in releases))
    first = [id for id in post.carrier.ids if id.startswith("r0.")]
    assert first == ["r0.v1", "r0.v2"]


def _after_a_while(post: Post, looks: list[int] = []) -> bool:  # noqa: B006
    looks.append(1)
    return len(looks) > 30


@pytest.mark.parametrize("how", ["in flight", "exhausted"])
def test_a_correction_waits_for_what_is_before_it(post: Post, how: str) -> None:
    post.rows.endpoint("a")
    release, begun, gate = post.rows.release("r"), asyncio.Event(), asyncio.Event()

    async def answer(parcel: Parcel) -> Outcome:
        if parcel.version == 1:
            begun.set()
            await gate.wait()
            return LATER if how == "exhausted" else TAKEN
        return TAKEN

    post.carrier.answer = answer
    post.publish(release, 1)
    if how == "exhausted":
        with post.store.write(post.clock.now()) as tx:
            tx.run(delivery.update().values(attempt=10))
    post.run_steps(
        begun.is_set,
        lambda: post.publish(release, 2, "correction"),
        lambda: len(post.deliveries(release)) == 2,
        gate.set,
        lambda: post.states(release)[1] == "delivered",
    )
    ended = "exhausted" if how == "exhausted" else "delivered"
    assert post.states(release) == [ended, "delivered"]
    assert post.carrier.ids == ["r.v1", "r.v2"]


def test_a_withdrawal_during_fan_out_is_the_last_that_anybody_hears(post: Post) -> None:
    for number in range(200):
        post.rows.endpoint(f"e{number}")
    release = post.rows.release("r")

    async def answer(parcel: Parcel) -> Outcome:
        await asyncio.sleep(0.01)
        return TAKEN

    post.carrier.answer = answer
    post.publish(release, 1)
    post.run_steps(
        lambda: len(post.carrier.parcels) > 20,
        lambda: post.publish(release, 2, "withdrawal", status="canceled"),
        lambda: not {"due", "leased"} & set(post.states(release)),
    )
    heard: dict[str, list[int]] = {}
    for parcel in post.carrier.parcels:
        heard.setdefault(parcel.address, []).append(parcel.version)
    assert all(versions == [1, 2] for versions in heard.values())
    assert {row.address for row in post.deliveries(release) if row.version == 2} == set(heard)


def test_a_withdrawal_is_not_held_up_by_a_replay_and_ends_it(post: Post) -> None:
    for number in range(20):
        post.rows.endpoint(f"e{number}")
    old = [post.rows.release(f"old{number}") for number in range(30)]
    for release in old:
        post.publish(release, 1)
    post.run(lambda: all(set(post.states(release)) == {"delivered"} for release in old))
    post.carrier.parcels.clear()

    async def answer(parcel: Parcel) -> Outcome:
        await asyncio.sleep(0.02)
        return TAKEN

    post.carrier.answer = answer
    for run in range(1, 6):
        for release in old:
            replay(post, release, run)
    post.run_steps(
        lambda: post.carrier.parcels,
        lambda: post.publish(old[7], 2, "withdrawal", status="canceled"),
        lambda: sum(parcel.version == 2 for parcel in post.carrier.parcels) == 20,
    )
    last = max(at for at, parcel in enumerate(post.carrier.parcels) if parcel.version == 2)
    assert last < 1500, "of the 3,000 that are sent again"
    after: dict[str, int] = {}
    for parcel in post.carrier.parcels:
        if parcel.webhook_id.startswith("old7."):
            assert parcel.version >= after.get(parcel.address, 0)
            after[parcel.address] = parcel.version
    states = {row.state for row in post.deliveries(old[7]) if row.run}
    assert states <= {"delivered", "superseded"}


def test_a_subscriber_who_came_in_between_gets_the_correction(post: Post) -> None:
    post.rows.endpoint("early")
    release = post.rows.release("r")
    post.publish(release, 1)
    post.run(lambda: post.states(release) == ["delivered"])
    post.rows.endpoint("late")
    post.publish(release, 2, "correction")
    post.run(lambda: post.states(release) == ["delivered"] * 3)
    late = [p.version for p in post.carrier.parcels if "late" in p.address]
    assert late == [2]


def test_after_days_of_failure_it_is_switched_off_and_catches_up_later(post: Post) -> None:
    key = post.rows.endpoint("a")
    first, second = post.rows.release("r1"), post.rows.release("r2")
    post.carrier.say(*[LATER] * 2)
    post.publish(first, 1)

    def row() -> endpoints.EndpointRow:
        return post.rows.read(endpoints.by_keys, [key])[key]

    def days_later() -> None:
        post.ahead += HOPELESS

    post.run_steps(
        lambda: row().failing_since is not None, days_later, lambda: row().state == "disabled"
    )
    assert "5 days" in (row().why or "")
    told = post.rows.read(events.after, 0)
    assert [(event.kind, event.detail["endpoint"]) for event in told] == [
        ("endpoint_disabled", "a")
    ]
    post.publish(second, 1)
    with post.store.write(post.clock.now()) as tx:
        endpoints.change(tx, key, state="active", why=None, failing_since=None)
        outbox.resume(tx, key)
        events.append(tx, "endpoint_enabled", "dora", detail={"endpoint": "a"})
    post.ahead += 3600 * SECOND
    post.run(lambda: post.states(first) == post.states(second) == ["delivered"])
    assert row().failing_since is None


def test_a_good_answer_ends_the_time_of_failure(post: Post) -> None:
    key = post.rows.endpoint("a")
    release = post.rows.release("r")
    post.carrier.say(LATER)
    post.publish(release, 1)

    def failing() -> bool:
        return post.rows.read(endpoints.by_keys, [key])[key].failing_since is not None

    def on() -> None:
        post.ahead += 10 * SECOND

    post.run_steps(failing, on, lambda: not failing())


def test_what_a_process_claimed_that_was_held_up_is_left_to_its_lease(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped within its claim, it would begin what another may have by then."""
    monkeypatch.setattr(courier, "_LATEST", 0.2)
    turn, held = Books.turn, threading.Event()

    def slow(books: Books, tx: Tx, **more: Any) -> Turn:
        found = turn(books, tx, **more)
        if found.jobs and not held.is_set():
            held.set()
            time.sleep(0.5)
        return found

    def later() -> None:
        post.ahead += LEASE + SECOND

    monkeypatch.setattr(Books, "turn", slow)
    post.rows.endpoint("a")
    release = post.rows.release("r")
    post.publish(release, 1)
    post.run_steps(held.is_set, later, lambda: post.states(release) == ["delivered"])
    assert post.carrier.ids == ["r.v1"]
    assert post.deliveries(release)[0].attempt == 2


def test_names_that_stall_hold_up_no_other(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver says nothing of many names; that of one more it knows."""
    post.carriers = dict(carriers())
    ends, asked = threading.Event(), []

    def resolve(host: bytes, port: int, *more: int) -> list[Any]:
        asked.append(host)
        if host.startswith(b"stalls"):
            ends.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Receiver() as receiver:
        port = receiver.url("").rpartition(":")[2]
        for number in range(20):
            post.rows.endpoint(f"e{number}", address=f"http://stalls{number}.test:{port}/")
        post.rows.endpoint("well", address=f"http://well.test:{port}/well")
        release = post.rows.release("r")
        post.publish(release, 1)
        try:
            post.run(lambda: "delivered" in post.states(release))
        finally:
            ends.set()
        assert [came.path for came in receiver.came] == ["/well"]
        assert len(asked) == 21


@pytest.mark.long
def test_a_process_without_file_descriptors_delivers_all_the_same(post: Post) -> None:
    """It keeps connections until there is no descriptor left; then kept ones make room."""
    host, hosts = Host(), 150
    release = post.rows.release("r")
    context = multiprocessing.get_context("forkserver")
    ready, told = context.Pipe(duplex=False)
    arguments = (post.store.engine.url.database, told, True, FILES)
    process = context.Process(target=courier_process.main, args=arguments)

    def settled() -> bool:
        return post.states(release) == ["delivered"] * hosts

    async def work() -> None:
        async with host.listening() as port, asyncio.timeout(60):
            for number in range(hosts):
                post.rows.endpoint(f"e{number}", address=f"http://127.0.1.{number + 1}:{port}/")
            post.publish(release, 1)
            process.start()
            while not await asyncio.to_thread(settled):
                assert process.is_alive()
                await asyncio.sleep(0.05)

    try:
        asyncio.run(work())
    finally:
        process.kill()
        process.join()
        process.close()
        ready.close()
        told.close()
    assert host.came == {b"/other": hosts}


def test_endpoints_are_known_before_anything_is_due_there(post: Post) -> None:
    post.carriers = dict(carriers())
    known: set[str] = set()

    def unwrap(row: EndpointRow) -> tuple[str, ...]:
        known.add(row.id)
        return (SECRET,)

    post.unwrap = unwrap
    hooks = {f"hook-{number}" for number in range(130)}
    with Receiver() as receiver:
        receiver.secrets = {"/new": SECRET}
        for name in sorted(hooks):
            post.rows.endpoint(name, address=receiver.url("/old"))
        post.rows.endpoint("person", carrier="mail", address="rita@gazette.example")
        post.rows.endpoint("off", state="disabled")
        key = post.rows.endpoint("moves", address=receiver.url("/old"))
        release = post.rows.release("r1")

        def move() -> None:
            with post.store.write(post.clock.now()) as tx:
                for row in endpoints.everyone(tx):
                    if row.key != key:
                        endpoints.set_state(tx, row.key, "gone", None)
                endpoints.change(tx, key, address=receiver.url("/new"))
                events.append(tx, "endpoint_changed", "dora", detail={"endpoint": "moves"})
            post.publish(release, 1)

        post.run_steps(
            lambda: known == hooks | {"moves"}, move, lambda: post.states(release) == ["delivered"]
        )
        assert [(came.path, came.error) for came in receiver.wait_for(1)] == [("/new", None)]


def test_an_answer_that_breaks_its_reader_costs_an_attempt_and_no_place(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "outcome_of", lambda *_: int("a fault of ours"))
    post.carriers = dict(carriers())
    with Receiver(secrets={"/a": SECRET}, answers={"/a": 503}) as receiver:
        post.rows.endpoint("a", address=receiver.url("/a"))
        first, second = post.rows.release("r1"), post.rows.release("r2")
        post.publish(first, 1)

        def go_on() -> None:
            receiver.answers.clear()
            post.publish(second, 1)

        post.run_steps(
            lambda: post.deliveries(first)[0].detail,
            go_on,
            lambda: post.states(second) == ["delivered"],
        )
    [row] = post.deliveries(first)
    assert (row.state, row.detail) == ("due", "The carrier webhook failed: ValueError.")


def test_a_rotated_secret_signs_at_once(post: Post) -> None:
    post.carriers = dict(carriers())
    used = [SECRET]
    post.unwrap = lambda row: tuple(used)
    other = "whsec_" + "QUFB" * 8
    with Receiver() as receiver:
        receiver.secrets = {"/a": SECRET}
        post.rows.endpoint("a", address=receiver.url("/a"))
        first, second = post.rows.release("r1"), post.rows.release("r2")
        post.publish(first, 1)

        def rotate() -> None:
            used[0] = receiver.secrets["/a"] = other
            with post.store.write(post.clock.now()) as tx:
                events.append(tx, "endpoint_secret_changed", "dora", detail={"endpoint": "a"})
            post.publish(second, 1)

        post.run_steps(
            lambda: post.states(first) == ["delivered"],
            rotate,
            lambda: post.states(second) == ["delivered"],
        )
        assert [came.error for came in receiver.wait_for(2)] == [None, None]


def test_a_withdrawal_goes_before_what_was_claimed_before_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One slot, and forty deliveries that were claimed and wait for it."""
    monkeypatch.setattr(courier, "SLOTS", 1)
    monkeypatch.setattr(courier, "PATIENCE", 3600)
    press = post.rows.channel("press")
    post.rows.endpoint("told", [press])
    old = post.rows.release("old")
    post.publish(old, 1, channel=press)
    post.run(lambda: post.states(old) == ["delivered"])
    for number in range(40):
        post.rows.endpoint(f"e{number}")
    many = post.rows.release("many")
    post.publish(many, 1)

    async def answer(parcel: Parcel) -> Outcome:
        while post.states(old)[1:] not in (["leased"], ["delivered"]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return TAKEN

    post.carrier.answer = answer
    post.run_steps(
        lambda: post.states(many).count("leased") == 40,
        lambda: post.publish(old, 2, "withdrawal", status="canceled"),
        lambda: set(post.states(many) + post.states(old)) == {"delivered"},
    )
    assert post.carrier.ids.index("old.v2") < 10
