"""The desk's list: what waits, due soonest first."""

from __future__ import annotations

import re

from starlette.responses import Response

from dispaccio.access.roles import Action
from dispaccio.errors import MalformedCursor
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.wire import queue

STATES = {
    "in-review": ("in_review",),
    "parked": ("parked",),
    "approved": ("approved",),
    "sealed": ("sealed",),
    "returned": ("returned",),
}
"""What the list can be cut down to, by the words of the query."""
ALL = ("in_review", "parked", "approved", "sealed")
"""What the list holds by itself: what a text waits for the desk in, and what waits for its time."""
_REF = re.compile(r"(?:T?[1-9][0-9]{8,15}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)


def page(office: Office, asked: Asked) -> Response:
    """The list; a number or an id that was asked for leads to its release."""
    ref = asked.query.get("number", "").strip()
    if _REF.fullmatch(ref):
        return office.go(asked, f"/desk/{ref}")
    wanted = asked.query.get("state", "")
    states = STATES.get(wanted, ALL)
    wire, actor = office.wire, asked.actor
    counts = queue.count(wire, actor)
    after = asked.query.get("after", "")
    try:
        found = queue.page(wire, actor, states, after)
    except MalformedCursor:
        after, found = "", queue.page(wire, actor, states)
    return office.render(
        asked,
        "desk.html",
        waiting=found.texts,
        further=found.next,
        after=after,
        among=sum(counts.get(one, 0) for one in states),
        state=wanted if wanted in STATES else "",
        states={name: sum(counts.get(one, 0) for one in of) for name, of in STATES.items()},
        all=sum(counts.get(one, 0) for one in ALL),
        now=wire.clock.now(),
        unknown=ref,
    )


DOORS = (Door("GET", "/desk", page, (Action.APPROVE_WIRE,)),)
