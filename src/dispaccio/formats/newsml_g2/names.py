"""The names of NewsML-G2: its namespace, its catalog, and the schemes that are ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote

G2 = "http://iptc.org/std/nar/2006-10-01/"
XHTML = "http://www.w3.org/1999/xhtml"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
OURS = "urn:dispaccio:g2"
"""The namespace of the one element that is no word of NewsML-G2: the disclosure."""
DISCLOSURE = f"{{{OURS}}}disclosure"
CATALOG = "http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_41.xml"
"""The IPTC's schemes by their aliases; every item refers to it, and no reader here fetches it."""

ID, KIND, CHANNEL = "dispaccio-id", "dispaccio-kind", "dispaccio-channel"
ROLE, TEXT, ONLY = "dispaccio-role", "dispaccio-text", "dispaccio-for"
LABEL = "dispaccio-label"
SCHEMES = (ID, KIND, CHANNEL, ROLE, TEXT, ONLY, LABEL)
"""The aliases of our schemes, which every item declares in a catalog of its own."""

UNSTATED = datetime(1970, 1, 1, tzinfo=UTC)
"""``versionCreated`` of a revision that states no time; the schema asks for one."""
NOBODY = "unknown"
"""The ``provider`` of a text of which neither wire nor issuer is known; the schema asks for one."""

ITEMS = (
    "newsItem",
    "packageItem",
    "planningItem",
    "conceptItem",
    "knowledgeItem",
    "catalogItem",
)
MESSAGE = "newsMessage"

_NO_CODE = re.compile(r"\s|%(?=[0-9A-Fa-f]{2})")
_NO_IRI = re.compile(r'[<>"{}|\\^`\[\]\s]|%(?![0-9A-Fa-f]{2})')
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def qcode(alias: str, code: str) -> str:
    """A QCode of a scheme; blanks, which no code may have, are written as in an address."""
    return f"{alias}:{_NO_CODE.sub(lambda found: quote(found[0]), code)}"


def code_of(alias: str, said: str | None) -> str | None:
    """The code of a QCode of this scheme of ours; None for one of another scheme."""
    if not said or not said.startswith(f"{alias}:"):
        return None
    return unquote(said.removeprefix(f"{alias}:"))


def iri(href: str) -> str:
    """An address with the characters escaped that no IRI may have (RFC 3987)."""
    address, sign, fragment = _NO_IRI.sub(lambda found: quote(found[0]), href).partition("#")
    return f"{address}{sign}{fragment.replace('#', '%23')}"


def language(tag: str | None) -> str | None:
    """A language tag that XML Schema takes (xs:language), or None."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else None
