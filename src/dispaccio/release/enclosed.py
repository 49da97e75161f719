"""The pictures and files of a revision: putting in, taking out, reordering. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dispaccio.release.model import Media, Revision


def with_media(said: Revision, media: Sequence[tuple[int | None, Media]]) -> Revision:
    """The revision with these media, each with the place that it had, or None if it is new.

    Image blocks follow their pictures; one whose picture is gone is left out.
    """
    now_at = {before: after for after, (before, _) in enumerate(media) if before is not None}
    body = tuple(
        block if block.media is None else replace(block, media=now_at[block.media])
        for block in said.body
        if block.media is None or block.media in now_at
    )
    return replace(said, body=body, media=tuple(item for _, item in media))
