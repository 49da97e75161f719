from __future__ import annotations

import pytest

from dispaccio.desk.checks.base import Severity
from dispaccio.release.model import Contact
from tests.desk.cases import quotes, release, said

CHECK = "placeholders"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("It drew XX visitors.", "XX"),
        ("Ha attirato XXX visitatori.", "XXX"),
        ("cresce del XX% e vale XX milioni", "XX"),
        ("€ XX", "XX"),
        ("il xx maggio 2026", "xx"),
        ("Il XX/XX/2026 alle XX:XX", "XX"),
        ("Tel. +39 XXXX", "XXXX"),
        ("in May 20XX", "20XX"),
        ("XX milioni nel XXI secolo", "XX"),
        ("Date: TBD", "TBD"),
        ("Venue TBC.", "TBC"),
        ("Speaker: [name]", "[name]"),
        ("said [First Name], head", "[First Name]"),
        ("[Company_Name] opens", "[Company_Name]"),
        ("[insert quote of the mayor here]", "[insert quote of the mayor here]"),
        ("[inserire dichiarazione]", "[inserire dichiarazione]"),
        ("[Datum einfügen] [Datum]", "[Datum]"),
        ("à [LIEU]", "[LIEU]"),
        ("Lorem ipsum dolor", "Lorem ipsum"),
        ("Luogo: DA DEFINIRE", "DA DEFINIRE"),
        ("Lieu : À CONFIRMER", "À CONFIRMER"),
        ("Dear {{name}}", "{{name}}"),
        ("{{7*7}}", "{{7*7}}"),
        ("${amount} euros", "${amount}"),
        ("{% if paid %}", "{% if paid %}"),
        ("dichiara NOME COGNOME, sindaco", "NOME COGNOME"),
        ("Vorname Nachname", "Vorname Nachname"),
        ("said Name Surname", "Name Surname"),
        ("said FirstLastName, head", "FirstLastName"),
        ("dichiara Nome Cognome", "Nome Cognome"),
        ("dit Prénom Nom, maire", "Prénom Nom"),
        ("dice Nombre Apellidos", "Nombre Apellidos"),
        ("diz Nome Sobrenome", "Nome Sobrenome"),
        ("Data: T.B.D., luogo", "T.B.D"),
        ("Fecha: POR CONFIRMAR", "POR CONFIRMAR"),
        ("Ort: NOCH OFFEN", "NOCH OFFEN"),
        ("on ________ at noon", "________"),
        ("cost ??? euros", "???"),
        ("[...] <TBD> [XX] [TK]", "<TBD>"),
    ],
)
def test_they_are_found(text: str, quote: str) -> None:
    assert quote in quotes(CHECK, release(text))
    assert {finding.severity for finding in said(CHECK, release(text))} == {Severity.WARNING}


@pytest.mark.parametrize(
    "text",
    [
        "nel XX secolo, dal XIX al XX secolo, tra XIX e XX",
        "la XX edizione, il XXX Congresso, la XXX edición, XXX. Auflage",
        "im XX. Jahrhundert, au XXe siècle, el siglo XX, o século XX",
        "Via XX Settembre 12, la XXX Olimpiade",
        "Super Bowl XXX, chapter XX, pp. xx and 40",
        "XX chromosomes, 46,XX and XX/XY",
        "Size XXL, maXX, Exxon, XXVI",
        "“Spider-Man: [sic]”, he said [...] and [they] left [the company] [1]",
        "una data ancora da definire",
        "casi di TBC: la tubercolosi cala",
        "Really?? Yes.",
        "f(x) = {1, 2}; a_b; <b>bold</b>",
        "Il nome e il cognome sono obbligatori",
    ],
)
def test_other_texts_are_let_be(text: str) -> None:
    assert quotes(CHECK, release(text)) == []


def test_names_are_read_too() -> None:
    contact = Contact(name="NOME COGNOME", email="press@arvello.example")
    (finding,) = said(CHECK, release(contacts=(contact,), boilerplate="It opens."))
    assert finding.where == "contacts/0"
    assert quotes(CHECK, release(boilerplate="Founded in XXXX.")) == ["XXXX"]
