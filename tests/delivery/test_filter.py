"""Filters: what they let through, how they read back, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispaccio.delivery import filter as filters
from dispaccio.delivery import known
from dispaccio.delivery.filter import Facts, Filter
from dispaccio.errors import MalformedFilter
from dispaccio.release import subjects
from dispaccio.testing import releases

SAID = replace(
    releases.english(), place="Città di Castello", subjects=(subjects.subject("20000209"),)
)
FACTS = Facts.of(SAID, "aurora-dairy")
ABOVE = subjects.parent("20000209")


@pytest.mark.parametrize(
    ("asked", "comes"),
    [
        ({}, True),
        ({"issuers": ["aurora-dairy"]}, True),
        ({"issuers": [SAID.issuer and SAID.issuer.name.upper()]}, True),
        ({"issuers": ["another"]}, False),
        ({"languages": ["en"]}, True),
        ({"languages": ["it", "en"]}, True),
        ({"languages": ["it"]}, False),
        ({"subjects": ["medtop:20000209"]}, True),
        ({"subjects": [f"medtop:{ABOVE}"]}, True),
        ({"subjects": ["medtop:15000000"]}, False),
        ({"places": ["castello"]}, True),
        ({"places": ["citta di"]}, True),
        ({"places": ["Bergamo"]}, False),
        ({"labels": [SAID.label and SAID.label.kind]}, True),
        ({"labels": ["regulated"]}, False),
        ({"words": SAID.headline.split()[0].upper()}, True),
        ({"words": SAID.headline.split()[0] + " xylophone"}, False),
        ({"languages": ["en"], "places": ["Bergamo"]}, False),
    ],
)
def test_what_comes_through(asked: dict[str, object], comes: bool) -> None:
    found = filters.parse(asked)
    assert found.matches(FACTS) is comes
    assert filters.read(found.write() or "{}") == found
    assert filters.matching([found.write() or "{}"], FACTS) == ([found.write() or "{}"] * comes)


def test_a_language_takes_its_regions_and_no_other() -> None:
    brazil = Facts.of(replace(SAID, language="pt-BR"), None)
    assert filters.parse({"languages": ["PT"]}).matches(brazil)
    assert not filters.parse({"languages": ["ptx"]}).matches(brazil)
    assert not filters.parse({"languages": ["pt-PT"]}).matches(brazil)


def test_alike_filters_are_the_same_text() -> None:
    one = filters.parse({"languages": ["it", "de", "it "], "words": " Comet  near "})
    other = filters.parse({"words": "Comet near", "languages": ["de", "it"]})
    assert one.write() == other.write()
    assert Filter().write() is None


def test_in_words() -> None:
    asked = filters.parse({"languages": ["it", "de"], "issuers": ["aurora"], "words": "comet"})
    assert asked.says() == "issued by aurora, in de or it, with the words “comet”"
    assert Filter().says() == "everything"


@pytest.mark.parametrize(
    ("tag", "better"),
    [("ita", "it"), ("deu-AT", "de-AT"), ("en-UK", "en-GB"), ("xx", None), ("it-ZZZZ-QX", None)],
)
def test_a_language_that_is_none(tag: str, better: str | None) -> None:
    asked = filters.parse({"languages": ["it", tag]})
    words = f"'{tag}' is no language tag.*did you mean '{better}'" if better else f"'{tag}' is no"
    with pytest.raises(MalformedFilter, match=words):
        known.require_languages(asked)


@pytest.mark.parametrize(
    "tag", ["it", "PT-br", "zh-Hans", "es-419", "sr-Latn-RS", "vec", "de-CH-1996", "en-x-twain"]
)
def test_a_language_that_is_one(tag: str) -> None:
    known.require_languages(filters.parse({"languages": [tag]}))


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ("medtop:99999999", "'medtop:99999999' is no Media Topic, and no release bears it"),
        ("medtop:04000001", r"did you mean 'medtop:04000000' \(economy, business and finance\)\?"),
        ("medtop:20000", "is no Media Topic"),
        ("medtopic:04000000", r"did you mean 'medtop:04000000'"),
        ("medtop:economia", r"did you mean 'medtop:20000344' \(economy\)\?"),
    ],
)
def test_a_subject_that_is_none(ref: str, words: str) -> None:
    with pytest.raises(MalformedFilter, match=words):
        known.require_subjects(filters.parse({"subjects": [ref]}), {"section:economy"})


def test_a_subject_that_is_one() -> None:
    fine = ["medtop:04000000", "medtop:20000209", "medtop:20000763", "section:economy"]
    known.require_subjects(filters.parse({"subjects": fine}), {"section:economy"})


def test_an_issuer_that_nobody_knows() -> None:
    names = ["aurora", "Aurora Dairy", "Bruma"]
    for fine in ("aurora", "AURORA DAIRY", "brumà"):
        known.require_issuers(filters.parse({"issuers": [fine]}), names)
    asked = filters.parse({"issuers": ["auroa"]})
    with pytest.raises(MalformedFilter, match="'auroa' on this wire; did you mean 'aurora'"):
        known.require_issuers(asked, names)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"colour": "red"}, "A filter has no 'colour'; there are: issuers, labels, languages"),
        ({"labels": ["paid"]}, "there is no label 'paid'; there are: institutional"),
        ({"labels": ["promotionl"]}, "'promotionl'; did you mean 'promotional'\\? There are: ins"),
        ({"languages": ["italian!"]}, "'italian!' is no language tag"),
        ({"subjects": ["economy"]}, "write scheme and code like medtop:04000000, not 'economy'"),
        ({"subjects": ["economi"]}, r"did you mean 'medtop:20000344' \(economy\)\?"),
        ({"issuers": 7}, "issuers: give a list of texts"),
        ({"places": ["x" * 201]}, "places: give up to 50 values of up to 200 characters"),
        ({"languages": [""]}, "languages: there is an empty value"),
        ({"words": " "}, "words: ' ' holds no word"),
        ({"words": "!?"}, "words: '!\\?' holds no word"),
        ({"words": "x" * 201}, "words: give a text of up to 200"),
    ],
)
def test_what_it_refuses(asked: dict[str, object], words: str) -> None:
    with pytest.raises(MalformedFilter, match=words):
        filters.parse(asked)
