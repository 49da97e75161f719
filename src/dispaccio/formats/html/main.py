"""Where on a page the text stands: an article, a main part, else what holds most of it."""

from __future__ import annotations

from dispaccio.formats.html.content import DROPPED, hidden
from dispaccio.formats.html.tree import Node

_NAMES = "article body center div form html main section table tbody td tr"
_CONTAINERS = frozenset(("", *_NAMES.split()))
_MOST = 0.7


def find(root: Node) -> Node:
    """The element that holds the text of a page.

    The longest ``article``, unless the page's ``main`` holds four times as much; then ``main``;
    else the smallest container with 70 % of the page's text outside links.
    """
    weights: dict[int, int] = {}
    weigh(root, weights)
    visible = [node for node in root.elements() if id(node) in weights]
    articles = [node for node in visible if node.name == "article"]
    mains = [node for node in visible if node.name == "main" or node.get("role") == "main"]
    article = max(articles, key=lambda node: weights[id(node)], default=Node(""))
    main = max(mains, key=lambda node: weights[id(node)], default=Node(""))
    in_article, in_main = (weights.get(id(node), 0) for node in (article, main))
    if in_article and in_article * 4 >= in_main:
        return article
    return main if in_main else _densest(root, weights)


def weigh(node: Node, weights: dict[int, int]) -> int:
    """How many characters of visible text outside links stand in an element and in each below."""
    weight = 0
    for child in node.children:
        if isinstance(child, str):
            weight += len(child.strip())
        elif child.name not in DROPPED and not hidden(child):
            inside = weigh(child, weights)
            weight += 0 if child.name == "a" else inside
    weights[id(node)] = weight
    return weight


def _densest(root: Node, weights: dict[int, int]) -> Node:
    found = root
    while True:
        heavy = [
            child
            for child in found.children
            if isinstance(child, Node)
            and child.name in _CONTAINERS
            and weights.get(id(child), 0) >= weights[id(found)] * _MOST
        ]
        if not heavy or not weights[id(found)]:
            return found
        found = heavy[0]
