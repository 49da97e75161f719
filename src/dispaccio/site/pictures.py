"""Pictures and files of a release as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from dispaccio.media import zipped
from dispaccio.media.kinds import Kind
from dispaccio.release.model import Media, Revision
from dispaccio.site.files import zip_of
from dispaccio.wire.filed import Filed
from dispaccio.wire.public import Public

IN_TEXT = "(min-width: 44rem) 42rem, 100vw"
"""How wide a picture in the text is shown (the attribute ``sizes``)."""
IN_LIST = "(min-width: 44rem) 20rem, 100vw"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A picture or file of a release, and its ``filed`` where it is this wire's own.

    ``image`` shows it, where it is a picture; ``href`` is where it is had, None before it is so.
    """

    media: Media
    filed: Filed | None = None
    image: Markup | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosures:
    """All of a release: what is listed, what is shown in its text, and the size of the zip."""

    listed: tuple[Enclosure, ...]
    in_text: Mapping[str, Markup]
    zip_size: int


def enclosures(public: Public, revision: Revision) -> Enclosures:
    """What a page shows of a release's pictures and files."""
    own = public.files.of(revision.media)
    listed = tuple(_enclosure(item, own.get(item.href or "")) for item in revision.media)
    in_text = {
        href: image(filed, IN_TEXT, link=True)
        for href, filed in own.items()
        if filed.kind is Kind.PICTURE
    }
    entries = zip_of(public, revision) if len(own) > 1 else []
    return Enclosures(listed, in_text, zipped.size_of(entries) if entries else 0)


def private(revision: Revision, filed: Mapping[str, Filed], at: str) -> Enclosures:
    """The same for a text that is not public: small pictures from behind a private address.

    ``filed`` are this wire's own by the addresses that they will have, and lead nowhere yet;
    below ``at`` each is had by its id.
    """
    listed, in_text = [], {}
    for item in revision.media:
        own = filed.get(item.href or "")
        if own is None:
            listed.append(Enclosure(item, href=item.href))
        elif own.kind is Kind.PICTURE:
            shown = small(own, at)
            in_text[item.href or ""] = shown
            listed.append(Enclosure(item, own, shown))
        else:
            listed.append(Enclosure(item, own))
    return Enclosures(tuple(listed), in_text, 0)


def small(filed: Filed, at: str) -> Markup:
    """The element that shows the smallest form of a picture, below a private address."""
    form = filed.forms[1]
    return Markup('<img src="{}/{}" width="{}" height="{}" alt="{}" loading="lazy">').format(
        at, filed.id, form.width, form.height, filed.about.alt or ""
    )


def image(filed: Filed, sizes: str, *, link: bool = False) -> Markup:
    """The element that shows a picture in as many pixels as are needed, when it is needed."""
    whole, smaller = filed.whole, filed.forms[1:]
    sources = ", ".join(f"{filed.address(form.width)} {form.width}w" for form in smaller)
    shown = next((form for form in smaller if (form.width or 0) >= 960), smaller[-1])
    made = Markup(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" loading="lazy">'
    ).format(
        filed.address(shown.width), sources, sizes, whole.width, whole.height, filed.about.alt or ""
    )
    return Markup('<a href="{}">{}</a>').format(filed.address(), made) if link else made


def _enclosure(media: Media, filed: Filed | None) -> Enclosure:
    shown = image(filed, IN_LIST) if filed and filed.kind is Kind.PICTURE else None
    return Enclosure(media, filed, shown, filed.address() if filed else media.href)
