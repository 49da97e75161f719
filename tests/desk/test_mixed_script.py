from __future__ import annotations

import pytest

from dispaccio.desk.checks.base import Severity
from dispaccio.release.model import Contact, Party
from tests.desk.cases import quotes, release, said, severities

CHECK = "mixed-script"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.mark.parametrize(
    "word",
    [
        "Саntieri",  # Cyrillic Es and a
        "Аrvello",  # Cyrillic A
        "Teslа",  # Cyrillic a at the end
        "ВМW",  # Cyrillic Ve and Em
        "Αrvello",  # Greek Alpha
        "Οfficine",  # Greek Omicron
        "Мoсква",  # Latin o in a Cyrillic word
        "Аθήνα",  # Cyrillic A in a Greek word
        "А\u0301rvello",  # with an accent that has no composed form
    ],
)
def test_a_disguised_word_is_an_error_in_title_and_names(word: str) -> None:
    assert quotes(CHECK, release(headline=f"{word} opens a dock")) == [word]
    assert severities(CHECK, release(headline=f"{word} opens a dock")) == [ERROR]
    assert severities(CHECK, release(contacts=(Contact(name=f"Ada {word}"),))) == [ERROR]
    assert severities(CHECK, release(contacts=(Contact(organisation=word),))) == [ERROR]
    assert severities(CHECK, release(issuer=Party(word))) == [ERROR]


@pytest.mark.parametrize(
    "text",
    [
        "Градска болница отвара Google учионицу",  # a Latin name beside Cyrillic words
        "Новый iPhone-клуб и IT-компания, PDF-файл, SMSка, XXв",
        "東京でAIを学ぶドック・カフェ",  # Han, Kana and Latin
        "TNFα, IFNγ and NFκB at ΔT of 5 kΩ and 3 μm, λmax, αB, IL-1β, χ2",
        "Το λιμάνι της Αθήνας και η Arvello",
        "Straßenfest São João naïve Đorđe Łódź İzmir",
        "Ђорђе Њујорк Україна Їжак",
    ],
)
def test_good_writing_is_let_be(text: str) -> None:
    assert said(CHECK, release(headline=text, issuer=Party(text))) == []


def test_a_whole_word_that_only_looks_latin_is_asked_about() -> None:
    (finding,) = said(CHECK, release(headline="Сосо opens a dock"))  # all Cyrillic
    assert finding.severity is WARNING
    assert "U+0421 CYRILLIC CAPITAL LETTER ES" in finding.message
    assert said(CHECK, release(headline="Сосо отвара док у Porto Lenate")) == []


def test_the_body_is_not_read() -> None:
    assert said(CHECK, release("The letters of Саntieri are Cyrillic.")) == []


@pytest.mark.parametrize(
    "domain",
    [
        "аrvello.example",  # Cyrillic a
        "xn--rvello-4ve.example",  # the same in Punycode
        "press.arvellο.example",  # Greek omicron
        "росо.example",  # all Cyrillic, below a Latin top level
    ],
)
def test_a_disguised_domain_is_an_error(domain: str) -> None:
    assert severities(CHECK, release(issuer=Party("Arvello", domain))) == [ERROR]
    contact = Contact(email=f"press@{domain}")
    assert severities(CHECK, release(contacts=(contact,))) == [ERROR]


@pytest.mark.parametrize(
    "domain",
    [
        "arvello.example",
        "münchen.example",
        "больница.example",
        "роса.срб",
        "日本.example",
        "xn--?.x",
    ],
)
def test_other_domains_are_let_be(domain: str) -> None:
    assert said(CHECK, release(issuer=Party("Arvello", domain))) == []


def test_the_sentence_says_which_letter() -> None:
    (finding,) = said(CHECK, release(headline="Аrvello opens"))
    assert finding.message == (
        "“Аrvello” in the headline mixes alphabets, with U+0410 CYRILLIC CAPITAL LETTER A; type "
        "the word anew in one."
    )
