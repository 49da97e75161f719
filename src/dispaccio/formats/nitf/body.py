"""The text of a document: ``body.content`` as the elements of HTML that the wire can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dispaccio.anatomy import layout
from dispaccio.anatomy.document import Document, assemble
from dispaccio.errors import MalformedDocument, TooLarge
from dispaccio.formats.html import content, tree
from dispaccio.formats.html.read import document_of
from dispaccio.formats.html.tree import Node
from dispaccio.formats.links import carried
from dispaccio.formats.nitf.elements import children, first, listed, said, words
from dispaccio.formats.nitf.text import PREFIX
from dispaccio.release.model import Media

MARKUP = re.compile(
    r"</(?:p|div|h[1-6]|ul|ol|li|b|i|em|strong|a|span|table)\s*>|<br\s*/?>", re.IGNORECASE
)
"""What shows that a text is HTML which was escaped: an element that ends, or a line break."""
_BLOCKS = {
    "block": "div",
    "body.content": "div",
    "bq": "blockquote",
    "hl1": "h2",
    "abstract": "div",
    "note": "div",
    "fn": "div",
    "byline": "p",
    "dateline": "p",
    "datasource": "p",
    "tagline": "p",
    "bibliography": "p",
    "credit": "p",
    "nitf-table": "div",
    "nitf-table-metadata": "div",
    "nitf-table-summary": "div",
    "custom-table": "p",
    "postaddr": "p",
}
_SPANS = """
addressee alt-code care.of chron city classifier copyrite copyrite.holder copyrite.year country
delivery.office delivery.point denom distributor event frac frac-sep function lang location money
name.family name.given num numer object.title org person postcode pronounce q rb rbc region
state story.date sublocation virtloc byttl ruby
"""
_INLINE = {*_SPANS.split(), "em", "a", "sub", "sup", "br", "strong", "b", "i", "span"}
_SAME = """
a b br blockquote caption center cite dd div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i
img li ol p pre rp rt rtc s small span strong sub sup table tbody td tfoot th thead tr u ul
"""
_KNOWN = {*_SAME.split(), *content.DROPPED}
_MUTE = """
alt-code col colgroup iim key-list nitf-col nitf-colgroup table-reference tobject media-object
"""
_DROPPED = frozenset(_MUTE.split())
_SAID_NOTHING = {"alt-code", "col", "colgroup", "nitf-col", "nitf-colgroup"}
_COMPARED = 20
"""How many texts of a document are compared with each other."""
_ESCAPED = 2_000
"""In how many elements HTML may stand escaped."""
_HOLDERS = {"p", "body.content", "block", "li", "td", "pre", "hl2", "div"}
_STRONG, _EM = ("bold", "strong", "b"), ("italic", "italics", "em", "i")
_SMALL = {"sub": "sub", "subscript": "sub", "sup": "sup", "superscript": "sup", "super": "sup"}


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a document, its media as their own elements describe them, and warnings."""

    document: Document
    media: tuple[Media, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Turned:
    media: list[Media] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    escaped: int = 0


def read(contents: list[Node], title: str | None) -> Body:
    """The text in elements such as ``body.content``, under its headline; they are changed.

    Of two texts of which one says what the other does, the longer is read. Raises
    MalformedDocument and TooLarge where a limit is passed.
    """
    chosen, warnings = _chosen(contents)
    whole = Node("", {}, list(chosen))
    turned = _Turned()
    _turn(whole, turned)
    document = _document(whole, title)
    warnings += document.warnings
    if turned.escaped:
        warnings += ("HTML that stood escaped in the text was read as HTML.",)
    if turned.unknown:
        warnings += (f"Not elements of NITF: {listed(turned.unknown)}; their text was kept.",)
    if turned.left:
        warnings += (f"Left out of the text: {listed(turned.left)}.",)
    return Body(replace(document, warnings=()), tuple(turned.media), warnings)


def ours(contents: list[Node], name: str) -> list[Node]:
    """Take the blocks out of a text that are no text, but belong to a release of ours."""
    found: list[Node] = []
    for holder in contents:
        kept: list[Node | str] = []
        for child in holder.children:
            block = isinstance(child, Node) and child.name == "block"
            if isinstance(child, Node) and block and child.get("class") == PREFIX + name:
                found.append(child)
            else:
                kept.append(child)
        holder.children = kept
    return found


def paragraphs(node: Node) -> str | None:
    """The paragraphs of an element as plain text, a blank line between each two."""
    _turn(node, _Turned())
    blocks = content.read(node).blocks
    return "\n\n".join(block.text for block in blocks) or None


def media(node: Node) -> Media:
    """A medium: the first of its references, with caption and credit."""
    reference = first(node, "media-reference")
    href = said(reference, "source", "data-location")
    address = carried(href or "")
    told = {said(meta, "name"): said(meta, "value") for meta in children(node, "media-metadata")}
    size = told.get("size")
    kind = (node.get("media-type") or "").lower()
    return Media(
        href=address,
        name=said(reference, "name") or (None if address else href),
        type=said(reference, "mime-type"),
        role=told.get("role") or (kind if kind in ("video", "audio") else None),
        size=int(size) if size and size.isdecimal() and len(size) < 15 else None,
        sha256=told.get("sha256"),
        caption=_joined(children(node, "media-caption")),
        credit=_joined(children(node, "media-producer")) or said(reference, "source-credit"),
        alt=said(reference, "alternate-text"),
        rights=said(reference, "copyright"),
        width=_pixels(said(reference, "width")),
        height=_pixels(said(reference, "height")),
    )


def _pixels(stated: str | None) -> int | None:
    """A measure in pixels, which is the only unit; anything else is none."""
    return int(stated) if stated and re.fullmatch("[0-9]{1,6}", stated) else None


def _joined(nodes: Iterator[Node]) -> str | None:
    return " ".join(text for node in nodes if (text := words(node))) or None


def _chosen(contents: list[Node]) -> tuple[list[Node], tuple[str, ...]]:
    """The texts to read: all of them, but for one that only says again what another says."""
    if len(contents) < 2:
        return contents, ()
    texts = [(set(_said(node).split()), node) for node in contents[:_COMPARED]]
    kept = [
        node
        for at, (spoken, node) in enumerate(texts)
        if not any(
            _repeats(spoken, other, earlier=index < at)
            for index, (other, _) in enumerate(texts)
            if index != at
        )
    ]
    kept += contents[_COMPARED:]
    if len(kept) < len(contents):
        left = len(contents) - len(kept)
        return kept, (f"Texts left out, since another says the same: {left} of {len(contents)}.",)
    return kept, (f"The document has {len(contents)} texts; they were read one after the other.",)


def _repeats(spoken: set[str], other: set[str], *, earlier: bool) -> bool:
    """Whether a text says nearly nothing that another does not say as well."""
    if len(spoken & other) < 0.9 * len(spoken):
        return False
    return len(spoken) < len(other) or (earlier and len(spoken) == len(other)) or not spoken


def _said(node: Node) -> str:
    text = node.text()
    return tree.parse(text).text() if MARKUP.search(text) else text


def _document(whole: Node, title: str | None) -> Document:
    """The text as a document; one without any element is laid out as plain text."""
    if any(node.name not in ("", "div") for node in whole.elements()):
        return document_of(content.read(whole), title)
    lines = [str(child) for node in whole.elements() for child in node.children if _is_text(child)]
    plain = layout.lay_out("\n\n".join(lines).replace("\r\n", "\n"))
    headed = document_of(content.Content((), (), ()), title)
    return assemble((*headed.passages, *plain.passages), marked=plain.marked, media=plain.media)


def _is_text(child: Node | str) -> bool:
    return isinstance(child, str) and bool(child.strip())


def _turn(whole: Node, turned: _Turned) -> None:
    """Give every element the name that HTML has for it; what is unknown keeps its text."""
    waiting = [(whole, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > tree.MAX_DEPTH:
            raise MalformedDocument(f"Elements are nested deeper than {tree.MAX_DEPTH}.")
        inside = node.name in ("p", "h2", "h3", "li", "td", "th", "a", "em", "strong", "span")
        kept: list[Node | str] = []
        for child in node.children:
            if isinstance(child, str):
                kept.append(child)
                continue
            if child.name in _DROPPED:
                if child.name not in _SAID_NOTHING:
                    turned.left.append(child.name)
                continue
            if child.name in _HOLDERS and _unescape(child):
                turned.escaped += 1
                if turned.escaped > _ESCAPED:
                    raise TooLarge(f"HTML stands escaped in more than {_ESCAPED:,} elements.")
            _rename(child, turned, inside=inside)
            kept.append(child)
            waiting.append((child, depth + 1))
        node.children = kept


def _unescape(node: Node) -> bool:
    """Read the HTML in an element that holds it as text; whether there was any."""
    if not all(isinstance(child, str) for child in node.children):
        return False
    text = "".join(map(str, node.children))
    if "<" not in text or not MARKUP.search(text):
        return False
    node.children = list(tree.parse(text).children)
    node.name = node.name if node.name in ("li", "td") else "div"
    return True


def _rename(node: Node, turned: _Turned, *, inside: bool) -> None:
    name = node.name
    if name == "media":
        _picture(node, turned)
    elif name == "em":
        _emphasis(node)
    elif name == "hl2":
        node.name = "h3" if node.get("class") == "3" else "h2"
    elif name == "frac":
        node.name = "span"
        if not any(children(node, "frac-sep")):
            node.children = _divided(node)
    elif name in _BLOCKS:
        node.name = "span" if inside and name != "bq" else _BLOCKS[name]
    elif name in _KNOWN or name in ("html", "body"):
        pass
    elif name in _INLINE:
        node.name = "span"
    else:
        turned.unknown.append(name)
        node.name = "span" if inside else "div"


def _emphasis(node: Node) -> None:
    """``em``, whose class or style says how: bold, italic, raised or lowered."""
    wanted = f"{node.get('class')} {node.get('style')}".lower().replace(":", " ").replace(";", " ")
    found = [name for name in wanted.split() if name in (*_STRONG, *_EM, *_SMALL)]
    marks = list(dict.fromkeys("strong" if n in _STRONG else _SMALL.get(n, "em") for n in found))
    node.name = marks[0] if marks else "em"
    for name in marks[1:]:
        node.children = [Node(name, {}, node.children)]
    node.attributes = {}


def _divided(node: Node) -> list[Node | str]:
    parts: list[Node | str] = []
    for child in children(node):
        parts += ["/", child] if parts else [child]
    return parts


def _picture(node: Node, turned: _Turned) -> None:
    """A picture with an address stands at its place in the text, other media beside it."""
    found = media(node)
    turned.media.append(found)
    kind = (node.get("media-type") or "image").lower().partition("/")[0]
    shown = found.href and found.href.lower().startswith("http")
    pictured = kind in ("image", "photo", "picture", "graphic", "")
    node.name, node.attributes, node.children = "figure", {}, []
    if shown and pictured:
        node.children = [Node("img", {"src": found.href or "", "alt": found.alt or ""})]
