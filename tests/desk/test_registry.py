from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.desk import checks as package
from dispaccio.desk.checks import registry
from dispaccio.desk.checks.base import Context, Finding, NamedCheck, Severity, check
from dispaccio.desk.checks.reading.characters import HIDDEN
from dispaccio.release.body import Block, Mark, MarkKind
from dispaccio.release.model import Contact, Party, Revision
from dispaccio.release.state import TEXT_KINDS, Kind
from tests.desk.cases import CHECKS, CLEAN, CONTEXT, around, release

ERROR, WARNING, NOTE = Severity


def _speaker(*findings: Finding) -> NamedCheck:
    @check("speaker", "What it says")
    def speaker(revision: Revision, context: Context) -> Iterable[Finding]:
        return findings

    return speaker


def test_every_file_of_the_folder_is_a_registered_check() -> None:
    folder = Path(next(iter(package.__path__)))
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "base", "registry"}
    assert {name.replace("-", "_") for name in CHECKS} == files


def test_the_installed_checks_are_the_registered_ones() -> None:
    try:
        distribution("dispaccio")
    except PackageNotFoundError:
        pytest.skip("needs dispaccio installed: make")
    assert [found.name for found in registry.checks()] == sorted(CHECKS)


def test_findings_are_sorted_by_severity_then_place() -> None:
    places = ["headline", "body/2", "body/10", "contacts/0", "label", None]
    mixed = [Finding(severity, "x", where) for where in reversed(places) for severity in Severity]
    found = registry.run(CLEAN, CONTEXT, [_speaker(*mixed)])
    assert [finding.severity for finding in found] == [ERROR] * 6 + [WARNING] * 6 + [NOTE] * 6
    assert [finding.where for finding in found] == places * 3


def test_a_finding_carries_the_name_of_its_check() -> None:
    found = registry.run(CLEAN, CONTEXT, [_speaker(Finding(NOTE, "x"))])
    assert [finding.check for finding in found] == ["speaker"]


def test_a_check_that_crashes_becomes_a_warning_and_loses_nothing() -> None:
    @check("broken", "The tides")
    def broken(revision: Revision, context: Context) -> Iterable[Finding]:
        yield Finding(ERROR, "Said before the crash.")
        raise KeyError("secret text")

    found = registry.run(CLEAN, CONTEXT, [broken, _speaker(Finding(NOTE, "Said by another."))])
    assert [(finding.check, finding.severity) for finding in found] == [
        ("broken", ERROR),
        ("broken", WARNING),
        ("speaker", NOTE),
    ]
    assert found[1].message == (
        "The check broken failed (KeyError), so look at this yourself: the tides."
    )


def test_a_check_that_cannot_be_loaded_becomes_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("absent", "dispaccio.no_such_module:absent", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    registry.checks.cache_clear()
    try:
        (found,) = registry.run(CLEAN, CONTEXT)
    finally:
        registry.checks.cache_clear()
    assert (found.severity, found.check) == (WARNING, "absent")
    assert "ModuleNotFoundError" in found.message


def test_a_check_of_another_version_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(EntryPoint):
        def load(self) -> NamedCheck:
            return NamedCheck("later", "x", lambda revision, context: (), version=2)

    monkeypatch.setattr(registry, "entry_points", lambda group: [Later("later", "x:y", group)])
    registry.checks.cache_clear()
    try:
        assert registry.checks() == ()
    finally:
        registry.checks.cache_clear()


def test_a_check_that_finds_too_much_is_stopped_and_says_so() -> None:
    found = registry.run(CLEAN, CONTEXT, [_speaker(*[Finding(ERROR, "x")] * 1000)])
    assert len(found) == registry.MOST_FINDINGS + 1
    assert "stopped after 20 findings" in found[-1].message


@pytest.mark.parametrize("kind", sorted(set(Kind) - TEXT_KINDS))
def test_a_notice_has_no_text_to_check(kind: Kind) -> None:
    assert registry.run(Revision(kind=kind), CONTEXT, CHECKS.values()) == ()


def test_a_clean_release_gets_no_finding() -> None:
    assert registry.run(CLEAN, CONTEXT, CHECKS.values()) == ()


# Good writing of many scripts: what a check must never take for an attack.
GOOD_WRITING = """
    Il nuovo bacino apre a Porto Lenate, 48,5 milioni; XX secolo (sic) [...] 3:1
    Das Straßenfest öffnet für 1.000 Gäste – ÖPNV inklusive “gut” 12 % e.V.
    L’été où naît l’œuvre n° 5 à Évian ¿qué? ¡sí! São João não
    Градска болница отвара iPhone учионицу Ђорђе Њујорк
    Το νέο λιμάνι της Αθήνας TNFα ΔT kΩ μm IL-1β
    東京で新しいドックを開く 葛\U000e0100城市 上海港 서울항
    بندر جدید کتاب\u200cها إعلان صحفي ١٬٢٣٤
    नया बंदरगाह क्\u200dष ท่าเรือ\u200bใหม่
    👩🏽\u200d🔬 ❤\ufe0f 1\ufe0f\u20e3
    🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f
"""
WORDS = st.sampled_from(GOOD_WRITING.split())
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


@given(headline=SENTENCES, body=st.lists(SENTENCES, min_size=1, max_size=4), name=SENTENCES)
def test_a_clean_release_in_any_language_raises_no_error(
    headline: str, body: list[str], name: str
) -> None:
    contact = Contact(name=name, email="press@arvello.example")
    revision = release(*body, headline=headline, place="Porto Lenate", contacts=(contact,))
    found = registry.run(revision, CONTEXT, CHECKS.values())
    assert [finding for finding in found if finding.severity is ERROR] == []
    assert [finding for finding in found if finding.message.startswith("The check ")] == []


ANYTHING = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("XxTBD[]{}<>_?0123456789:.,/-–’'\n\t \u200b\u202e\ufe0f\u0430\u03bf@"),
    ),
    max_size=60,
)


@given(headline=ANYTHING, text=ANYTHING.filter(bool), name=ANYTHING, href=ANYTHING, place=ANYTHING)
def test_every_finding_is_one_readable_sentence(
    headline: str, text: str, name: str, href: str, place: str
) -> None:
    mark = Mark(0, len(text), MarkKind.LINK, href)
    revision = Revision(
        headline=headline,
        place=place,
        body=(Block.paragraph(text, mark),),
        issuer=Party(name, href),
        contacts=(Contact(name=name, email=f"{name}@{href}"),),
    )
    for finding in registry.run(revision, CONTEXT, CHECKS.values()):
        assert finding.check in CHECKS
        assert not finding.message.startswith("The check "), finding
        assert re.fullmatch(r"\S.*\.", finding.message), finding
        assert not HIDDEN.search(finding.message), finding


HOSTILE = {
    "roman": "XX I ",
    "weekdays": "(Tuesday ",
    "hidden": "\u200b",
    "hidden figures": "1\u200b",
    "flags": "\U0001f3f4\U000e0067",
    "brackets": "[insert ",
    "braces": "{{",
    "accents": "\u0300\u0323",
    "mixed": "аpple ",
    "lines": "EMBARGO\n",
    "times": "10:30 ",
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_soon_done_with(piece: str) -> None:
    # 4 MB: read to its end, or looked at twice from each place, this takes minutes.
    text = piece * (4_000_000 // len(piece))
    revision = release(text, headline=text, issuer=Party(text, text))
    found = registry.run(revision, around(proved_domains=frozenset({text})), CHECKS.values())
    assert "too-long" in {finding.check for finding in found}
    assert sum(len(finding.message) for finding in found) < 100_000
