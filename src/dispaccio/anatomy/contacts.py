"""Press contacts: a heading such as ``Pressekontakt:`` and the lines below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dispaccio.anatomy.document import Passage, SpanKind
from dispaccio.anatomy.prose import UPPER, is_prose
from dispaccio.anatomy.words import listed
from dispaccio.anatomy.work import Work
from dispaccio.release.model import Contact

_HEADINGS = """
contact contacts contact_information contact_details media_contact media_contacts press_contact
press_contacts contact_for_media media_enquiries media_inquiries press_enquiries press_inquiries
for_media_inquiries for_press_enquiries media_relations
contatto contatti contatti_stampa contatto_stampa contatti_per_la_stampa contatti_media
ufficio_stampa referente_stampa per_informazioni per_ulteriori_informazioni
kontakt kontakte pressekontakt pressekontakte medienkontakt ansprechpartner ansprechpartnerin
ansprechpartner_für_die_presse kontakt_für_die_presse kontakt_für_medien rückfragen
rückfragen_bitte_an rückfragehinweis rückfragen_&_kontakt pressestelle
contact_presse contacts_presse contact_média contacts_médias contact_médias relations_presse
service_de_presse
contacto contactos contacto_de_prensa contacto_prensa contacto_para_medios
contacto_para_la_prensa gabinete_de_prensa
contato contatos contato_de_imprensa contacto_de_imprensa contactos_de_imprensa
assessoria_de_imprensa
контакт контакти контакт_за_медије контакт_за_новинаре особа_за_контакт
kontakti kontakt_za_medije kontakt_za_novinare osoba_za_kontakt
联系人 联系方式 媒体联系人 媒体联系 新闻联系人
جهة_الاتصال جهات_الاتصال للتواصل للتواصل_الإعلامي الاتصال_الإعلامي مسؤول_الاتصال
للاستفسارات_الإعلامية
kind_regards best_regards regards yours_sincerely sincerely cordiali_saluti distinti_saluti
cordialmente un_cordiale_saluto mit_freundlichen_grüßen mit_freundlichem_gruß freundliche_grüße
beste_grüße viele_grüße cordialement bien_cordialement saludos un_saludo atentamente
com_os_melhores_cumprimentos atenciosamente с_поштовањем s_poštovanjem
"""
_PROSE = re.compile(
    r"(?:for\s+(?:further|more)\s+information,?\s+(?:please\s+)?contact"
    r"|per\s+(?:ulteriori\s+)?informazioni,?\s+(?:contattare|rivolgersi)"
    r"|(?:für\s+)?(?:weitere\s+informationen|rückfragen)\s+(?:wenden|richten)\s+sie\s+sich"
    r"|pour\s+(?:plus\s+d['’]informations?|toute\s+information),?\s+(?:veuillez\s+)?contacte[rz]"
    r"|para\s+(?:más|mais)\s+(?:información|informações),?\s+(?:contactar|contacte|póngase))"
    r"(?:\s+(?:an|a|mit|con|au|à))?\s*:?\s*",
    re.IGNORECASE,
)
_ROLES = re.compile(
    r"\b(?:head|vp|ceo|cfo|cto|president|chief|founder|coordinator|director|manager|officer|spokes\w+|press|communications?|media|relations|office"
    r"|editor|secretary|responsabile|direttor\w+|addett[oa]|portavoce|stampa|comunicazione|ufficio"
    r"|leiter\w*|leitung|referent\w*|sprecher\w*|presse\w*|öffentlichkeitsarbeit|kommunikation"
    r"|directeur|directrice|responsable|chargée?|porte-parole|prensa|comunicación|director[a]?"
    r"|jefe|jefa|portavoz|imprensa|assessor\w*|портпарол\w*|портпаролка|односи|шеф"
    r"|glasnogovorni\w+|portparol\w*|odnos[ie])\b|主任|经理|发言人|负责人|部$|处$|مدير|متحدث|مسؤول|المكتب",
    re.IGNORECASE,
)
_ORGANISATIONS = re.compile(
    r"\b(?:inc|ltd|llc|plc|corp|gmbh|ag|se|kg|e\.?v|s\.?p\.?a|s\.?r\.?l|s\.?a|s\.?l|b\.?v|ltda"
    r"|d\.?o\.?o|university|institute|foundation|ministry|council|agency|association|museum|library"
    r"|universität|hochschule|institut|stiftung|ministerium|stadt|verband|verein|amt"
    r"|università|istituto|fondazione|ministero|comune|regione|provincia|associazione|museo"
    r"|université|fondation|ministère|ville|mairie|association|fundación|universidad|ministerio"
    r"|ayuntamiento|universidade|fundação|prefeitura|универзитет|министарство|град|општина"
    r"|univerzitet|ministarstvo|grad|opština)\b\.?|大学|公司|基金会|学院|研究所|局$|وزارة|جامعة|مؤسسة"
    r"|شركة|هيئة|مركز",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_PHONE = re.compile(
    r"(?<![\w/@.-])(?![1-9]\d{0,8}(?![\d() ./\u00a0-]))"
    r"(?:\+|\(?\+?\(?\d)[\d() ./\u00a0-]{5,22}\d(?![\w@])"
)
_YEARLY = re.compile(
    r"(?<![\d./-])(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}|(?:19|20)\d\d[–-](?:19|20)\d\d)(?![\d./-])"
)
_KEY = re.compile(
    r"(?<!\w)(?:tel(?:efon[oe]?|éfono|éphone|ephone)?|ph(?:one)?|fon|cell(?:ulare)?|mob(?:ile?|il)?"
    r"|e-?mail|mail|m|t|e|p|тел(?:ефон)?|имејл|е-пошта|电话|邮箱|邮件|电子邮件|هاتف|الهاتف|البريد"
    r"|البريد الإلكتروني|بريد)(?!\w)\s*[.:：]*\s*",
    re.IGNORECASE,
)
_FAX = re.compile(r"(?:tele)?fax\b.{0,40}|传真.{0,40}|فاكس.{0,40}|факс.{0,40}", re.IGNORECASE)
_ADDRESS = re.compile(r"<?(?:https?://|www\.)\S+", re.IGNORECASE)
_SPLIT = re.compile(r"[,;|/\t\n·•،，；()<>（）]|\s[-–—]\s")
_NAME = re.compile(
    rf"(?:(?:Dr|Prof|Ms|Mrs|Mr|Dott|Dott\.ssa|Sig|Ing|Avv|Frau|Herr|Mme|M|др|проф)\.?\s+)*"
    rf"[{UPPER}][^\W\d]*[\w'’.-]*(?:\s+(?:de|di|da|del|della|van|von|der|bin|al|la|le)\b)*"
    rf"(?:\s+[{UPPER}][\w'’.-]*){{1,4}}"
)
_LONGEST_NAME = 200
_OTHER_NAME = re.compile(r"[\u4e00-\u9fff·]{2,6}|[\u0621-\u064a. ]{4,40}")


_HEADING = re.compile(
    r"(?:\w+[\s/&-]+){0,3}(?:contacts?|inquiries|enquiries|(?:presse|medien)?kontakte?|ansprechpartner(?:in)?)"
    r"|(?:contatti|contactos?|contatos?|contacts?)(?:\s\w+){1,3}"
)
_HEADING_WORDS = frozenset(listed(_HEADINGS))
_INLINE = re.compile(r"\W*(?P<head>[^:：]{2,40})[:：]\s*(?P<rest>.*)")


def take(work: Work) -> None:
    """Claim contact headings with their lines, and sentences that give an address for questions."""
    found: list[Contact] = []
    for index, passage in list(work.lines(600)):
        if index in work.kinds:
            continue
        rest = heading(passage.text) if index in work.headings else None
        prose = _PROSE.match(passage.text)
        if prose and (_EMAIL.search(passage.text) or _PHONE.search(passage.text)):
            work.claim(index, SpanKind.CONTACT)
            found += parse([passage.text[prose.end() :].rstrip(".")])
        elif rest is not None:
            below = _section(work, index, alone=not rest)
            lines = [rest, *_lines(work, below)] if rest else _lines(work, below)
            if any(map(has_data, lines)) or (lines and _is_certain(passage.text)):
                for at in (index, *below):
                    work.claim(at, SpanKind.CONTACT)
                found += parse(lines)
    known = work.said.contacts
    if more := tuple(contact for contact in found if contact not in known):
        work.said = replace(work.said, contacts=(*known, *more))


def has_data(text: str) -> bool:
    """Whether a line has an e-mail address or a telephone number."""
    return bool(_EMAIL.search(text) or _PHONE.search(_YEARLY.sub("", _ADDRESS.sub("", text))))


def is_organisation(text: str) -> bool:
    """Whether a line has a word that organisations bear: "University", "S.p.A."."""
    return _ORGANISATIONS.search(text) is not None


def heading(text: str) -> str | None:
    """What stands behind a contact heading on its line, nothing for a bare one; else None."""
    bare = text.strip(" *_#:：-–.,").casefold()
    if text == "--" or bare in _HEADING_WORDS or _HEADING.fullmatch(bare):
        return ""
    inline = _INLINE.fullmatch(text) if ":" in text or "：" in text else None
    if inline and inline["head"].strip(" *_").casefold() in _HEADING_WORDS:
        return inline["rest"]
    return None


def _is_certain(text: str) -> bool:
    """Whether a heading is one of the fixed ones, not only built like one."""
    bare = text.strip(" *_#:：-–.,").casefold()
    return bare in _HEADING_WORDS or text == "--" or text.endswith((":", "："))


def _section(work: Work, heading: int, *, alone: bool) -> list[int]:
    """The passages below a heading: its own group, then every group that holds contact data."""
    found: list[int] = []
    own = True
    for group in _groups_below(work, heading):
        own = own and (not work.passages[group[0]].gap or (alone and not found))
        data = any(has_data(work.passages[at].text) for at in group)
        if not data and not (own and len(group) <= 6):
            break
        found += group
    return found


def _lines(work: Work, indexes: list[int]) -> list[str]:
    """The lines of some passages, an empty one where there is a gap."""
    lines: list[str] = []
    for at in indexes:
        passage = work.passages[at]
        if lines and passage.gap:
            lines.append("")
        lines += passage.text.split("\n")
    return lines


def _groups_below(work: Work, heading: int) -> Iterator[list[int]]:
    group: list[int] = []
    for at in range(heading + 1, len(work.passages)):
        passage = work.passages[at]
        if at in work.kinds or not _may_belong(passage):
            break
        if at in work.headings and not _is_role(passage):
            break
        if passage.gap and group:
            yield group
            group = []
        group.append(at)
    if group:
        yield group


def _is_role(passage: Passage) -> bool:
    """Whether a line such as "Press office" belongs to the contact above it."""
    bare = not passage.gap and not passage.text.endswith((":", "："))
    return bare and heading(passage.text) == ""


def _may_belong(passage: Passage) -> bool:
    return len(passage.text) < 300 and (has_data(passage.text) or not is_prose(passage.text))


def parse(lines: list[str]) -> list[Contact]:
    """The contacts of some lines; an empty line divides, and so does a second name.

    What is neither name, role, organisation, e-mail address nor telephone number (a street, a web
    address) has no place in a contact and is left out.
    """
    found: list[dict[str, str]] = [{}]
    for line in lines:
        if not line.strip() and "name" in found[-1]:
            found.append({})
        for place, (field, value) in enumerate(_facts(line)):
            if place == 0 and field == "role" and found[-1].keys() & {"email", "phone"}:
                found.append({})
            now = found[-1]
            if field not in now:
                now[field] = value
            elif field == "name" and not now.keys() & {"email", "phone"}:
                now.setdefault("organisation", value)
            elif field == "name" or (field == "email" and "name" not in now):
                found.append({field: value})
            elif field in ("phone", "role") and value not in now[field]:
                now[field] += f", {value}"
    return [
        Contact(
            name=contact.get("name"),
            role=contact.get("role"),
            organisation=contact.get("organisation"),
            email=contact.get("email"),
            phone=contact.get("phone"),
        )
        for contact in found
        if contact
    ]


def _facts(line: str) -> Iterator[tuple[str, str]]:
    """What a line states, in its order: pairs of a field of Contact and its value."""
    rest = _FAX.sub(" ", _ADDRESS.sub(" ", line))
    data = [("email", email.rstrip(".")) for email in _EMAIL.findall(rest)]
    rest = _YEARLY.sub(" ", _EMAIL.sub(" , ", rest))
    data += (("phone", " ".join(phone.split())) for phone in _PHONE.findall(rest))
    rest = _PHONE.sub(" , ", rest)
    for piece in _SPLIT.split(_KEY.sub(" , ", rest)):
        value = piece.strip().strip(" .:：*_-–")
        if len(value) > 1 and not any(sign.isdigit() for sign in value):
            yield _kind_of(value), value
    yield from data


def _kind_of(value: str) -> str:
    if _ORGANISATIONS.search(value) and not _ROLES.match(value):
        return "organisation"
    if _ROLES.search(value):
        return "role"
    if len(value) <= _LONGEST_NAME and (_NAME.fullmatch(value) or _OTHER_NAME.fullmatch(value)):
        return "name"
    return "organisation"
