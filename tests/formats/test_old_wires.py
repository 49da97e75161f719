"""ANPA 1312 and IPTC 7901: what their headers say, and nothing that they do not say."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.anatomy.embargo import unclear
from dispaccio.errors import DispaccioError, UnknownFormat
from dispaccio.formats import registry
from dispaccio.formats.anpa_1312 import anpa_1312
from dispaccio.formats.base import Format, Options
from dispaccio.formats.iptc_7901 import iptc_7901
from dispaccio.release.model import Identifier, Reading, Revision, Subject
from tests.support.broken import samples
from tests.support.source import ROOT

DATA = ROOT / "tests" / "data"
ANPA = (DATA / "anpa-1312" / "dock.anpa").read_bytes()
IPTC = (DATA / "iptc-7901" / "dock.iptc").read_bytes()
ROME = Options(zone=ZoneInfo("Europe/Rome"))
FORMATS: list[tuple[Format, bytes]] = [(anpa_1312, ANPA), (iptc_7901, IPTC)]
BOTH = pytest.mark.parametrize(("fmt", "data"), FORMATS, ids=["anpa", "iptc"])


def anpa(data: bytes = ANPA, options: Options | None = None) -> Reading:
    (found,) = anpa_1312.read(data, options or Options())
    return found


def iptc(data: bytes = IPTC, options: Options | None = None) -> Reading:
    (found,) = iptc_7901.read(data, options or Options())
    return found


def test_a_message_of_anpa() -> None:
    found = anpa()
    said = found.revision
    assert said.headline == "Lowmere opens a dock"
    assert said.author == "ADA FENWICK"
    assert said.slugline == "bc-lowmere-dock"
    assert said.editorial_note == "1st Ld"
    assert said.urgency == 3
    assert said.subjects == (Subject("anpa-category", "f"),)
    assert said.identifiers == (Identifier("anpa-1312", "a0123"),)
    assert said.created == datetime(2026, 5, 26, 13, tzinfo=UTC)
    first, second = said.body
    assert first.text.endswith("“We waited ten years,” said Ada Fenwick.")
    assert second.text == "It has ten berths and a waiting room."
    (warning,) = found.warnings
    assert warning.startswith("Typesetting codes")


def test_a_message_of_iptc() -> None:
    found = iptc()
    said = found.revision
    assert said.headline == "Lowmere eröffnet den ersten Steg für Fähren"
    assert said.slugline == "Lowmere/Verkehr/"
    assert said.editorial_note == "Hafen"
    assert said.urgency == 4
    assert said.subjects == (Subject("iptc-7901-category", "pol"),)
    assert said.identifiers == (Identifier("iptc-7901", "lmr0123"),)
    assert said.created == datetime(2026, 5, 26, 9, tzinfo=UTC)
    assert [block.text[-9:] for block in said.body] == ["n Plätze.", " Fenwick."]
    assert found.warnings == ("The text is not UTF-8; it was read as windows-1252.",)
    assert iptc(IPTC, Options(charset="iso-8859-1")).warnings == ()


@pytest.mark.parametrize("name", ["anpa-1312/two.anpa", "iptc-7901/two.iptc"])
def test_a_transmission_of_several(name: str) -> None:
    data = (DATA / name).read_bytes()
    first, second = registry.read(data)
    assert "Boote" in second.revision.headline + (second.revision.slugline or "") or (
        "boats" in (second.revision.slugline or "")
    )
    broken = data.replace(b"\x01", b"\x01???", 1)
    (left,) = registry.read(broken, first.format)
    assert left.revision == second.revision
    assert "Item 1 was left out." in left.warnings[-1]


@BOTH
def test_they_are_known_by_their_control_characters(fmt: Format, data: bytes) -> None:
    assert registry.detect(data).name == fmt.name
    assert registry.detect(b"\x16\r\n" + data).name == fmt.name
    for sign in (b"\x01", b"\x02"):
        assert not fmt.about.recognises(data.replace(sign, b" "))


# Times: the year, the zone and the day are never guessed


@pytest.mark.parametrize(
    ("trailer", "expected"),
    [
        (b"pnt-lm-05-26-26 0900EDT", datetime(2026, 5, 26, 13, tzinfo=UTC)),
        (b"pnt-lm-05-26-2026 0900GMT", datetime(2026, 5, 26, 9, tzinfo=UTC)),
        (b"pnt-lm-05-26-99 0900GMT", datetime(1999, 5, 26, 9, tzinfo=UTC)),
        (b"pnt-lm-05-26-26 0900", datetime(2026, 5, 26, 7, tzinfo=UTC)),
        (b"pnt-lm-05-26-26 0900CST", None),
        (b"pnt-lm-02-31-26 0900GMT", None),
        (b"pnt-lm-13-26-26 0900GMT", None),
        (b"pnt-lm-05-26-26 2561GMT", None),
        (b"", None),
    ],
)
def test_the_time_of_anpa(trailer: bytes, expected: datetime | None) -> None:
    found = anpa(ANPA.replace(b"pnt-lm-05-26-26 0900EDT", trailer), ROME)
    assert found.revision.created == expected
    left = [warning for warning in found.warnings if "left out" in warning]
    assert bool(left) == (expected is None)


@pytest.mark.parametrize(
    ("trailer", "expected"),
    [
        ("260900 GMT Mai 26", datetime(2026, 5, 26, 9, tzinfo=UTC)),
        ("260900 MESZ Mai 2026", datetime(2026, 5, 26, 7, tzinfo=UTC)),
        ("260900 may 26", datetime(2026, 5, 26, 7, tzinfo=UTC)),
        ("260900 GMT Mai", None),
        ("260900 IST may 26", None),
        ("310900 GMT feb 26", None),
        ("262560 GMT may 26", None),
    ],
)
def test_the_time_of_iptc(trailer: str, expected: datetime | None) -> None:
    found = iptc(IPTC.replace(b"260900 GMT Mai 26", trailer.encode()), ROME)
    assert found.revision.created == expected
    left = [warning for warning in found.warnings if "left out" in warning]
    assert bool(left) == (expected is None)
    assert any("no year" in warning for warning in left) == trailer.endswith("GMT Mai")


def test_a_time_without_a_zone_needs_one() -> None:
    found = anpa(ANPA.replace(b"0900EDT", b"0900"))
    assert found.revision.created is None
    assert "it states no zone, and none is set" in " ".join(found.warnings)


def test_the_time_may_stand_in_the_last_line_of_the_text() -> None:
    data = (DATA / "iptc-7901" / "two.iptc").read_bytes()
    _, second = iptc_7901.read(data, ROME)
    assert second.revision.created == datetime(2026, 5, 26, 7, 5, tzinfo=UTC)
    assert "260905" not in "".join(block.text for block in second.revision.body)


# The embargo


@pytest.mark.parametrize("version", [b", Adv26", b", Hold", b", 1st Ld-Adv", b", EMBARGOED"])
def test_what_is_sent_in_advance_is_held(version: bytes) -> None:
    assert unclear(anpa(ANPA.replace(b", 1st Ld", version)).warnings)
    assert not unclear(anpa().warnings)
    assert unclear(iptc(IPTC.replace(b" Hafen\r", version.replace(b",", b"") + b"\r")).warnings)


@BOTH
def test_an_embargo_in_the_text_holds(fmt: Format, data: bytes) -> None:
    held = data.replace(b"\x02", b"\x02EMBARGO: 27 May 2026, 10:00 CEST\r\n\r\n")
    (found,) = fmt.read(held, Options())
    assert found.revision.embargo == datetime(2026, 5, 27, 8, tzinfo=UTC)


# What is odd


@BOTH
def test_unknown_control_characters_are_shown(fmt: Format, data: bytes) -> None:
    (found,) = fmt.read(data.replace(b"Lowmere", b"Low\x0emere\x1b", 1), Options())
    changed = data.replace(b"ten", b"ten\x0e").replace(b"Steg", b"Steg\x0e")
    (found,) = fmt.read(changed, Options())
    assert any("0x0e" in warning for warning in found.warnings)
    text = found.revision.headline + "".join(block.text for block in found.revision.body)
    assert "\u240e" in text


@BOTH
def test_a_text_that_is_cut_short_is_said_to_be(fmt: Format, data: bytes) -> None:
    (found,) = fmt.read(data.partition(b"\x03")[0], Options())
    assert "The message is cut short: its ETX is missing." in found.warnings
    (found,) = fmt.read(data.replace(b" 0042", b" 0420").replace(b" 0030", b" 0300"), Options())
    assert any("is it whole?" in warning for warning in found.warnings)


@BOTH
def test_line_ends_may_be_any(fmt: Format, data: bytes) -> None:
    (found,) = fmt.read(data.replace(b"\r\n", b"\n"), Options())
    assert [found] == fmt.read(data, Options())


@pytest.mark.parametrize(
    ("fmt", "path", "code"),
    [
        pytest.param(fmt, *param.values, id=f"{fmt.name}-{param.id}")  # type: ignore[attr-defined]
        for fmt, _ in FORMATS
        for param in samples(fmt.name)
    ],
)
def test_broken_samples(fmt: Format, path: Path, code: str) -> None:
    with pytest.raises(DispaccioError) as raised:
        fmt.read(path.read_bytes(), Options())
    assert raised.value.code() == code


PIECES = [b"\x01", b"\x02", b"\x03", b"a0123", b"lmr0123 4 pol 0030 x\r\n", b"u f x 05-26 0010\r\n"]


@given(st.lists(st.sampled_from([*PIECES, ANPA, IPTC]) | st.binary(max_size=8), max_size=12))
def test_nothing_else_than_an_error_of_ours(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    for fmt, _ in FORMATS:
        fmt.about.recognises(data)
        try:
            found = fmt.read(data, Options())
        except DispaccioError:
            continue
        assert all(isinstance(item, Reading) for item in found)


@BOTH
def test_long_rubbish_is_quick(fmt: Format, data: bytes) -> None:
    head = data.partition(b"\x02")[0]
    for rubbish in (
        *(b"a " * 90_000, b"<^" * 90_000, b"26 " * 90_000, b"\x01" * 50_000),
        *(b" " * 90_000 + b"x", b"^" + b" " * 90_000 + b"x<<", b"^By ab" + b" " * 90_000 + b"x"),
    ):
        in_text = head + b"\x02" + rubbish
        for document in (data + rubbish, head + rubbish + b"\x02x y z.\x03", in_text):
            started = time.process_time()
            try:
                fmt.read(document, Options())
            except DispaccioError:
                continue
            assert time.process_time() - started < 4, (document[:9], rubbish[:3])


@BOTH
def test_they_are_not_written(fmt: Format, data: bytes) -> None:
    with pytest.raises(UnknownFormat):
        fmt.write(Revision())
