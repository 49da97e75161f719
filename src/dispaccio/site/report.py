"""The delivery report of a release: a private page, to whoever holds a link to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site import answers
from dispaccio.site.pages import Reader, render
from dispaccio.wire.private import Private
from dispaccio.wire.public import Public

_PATH = re.compile(r"/r/(T?[1-9][0-9]{8,15})/report", re.ASCII)
WIDTH, HEIGHT = 600, 160
MOST_ROWS = 500
"""Rows of the table on the page; the report as JSON has all of them."""
KEPT_PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve of receipts over time, as the points of an SVG polyline, and its two ends."""

    points: str
    last_ms: float
    most: int


def report(private: Private, public: Public, request: Request) -> Response | None:
    """The page, or None: the answer for what does not exist."""
    asked = _PATH.fullmatch(request.url.path)
    reader = Reader.of(request)
    found = private.report(asked[1], reader.path, reader.key) if asked else None
    if found is None:
        return None
    rows = found.said["deliveries"]
    page = render(
        public,
        reader,
        "report.html",
        shown=found.shown,
        said=found.said,
        charts={item["version"]: chart(item) for item in found.said["versions"]},
        size=(WIDTH, HEIGHT),
        rows=rows[:MOST_ROWS],
        more=len(rows) - MOST_ROWS,
    )
    return answers.answer(page.encode(), "text/html; charset=utf-8", KEPT_PRIVATE)


def chart(version: dict[str, Any]) -> Chart | None:
    """The picture of a version's receipts; None where there are fewer than two."""
    curve: list[tuple[float, int]] = version.get("curve", [])
    if len(curve) < 2:
        return None
    last, most = max(curve[-1][0], 1.0), version["deliveries"]
    points, count = [f"0,{HEIGHT}"], 0
    for ms, have in curve:
        x = round(WIDTH * max(ms, 0.0) / last, 1)
        points += [f"{x},{_height(count, most)}", f"{x},{_height(have, most)}"]
        count = have
    return Chart(" ".join(points), last, most)


def _height(count: int, most: int) -> float:
    return round(HEIGHT - HEIGHT * count / max(most, 1), 1)
