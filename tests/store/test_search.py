"""Search: every word of a query, newest first, in any script, and no character is an operator."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispaccio.errors import SearchUnavailable
from dispaccio.store import search
from dispaccio.store.engine import Store
from tests.store.rows import NOW, Rows

TEXTS = {
    1: "Aurora opens a dairy in Bergamo, the third",
    2: "中国北京的奶酪工厂",
    3: "Ministère de la Santé: Éclair à l'été, e\u0301cole",
    4: "กรุงเทพมหานคร ข่าวประชาสัมพันธ์",
    5: "コーヒーとチーズ",
    6: "Саопштење за јавност: нова млекара",
    7: "بيان صحفي عن مصنع الألبان",
    8: 'Aurora closes. AND OR NOT NEAR col:one "quoted" (x) ^y* 12-3 CO₂ ﬁne',
    9: "ភ្នំពេញ",
    10: "ວຽງຈັນ",
    11: "हिन्दी में समाचार",
    12: "सम हद",
}


Ask = Callable[..., list[int]]


def indexed(path: Path) -> Rows:
    rows = Rows(Store(path))
    with rows.store.write(NOW) as tx:
        search.put(tx, ((number, None, text) for number, text in TEXTS.items()))
    return rows


@pytest.fixture(scope="module")
def found(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks an index that nobody changes."""
    rows = indexed(Path(shutil.copy(migrated, tmp_path_factory.mktemp("search") / "wire.db")))
    yield lambda query, **more: rows.read(search.find, query, **({"limit": 20} | more))
    rows.store.close()


@pytest.fixture
def changing(migrated: Path, tmp_path: Path) -> Iterator[Rows]:
    """An index that a test may change."""
    rows = indexed(Path(shutil.copy(migrated, tmp_path / "wire.db")))
    yield rows
    rows.store.close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("aurora", [8, 1]),
        ("AURORA Bergamo", [1]),
        ("bergamo third dairy", [1]),
        ("aurora milk", []),
        ("北京", [2]),
        ("奶酪", [2]),
        ("京北", []),
        ("中国 工厂", [2]),
        ("sante", [3]),
        ("SANTÉ", [3]),
        ("ecole eclair", [3]),
        ("กรุงเทพ", [4]),
        ("ข่าว", [4]),
        ("チーズ", [5]),
        ("ﾁｰｽﾞ", [5]),
        ("јавност", [6]),
        ("صحفي", [7]),
        ("co2 fine", [8]),
        ("ភ្នំ", [9]),
        ("ວຽງ", [10]),
        ("हिन्दी", [11]),
        ("समाचार हिन्दी", [11]),
        ("auro", []),
        ("", []),
        ("   ", []),
        ("—", []),
    ],
)
def test_queries(found: Ask, query: str, expected: list[int]) -> None:
    assert found(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '""',
        "AND",
        "aurora AND",
        "NOT aurora",
        "aurora OR milk",
        "NEAR(aurora dairy)",
        "auro*",
        "^aurora",
        "words:aurora",
        "{words}: aurora",
        "-aurora",
        "aurora + dairy",
        "(",
        ")",
        "'; DROP TABLE search; --",
        "\x00",
        "\ud83d",
        "a" * 10_000,
        "a " * 10_000,
        '"unbalanced',
        "rank MATCH 'x'",
    ],
    ids=lambda query: repr(query[:24]),
)
def test_no_character_is_an_operator(found: Ask, query: str) -> None:
    assert isinstance(found(query), list)
    assert found("aurora") == [8, 1]


def test_operators_are_words(found: Ask) -> None:
    assert found("and or not near") == [8]
    assert found("NOT aurora") == [8]


def test_newest_first_in_pages(found: Ask) -> None:
    assert found("aurora", limit=1) == [8]
    assert found("aurora", limit=1, before=8) == [1]
    assert found("aurora", limit=1, before=1) == found("aurora", before=0) == []


def test_a_later_text_takes_the_place_of_the_earlier(changing: Rows) -> None:
    changing.write(search.put, [(1, None, "Quite another text")])
    assert changing.read(search.find, "bergamo", limit=9) == []
    assert changing.read(search.find, "quite another", limit=9) == [1]


def test_what_is_dropped_is_found_no_more(changing: Rows) -> None:
    changing.write(search.drop, 1)
    changing.write(search.drop, 99)
    assert changing.read(search.find, "bergamo", limit=9) == []


@given(query=st.text(max_size=40))
@settings(max_examples=200)
def test_any_query_is_answered(found: Ask, query: str) -> None:
    assert len(found(query)) <= len(TEXTS)


def test_postgresql_says_that_it_cannot_yet(migrated_postgres: str) -> None:
    rows = Rows(Store(migrated_postgres))
    rows.write(search.put, [(1, None, "text")])
    rows.write(search.drop, 1)
    with pytest.raises(SearchUnavailable):
        rows.read(search.find, "text", limit=1)
    rows.store.close()
