"""The stories of a news item: which of its components hold a text of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from dispaccio.errors import InputError, TooLarge
from dispaccio.formats.html.tree import Node
from dispaccio.formats.nitf import elements
from dispaccio.formats.nitf.elements import children, first, listed, said, words
from dispaccio.release.model import ItemKind

ITEM = "newsitem"
_KINDS = {
    "photo": ItemKind.PICTURE,
    "image": ItemKind.PICTURE,
    "picture": ItemKind.PICTURE,
    "graphic": ItemKind.GRAPHIC,
    "animation": ItemKind.GRAPHIC,
    "video": ItemKind.VIDEO,
    "audio": ItemKind.AUDIO,
}
_TEXTS = ("text", "")
_NO_STORY = ("caption", "summary", "abstract", "synopsis", "headline", "byline", "keyword")
_MOST = 100
"""The most stories that one item may hold."""
_RANKS = ("nitf", "xhtml", "html", "xml", "plain", "text")


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """A ``ContentItem``, and the components that it stands in, the outermost first.

    ``role`` is that of the nearest component that has one, in lower case.
    """

    node: Node
    chain: tuple[Node, ...]
    role: str = ""

    @property
    def kind(self) -> ItemKind:
        """What it is: a text, or the kind of medium."""
        stated = (name_of(first(self.node, "mediatype")) or "").lower()
        mime = (name_of(first(self.node, "mimetype")) or "").lower().partition("/")[0]
        if stated in _TEXTS and mime in ("", "text", "application"):
            return ItemKind.TEXT
        return _KINDS.get(stated) or _KINDS.get(mime) or ItemKind.OTHER

    def rank(self) -> int:
        """The place of its format in the order in which texts are chosen."""
        stated = [name_of(first(self.node, name)) or "" for name in ("format", "mimetype")]
        shown = " ".join(stated).lower()
        return next((at for at, name in enumerate(_RANKS) if name in shown), len(_RANKS))


@dataclass(frozen=True, slots=True)
class Story:
    """A text of a news item, or the item itself where it holds none.

    ``alone`` is False where other stories bear the same identifier. ``error``: the item cannot be
    read.
    """

    item: Node
    text: Content | None = None
    media: tuple[Content, ...] = ()
    captions: tuple[Content, ...] = ()
    alone: bool = True
    warnings: tuple[str, ...] = field(default=())
    error: InputError | None = None

    @property
    def chain(self) -> tuple[Node, ...]:
        """The components of the story, the innermost first, and then the item."""
        inner = self.text or (self.media[0] if self.media else None)
        outer = tuple(children(self.item, "newscomponent"))[:1]
        return (*reversed(inner.chain if inner else outer), self.item)


def name_of(node: Node | None) -> str | None:
    """What an element names: its ``FormalName``, else its text."""
    return said(node, "formalname") or words(node)


def of(element: etree._Element) -> list[Story]:
    """The stories of a news item, without those of items inside it; one at the least."""
    try:
        item = elements.of(element, shut=ITEM)
    except InputError as error:
        return [Story(Node(ITEM), error=error)]
    found = list(_contents(item))
    texts = [content for content in found if content.kind is ItemKind.TEXT]
    captions = tuple(content for content in texts if content.role == "caption")
    media = tuple(content for content in found if content.kind is not ItemKind.TEXT)
    told = [content for content in texts if content.role not in _NO_STORY and _says(content)]
    groups = _groups(told)
    if not groups:
        left = [content.role or "none" for content in texts if content.role != "caption"]
        return [Story(item, None, media, captions, warnings=_left(left))]
    best = [min(group, key=Content.rank) for group in groups]
    best.sort(key=lambda content: "main" not in content.role)
    stories = [best[0], *(content for content in best[1:] if _is_story(content, best[0]))]
    chosen = {*stories}
    read = {*captions, *(content for group in groups for content in group)}
    unread = [content for content in texts if content not in read]
    unread += [content for content in best if content not in chosen]
    left = [content.role or "none" for content in unread]
    if len(stories) > _MOST:
        many = f"The item has more than {_MOST} texts with headlines of their own."
        return [Story(item, error=TooLarge(many))]
    first_, *others = stories
    alone = not others
    return [
        Story(item, first_, media, captions, alone=alone, warnings=_left(left)),
        *(Story(item, content, alone=False) for content in others),
    ]


def _contents(item: Node) -> Iterator[Content]:
    """The content items of an item in their order."""
    waiting: list[tuple[Node, tuple[Node, ...], str]] = [(item, (), "")]
    while waiting:
        node, chain, role = waiting.pop()
        role = (name_of(first(node, "role")) or role).lower()
        inner = []
        for child in children(node):
            if child.name == "newscomponent":
                inner.append((child, (*chain, child), role))
            elif child.name == "contentitem":
                yield Content(child, chain, role)
        waiting += reversed(inner)


def _says(content: Content) -> bool:
    return first(content.node, "datacontent") is not None or bool(content.node.get("href"))


def _groups(texts: Iterable[Content]) -> list[list[Content]]:
    """Texts that stand for each other, together: of one component, or of equivalent ones."""
    groups: dict[int, list[Content]] = {}
    for content in texts:
        equal = (n for n in content.chain if n.get("equivalentslist").lower() == "yes")
        holder = next(equal, content.chain[-1] if content.chain else content.node)
        groups.setdefault(id(holder), []).append(content)
    return list(groups.values())


def _is_story(content: Content, main: Content) -> bool:
    """Whether a text has a headline that is not the main text's too."""
    shared = {id(node) for node in main.chain}
    own = (node for node in content.chain if id(node) not in shared)
    return any(first(node, "newslines", "headline") for node in own)


def _left(roles: list[str]) -> tuple[str, ...]:
    return (f"Texts left out, by their role: {listed(roles)}.",) if roles else ()
