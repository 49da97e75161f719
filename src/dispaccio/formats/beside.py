"""Pictures and files that go with a text and do not stand in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.formats.links import carried
from dispaccio.release.model import Media, Revision


def beside(revision: Revision) -> Iterator[tuple[str, Media]]:
    """Those that no block of the text shows and that have an address, each behind it."""
    shown = {block.media for block in revision.body}
    for index, item in enumerate(revision.media):
        if index not in shown and (href := carried(item.href or "")):
            yield href, item


def named(item: Media) -> str:
    """What one is called in a line: its caption, else its alt text, else its name."""
    return item.caption or item.alt or item.name or item.type or ""
