"""Names that a wire may send (bad input 39), and files that are whole or not there."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.delivery import filename
from dispaccio.errors import MalformedReceiver
from dispaccio.receive import files
from dispaccio.receive.delivery import Delivery, Known
from dispaccio.receive.targets import Folder

BAD = [
    "../../x",
    "..",
    ".",
    "",
    "/etc/passwd",
    "CON",
    "con.txt",
    "LPT1",
    "a" * 300,
    "\u202egnp.exe",
    "two\nlines",
    "nul\x00",
    "C:\\windows",
    ".hidden",
    "trailing. ",
    "é" * 300,
    "🎉" * 100,
    "a\u200bb",
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_bad_number_stays_in_the_folder_as_a_harmless_name(tmp_path: Path, bad: str) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    delivery = Delivery("r", 1, number=bad, document=b"text", media_type="text/plain")
    notes = Folder(folder).take(delivery, Known())
    [written] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written.read_bytes() == b"text"
    assert written.parent == folder
    assert _harmless(written.name)
    assert notes == {"file": written.name}


@given(st.text(max_size=400), st.sampled_from(["{number}.v{version}", "{title}/{number}{version}"]))
def test_no_name_leads_out(text: str, template: str) -> None:
    places = {"number": text, "version": "1", "title": text, "suffix": ""}
    path = filename.fill(template, places)
    assert not path.is_absolute()
    assert all(_harmless(part) for part in path.parts)
    assert len(path.parts) == len(PurePosixPath(template).parts)


def _harmless(name: str) -> bool:
    device = name.partition(".")[0].upper() in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
    plain = name.isprintable() and not set(name) & set('/\\:*?"<>|\u202e\u200b')
    return plain and not device and not name.startswith(".") and 0 < len(name.encode()) <= 220


@pytest.mark.parametrize(
    "template",
    ["../{number}{version}", "/{number}{version}", "{number}", "{number}/{version}/{x}", "{number"],
)
def test_a_template_that_cannot_be_used(tmp_path: Path, template: str) -> None:
    with pytest.raises(MalformedReceiver):
        Folder(tmp_path, template)


def test_a_template_with_folders(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "{issuer}/{number}.v{version}.{kind}{suffix}")
    delivery = Delivery("r", 2, "T1", "correction", issuer="Aurora / Dairy", document=b"{}")
    folder.take(delivery, Known())
    assert (tmp_path / "Aurora - Dairy" / "T1.v2.correction.bin").read_bytes() == b"{}"


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        files.write(tmp_path / "new" / "deep" / "file", data)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["file"]
    assert (tmp_path / "new" / "deep" / "file").read_bytes() == b"two"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MalformedReceiver):
        Folder(tmp_path / "none")
