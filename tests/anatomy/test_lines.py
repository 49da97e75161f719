"""Single kinds of line, in many languages: what is recognised, and what only looks like it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispaccio.anatomy import contacts, dateline, days, disclaimer, embargo, quotes, reader, wires
from dispaccio.anatomy.layout import lay_out
from dispaccio.errors import InputError, TimeAmbiguous, TimeInGap, TimeWithoutZone
from dispaccio.release.body import Block
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Contact, Dateline, Reading


def read(text: str) -> Reading:
    return reader.read(lay_out(text), "text")


@pytest.mark.parametrize(
    "text",
    [
        "May 26, 2026", "26 May 2026", "Maggio 26, 2026", "26 maggio 2026", "26. Mai 2026",
        "le 26 mai 2026", "26 de mayo de 2026", "26 de maio de 2026", "26. маја 2026.",
        "26. maja 2026", "2026年5月26日", "26 مايو 2026", "٢٦ مايو ٢٠٢٦", "26.05.2026",
        "2026-05-26", "26/05/2026", "26-May-2026",
        "Tuesday, May 26th, 2026", "martedì 26 maggio 2026",
    ],
)  # fmt: skip
def test_a_day_in_every_language(text: str) -> None:
    found = days.find(text)
    assert found is not None
    assert found.day == date(2026, 5, 26)


@pytest.mark.parametrize("text", ["03/04/2026", "31.02.2026", "May 2026", "26 May", "2026", ""])
def test_a_day_is_never_guessed(text: str) -> None:
    assert days.find(text) is None


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("EMBARGOED UNTIL 00:01 GMT ON WEDNESDAY 27 MAY 2026", "2026-05-27T00:01Z"),
        ("embargo fino alle ore 12 del 27 maggio 2026 (ora italiana)", "2026-05-27T10:00Z"),
        ("Sperrfrist: 27. Mai 2026, 10 Uhr MESZ", "2026-05-27T08:00Z"),
        ("Embargo bis 27. Mai 2026, 0.01 Uhr (MESZ)", "2026-05-26T22:01Z"),
        ("Sous embargo jusqu'au 27 mai 2026 à 10h00, heure de Paris", "2026-05-27T08:00Z"),
        ("Embargo hasta las 10.00 horas del 27 de mayo de 2026 (hora peninsular)",
         "2026-05-27T08:00Z"),
        ("Под ембаргом до 27. маја 2026. у 10 часова по београдском времену",
         "2026-05-27T08:00Z"),
        ("حظر النشر حتى الساعة 10 صباحاً بتوقيت الرياض، 27 مايو 2026", "2026-05-27T07:00Z"),
        ("禁止发布：北京时间2026年5月27日下午3时前", "2026-05-27T07:00Z"),
        ("*** STRICTLY EMBARGOED until noon ET, May 27, 2026 ***", "2026-05-27T16:00Z"),
        ("Embargo: 2026-05-27T10:00+02:00", "2026-05-27T08:00Z"),
        ("EMBARGO 27 May 2026, 5 p.m. UTC+1", "2026-05-27T16:00Z"),
        ("EMBARGO until 09:00 Europe/Rome on 27 May 2026", "2026-05-27T07:00Z"),
    ],
)  # fmt: skip
def test_an_embargo_in_every_language(line: str, instant: str) -> None:
    reading = read(f"{line}\n\nTitle of it\n\nThe text follows here, as it should. It is short.")
    assert reading.revision.embargo == datetime.fromisoformat(instant)
    assert reading.warnings == ()
    assert reading.revision.headline == "Title of it"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("EMBARGO until 09:00 on 27 May 2026", TimeWithoutZone),
        ("Not for release before 3:00 p.m. CST on May 27, 2026", TimeWithoutZone),
        ("Embargo until 29 March 2026 02:30 Berlin time", TimeInGap),
        ("Embargo until 25 October 2026 02:30 Berlin time", TimeAmbiguous),
        ("Sperrfrist: 10 Uhr", InputError),
        ("EMBARGO", InputError),
    ],
)
def test_an_unclear_embargo_is_a_warning_and_never_lost(line: str, error: type[InputError]) -> None:
    with pytest.raises(error):
        embargo.instant_in(line, None)
    reading = read(f"{line}\n\nTitle of it\n\nThe text follows here, as it should. It is short.")
    assert reading.revision.embargo is None
    assert embargo.unclear(reading.warnings)
    assert "line 1" in reading.warnings[0].lower()


@pytest.mark.parametrize("line", ["Embargo on grain lifted", "Embargo on 3 grain ships lifted"])
def test_a_headline_about_an_embargo_is_none(line: str) -> None:
    reading = read(f"{line}\n\nThe text follows here, as it should. It is short.")
    assert reading.revision.headline == line
    assert not embargo.unclear(reading.warnings)


ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    "line",
    [
        "ACHTUNG SPERRFRIST: Dienstag, 12.05.2026, 10.00 Uhr!",
        "Frei ab 12.05.2026, 10 Uhr",
        "Zur Veröffentlichung ab Dienstag, 12.05.2026, 10:00 Uhr",
        "Frei zur Veröffentlichung ab 12. Mai 2026, 10 Uhr",
        "Veröffentlichung frei ab 12.05.2026 10:00 Uhr",
        "Redefrei ab 12.05.2026, 10 Uhr",
        "Si prega di non diffondere prima delle ore 10 del 12 maggio 2026",
        "Da pubblicare non prima delle ore 10 del 12 maggio 2026",
        "Diffusione vietata fino alle ore 10 del 12 maggio 2026",
        "HOLD FOR RELEASE TUESDAY, MAY 12, 2026, 4:00 A.M. EDT",
        "HFR 4:00 a.m. EDT, May 12, 2026",
        "FOR RELEASE: 4:00 A.M. EDT, TUESDAY, MAY 12, 2026",
        "Advance for release Tuesday, May 12, 2026, 4:00 a.m. EDT",
        "Not to be published before 08:00 GMT 12 May 2026",
        "Do not publish before 08:00 GMT 12 May 2026",
        "No publication before 08:00 GMT on 12 May 2026",
        "This release is embargoed until 12 May 2026 at 08:00 GMT.",
        "Sous embargo jusqu'au mardi 12 mai 2026, 10 h 00",
        "À ne pas diffuser avant le 12 mai 2026 à 10h",
        "Publication interdite avant le 12 mai 2026, 10h00",
        "EMBARGADA HASTA LAS 10:00 HORAS DEL 12 DE MAYO DE 2026",
        "Noticia embargada hasta las 10.00 h del 12 de mayo de 2026",
        "No difundir hasta el 12 de mayo de 2026 a las 10.00 horas",
        "Embargado até às 10h de 12 de maio de 2026",
        "EMBARGOED FOR 0800 GMT TUESDAY 12 MAY 2026",
        "Strictly embargoed to 1000 hrs on 12 May 2026",
        "NOT FOR RELEASE UNTIL 4:00 U.S. ET, 12-May-2026",
        "Eds: EMBARGOED UNTIL 4 a.m. EDT TUESDAY, MAY 12, 2026.",
    ],
)
def test_an_embargo_as_agencies_word_it(line: str) -> None:
    text = f"{line}\n\nTitle of it\n\nThe text follows here, as it should. It is short."
    reading = reader.read(lay_out(text), "text", ROME)
    assert reading.revision.embargo == datetime(2026, 5, 12, 8, tzinfo=UTC)
    assert reading.revision.headline == "Title of it"


@pytest.mark.parametrize(
    "sentence",
    [
        "Diese Mitteilung ist gesperrt bis 12. Mai 2026, 10 Uhr.",
        "Für diese Meldung gilt eine Sperrfrist bis zum 12. Mai 2026, 10 Uhr.",
        "Esta nota está embargada hasta el 12 de mayo de 2026 a las 10:00 horas.",
    ],
)
def test_the_first_sentence_may_order_an_embargo(sentence: str) -> None:
    text = f"Title of it\n\n{sentence}\n\nThe text follows here, as it should. It is short."
    reading = reader.read(lay_out(text), "text", ROME)
    assert reading.revision.embargo == datetime(2026, 5, 12, 8, tzinfo=UTC)
    assert reading.revision.body[0].text == sentence


@pytest.mark.parametrize(
    "line",
    [
        "Frei ab 18 Jahren",
        "Zur Veröffentlichung ab sofort",
        "No release before 2027: studio delays film",
        "HFR 2 runs for 60 years",
        "The island is under embargo until 2027",
    ],
)
def test_a_line_that_orders_no_hour_is_none(line: str) -> None:
    reading = read(f"{line}\n\nThe text follows here, as it should. It is short.")
    assert reading.revision.headline == line
    assert not embargo.unclear(reading.warnings)


def test_of_two_embargoes_the_later_holds() -> None:
    lines = "Embargo: 2026-05-27T10:00Z\nEmbargo: 2026-05-28T10:00Z\nEmbargo: 2026-05-26T10:00Z"
    assert read(lines).revision.embargo == datetime(2026, 5, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "place", "day", "wire"),
    [
        ("BEIJING, May 26, 2026 /PRNewswire/ -", "BEIJING", True, "PR Newswire"),
        ("BERLIN, 26. Mai 2026 /PRNewswire/ --", "BERLIN", True, "PR Newswire"),
        ("MILANO, 26 maggio 2026 /Ponte/ -", "MILANO", True, "Ponte"),
        ("26 maggio 2026 /Ponte/ -", None, True, "Ponte"),
        ("NEW YORK, May 26, 2026 (GLOBE NEWSWIRE) --", "NEW YORK", True, "GlobeNewswire"),
        ("WASHINGTON, D.C.--(BUSINESS WIRE)--", "WASHINGTON, D.C.", False, "Business Wire"),
        ("Berlin (ots) -", "Berlin", False, "news aktuell"),
        ("Roma, 26 maggio 2026 –", "Roma", True, None),
        ("Lyon, le 26 mai 2026 –", "Lyon", True, None),
        ("(Madrid, 26 de mayo de 2026)", "Madrid", True, None),
        ("北京2026年5月26日 /美通社/ --", "北京", True, "PR Newswire"),
        ("بكين، 26 مايو 2026 /PRNewswire/ --", "بكين", True, "PR Newswire"),
        ("ST. LOUIS, Mo., May 26, 2026 /PRNewswire/ --", "ST. LOUIS, Mo.", True, "PR Newswire"),
    ],
)
def test_a_dateline(head: str, place: str | None, day: bool, wire: str | None) -> None:
    found = dateline.head_of(f"{head} The text goes on.")
    assert found is not None
    assert found.dateline == Dateline(place, date(2026, 5, 26) if day else None, wire, head)


@pytest.mark.parametrize(
    "text",
    [
        "The input/output - ratio is good",
        "Either/or/both - it is all the same",
        "Rome – a city",
        "In May 2026 - as always - rain fell",
        "The museum (opened in 1990) - the oldest - is closed",
        "He said on May 26, 2026 that - after all - it was over",
    ],
)
def test_what_is_no_dateline(text: str) -> None:
    assert dateline.head_of(text) is None


@pytest.mark.parametrize(
    ("lines", "contact"),
    [
        (["Jane Doe, Head of Press, Example Ltd, jane@a.example, +44 20 7946 0018"],
         Contact("Jane Doe", "Head of Press", "Example Ltd", "jane@a.example", "+44 20 7946 0018")),
        (["Dr. Anna von Müller", "Leiterin Kommunikation", "Muster GmbH", "Tel.: 030 / 5550 12"],
         Contact("Dr. Anna von Müller", "Leiterin Kommunikation", "Muster GmbH", None,
                 "030 / 5550 12")),
        (["Ufficio stampa: stampa@ente.example"],
         Contact(role="Ufficio stampa", email="stampa@ente.example")),
        (["王芳", "电话：010-5550-1234"], Contact("王芳", phone="010-5550-1234")),
        (["press@a.example"], Contact(email="press@a.example")),
    ],
)  # fmt: skip
def test_a_contact(lines: list[str], contact: Contact) -> None:
    assert contacts.parse(lines) == [contact]


def test_two_contacts() -> None:
    lines = [
        "Jane Doe",
        "jane@a.example",
        "John Roe",
        "john@a.example",
        "",
        "Ann Poe, +44 1632 960001",
    ]
    assert [it.name for it in contacts.parse(lines)] == ["Jane Doe", "John Roe", "Ann Poe"]


def test_a_street_and_a_fax_are_no_contact() -> None:
    assert contacts.parse(["Jane Doe", "Via Roma 12, 00100 Roma", "Fax: +39 06 555 01 99"]) == [
        Contact("Jane Doe")
    ]


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            (
                "Voce is a press release distribution service. "
                "Voce and The Ledger are not responsible for press releases."
            ),
            ["Voce", "Ledger"],
        ),
        (
            (
                "Kurier ist ein Dienst zur Verbreitung von Mitteilungen. "
                "Kurier und Blatt sind nicht verantwortlich für den Inhalt der Mitteilungen."
            ),
            ["Kurier", "Blatt"],
        ),
        ("We are not responsible for press releases.", []),
    ],
)
def test_the_stations_of_a_disclaimer(text: str, parties: list[str]) -> None:
    assert [station.party for station in disclaimer.stations(text)] == parties


@pytest.mark.parametrize(
    ("href", "name", "number"),
    [
        ("https://www.prnewswire.com/news-releases/a-b-302781517.html", "PR Newswire", "302781517"),
        ("https://www.businesswire.com/news/home/20260114005999/en/", "Business Wire",
         "20260114005999"),
        ("https://www.globenewswire.com/news-release/2026/01/05/3087654/0/en/x.html",
         "GlobeNewswire", "3087654"),
        ("https://www.presseportal.de/pm/12345/6789012", "news aktuell", "6789012"),
        ("https://prnewswire.com.evil.example/a-302781517.html", None, None),
    ],
)  # fmt: skip
def test_the_number_in_a_wires_address(href: str, name: str | None, number: str | None) -> None:
    wire = wires.by_address(href)
    assert (wire and wire.name) == name
    assert (wires.number_in(wire, href) if wire else None) == number


@pytest.mark.parametrize(
    ("line", "kind", "headline"),
    [
        ("PRESS RELEASE", LabelKind.INSTITUTIONAL, "Bridge of it"),
        ("[ADVERTISEMENT]", LabelKind.PROMOTIONAL, "Bridge of it"),
        ("*** ANZEIGE ***", LabelKind.PROMOTIONAL, "Bridge of it"),
        ("COMMUNIQUÉ - CONTENU SPONSORISÉ", LabelKind.PROMOTIONAL, "Bridge of it"),
        ("Comunicato stampa n. 45/2026 del 3 marzo 2026", LabelKind.INSTITUTIONAL, "Bridge of it"),
        ("Pressemitteilung Nr. 12, 3. März 2026", LabelKind.INSTITUTIONAL, "Bridge of it"),
        ("ANSA/ COMUNICATO STAMPA - CONTENUTO PROMOZIONALE", LabelKind.PROMOTIONAL, "Bridge of it"),
        ("AGI - Comunicato stampa", LabelKind.INSTITUTIONAL, "Bridge of it"),
        ("ANSA/ Apre il ponte", None, "ANSA/ Apre il ponte"),
        ("Press release: Bridge opens", LabelKind.INSTITUTIONAL, "Bridge opens"),
        ("Comunicato stampa - Apre il ponte", LabelKind.INSTITUTIONAL, "Apre il ponte"),
        ("新闻稿：大桥开放", LabelKind.INSTITUTIONAL, "大桥开放"),
        ("Publicité : Bruxelles veut des règles", None, "Publicité : Bruxelles veut des règles"),
        ("A press release is out", None, "A press release is out"),
    ],
)
def test_a_label_line(line: str, kind: LabelKind | None, headline: str) -> None:
    said = read(f"{line}\n\nBridge of it\n\nThe text follows here, as it should. It is.").revision
    assert (said.label.kind if said.label else None) is kind
    assert said.headline == headline


def test_a_paid_label_wins_wherever_it_stands() -> None:
    text = "PRESS RELEASE\n\nBridge of it\n\nThe text follows here. It is.\n\nSponsored content"
    said = read(text).revision
    assert said.label is not None
    assert (said.label.kind, said.label.text) == (LabelKind.PROMOTIONAL, "Sponsored content")


def test_a_headline_between_a_frames_line_and_the_label_is_no_note() -> None:
    said = read(
        "FOR IMMEDIATE RELEASE\n\nBridge of it\n\nPRESS RELEASE\n\nThe text follows. It is."
    )
    assert said.revision.headline == "Bridge of it"
    assert said.revision.editorial_note is None


def test_no_more_quotation_marks_are_looked_at_than_a_text_may_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each costs time, spoken or not: a text of terms in marks took minutes."""
    terms = Block.paragraph('The "first" and "second" and "third" dock.')
    spoken = Block.paragraph('"We waited ten years for it", said Ada Fenwick.')
    assert len(quotes.find((terms, spoken))) == 1
    monkeypatch.setattr(quotes, "MOST", 3)
    assert quotes.find((terms, spoken)) == ()


@pytest.mark.parametrize("text", ["(ab) - text", " (AP) - It opens.", "() - x", ", (x) -- y"])
def test_a_mark_without_a_place_is_no_dateline(text: str) -> None:
    found = dateline.head_of(text)
    assert found is None or not (found.dateline.place or "x").isspace()
