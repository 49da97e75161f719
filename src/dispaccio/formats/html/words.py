"""The words of the page around a release: the interface is in English and Italian."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date

from dispaccio.release.label import PAID_FOR_BY
from dispaccio.release.model import ARCHIVE_WORDS, SIGNED_WORDS, Revision, SignedBy


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; ``language`` is its BCP 47 tag."""

    language: str
    issued_by: str
    about: str
    contacts: str
    files: str
    photo: str
    provenance: str
    number: str
    revision: str
    published: str
    changed: str
    address: str
    original: str
    carried_by: str
    paid_by: str
    corrected: str
    embargo: str
    withheld: str
    withdrawn: str
    reason: str
    archive: str
    signed: dict[SignedBy, str]


ENGLISH = Words(
    language="en",
    issued_by="Issued by",
    about="About",
    contacts="Press contact",
    files="Pictures and files",
    photo="Photo",
    provenance="Provenance",
    number="Number",
    revision="revision",
    published="Published",
    changed="Changed",
    address="Permanent address",
    original="Original",
    carried_by="Carried by",
    paid_by=PAID_FOR_BY["en"],
    corrected="Corrected",
    embargo="Under embargo until",
    withheld="This release is withheld. Its text is not shown for now.",
    withdrawn="This release was withdrawn. Its text is no longer shown.",
    reason="Reason",
    archive=f"{ARCHIVE_WORDS[0].upper()}{ARCHIVE_WORDS[1:]}",
    signed={by: f"{words[0].upper()}{words[1:]}" for by, words in SIGNED_WORDS.items()},
)
ITALIAN = Words(
    language="it",
    issued_by="Emesso da",
    about="Profilo",
    contacts="Contatti stampa",
    files="Immagini e file",
    photo="Foto",
    provenance="Provenienza",
    number="Numero",
    revision="revisione",
    published="Pubblicato",
    changed="Modificato",
    address="Indirizzo permanente",
    original="Originale",
    carried_by="Diffuso da",
    paid_by=PAID_FOR_BY["it"],
    corrected="Rettificato",
    embargo="Sotto embargo fino al",
    withheld="Questo comunicato è sospeso. Il testo per ora non è mostrato.",
    withdrawn="Questo comunicato è stato ritirato. Il testo non è più mostrato.",
    reason="Motivo",
    archive="Archivio: non diffuso da questa agenzia",
    signed={
        SignedBy.ISSUER: "Firmato con la chiave dell'emittente",
        SignedBy.CUSTODIAL: "Firmato da questa agenzia per conto dell'emittente",
        SignedBy.OBSERVED: "Ripreso da un'altra agenzia",
    },
)


def origin(revision: Revision, words: Words) -> str | None:
    """Whose signature stands under a revision; of an archive's, that this wire did not issue it."""
    if revision.archive:
        return words.archive
    return words.signed[revision.signed_by] if revision.signed_by else None


def words_for(language: str | None) -> Words:
    """The words of a page about a release in this language; English where there are none."""
    return ITALIAN if (language or "").lower().split("-")[0] == "it" else ENGLISH


@lru_cache(maxsize=256)
def direction(language: str | None) -> str:
    """The direction in which a language (BCP 47) is written: ``ltr``, ``rtl``, else ``auto``."""
    try:
        return str(Locale.parse((language or "").replace("-", "_")).text_direction)
    except (UnknownLocaleError, ValueError):
        return "auto"


def instant(moment: datetime, words: Words) -> str:
    """An instant in words, in UTC: ``May 26, 2026, 07:00:00 UTC``."""
    moment = moment.astimezone(UTC)
    return f"{format_date(moment, 'long', locale=words.language)}, {moment:%H:%M:%S} UTC"
