"""An archive comes in: public at once and marked, delivered to nobody, and known again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from dispaccio.access.actor import PUBLIC
from dispaccio.errors import (
    ClockUntrusted,
    DiskNearlyFull,
    KeyNeeded,
    NotAllowed,
    UnknownChannel,
    UnknownIssuer,
)
from dispaccio.formats.feeds.kinds import ATOM
from dispaccio.formats.registry import formats, read
from dispaccio.intake.submission import Wishes
from dispaccio.log import leaf
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind
from dispaccio.store import outbox, secrets
from dispaccio.testing import home as homes
from dispaccio.wire import archive, deliveries, redirects, submit
from dispaccio.wire.brought import Brought, Told
from dispaccio.wire.publish import publish
from dispaccio.wire.withdraw import notice
from tests.wire.test_proof import proof_of, verify
from tests.wire.world import HOUR, World, handed

DATA = {
    "media": [{"href": "data:image/png;base64,AAAA"}, {"href": "https://lantern.example/b.png"}],
    "body": [{"kind": "image", "text": "A dairy", "media": 0}],
}
"""A release whose one passage is a picture that comes in its own address."""
OLD = datetime(2009, 3, 12, 8, 0, tzinfo=UTC)


def old(**more: Any) -> dict[str, Any]:
    """An old release of another wire in our own format."""
    return {
        "title": "Aurora opens its first dairy",
        "language": "en",
        "issuer": {"name": "Aurora Dairy"},
        "body": [{"kind": "paragraph", "text": "Aurora opened its first dairy on Thursday."}],
        "wire": {"name": "Lantern Wire", "number": "77120031"},
        "first_created": write_instant(OLD),
        "hops": [{"party": "Aurora Dairy", "action": "created"}],
        **more,
    }


def other(count: int, **more: Any) -> dict[str, Any]:
    """An old release that is like no other."""
    body = [{"kind": "paragraph", "text": f"The text of release {count}."}]
    number = {"name": "Lantern Wire", "number": f"8{count:07}"}
    return old(title=f"Release {count}", body=body, wire=number, **more)


def bring(world: World, *documents: Any, **more: Any) -> list[Brought]:
    """Bring in native documents; several are one array."""
    said = documents[0] if len(documents) == 1 else list(documents)
    wishes = more.pop("wishes", Wishes(format=None if isinstance(said, str) else "dispaccio"))
    data = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    return told(archive.bring_in(world.wire, world.olga, [data], wishes, **more))


def told(news: Iterable[list[Told]]) -> list[Brought]:
    """What became of the items of one document, in their order."""
    found: list[Brought] = []
    for some in (one for told in news for one in told):
        if some.error:
            raise some.error
        found += some.items
    return sorted(found, key=lambda item: item.item)


def shown(world: World, number: str, version: int | None = None) -> dict[str, Any]:
    found = world.public.rendering(number, version, "dispaccio")
    assert found is not None
    said: dict[str, Any] = json.loads(found.body)
    return said


def why(found: list[Brought]) -> str:
    [brought] = found
    assert brought.error is not None
    assert not brought.new
    return f"{brought.error.code()}: {brought.error.message}"


def test_it_is_public_at_once_with_its_own_date_and_marked(world: World) -> None:
    [found] = bring(world, old())
    assert (found.new, found.number, found.date) == (True, "T100000001", OLD)
    said = shown(world, "T100000001")
    assert said["archive"] is True
    assert said["signed_by"] == "observed"
    assert said["first_created"] == said["version_created"] == write_instant(OLD)
    assert said["wire"] == {"name": "Lantern Wire", "number": "77120031"}
    assert said["identifiers"] == [{"scheme": "lanternwire", "value": "77120031"}]
    assert [hop["party"] for hop in said["hops"]] == ["Aurora Dairy"]
    assert "label" not in said
    assert [item.number for item in world.public.search("first dairy", 9)] == ["T100000001"]
    [listed] = world.public.archived(9)
    assert listed.number == "T100000001"
    entry = world.log()[-1]
    assert (entry["t"], entry["by"]) == ("archive", "observed")
    assert entry["published"] == write_instant(world.now)
    assert "seal" not in entry
    [row] = world.versions("T100000001")
    assert (row.policy, row.issuer_signature, row.published) == ("archive", None, world.now)
    assert json.loads(row.statement or b"")["archive"] is True
    assert world.events()[-1] == "archived"


def test_a_label_is_kept_as_stated(world: World) -> None:
    label = {"code": "promotional", "text": "Sponsored by Aurora", "commissioned": True}
    bring(world, old(label=label))
    assert shown(world, "T100000001")["label"] == label
    assert world.log()[-1]["label"] == "promotional"


def test_it_is_new_in_no_list_and_no_feed(world: World) -> None:
    number = world.published("Aurora opens a plant")
    bring(world, *(other(count) for count in range(3)))
    assert [item.number for item in world.public.latest(9)] == [number]
    assert [entry.number for entry in world.public.changed(ATOM, 9)] == [number]
    assert world.public.latest(9, channel="economia", issuer="aurora")[0].number == number


def waiting(world: World) -> list[Any]:
    """What would be sent if a courier ran now."""
    with world.wire.store.write(world.now) as tx:
        return outbox.claim(tx, most=50, lease=HOUR, token=7)


def test_nothing_is_ever_delivered(world: World) -> None:
    homes.subscribe(world.wire, ["https://gazette.example/hook"])
    bring(world, old())
    assert waiting(world) == []
    given = handed("Aurora opens its very first dairy")
    submit.revise(world.wire, world.dora, "T100000001", given, kind=Kind.CORRECTION,
                  reason=Reason("typo"))  # fmt: skip
    [done] = publish(world.wire, world.dora, "T100000001", confirm=True)
    withheld = world.notice("T100000001", Kind.WITHHOLD)
    again = world.notice("T100000001", Kind.USABLE_AGAIN)
    gone = world.notice("T100000001", Kind.WITHDRAWAL)
    assert [item.deliveries for item in (done, withheld, again, gone)] == [0, 0, 0, 0]
    assert waiting(world) == []
    assert deliveries.report(world.wire, world.olga, "T100000001")["deliveries"] == []
    world.published("Aurora opens a plant")
    assert len(waiting(world)) == 1, "the endpoint is there, and gets what is issued here"


def test_a_correction_keeps_the_mark_the_date_and_the_chain(world: World) -> None:
    label = {"code": "promotional", "text": "Sponsored", "commissioned": True}
    bring(world, old(label=label))
    world.wait(HOUR)
    given = handed("Aurora opens its very first dairy", label=None)
    submit.revise(world.wire, world.dora, "T100000001", given, kind=Kind.CORRECTION,
                  reason=Reason("typo"))  # fmt: skip
    publish(world.wire, world.dora, "T100000001", confirm=True)
    said = shown(world, "T100000001")
    assert (said["version"], said["archive"], said["title"]) == (
        2,
        True,
        "Aurora opens its very first dairy",
    )
    assert said["first_created"] == write_instant(OLD)
    assert said["version_created"] == write_instant(world.now)
    assert said["issuer"]["name"] == "Aurora Dairy"
    assert said["label"] == label
    assert [hop["party"] for hop in said["hops"]] == ["Aurora Dairy"]
    assert shown(world, "T100000001", 1)["title"] == "Aurora opens its first dairy"
    assert world.log()[-1]["t"] == "correct"
    assert [entry.number for entry in world.public.changed(ATOM, 9)] == ["T100000001"]
    assert world.public.latest(9) == []


def test_it_is_withheld_usable_again_and_withdrawn_like_any_other(world: World) -> None:
    bring(world, old())
    world.notice("T100000001", Kind.WITHHOLD)
    for name, format in formats().items():
        if format.about.writes:
            found = world.public.rendering("T100000001", 1, name)
            assert found is not None
            assert b"Thursday" not in found.body, name
    assert world.public.search("first dairy", 9) == []
    world.notice("T100000001", Kind.USABLE_AGAIN)
    assert [item.number for item in world.public.search("first dairy", 9)] == ["T100000001"]
    assert [hop["party"] for hop in shown(world, "T100000001")["hops"]] == ["Aurora Dairy"]
    world.notice("T100000001", Kind.WITHDRAWAL)
    said = shown(world, "T100000001")
    assert (said["status"], said["archive"], "body" in said) == ("canceled", True, False)
    assert world.public.search("first dairy", 9) == []
    [known] = bring(world, old())
    assert (known.new, known.number) == (False, "T100000001"), "it does not come back"


def test_every_twin_is_written_when_asked_for_and_says_so(world: World) -> None:
    bring(world, old())
    for name, format in formats().items():
        if not format.about.writes:
            continue
        found = world.public.rendering("T100000001", 1, name)
        assert found is not None, name
        assert world.public.rendering("T100000001", None, name) == found
        assert b"not issued through this wire" in found.body or b'"archive": true' in found.body
        if format.about.lossless:
            [reading] = read(found.body, name)
            assert reading.revision.archive, name
    assert world.public.rendering("T100000001", 1, "nothing") is None


def test_its_issuer_may_take_it_back(world: World) -> None:
    bring(world, old(issuer=None), wishes=Wishes(issuer="aurora", channel="economia"))
    said = shown(world, "T100000001")
    assert said["issuer"]["name"] == "Aurora Dairy"
    assert said["channel"] == "economia"
    notice(world.wire, world.anna, "T100000001", Kind.WITHDRAWAL, Reason("error"))
    assert shown(world, "T100000001")["status"] == "canceled"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"first_created": None}, "states no date of its own; name one with --date"),
        ({"first_created": "2027-01-01T00:00:00Z"}, "still to come"),
        ({"embargo": "2026-11-23T09:00:01Z"}, "not to be public before 2026-11-23T09:00:01Z"),
        ({"release_time": "2026-11-24T09:00:00Z"}, "not to be public before"),
        ({"status": "canceled"}, "withheld or withdrawn"),
        ({"status": "withheld"}, "withheld or withdrawn"),
        ({"kind": "withdrawal"}, "withheld or withdrawn"),
        ({"title": ""}, "The release has no headline"),
        ({"title": "\u200b"}, "The release has no headline"),
        ({"body": []}, "The release has no text"),
        ({"body": [{"kind": "image", "text": "", "media": 0}]}, "The release has no text"),
        (DATA, "The release has no text"),
    ],
)
def test_what_may_not_come_in(world: World, changes: dict[str, Any], expected: str) -> None:
    said = why(bring(world, old(**changes)))
    assert said.startswith("not-for-the-archive: ")
    assert expected in said
    assert world.public.archived(9) == []


def test_a_picture_in_its_own_address_is_left_out(world: World) -> None:
    second = {"kind": "image", "text": "A cow", "media": 1}
    text = {"kind": "paragraph", "text": "Aurora opened."}
    [found] = bring(world, old(**DATA | {"body": [*DATA["body"], text, second]}))
    said = shown(world, found.number or "")
    assert [block["text"] for block in said["body"]] == ["Aurora opened.", "A cow"]
    assert said["body"][1]["media"] == 0
    assert [medium["href"] for medium in said["media"]] == ["https://lantern.example/b.png"]
    assert found.warnings == ("Media left out whose address holds their data: 1.",)


def test_an_embargo_that_nobody_can_tell_keeps_it_out(world: World) -> None:
    text = "EMBARGOED\n\nA title\n\nROME, March 12, 2009 - A text.\n"
    assert "does not say clearly until when" in why(bring(world, text))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"first_created": "2009-03-12T08:00:00Z", "created": "2008-01-01"}, "2009-03-12T08:00:00"),
        ({"version_created": "2009-03-12T08:00:00Z"}, "2009-03-12T08:00:00"),
        ({"created": "2009-03-12"}, "2009-03-12T00:00:00"),
        ({"embargo": "2009-03-12T08:00:00Z"}, "2009-03-12T08:00:00"),
        ({"dateline": {"date": "2009-03-12"}}, "2009-03-12T00:00:00"),
    ],
)
def test_the_date_is_the_texts_own(world: World, dates: dict[str, Any], expected: str) -> None:
    given = {"first_created": None, **dates}
    [found] = bring(world, old(**given), date=datetime(1999, 1, 1, tzinfo=UTC))
    assert shown(world, found.number or "")["first_created"] == f"{expected}Z"
    assert bool(found.warnings) is expected.endswith("T00:00:00"), "a day is said to be one"


def test_a_date_is_given_where_there_is_none(world: World) -> None:
    [found] = bring(world, old(first_created=None), date=OLD)
    assert found.date == OLD
    assert "2009-03-12T08:00:00Z was given" in found.warnings[0]


@pytest.mark.parametrize(
    "again",
    [
        old(),
        old(title="Another headline", wire=None),
        old(label={"code": "promotional", "text": "ADV"}),
    ],
    ids=["same", "same body", "label above"],
)
def test_the_same_again_is_the_one_we_have(world: World, again: dict[str, Any]) -> None:
    bring(world, old())
    [known] = bring(world, again)
    assert (known.new, known.number) == (False, "T100000001")
    assert len(world.public.archived(9)) == 1


def test_another_text_under_the_same_identifier_is_not_lost_unsaid(world: World) -> None:
    bring(world, old())
    said = why(bring(world, old(body=[{"kind": "paragraph", "text": "Quite another text."}])))
    assert "Its identifier is that of T100000001" in said


def test_it_knows_what_this_wire_issued_itself(world: World) -> None:
    number = world.published("Aurora opens a plant", text="One text and no other.")
    [known] = bring(world, old(body=[{"kind": "paragraph", "text": "One text and no other."}]))
    assert (known.new, known.number) == (False, number)


def test_a_text_that_waits_here_does_not_become_public_by_way_of_an_archive(world: World) -> None:
    id = world.sealed("Aurora opens a plant", text="One text and no other.")
    document = old(body=[{"kind": "paragraph", "text": "One text and no other."}])
    assert f"holds the same text as {id}, which is not public" in why(bring(world, document))
    assert world.public.archived(9) == []
    world.wire.changed.clear()


def test_items_of_a_document_harm_no_other(world: World) -> None:
    found = bring(world, other(1), other(2, first_created=None), other(3), other(1))
    assert [item.new for item in found] == [True, False, True, False]
    assert found[1].error is not None
    assert found[3].number == found[0].number
    assert [item.item for item in found] == [1, 2, 3, 4]
    with world.wire.store.read(world.now) as tx:
        row = world.versions(found[0].number or "")[0]
        assert secrets.original_of(tx, row.key) is None, "not the whole document for each item"


def test_a_single_document_is_kept_as_it_came(world: World) -> None:
    [found] = bring(world, old())
    with world.wire.store.read(world.now) as tx:
        row = world.versions(found.number or "")[0]
        kept = secrets.original_of(tx, row.key)
        assert kept is not None
        key = world.wire.data_key(tx, world.row(found.number or ""))
    assert json.loads(key.open(f"original/{row.key}", kept[1])) == old()


def test_many_share_few_transactions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    real: Callable[..., Any] = world.wire.store.write
    monkeypatch.setattr(
        type(world.wire.store), "write", lambda self, now, **more: seen.append(now) or real(now)
    )
    found = bring(world, *(other(count) for count in range(40)))
    assert sum(item.new for item in found) == 40
    assert len(seen) == 2
    assert [item.number for item in found] == [f"T{100_000_001 + at}" for at in range(40)]


def test_several_at_once_are_each_one(world: World) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda at: bring(world, other(at % 5))[0], range(30)))
    assert sum(item.new for item in found) == 5
    assert len({item.number for item in found}) == 5


def test_a_dry_run_changes_nothing(world: World) -> None:
    bring(world, other(1))
    before = world.log()
    found = bring(world, other(1), other(2), other(3, first_created=None), dry_run=True)
    assert [(item.new, item.number) for item in found] == [
        (False, "T100000001"),
        (True, None),
        (False, None),
    ]
    assert world.log() == before
    assert len(world.public.archived(9)) == 1


def test_the_archive_is_listed_by_its_own_dates_in_pages(world: World) -> None:
    dates = ["2010-05-01", "2008-01-01", "2012-01-01", "2010-05-01", "2001-01-01"]
    bring(world, *(other(at, first_created=f"{day}T00:00:00Z") for at, day in enumerate(dates)))
    expected = ["Release 2", "Release 3", "Release 0", "Release 1", "Release 4"]
    titles, before = [], None
    for _ in range(4):
        found = world.public.archived(2, before)
        titles += [item.revision.headline for item in found]
        before = found[-1].ordinal if found else before
    assert titles == expected


def test_the_search_gives_the_archive_last_and_in_pages(world: World) -> None:
    first = world.published("A dairy in Bergamo", text="Text one.")
    bring(world, *(other(count, place="Bergamo") for count in range(3)))
    last = world.published("A dairy in Milan", text="Text two, of Bergamo.")
    found: list[str] = []
    before = None
    for _ in range(5):
        some = world.public.search("bergamo", 2, before)
        found += [item.number for item in some]
        before = some[-1].ordinal if some else before
    assert found == [last, first, "T100000004", "T100000003", "T100000002"]


def test_the_operator_alone_may(world: World) -> None:
    given = [json.dumps(old()).encode()]
    for actor in (world.anna, world.dora, world.sam):
        with pytest.raises(NotAllowed, match="up to the operator"):
            archive.bring_in(world.wire, actor, given, Wishes())
        with pytest.raises(NotAllowed):
            redirects.add(world.wire, actor, [])
    with pytest.raises(KeyNeeded):
        archive.bring_in(world.wire, PUBLIC, given, Wishes())


def test_what_stops_all_of_it(world: World, open_world: Callable[..., World]) -> None:
    with pytest.raises(UnknownIssuer):
        bring(world, old(), wishes=Wishes(issuer="nobody"))
    with pytest.raises(UnknownChannel):
        bring(world, old(), wishes=Wishes(channel="nothing"))
    world.now += HOUR
    with pytest.raises(ClockUntrusted):
        bring(world, old())
    with pytest.raises(DiskNearlyFull):
        bring(open_world(min_free_disk_mb=1 << 40), old())
    assert world.public.archived(9) == []


def test_the_proof_holds_what_is_disclosed(world: World) -> None:
    bring(world, old())
    proof = proof_of(world, "T100000001")
    verify(proof, world.log())
    [revision] = proof["revisions"]
    assert revision["issuer_signature"] is None
    assert [part[0] for part in revision["disclosures"]] == ["headline", "body/0", "form"]
    assert json.loads(revision["statement"])["archive"] is True


def test_a_leaf_of_an_archive_names_no_signature() -> None:
    body = leaf.public("archive", number="100000001", revision=1, statement=b"s",
                       published=OLD, by="observed")  # fmt: skip
    assert leaf.parse(body)["t"] == "archive"


def test_an_old_address_leads_to_its_release(world: World) -> None:
    bring(world, old(original_url="http://127.0.0.1:8000/news.php?id=7"))
    bring(world, other(1, original_url="https://elsewhere.example/old.html"))
    found = redirects.add(
        world.wire,
        world.olga,
        [
            ("/2009/caff%C3%A8.html", "T100000001"),
            ("http://127.0.0.1:8000/two", world.row("T100000002").id),
            ("/old.html", "T100000099"),
            ("/r/T100000001", "T100000001"),
            ("old.html", "T100000001"),
            ("//elsewhere.example/", "T100000001"),
            ("https://elsewhere.example/old.html", "T100000001"),
            ("/a\nb", "T100000001"),
            ("/a%00b", "T100000001"),
            ("http://[old/", "T100000001"),
            (f"/{'x' * 2000}", "T100000001"),
        ],
    )
    assert [item.get("number") for item in found[:2]] == ["T100000001", "T100000002"]
    codes = [item["error"]["code"] for item in found[2:]]
    assert codes == ["no-such-release", *["malformed-redirect"] * 8]
    moved = {
        path: shown and shown.number
        for path in ("/news.php?id=7", "/2009/caffè.html", "/two", "/old.html", "/news.php")
        for shown in [world.public.moved(path)]
    }
    assert moved == {
        "/news.php?id=7": "T100000001",
        "/2009/caffè.html": "T100000001",
        "/two": "T100000002",
        "/old.html": None,
        "/news.php": None,
    }
    redirects.add(world.wire, world.olga, [("/two", "T100000001")])
    again = world.public.moved("/two")
    assert again is not None
    assert again.number == "T100000001"
    world.notice("T100000001", Kind.WITHDRAWAL)
    gone = world.public.moved("/two")
    assert gone is not None
    assert gone.revision.headline == ""


def test_the_canonical_link_of_a_page_is_an_old_address(world: World) -> None:
    page = """<!doctype html><html lang="en"><head><title>Aurora</title>
        <link rel="canonical" href="http://127.0.0.1:8000/old/1.html">
        <meta property="article:published_time" content="2009-03-12T08:00:00Z"></head>
        <body><article><h1>Aurora opens</h1><p>Aurora opened its dairy.</p></article></body></html>
        """
    [found] = bring(world, page, wishes=Wishes(format="html"))
    shown = world.public.moved("/old/1.html")
    assert shown is not None
    assert shown.number == found.number


def test_what_is_not_public_has_no_old_address(world: World) -> None:
    id = world.sealed("Aurora opens a plant")
    [found] = redirects.add(world.wire, world.olga, [("/old", id)])
    assert found["error"]["code"] == "not-published"


def test_taking_over_what_is_in_the_archive_is_no_second_release(world: World) -> None:
    bring(world, old())
    taken = world.take(old(), publish_now=True, confirm=True)
    assert (taken.new, taken.number) == (False, "T100000001")


def test_another_wires_mark_is_not_ours(world: World) -> None:
    taken = world.take(old(archive=True), publish_now=True, confirm=True)
    assert "archive" not in shown(world, taken.number or "")


def test_without_words_and_identifier_it_is_known_by_title_and_date(world: World) -> None:
    body = [{"kind": "paragraph", "text": "* * *"}]
    bare = {"title": "Aurora", "body": body, "first_created": write_instant(OLD)}
    [first] = bring(world, bare)
    [again] = bring(world, bare)
    assert (first.new, again.new, again.number) == (True, False, first.number)
    [later] = bring(world, bare | {"first_created": write_instant(OLD + HOUR)})
    assert later.new


def test_the_same_twice_in_one_transaction_is_one(world: World) -> None:
    found = bring(world, other(1), other(2), other(1), other(2, subhead="Again"))
    assert [item.new for item in found] == [True, True, False, False]
    assert [item.number for item in found[2:]] == [item.number for item in found[:2]]


def test_the_search_finds_the_archive_alone_or_the_rest_alone(world: World) -> None:
    number = world.published("A dairy in Bergamo", text="Text one.")
    bring(world, *(other(count, place="Bergamo") for count in range(3)))
    search = world.public.search
    old_ones = ["T100000004", "T100000003", "T100000002"]
    assert [item.number for item in search("bergamo", 9, archive=True)] == old_ones
    assert [item.number for item in search("bergamo", 9, archive=False)] == [number]
    assert [item.number for item in search("bergamo", 9)] == [number, *old_ones]
    two = search("bergamo", 2, archive=True)
    assert [item.number for item in search("bergamo", 2, two[-1].ordinal, archive=True)] == [
        "T100000002"
    ]


def test_the_search_gives_the_archive_by_its_own_dates(world: World) -> None:
    dates = ["2010-05-01T09:01", "0001-01-01T00:00", "2012-01-01T00:00", "2010-05-01T09:02"]
    bring(world, *(other(at, first_created=f"{day}:00Z") for at, day in enumerate(dates)))
    expected = ["Release 2", "Release 3", "Release 0", "Release 1"]
    titles: list[str] = []
    before = None
    for _ in range(4):
        found = world.public.search("text of release", 1, before, archive=True)
        titles += [item.revision.headline for item in found]
        before = found[-1].ordinal
    assert titles == expected
    world.notice("T100000001", Kind.WITHHOLD)
    assert len(world.public.search("text of release", 9)) == 3
    world.notice("T100000001", Kind.USABLE_AGAIN)
    found = world.public.search("text of release", 9)
    assert [item.revision.headline for item in found] == expected


def test_many_documents_are_told_of_one_by_one(world: World) -> None:
    documents = [json.dumps(other(at)).encode() for at in range(40)]
    documents[5] = b'{"title": '
    documents[9] = json.dumps([other(at) for at in range(100, 150)]).encode()
    news = [
        one
        for some in archive.bring_in(world.wire, world.olga, documents, Wishes(format="dispaccio"))
        for one in some
    ]
    told: dict[int, int] = {}
    for one in news:
        told[one.document] = told.get(one.document, 0) + len(one.items)
    assert told == {at + 1: {5: 0, 9: 50}.get(at, 1) for at in range(40)}
    assert [one.document for one in news if one.error] == [6]
    assert sum(item.new for one in news for item in one.items) == 88
    [first, *_] = [one for one in news if one.document == 10]
    assert (first.of, first.items) == (50, ()), "how many there are is told before the first is in"


def test_who_asks_no_more_stops_it(world: World) -> None:
    document = json.dumps([other(at) for at in range(100)]).encode()
    news = archive.bring_in(world.wire, world.olga, [document], Wishes(format="dispaccio"))
    assert [sum(len(one.items) for one in next(news)) for _ in range(2)] == [0, 32]
    del news
    assert len(world.public.archived(100)) == 32
    again = bring(world, *(other(at) for at in range(100)))
    assert sum(item.new for item in again) == 68


def test_a_bad_item_of_an_array_harms_no_other(world: World) -> None:
    found = bring(world, other(1), {"title": 5}, other(2))
    assert [item.new for item in found] == [True, False, True]
    assert "title should be text" in str(found[1].error)
