"""A subscriber's own page: what comes, how it comes, whether it arrives; and changing all of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from dispaccio.access.matrix import may
from dispaccio.access.roles import Action
from dispaccio.delivery.carriers.registry import carriers
from dispaccio.egress.client import Client
from dispaccio.errors import (
    Conflict,
    DispaccioError,
    Forbidden,
    InputError,
    MalformedRequest,
    NotFound,
)
from dispaccio.formats.registry import formats
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.pages import Office
from dispaccio.release.label import LabelKind
from dispaccio.site.pages import MAX_WORDS
from dispaccio.wire import (
    accounts,
    confirming,
    egress,
    endpoints,
    mine,
    organisations,
    rehearsal,
    replay,
    subscriptions,
)
from dispaccio.wire.endpoints import PULLED, Wanted
from dispaccio.words import say

_OWN = (Action.MANAGE_ENDPOINTS,)
_LISTS = ("issuers", "languages", "subjects", "places")
"""The parts of a filter that are typed as words between commas."""
_CARRIERS = ("webhook", "mail", "sftp", "stream", "pull")
"""What a subscriber may choose; whoever comes through the hub chooses there."""


def page(office: Office, asked: Asked) -> Response:
    """Every endpoint that whoever asks manages."""
    return _page(office, asked)


def add(office: Office, asked: Asked) -> Response:
    """Add an endpoint; or only say how many releases would have come."""
    wire, actor = office.wire, asked.actor
    try:
        wanted = _wanted(asked)
        if asked.ticked("preview"):
            return _page(office, asked, preview=_preview(office, asked, wanted))
        carrier = asked.text("carrier")
        if carrier == "mail":
            wanted = replace(
                wanted, settings=_with_digest(office, asked, {}), format=None, payload=None
            )
        made = endpoints.add(
            wire,
            actor,
            asked.text("subscriber"),
            "-" if carrier in PULLED else asked.text("address"),
            wanted,
            carrier=carrier,
        )
    except (InputError, Conflict, NotFound, Forbidden) as error:
        return _page(office, asked, error=error)
    said = _question(office, made["endpoint"]) if made["state"] == "unconfirmed" else None
    return _one(office, asked, made["endpoint"], secret=made.get("secret"), confirmation=said)


def _question(office: Office, id: str) -> str:
    """Ask whoever reads mail there whether they want it, and say how that went."""

    async def send() -> str:
        async with Client(egress.policy(office.wire)) as client:
            return await confirming.ask(office.wire, id, client)

    return asyncio.run(send())


def one(office: Office, asked: Asked) -> Response:
    """One endpoint."""
    return _one(office, asked, asked.path["id"])


def change(office: Office, asked: Asked) -> Response:
    """Change what an endpoint gets and how; or only say how many releases would have come."""
    id = asked.path["id"]
    try:
        wanted = _wanted(asked)
        if asked.ticked("preview"):
            return _one(office, asked, id, preview=_preview(office, asked, wanted))
        there = endpoints.one(office.wire, asked.actor, id)
        if there["carrier"] == "mail":
            settings = _with_digest(office, asked, there.get("settings") or {})
            wanted = replace(wanted, settings=settings, format=None, payload=None)
        endpoints.change(office.wire, asked.actor, id, wanted)
    except (InputError, Conflict) as error:
        return _one(office, asked, id, error=error)
    return office.go(asked, f"/me/{id}")


def ping(office: Office, asked: Asked) -> Response:
    """Send a signed test to a webhook, and show what was answered."""

    async def send() -> dict[str, Any]:
        async with Client(egress.policy(office.wire)) as client:
            return await rehearsal.ping(office.wire, asked.actor, asked.path["id"], client)

    try:
        answer = asyncio.run(send())
    except (InputError, Conflict) as error:
        return _one(office, asked, asked.path["id"], error=error)
    return _one(office, asked, asked.path["id"], ping=answer)


def secret(office: Office, asked: Asked) -> Response:
    """Give an endpoint another secret, shown this once."""
    accounts.require_proof(office.wire, asked.known)
    try:
        made = endpoints.new_secret_for(office.wire, asked.actor, asked.path["id"])
    except (InputError, Conflict) as error:
        return _one(office, asked, asked.path["id"], error=error)
    return _one(office, asked, asked.path["id"], secret=made["secret"], until=made["both_until"])


def switch(office: Office, asked: Asked) -> Response:
    """Switch an endpoint off, or on again."""
    id, on = asked.path["id"], asked.text("on") == "yes"
    try:
        why = None if on else "The subscriber switched it off."
        endpoints.switch(office.wire, asked.actor, id, on=on, why=why)
    except Conflict as error:
        return _one(office, asked, id, error=error)
    return office.go(asked, f"/me/{id}")


def again(office: Office, asked: Asked) -> Response:
    """Send a range of numbers once more; the first has to be named."""
    id = asked.path["id"]
    try:
        first, last = asked.text("first"), asked.text("last") or None
        if not first:
            raise MalformedRequest(say("Say from which number on it is sent again."))
        sent = replay.replay(office.wire, asked.actor, id, first=first, last=last)
    except (InputError, Conflict, NotFound) as error:
        if error.code() == "unknown-endpoint":
            raise
        return _one(office, asked, id, error=error)
    return _one(office, asked, id, replayed=sent)


def remove(office: Office, asked: Asked) -> Response:
    """Take an endpoint out for good; the box has to be ticked."""
    id = asked.path["id"]
    if not asked.ticked("sure"):
        return _one(office, asked, id, unsure=True)
    endpoints.remove(office.wire, asked.actor, id)
    return office.go(asked, "/me")


def _wanted(asked: Asked) -> Wanted:
    said: dict[str, Any] = {
        name: [part for word in asked.text(name).split(",") if (part := word.strip())]
        for name in _LISTS
    }
    said |= {"labels": list(asked.several("label")), "words": asked.text("words")}
    return Wanted(
        channels=asked.several("channel"),
        filter={name: value for name, value in said.items() if value},
        format=asked.text("format") or None,
        payload=asked.text("payload") or None,
    )


def _with_digest(office: Office, asked: Asked, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of a mail endpoint, at once or at a time of the day, and all else as it is."""
    kept = {name: value for name, value in settings.items() if name != "digest"}
    if at := asked.text("digest"):
        return {"zone": office.wire.settings.zone} | kept | {"digest": at}
    return kept


def _preview(office: Office, asked: Asked, wanted: Wanted) -> dict[str, Any]:
    return subscriptions.preview(
        office.wire, asked.actor, wanted.channels or (), wanted.filter or {}
    )


def _choices(office: Office, asked: Asked) -> dict[str, Any]:
    """What a form about an endpoint offers."""
    newest = office.public.latest(1)
    return {
        "carriers": [name for name in _CARRIERS if name in carriers()],
        "channels": office.public.channels(),
        "labels": list(LabelKind),
        "writes": [name for name, format in sorted(formats().items()) if format.about.writes],
        "newest": newest[0].number if newest else None,
        "subscribers": _subscribers(office, asked),
    }


def _subscribers(office: Office, asked: Asked) -> list[str]:
    actor = asked.actor
    if may(actor, Action.READ_STATUS):
        every = [one["subscriber"] for one in organisations.subscribers(office.wire, actor)]
        return [name for name in every if may(actor, Action.MANAGE_ENDPOINTS, subscriber=name)]
    return sorted(actor.subscribers)


def _page(
    office: Office,
    asked: Asked,
    *,
    error: DispaccioError | None = None,
    preview: dict[str, Any] | None = None,
) -> Response:
    words = " ".join(asked.query.get("find", "").split())[:MAX_WORDS]
    listed = mine.listed(office.wire, asked.actor, words)
    return office.render(
        asked,
        "me.html",
        status=error.status if error else 200,
        mine=listed.endpoints,
        every=listed.every,
        most=mine.MOST,
        words=words,
        days=mine.DAYS,
        given=asked.form,
        error=error,
        preview=preview,
        **_choices(office, asked),
    )


def _one(office: Office, asked: Asked, id: str, **more: Any) -> Response:
    found = mine.one(office.wire, asked.actor, id)
    error = more.get("error")
    values = {
        "error": None,
        "preview": None,
        "secret": None,
        "until": None,
        "confirmation": None,
        "ping": None,
        "replayed": None,
        "unsure": False,
    }
    typed = asked.form if error or more.get("preview") else _as_form(found)
    return office.render(
        asked,
        "endpoint.html",
        status=error.status if error else 200,
        endpoint=found,
        given=typed,
        days=mine.DAYS,
        sample=rehearsal.sample(office.wire, asked.actor, id),
        **(values | more),
        **_choices(office, asked),
    )


def _as_form(found: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """An endpoint as the fields of its form."""
    asked = found.get("filter") or {}
    form = {name: (", ".join(asked.get(name, ())),) for name in _LISTS}
    channels = () if found["channels"] == "all" else tuple(found["channels"])
    return form | {
        "words": (asked.get("words", ""),),
        "label": tuple(asked.get("labels", ())),
        "channel": channels,
        "format": (found["format"],),
        "payload": (found["payload"],),
        "digest": ((found.get("settings") or {}).get("digest", ""),),
    }


DOORS = (
    Door("GET", "/me", page, _OWN),
    Door("POST", "/me", add, _OWN),
    Door("GET", "/me/{id}", one, _OWN),
    Door("POST", "/me/{id}", change, _OWN),
    Door("POST", "/me/{id}/ping", ping, _OWN),
    Door("POST", "/me/{id}/secret", secret, _OWN),
    Door("POST", "/me/{id}/state", switch, _OWN),
    Door("POST", "/me/{id}/replay", again, _OWN),
    Door("POST", "/me/{id}/remove", remove, _OWN),
)
