"""What a revision's text is about and who speaks, as ``contentMeta``."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from dispaccio.formats import xml
from dispaccio.formats.newscodes import GENRE_NAMES, NUMBER, WIRE_NUMBER
from dispaccio.formats.newsml_g2 import xhtml
from dispaccio.formats.newsml_g2.build import add, block, named, say, time
from dispaccio.formats.newsml_g2.names import (
    ID,
    LABEL,
    ONLY,
    ROLE,
    TEXT,
    iri,
    language,
    qcode,
)
from dispaccio.formats.ninjs.write import home
from dispaccio.release.label import genres
from dispaccio.release.model import Contact, Revision, Visibility

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def write(root: etree._Element, seen: Revision) -> None:
    """Add ``contentMeta``, administrative and then descriptive properties, as the schema asks."""
    meta = add(root, "contentMeta")
    if seen.urgency in range(1, 10):
        add(meta, "urgency", str(seen.urgency))
    time(meta, "contentCreated", seen.created)
    if seen.place:
        named(meta, "located", seen.place)
    _parties(meta, seen)
    _identifiers(meta, seen)
    if tag := language(seen.language):
        add(meta, "language", tag=tag)
    _label(meta, seen)
    _topics(meta, seen)
    say(meta, "slugline", seen.slugline)
    say(meta, "headline", xhtml.title(seen))
    say(meta, "headline", seen.subhead, role=qcode(TEXT, "subhead"))
    say(meta, "dateline", seen.dateline.text if seen.dateline else None)
    say(meta, "by", seen.issuer.name if seen.issuer else None)
    block(meta, "description", seen.boilerplate, role=qcode(TEXT, "boilerplate"))
    for role, texts in (("legal", seen.legal), ("disclaimer", seen.disclaimers)):
        for text in texts:
            block(meta, "description", text, role=qcode(TEXT, role))


def _parties(meta: etree._Element, seen: Revision) -> None:
    if issuer := seen.issuer:
        address = home(issuer)
        codes = {"uri": iri(address)} if address else {}
        named(meta, "infoSource", issuer.name, role=qcode(ROLE, "issuer"), **codes)
        named(meta, "creator", issuer.name, **codes)
    if seen.wire:
        named(meta, "infoSource", seen.wire.name, role=qcode(ROLE, "distributor"))
    for contact in seen.contacts:
        _contact(meta, contact)


def _contact(meta: etree._Element, said: Contact) -> None:
    """A press contact; one who is for media only has that as a constraint on publishing."""
    hidden = said.visibility is Visibility.MEDIA_ONLY
    only = {"pubconstraint": qcode(ONLY, "media-only")} if hidden else {}
    name = said.name or said.organisation
    made = named(meta, "contributor", name, role=qcode(ROLE, "contact"), **only)
    block(made, "definition", said.role)
    details = add(made, "personDetails" if said.name else "organisationDetails")
    if said.name and said.organisation:
        named(details, "affiliation", said.organisation)
    if said.email or said.phone:
        ways = add(details, "contactInfo")
        say(ways, "email", said.email)
        say(ways, "phone", said.phone)


def _identifiers(meta: etree._Element, seen: Revision) -> None:
    say(meta, "altId", seen.number, type=qcode(ID, NUMBER))
    say(meta, "altId", seen.wire.number if seen.wire else None, type=qcode(ID, WIRE_NUMBER))
    for identifier in seen.identifiers:
        scheme = xml.clean(identifier.scheme or "") or "identifier"
        say(meta, "altId", identifier.value, type=qcode(ID, scheme))


def _label(meta: etree._Element, seen: Revision) -> None:
    """The codes of the label, both where somebody paid, and its words in the text's language."""
    if not seen.label:
        return
    for code in genres(seen.label):
        named(meta, "genre", GENRE_NAMES[code], "en", qcode=f"genre:{code}")
    kind = seen.label.kind.value if seen.label.kind else "other"
    named(meta, "genre", seen.label.text, qcode=qcode(LABEL, kind))


def _topics(meta: etree._Element, seen: Revision) -> None:
    for tag in seen.tags:
        say(meta, "keyword", tag)
    for said in seen.subjects:
        subject = replace(said, code=xml.clean(said.code).strip())
        address = f"{subject.scheme}{subject.code}"
        if not address.strip():
            continue
        if (
            subject.scheme
            and subject.code
            and not any(sign in subject.scheme for sign in ":/ \t\n")
        ):
            code = {"qcode": qcode(subject.scheme, subject.code)}
        elif _ABSOLUTE.match(address):
            code = {"uri": iri(address)}
        else:
            code = {"literal": " ".join(address.split())}
        named(meta, "subject", subject.name, **code)
    if seen.category:
        named(meta, "subject", seen.category, type=qcode(TEXT, "category"))
