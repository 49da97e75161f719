"""What mails say: one release to a subscriber or from a press office, or a digest of several."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from dispaccio.delivery.mailing import address
from dispaccio.delivery.mailing import words as mail_words
from dispaccio.delivery.mailing.message import PLACE, Letter
from dispaccio.delivery.mailing.words import MailWords
from dispaccio.errors import InputError
from dispaccio.formats.html.words import direction
from dispaccio.formats.registry import by_name
from dispaccio.release.body import BlockKind
from dispaccio.release.model import Revision
from dispaccio.release.notice import is_notice, shown

_FOR_PROGRAMS = re.compile(r"(?<=</title>\n).*?(?=<style>)|<script\b.*?</script>\n?", re.DOTALL)
_LEAD = 300
"""Characters of a text that a digest shows."""


@dataclass(frozen=True, slots=True)
class House:
    """The wire as mail names it: its name, and the address that mail comes from."""

    name: str
    sender: str

    @property
    def domain(self) -> str:
        """The domain of the address, which signs."""
        return address.domain_of(self.sender)


@dataclass(frozen=True, slots=True)
class Style:
    """Whom a mail is from. ``press`` is the slug of the issuer whose own list it goes to."""

    press: str | None = None


def release(revision: Revision, style: Style, house: House) -> Letter:
    """The mail about one revision, in the release's language, label first.

    To a subscriber it is the wire's, in text and HTML. To a recipient of a press list it is the
    issuer's, in plain text, and answers go to the release's press contact.
    """
    words = mail_words.words_for(revision.language)
    version = revision.version or 1
    text = by_name("text").write(revision).decode("utf-8").rstrip("\n")
    name = revision.issuer.name if style.press and revision.issuer else house.name
    why = (words.why_list if style.press else words.why_wire).format(name=name)
    listed = f"press-{style.press}" if style.press else "releases"
    return Letter(
        sender=(name, house.sender),
        subject=mail_words.subject(revision),
        message_id=_id(revision, version, house),
        list_id=(name, f"{listed}.{house.domain}"),
        text=f"{text}\n\n-- \n{why}\n{words.leave}: {PLACE}\n",
        html=None if style.press else _html(revision, why, words),
        follows=_id(revision, 1, house) if version > 1 else None,
        reply_to=_contact(revision) if style.press else None,
    )


def digest(revisions: Sequence[Revision], endpoint: str, house: House) -> Letter:
    """One mail about several revisions, in the order given; in the language that most of them have.

    Its id is the same for every attempt: it follows from the endpoint and from what is in it.
    """
    languages = [revision.language or "" for revision in revisions]
    words = mail_words.words_for(max(languages, key=languages.count))
    why = words.why_wire.format(name=house.name)
    count = words.digest[len(revisions) > 1].format(count=len(revisions))
    title = f"{house.name}: {count}"
    contents = "\n".join(f"{revision.id}.v{revision.version}" for revision in revisions)
    held = hashlib.sha256(contents.encode()).hexdigest()[:16]
    pieces = "\n\n".join("\n".join(_entry(item, words)) for item in revisions)
    items = Markup("\n").join(_entry_html(item, words) for item in revisions)
    leave = Markup('<p>{}<br>\n<a href="{}">{}</a></p>').format(why, PLACE, words.leave)
    html = Markup(
        '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"><title>{}</title></head>\n<body>\n'
        "<h1>{}</h1>\n<p>{}</p>\n{}\n<hr>\n{}\n</body>\n</html>\n"
    ).format(title, title, words.digest_intro, items, leave)
    return Letter(
        sender=(house.name, house.sender),
        subject=title,
        message_id=f"digest.{endpoint}.{held}@{house.domain}",
        list_id=(house.name, f"digest.{house.domain}"),
        text=f"{words.digest_intro}\n\n{pieces}\n\n-- \n{why}\n{words.leave}: {PLACE}\n",
        html=html,
    )


def question(endpoint: str, subscriber: str, link: str, language: str, house: House) -> Letter:
    """The mail that asks whether an address may be sent to; the link leads to the answer."""
    words = mail_words.words_for(language)
    text = words.ask_text.format(name=house.name, subscriber=subscriber, link=link)
    return Letter(
        sender=(house.name, house.sender),
        subject=words.ask.format(name=house.name),
        message_id=f"confirm.{endpoint}@{house.domain}",
        list_id=(house.name, f"confirm.{house.domain}"),
        text=f"{text}\n\n-- \n{words.leave}: {PLACE}\n",
    )


def _id(revision: Revision, version: int, house: House) -> str:
    """The id of the mail about a version: the same for every recipient and every attempt."""
    id = (revision.id or "").removeprefix("urn:uuid:")
    return f"{id}.v{version}@{house.domain}"


def _html(revision: Revision, why: str, words: MailWords) -> str:
    """The release's own document, which loads nothing, without what only programs read."""
    page = by_name("html").write(revision).decode("utf-8")
    page = _FOR_PROGRAMS.sub("", page, count=2)
    leave = Markup('<p>{}<br>\n<a href="{}">{}</a></p>').format(why, PLACE, words.leave)
    body, end, rest = page.rpartition("</body>")
    return f"{body}<hr>\n{leave}\n{end}{rest}"


def _contact(revision: Revision) -> tuple[str, str] | None:
    """The first press contact that has a mail address."""
    for contact in revision.contacts:
        try:
            found = address.parse(contact.email or "")
        except InputError:
            continue
        return contact.name or "", found
    return None


def _entry(revision: Revision, words: MailWords) -> Iterable[str]:
    """The lines of a revision in a digest."""
    yield mail_words.subject(revision)
    seen = shown(revision)
    if seen.issuer:
        yield seen.issuer.name
    if lead := _lead(seen):
        yield lead
    if revision.reason:
        yield revision.reason.text or revision.reason.code
    yield f"{words.read}: {revision.url}"


def _entry_html(revision: Revision, words: MailWords) -> Markup:
    title, *lines, _ = _entry(revision, words)
    said = Markup("<br>\n").join(escape(line) for line in lines)
    link = Markup('<a href="{}">{}</a>').format(revision.url or "", words.read)
    return Markup('<div lang="{}" dir="{}">\n<h2>{}</h2>\n<p>{}</p>\n<p>{}</p>\n</div>').format(
        revision.language or "", direction(revision.language), title, said, link
    )


def _lead(seen: Revision) -> str:
    """The beginning of a text, cut at a word."""
    if is_notice(seen):
        return ""
    first = next((b.text for b in seen.body if b.kind is BlockKind.PARAGRAPH), "")
    first = " ".join(first.split())
    if len(first) <= _LEAD:
        return first
    return first[:_LEAD].rpartition(" ")[0] + " …"
