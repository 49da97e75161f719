"""What a file is, and what it is called: bad inputs 7, 9 and 39."""

from __future__ import annotations

import io
import zipfile

import pytest

from dispaccio.errors import DamagedFile, UnsupportedFile
from dispaccio.media import kinds, names
from dispaccio.media.kinds import JPEG, PDF, PNG, SVG, ZIP, FileType
from tests.media import samples


def _zip(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for index in range(count):
            archive.writestr(f"{index}.txt", "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (samples.jpeg(10, 10), "a.png", "image/jpeg"),
        (samples.encoded("PNG", "RGB", 9, 9), "a", "image/png"),
        (samples.encoded("WEBP", "RGB", 9, 9), "a", "image/webp"),
        (samples.encoded("GIF", "P", 9, 9), "a", "image/gif"),
        (b"%PDF-1.7\n%%EOF", "a", "application/pdf"),
        (_zip(3), "a.zip", "application/zip"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "a", "audio/wav"),
        (b"ID3\x04\0\0", "a", "audio/mpeg"),
        (b"\xff\xfb\x90\0", "a", "audio/mpeg"),
        (b"fLaC\0\0", "a", "audio/flac"),
        (b"OggS\0\x02" + b"\0" * 20 + b"OpusHead", "a", "audio/ogg"),
        (b"\0\0\0\x18ftypisom", "a", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "a", "audio/mp4"),
        (b"\0\0\0\x18ftypqt  ", "a", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01webm", "a", "video/webm"),
        (
            b"<?xml version='1.0'?><!-- x --><svg onload='alert(1)'>",
            "a",
            "application/octet-stream",
        ),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, name: str, expected: str) -> None:
    assert kinds.recognise(data[: kinds.HEAD], name).media_type == expected


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "photo.jpg"),
        (b"<html><svg></svg></html>", "photo.svg"),
        (b"MZ\x90\0", "report.docx"),
        (b"\x7fELF", "photo.png"),
        (b"#!/bin/sh\n", "a.pdf"),
        (_zip(1), "report.docx"),
        (b"\0\0\0\x18ftypheic", "photo.jpg"),
        (b"", "photo.jpg"),
    ],
)
def test_anything_else_is_refused_with_what_is_taken(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFile, match=r"PDF"):
        kinds.recognise(data, name)


def test_a_file_that_is_cut_off_is_refused() -> None:
    archive = _zip(10_000)
    kinds.check_end(ZIP, archive[-kinds.TAIL :], "a.zip")
    for kind, data in ((ZIP, archive[:-50]), (PDF, b"%PDF-1.7\n1 0 obj")):
        with pytest.raises(DamagedFile):
            kinds.check_end(kind, data[-kinds.TAIL :], "a")


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        ("../../etc/passwd", JPEG, "passwd.jpg"),
        ("C:\\pictures\\Città di notte.JPEG", JPEG, "Città-di-notte.jpeg"),
        ("CON", PNG, "file-CON.png"),
        ("con.png", PNG, "file-con.png"),
        ("photo\u202egpj.exe", JPEG, "photogpj.jpg"),
        ("صورة الوزير.jpg", JPEG, "صورة-الوزير.jpg"),
        ("a\nb\r\nSet-Cookie: x.pdf", PDF, "a-b-Set-Cookie-x.pdf"),
        ("", PDF, "file.pdf"),
        (".htaccess", PDF, "htaccess.pdf"),
        ("...", ZIP, "file.zip"),
        ("a%2f..%2fb?c#d.svg", SVG, "a-2f..-2fb-c-d.svg"),
        ("e\u0301.jpg", JPEG, "é.jpg"),
        ("v2.1 final", PDF, "v2.1-final.pdf"),
    ],
)
def test_names_are_harmless(given: str, kind: FileType, expected: str) -> None:
    assert names.clean(given, kind) == expected


@pytest.mark.parametrize("letter", ["x", "字", "ي", "😀"])
def test_a_name_of_three_hundred_characters_is_cut(letter: str) -> None:
    found = names.clean(letter * 300 + ".jpg", JPEG)
    assert found.endswith(".jpg") and len(found) <= names.LONGEST and len(found.encode()) <= 255
    assert names.stem(found) == letter * len(names.stem(found))
