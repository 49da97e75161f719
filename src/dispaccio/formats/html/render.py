"""Blocks and marks to HTML. All of it is built from escaped text; nothing is passed through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from markupsafe import Markup, escape

from dispaccio.formats.html.words import instant, words_for
from dispaccio.formats.links import carried
from dispaccio.release.body import Block, BlockKind, Mark, MarkKind
from dispaccio.release.model import Media, Revision
from dispaccio.release.notice import is_notice
from dispaccio.release.state import Kind, Status

PAID_REL = "sponsored nofollow noopener"
"""``rel`` of every link of a paid release."""

_LINE, _ITEM = {"\n": "<br>\n"}, {"\n": "</li>\n<li>"}
_CELL = {"\n": "</td></tr>\n<tr><td>", "\t": "</td><td>"}
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 65536))
    + "]"
)
_SPLIT = re.compile(r"\n{2,}")
_DIVIDER = re.compile("[\n\t]")


def text(value: str) -> Markup:
    """Escaped text, without the characters that HTML forbids (HTML Living Standard, 3.2.5)."""
    return escape(value if value.isprintable() else _FORBIDDEN.sub("", value))


def safe(html: str) -> Markup:
    """HTML that was made here, of escaped text alone."""
    return Markup(html)  # noqa: S704


def element(name: str, content: str | Markup, **attributes: str | None) -> Markup:
    """One element; ``class_`` is ``class``, and an attribute that is None is left out."""
    written = "".join(
        f' {key.rstrip("_")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = content if isinstance(content, Markup) else text(content)
    return safe(f"<{name}{written}>{inside}</{name}>")


def anchor(href: str, content: str | Markup, *, paid: bool) -> Markup:
    """A link, or its content alone where the wire does not carry such a target."""
    target = carried(href)
    if not target:
        return content if isinstance(content, Markup) else text(content)
    return element("a", content, href=target, rel=PAID_REL if paid else None)


def body_html(
    revision: Revision, *, pictures: bool = True, own: Mapping[str, Markup] = {}
) -> Markup:
    """The text of a release below its headline: dateline and blocks; headings are h2 and h3.

    A withheld or withdrawn release gives the notice instead. ``pictures`` False gives links in
    their place, for a page that loads nothing; ``own`` are those that it loads, by their addresses.
    """
    if is_notice(revision):
        return notice_html(revision)
    paid = bool(revision.label and revision.label.paid)
    dateline = revision.dateline.text if revision.dateline else None
    blocks = list(revision.body)
    pieces: list[Markup] = []
    if dateline:
        pieces.append(element("span", dateline, class_="dateline"))
        if blocks and blocks[0].kind is BlockKind.PARAGRAPH:
            pieces.append(Markup(" {}").format(_inline(blocks.pop(0), _LINE, paid=paid)))
        pieces = [element("p", Markup("").join(pieces))]
    for block in blocks:
        picture = _picture(block, revision.media)
        if picture is None:
            pieces.append(_block(block, paid=paid))
        else:
            shown_as = own.get(picture.href or "") or _image(
                block.text, picture, paid=paid, pictures=pictures
            )
            pieces.append(_figure(shown_as, picture))
    return Markup("\n").join(pieces)


def paragraphs_html(value: str) -> Markup:
    """Plain text as paragraphs: a blank line divides, a line break stays one."""
    return Markup("\n").join(
        element("p", text(part).replace("\n", Markup("<br>\n"))) for part in _SPLIT.split(value)
    )


def notice_html(revision: Revision) -> Markup:
    """The notice about a withheld or withdrawn release: what, why and when."""
    words = words_for(revision.language)
    withdrawn = revision.status is Status.CANCELED or revision.kind is Kind.WITHDRAWAL
    lines = [element("p", element("strong", words.withdrawn if withdrawn else words.withheld))]
    if reason := revision.reason:
        lines.append(
            element("p", Markup("{}: {}").format(words.reason, text(reason.text or reason.code)))
        )
    if moment := revision.version_created:
        lines.append(element("p", time_html(moment.isoformat(), instant(moment, words))))
    inside = Markup("\n").join(lines)
    return element("div", inside, class_="notice", role="note", lang=words.language, dir="ltr")


def time_html(stamp: str, words: str) -> Markup:
    """An instant (RFC 3339) as people and machines read it."""
    return element("time", words, datetime=stamp.replace("+00:00", "Z"))


def _picture(block: Block, media: tuple[Media, ...]) -> Media | None:
    """What an image block shows; None for any other block."""
    if block.kind is not BlockKind.IMAGE:
        return None
    found = media[block.media : block.media + 1] if block.media is not None else ()
    return found[0] if found else Media()


def _block(block: Block, *, paid: bool) -> Markup:
    match block.kind:
        case BlockKind.HEADING:
            return element(f"h{block.level}", _inline(block, _LINE, paid=paid))
        case BlockKind.LIST:
            items = element("li", _inline(block, _ITEM, paid=paid))
            return element("ol" if block.ordered else "ul", items)
        case BlockKind.QUOTE:
            return element("blockquote", element("p", _inline(block, _LINE, paid=paid)))
        case BlockKind.TABLE:
            row = element("tr", element("td", _inline(block, _CELL, paid=paid)))
            return element("div", element("table", row), class_="table")
        case _:
            return element("p", _inline(block, _LINE, paid=paid))


def _image(alt: str, media: Media, *, paid: bool, pictures: bool) -> Markup:
    href = carried(media.href or "")
    if pictures and href:
        return Markup('<img src="{}" alt="{}">').format(href, text(alt))
    return anchor(href or "", alt or media.name or media.type or "", paid=paid)


def _figure(shown_as: Markup, media: Media) -> Markup:
    lines = " ".join(part for part in (media.caption, media.credit) if part)
    return element(
        "figure", shown_as + (element("figcaption", lines) if lines else Markup("")), class_="image"
    )


def _inline(block: Block, between: Mapping[str, str], *, paid: bool) -> Markup:
    """A block's text with its marks nested properly; ``between`` stands for its dividers."""
    value = block.text
    starts: dict[int, list[Mark]] = {}
    edges = {0, len(value)}
    for run in runs(block.marks):
        starts.setdefault(run.start, []).append(run)
        edges |= {run.start, run.end}
    for divider in _DIVIDER.finditer(value):
        edges |= {divider.start(), divider.end()}
    pieces: list[str] = []
    active: list[Mark] = []
    opened: list[Mark] = []
    for at, end in pairwise(sorted(edges)):
        active = [run for run in active if run.end > at] + starts.get(at, [])
        between_two = between.get(value[at])
        wanted = [] if between_two else sorted(active, key=lambda run: (run.start, -run.end))
        pieces += _turn(opened, wanted, paid=paid)
        opened = wanted
        pieces.append(between_two or text(value[at:end]))
    pieces += _turn(opened, [], paid=paid)
    return safe("".join(pieces))


def _turn(opened: list[Mark], wanted: list[Mark], *, paid: bool) -> Iterator[str]:
    """Close and open what makes the open marks the wanted ones."""
    kept = 0
    while kept < min(len(opened), len(wanted)) and opened[kept] is wanted[kept]:
        kept += 1
    for mark in reversed(opened[kept:]):
        yield f"</{_tag(mark)}>"
    for mark in wanted[kept:]:
        rel = f' rel="{PAID_REL}"' if paid else ""
        yield f'<a href="{text(mark.href)}"{rel}>' if mark.href else f"<{_tag(mark)}>"


def _tag(mark: Mark) -> str:
    return "a" if mark.kind is MarkKind.LINK else mark.kind.value


def runs(marks: Iterable[Mark]) -> Iterator[Mark]:
    """The marks with those of one kind never overlapping; links that lead nowhere are left out.

    Where two links overlap, the later one ends the former.
    """
    last: dict[MarkKind, Mark] = {}
    for mark in sorted(marks):
        href = carried(mark.href or "")
        if mark.kind is MarkKind.LINK and not href:
            continue
        start, end = mark.start, mark.end
        before = last.get(mark.kind)
        if before and before.end > start:
            if before.href == href:
                start, end, before = before.start, max(before.end, end), None
            else:
                before = Mark(before.start, start, before.kind, before.href)
        if before and before.start < before.end:
            yield before
        last[mark.kind] = Mark(start, end, mark.kind, href)
    yield from last.values()
