"""NewsML 1: items, components and texts of agencies, whatever of it they leave out."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.errors import (
    DispaccioError,
    MalformedDocument,
    NotARelease,
    TooLarge,
    UnknownFormat,
)
from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.formats.newsml1 import newsml1
from dispaccio.intake.submission import Wishes, receive
from dispaccio.release.body import BlockKind, Mark, MarkKind
from dispaccio.release.label import LabelKind
from dispaccio.release.model import (
    Dateline,
    Hop,
    Identifier,
    ItemKind,
    Media,
    Party,
    Reading,
    Revision,
    Subject,
    WireMark,
)
from dispaccio.release.state import Status
from tests.support.broken import samples
from tests.support.source import ROOT

DATA = ROOT / "tests" / "data"
TEXT = "The Harbour of Lowmere opens its new ferry dock to travellers on Monday."
PLAIN = f"{TEXT}\n\nTwo.".encode()
IDENTITY = (
    "<Identification><NewsIdentifier><ProviderId>l.example</ProviderId><DateId>20261123</DateId>"
    "<NewsItemId>7</NewsItemId><RevisionId>1</RevisionId></NewsIdentifier></Identification>"
)


def read(data: bytes | str, options: Options | None = None) -> list[Reading]:
    data = data.encode() if isinstance(data, str) else data
    return newsml1.read(data, options or Options())


def one(data: bytes | str, options: Options | None = None) -> Reading:
    (found,) = read(data, options)
    return found


def item(
    managed: str = '<Status FormalName="Usable"/>',
    lines: str = "<HeadLine>Lowmere opens a dock</HeadLine>",
    content: str = f"<ContentItem><DataContent>{TEXT}</DataContent></ContentItem>",
    *,
    more: str = "",
    identity: str = IDENTITY,
) -> str:
    return (
        f"<NewsML><NewsItem>{identity}<NewsManagement>{managed}</NewsManagement><NewsComponent>"
        f"<NewsLines>{lines}</NewsLines>{more}{content}</NewsComponent></NewsItem></NewsML>"
    )


def texts(found: Reading) -> list[str]:
    return [block.text for block in found.revision.body]


def test_a_wires_item_with_nitf_inside() -> None:
    found = one((DATA / "newsml1" / "wire-nitf.xml").read_bytes())
    said = found.revision
    assert found.format == "newsml-1"
    assert said.headline == "Oakmarsh & Sons recall two kettles"
    assert said.subhead == "Money back in every shop"
    assert [(block.kind.value, block.text) for block in said.body] == [
        (
            "paragraph",
            "Oakmarsh & Sons recall two kettles that were sold for £20 between May and June.",
        ),
        ("heading", "What to do"),
        ("paragraph", "Customers get their money back in every shop of the firm."),
    ]
    assert said.body[2].marks == (Mark(20, 25, MarkKind.STRONG),)
    assert said.label
    assert (said.label.kind, said.label.text) == (LabelKind.INSTITUTIONAL, "Press Release")
    assert said.dateline == Dateline(
        "OAKMARSH, England",
        date(2026, 11, 23),
        "Lantern Wire",
        "OAKMARSH, England, Nov. 23, 2026 /Lantern Wire/ --",
    )
    assert said.issuer == Party("Oakmarsh & Sons")
    assert said.wire == WireMark("Lantern Wire", "LW77120031")
    assert said.hops == (Hop("Oakmarsh & Sons", "created"), Hop("Lantern Wire", "enhanced"))
    assert said.identifiers == (
        Identifier("newsml", "urn:newsml:lantern.example:20261123:LW77120031"),
    )
    assert (said.version, said.urgency, said.status) == (2, 4, None)
    assert said.first_created == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert said.version_created == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert said.embargo == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert said.media == (
        Media(
            href="https://lantern.example/k.jpg",
            type="image/jpeg",
            size=90_000,
            caption="The kettle.",
            credit="Photo: Lia Moor",
        ),
    )
    assert said.copyright
    assert (said.copyright.text, said.copyright.year) == ("Copyright 2026 Lantern Wire", 2026)
    assert said.subjects == (Subject("subj", "04000000", "Economy"), Subject("subj", "04011000"))
    assert (said.slugline, said.tags) == ("Oakmarsh-kettles", ("kettles", "recall"))
    assert said.usage_terms == "Free for editorial use"
    assert said.editorial_note == "Instruction: Update"
    assert found.warnings == (
        "StatusWillChange was left out: to canceled, 20271124T080000+0100.",
        "Left out, since the wire has no place for it: Metadata Ticker.",
    )


def test_several_items_and_several_texts_in_one() -> None:
    italian, english, deleted, picture = read((DATA / "newsml1" / "several.xml").read_bytes())
    assert italian.revision.headline == "Valdombra riapre la biblioteca"
    assert [block.kind for block in italian.revision.body] == [BlockKind.PARAGRAPH, BlockKind.LIST]
    assert italian.revision.identifiers[0].value.endswith(":1#it")
    assert italian.warnings == (
        "Texts left out, by their role: summary.",
        (
            "Item 3 was left out. Status should be one of usable, withheld, canceled, embargoed, "
            "not 'frozen'."
        ),
    )
    assert (english.revision.language, len(english.revision.body)) == ("en", 2)
    assert deleted.revision.status is Status.CANCELED
    assert deleted.item is ItemKind.TEXT
    assert picture.item is ItemKind.PICTURE
    assert picture.revision.media == (Media(name="sala.jpg", caption="La nuova sala"),)


@pytest.mark.parametrize(
    ("managed", "status"),
    [
        ('<Status FormalName="Usable"/>', Status.USABLE),
        ('<Status FormalName="HOLD"/>', Status.WITHHELD),
        ('<Status FormalName="Canceled"/>', Status.CANCELED),
        ('<Status FormalName="Usable"/><Instruction FormalName="Delete"/>', Status.CANCELED),
        ('<Status FormalName="Usable"/><Instruction FormalName="Hold"/>', Status.WITHHELD),
        ('<Status FormalName="Canceled"/><Instruction FormalName="Hold"/>', Status.CANCELED),
        ('<Status FormalName="Embargoed"/>', None),
    ],
)
def test_the_strictest_of_status_and_instruction_holds(managed: str, status: Status | None) -> None:
    assert one(item(managed)).revision.status is status


@pytest.mark.parametrize("status", ["Embargoed", "Withheld", "Usable"])
def test_a_status_that_will_change_to_usable_is_an_embargo(status: str) -> None:
    change = (
        f'<Status FormalName="{status}"/><StatusWillChange><FutureStatus FormalName="Usable"/>'
        "<DateAndTime>20261124T080000</DateAndTime></StatusWillChange>"
    )
    found = one(item(change), Options(zone=ZoneInfo("Europe/Rome"))).revision
    assert found.embargo == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    unclear = one(item(change))
    assert unclear.revision.embargo is None
    assert any("Under embargo, but" in warning for warning in unclear.warnings)


def test_an_embargo_without_an_end_is_warned_of() -> None:
    found = one(item('<Status FormalName="Embargoed"/>'))
    assert found.warnings == ("Status: Under embargo, but its end is not stated.",)


@pytest.mark.parametrize(
    "lines",
    [
        (
            "<NewsLine><NewsLineType FormalName='Note'/><NewsLineText>EMBARGO until 24 November "
            "2026, 07:00 UTC</NewsLineText></NewsLine>"
        ),
        "<ByLineTitle>Sperrfrist: 24. November 2026, 8:00 Uhr MEZ</ByLineTitle>",
    ],
)
def test_an_embargo_in_a_line_holds(lines: str) -> None:
    found = one(item(lines=f"<HeadLine>Dock</HeadLine>{lines}")).revision
    assert found.embargo == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_the_embargo_of_nitf_inside_holds_too() -> None:
    nitf = (
        '<nitf><head><docdata management-status="KILL"><date.release norm="20261124T070000Z"/>'
        f"</docdata></head><body><body.content><p>{TEXT}</p></body.content></body></nitf>"
    )
    content = f"<ContentItem><DataContent>{nitf}</DataContent></ContentItem>"
    found = one(item(content=content)).revision
    assert found.embargo == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert found.status is Status.CANCELED


@pytest.mark.parametrize(
    "data",
    [
        f"<p>{TEXT}</p><p>Two.</p>",
        f"&lt;p&gt;{TEXT}&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;",
        f"<![CDATA[<nitf><body><body.content><p>{TEXT}</p><p>Two.</p></body.content></body></nitf>]]>",
        f"<body.content><p>{TEXT}</p><p>Two.</p></body.content>",
        f'<x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>{TEXT}</x:p><x:p>Two.</x:p></x:div>',
        f"\n{TEXT}\n\nTwo.\n",
        f'<Encoding Notation="Base64">{base64.b64encode(PLAIN).decode()}</Encoding>',
    ],
    ids=["xhtml", "escaped", "nitf as text", "fragment", "namespace", "plain", "base64"],
)
def test_the_text_in_whatever_way_it_is_sent(data: str) -> None:
    found = one(item(content=f"<ContentItem><DataContent>{data}</DataContent></ContentItem>"))
    assert texts(found) == [TEXT, "Two."]
    assert found.revision.headline == "Lowmere opens a dock"


def test_of_equivalent_texts_the_richest_is_read() -> None:
    plain = f"<ContentItem><MimeType FormalName='text/plain'/><DataContent>{TEXT}</DataContent>"
    html = "<ContentItem><Format FormalName='XHTML'/><DataContent><p>Rich.</p></DataContent>"
    content = f"{plain}</ContentItem>{html}</ContentItem>"
    assert texts(one(item(content=content))) == ["Rich."]
    parts = "".join(
        f"<NewsComponent>{part}</ContentItem></NewsComponent>" for part in (plain, html)
    )
    equal = f'<NewsComponent EquivalentsList="yes">{parts}</NewsComponent>'
    assert texts(one(item(content=equal))) == ["Rich."]


def test_a_text_that_lies_elsewhere() -> None:
    found = one(item(content='<ContentItem Href="https://l.example/7.html"/>'))
    assert found.warnings == ("The text was not sent: it lies at https://l.example/7.html.",)
    assert found.revision.headline == "Lowmere opens a dock"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Photo", ItemKind.PICTURE),
        ("Graphic", ItemKind.GRAPHIC),
        ("Video", ItemKind.VIDEO),
        ("Audio", ItemKind.AUDIO),
        ("ComplexData", ItemKind.OTHER),
    ],
)
def test_an_item_that_is_no_text_is_said_to_be_that(kind: str, expected: ItemKind) -> None:
    content = (
        f'<ContentItem Href="https://l.example/7"><MediaType FormalName="{kind}"/></ContentItem>'
    )
    found = one(item(content=content))
    assert found.item is expected
    assert found.revision.identifiers == (Identifier("newsml", "urn:newsml:l.example:20261123:7"),)
    with pytest.raises(NotARelease, match=f"holds {expected.value}, and no text"):
        receive(item(content=content).encode(), newsml1.about.media_types[0], Wishes())


def test_packages_and_concepts() -> None:
    package = item(content='<NewsItemRef NewsItem="urn:newsml:l.example:20261123:9:1"/>')
    assert one(package).item is ItemKind.PACKAGE
    inner = item().removeprefix("<NewsML>").removesuffix("</NewsML>")
    outer, text = read(item(content=inner))
    assert (outer.item, text.item) == (ItemKind.PACKAGE, ItemKind.TEXT)
    assert texts(text) == [TEXT]


def test_capitals_and_a_missing_identifier() -> None:
    data = item(identity="").upper().replace("FORMALNAME", "FormalName")
    found = one(data)
    assert found.revision.status is Status.USABLE
    assert texts(found) == [TEXT.upper()]
    assert found.warnings == ("The item has no identifier (NewsIdentifier).",)


def test_what_is_paid_is_labelled() -> None:
    more = (
        '<DescriptiveMetadata><Genre FormalName="Press Release"/>'
        '<Genre FormalName="Advertiser Supplied"/></DescriptiveMetadata>'
    )
    label = one(item(more=more)).revision.label
    assert label
    assert (label.kind, label.commissioned) == (LabelKind.PROMOTIONAL, True)


def test_it_is_only_read() -> None:
    with pytest.raises(UnknownFormat, match="only read"):
        newsml1.write(Revision())


@pytest.mark.parametrize(("path", "code"), samples("newsml1"))
def test_a_broken_document(path: Path, code: str) -> None:
    """``warning`` stands for a document that is read, with a warning that says what is wrong."""
    if code == "warning":
        found = one(path.read_bytes())
        assert found.revision.body
        assert len(found.warnings) == 1
        return
    with pytest.raises(DispaccioError) as raised:
        read(path.read_bytes())
    assert raised.value.code() == code
    assert raised.value.message.endswith(".")


STORY = "<NewsLines><HeadLine>x</HeadLine></NewsLines><ContentItem><DataContent/></ContentItem>"
PHOTO = '<ContentItem Href="x"><MediaType FormalName="Photo"/></ContentItem>'
CAPTION = '<Role FormalName="Caption"/><ContentItem><DataContent>y</DataContent></ContentItem>'


def components(*inner: str, times: int) -> str:
    return "".join(f"<NewsComponent>{one}</NewsComponent>" for one in inner) * times


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        item(content=components(STORY, times=8_000)),
        item(content=components(PHOTO, CAPTION, times=5_000)),
        "<NewsML>" + "<NewsItem>" * 190 + "</NewsItem>" * 190 + "</NewsML>",
        "<NewsML>" + "<NewsItem/>" * 5_000 + "</NewsML>",
    ],
    ids=["stories", "media", "nested", "items"],
)
def test_many_of_everything_costs_little(data: str) -> None:
    """Each is read, or refused, within the test's limit."""
    with suppress(TooLarge, MalformedDocument):
        read(data)


@given(st.data())
def test_any_damage_gives_readings_or_an_error(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["wire-nitf.xml", "several.xml"]))
    whole = (DATA / "newsml1" / name).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    to = data.draw(st.integers(at, min(len(whole), at + 60)))
    put = data.draw(st.sampled_from([b"", b"<p>", b"</p>", b"&lt;", b"\xff", b'"', b"<NewsItem/>"]))
    with suppress(DispaccioError):
        read(whole[:at] + put + whole[to:])


def test_it_is_recognised_and_nothing_else() -> None:
    data = (DATA / "newsml1" / "wire-nitf.xml").read_bytes()
    assert registry.detect(data) is newsml1 or registry.detect(data).name == "newsml-1"
    for other in ("<newsItem/>", "<newsMessage/>", "<nitf/>", "NewsML", "{}"):
        assert not newsml1.about.recognises(other.encode())
