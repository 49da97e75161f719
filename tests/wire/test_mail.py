"""Mail down the whole road: published, mailed, read by a server of somebody else's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import dkim
import pytest
from sqlalchemy import func, select

from dispaccio.delivery.courier import Courier
from dispaccio.delivery.digests import Digests
from dispaccio.delivery.escalation import Escalation
from dispaccio.delivery.mailing import tokens
from dispaccio.delivery.signature import SigningKey
from dispaccio.egress.client import Client
from dispaccio.errors import AskedEnough, IllegalMove, MalformedEndpoint, NotAllowed
from dispaccio.release.state import Kind
from dispaccio.server.parts import supplies as supply
from dispaccio.store import receipts
from dispaccio.store.delivery_tables import delivery, endpoint, lease
from dispaccio.testing import home as homes
from dispaccio.wire import (
    bouncing,
    confirming,
    deliveries,
    egress,
    endpoints,
    leaving,
    people,
    rehearsal,
    replay,
)
from dispaccio.wire.endpoints import Wanted
from tests.support.mailbox import Mailbox
from tests.wire.test_reports import settle
from tests.wire.world import HOUR, World

RITA = "rita@gazette.example"


@pytest.fixture
def wired(open_world: Callable[..., World], post: Mailbox) -> World:
    """A wire that mails through the server, with a key that signs."""
    world = open_world(
        smtp=f"smtp://127.0.0.1:{post.port}",
        mail_from="news@ponte.example",
        dkim_selector="s1",
    )
    bouncing.dkim_record(world.wire, world.olga)
    return world


def add(world: World, address: str = RITA, **settings: str) -> str:
    wanted = Wanted(settings=settings)
    said = endpoints.add(
        world.wire, world.olga, "gazette", address, wanted, carrier="mail", confirmed=True
    )
    return str(said["endpoint"])


def deliver(world: World) -> None:
    """Let the courier send what is due, and end when nothing is."""

    async def main() -> None:
        async with Client(egress.policy(world.wire)) as client:
            courier = Courier(world.wire.store, world.clock, supply(world.wire, client))
            task = asyncio.create_task(courier.run())
            for _ in range(1000):
                await asyncio.sleep(0.02)
                if not _going(world):
                    break
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())


def _going(world: World) -> int:
    """How many deliveries the courier has to make a first attempt at, or is making."""
    fresh = (delivery.c.state == "due") & (delivery.c.gate == 0) & (delivery.c.attempt == 0)
    query = (
        select(func.count())
        .select_from(delivery)
        .join(endpoint, endpoint.c.key == delivery.c.endpoint)
        .where(fresh & (endpoint.c.state == "active"))
    )
    begun = select(func.count()).select_from(lease)
    with world.wire.store.read(world.now) as tx:
        return int(tx.run(query).scalar_one()) + int(tx.run(begun).scalar_one())


def send_digests(world: World) -> int:
    async def main() -> int:
        async with Client(egress.policy(world.wire)) as client:
            digests = Digests(world.wire.store, world.clock, supply(world.wire, client))
            return await digests.send_due()

    return asyncio.run(main())


def _rows(world: World) -> list[receipts.DeliveryRow]:
    with world.wire.store.read(world.now) as tx:
        return [row for key in range(1, 12) for row in receipts.of_release(tx, key)]


def public_key(world: World) -> Callable[..., bytes]:
    """What a resolver gives a verifier."""
    record = bouncing.dkim_record(world.wire, world.olga)["record"]
    value = "".join(re.findall(r'"([^"]*)"', record))

    def answer(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s1._domainkey.ponte.example."
        return value.encode()

    return answer


def test_a_release_is_one_mail_with_its_label_first(wired: World, post: Mailbox) -> None:
    add(wired)
    number = wired.published("Aurora opens a dairy", language="it")
    deliver(wired)
    [mail] = post.came
    message = mail.message
    assert not message.defects
    label = "[Comunicato stampa – contenuto promozionale]"
    assert message["subject"] == f"{label} Aurora opens a dairy"
    assert message["from"].addresses[0].addr_spec == "news@ponte.example"
    assert message["from"].addresses[0].display_name == "Ponte"
    assert message["to"].addresses[0].addr_spec == RITA
    assert message["auto-submitted"] == "auto-generated"
    assert message["list-id"] == '"Ponte" <releases.ponte.example>'
    assert mail.body().startswith("Comunicato stampa – contenuto promozionale\n")
    assert "Comunicato stampa" in mail.body("html")
    for body in (mail.body(), mail.body("html")):
        assert number in body and "Disiscriviti" in body
        assert "http://127.0.0.1:8000/u/" in body
    assert not re.search(r"<(?:img|script|iframe|object)|src=", mail.body("html"))
    id = wired.row(number).id
    assert message["message-id"] == f"<{id}.v1@ponte.example>"
    [row] = _rows(wired)
    assert row.state == "delivered" and "The next server took it" in (row.detail or "")


def test_the_signature_holds_and_covers_unsubscribing(wired: World, post: Mailbox) -> None:
    add(wired)
    wired.published("Größe – 新闻稿 بيان", text="From here\n.\n..two  blanks \n\n" + "è" * 300)
    deliver(wired)
    [mail] = post.came
    assert dkim.verify(mail.data, dnsfunc=public_key(wired))
    signed = mail.message["dkim-signature"]
    covered = re.sub(r"\s", "", re.search(r";\s*h=([^;]*)", signed)[1]).lower().split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post", "from", "subject"} <= set(covered)
    for broken in (
        mail.data.replace(b"List-Unsubscribe: <http", b"List-Unsubscribe: <https"),
        mail.data.replace(b"From here", b"From there").replace(b"=46rom", b"=46r0m"),
        b"Subject: another\r\n" + mail.data,
    ):
        assert not dkim.verify(broken, dnsfunc=public_key(wired))


def test_later_revisions_answer_to_the_first(wired: World, post: Mailbox) -> None:
    add(wired)
    number = wired.published()
    deliver(wired)
    wired.correct(number, "Aurora opens two dairies", text="Another text altogether.")
    deliver(wired)
    wired.notice(number, Kind.WITHHOLD)
    deliver(wired)
    wired.notice(number, Kind.WITHDRAWAL)
    deliver(wired)
    first, *later = (mail.message for mail in post.came)
    ids = [message["message-id"] for message in (first, *later)]
    assert len(set(ids)) == 4
    assert [message["references"] for message in later] == [ids[0]] * 3
    assert [message["in-reply-to"] for message in later] == [ids[0]] * 3
    assert first["references"] is None
    subjects = [message["subject"] for message in later]
    assert subjects[0].endswith("] Correction: Aurora opens two dairies")
    assert subjects[1].endswith(f"] Withheld – release {number}")
    assert subjects[2].endswith(f"] Withdrawn: do not use – release {number}")
    for notice in post.came[2:]:
        text = notice.body() + notice.body("html") + str(notice.message["subject"])
        assert "dairies" not in text.lower() and "another text" not in text.lower()


def asked(world: World, address: str = "stranger@other.example") -> tuple[str, str]:
    """The id of an endpoint that a subscriber adds, and what the answer says of asking."""
    said = endpoints.add(world.wire, world.sam, "gazette", address, carrier="mail")
    assert (said["state"], said["why"]) == ("unconfirmed", "waits for its confirmation")

    async def main() -> str:
        async with Client(egress.policy(world.wire)) as client:
            return await confirming.ask(world.wire, str(said["endpoint"]), client)

    return str(said["endpoint"]), asyncio.run(main())


def test_nothing_goes_to_a_stranger_who_was_not_asked(wired: World, post: Mailbox) -> None:
    id, sentence = asked(wired)
    assert "A mail was sent there" in sentence
    [mail] = post.came
    assert mail.message["to"].addresses[0].addr_spec == "stranger@other.example"
    assert mail.message["subject"] == "Please confirm: releases of Ponte by mail"
    assert dkim.verify(mail.data, dnsfunc=public_key(wired))
    token = re.search(r"^http://127\.0\.0\.1:8000/confirm/(.{43})$", mail.body(), re.MULTILINE)[1]
    number = wired.published()
    deliver(wired)
    assert len(post.came) == 1
    assert not deliveries.report(wired.wire, wired.olga, number)["deliveries"]
    looked = confirming.look(wired.wire, token)
    assert looked and not looked.done and looked.address == "s…@other.example"
    leave = str(mail.message["list-unsubscribe"]).rpartition("/")[2].rstrip(">")
    for wrong in (token[:-1], "x" * 43, "", leave):
        assert confirming.confirm(wired.wire, wrong) is None
    assert leaving.look(wired.wire, token) is None, "each token has its own purpose"
    for _ in range(2):
        done = confirming.confirm(wired.wire, token)
        assert done and done.done
    assert wired.events().count("endpoint_confirmed") == 1
    said = endpoints.one(wired.wire, wired.sam, id)
    assert said["state"] == "active" and "why" not in said
    wired.published("Another one", text="Something else happened.")
    deliver(wired)
    assert "Another one" in str(post.came[-1].message["subject"]) and len(post.came) == 2


def test_there_is_no_way_around_the_confirmation(wired: World, post: Mailbox) -> None:
    id, _ = asked(wired)
    token = tokens.confirming(tokens.key_of(SigningKey.of(wired.wire.key.ed25519)), id)
    for on in (True, False):
        with pytest.raises(IllegalMove, match="waits for its confirmation"):
            endpoints.switch(wired.wire, wired.sam, id, on=on)
    endpoints.change(wired.wire, wired.sam, id, Wanted(settings={"digest": "18:00"}))
    with pytest.raises(MalformedEndpoint, match="waits for its confirmation"):
        rehearse(wired, id)
    wired.published()
    assert replay.replay(wired.wire, wired.sam, id)["deliveries"] == 0
    with pytest.raises(NotAllowed):
        endpoints.add(wired.wire, wired.sam, "gazette", RITA, carrier="mail", confirmed=True)
    endpoints.remove(wired.wire, wired.sam, id)
    with pytest.raises(IllegalMove, match="was never confirmed"):
        endpoints.switch(wired.wire, wired.sam, id, on=True)
    assert confirming.confirm(wired.wire, token) is None
    at(wired, 18)
    deliver(wired)
    assert send_digests(wired) == 0 and len(post.came) == 1


def test_a_stranger_is_not_asked_for_ever(wired: World, post: Mailbox) -> None:
    for _ in range(confirming.OFTEN):
        endpoints.remove(wired.wire, wired.sam, asked(wired)[0])
    for address in ("stranger@other.example", "Stranger@OTHER.example"):
        with pytest.raises(AskedEnough):
            asked(wired, address)
    assert len(post.came) == confirming.OFTEN
    asked(wired, "another@other.example")
    wired.wait(timedelta(days=1))
    asked(wired)


def test_who_says_no_is_left_alone(wired: World, post: Mailbox) -> None:
    id, _ = asked(wired)
    leave = str(post.came[0].message["list-unsubscribe"]).rpartition("/")[2].rstrip(">")
    assert leaving.leave(wired.wire, leave)
    token = tokens.confirming(tokens.key_of(SigningKey.of(wired.wire.key.ed25519)), id)
    assert confirming.confirm(wired.wire, token) is None
    assert endpoints.one(wired.wire, wired.sam, id)["why"] == "unsubscribed"


def test_a_question_that_cannot_be_sent_says_so(world: World) -> None:
    assert "could not be sent: The wire sends no mail yet" in asked(world)[1]


def test_one_click_over_the_token(wired: World, post: Mailbox) -> None:
    mine = add(wired)
    wired.published()
    deliver(wired)
    message = post.came[0].message
    token = re.fullmatch(r"<http://127\.0\.0\.1:8000/u/(.{43})>", message["list-unsubscribe"])[1]
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    looked = leaving.look(wired.wire, token)
    assert looked and not looked.left and looked.address == "r…@gazette.example"
    assert endpoints.one(wired.wire, wired.olga, mine)["state"] == "active"
    for broken in (token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), "x" * 43, ""):
        assert leaving.leave(wired.wire, broken) is None
    for _ in range(2):
        left = leaving.leave(wired.wire, token)
        assert left and left.left
    said = endpoints.one(wired.wire, wired.olga, mine)
    assert (said["state"], said["why"]) == ("gone", "unsubscribed")
    post.clear()
    wired.published("Another one", text="Something else happened.")
    deliver(wired)
    assert not post.came


@pytest.mark.parametrize(
    ("answer", "state", "endpoint_state"),
    [
        ("550 5.1.1 no such mailbox", "parked", "disabled"),
        ("550 no such mailbox", "parked", "disabled"),
        ("552 5.2.2 mailbox full", "parked", "active"),
        ("450 4.2.1 greylisted", "due", "active"),
    ],
)
def test_what_the_server_answers_for_a_recipient(
    wired: World, post: Mailbox, answer: str, state: str, endpoint_state: str
) -> None:
    mine = add(wired)
    post.answers[RITA] = answer
    wired.published()
    deliver(wired)
    assert not post.came
    [row] = _rows(wired)
    assert row.state == state
    assert endpoints.one(wired.wire, wired.olga, mine)["state"] == endpoint_state


@pytest.mark.parametrize("which", ["MAIL", "*"])
def test_a_server_that_refuses_us_is_not_the_recipients_fault(
    wired: World, post: Mailbox, which: str
) -> None:
    mine = add(wired)
    post.answers[which] = "554 5.7.1 not from you"
    wired.published()
    deliver(wired)
    [row] = _rows(wired)
    assert row.state == "due"
    assert endpoints.one(wired.wire, wired.olga, mine)["state"] == "active"


def test_no_word_of_what_is_not_public(wired: World, post: Mailbox) -> None:
    add(wired)
    add(wired, "digest@gazette.example", digest="07:00")
    number = wired.published("Public now")
    wired.hand_in_correction(number, "Secret correction", text="A sealed canary sentence.")
    wired.sealed("Secret title", text="Another canary sentence.")
    deliver(wired)
    wired.wait(timedelta(minutes=30))
    send_digests(wired)
    for mail in post.came:
        assert b"canary" not in mail.data and b"Secret" not in mail.data


# Digests


def at(world: World, hour: int, minute: int = 0) -> None:
    """Time passes until then, UTC, today or tomorrow."""
    now = world.now
    then = datetime(now.year, now.month, now.day, hour, minute, tzinfo=now.tzinfo)
    world.wait((then if then > now else then + timedelta(days=1)) - now)


def test_a_digest_gathers_until_its_time(wired: World, post: Mailbox) -> None:
    add(wired, digest="18:00", zone="Europe/Rome")
    one = wired.published("First thing", text="The first text of all.")
    wired.wait(HOUR)
    two = wired.published("Second thing", text="The second text of all.")
    deliver(wired)
    assert send_digests(wired) == 0 and not post.came
    at(wired, 17, 1)
    wired.published("Third thing", text="The third text of all.")
    assert send_digests(wired) == 1
    [mail] = post.came
    assert mail.message["subject"] == "Ponte: 2 releases"
    for body in (mail.body(), mail.body("html")):
        assert "First thing" in body and "Second thing" in body and "Third" not in body
        assert f"/r/{one}" in body and f"/r/{two}" in body
        assert "Press release – promotional content" in body
    assert dkim.verify(mail.data, dnsfunc=public_key(wired))
    assert send_digests(wired) == 0
    at(wired, 17, 1)
    assert send_digests(wired) == 1
    assert "Third thing" in post.came[-1].body()


def test_a_correction_takes_the_originals_place_in_a_digest(wired: World, post: Mailbox) -> None:
    add(wired, digest="18:00")
    number = wired.published("Wrong headline")
    wired.correct(number, "Right headline", text="The right text.")
    at(wired, 18)
    assert send_digests(wired) == 1
    [mail] = post.came
    assert "Right headline" in mail.body() and "Wrong headline" not in mail.body()
    assert [row.state for row in _rows(wired)] == ["superseded", "delivered"]


def test_a_withdrawal_of_what_was_in_a_digest_goes_at_once(wired: World, post: Mailbox) -> None:
    add(wired, digest="18:00")
    number = wired.published("Out already")
    unsent = wired.published("Not out yet", text="Nobody has got this.")
    at(wired, 18)
    wired.notice(unsent, Kind.WITHDRAWAL)
    assert send_digests(wired) == 1
    assert "Not out yet" not in post.came[0].body()
    post.clear()
    wired.notice(number, Kind.WITHDRAWAL)
    deliver(wired)
    [mail] = post.came
    assert f"Withdrawn: do not use – release {number}" in mail.message["subject"]


def test_what_was_withheld_before_anybody_got_it_is_in_no_digest(
    wired: World, post: Mailbox
) -> None:
    add(wired, digest="18:00")
    number = wired.published("Not out yet")
    wired.notice(number, Kind.WITHHOLD)
    at(wired, 18)
    assert send_digests(wired) == 0 and not post.came
    assert {row.state for row in _rows(wired)} == {"superseded"}


def test_a_digest_that_fails_is_sent_again_once(wired: World, post: Mailbox) -> None:
    add(wired, digest="18:00")
    wired.published("First thing")
    at(wired, 18)
    post.answers[RITA] = "451 4.3.0 later"
    assert send_digests(wired) == 1
    assert send_digests(wired) == 0
    post.clear()
    wired.wait(timedelta(seconds=10))
    assert send_digests(wired) == 1
    assert [row.attempt for row in _rows(wired)] == [2]
    wired.wait(HOUR)
    assert send_digests(wired) == 0 and len(post.came) == 1


def test_without_its_digest_an_endpoint_gets_what_was_gathered(wired: World, post: Mailbox) -> None:
    mine = add(wired, digest="18:00")
    wired.published("First thing")
    endpoints.change(wired.wire, wired.olga, mine, Wanted(settings={}))
    deliver(wired)
    assert "First thing" in post.came[0].body()


def test_many_mails_share_a_connection(wired: World, post: Mailbox) -> None:
    for number in range(30):
        add(wired, f"reader-{number}@gazette.example")
    wired.published()
    deliver(wired)
    assert len(post.came) == 30 and post.connections <= 10
    assert len({mail.sender for mail in post.came}) == 30
    said = deliveries.report(wired.wire, wired.olga, "T100000001")
    assert said["versions"][0]["states"] == {"delivered": 30}


def test_a_withdrawal_that_did_not_arrive_is_mailed_to_the_subscribers_people(
    wired: World, post: Mailbox
) -> None:
    people.add(wired.wire, wired.olga, "rita", RITA, ["subscriber:gazette"])
    people.add(wired.wire, wired.olga, "nora", "nora@other.example", ["desk"])
    homes.subscribe(wired.wire, ["http://127.0.0.1:9/in"])
    number = wired.published("Aurora opens a dairy")
    settle(wired, "delivered")
    wired.notice(number, Kind.WITHDRAWAL)
    assert escalate(wired) == 0, "what is on its way is not escalated"
    settle(wired, "to_human")
    assert escalate(wired) == 1
    assert escalate(wired) == 0, "nobody is written to twice"
    [mail] = post.to(RITA)
    assert len(post.came) == 1
    assert "Aurora opens a dairy" not in mail.body()
    assert number in mail.body()
    [waiting] = deliveries.for_persons(wired.wire, wired.dora)
    assert waiting["number"] == number, "a person is asked for all the same"


def rehearse(world: World, id: str) -> None:
    async def main() -> None:
        async with Client(egress.policy(world.wire)) as client:
            await rehearsal.rehearse(world.wire, world.sam, id, client)

    asyncio.run(main())


def escalate(world: World) -> int:
    async def main() -> int:
        async with Client(egress.policy(world.wire)) as client:
            supplies = supply(world.wire, client)
            return await Escalation(world.wire.store, world.clock, supplies).send_due()

    return asyncio.run(main())
