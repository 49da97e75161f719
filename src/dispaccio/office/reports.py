"""The delivery report of a release, for those who work on it; and sending it to somebody again."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dispaccio.access.matrix import may
from dispaccio.access.roles import Action
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.site.pages import MAX_WORDS
from dispaccio.site.report import HEIGHT, WIDTH, chart
from dispaccio.wire import deliveries, links, replay
from dispaccio.wire.deliveries import Part

ROWS = 100
"""Deliveries on one page."""
_SEES = (Action.READ_DELIVERIES,)
_MOST_PAGES = 10_000


def page(office: Office, asked: Asked) -> Response:
    """Who has it, how fast, and every delivery."""
    return _page(office, asked)


def link(office: Office, asked: Asked) -> Response:
    """Make a link that shows the report for a while to whoever is given it."""
    ref = deliveries.require_report(office.wire, asked.actor, asked.path["ref"])
    made = links.make(office.wire, asked.actor, f"/r/{ref}/report")
    return _page(office, asked, link=made)


def resend(office: Office, asked: Asked) -> Response:
    """Send it to one endpoint again, as it stands now."""
    ref = deliveries.require_report(office.wire, asked.actor, asked.path["ref"])
    said = replay.replay(office.wire, asked.actor, asked.text("endpoint"), first=ref, last=ref)
    return office.go(asked, f"/releases/{ref}/report", sent=said["deliveries"])


def _page(office: Office, asked: Asked, *, link: dict[str, Any] | None = None) -> Response:
    number = asked.query.get("page", "1")
    at = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    at = min(max(at, 1), _MOST_PAGES)
    words = " ".join(asked.query.get("find", "").split())[:MAX_WORDS]
    part = Part(words, (at - 1) * ROWS, ROWS)
    said = deliveries.report(office.wire, asked.actor, asked.path["ref"], part)
    found = office.public.release(said["number"])
    rows = said["deliveries"]
    return office.render(
        asked,
        "delivered.html",
        said=said,
        shown=found.shown if found else None,
        charts={item["version"]: chart(item) for item in said["versions"]},
        size=(WIDTH, HEIGHT),
        rows=rows[:ROWS],
        more=len(rows) > ROWS,
        at=at,
        words=words,
        sent=asked.query.get("sent", ""),
        link=link,
        again=_may_again(asked, rows) if said["status"] == "usable" else frozenset(),
        from_desk=may(asked.actor, Action.APPROVE_WIRE),
        **office.clocks(),
    )


def _may_again(asked: Asked, rows: list[dict[str, Any]]) -> frozenset[str]:
    """The subscribers to whom whoever asks may send it again."""
    action = Action.MANAGE_ENDPOINTS
    names = {row["subscriber"] for row in rows}
    return frozenset(name for name in names if may(asked.actor, action, subscriber=name))


DOORS = (
    Door("GET", "/releases/{ref}/report", page, _SEES),
    Door("POST", "/releases/{ref}/report/link", link, _SEES),
    Door("POST", "/releases/{ref}/report/again", resend, _SEES),
)
