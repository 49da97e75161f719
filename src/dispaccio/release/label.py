"""The label: the disclosure that travels with a release as data and as words.

This is the one place that knows the words of a label, in every language, to write them and to
recognise them. IPTC Genre NewsCodes: the paid case carries ``Press_Release`` and
``Advertiser_Supplied`` together; an unpaid release never carries an advertiser mark.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class LabelKind(StrEnum):
    """The closed list of kinds."""

    PROMOTIONAL = "promotional"
    INSTITUTIONAL = "institutional"
    SCIENCE = "science"
    REGULATED = "regulated"
    POLITICAL = "political"


@dataclass(frozen=True, slots=True)
class Label:
    """A label: its kind, the words shown, and what is known of the payment.

    ``details`` are the further statements that a kind asks for, as (name, value) pairs: sponsor
    and payer of political advertising, the study of a research release, and so on.
    """

    kind: LabelKind | None
    text: str
    commissioned: bool | None = None
    paid_by: str | None = None
    paid_to: str | None = None
    details: tuple[tuple[str, str], ...] = ()

    @property
    def paid(self) -> bool:
        """Whether the label says that somebody paid."""
        return bool(self.commissioned) or self.kind in PAID


PAID = frozenset({LabelKind.PROMOTIONAL, LabelKind.POLITICAL})
PRESS_RELEASE, ADVERTISER_SUPPLIED = "Press_Release", "Advertiser_Supplied"

_LONGEST = 120
_P, _I, _S, _R, _L = LabelKind
WORDS: dict[str, dict[LabelKind, str]] = {
    "en": {
        _P: "Press release – promotional content",
        _I: "Press release",
        _S: "Research press release",
        _R: "Regulated information",
        _L: "Political advertising",
    },
    "it": {
        _P: "Comunicato stampa – contenuto promozionale",
        _I: "Comunicato stampa",
        _S: "Comunicato di ricerca",
        _R: "Informazione regolamentata",
        _L: "Pubblicità politica",
    },
    "de": {
        _P: "Pressemitteilung – Anzeige",
        _I: "Pressemitteilung",
        _S: "Wissenschaftliche Pressemitteilung",
        _R: "Regulierte Information",
        _L: "Politische Werbung",
    },
    "fr": {
        _P: "Communiqué de presse – contenu promotionnel",
        _I: "Communiqué de presse",
        _S: "Communiqué de recherche",
        _R: "Information réglementée",
        _L: "Publicité politique",
    },
    "es": {
        _P: "Comunicado de prensa – contenido promocional",
        _I: "Comunicado de prensa",
        _S: "Comunicado de investigación",
        _R: "Información regulada",
        _L: "Publicidad política",
    },
    "pt": {
        _P: "Comunicado de imprensa – conteúdo promocional",
        _I: "Comunicado de imprensa",
        _S: "Comunicado de investigação",
        _R: "Informação regulamentada",
        _L: "Propaganda política",
    },
    "sr": {
        _P: "Саопштење за јавност – промотивни садржај",
        _I: "Саопштење за јавност",
        _S: "Научно саопштење",
        _R: "Регулисане информације",
        _L: "Политичко оглашавање",
    },
    "zh": {
        _P: "新闻稿——推广内容",
        _I: "新闻稿",
        _S: "科研新闻稿",
        _R: "受监管信息",
        _L: "政治广告",
    },
    "ar": {
        _P: "بيان صحفي – محتوى ترويجي",
        _I: "بيان صحفي",
        _S: "بيان بحثي",
        _R: "معلومات خاضعة للتنظيم",
        _L: "إعلان سياسي",
    },
}

_OTHER_WORDS: dict[LabelKind, tuple[str, ...]] = {
    _P: (
        "paid press release",
        "sponsored",
        "sponsored press release",
        "sponsored content",
        "paid content",
        "promotional content",
        "advertisement",
        "advertorial",
        "paid post",
        "contenuto promozionale",
        "contenuto sponsorizzato",
        "messaggio promozionale",
        "informazione pubblicitaria",
        "a pagamento",
        "adv",
        "comunicato stampa sponsorizzato",
        "publiredazionale",
        "pubbliredazionale",
        "anzeige",
        "werbung",
        "bezahlte pressemitteilung",
        "contenu sponsorisé",
        "publirédactionnel",
        "communiqué de presse – publicité",
        "communiqué sponsorisé",
        "contenu promotionnel",
        "publicité",
        "contenido patrocinado",
        "contenido promocional",
        "publirreportaje",
        "publicidad",
        "conteúdo patrocinado",
        "conteúdo promocional",
        "publieditorial",
        "publicidade",
        "плаћени садржај",
        "плаћено саопштење",
        "промотивни садржај",
        "plaćeni sadržaj",
        "promotivni sadržaj",
        "saopštenje za javnost – promotivni sadržaj",
        "推广",
        "广告",
        "推广内容",
        "محتوى مدفوع",
        "محتوى ترويجي",
        "إعلان مدفوع",
    ),
    _I: (
        "news release",
        "media release",
        "nota stampa",
        "medienmitteilung",
        "medieninformation",
        "presseinformation",
        "pressemeldung",
        "communiqué",
        "nota de prensa",
        "nota de imprensa",
        "саопштење",
        "saopštenje",
        "saopštenje za javnost",
        "新闻公报",
        "新闻通稿",
        "خبر صحفي",
    ),
    _S: (
        "research news",
        "research news release",
        "science press release",
        "comunicato scientifico",
        "forschungsmeldung",
    ),
    _R: ("regulatory announcement", "informazioni regolamentate"),
    _L: ("messaggio politico elettorale", "political advertisement", "propaganda elettorale"),
}

PAID_FOR_BY = {"en": "Paid for by", "it": "A pagamento, per conto di"}
"""How this wire says at the foot of a text who paid; English where there is nothing else."""
_BEFORE_PAYER = re.compile(
    r"""(?:this\s+\w+\s+(?:is|was)\s+)?(?:
      (?:sponsored|paid|presented|promoted|supported)(?:\s+(?:content|post|article|story|message))?
      (?:\s+for)?\s+by | (?:sponsored|paid)\s+content\s+from | brought\s+to\s+you\s+by
    | (?:in\s+)?paid\s+partnership\s+with | advertisement\s+(?:by|from|of)
    | (?:contenuto\s+|comunicato\s+)?(?:sponsorizzato|offerto|pagato)\s+da
    | a\s+pagamento,?\s+per\s+conto\s+di
    | (?:gesponsert|gesponserter\s+beitrag|bezahlt|anzeige)\s+von
    | (?:contenu\s+|article\s+)?(?:sponsorisé|payé|offert)\s+par
    | (?:contenido\s+|conteúdo\s+|artículo\s+|artigo\s+)?(?:patrocinado|pagado|pago)\s+por
    | sponzorisano\s+od | спонзорисано\s+од
    )\s*[:：]?\s+(?P<payer>\S.*)""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(
    r"[^,;:!?]+(?:, ?(?:inc|llc|ltd|co|corp|plc|s\.?\s?p\.?\s?a)\.?)?", re.IGNORECASE
)
_BEFORE_PARTNER = re.compile(
    r"(?:in partnership (?:with|con)|in partnerschaft mit|en partenariat avec|em parceria com)"
    r"\s+(?P<payer>\S.*)",
    re.IGNORECASE,
)
_LONGEST_PAYER, _MOST_WORDS = 80, 6


def words(kind: LabelKind, language: str | None) -> str:
    """The words of a kind in a language (BCP 47); English where we have none for it."""
    return WORDS.get((language or "en").split("-")[0].lower(), WORDS["en"])[kind]


def genres(label: Label) -> tuple[str, ...]:
    """The IPTC Genre NewsCodes (scheme ``genre``) of a label."""
    return (PRESS_RELEASE, ADVERTISER_SUPPLIED) if label.paid else (PRESS_RELEASE,)


def of_kind(kind: LabelKind, language: str | None, **facts: str | bool | None) -> Label:
    """A label of this wire: the kind with its words in the release's language."""
    commissioned = facts.get("commissioned")
    return Label(
        kind,
        words(kind, language),
        commissioned=kind in PAID if commissioned is None else bool(commissioned),
        paid_by=str(facts["paid_by"]) if facts.get("paid_by") else None,
        paid_to=str(facts["paid_to"]) if facts.get("paid_to") else None,
    )


def recognise(line: str) -> Label | None:
    """The label that a line of text is, or None.

    The whole line has to be label words, in capitals or not, with any dash, or end in a colon:
    "press release" within a sentence is not a label. ``commissioned`` is True for paid kinds and
    otherwise unknown: a text that says only "Press release" is silent about payment.
    """
    text = line.strip()
    if len(text) > _LONGEST:
        return None
    kind = _known().get(_folded(text))
    if kind is None:
        return None
    return Label(kind, text, commissioned=True if kind in PAID else None)


def paid_by(line: str, *, first: bool = False) -> Label | None:
    """The paid label that a line is which says who paid ("Sponsored by Foo Ltd"), or None.

    The rest of the line has to be a name: a few words, no comma and no sentence. Only the
    ``first`` line of a text may also say with whom it was made: below, that is what a text tells.
    """
    if len(line) > _LONGEST:
        return None
    bare = line.strip(" \t[]()*")
    found = _BEFORE_PAYER.fullmatch(bare) or (_BEFORE_PARTNER.fullmatch(bare) if first else None)
    name = found["payer"].strip() if found else ""
    if not name or len(name) > _LONGEST_PAYER or len(name.split()) > _MOST_WORDS:
        return None
    if not _NAME.fullmatch(name):
        return None
    return Label(LabelKind.PROMOTIONAL, line.strip(), commissioned=True, paid_by=name)


def begins_with_label(line: str) -> tuple[Label, str] | None:
    """The label at the head of a line ("LABEL: sentence") and the rest of the line, or None."""
    head, *rest = re.split("[:：]", line, maxsplit=1)
    label = recognise(head) if rest else None
    return (label, rest[0].strip()) if label else None


def _folded(text: str) -> str:
    bare = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold())
    return bare.strip()


@lru_cache(maxsize=1)
def _known() -> dict[str, LabelKind]:
    known = {_folded(text): kind for table in WORDS.values() for kind, text in table.items()}
    return known | {_folded(text): kind for kind, texts in _OTHER_WORDS.items() for text in texts}
