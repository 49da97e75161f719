"""Strict JSON and text: what two readers could read differently is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.errors import (
    EmptyInput,
    InputError,
    MalformedDocument,
    NotText,
    TooLarge,
    UnknownFormat,
    WrongCharset,
)
from dispaccio.formats import registry, strict
from dispaccio.formats.base import MAX_BYTES

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_characters="\x00")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(values, st.booleans())
def test_json_is_read(value: Any, ascii_: bool) -> None:
    try:
        data = json.dumps(value, ensure_ascii=ascii_).encode()
    except UnicodeEncodeError:
        return
    if "\\ud" in json.dumps(value):  # a lone surrogate, perhaps
        with suppress(MalformedDocument):
            assert strict.load_json(data) == value
        return
    assert strict.load_json(data) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_answered(data: bytes) -> None:
    with suppress(InputError):
        strict.load_json(data)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", MalformedDocument, "line 1, column 1"),
        (b'{"a": 1,}', MalformedDocument, "line 1, column 9"),
        (b'{"a": 1}\n}', MalformedDocument, "line 2, column 1"),
        (b'{"a": 1, "a": 2}', MalformedDocument, "'a' stands twice"),
        (b'{"a": 1, "\\u0061": 2}', MalformedDocument, "'a' stands twice"),
        (b"[NaN]", MalformedDocument, "NaN"),
        (b"[-Infinity]", MalformedDocument, "-Infinity"),
        (b"[" * 65 + b"]" * 65, MalformedDocument, "deeper than 64"),
        (b'["' + b"[" * 100 + b'"]' * 1 + b"[" * 100, MalformedDocument, ""),
        (b'["\\ud83d"]', MalformedDocument, "lone surrogate"),
        (b'["\\u0000"]', NotText, "NUL"),
        (b'["\x00"]', NotText, "NUL at byte 2"),
        (b'["\xff"]', WrongCharset, "Byte 2"),
        (b"9" * 5000, MalformedDocument, "number too long"),
        (b"{'a': 1}", MalformedDocument, "line 1"),
        (b'["\x01"]', MalformedDocument, "line 1"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_refused(data: bytes, error: type[InputError], words: str) -> None:
    with pytest.raises(error) as refused:
        strict.load_json(data)
    assert words in refused.value.message


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf[1]",
        b"[" * 64 + b"]" * 64,
        b'["[[[[\\"[[["]',
        b'["\\\\u0000"]',
        b'["\\ud83d\\ude00"]',
    ],
    ids=repr,
)
def test_what_is_taken(data: bytes) -> None:
    assert strict.load_json(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * MAX_BYTES,
        b'{"a":' * (MAX_BYTES // 5),
        b'"' * MAX_BYTES,
        b'"\\' * (MAX_BYTES // 2),
        b"9" * MAX_BYTES,
        b'["' + b"\\u0041" * (MAX_BYTES // 7) + b'"]',
    ],
    ids=["arrays", "objects", "quotes", "escapes", "digits", "letters"],
)
def test_nothing_takes_long(data: bytes) -> None:
    began = perf_counter()
    with suppress(InputError):
        strict.load_json(data)
    assert perf_counter() - began < 10


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("é".encode(), "utf-8", "é"),
        (b"\xef\xbb\xbfa", "UTF8", "a"),
        ("é".encode("latin-1"), "iso-8859-1", "é"),
        ("é".encode("cp1252"), "windows-1252", "é"),
        ("中".encode("gb18030"), "GB18030", "中"),
        ("aé".encode("utf-16"), "utf-16", "aé"),
    ],
)
def test_text_in_its_charset(data: bytes, charset: str, text: str) -> None:
    assert strict.decode(data, charset) == text


@pytest.mark.parametrize(
    ("data", "charset", "error"),
    [
        (b"a\xff", "utf-8", WrongCharset),
        (b"\xed\xa0\x80", "utf-8", WrongCharset),
        (b"\xc0\x80", "utf-8", WrongCharset),
        (b"a", "nonsense", WrongCharset),
        (b"a", "", WrongCharset),
        (b"+AGEA", "utf-7", WrongCharset),
        (b"a", "unicode_escape", WrongCharset),
        (b"a", "rot13", WrongCharset),
        (b"YQ==", "base64", WrongCharset),
        (b"x", "zlib", WrongCharset),
        (b"x", "idna", WrongCharset),
        (b"a", "utf-8\x00", WrongCharset),
        (b"a" * 9, "x" * 5000, WrongCharset),
        (b"a\x00", "utf-8", NotText),
        ("Little ends first".encode("utf-16-le"), "utf-8", WrongCharset),
        ("Big ends first".encode("utf-16-be"), "utf-8", WrongCharset),
        (bytes(40) + "A headline".encode("utf-16-be"), "utf-8", NotText),
        ("a\x00".encode("utf-16"), "utf-16", NotText),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_nothing_is_replaced_in_silence(data: bytes, charset: str, error: type[InputError]) -> None:
    with pytest.raises(error) as refused:
        strict.decode(data, charset)
    assert len(refused.value.message) < 200


class TestRegistry:
    """Finding formats."""

    def test_every_built_in_format_is_found_by_name_and_media_type(self) -> None:
        found = registry.formats()
        assert {"dispaccio", "html", "markdown", "ninjs", "text"} <= set(found)
        for name, format in found.items():
            assert registry.by_name(name) is format
            if format.about.reads and format.about.media_types[0] != "application/json":
                kind = format.about.media_types[0].upper() + "; charset=utf-8"
                assert registry.by_media_type(kind).name == name

    @pytest.mark.parametrize("name", ["", "Dispaccio", "pdf", "../native"])
    def test_a_name_that_is_none(self, name: str) -> None:
        with pytest.raises(UnknownFormat, match=r"[Tt]here are: .*dispaccio"):
            registry.by_name(name)

    @pytest.mark.parametrize("kind", ["", "application/pdf", "text", "*/*", "image/png"])
    def test_a_media_type_that_is_not_read(self, kind: str) -> None:
        with pytest.raises(UnknownFormat):
            registry.by_media_type(kind)

    @pytest.mark.parametrize("data", [b"", b" \n\t "])
    def test_nothing(self, data: bytes) -> None:
        with pytest.raises(EmptyInput):
            registry.read(data)

    def test_too_much(self) -> None:
        with pytest.raises(TooLarge, match="4,194,305 bytes"):
            registry.read(b"x" * (MAX_BYTES + 1))

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b'{"title": "x"}', "dispaccio"),
            (b"<!doctype html><title>x</title>", "html"),
            (b"Aurora opens a dairy\n\nIt is the third.\n", "text"),
        ],
    )
    def test_a_document_by_its_own_marks(self, data: bytes, name: str) -> None:
        assert registry.detect(data).name == name
