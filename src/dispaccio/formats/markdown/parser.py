"""The parser of Markdown, kept from dropping what is nested too deeply.

markdown-it stops at a depth and leaves out the rest of the document. Here the signs of a quote or
list that would go deeper are text, and so is a line that opens with a row of list signs, which
nobody means as lists (``* * * * NOTES * * * *``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.token import Token
from markdown_it.utils import EnvType

from dispaccio.words import say

_Rule: TypeAlias = Callable[[StateBlock, int, int, bool], bool]

DEEPEST = 17
"""Below this level no quote or list begins: one of a list is two, and markdown-it stops at 20."""
MOST_WORK = 160_000
"""Lines times levels that are walked: each level of a quote walks all its lines once more."""

_SIGN = r"(?:[-+*]|\d{1,9}[.)])"
_ROW = re.compile(rf"{_SIGN}(?:[ \t]+{_SIGN}){{3,}}(?=[ \t]|$)")
_DEEP, _DEEPEST = "deep", "deepest"


def tokens(text: str) -> tuple[list[Token], dict[str, int]]:
    """The tokens of a text, and by its sentence how often something was taken otherwise."""
    env: EnvType = {_DEEPEST: min(DEEPEST, MOST_WORK // (text.count("\n") + 1))}
    found = _parser().parse(text, env)
    said: dict[str, int] = {}
    if deep := env.get(_DEEP):
        said[say("The signs of a quote or list nested too deeply were taken as text")] = len(deep)
    if unused := _unused(found, env):
        said[say("The definition of a link that nothing uses was left out")] = unused
    return found, said


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable("text_join")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    ends = ["paragraph", "reference", "blockquote"]
    ruler = parser.block.ruler
    ruler.at("blockquote", _shallow(blockquote), {"alt": [*ends, "list"]})
    ruler.at("list", _shallow(_list), {"alt": ends})
    return parser


def _shallow(rule: _Rule) -> _Rule:
    """The rule, which below the deepest level finds nothing and notes where it would have."""

    def bounded(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        if state.level <= state.env[_DEEPEST]:
            return rule(state, line, end, silent)
        if rule(state, line, end, True):
            state.env.setdefault(_DEEP, set()).add(line)
        return False

    return bounded


def _list(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """A list, unless its line opens with a row of list signs."""
    at = state.bMarks[line] + state.tShift[line]
    if _ROW.match(state.src, at, state.eMarks[line]):
        return False
    return list_block(state, line, end, silent)


def _unused(found: list[Token], env: EnvType) -> int:
    """How many definitions of links lead where no link and no picture leads."""
    defined = [*env.get("references", {}).values(), *env.get("duplicate_refs", ())]
    if not defined:
        return 0
    used = {
        child.attrGet("href" if child.type == "link_open" else "src")
        for token in found
        for child in token.children or ()
        if child.type in ("link_open", "image")
    }
    return sum(reference["href"] not in used for reference in defined)
