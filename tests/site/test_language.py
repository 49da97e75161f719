"""The pages speak English and Italian, completely."""

from __future__ import annotations

import re

import pytest

from dispaccio.release.label import Label, LabelKind
from dispaccio.release.model import SIGNED_WORDS
from dispaccio.site import language
from tests.support import messages

PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("name", sorted(set(language.LANGUAGES) - {language.DEFAULT}))
def test_nothing_is_left_untranslated(name: str) -> None:
    kept = messages.read(name, messages.catalogues()[name])
    said = [message for message in messages.said() if message.id]
    assert len(said) > 60
    for message in said:
        found = kept.get(message.id)
        assert found is not None, f"{message.id!r}: run python -m tests.support.messages"
        forms = found.string if isinstance(found.string, tuple) else (found.string,)
        assert all(forms), f"{message.id!r} has no translation"
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        for form, original in zip(forms, ids, strict=True):
            assert set(PLACE.findall(form)) == set(PLACE.findall(original)), message.id
    stale = {message.id for message in kept if message.id} - {message.id for message in said}
    assert not stale, f"no page says: {stale}"


def test_the_three_ways_of_signing_have_their_fixed_words() -> None:
    said = {message.id for message in messages.said()}
    assert set(SIGNED_WORDS.values()) <= said


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (b"", "en"),
        (b"it", "it"),
        (b"it-CH,en;q=0.8", "it"),
        (b"de,fr;q=0.9", "en"),
        (b"en;q=0.4, it;q=0.7", "it"),
        (b"it;q=0, en;q=0.1", "en"),
        (b"it;q=x", "en"),
        (b"\xff\xfe,;;q=,it;q=1e9", "it"),
    ],
)
def test_the_reader_chooses_by_header(header: bytes, chosen: str) -> None:
    assert language.preferred(header) == chosen


@pytest.mark.parametrize(
    ("words", "release", "found"),
    [
        ("Comunicato stampa – contenuto promozionale", "en", "it"),
        ("COMUNICATO STAMPA - CONTENUTO PROMOZIONALE", "en", "it"),
        ("Press release – promotional content", "en-GB", "en"),
        ("Sponsored by us", "en", None),
    ],
)
def test_a_labels_words_have_their_own_language(
    words: str, release: str, found: str | None
) -> None:
    assert language.label_language(Label(LabelKind.PROMOTIONAL, words), release) == found
