"""Documents of word processors: what of them is kept, what is said to be left out, and bombs."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from dispaccio.errors import InputError, MalformedDocument, TooLarge
from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.release.body import MarkKind
from dispaccio.release.model import Reading
from tests.support import word
from tests.support.broken import samples


def read(data: bytes, name: str) -> Reading:
    assert registry.detect(data).name == name
    [found] = registry.read(data)
    return found


@pytest.mark.parametrize("name", ["docx", "odt"])
def test_a_text_is_read_as_it_was_written(name: str) -> None:
    found = read(getattr(word, name)(), name)
    said = found.revision
    assert said.headline == "Aurora opens a third dairy in Bergamo"
    blocks = [(block.kind.value, block.text, block.ordered) for block in said.body]
    lists = (
        [("list", "milk\nyoghurt", False), ("list", "first\nsecond", True)]
        if name == "docx"
        else [("list", "milk\nfresh", False), ("list", "first", True)]
    )
    table = "a\tb\n1\t2" if name == "docx" else "a\tb"
    assert blocks == [
        ("paragraph", "The third plant makes H2O clean; see the page. Yes.", False),
        ("heading", "What it makes", False),
        *lists,
        ("quote", "A good day, said the mayor of the town.", False),
        ("table", table, False),
        ("paragraph", "It will employ 120 people from the first day of the coming year.", False),
    ]
    marks = [
        (said.body[0].text[mark.start : mark.end], mark.kind, mark.href)
        for mark in said.body[0].marks
    ]
    assert marks == [
        ("third plant", MarkKind.STRONG, None),
        ("2", MarkKind.SUB, None),
        ("the page", MarkKind.LINK, "https://aurora-dairy.example/"),
    ]
    assert any("Pictures" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("name", "path", "code"),
    [
        pytest.param(name, *param.values, id=f"{name}-{param.id}")  # type: ignore[attr-defined]
        for name in ("docx", "odt")
        for param in samples(name)
    ],
)
def test_broken_samples(name: str, path: Path, code: str) -> None:
    with pytest.raises(InputError) as raised:
        registry.by_name(name).read(path.read_bytes(), Options())
    assert raised.value.code() == code


def test_the_samples_are_those_that_are_made() -> None:
    for path, (content, _) in word.broken().items():
        kept = word.ROOT / "tests" / "data" / "broken" / path
        assert kept.read_bytes() == content, "python -m tests.support.word"


def bomb(name: str, size: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        with target.open(name, "w", force_zip64=True) as file:
            for _ in range(size // 1_000_000):
                file.write(b" " * 1_000_000)
        target.writestr("word/document.xml", "<a/>")
    return made.getvalue()


@pytest.mark.parametrize("name", ["word/styles.xml", "word/media/image1.png"])
def test_a_bomb_is_counted_before_it_is_read(name: str) -> None:
    """Bad input 5: a small file that unpacks to 300 MB."""
    data, began = bomb(name, 300_000_000), time.process_time()
    with pytest.raises(TooLarge, match="unpacks"):
        registry.by_name("docx").read(data, Options())
    assert time.process_time() - began < 2


def test_what_lies_about_its_size_is_stopped_while_it_is_read() -> None:
    data = word.docx(**{"word/styles.xml": b" " * 9_000_000})
    small = data.replace((9_000_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert small != data
    with pytest.raises(InputError):
        registry.by_name("docx").read(small, Options())


@pytest.mark.parametrize(
    "files",
    [
        {"../evil": "x"},
        {"/etc/passwd": "x"},
        {"a\\..\\..\\b": "x"},
        {"C:/x": "x"},
        {f"f/{at}": "" for at in range(2_001)},
    ],
    ids=["up", "root", "backslash", "drive", "many"],
)
def test_names_that_lead_out_and_crowds_are_refused(files: dict[str, str]) -> None:
    """Bad input 6."""
    with pytest.raises((MalformedDocument, TooLarge)):
        registry.by_name("docx").read(word.docx(**files), Options())


def test_two_files_of_one_name_are_refused() -> None:
    made = io.BytesIO(word.docx())
    with zipfile.ZipFile(made, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr("word/document.xml", "<a/>")
    with pytest.raises(MalformedDocument, match="two files"):
        registry.by_name("docx").read(made.getvalue(), Options())


def test_a_link_in_it_is_refused() -> None:
    made = io.BytesIO(word.docx())
    with zipfile.ZipFile(made, "a") as target:
        about = zipfile.ZipInfo("word/link")
        about.external_attr = 0o120777 << 16
        target.writestr(about, "/etc/passwd")
    with pytest.raises(MalformedDocument, match="link"):
        registry.by_name("docx").read(made.getvalue(), Options())


def test_deep_nesting_ends_in_an_error_or_a_text() -> None:
    deep = "<w:ins>" * 200 + word.run("x") + "</w:ins>" * 200
    [found] = registry.read(word.docx(word.BODY + word.paragraph(deep)))
    assert found.revision.body
    with pytest.raises(MalformedDocument):
        registry.read(word.docx("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000))
