"""A text that is marked with another language than its own: told when it is sure, else silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.cli.demo import texts as demo
from dispaccio.desk.checks.base import Severity
from dispaccio.desk.checks.reading import languages
from dispaccio.errors import DispaccioError
from dispaccio.formats.base import Format, Options
from dispaccio.formats.registry import formats
from dispaccio.release.body import Block
from dispaccio.release.model import Revision
from dispaccio.testing import releases
from tests.desk.cases import release, said
from tests.desk.test_topics import TEXTS
from tests.support.source import ROOT

OURS: dict[str, str] = {
    "en": "The harbour of Lowmere has opened its second dock, and the first ships are expected in "
    "the spring. It was built in two years by three hundred workers, who were paid from the fund "
    "that the council had set aside for this purpose. More than forty crossings a day will be "
    "made from there, and none of them needs diesel. The council said that the noise had been "
    "the reason for the change, since many of the people who live on the shore have complained.",
    "it": "Il porto di Lenate ha aperto il suo secondo bacino e le prime navi sono attese per la "
    "primavera. È stato costruito in due anni da trecento operai, pagati con il fondo che il "
    "consiglio aveva messo da parte per questo scopo. Da lì partiranno più di quaranta corse al "
    "giorno e nessuna ha bisogno di gasolio. Il consiglio ha detto che il rumore era stato la "
    "ragione del cambiamento, perché molti degli abitanti della riva si erano lamentati.",
    "de": "Der Hafen von Wiesen hat sein zweites Dock eröffnet, und die ersten Schiffe werden im "
    "Frühjahr erwartet. Es wurde in zwei Jahren von dreihundert Arbeitern gebaut, die aus dem "
    "Fonds bezahlt wurden, den der Rat für diesen Zweck zurückgelegt hatte. Von dort aus wird es "
    "mehr als vierzig Fahrten am Tag geben, und keine davon braucht Diesel. Der Rat sagte, dass "
    "der Lärm der Grund für die Änderung war, weil sich viele der Anwohner beschwert hatten.",
    "fr": "Le port de Lenay a ouvert son deuxième bassin et les premiers navires sont attendus au "
    "printemps. Il a été construit en deux ans par trois cents ouvriers, payés sur le fonds que "
    "le conseil avait mis de côté dans ce but. Plus de quarante traversées par jour en partiront "
    "et aucune n’a besoin de gazole. Le conseil a dit que le bruit était la raison du changement, "
    "car beaucoup de ceux qui habitent sur la rive s’étaient plaints auprès de la mairie.",
    "es": "El puerto de Lena ha abierto su segundo muelle y los primeros barcos se esperan para la "
    "primavera. Fue construido en dos años por trescientos obreros, pagados con el fondo que el "
    "consejo había reservado para este fin. De allí saldrán más de cuarenta viajes al día y "
    "ninguno necesita gasóleo. El consejo dijo que el ruido era la razón del cambio, porque "
    "muchos de los que viven en la orilla se habían quejado durante los últimos años.",
    "pt": "O porto de Lena abriu a sua segunda doca e os primeiros navios são esperados na "
    "primavera. Foi construída em dois anos por trezentos operários, pagos com o fundo que o "
    "conselho tinha reservado para esse fim. De lá sairão mais de quarenta viagens por dia e "
    "nenhuma precisa de gasóleo. O conselho disse que o ruído foi a razão da mudança, porque "
    "muitos dos que vivem na margem se tinham queixado nos últimos anos à câmara.",
    "nl": "De haven van Lenedam heeft haar tweede dok geopend en de eerste schepen worden in het "
    "voorjaar verwacht. Het is in twee jaar gebouwd door driehonderd arbeiders, die werden "
    "betaald uit het fonds dat de raad voor dit doel had gereserveerd. Er zullen meer dan veertig "
    "overtochten per dag worden gemaakt, en geen van hen heeft diesel nodig. De raad zei dat het "
    "lawaai de reden was, omdat veel van de bewoners van de oever daar over hadden geklaagd.",
    "pl": "Port w Lenie otworzył swój drugi dok, a pierwsze statki są oczekiwane na wiosnę. Został "
    "zbudowany w dwa lata przez trzystu robotników, którzy byli opłacani z funduszu, który rada "
    "odłożyła na ten cel. Będzie stąd ponad czterdzieści rejsów dziennie i żaden z nich nie "
    "potrzebuje oleju. Rada powiedziała, że hałas był powodem zmiany, bo wielu z tych, którzy "
    "mieszkają na brzegu, skarżyło się na to od lat, a także pisało do rady i do ministra.",
    "sv": "Hamnen i Lenevik har öppnat sin andra docka och de första fartygen väntas till våren. "
    "Den har byggts på två år av trehundra arbetare, som fick betalt från den fond som rådet hade "
    "avsatt för detta. Det blir mer än fyrtio turer om dagen därifrån, och ingen av dem behöver "
    "diesel. Rådet sade att bullret var skälet till att man ville ändra det, eftersom många av "
    "dem som bor vid stranden har klagat på det under de senaste åren och skrivit till rådet.",
    "ru": "Порт Ленево открыл второй док, и первые суда ожидаются весной. Его построили за два "
    "года триста рабочих, которым платили из фонда, отложенного советом для этой цели. Оттуда "
    "будет более сорока рейсов в день, и ни одному из них не нужно дизельное топливо.",
    "el": "Το λιμάνι της Λένας άνοιξε τη δεύτερη δεξαμενή του και τα πρώτα πλοία αναμένονται την "
    "άνοιξη. Χτίστηκε σε δύο χρόνια από τριακόσιους εργάτες, που πληρώθηκαν από το ταμείο που "
    "είχε κρατήσει το συμβούλιο για τον σκοπό αυτό.",
    "ar": "افتتح ميناء لينا حوضه الثاني ومن المتوقع وصول السفن الأولى في الربيع. وقد بني في عامين "
    "على يد ثلاثمائة عامل دفعت أجورهم من الصندوق الذي خصصه المجلس لهذا الغرض. وستنطلق من هناك "
    "أكثر من أربعين رحلة في اليوم ولا تحتاج أي منها إلى وقود الديزل.",
    "zh": "莱纳港启用了第二座船坞，首批船舶预计将于春季抵达。船坞由三百名工人历时两年建成，"
    "工资来自市议会为此专门设立的基金。今后每天将有四十多个班次从这里出发，全部不使用柴油。",
    "ja": "レナ港は二番目のドックを開き、最初の船は春に来る予定です。このドックは三百人の"
    "労働者によって二年でつくられ、その賃金は議会がこの目的のために用意した基金から支払われました。",
}  # fmt: skip
"""The same news in several languages, in our own words."""
LETTERS = {"ru": "Cyrillic", "el": "Greek", "ar": "Arabic", "zh": "Chinese", "ja": "Japanese"}
LATIN = sorted(OURS.keys() - LETTERS.keys())


def told(text: str, language: str | None) -> list[str]:
    found = said("language-marked", release(*text.split("\n\n"), headline="x", language=language))
    assert all((one.severity, one.where) == (Severity.WARNING, "language") for one in found)
    return [one.message for one in found]


@pytest.mark.parametrize("marked", sorted(OURS))
@pytest.mark.parametrize("own", sorted(OURS))
def test_every_pair_is_told_apart(own: str, marked: str) -> None:
    found = languages.contradicted(OURS[own], marked)
    if own == marked or (own == "zh" and marked == "ja"):  # in signs alone it could be either
        assert found is None
        return
    if own in LATIN and marked in LATIN:
        expected = languages.NAMES[own]
    else:
        script = LETTERS.get(own, "Latin")
        expected = script if script == "Japanese" else f"in {script} letters"
    assert found == expected
    [message] = told(OURS[own], marked)
    stated = languages.name_of(marked)
    assert f"The text is {found}, but is marked as {stated} ({marked})" in message


@pytest.mark.parametrize("tag", ["it-IT", "IT", "it-CH-1901"])
def test_a_region_is_no_other_language(tag: str) -> None:
    assert told(OURS["it"], tag) == []
    assert told(OURS["en"], tag)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (OURS["en"], None),
        (OURS["en"], "la"),
        (OURS["it"], "sc"),
        (OURS["ru"], "sr"),
        (OURS["ru"], "ru-Latn"),
        (OURS["en"], "ru-Latn"),
        (OURS["sv"], "nb"),
        (OURS["it"][:200], "en"),
        (OURS["ru"][:120], "it"),
        (OURS["it"] + "\n\n" + OURS["en"], "it"),
        (OURS["it"] + "\n\n" + OURS["en"], "en"),
        ("Aurora 120 " * 200, "it"),
        ("", "it"),
    ],
)
def test_it_is_silent_where_it_is_not_sure(text: str, language: str | None) -> None:
    assert told(text, language) == []


def test_a_boilerplate_in_another_language_is_nothing() -> None:
    one = release(OURS["it"][:300], headline="x", language="it", boilerplate=OURS["en"])
    assert said("language-marked", one) == []


def known() -> Iterator[tuple[str, Revision]]:
    """Every text of ours that says its language: those of the tests, the demo, the fakes."""
    for number, text in enumerate(TEXTS):
        yield f"topic {number}", text.revision()
    for path in sorted((ROOT / "tests/data/frames").glob("*.expected.json")):
        document = json.loads(path.read_text("utf-8"))
        blocks = [Block.paragraph(one["text"]) for one in document.get("body", ())]
        title = document.get("title") or ""
        yield (
            path.name,
            Revision(headline=title, body=tuple(blocks), language=document.get("language")),
        )
    for made in (getattr(releases, name) for name in ("english", "italian", "arabic", "chinese")):
        yield made.__name__, made()
    for path in [*files(), *sorted(Path(demo.__file__).parent.glob("samples/*"))]:
        for format in formats().values():
            if format.about.reads and path.suffix in format.about.suffixes:
                for revision in read(format, path):
                    yield f"{path.name}, {format.name}", revision


def read(format: Format, path: Path) -> list[Revision]:
    """What a format makes of a file; nothing where it is one of another format."""
    try:
        found = format.read(path.read_bytes(), Options(zone=None))
    except DispaccioError:
        return []
    return [reading.revision for reading in found]


def files() -> Iterator[Path]:
    """The documents of the tests' data that can be read."""
    for path in sorted((ROOT / "tests/data").rglob("*")):
        inside = path.relative_to(ROOT / "tests/data").parts[0]
        if path.is_file() and inside not in ("broken", "frames", "subjects", "items"):
            yield path


def test_no_text_of_ours_is_doubted() -> None:
    texts = list(known())
    assert len(texts) > 60
    assert len({revision.language for _, revision in texts}) > 5
    doubted = {name: said("language-marked", revision) for name, revision in texts}
    assert {name: found for name, found in doubted.items() if found} == {}


@given(
    own=st.sampled_from(sorted(OURS)),
    begin=st.integers(0, 400),
    length=st.integers(0, 800),
    others=st.lists(st.sampled_from(sorted(OURS)), max_size=2),
)
def test_no_piece_of_a_text_is_doubted(
    own: str, begin: int, length: int, others: list[str]
) -> None:
    """Nor one with quotes in other languages within, while most of it is its own."""
    piece = OURS[own][begin : begin + length]
    quotes = [OURS[other][: len(piece) // 8] for other in others]
    assert languages.contradicted("\n".join([piece, *quotes]), own) is None


@given(st.text(max_size=3_000), st.sampled_from([*sorted(OURS), "x-klingon", "sr-Cyrl", ""]))
def test_anything_can_be_asked(text: str, language: str) -> None:
    languages.contradicted(text, language)
