"""What is noticed in the text itself: language, quotations, figures, links, layout."""

from __future__ import annotations

import pytest

from dispaccio.anatomy import figures, inline, language, quotes
from dispaccio.anatomy.layout import lay_out
from dispaccio.release.body import Block, BlockKind
from dispaccio.release.model import Figure, Quote

TEXTS = {
    "en": "The city has opened a new bridge for people who walk or ride, and it is not for cars. "
    "It was built in two years, and the works were paid by the region.",
    "it": "La città ha aperto un nuovo ponte per chi va a piedi o in bicicletta, e non è per le "
    "auto. È stato costruito in due anni con i fondi della regione.",
    "de": "Die Stadt hat eine neue Brücke für Menschen eröffnet, die zu Fuß gehen oder mit dem Rad "
    "fahren. Sie wurde in zwei Jahren gebaut und ist nicht für Autos.",
    "fr": "La ville a ouvert un nouveau pont pour les gens qui vont à pied ou à vélo, et il n'est "
    "pas pour les voitures. Il a été construit en deux ans par la région.",
    "es": "La ciudad ha abierto un nuevo puente para los que van a pie o en bicicleta, y no es "
    "para los coches. Fue construido en dos años con el dinero de la región.",
    "pt": "A cidade abriu uma nova ponte para quem vai a pé ou de bicicleta, e não é para os "
    "carros. Foi construída em dois anos com o dinheiro da região, mas só para os peões.",
    "sr": "Град је отворио нови мост за људе који иду пешке или возе бицикл, и није за кола. "
    "Изграђен је за две године новцем који је дала покрајина.",
    "sr-Latn": "Grad je otvorio novi most za ljude koji idu peške ili voze bicikl, i nije za kola. "
    "Izgrađen je za dve godine, a sve je platila pokrajina koja je takođe dala zemlju.",
    "zh": "本市新建的一座桥今日开放，供步行和骑自行车的市民使用，不对汽车开放。工程历时两年完成。",
    "ar": "افتتحت المدينة اليوم جسرا جديدا للمشاة وراكبي الدراجات، ولا يسمح بمرور السيارات عليه.",
}


@pytest.mark.parametrize("tag", TEXTS)
def test_the_language_of_a_text(tag: str) -> None:
    assert language.detect(TEXTS[tag]) == tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Harwick",
        "12 34 56",
        "De stad heeft een nieuwe brug geopend voor mensen die fietsen, en niet voor auto's.",
        "Staden har öppnat en ny bro för dem som går eller cyklar, och inte för bilar.",
        "Город открыл новый мост для людей, которые ходят пешком или ездят на велосипеде.",
        "市は歩行者と自転車のための新しい橋を開通させました。",
        "شهر پل جدیدی برای عابران پیاده و دوچرخه‌سواران گشود که برای خودروها نیست.",
    ],
)
def test_an_unknown_language_is_not_guessed(text: str) -> None:
    assert language.detect(text) is None


@pytest.mark.parametrize(
    ("tag", "text", "value", "unit"),
    [
        ("en", "$6.49 billion", "6490000000", "USD"),
        ("it", "6,49 miliardi di dollari", "6490000000", "USD"),
        ("de", "6,49 Milliarden Dollar", "6490000000", "USD"),
        ("fr", "6,49 milliards de dollars", "6490000000", "USD"),
        ("zh", "64.9亿美元", "6490000000", "USD"),
        ("ar", "6.49 مليار دولار", "6490000000", "USD"),
        ("ar", "٦٫٤٩ مليار دولار", "6490000000", "USD"),
        ("en", "13%", "13", "%"),
        ("it", "13 per cento", "13", "%"),
        ("fr", "35 %", "35", "%"),
        ("en", "1,250", "1250", None),
        ("it", "1.250", "1250", None),
        ("fr", "61\u202f000 km", "61000", "km"),
        ("en", "EUR 1,234.50", "1234.5", "EUR"),
        ("de", "1.234,50 Euro", "1234.5", "EUR"),
        ("en", "A$7 million", "7000000", "AUD"),
    ],
)
def test_a_figure(tag: str, text: str, value: str, unit: str | None) -> None:
    (figure,) = figures.find((Block.paragraph(f"So {text} in all"),), tag)
    assert (figure.text, figure.value, figure.unit) == (text, value, unit)


@pytest.mark.parametrize(
    "text", ["in 2026", "on July 1, 2024", "the 80th", "10:30", "v1.2.3", "26.05.2026", "12/7", "4"]
)
def test_what_is_no_figure(text: str) -> None:
    assert figures.find((Block.paragraph(text),), "en") == ()


def test_a_figure_is_attributed_by_its_own_sentence() -> None:
    text = "So 5 km. According to Lumora, 6 km and 7 km! It is 8 km, 2026 or 9."
    found = figures.find((Block.paragraph(text),), "en")
    told = [(figure.text, figure.attributed_to) for figure in found]
    assert told == [("5 km", None), ("6 km", "Lumora"), ("7 km", "Lumora"), ("8 km", None)]


def test_a_separator_that_may_be_read_twice_needs_a_language() -> None:
    assert figures.find((Block.paragraph("1.250 km"),), None) == ()


def test_a_figure_knows_its_source_within_its_sentence() -> None:
    text = "Trade rose 13%, according to the Foreign Ministry. Exports rose 5%."
    assert figures.find((Block.paragraph(text),), "en") == (
        Figure("13%", "13", "%", "Foreign Ministry"),
        Figure("5%", "5", "%"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We are glad,” said Jane Doe, head of X.", [("We are glad,", "Jane Doe")]),
        ("“We are glad,” Jane Doe, head of X, said.", [("We are glad,", "Jane Doe")]),
        ("Jane Doe said: “We are glad.”", [("We are glad.", "Jane Doe")]),
        ("“A,” said Dr. Ann Poe. “We go on with it.”",
         [("A,", "Ann Poe"), ("We go on with it.", "Ann Poe")]),
        ("«Siamo lieti», ha detto Maria Rossi.", [("Siamo lieti", "Maria Rossi")]),
        ("„Wir freuen uns“, sagte Jörn Petersen.", [("Wir freuen uns", "Jörn Petersen")]),
        ("« Nous sommes ravis », a déclaré Nadia de la Tour.",
         [("Nous sommes ravis", "Nadia de la Tour")]),
        ("«Estamos contentos», afirmó Inés Varela.", [("Estamos contentos", "Inés Varela")]),
        ("He hailed it as “a day that nobody will forget”.",
         [("a day that nobody will forget", None)]),
        ("The term “ironclad friendship” is old.", []),
        ("She wrote “A History of Rain and Wind” in 1990.", []),
    ],
)  # fmt: skip
def test_a_quotation(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert quotes.find((Block.paragraph(text),)) == tuple(Quote(*pair) for pair in expected)


@pytest.mark.parametrize(
    ("raw", "text", "hrefs"),
    [
        (r"\$6 and \*no\*", "$6 and *no*", []),
        ("see <https://a.example/x>", "see https://a.example/x", ["https://a.example/x"]),
        ("see https://a.example/x.", "see https://a.example/x.", ["https://a.example/x"]),
        ("(https://a.example/x_(y))", "(https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("[the page](https://a.example/x)", "the page", ["https://a.example/x"]),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", []),
        ("a < b > c [d] (e)", "a < b > c [d] (e)", []),
    ],
)
def test_inline_notation(raw: str, text: str, hrefs: list[str]) -> None:
    read, marks = inline.read(raw)
    assert read == text
    assert [mark.href for mark in marks] == hrefs
    assert all(read[mark.start : mark.end] for mark in marks)


def kinds(text: str) -> list[tuple[BlockKind, str]]:
    return [(passage.kind, passage.text) for passage in lay_out(text).passages]


def test_wrapped_lines_are_joined_and_short_ones_are_not() -> None:
    wrapped = "The city has opened a new bridge for people who walk\nor ride a bicycle over it."
    assert kinds(wrapped) == [(BlockKind.PARAGRAPH, wrapped.replace("\n", " "))]
    assert len(kinds("Jane Doe\nHead of press\nExample Ltd")) == 3
    unwrapped = f"{'A long line. ' * 12}\nAnother one."
    assert len(kinds(unwrapped)) == 2


def test_wrapped_chinese_is_joined_without_a_blank() -> None:
    line = "本市新建的一座桥今日开放供步行和骑自行车的市民使用"
    line += line
    assert kinds(f"{line}\n{line}") == [(BlockKind.PARAGRAPH, line + line)]


def test_lists_quotes_tables_headings_and_rules() -> None:
    text = (
        "Title\n=====\n\n## Part\n\n- one\n- two\n  goes on\n\n- three\n\n1. a\n2. b\n\n***\n\n"
        "> said\n> twice\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nx\ty\nz\tw\n\n"
        "26. Mai 2026 ist ein Tag"
    )
    assert kinds(text) == [
        (BlockKind.HEADING, "Title"),
        (BlockKind.HEADING, "Part"),
        (BlockKind.LIST, "one\ntwo goes on\nthree"),
        (BlockKind.LIST, "a\nb"),
        (BlockKind.QUOTE, "said\ntwice"),
        (BlockKind.TABLE, "a\tb\n1\t2"),
        (BlockKind.TABLE, "x\ty\nz\tw"),
        (BlockKind.PARAGRAPH, "26. Mai 2026 ist ein Tag"),
    ]
