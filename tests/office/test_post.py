"""Mails about accounts: invitations, links to log in, and what becomes of them."""

from __future__ import annotations

import re
from datetime import timedelta

import dkim
import pytest

from dispaccio.accounts import tokens
from dispaccio.store.post_tables import post as table
from dispaccio.wire import accounts, bouncing, people, post, vetting
from tests.office.browser import PASSWORD, Wire, codes, send
from tests.support.mailbox import Mail, Mailbox

LIA = "lia@ponte.example"


def link_in(wire: Wire, mail: Mail) -> str:
    """The path of the only link in a mail."""
    [url] = re.findall(r"https?://\S+", mail.body())
    return str(url).removeprefix(wire.wire.settings.url)


def invite(wire: Wire, name: str = "lia", language: str = "en") -> dict[str, object]:
    return accounts.invite(
        wire.wire,
        wire.service.olga,
        name,
        f"{name}@ponte.example",
        ["desk"],
        full_name="Lia Però",
        language=language,
    )


def rows(wire: Wire) -> int:
    with wire.wire.store.read(wire.wire.clock.now()) as tx:
        return len(tx.run(table.select()).all())


def test_an_invitation_goes_out_by_mail_and_is_shown_to_nobody(mailing: Wire, box: Mailbox) -> None:
    said = invite(mailing)
    assert said["mailed"] and "url" not in said
    assert mailing.post() == 1
    [mail] = box.came
    assert mail.recipient == LIA
    assert str(mail.message["to"]) == "Lia Però <lia@ponte.example>"
    assert mail.message["subject"] == "Your invitation to Ponte"
    assert not mail.message.is_multipart()
    assert mail.sender.startswith("bounces+")
    assert send(mailing.browser(), link_in(mailing, mail), password=PASSWORD).is_redirect
    assert mailing.post() == 0, "it was sent twice"
    assert rows(mailing) == 0, "what was sent is still kept"


def test_mails_speak_the_language_of_whom_they_are_for(mailing: Wire, box: Mailbox) -> None:
    invite(mailing, language="it")
    mailing.post()
    assert box.came[0].message["subject"] == "Il tuo invito a Ponte"
    assert "Buongiorno Lia Però," in box.came[0].body()


def test_mails_are_signed(mailing: Wire, box: Mailbox) -> None:
    invite(mailing)
    mailing.post()
    record = bouncing.dkim_record(mailing.wire, mailing.service.olga)["record"]
    value = "".join(re.findall(r'"([^"]*)"', record)).encode()
    assert dkim.verify(box.came[0].data, dnsfunc=lambda name, timeout=5: value)


def test_the_page_says_where_the_invitation_is(mailing: Wire, box: Mailbox) -> None:
    client = mailing.logged_in("max", "operator")
    form = {"name": "lia", "email": LIA, "role": ["desk"]}
    page = send(client, "/people", **form).text
    assert "a mail is on its way to <bdi>lia@ponte.example</bdi>" in page
    assert "/invitation/" not in page, "the link is shown"
    assert "on its way by mail" in page
    box.answers[LIA] = "451 4.2.0 busy"
    mailing.post()
    assert "451 4.2.0 busy" in client.get("/people").text
    mailing.at(timedelta(seconds=6))
    box.answers[LIA] = "550 5.1.1 no such mailbox"
    mailing.post()
    assert "could not be mailed" in client.get("/people").text
    mailing.at(timedelta(days=1))
    box.clear()
    assert mailing.post() == 0, "what was given up is tried again"


def test_what_was_not_taken_is_tried_again_and_survives_a_restart(
    mailing: Wire, box: Mailbox
) -> None:
    invite(mailing)
    box.answers["*"] = "451 4.3.0 full"
    assert mailing.post() == 0
    assert mailing.post() == 0 and not box.came, "it is not put off"
    mailing.wire.store.close()
    mailing.wire = mailing.service.home.open(mailing.wire.clock)
    box.clear()
    mailing.at(timedelta(seconds=6))
    assert mailing.post() == 1
    token = link_in(mailing, box.came[0]).rpartition("/")[2]
    assert accounts.invited(mailing.wire, token).name == "lia"


def test_the_link_lies_in_no_file(mailing: Wire, box: Mailbox) -> None:
    invite(mailing)
    home = mailing.service.home.folder
    kept = b"".join(path.read_bytes() for path in sorted(home.glob("wire.db*")))
    mailing.post()
    token = link_in(mailing, box.came[0]).rpartition("/")[2].encode()
    assert token not in kept
    assert b"post" in kept, "the database was not read"


def test_a_mailed_link_logs_in_once_by_its_button(mailing: Wire, box: Mailbox) -> None:
    mailing.logged_in("lia", "operator")
    asked = mailing.browser()
    sent = send(asked, "/login/link", email="LIA@ponte.example", next="/people")
    assert (sent.status_code, box.came) == (200, [])
    assert mailing.post() == 1
    path = link_in(mailing, box.came[0])
    other = mailing.browser()
    for _ in range(3):
        assert other.get(path).status_code == 200, "reading it used it up"
    entered = send(other, path.partition("?")[0], next="/people")
    assert (entered.status_code, entered.headers["location"]) == (303, "/people")
    assert other.get("/people").status_code == 200
    again = send(mailing.browser(), path.partition("?")[0])
    assert (again.status_code, codes(again.text)) == (404, ["link-used-up"])


def test_a_mailed_link_works_for_a_quarter_of_an_hour(mailing: Wire, box: Mailbox) -> None:
    mailing.logged_in("lia")
    send(mailing.browser(), "/login/link", email=LIA)
    mailing.post()
    path = link_in(mailing, box.came[0])
    mailing.at(tokens.LASTS[tokens.LOG_IN] - timedelta(seconds=1))
    assert mailing.browser().get(path).status_code == 200
    mailing.at(tokens.LASTS[tokens.LOG_IN])
    assert codes(send(mailing.browser(), path).text) == ["link-used-up"]


def test_a_mailed_link_is_no_proof_for_who_has_a_password(mailing: Wire, box: Mailbox) -> None:
    mailing.logged_in("lia")
    guest = mailing.service.guest()
    for address in (LIA, f"{guest}@ponte.example"):
        send(mailing.browser(), "/login/link", email=address)
    mailing.post()
    fresh = {}
    for mail in box.came:
        client = mailing.browser()
        send(client, link_in(mailing, mail))
        who = accounts.by_session(mailing.wire, client.cookies["dispaccio"])
        assert who is not None
        fresh[mail.recipient] = who.is_fresh(mailing.wire.clock.now())
    assert fresh == {LIA: False, f"{guest}@ponte.example": True}


def test_nobody_learns_whether_an_address_is_known(mailing: Wire, box: Mailbox) -> None:
    mailing.logged_in("lia")
    known = send(mailing.browser(), "/login/link", email=LIA)
    before = rows(mailing)
    nobody = send(mailing.browser(), "/login/link", email="nobody@ponte.example")
    assert known.status_code == nobody.status_code == 200
    assert known.text.replace("lia@", "") == nobody.text.replace("nobody@", "")
    assert rows(mailing) == before + 1 == 2, "what is written differs"
    assert mailing.post() == 1
    assert [mail.recipient for mail in box.came] == [LIA]
    assert rows(mailing) == 0


def test_one_address_gets_only_so_many_links(mailing: Wire, box: Mailbox) -> None:
    mailing.logged_in("lia")
    for _ in range(post.MOST_LINKS + 2):
        assert send(mailing.browser(), "/login/link", email=LIA).status_code == 200
        mailing.post()
    assert len(box.came) == post.MOST_LINKS
    mailing.at(post.PAUSE)
    send(mailing.browser(), "/login/link", email=LIA)
    assert mailing.post() == 1


def test_only_so_many_addresses_wait(mailing: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "MOST_ASKED", 2)
    answers = [
        send(mailing.browser(), "/login/link", email=f"{name}@ponte.example") for name in "abc"
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_what_is_no_address_is_said_at_once(mailing: Wire) -> None:
    answer = send(mailing.browser(), "/login/link", email="lia at ponte")
    assert codes(answer.text) == ["malformed-mail-address"]
    assert 'value="lia at ponte"' in answer.text


def test_without_a_mail_server_no_link_is_offered(wire: Wire, mailing: Wire) -> None:
    assert "/login/link" not in wire.browser().get("/login").text
    assert "/login/link" in mailing.browser().get("/login").text
    assert codes(send(wire.browser(), "/login/link", email=LIA).text) == ["mail-not-set"]


def test_who_left_gets_no_mail(mailing: Wire, box: Mailbox) -> None:
    invite(mailing)
    people.remove(mailing.wire, mailing.service.olga, "lia")
    assert mailing.post() == 0
    assert not box.came


@pytest.mark.parametrize("name", ["Lia\r\nBcc: eve@evil.example", "=?utf-8?q?x=0d=0aBcc:_e?=", "<"])
def test_a_name_says_nothing_else_in_a_mail(mailing: Wire, box: Mailbox, name: str) -> None:
    accounts.invite(mailing.wire, mailing.service.olga, "lia", LIA, [], full_name=name)
    mailing.post()
    for mail in box.came:
        assert mail.recipient == LIA
        assert "bcc" not in [field.lower() for field in mail.message]


def test_a_reader_who_was_vetted_is_invited_by_mail(mailing: Wire, box: Mailbox) -> None:
    dora = mailing.logged_in("dora-2", "desk")
    said = {"email": LIA, "full_name": "Lia Ponte", "outlet": "The Gazette", "proof": "my page"}
    assert send(mailing.browser(), "/apply", **said).status_code < 400
    [found] = vetting.applications(mailing.wire, mailing.service.dora)
    page = send(dora, "/vetting", application=found.id, subscriber="gazette")
    mailing.post()
    assert [mail.recipient for mail in box.came] == [LIA], page.text
    assert send(mailing.browser(), link_in(mailing, box.came[0]), password=PASSWORD).is_redirect
