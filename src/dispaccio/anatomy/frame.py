"""The frame that mail programs and publishing systems put around a text: keys and their values.

``Categoria``, ``Tag``, ``Data di creazione``, ``Autore``, ``From:``, ``Betreff:`` and the like;
lines that only instruct (``FOR IMMEDIATE RELEASE``) or end (``###``) are claimed and say nothing.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from dispaccio.anatomy import days, embargo, label
from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.prose import is_prose, is_running
from dispaccio.anatomy.words import keyed, listed
from dispaccio.anatomy.work import Work
from dispaccio.errors import InputError
from dispaccio.release.body import BlockKind

_KEYS = {
    "title": "title titolo titel titre título наслов naslov 标题 العنوان",
    "description": "description descrizione beschreibung descripción descrição опис opis 描述 "
    "الوصف",
    "category": "category categories categoria categorie kategorie catégorie rubrik rubrique "
    "categoría категорија kategorija 分类 类别 التصنيف الفئة",
    "tags": "tag tags keywords schlagworte schlagwörter stichwörter mots-clés etiquetas "
    "ознаке oznake 标签 关键词 الوسوم الكلمات_المفتاحية parole_chiave palabras_clave "
    "palavras-chave",
    "created": "created creation_date date_created data_di_creazione erstellt erstellungsdatum "
    "erstellt_am date_de_création fecha_de_creación data_de_criação датум_креирања "
    "datum_kreiranja 创建日期 创建时间 发布日期 تاريخ_الإنشاء",
    "author": "author autore autor auteur аутор 作者 الكاتب المؤلف",
}
_MAIL = {
    "subject": "subject betreff oggetto objet asunto assunto предмет predmet 主题 الموضوع",
    "sender": "from von da de 发件人 من шаље šalje",
    "sent": "date sent datum gesendet data inviato envoyé fecha enviado датум poslato 日期 "
    "发送时间 التاريخ",
    "other": "to an a à para cc bcc reply-to antwort_an kopie 收件人 抄送 إلى за za list-id "
    "message-id x-mailer mime-version content-type",
}
_RELEASE_NOW = """
for_immediate_release immediate_release for_release_on_receipt for_release
per_diffusione_immediata per_la_pubblicazione_immediata con_preghiera_di_pubblicazione
zur_sofortigen_veröffentlichung frei_zur_veröffentlichung
pour_diffusion_immédiate para_publicación_inmediata para_su_publicación_inmediata
para_divulgação_imediata за_објављивање_одмах za_objavljivanje_odmah 即时发布 للنشر_الفوري
fine ende ends end fin fim крај kraj 完 انتهى 30
"""
_PRESS_OFFICE = """
press_office ufficio_stampa pressestelle service_de_presse gabinete_de_prensa
assessoria_de_imprensa служба_за_информисање 新闻办公室 المكتب_الإعلامي
"""

_KEY_OF, _MAIL_KEY_OF = keyed(_KEYS), keyed(_MAIL)
_MARKS, _OFFICES = frozenset(listed(_RELEASE_NOW)), frozenset(listed(_PRESS_OFFICE))
_PAIR = re.compile(r"(?P<key>[^\W\d][\w '-]{0,30}?)\s?[:：]\s*(?P<value>.*)")
_GREETING = re.compile(
    r"(?:dear|hello|hi|gentil\w*|egregi\w*|car[ioe]|spett\w*|buongiorno|sehr\s+geehrte\w*|liebe\w*"
    r"|guten\s+tag|hallo|bonjour|madame|monsieur|mesdames|chers?|chères?|estimad\w+|querid\w+"
    r"|caros?|prezad\w+|поштован\w+|poštovan\w+|尊敬的|各位|السادة|تحية)(?!\w).{0,60}[,:!，：،]",
    re.IGNORECASE,
)
_TIME = re.compile(r"[\s,|–—-]*\d{1,2}[:.]\d\d(?!\d)[^.!?]{0,40}$")
_ENDS_ONLY = re.compile(r"[\W_]+")
_LONGEST_VALUE, _MOST_NOTES = 120, 5


def take_mail(work: Work) -> None:
    """Claim the header lines of a mail: at least two at the very top, one its subject or sender."""
    found: list[tuple[int, str, str]] = []
    for index, passage in enumerate(work.passages):
        pair = _PAIR.fullmatch(passage.text) if len(passage.text) < 400 else None
        key = _MAIL_KEY_OF.get(pair["key"].lower()) if pair else None
        if not pair or not key:
            break
        found.append((index, key, pair["value"].strip()))
    if len(found) < 2 or not {"subject", "sender"} & {key for _, key, _ in found}:
        return
    work.mail = True
    for index, key, value in found:
        work.claim(index, SpanKind.FRAME)
        if key == "subject":
            head = label.head_of(value)
            work.subject = head[1] if head and head[1] else value
            if head:
                work.say(label=head[0])
        elif key == "sender":
            work.say(author=re.sub(r"\s*<[^<>]*>\s*$", "", value).strip('" '))
        elif key == "sent":
            work.say(created=_moment(value, work))


def take_cover(work: Work) -> None:
    """Claim the greeting of a mail, and the sender's note that stands above the text's label."""
    for index, passage in work.lines(80):
        if _GREETING.fullmatch(passage.text):
            work.claim(index, SpanKind.FRAME)
        elif is_prose(passage.text):
            break
    label_at = next((at for at, _ in work.of(SpanKind.LABEL)), None)
    if not work.mail or label_at is None:
        return
    notes = [index for index, _ in work.free() if index < label_at]
    spoken = any(is_running(work.passages[index].text) for index in notes)
    below = any(is_running(passage.text) for passage in work.passages[label_at:])
    if spoken and below and len(notes) <= _MOST_NOTES:
        for index in notes:
            work.claim(index, SpanKind.NOTE)
        work.say(editorial_note="\n".join(work.passages[index].text for index in notes))


def take_marks(work: Work) -> None:
    """Claim lines that only instruct, only end the text, or belong to a letterhead."""
    texts = (index for index, passage in work.free() if is_prose(passage.text))
    first = next(texts, 0)
    for index, passage in work.lines(60):
        bare = passage.text.strip(" \t-–—*#.:!()[]").casefold()
        ends = _ENDS_ONLY.fullmatch(passage.text) and passage.text != "--"
        if bare in _MARKS or ends or (bare in _OFFICES and index < first):
            work.claim(index, SpanKind.FRAME)


def take_moment(work: Work) -> None:
    """Claim a line above the text that is nothing but an instant: it says when it came out."""
    for index, passage in work.lines(80):
        if is_prose(passage.text):
            return
        found = days.find(passage.text)
        timed = _TIME.match(passage.text, found.end) if found and found.start == 0 else None
        if found and timed:
            work.claim(index, SpanKind.FRAME)
            work.say(created=_moment(passage.text, work))


def take(work: Work) -> None:
    """Claim keys and their values: on one line, or the short lines and lists below the key."""
    for index, passage in list(work.lines(200)):
        pair = _PAIR.fullmatch(passage.text)
        key = _KEY_OF.get((pair["key"] if pair else passage.text).strip().lower())
        inline = pair["value"] if pair else ""
        if key is None or passage.title or (key == "description" and inline):
            continue
        values = [inline] if inline else []
        if not inline and key != "description":
            values = _below(work, index, several=key == "tags")
        if values or key != "title":
            work.claim(index, SpanKind.FRAME)
            _state(work, key, values)


def _below(work: Work, index: int, *, several: bool) -> list[str]:
    """The values below a key, claimed; nothing if what follows is text."""
    values: list[str] = []
    for at in range(index + 1, len(work.passages)):
        passage = work.passages[at]
        if at in work.kinds or not _is_value(passage):
            break
        work.claim(at, SpanKind.FRAME)
        values += passage.text.split("\n")
        if not several or passage.kind is BlockKind.LIST:
            break
    return values


def _is_value(passage: Passage) -> bool:
    text = passage.text
    if len(text) > _LONGEST_VALUE or is_prose(text) or text.lower() in _KEY_OF:
        return False
    pair = _PAIR.fullmatch(text)
    return not (pair and pair["key"].lower() in _KEY_OF)


def _state(work: Work, key: str, values: list[str]) -> None:
    if not values:
        return
    if key == "tags":
        work.say(tags=tuple(tag for value in values for tag in re.split(r"\s*[,;，、،]\s*", value)))
    elif key == "created":
        work.say(created=_moment(values[0], work))
    elif key == "title":
        work.say(headline=values[0])
    else:
        work.say(**{key: values[0]})


def _moment(text: str, work: Work) -> datetime | date | None:
    """The instant that a value states, or only the day where it has no time or no zone."""
    try:
        return embargo.instant_in(text, work.zone)
    except InputError:
        pass
    try:
        sent = parsedate_to_datetime(text)
        if sent.tzinfo is not None:
            return sent.astimezone(UTC)
    except (ValueError, IndexError):
        pass
    found = days.find(text)
    return found.day if found else None
