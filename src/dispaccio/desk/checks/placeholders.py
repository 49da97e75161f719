"""Places that somebody meant to fill in: XX, TBD, [name], lorem ipsum."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.desk.checks.reading.characters import shown
from dispaccio.desk.checks.reading.passages import inside, names, passages
from dispaccio.release.model import Revision
from dispaccio.words import say

_FILL_IN = re.compile(
    r"[\[<](?:insert|inserire|inserisci|insérer|insertar|inserir|einfügen|hier|here|add|aggiungere)"
    r"\b[^\]>\n]{0,80}[\]>]"
    r"|[\[<](?:(?:first|last|full|your|company|contact|product)[\s_-])?"
    r"(?:name|surname|title|company|date|city|place|time|number|quote|link|url|photo|e-?mail|phone"
    r"|amount|nome|cognome|titolo|azienda|data|luogo|città|ora|numero|importo|telefono|foto"
    r"|vorname|nachname|firma|datum|ort|uhrzeit|zahl|betrag|zitat|nom|prénom|société|lieu|ville"
    r"|heure|montant|nombre|apellidos?|empresa|fecha|lugar|ciudad|hora|importe|sobrenome|apelido"
    r"|cidade|tk|tbd|tbc|xx+|_{1,9}|\?{1,3})[\]>]"
    r"|\{\{[^{}\n]{0,60}\}\}|\{%[^{}\n]{0,60}%\}|\$\{\w{1,40}\}"
    r"|\blorem\s+ipsum\b|_{4,}|\?{3,}|\bTKTK\b",
    re.IGNORECASE,
)
_MARKS = ("[", "<", "{", "___", "???", "lorem", "tktk")
"""One of these stands in all that the pattern above finds."""
_CAPITALS = re.compile(
    r"\b(?:TBD|TBA|T\.B\.[DC]|DA\s(?:DEFINIRE|CONFERMARE|COMPLETARE|INSERIRE|AGGIUNGERE)"
    r"|(?:NOME|COGNOME)\s(?:COGNOME|NOME)|Nome\sCognome|(?:First|FIRST)\s?(?:Last|LAST)\s?(?:Name|NAME)"
    r"|(?:Name|NAME)\s(?:Surname|SURNAME)|Vorname\sNachname|VORNAME\sNACHNAME"
    r"|Prénom\sNom|PRÉNOM\sNOM|Nombre\sApellidos?|NOMBRE\sAPELLIDOS?|Nome\s(?:Sobrenome|Apelido)"
    r"|[ÀA]\s(?:COMPLÉTER|CONFIRMER|DÉFINIR|PRÉCISER)|(?:POR|A)\s(?:DEFINIR|CONFIRMAR|COMPLETAR)"
    r"|(?:NOCH|BITTE)\s(?:OFFEN|ERGÄNZEN|EINFÜGEN)|(?:INSERT|INSERIRE|INSERTAR)\s(?:HERE|QUI|AQUÍ))\b"
)
_CAPITAL_MARKS = (
    *("TBD", "TBA", "T.B.", "DEFINIR", "DÉFINIR", "CONFERMARE", "CONFIRM", "COMPLET", "COMPLÉT"),
    *("INSER", "AGGIUNGERE", "PRÉCISER", "OFFEN", "ERGÄNZEN", "EINFÜGEN"),
    *("NOM", "Nom", "NAME", "Name", "Vorname"),
)
"""One of these stands in all that the pattern above finds, and is looked for sooner."""
_TO_BE_CONFIRMED = re.compile(r"\bTBC\b")
_TUBERCULOSIS = re.compile(r"tuber[ck]ul|tubercol", re.IGNORECASE)

_XX = re.compile(r"(?<![^\W_])(?:X{2,}|x{2,}|20[Xx]{2})(?![^\W_])")
_DIGITS_MEANT = re.compile(
    r"[/.:]\s?[Xx\d]{2}|\s?(?:%|‰|€|\$|£|euros?\b|dollar|per\s?cent|mil\w{2,}|mld\b|mln\b|bn\b"
    r"|Mio\b|Mrd\b|Prozent|Uhr\b)",
    re.IGNORECASE,
)
_ROMAN_BEFORE = re.compile(
    r"(?:(?-i:\b[IVXLC]{1,7}(?:[,\s/–-]|\s(?:e|ed|and|und|et|y|al|to|à)\s))"
    r"|\b(?:secol[oi]|siglos?|siècles?|séculos?|century|vol(?:ume|\.)?|tom[eo]|capitolo|cap\.|chapter"
    r"|Kapitel|chapitre|part[ei]?|titolo|title|articolo|art\.|annex|allegato|Super\sBowl|Band|pp?\."
    r"|pag\.|Via|Viale|Piazza|Corso|papa|pope|re|king|figure|46,|45,|[XY]/)\s?)$",
    re.IGNORECASE,
)
_ROMAN_AFTER = re.compile(
    r"\s?[ªº°]|\.?\s(?:secol|sigl|siècle|sécul|centur|Jahrh|Jh\.|edi[zçct]|édition|Auflage|Ausgabe"
    r"|congres|Kongress|gioch|games|jeux|Spiele|juegos|jogos|olimp|olymp|legislatur|législature"
    r"|settembre|aprile|anniversar|Jubil|conferen|Konferenz|festival|fiera|giornat|Tagung|assemble"
    r"|capit|chapter|corso|ciclo|concors|premio|prize|biennal|triennal|convegno|meeting|summit"
    r"|vertice|regiment|reggimento|legi[oó]n|municipio|chromosom|cromosom|domenica|sunday)"
    r"|[-–/](?:[IVX]{1,6}|Y)\b|e\s(?:siècle|édition)|th\b",
    re.IGNORECASE,
)


@check("placeholders", "Places left to fill in")
def placeholders(revision: Revision, context: Context) -> Iterator[Finding]:
    """Warns of what reads like a form that was not filled in; Roman numerals are no such thing."""
    read = (*passages(revision), *names(revision))
    if not any(_found("\n".join(passage.text for passage in read))):
        return
    for passage in read:
        for start, end in sorted(_found(passage.text)):
            quote = passage.text[start:end]
            message = say(
                "{quote} {inside} looks like a place left to fill in; fill it in, or keep it if it "
                "is meant.",
                quote=shown(quote),
                inside=inside(passage.where),
            )
            yield Finding(Severity.WARNING, message, passage.where, quote)


def _found(text: str) -> Iterator[tuple[int, int]]:
    """The offsets of what looks unfilled. A look for its marks first spares most texts the rest."""
    folded = text.casefold()
    if any(mark in folded for mark in _MARKS):
        yield from (found.span() for found in _FILL_IN.finditer(text))
    if any(mark in text for mark in _CAPITAL_MARKS):
        yield from (found.span() for found in _CAPITALS.finditer(text))
    if "TBC" in text and not _TUBERCULOSIS.search(text):
        yield from (found.span() for found in _TO_BE_CONFIRMED.finditer(text))
    for found in _XX.finditer(text) if "xx" in folded else ():
        if not _is_roman(text, found):
            yield found.span()


def _is_roman(text: str, found: re.Match[str]) -> bool:
    """Whether XX or XXX is the number twenty or thirty: by what stands before and after it."""
    if len(found[0]) > 3 or _DIGITS_MEANT.match(text, found.end()):
        return False
    before = text[max(0, found.start() - 24) : found.start()]
    return bool(_ROMAN_BEFORE.search(before) or _ROMAN_AFTER.match(text, found.end()))
