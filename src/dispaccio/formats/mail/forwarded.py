"""A message that was forwarded as text: below a line that says so, with its head in words."""

from __future__ import annotations

import re
from dataclasses import replace

from dispaccio.anatomy.document import Document, assemble

FORWARDED = (
    "The text forwards another message, which was read as the release; "
    "what stands above it is in the editorial note."
)
_MARKER = re.compile(
    r"[\s>_*–—-]*(?:begin )?(?:forwarded message|weitergeleitete nachricht|messaggio inoltrato"
    r"|inizio messaggio inoltrato|anfang der weitergeleiteten nachricht|message transféré"
    r"|début du message transféré|mensaje reenviado|mensagem encaminhada|прослеђена порука)"
    r"[\s:_*–—-]*",
    re.IGNORECASE,
)
_MOST_ABOVE = 12


def split(document: Document) -> tuple[str, Document] | None:
    """What stands above the line that opens a forwarded message, and the message below it.

    None where there is no such line near the top, or nothing below it. "Original message" is no
    such line: below it stands what an answer was given to.
    """
    for index, passage in enumerate(document.passages[:_MOST_ABOVE]):
        first, _, rest = passage.text.partition("\n")
        if not _MARKER.fullmatch(first):
            continue
        below = list(document.passages[index + 1 :])
        if rest:
            block = replace(passage.block, text=rest, marks=())
            below.insert(0, replace(passage, block=block))
        if not below:
            return None
        above = "\n\n".join(passage.text for passage in document.passages[:index])
        made = assemble(
            below, marked=document.marked, media=document.media, warnings=document.warnings
        )
        return above, made
    return None
