"""The bare document of a release: one page that stands alone and loads nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime

from markupsafe import Markup

from dispaccio.formats.beside import beside
from dispaccio.formats.html.head import head_meta, json_ld, title_of, under_embargo
from dispaccio.formats.html.render import (
    anchor,
    body_html,
    element,
    paragraphs_html,
    text,
    time_html,
)
from dispaccio.formats.html.words import Words, direction, instant, origin, words_for
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Contact, Media, Revision
from dispaccio.release.notice import as_held, for_everyone, is_notice

STYLE = Markup(
    ":root{color-scheme:light dark}"
    "body{margin:0 auto;padding:1rem;max-width:66ch;font:1.0625rem/1.6 system-ui,sans-serif;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.75rem;line-height:1.25}h2{font-size:1.25rem}h3{font-size:1.0625rem}"
    ".label,.notice,.embargo{border:2px solid;padding:.5rem .75rem;font-weight:700}"
    ".notice,.embargo{border-style:dashed}.notice p{margin:.25rem 0}"
    ".subhead{font-size:1.25rem}.table{overflow-x:auto}"
    "table{border-collapse:collapse}td{border:1px solid;padding:.25rem .5rem;text-align:start;"
    "vertical-align:top}figure{margin-inline:0}"
    "footer,.contacts,.boilerplate{border-top:1px solid;margin-top:2rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dd{margin:0}"
    "@media print{body{max-width:none}}"
)
POLICY = Markup("default-src 'none'; style-src 'sha256-{}'").format(
    base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
)
"""The content security policy (CSP 3) of the bare document: its own style and nothing else."""
GENERATOR = "dispaccio"

_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="{lang}" dir="{dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="{generator}">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
{meta}
<style>{style}</style>
<script type="application/ld+json">{data}</script>
</head>
<body>
<main>
<article lang="{text_lang}" dir="{text_dir}">
{article}
</article>
</main>
</body>
</html>
"""
)


def page(revision: Revision) -> str:
    """The document: label, issuer, headline, text, boilerplate, contacts, provenance.

    Contacts that are for media only are left out; a withheld or withdrawn release shows its
    notice in place of the text.
    """
    seen = as_held(for_everyone(revision))
    words = words_for(seen.language)
    sections = [*_header(seen, words), *_text(seen, words), _footer(seen, words)]
    return _PAGE.format(
        lang=words.language,
        dir=direction(words.language),
        generator=GENERATOR,
        policy=POLICY,
        title=text(title_of(seen)),
        meta=head_meta(seen),
        style=STYLE,
        data=Markup(json_ld(seen)),  # noqa: S704 (json_ld escapes it)
        text_lang=text(seen.language or ""),
        text_dir=direction(seen.language),
        article=Markup("\n").join(sections),
    )


def _header(seen: Revision, words: Words) -> Iterator[Markup]:
    if seen.label:
        yield element("p", seen.label.text, class_="label")
    for statement in seen.legal:
        yield element("p", statement, class_="legal")
    if seen.archive:
        yield _frame(Markup("{}").format(words.archive), words, "archive")
    if seen.embargo and under_embargo(seen):
        yield _frame(
            Markup("{} {}").format(words.embargo, _time(seen.embargo, words)), words, "embargo"
        )
    if seen.issuer:
        name = element("bdi", seen.issuer.name, class_="issuer")
        yield _frame(Markup("{} {}").format(words.issued_by, name), words)
    headline = seen.headline or (title_of(seen) if is_notice(seen) else "")
    yield element("h1", headline)
    if seen.subhead:
        yield element("p", seen.subhead, class_="subhead")


def _text(seen: Revision, words: Words) -> Iterator[Markup]:
    yield element("div", body_html(seen, pictures=False), class_="text")
    if seen.boilerplate:
        heading = _heading(words.about, words)
        yield element("section", heading + paragraphs_html(seen.boilerplate), class_="boilerplate")
    if seen.contacts:
        paid = bool(seen.label and seen.label.paid)
        lines = Markup("\n").join(_contact(contact, paid=paid) for contact in seen.contacts)
        heading = _heading(words.contacts, words)
        yield element("section", heading + element("ul", lines), class_="contacts")
    if files := list(beside(seen)):
        paid = bool(seen.label and seen.label.paid)
        lines = Markup("\n").join(_file(href, item, paid=paid) for href, item in files)
        heading = _heading(words.files, words)
        yield element("section", heading + element("ul", lines), class_="files")
    for disclaimer in seen.disclaimers:
        yield element("p", disclaimer, class_="disclaimer")
    if seen.copyright:
        yield element("p", seen.copyright.text, class_="copyright")


def _contact(contact: Contact, *, paid: bool) -> Markup:
    said = [element("bdi", part) for part in (contact.name, contact.role) if part]
    if contact.organisation:
        said.append(element("bdi", contact.organisation))
    if contact.email:
        said.append(anchor(f"mailto:{contact.email}", element("bdi", contact.email), paid=paid))
    if contact.phone:
        digits = "".join(sign for sign in contact.phone if sign in "+0123456789")
        said.append(anchor(f"tel:{digits}", element("bdi", contact.phone), paid=paid))
    return element("li", Markup(", ").join(said))


def _file(href: str, item: Media, *, paid: bool) -> Markup:
    link = anchor(href, element("bdi", item.name or href), paid=paid)
    said = (item.caption or item.alt, item.credit, item.rights)
    return element(
        "li", Markup(" – ").join([link, *(element("bdi", text) for text in said if text)])
    )


def _footer(seen: Revision, words: Words) -> Markup:
    rows = Markup("\n").join(
        element("dt", name) + element("dd", value) for name, value in _provenance(seen, words)
    )
    lines = _heading(words.provenance, words)
    if said := origin(seen, words):
        lines += element("p", said, class_="signed")
    if rows:
        lines += element("dl", rows)
    return element(
        "footer", lines, class_="provenance", lang=words.language, dir=direction(words.language)
    )


def _provenance(seen: Revision, words: Words) -> Iterator[tuple[str, Markup]]:
    """The lines of the footer: what is known, and nothing else."""
    paid = bool(seen.label and seen.label.paid)
    if seen.number:
        number = element("bdi", seen.number, class_="number")
        if seen.version:
            number += Markup(", {} {}").format(words.revision, seen.version)
        yield words.number, number
    if seen.first_created:
        yield words.published, _time(seen.first_created, words)
    if seen.version_created and seen.version_created != seen.first_created:
        yield words.changed, _time(seen.version_created, words)
    if seen.reason and not is_notice(seen):
        yield words.corrected, element("bdi", seen.reason.text or seen.reason.code)
    if seen.wire:
        theirs = seen.wire.number if seen.wire.number != seen.number else None
        named = " ".join(part for part in (seen.wire.name, theirs) if part)
        yield words.carried_by, element("bdi", named)
    if seen.label and seen.label.paid_by:
        yield words.paid_by, element("bdi", seen.label.paid_by)
    for name, href in ((words.address, seen.url), (words.original, seen.original_url)):
        if href:
            yield name, anchor(href, element("bdi", href), paid=paid)


def _frame(content: Markup, words: Words, class_: str | None = None) -> Markup:
    """A line of ours above the issuer's text, in our own language."""
    return element("p", content, class_=class_, lang=words.language, dir=direction(words.language))


def _heading(words: str, frame: Words) -> Markup:
    return element("h2", words, lang=frame.language, dir=direction(frame.language))


def _time(moment: datetime, words: Words) -> Markup:
    return time_html(write_instant(moment), instant(moment, words))
