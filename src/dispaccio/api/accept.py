"""Which format a caller wants: the header ``Accept`` (RFC 9110 section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dispaccio.errors import NotAcceptable
from dispaccio.formats.native import native
from dispaccio.formats.registry import formats

MOST = 100
"""How many media ranges of a header are looked at."""
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


def preferred(headers: Iterable[str]) -> str:
    """The written format that the headers prefer; the native one where nothing is asked for.

    The highest quality wins, then what is named earlier; the native format stands for a range
    such as ``*/*`` that takes it. What is no media range asks for nothing. Raises NotAcceptable,
    which lists the media types.
    """
    ranges = [_parsed(item) for item in ",".join(headers).split(",") if "/" in item][:MOST]
    if not ranges:
        return native.name
    offered = _offered()
    first = {format.about.media_types[0] for format in formats().values() if format.about.writes}
    ranks = {kind: _rank(kind, ranges, main=kind in first) for kind in offered}
    best = max(offered, key=ranks.__getitem__)
    if ranks[best][0] == 0:
        raise NotAcceptable(f"A release is given in one of these: {', '.join(sorted(first))}.")
    return offered[best]


def _offered() -> dict[str, str]:
    """The format behind every media type that is written, the native one first."""
    written = [format for format in formats().values() if format.about.writes]
    written.sort(key=lambda format: (format.name != native.name, format.name))
    return {kind: format.name for format in written for kind in format.about.media_types}


def _parsed(item: str) -> tuple[str, float]:
    """A media range and its quality; one that is written wrongly counts as refused."""
    kind, *parameters = (piece.strip().lower() for piece in item.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            value = value.strip()
            quality = float(value) if _QUALITY.fullmatch(value) else 0.0
    return kind, quality


def _rank(kind: str, ranges: list[tuple[str, float]], *, main: bool) -> tuple[float, bool, int]:
    """How much a media type is wanted: its quality, whether it is named itself, and how early.

    The most specific range that takes it says its quality; a range of many types means the main
    one of each format.
    """
    several = (f"{kind.partition('/')[0]}/*", "*/*") if main else ()
    for known in (kind, *several):
        for at, (asked, quality) in enumerate(ranges):
            if asked == known:
                return quality, known == kind, -at
    return 0.0, False, 0
