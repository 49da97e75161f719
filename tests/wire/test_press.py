"""A press office's own list: tables in and out, groups, mail to them, what comes back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from dispaccio.delivery.mailing import tokens
from dispaccio.delivery.signature import SigningKey
from dispaccio.errors import (
    EmptyInput,
    IllegalMove,
    InputError,
    MalformedTable,
    NotAllowed,
    UnknownGroup,
    WrongCharset,
)
from dispaccio.intake.submission import Wishes
from dispaccio.release.state import Kind, State
from dispaccio.wire import (
    bouncing,
    deliveries,
    leaving,
    organisations,
    people,
    press,
    review,
    submit,
)
from tests.support.mailbox import Mailbox
from tests.wire.test_mail import deliver
from tests.wire.world import HOUR, World, handed

TABLE = """name;address;outlet;groups;basis
Rita Moro;rita@gazette.example;The Gazette;economy|food;legitimate interest
Bruno È;bruno@radio.example;;food;consent: form of 3 May
"""


@pytest.fixture
def wired(open_world: Callable[..., World], post: Mailbox) -> World:
    world = open_world(smtp=f"smtp://127.0.0.1:{post.port}", mail_from="news@ponte.example")
    bring_in(world, TABLE)
    return world


def bring_in(world: World, table: str | bytes, **more: bool) -> dict[str, object]:
    data = table.encode() if isinstance(table, str) else table
    return press.bring_in(world.wire, world.anna, "aurora", data, **more)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (b"bad@x.example,con\0sent,g", "The row holds a NUL character"),
        (b"\xe8@x.example,consent,g", "The row is not in utf-8, as the rest of the table is"),
        (b"bad@x.example,consent", None),
        (b",consent,g", "The row has no address."),
        (b"bad@x.example,,g", "The row has no basis."),
        (b"bad@x.example", "The row has no basis."),
        (
            b"bad@x.example,consent,a\x1fb",
            "'a\N{REPLACEMENT CHARACTER}b' is not the name of a group",
        ),
        (b"bad@x.example,consent," + b"g" * 61, "is not the name of a group"),
        (b"bad@x.example,consent," + b"g" * 10_000, "The row has more than 4,000 characters"),
    ],
)
def test_a_bad_row_is_named_and_loses_no_other(world: World, row: bytes, why: str | None) -> None:
    head = "address,basis,groups\nnaïve@x.example,consent,è\nrita@x.example,consent,è\n".encode()
    said = bring_in(world, head + row + b"\nbruno@x.example,consent,g\n")
    bad = said["bad"]
    assert isinstance(bad, list)
    assert {"rita@x.example", "bruno@x.example"} <= set(listed(world))
    found = [item["why"] for item in bad if item["line"] == 4]
    assert ([why in item for item in found] if why else found) == ([True] if why else [])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"name,address\nRita,r@x.example\n", "has no column basis; it says 'name, address'"),
        (b"r@x.example,consent\n", "has no column address; it says 'r@x.example, consent'"),
        (b"address,mail,basis\n", "has twice the column address"),
        (b"addr\0ess,basis\n", "The first line of the table is not text"),
        ("address,basis\n".encode("utf-16"), "The table is in UTF-16; save it as CSV in UTF-8"),
    ],
)
def test_a_first_line_that_is_none(world: World, table: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        bring_in(world, table)
    assert not listed(world)


def listed(world: World) -> dict[str, dict[str, object]]:
    found = press.everyone(world.wire, world.olga, "aurora")["recipients"]
    return {item["address"]: item for item in found}


def to(*groups: str) -> Wishes:
    return Wishes(to=groups)


# Tables


def test_a_table_is_read_and_read_again(world: World) -> None:
    said = bring_in(world, TABLE, dry_run=True)
    assert (said["added"], listed(world)) == (2, {})
    assert bring_in(world, TABLE)["added"] == 2
    assert bring_in(world, TABLE)["unchanged"] == 2
    rita = listed(world)["rita@gazette.example"]
    assert rita["groups"] == ["economy", "food"] and rita["basis"] == "legitimate interest"
    assert listed(world)["bruno@radio.example"]["basis"] == "consent: form of 3 May"
    changed = TABLE.replace("The Gazette;economy|food", "The Globe;sport").encode("cp1252")
    assert bring_in(world, changed)["changed"] == 1
    rita = listed(world)["rita@gazette.example"]
    assert rita["outlet"] == "The Globe" and rita["groups"] == ["economy", "food", "sport"]


def test_bad_rows_lose_no_good_ones_and_doubles_are_merged(world: World) -> None:
    table = (
        "Name,E-Mail,Outlet,Groups,Basis,Remark\r\n"
        'One,one@a.example,,"food, wine",consent,x\r\n'
        'Open,"open@a.example,,food,consent\r\n'
        "Two,two@a.example,,food,consent\r\n"
        "\r\n"
        "Bad,not an address,,food,consent\r\n"
        "No basis,three@a.example,,food,\r\n"
        '"Bcc: x",four@a.example,,food,because\r\n'
        "=?utf-8?q?hi=0d=0aBcc:_x?=,five@a.example,,food,consent\r\n"
        "Six,six@a.example>\r\n"
        "ONE,ONE@a.example,Outlet,sea,consent\r\n"
        "Many,seven@a.example,,food,consent,x,y\r\n"
    )
    said = bring_in(world, table)
    assert said["added"] == 2 and said["merged"] == 1
    assert [bad["line"] for bad in said["bad"]] == [3, 6, 7, 8, 9, 10, 12]
    assert set(listed(world)) == {"one@a.example", "two@a.example"}
    assert listed(world)["one@a.example"]["groups"] == ["food", "sea", "wine"]


@pytest.mark.parametrize(
    ("table", "error"),
    [
        (b"", EmptyInput),
        (b" \n \n", EmptyInput),
        (b"name,address\nx,x@a.example\n", MalformedTable),
        (b"address,address,basis\n", MalformedTable),
        (b"name,address,ba\0sis\nx,x@a.example,consent\n", WrongCharset),
        (b"\xff\xfe\x81\x8d", WrongCharset),
    ],
)
def test_tables_that_are_none(world: World, table: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        bring_in(world, table)
    assert listed(world) == {}


def test_an_export_computes_nothing_and_comes_in_again(world: World) -> None:
    names = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "'quoted", "plain", "\uff1d1", " =1"]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["name", "address", "basis", "groups"])
    for number, name in enumerate(names):
        writer.writerow([name, f"={number}@a.example", "consent: =1", "=g"])
    assert bring_in(world, table.getvalue())["added"] == len(names)
    data = press.export(world.wire, world.anna, "aurora")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")), cell
    before = listed(world)
    assert bring_in(world, data)["unchanged"] == len(names)
    assert listed(world) == before


# Whose list it is


def test_a_list_is_its_issuers_and_the_operators(world: World) -> None:
    organisations.add_issuer(world.wire, world.olga, "bruma", "Bruma", [])
    people.add(world.wire, world.olga, "bea", None, ["author:bruma"])
    bea = people.by_name(world.wire, "bea")
    bring_in(world, TABLE)
    id = world.submit().id
    for actor in (bea, world.dora, world.sam):
        for call in (
            lambda who: press.everyone(world.wire, who, "aurora"),
            lambda who: press.export(world.wire, who, "aurora"),
            lambda who: press.groups(world.wire, who, "aurora"),
            lambda who: press.bring_in(world.wire, who, "aurora", TABLE.encode()),
            lambda who: press.remove(world.wire, who, "aurora", ["rita@gazette.example"]),
            lambda who: press.enable(world.wire, who, "aurora", ["rita@gazette.example"]),
            lambda who: press.everyone(world.wire, who, "nobody"),
        ):
            with pytest.raises(NotAllowed):
                call(actor)
    with pytest.raises(NotAllowed):
        press.choose(world.wire, world.dora, id, ["food"])
    assert press.everyone(world.wire, bea, "bruma") == {"recipients": []}
    their = press.groups(world.wire, bea, "bruma")
    assert their == {"groups": []}
    assert press.groups(world.wire, world.anna, "aurora")["groups"] == [
        {"group": "economy", "recipients": 1},
        {"group": "food", "recipients": 2},
    ]


def test_a_group_of_the_same_name_on_another_list_gets_nothing(wired: World, post: Mailbox) -> None:
    organisations.add_issuer(wired.wire, wired.olga, "bruma", "Bruma", [])
    theirs = "address,basis,groups\nspy@bruma.example,consent,food\n"
    press.bring_in(wired.wire, wired.olga, "bruma", theirs.encode())
    wired.published(wishes=to("food"))
    deliver(wired)
    assert {mail.recipient for mail in post.came} == {"rita@gazette.example", "bruno@radio.example"}


def test_the_desk_reads_no_addresses_in_a_report(wired: World, post: Mailbox) -> None:
    number = wired.published(wishes=to("food"))
    deliver(wired)
    assert "rita@" in str(deliveries.report(wired.wire, wired.anna, number))
    seen = str(deliveries.report(wired.wire, wired.dora, number))
    assert "rita@" not in seen and "a recipient of the press list" in seen


# Groups and mail


def test_a_release_goes_to_its_groups_and_to_nobody_else(wired: World, post: Mailbox) -> None:
    wired.published("To nobody", text="Nobody gets this text.")
    wired.published("To the economy", wishes=to("economy"))
    deliver(wired)
    [mail] = post.came
    message = mail.message
    assert mail.recipient == "rita@gazette.example"
    assert message["from"].addresses[0].display_name == "Aurora Dairy"
    assert message["to"].addresses[0].display_name == "Rita Moro"
    assert message["reply-to"].addresses[0].addr_spec == "press@aurora-dairy.example"
    assert message["list-id"] == '"Aurora Dairy" <press-aurora.ponte.example>'
    assert message.get_content_type() == "text/plain"
    assert mail.body().startswith("Press release – promotional content\n")
    assert "Nobody gets" not in mail.body()


def test_groups_are_chosen_until_it_is_public(wired: World, post: Mailbox) -> None:
    id = wired.sealed(wishes=to("economy"))
    with pytest.raises(UnknownGroup):
        press.choose(wired.wire, wired.anna, id, ["foot"])
    assert press.choose(wired.wire, wired.anna, id, ["food"])["groups"] == ["food"]
    wired.wait(HOUR)
    wired.publisher.publish_due()
    deliver(wired)
    assert len(post.came) == 2
    number = wired.wire.number(wired.row(id).ordinal or 0)
    with pytest.raises(IllegalMove):
        press.choose(wired.wire, wired.anna, id, ["economy"])
    post.clear()
    wired.correct(number, "Aurora opens two dairies", text="Another text altogether.")
    deliver(wired)
    assert len(post.came) == 2
    assert all(mail.message["references"] for mail in post.came)


def test_the_desk_submits_but_chooses_no_groups(wired: World) -> None:
    given = handed("By the desk", wishes=Wishes(issuer="aurora", to=("food",)))
    with pytest.raises(NotAllowed):
        submit.submit(wired.wire, wired.dora, given)


def test_a_returned_text_may_be_given_groups_anew(wired: World, post: Mailbox) -> None:
    id = wired.submit(wishes=to("economy")).id
    review.decide(wired.wire, wired.dora, id, State.RETURNED, why="mend it")
    given = handed("Mended", wishes=to("food"))
    submit.revise(wired.wire, wired.anna, id, given, kind=Kind.ORIGINAL)
    assert press.choose(wired.wire, wired.anna, id, ["food"])["groups"] == ["food"]


def test_who_unsubscribed_stays_out(wired: World, post: Mailbox) -> None:
    wired.published(wishes=to("economy"))
    deliver(wired)
    token = str(post.came[0].message["list-unsubscribe"]).rpartition("/")[2].rstrip(">")
    left = leaving.leave(wired.wire, token)
    assert left and left.sender == "Aurora Dairy"
    said = bring_in(wired, TABLE)
    assert len(said["bad"]) == 1 and "unsubscribed" in said["bad"][0]["why"]
    assert listed(wired)["rita@gazette.example"]["state"] == "gone"
    assert press.enable(wired.wire, wired.anna, "aurora", ["rita@gazette.example"]) == {
        "enabled": 0,
        "unknown": [],
    }


def test_what_is_erased_is_on_no_page_of_the_database(wired: World, post: Mailbox) -> None:
    post.answers["bruno@radio.example"] = "550 5.1.1 <bruno@radio.example> is nobody here"
    wired.published(wishes=to("food"))
    deliver(wired)
    said = press.remove(
        wired.wire, wired.anna, "aurora", ["Bruno@radio.example", "no@radio.example"]
    )
    assert said == {"removed": 1, "unknown": ["no@radio.example"]}
    assert set(listed(wired)) == {"rita@gazette.example"}
    assert press.remove(wired.wire, wired.anna, "aurora", [], everybody=True)["removed"] == 1
    folder = wired.folder
    wired.close()
    for file in folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert b"bruno@" not in data and b"Rita Moro" not in data, file.name
    wired.open()
    assert listed(wired) == {}


# What comes back


def report_for(world: World, address: str, status: str = "5.1.1", **fields: str) -> bytes:
    """A delivery report (RFC 3464) as a server writes it."""
    back = fields.pop("to", None) or returning(world, address)
    at = world.now + timedelta(seconds=int(fields.pop("after", "0")))
    message = EmailMessage()
    message["From"] = "MAILER-DAEMON@radio.example"
    message["To"] = back
    message["Subject"] = "Undelivered Mail Returned to Sender"
    message["Date"] = format_datetime(at)
    message.set_content("I could not deliver your mail.")
    boundary = "=_report"
    action = fields.pop("action", "failed")
    raw = message.as_bytes().partition(b"\n\n")[0].decode()
    raw = "\n".join(line for line in raw.split("\n") if not line.startswith("Content-"))
    kind = fields.pop("kind", "multipart/report; report-type=delivery-status")
    return (
        f'{raw}\nContent-Type: {kind}; boundary="{boundary}"\n\n'
        f"--{boundary}\nContent-Type: text/plain\n\nI could not deliver your mail.\n"
        f"--{boundary}\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; radio.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        f"--{boundary}\nContent-Type: text/rfc822-headers\n\nSubject: x\n--{boundary}--\n"
    ).encode()


def returning(world: World, address: str) -> str:
    key = tokens.key_of(SigningKey.of(world.wire.key.ed25519))
    return tokens.returning(key, str(listed(world)[address]["endpoint"]), "ponte.example")


def read(world: World, *messages: bytes) -> dict[str, int]:
    total = {"reports": 0, "ignored": 0, "off": 0}
    for message in messages:
        said = bouncing.read(world.wire, world.olga, message)
        total = {name: total[name] + said[name] for name in total}
    return total


BRUNO = "bruno@radio.example"


def test_the_return_path_of_a_mail_is_the_recipients_own(wired: World, post: Mailbox) -> None:
    wired.published(wishes=to("food"))
    deliver(wired)
    for mail in post.came:
        assert mail.sender == returning(wired, mail.recipient)
        assert len(mail.sender.partition("@")[0]) <= 64


def test_a_hard_bounce_switches_an_address_off(wired: World) -> None:
    assert read(wired, report_for(wired, BRUNO)) == {"reports": 1, "ignored": 0, "off": 1}
    bruno = listed(wired)[BRUNO]
    assert (bruno["state"], bruno["why"], bruno["bounces"]) == ("disabled", "bounced: 5.1.1", 1)
    assert b"bounced: 5.1.1" in press.export(wired.wire, wired.anna, "aurora")


def test_three_soft_bounces_in_two_weeks_do(wired: World) -> None:
    for _ in range(2):
        assert read(wired, report_for(wired, BRUNO, "5.2.2"))["off"] == 0
        assert read(wired, report_for(wired, BRUNO, "5.2.2"))["off"] == 0  # the same once more
        wired.wait(timedelta(days=8))
    assert listed(wired)[BRUNO]["state"] == "active"
    assert read(wired, report_for(wired, BRUNO, "4.4.7"))["off"] == 0  # the first is too old
    wired.wait(HOUR)
    assert read(wired, report_for(wired, BRUNO, "5.7.1"))["off"] == 1


def test_what_is_switched_on_again_is_not_put_off_by_old_reports(
    wired: World, post: Mailbox
) -> None:
    older = report_for(wired, BRUNO)
    wired.wait(HOUR)
    old = report_for(wired, BRUNO)
    read(wired, old)
    wired.published("While it was off", text="This was missed.", wishes=to("food"))
    said = press.enable(wired.wire, wired.anna, "aurora", [BRUNO])
    assert said["enabled"] == 1
    assert read(wired, old, older)["off"] == 0
    deliver(wired)
    assert {mail.recipient for mail in post.came} == {"rita@gazette.example"}
    wired.wait(HOUR)
    assert read(wired, report_for(wired, BRUNO))["off"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "bounces+" + "a0" * 26 + "@ponte.example"},
        {"to": "bounces+@ponte.example"},
        {"to": "news@ponte.example"},
        {"action": "delayed"},
        {"action": "delivered"},
        {"kind": "multipart/mixed"},
    ],
)
def test_forged_and_other_reports_count_nothing(wired: World, fields: dict[str, str]) -> None:
    assert read(wired, report_for(wired, BRUNO, **fields))["reports"] == 0
    assert listed(wired)[BRUNO]["state"] == "active"


def test_a_token_with_another_endpoints_id_is_forged(wired: World) -> None:
    theirs = returning(wired, "rita@gazette.example")
    mine = returning(wired, BRUNO)
    mixed = mine[: len("bounces+") + 32] + theirs[len("bounces+") + 32 :]
    assert len(mixed) == len(mine)
    assert read(wired, report_for(wired, BRUNO, to=mixed))["reports"] == 0


@pytest.mark.parametrize("junk", [b"", b"\0\xff" * 100, b"a" * 3_000_000, b"To: " + b"," * 90_000])
def test_junk_is_ignored(wired: World, junk: bytes) -> None:
    assert read(wired, junk)["reports"] == 0


def test_a_mailbox_of_reports(wired: World) -> None:
    reports = [
        report_for(wired, BRUNO),
        b"From: x@y.example\nTo: news@ponte.example\n\nHello\n",
        report_for(wired, "rita@gazette.example", "5.2.2"),
    ]
    box = b"".join(b"From x Mon Nov 23 09:00:00 2026\n" + item + b"\n" for item in reports)
    assert read(wired, box) == {"reports": 2, "ignored": 1, "off": 1}
