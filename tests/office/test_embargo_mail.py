"""Mails under embargo: a link by itself, the text where three said so, nothing after the offer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.delivery.mailing.embargo import Told, moment
from dispaccio.egress.client import Client
from dispaccio.errors import TextByMailOff
from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name
from dispaccio.intake.submission import Wishes
from dispaccio.release.canonical import write_instant
from dispaccio.store import advance_mail as mails
from dispaccio.store.advance_mail import Mailed, Offered
from dispaccio.wire import (
    advance,
    advance_mail,
    bouncing,
    egress,
    parcels,
    people,
    personal,
    review,
    soon,
    submit,
)
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed
from tests.office.browser import Wire, codes, send
from tests.office.test_reading import SECRET, T, offer, reader, sealed
from tests.proof import canary
from tests.proof.canary import Canary
from tests.support.mailbox import Mail, Mailbox
from tests.wire.world import START

RITA = "rita@ponte.example"
LATER = T + timedelta(hours=1)


@pytest.fixture
def full(tmp_path: Path, box: Mailbox) -> Iterator[Wire]:
    """A wire whose operator allows whole texts by mail."""
    made = Wire(
        tmp_path / "full",
        smtp=f"smtp://127.0.0.1:{box.port}",
        dkim_selector="s1",
        embargo_mail=True,
    )
    bouncing.dkim_record(made.wire, made.service.olga)
    yield made
    made.close()


def mail(wire: Wire) -> int:
    """Let what is owed go out; how many mails were taken."""

    async def main() -> int:
        async with Client(egress.policy(wire.wire)) as client:
            means = parcels.means(wire.wire, client)
            return await advance_mail.posting(wire.wire, means).send_due()

    return asyncio.run(main())


def in_full(wire: Wire, id: str, *to: str) -> None:
    advance.offer(wire.wire, wire.service.anna, id, list(to), text_by_mail=True)


def wanting(wire: Wire, form: str, name: str = "rita") -> Any:
    client = reader(wire, name)
    assert send(client, "/reading/mail", form=form).is_redirect
    return client


def told(wire: Wire, id: str) -> list[tuple[str, str, str | None, str]]:
    said = advance.offers(wire.wire, wire.service.anna, id)["mails"]
    return [(one["person"], one["told"], one["form"], one["state"]) for one in said]


def read_by(wire: Wire, id: str) -> list[tuple[str, str]]:
    said = advance.offers(wire.wire, wire.service.anna, id)["reads"]
    return [(one["person"], one["surface"]) for one in said]


def everything(found: Mail) -> str:
    """All that a mail says, however it is encoded."""
    return f"{found.message.items()}\n{found.body()}"


def test_by_itself_a_mail_is_a_link_that_tells_nothing(mailing: Wire, box: Mailbox) -> None:
    id, client = sealed(mailing), reader(mailing)
    assert mail(mailing) == 0, "a merely scheduled release was told of"
    offer(mailing, id, "rita")
    assert mail(mailing) == 1
    [found] = box.to(RITA)
    subject = "EMBARGO until 23 November 2026, 13:00 Europe/Rome (12:00 UTC)"
    assert found.message["subject"] == subject
    assert found.body().splitlines()[0] == f"{subject}: not for publication before."
    assert datetime.fromisoformat(str(found.message["embargo"])) == T
    assert f"/reading/{id}" in found.body()
    assert "Rita Ponte (rita)" in found.body().splitlines()[1]
    for word in (SECRET, "Aurora", "Bergamo", "Press release"):
        assert word not in everything(found), "a link mail tells of the text"
    assert client.get(f"/reading/{id}").status_code == 200
    assert mail(mailing) == 0, "it was sent twice"
    assert told(mailing, id) == [("rita", "offer", "link", "sent")]
    assert read_by(mailing, id) == [("rita", "page"), ("rita", "mail-link")]


def test_the_text_goes_where_wire_issuer_and_reader_said_so(full: Wire, box: Mailbox) -> None:
    id = sealed(full)
    wanting(full, "text")
    wanting(full, "link", "leo")
    in_full(full, id, "rita", "leo")
    assert mail(full) == 2
    [found] = box.to(RITA)
    lines = found.body().splitlines()
    assert lines[0].startswith("EMBARGO until 23 November 2026, 13:00 Europe/Rome (12:00 UTC)")
    assert lines[1] == "This copy is for Rita Ponte (rita) and for nobody else."
    assert lines[3].startswith("Press release"), "the label does not stand first"
    assert SECRET in found.body()
    assert SECRET not in str(found.message["subject"]), "locked telephones show it"
    assert found.message["embargo"] == write_instant(T)
    assert SECRET not in everything(box.to("leo@ponte.example")[0])
    assert ("rita", "mail") in read_by(full, id)
    assert ("leo", "mail-link") in read_by(full, id)
    record = bouncing.dkim_record(full.wire, full.service.olga)["record"]
    value = "".join(re.findall(r'"([^"]*)"', record)).encode()
    assert dkim.verify(found.data, dnsfunc=lambda name, timeout=5: value)


@pytest.mark.parametrize("missing", ["operator", "issuer", "reader"])
def test_without_one_of_the_three_it_is_a_link(full: Wire, box: Mailbox, missing: str) -> None:
    id = sealed(full)
    wanting(full, "link" if missing == "reader" else "text")
    (offer if missing == "issuer" else in_full)(full, id, "rita")
    if missing == "operator":
        full.wire.settings = replace(full.wire.settings, embargo_mail=False)
    assert mail(full) == 1
    assert SECRET not in everything(box.to(RITA)[0])


def test_a_wire_that_does_not_allow_it_takes_neither_tick_nor_wish(mailing: Wire) -> None:
    id, client = sealed(mailing), reader(mailing)
    with pytest.raises(TextByMailOff):
        in_full(mailing, id, "rita")
    assert 'value="text"' not in client.get("/reading").text
    refused = send(client, "/reading/mail", form="text")
    assert (refused.status_code, codes(refused.text)) == (409, ["text-by-mail-off"])
    assert send(client, "/reading/mail", form="everything").status_code == 422


def test_our_own_reader_takes_the_embargo_and_the_text_from_the_mail(
    full: Wire, box: Mailbox
) -> None:
    id = sealed(full)
    wanting(full, "text")
    in_full(full, id, "rita")
    mail(full)
    [reading] = by_name("mail").read(box.to(RITA)[0].data, Options(zone=None))
    assert reading.revision.embargo == T


def test_it_speaks_the_readers_language(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    lia = mailing.logged_in("lia", "vetted_reader:gazette", language="it")
    send(lia, "/reading/terms", accept="yes")
    offer(mailing, id, "lia")
    mail(mailing)
    [found] = box.came
    subject = "SOTTO EMBARGO fino al 23 novembre 2026, 13:00 Europe/Rome (12:00 UTC)"
    assert found.message["subject"] == subject
    assert found.body().startswith(f"{subject}: da non pubblicare prima.")


@pytest.mark.parametrize("why", ["no terms", "none", "no address", "gone", "not vetted"])
def test_who_gets_no_mail(mailing: Wire, box: Mailbox, why: str) -> None:
    id = sealed(mailing)
    client = reader(mailing, accepts=why != "no terms")
    if why == "none":
        send(client, "/reading/mail", form="none")
    offer(mailing, id, "rita")
    if why == "gone":
        people.remove(mailing.wire, mailing.service.olga, "rita")
    if why == "not vetted":
        people.set_roles(mailing.wire, mailing.service.olga, "rita", ["subscriber:gazette"])
    if why == "no address":
        people.add(mailing.wire, mailing.service.olga, "ria", None, ["vetted_reader:gazette"])
        advance.accept(mailing.wire, people.by_name(mailing.wire, "ria"))
        advance.revoke(mailing.wire, mailing.service.anna, id, "rita")
        offer(mailing, id, "ria")
    assert mail(mailing) == 0
    assert told(mailing, id) == []


def test_terms_accepted_later_bring_the_mail(mailing: Wire, box: Mailbox) -> None:
    id, client = sealed(mailing), reader(mailing, accepts=False)
    offer(mailing, id, "rita")
    assert mail(mailing) == 0
    send(client, "/reading/terms", accept="yes")
    assert mail(mailing) == 1


def test_who_joins_a_group_later_gets_it_too(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    reader(mailing)
    reader(mailing, "leo")
    advance.set_group(mailing.wire, mailing.service.dora, "energy", ["rita"])
    offer(mailing, id, "group:energy", "rita")
    assert mail(mailing) == 1, "offered twice is mailed once"
    advance.set_group(mailing.wire, mailing.service.dora, "energy", ["rita", "leo"])
    assert mail(mailing) == 1
    assert [one.recipient for one in box.came] == [RITA, "leo@ponte.example"]


@pytest.mark.parametrize("way", ["revoke", "seal", "call off", "stop", "role", "time", "published"])
def test_what_waits_is_stopped(full: Wire, box: Mailbox, way: str) -> None:
    """Though a server refused it before, so that it waits; and in the moment of sending itself."""
    id = sealed(full)
    wanting(full, "text")
    in_full(full, id, "rita")
    box.answers["*"] = "451 4.3.0 busy"
    assert mail(full) == 0
    full.at(timedelta(seconds=6))
    [due] = advance_mail.look(full.wire)
    end(full, id, way)
    assert advance_mail.opened(full.wire, due) is None, "it was in the hand already"
    box.clear()
    assert mail(full) == 0
    full.at(T - START + timedelta(hours=1))
    assert mail(full) == 0, "nothing was ever taken, so nothing is taken back"
    assert box.came == []


def end(wire: Wire, id: str, way: str) -> None:
    anna, dora, olga = wire.service.anna, wire.service.dora, wire.service.olga
    if way == "revoke":
        advance.revoke(wire.wire, anna, id, "rita")
    elif way == "seal":
        advance.seal_all(wire.wire, olga, sealed=True)
    elif way == "call off":
        review.call_off(wire.wire, anna, id)
    elif way == "stop":
        soon.stop(wire.wire, dora, id)
    elif way == "role":
        people.set_roles(wire.wire, olga, "rita", [])
    elif way == "time":
        wire.at(T - START)
    else:
        publish(wire.wire, dora, id, confirm=True)


@pytest.mark.parametrize("way", ["revoke", "call off", "stop", "role"])
def test_who_has_a_mail_is_told_that_it_is_taken_back(full: Wire, box: Mailbox, way: str) -> None:
    id = sealed(full)
    wanting(full, "text")
    in_full(full, id, "rita")
    assert mail(full) == 1
    first = box.to(RITA)[0].message["message-id"]
    box.clear()
    end(full, id, way)
    box.answers["*"] = "451 4.3.0 busy"
    assert mail(full) == 0
    box.clear()
    full.at(T - START + timedelta(hours=1))
    assert mail(full) == 1, "who has it is told after that time, too: nothing else would tell them"
    [found] = box.came
    assert found.message["subject"] == "NOT FOR PUBLICATION: taken back"
    assert "23 November 2026, 13:00 Europe/Rome" in found.body()
    assert found.message["in-reply-to"] == first
    assert found.message["embargo"] is None
    assert SECRET not in everything(found)
    assert mail(full) == 0
    assert [state for _, _, _, state in told(full, id)] == ["sent", "sent"]


def test_a_text_offered_again_after_that_is_told_anew(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    reader(mailing)
    offer(mailing, id, "rita")
    mail(mailing)
    advance.revoke(mailing.wire, mailing.service.anna, id, "rita")
    assert mail(mailing) == 1
    offer(mailing, id, "rita")
    assert mail(mailing) == 1
    assert [one[1] for one in told(mailing, id)] == ["offer", "taken_back", "offer"]


def test_the_switch_takes_nothing_back_and_lets_offers_wait(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    reader(mailing)
    offer(mailing, id, "rita")
    mail(mailing)
    other = sealed(mailing, "Another text of ours")
    advance.seal_all(mailing.wire, mailing.service.olga, sealed=True)
    offer(mailing, other, "rita")
    assert mail(mailing) == 0
    advance.seal_all(mailing.wire, mailing.service.olga, sealed=False)
    assert mail(mailing) == 1


def test_another_time_is_told(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    client = reader(mailing)
    offer(mailing, id, "rita")
    mail(mailing)
    send(client, "/reading/mail", form="none")
    review.set_time(mailing.wire, mailing.service.dora, id, LATER)
    assert mail(mailing) == 1, "who has it with the wrong time is told, though they want none"
    found = box.came[-1]
    assert "14:00 Europe/Rome (13:00 UTC)" in str(found.message["subject"])
    assert "takes the place of the earlier mail" in found.body()
    assert found.message["in-reply-to"] == box.came[0].message["message-id"]
    assert datetime.fromisoformat(str(found.message["embargo"])) == LATER
    assert mail(mailing) == 0


def test_once_public_nothing_more_is_sent(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    reader(mailing)
    offer(mailing, id, "rita")
    mail(mailing)
    publish(mailing.wire, mailing.service.dora, id, confirm=True)
    advance.revoke(mailing.wire, mailing.service.anna, id, "rita")
    assert mail(mailing) == 0
    with mailing.wire.store.read(START) as tx:
        assert mails.standing(tx) == [], "it is looked at for ever"


def test_what_no_server_takes_is_shown_and_given_up(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    reader(mailing)
    offer(mailing, id, "rita")
    box.answers[RITA] = "550 5.1.1 no such mailbox"
    assert mail(mailing) == 0
    assert told(mailing, id) == [("rita", "offer", "link", "failed")]
    box.clear()
    mailing.at(timedelta(hours=1))
    assert mail(mailing) == 0
    review.set_time(mailing.wire, mailing.service.dora, id, LATER)
    assert mail(mailing) == 1, "another time is another reason to try"


def test_no_word_of_it_lies_anywhere(full: Wire, box: Mailbox) -> None:
    """While it waits, and when it was sent."""
    word = Canary.named("embargo mail")
    document = word.document(title=f"Aurora {word.word} opens", channel=None, tags=[])
    given = Handed(
        json.dumps(document).encode(), "application/json", Wishes(issuer="aurora", release_time=T)
    )
    id = submit.submit(full.wire, full.service.anna, given).id
    review.approve(full.wire, full.service.dora, id, confirm=True)
    wanting(full, "text")
    in_full(full, id, "rita")
    box.answers["*"] = "451 4.3.0 busy"
    assert mail(full) == 0
    assert canary.search([full.service.home.folder], [word]) == []
    box.clear()
    full.at(timedelta(seconds=6))
    assert mail(full) == 1
    assert word.sentence in box.came[0].body()
    assert canary.search([full.service.home.folder], [word]) == []


def test_a_server_without_tls_gets_it_on_this_machine_alone(
    full: Wire, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test home sends other mail without TLS; this it does not."""
    id = sealed(full)
    wanting(full, "text")
    in_full(full, id, "rita")
    monkeypatch.setattr("dispaccio.egress.smtp_session.Session._is_here", lambda self: False)
    assert mail(full) == 0
    assert box.came == []
    assert full.wire.settings.test


def test_an_erased_reader_leaves_no_mail_behind(mailing: Wire, box: Mailbox) -> None:
    id = sealed(mailing)
    wanting(mailing, "link")
    offer(mailing, id, "rita")
    mail(mailing)
    said = personal.export(mailing.wire, mailing.service.olga, "rita")
    assert said["mail_choice"][0]["form"] == "link"
    assert said["advance_mail"][0]["told"] == "offer"
    personal.erase(mailing.wire, mailing.service.olga, "rita")
    assert told(mailing, id) == []
    assert read_by(mailing, id) == [("rita", "mail-link")], "the issuer's record stays"


def test_the_press_office_offers_and_sees_what_came_of_it(full: Wire, box: Mailbox) -> None:
    id, client = sealed(full), wanting(full, "text")
    advance.set_group(full.wire, full.service.dora, "energy", ["rita"])
    lia = full.logged_in("lia", "author:aurora")
    assert f"/releases/{id}/readers" in lia.get("/releases").text
    page = lia.get(f"/releases/{id}/readers").text
    assert SECRET in page
    assert 'value="rita"' in page and 'value="group:energy"' in page
    nobody = send(lia, f"/releases/{id}/readers")
    assert (nobody.status_code, codes(nobody.text)) == (422, ["reader-needed"])
    form = {"to": ["group:energy"], "text_by_mail": "yes"}
    assert send(lia, f"/releases/{id}/readers", **form).is_redirect
    assert mail(full) == 1
    assert SECRET in box.came[0].body()
    assert client.get(f"/reading/{id}").status_code == 200
    page = lia.get(f"/releases/{id}/readers").text
    for words in ("the whole text may go by mail", "by mail, the whole text", "as a page", "sent"):
        assert words in page
    assert send(lia, f"/releases/{id}/readers/revoke", to="group:energy").is_redirect
    assert client.get(f"/reading/{id}").status_code == 404
    assert mail(full) == 1
    assert "that it is taken back" in lia.get(f"/releases/{id}/readers").text


def test_what_is_not_sealed_is_not_offered_on_the_page(wire: Wire) -> None:
    lia, id = wire.logged_in("lia", "author:aurora"), wire.service.by_author()
    reader(wire)
    assert "once it is approved and sealed" in lia.get(f"/releases/{id}/readers").text
    assert codes(send(lia, f"/releases/{id}/readers", to="rita").text) == ["not-sealed"]
    assert "By mail" not in reader(wire, "leo").get("/reading").text, "this wire sends none"
    other = wire.logged_in("max", "author:bruma")
    assert other.get(f"/releases/{id}/readers").status_code == 404


def test_on_postgresql_too(tmp_path: Path, box: Mailbox, postgres_database: str) -> None:
    wire = Wire(
        tmp_path / "postgres", smtp=f"smtp://127.0.0.1:{box.port}", database=postgres_database
    )
    try:
        id, client = sealed(wire), reader(wire)
        advance.set_group(wire.wire, wire.service.dora, "energy", ["rita"])
        offer(wire, id, "group:energy", "rita")
        assert mail(wire) == 1
        review.set_time(wire.wire, wire.service.dora, id, LATER)
        assert mail(wire) == 1
        for to in ("group:energy", "rita"):
            advance.revoke(wire.wire, wire.service.anna, id, to)
        assert mail(wire) == 1
        assert [one[1] for one in told(wire, id)] == ["taken_back", "again", "offer"]
        assert client.get(f"/reading/{id}").status_code == 404
        assert client.get("/reading").status_code == 200
        desk = wire.logged_in("didi", "desk")
        assert desk.get("/desk?after=1.1").status_code == 200
        assert desk.get("/desk?after=-.1").status_code == 200
        lia = wire.logged_in("lia", "author:aurora")
        for section in ("drafts", "way", "public"):
            assert lia.get(f"/releases?section={section}&after=1.1").status_code == 200
    finally:
        wire.close()


STATES = st.sampled_from((mails.WAITING, mails.SENT, mails.FAILED))
KINDS = st.sampled_from(tuple(Told))
REVISIONS = st.sampled_from(("sealed", "approved", "called_off", "published"))


@given(
    state=STATES,
    kind=KINDS,
    revision=REVISIONS,
    offered=st.booleans(),
    accepted=st.booleans(),
    choice=st.sampled_from(advance_mail.FORMS),
    moved=st.booleans(),
    sealed_all=st.booleans(),
)
def test_what_follows_from_any_state(
    state: str,
    kind: Told,
    revision: str,
    offered: bool,
    accepted: bool,
    choice: str,
    moved: bool,
    sealed_all: bool,
) -> None:
    """Never two mails at once, nothing offered while sealed, nothing at all once it is public."""
    until = LATER if moved else T
    one = Offered(1, 1, 1, until, choice, accepted, in_full=True)
    kept = Mailed(1, "a", 1, 1, 1, kind, T, state, None, None, 0, START, revision, until)
    holds = [one] if offered and revision == "sealed" else []
    plan = advance_mail.decide(holds, [kept], START, sealed=sealed_all)
    assert len(plan.owed) <= 1
    assert not plan.owed or plan.ended == [kept]
    if revision == "published":
        assert (plan.owed, plan.ended) == ([], [kept])
    for _, what, _ in plan.owed:
        assert what is Told.TAKEN_BACK or (holds and not sealed_all)
    if state == mails.SENT and kind != Told.TAKEN_BACK and not holds and revision != "published":
        assert [what for _, what, _ in plan.owed] == [Told.TAKEN_BACK]


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "Europe/Rome",
         "24 November 2026, 00:30 Europe/Rome (23 November, 23:30 UTC)"),
        (datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC), "UTC", "23 November 2026, 09:00:05 UTC"),
    ],
)  # fmt: skip
def test_an_instant_is_said_on_both_clocks(at: datetime, zone: str, said: str) -> None:
    assert moment(at, ZoneInfo(zone), "en") == said
