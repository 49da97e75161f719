"""Submitting, and what the desk does: /submissions, /releases/NUMBER/…, /relay."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from dispaccio import clock
from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.errors import MalformedRequest, ReasonNeeded
from dispaccio.intake.submission import Wishes
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Reason
from dispaccio.release.state import Kind, State
from dispaccio.wire import convert as converting
from dispaccio.wire import press, queue, report, review, soon, submit, take, withdraw
from dispaccio.wire import publish as publishing
from dispaccio.wire.publish import describe
from dispaccio.wire.submit import Handed

router = APIRouter(route_class=StrictRoute)
DECISIONS = {
    "return": State.RETURNED,
    "reject": State.REJECTED,
    "park": State.PARKED,
    "resume": State.IN_REVIEW,
}


Short = Annotated[str, Field(max_length=100)]


Word = Annotated[str | None, Query(max_length=200)]
Cursor = Annotated[str, Query(max_length=100)]


class Asked(BaseModel):
    """What a call may ask for; other names are errors."""

    model_config = ConfigDict(extra="forbid")


class Approval(Asked):
    """How to approve: accept warnings, set the label's kind, set the release time."""

    confirm: bool = False
    label: LabelKind | None = None
    release_time: Short | None = None


class Decision(Asked):
    """What to do with a text in review: return, reject, park, resume; and why."""

    to: Short
    why: Annotated[str, Field(max_length=2000)] | None = None


class Time(Asked):
    """A release time with its zone."""

    release_time: Short


class Confirmation(Asked):
    """Whether the checks' warnings are accepted."""

    confirm: bool = False


class Claiming(Asked):
    """Whether to take a text over from whoever has it."""

    take_over: bool = False


class Why(Asked):
    """The public reason: a short code, and words if wanted."""

    reason: Short | None = None
    text: Annotated[str, Field(max_length=2000)] | None = None


async def handed(  # noqa: PLR0913, PLR0917  # a parameter each of the call's query
    request: Request,
    issuer: Word = None,
    channel: Word = None,
    label: LabelKind | None = None,
    paid_by: Word = None,
    release_time: Word = None,
    zone: Word = None,
    format: Word = None,
    to: Annotated[str | None, Query(max_length=2000)] = None,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> Handed:
    """What the call hands in, with the wishes in its query. Async, so that it costs no thread."""
    default = clock.zone_named(zone) if zone else None
    at = clock.parse(release_time, default) if release_time else None
    groups = press.names(to.split(",")) if to else ()
    wishes = Wishes(issuer, channel, label, paid_by, at, default, format, groups)
    data = await request.body()
    return Handed(data, request.headers.get("content-type"), wishes, idempotency_key)


async def document(
    request: Request,
    zone: Word = None,
    format: Word = None,
) -> Handed:
    """A document that is only to be read. Async, so that it costs no thread."""
    wishes = Wishes(zone=clock.zone_named(zone) if zone else None, format=format)
    return Handed(await request.body(), request.headers.get("content-type"), wishes)


HandedIn = Annotated[Handed, Depends(handed)]


@router.post("/submissions", status_code=201)
def submit_release(wire: TheWire, actor: Caller, given: HandedIn) -> JSONResponse:
    """Hand in a release: its document is the body, in any format that the wire reads."""
    return JSONResponse(submit.submit(wire, actor, given).to_json(), 201)


@router.get("/submissions")
def list_submissions(wire: TheWire, actor: Caller, after: Cursor = "") -> dict[str, Any]:
    """The texts on their way, due soonest first; an author's are those of their own issuers."""
    return report.queue(wire, actor, after)


@router.get("/submissions/{ref}")
def show_submission(wire: TheWire, actor: Caller, ref: str) -> dict[str, Any]:
    """One release as those see it who work on it."""
    return report.show(wire, actor, ref)


@router.put("/submissions/{ref}", status_code=201)
def revise_submission(wire: TheWire, actor: Caller, ref: str, given: HandedIn) -> dict[str, Any]:
    """Hand in a returned text anew."""
    return submit.revise(wire, actor, ref, given, kind=Kind.ORIGINAL).to_json()


@router.post("/submissions/{ref}/approve")
def approve(wire: TheWire, actor: Caller, ref: str, asked: Approval) -> dict[str, Any]:
    """Approve; with a release time the text is sealed until then."""
    at = clock.parse(asked.release_time) if asked.release_time else None
    state = review.approve(wire, actor, ref, confirm=asked.confirm, label=asked.label, at=at)
    return {"id": ref, "state": state.value}


@router.post("/submissions/{ref}/decide")
def decide(wire: TheWire, actor: Caller, ref: str, asked: Decision) -> dict[str, Any]:
    """Return, reject, park, or take up again."""
    to = DECISIONS.get(asked.to)
    if to is None:
        raise MalformedRequest(f"to: say one of {', '.join(DECISIONS)}; not {asked.to[:40]!r}.")
    return {"id": ref, "state": review.decide(wire, actor, ref, to, why=asked.why).value}


@router.post("/submissions/{ref}/claim")
def claim(wire: TheWire, actor: Caller, ref: str, asked: Claiming) -> dict[str, Any]:
    """Say that one is at a text; it blocks nobody else."""
    held = queue.claim(wire, actor, ref, take_over=asked.take_over)
    return {"id": ref, "claimed_by": held.holder, "since": write_instant(held.since)}


@router.delete("/submissions/{ref}/claim", status_code=204)
def give_back(wire: TheWire, actor: Caller, ref: str) -> None:
    """End one's claim."""
    queue.give_back(wire, actor, ref)


@router.post("/submissions/{ref}/time")
def set_time(wire: TheWire, actor: Caller, ref: str, asked: Time) -> dict[str, Any]:
    """Give an approved text another release time; it is sealed again."""
    at: datetime = clock.parse(asked.release_time)
    return {"id": ref, "state": review.set_time(wire, actor, ref, at).value}


@router.post("/submissions/{ref}/stop")
def stop(wire: TheWire, actor: Caller, ref: str) -> dict[str, Any]:
    """Call a sealed text back before its time: it is approved, without a release time."""
    return {"id": ref, "state": soon.stop(wire, actor, ref).value}


@router.post("/submissions/{ref}/call-off")
def call_off(wire: TheWire, actor: Caller, ref: str) -> dict[str, Any]:
    """End a text that is not published; it never will be."""
    return {"id": ref, "state": review.call_off(wire, actor, ref).value}


@router.post("/submissions/{ref}/publish")
def publish(wire: TheWire, actor: Caller, ref: str, asked: Confirmation) -> dict[str, Any]:
    """Publish now, or when the embargo of a text that was taken over ends."""
    done = publishing.publish(wire, actor, ref, confirm=asked.confirm)
    return {"published": [describe(item) for item in done]}


@router.post("/releases/{number}/corrections", status_code=201)
def correct(
    wire: TheWire,
    actor: Caller,
    number: str,
    given: HandedIn,
    reason: Annotated[str | None, Query(max_length=64)] = None,
    text: Annotated[str | None, Query(max_length=500)] = None,
    kind: Kind = Kind.CORRECTION,
) -> dict[str, Any]:
    """Hand in a correction, an addition or a refile of a public release."""
    if not reason:
        raise ReasonNeeded
    why = Reason(reason, text)
    return submit.revise(wire, actor, number, given, kind=kind, reason=why).to_json()


@router.post("/releases/{number}/withhold")
def withhold(wire: TheWire, actor: Caller, number: str, asked: Why) -> dict[str, Any]:
    """Withhold a public release: its addresses show a notice until it is usable again."""
    return _notice(wire, actor, number, Kind.WITHHOLD, asked)


@router.post("/releases/{number}/usable-again")
def usable_again(wire: TheWire, actor: Caller, number: str, asked: Why) -> dict[str, Any]:
    """Make a withheld release usable again."""
    return _notice(wire, actor, number, Kind.USABLE_AGAIN, asked)


@router.post("/releases/{number}/withdraw")
def withdraw_release(wire: TheWire, actor: Caller, number: str, asked: Why) -> dict[str, Any]:
    """Withdraw a public release. It is final."""
    return _notice(wire, actor, number, Kind.WITHDRAWAL, asked)


@router.post("/relay", status_code=201)
def relay(
    wire: TheWire, actor: Caller, given: HandedIn, publish: bool = False, confirm: bool = False
) -> dict[str, Any]:
    """Take over a release of another wire; it stays private unless ``publish``."""
    if given.wishes.to:
        raise MalformedRequest("to: another wire's release has no press list of its own.")
    return take.take(wire, actor, given, publish_now=publish, confirm=confirm).to_json()


@router.post("/convert")
def convert(
    actor: Caller,
    given: Annotated[Handed, Depends(document)],
    to: Annotated[str, Query(max_length=100)],
) -> dict[str, Any]:
    """The releases of a document in another format; nothing is kept."""
    return converting.convert(actor, given, to)


def _notice(wire: TheWire, actor: Caller, number: str, kind: Kind, asked: Why) -> dict[str, Any]:
    reason = Reason(asked.reason, asked.text) if asked.reason else None
    return describe(withdraw.notice(wire, actor, number, kind, reason))
