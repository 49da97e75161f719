"""One text at the desk: read it, and decide."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.responses import Response

from dispaccio import clock
from dispaccio.access.roles import Action
from dispaccio.desk.checks.base import Finding, Severity
from dispaccio.errors import (
    DispaccioError,
    InputError,
    NoSuchRelease,
    ProofNeeded,
    ReasonNeeded,
    Unconfirmed,
)
from dispaccio.formats.html import body_html, paragraphs_html
from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.office.files import SHOWN, streamed
from dispaccio.office.pages import HEADERS, Office, local
from dispaccio.release.label import LabelKind
from dispaccio.release.model import Revision
from dispaccio.release.state import State
from dispaccio.site.answers import answer
from dispaccio.wire import accounts, files, looking, queue, review, soon
from dispaccio.wire.looking import Looked
from dispaccio.words import say

LONGEST_WHY = 2_000
_ONE_READING = timedelta(minutes=1)
DESK = (Action.APPROVE_WIRE,)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text as it will read, with what the checks say of it."""

    where: str
    html: Markup
    findings: tuple[Finding, ...]


def page(office: Office, asked: Asked) -> Response:
    """The text with everything around it."""
    return _page(office, asked)


def original(office: Office, asked: Asked) -> Response:
    """What was handed in, to be kept as a file and never shown as a page."""
    kind, plain = looking.original(office.wire, asked.actor, asked.path["ref"])
    suffix = mimetypes.guess_extension(kind.partition(";")[0]) or ".bin"
    name = f"{asked.path['ref']}{suffix}"
    headers = {**HEADERS, "content-disposition": f'attachment; filename="{name}"'}
    return answer(plain, "application/octet-stream", headers)


def file(office: Office, asked: Asked) -> Response:
    """A picture of the text, small; or another of its files, whole."""
    sent = files.content(office.wire, asked.actor, asked.path["ref"], asked.path["file"], SHOWN)
    return streamed(sent)


def claim(office: Office, asked: Asked) -> Response:
    """Say that one is at it."""
    take_over = asked.ticked("take_over")
    return _do(office, asked, "claim", partial(queue.claim, take_over=take_over))


def give_back(office: Office, asked: Asked) -> Response:
    """Be at it no more."""
    return _do(office, asked, "claim", queue.give_back)


def approve(office: Office, asked: Asked) -> Response:
    """Approve it, until a time or without one."""
    accounts.require_proof(office.wire, asked.known)

    def act(*_: object) -> None:
        at = _time(office, asked)
        review.approve(
            office.wire,
            asked.actor,
            asked.path["ref"],
            confirm=asked.ticked("confirm"),
            label=_label(asked),
            at=at,
            now=at is None,
        )

    return _do(office, asked, "approve", act)


def publish(office: Office, asked: Asked) -> Response:
    """Publish it, after a moment in which it can be stopped."""
    accounts.require_proof(office.wire, asked.known)

    def act(*_: object) -> None:
        soon.publish_soon(
            office.wire,
            asked.actor,
            asked.path["ref"],
            confirm=asked.ticked("confirm"),
            label=_label(asked),
        )

    return _do(office, asked, "approve", act)


def stop(office: Office, asked: Asked) -> Response:
    """Call it back before its time."""
    return _do(office, asked, "stop", soon.stop)


def set_time(office: Office, asked: Asked) -> Response:
    """Give it another release time."""

    def act(*_: object) -> None:
        at = _time(office, asked)
        if at is None:
            raise InputError(say("Say when it is to be published."))
        review.set_time(office.wire, asked.actor, asked.path["ref"], at)

    return _do(office, asked, "time", act)


def hand_back(office: Office, asked: Asked) -> Response:
    """Return it to its author, who reads why."""
    if not asked.text("why"):
        error = ReasonNeeded(say("Say what is to be mended; the author reads it."))
        return _page(office, asked, error=error, form="return")
    return _decide(office, asked, "return", State.RETURNED)


def park(office: Office, asked: Asked) -> Response:
    """Put it aside."""
    return _decide(office, asked, "park", State.PARKED)


def resume(office: Office, asked: Asked) -> Response:
    """Take up what was parked."""
    return _decide(office, asked, "resume", State.IN_REVIEW)


def reject(office: Office, asked: Asked) -> Response:
    """Refuse it for good."""
    if not asked.ticked("sure"):
        return _page(office, asked, error=Unconfirmed(), form="reject")
    return _decide(office, asked, "reject", State.REJECTED)


def call_off(office: Office, asked: Asked) -> Response:
    """End it; it is never published."""
    if not asked.ticked("sure"):
        return _page(office, asked, error=Unconfirmed(), form="call-off")
    return _do(office, asked, "call-off", review.call_off)


def passages(said: Revision, findings: Iterable[Finding]) -> tuple[Passage, ...]:
    """A text in its parts, each with the findings that mean it; the rest stands at the first."""
    parts: dict[str, Markup] = {}
    if said.subhead:
        parts["subhead"] = Markup('<p class="subhead">{}</p>').format(said.subhead)
    for number, block in enumerate(said.body):
        dateline = said.dateline if number == 0 else None
        one = replace(said, body=(block,), dateline=dateline)
        parts[f"body/{number}"] = body_html(one, pictures=False)
    if said.boilerplate:
        parts["boilerplate"] = paragraphs_html(said.boilerplate)
    if said.contacts:
        lines = (
            ", ".join(filter(None, (c.name, c.role, c.organisation, c.email, c.phone)))
            for c in said.contacts
        )
        parts["contacts"] = Markup("<p>{}</p>").format(
            Markup("<br>").join(Markup("<bdi>{}</bdi>").format(line) for line in lines)
        )
    placed: dict[str, list[Finding]] = {where: [] for where in ("headline", *parts)}
    for finding in dict.fromkeys(findings):
        placed[_place(finding, placed)].append(finding)
    whole = Markup("")
    return tuple(
        Passage(where, parts.get(where, whole), tuple(found)) for where, found in placed.items()
    )


def _place(finding: Finding, parts: Iterable[str]) -> str:
    where = finding.where or ""
    for name in (where, where.partition("/")[0]):
        if name in parts:
            return name
    return "headline"


def _decide(office: Office, asked: Asked, form: str, to: State) -> Response:
    why = asked.text("why")[:LONGEST_WHY] or None
    act = partial(review.decide, to=to, why=why)
    return _do(office, asked, form, act)


def _do(office: Office, asked: Asked, form: str, act: Callable[..., object]) -> Response:
    """Do it and show the sheet anew; a refusal is said in the form that it is about."""
    ref = asked.path["ref"]
    try:
        act(office.wire, asked.actor, ref)
    except (ProofNeeded, NoSuchRelease):
        raise
    except DispaccioError as error:
        return _page(office, asked, error=error, form=form)
    return office.go(asked, f"/desk/{ref}")


def _page(
    office: Office, asked: Asked, *, error: DispaccioError | None = None, form: str = ""
) -> Response:
    wire = office.wire
    looked = looking.look(wire, office.public, asked.actor, asked.path["ref"])
    found = looked.open
    return office.render(
        asked,
        "sheet.html",
        status=error.status if error else 200,
        looked=looked,
        open=found,
        files=files.listed(wire, asked.actor, asked.path["ref"]).files if found else (),
        passages=passages(found.text, found.findings) if found else (),
        warnings=_warnings(found.findings) if found else (),
        kinds=[kind.value for kind in LabelKind],
        now=wire.clock.now(),
        **office.clocks(),
        typed=partial(_typed, wire.settings.zone_info),
        policy=wire.settings.second_person,
        wait=wire.settings.publish_wait,
        readers=_readers(looked),
        given=asked.form if error else {},
        error=error,
        form=form,
    )


def _warnings(findings: Iterable[Finding]) -> list[Finding]:
    """What has to be confirmed; the same thing said twice is asked once."""
    asked = (finding for finding in findings if finding.severity is Severity.WARNING)
    return list({finding.message: finding for finding in asked}.values())


def _readers(looked: Looked) -> list[tuple[str, datetime, int]]:
    """Who read the text, when last, and how often: a text and its pictures within a minute once."""
    found: dict[str, tuple[datetime, int]] = {}
    for event in looked.history:
        if event.kind == "read_unreleased":
            last, count = found.get(event.actor, (event.at, 0))
            again = not count or event.at - last >= _ONE_READING
            found[event.actor] = (event.at, count + again)
    return [(name, at, count) for name, (at, count) in found.items()]


def _time(office: Office, asked: Asked) -> datetime | None:
    """The release time of the form, in the wire's zone where it says no other."""
    typed = asked.text("release_time")
    if not typed:
        return None
    asked_for = asked.text("asked_for")
    if asked_for and typed == asked.text("typed"):
        return clock.parse(asked_for)
    return clock.parse(typed, office.wire.settings.zone_info)


def _label(asked: Asked) -> LabelKind | None:
    kind = asked.text("label")
    return LabelKind(kind) if kind in set(LabelKind) else None


def _typed(zone: ZoneInfo, at: datetime) -> str:
    """An instant as a field of a form has it, to the minute unless it has seconds."""
    there = local(zone, at)
    return there.isoformat(timespec="seconds" if there.second else "minutes")


_FORMS = {
    "claim": claim,
    "give-back": give_back,
    "approve": approve,
    "publish": publish,
    "stop": stop,
    "time": set_time,
    "return": hand_back,
    "park": park,
    "resume": resume,
    "reject": reject,
    "call-off": call_off,
}
DOORS = (
    Door("GET", "/desk/{ref}", page, DESK),
    Door("GET", "/desk/{ref}/original", original, DESK),
    Door("GET", "/desk/{ref}/files/{file}", file, DESK),
    *(Door("POST", f"/desk/{{ref}}/{name}", form, DESK) for name, form in _FORMS.items()),
)
