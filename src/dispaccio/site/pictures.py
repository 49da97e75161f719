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

    ``image`` shows it, where it is a picture.
    """

    media: Media
    filed: Filed | None = None
    image: Markup | None = None


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


def bare(revision: Revision) -> Enclosures:
    """The same for a preview: what is listed, and no picture, since none has an address yet."""
    return Enclosures(tuple(Enclosure(item) for item in revision.media), {}, 0)


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
    if filed is None or filed.kind is not Kind.PICTURE:
        return Enclosure(media, filed)
    return Enclosure(media, filed, image(filed, IN_LIST))
