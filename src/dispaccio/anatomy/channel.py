"""The channel: a line that is nothing but a link named like ``immediapress/pr-newswire``."""

from __future__ import annotations

import re

from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.original import address_of
from dispaccio.anatomy.work import Work

_CHANNEL = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")


def take(work: Work) -> None:
    """Claim the link to a channel."""
    for index, passage in work.lines(100):
        if address_of(passage) and _CHANNEL.fullmatch(passage.text):
            work.claim(index, SpanKind.CHANNEL)
            work.say(channel=passage.text)
