"""What the desk does: look, approve, decide, set the time, stop, call off, publish."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli import view
from dispaccio.cli.output import count, say, table, when
from dispaccio.cli.session import Session, command
from dispaccio.cli.submit import Label, ReleaseTime

Ref = Annotated[str, typer.Argument(metavar="REF", help="The release's id, or its number.")]
Confirm = Annotated[
    bool, typer.Option("--confirm", help="Accept the warnings of the checks, as looked at.")
]
ID = "7f1c4b6e-3a55-4c0e-8f8e-1d8a4b0e2b11"


def register(app: typer.Typer) -> None:
    """Add the desk's commands, from ``queue`` to ``publish``."""
    command(app, "queue", example="dispaccio queue --as bruno")(queue)
    command(
        app, "show", example=f"dispaccio show {ID} --as bruno\ndispaccio show T100000001 --as bruno"
    )(show)
    command(app, "claim", example=f"dispaccio claim {ID} --as bruno")(claim)
    command(
        app,
        "approve",
        example=f"""
        dispaccio approve {ID} --as bruno --confirm
        dispaccio approve {ID} --as bruno --release-time 2026-05-26T09:00+02:00""",
    )(approve)
    command(
        app,
        "review",
        example=f'dispaccio review {ID} --return --why "Who paid for the study?" --as bruno',
    )(review)
    command(
        app,
        "reschedule",
        example=f'dispaccio reschedule {ID} "2026-05-27 09:00 Europe/Rome" --as bruno',
    )(reschedule)
    command(app, "stop", example=f"dispaccio stop {ID} --as bruno")(stop)
    command(app, "call-off", example=f"dispaccio call-off {ID} --as anna")(call_off)
    command(app, "publish", example=f"dispaccio publish {ID} --as bruno")(publish)


def queue(
    wire: Session,
    *,
    after: Annotated[
        str, typer.Option(metavar="PLACE", help="What comes behind a list's last line.")
    ] = "",
) -> None:
    """List the texts on their way, 200 at a time.

    They are in review, returned, parked, approved, or waiting for their release time. Authors see
    those of their own issuers.
    """
    wire.show(wire.ask("GET", "submissions", query={"after": after} if after else {}), _queue)


def show(wire: Session, ref: Ref) -> None:
    """Show one release: text, findings, state, history.

    A text that is not public yet is shown to those who work on it; that they read it is recorded.
    """
    answer = wire.release("GET", ref)
    number = answer.get("number")
    text = None
    if number and not wire.json and "release" not in answer.get("open", {}):
        text = wire.public("GET", number)
    wire.show(answer, lambda answer: _release(answer, text))


def claim(
    wire: Session,
    ref: Ref,
    *,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Also where somebody else has it.")
    ] = False,
    give_back: Annotated[bool, typer.Option("--give-back", help="Be at it no more.")] = False,
) -> None:
    """Say that you are at a text.

    It blocks nobody: whoever may decide about the text still may.
    """
    if give_back and take_over:
        raise typer.BadParameter("say either --take-over or --give-back.")
    if give_back:
        wire.release("DELETE", ref, "claim")
        wire.show({"id": ref, "claimed_by": None}, "Nobody has it any more.")
        return
    answer = wire.release("POST", ref, "claim", body={"take_over": take_over})
    wire.show(answer, "You have it.")


def approve(
    wire: Session,
    ref: Ref,
    *,
    confirm: Confirm = False,
    label: Label = None,
    release_time: ReleaseTime = None,
) -> None:
    """Approve a text for the wire.

    With a release time, its own or one that is given here, it is sealed until then. Which texts
    somebody else than their author has to approve, the setting second_person says.
    """
    body = {"confirm": confirm, "label": label, "release_time": release_time}
    answer = wire.release("POST", ref, "approve", body=body)
    if answer["state"] == "sealed":
        wire.show(answer, lambda answer: _sealed(wire, ref))
    else:
        wire.show(answer, f"Approved. To publish it now: dispaccio publish {ref}")


def review(
    wire: Session,
    ref: Ref,
    *,
    return_: Annotated[bool, typer.Option("--return", help="Back to its author.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Refuse it; that is final.")] = False,
    park: Annotated[bool, typer.Option("--park", help="Put it aside.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Take up what was parked.")] = False,
    why: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The reason; the author reads it.")
    ] = None,
) -> None:
    """Return a text, reject it, park it, or take it up again."""
    chosen = {"return": return_, "reject": reject, "park": park, "resume": resume}
    wanted = [name for name, is_set in chosen.items() if is_set]
    if len(wanted) != 1:
        raise typer.BadParameter("say one of --return, --reject, --park and --resume.")
    answer = wire.release("POST", ref, "decide", body={"to": wanted[0], "why": why})
    wire.show(answer, f"It is {_words(answer['state'])} now.")


def reschedule(
    wire: Session,
    ref: Ref,
    time: Annotated[
        str, typer.Argument(metavar="TIME", help="The instant, like 2026-05-26T09:00+02:00.")
    ],
) -> None:
    """Give an approved text another release time."""
    answer = wire.release("POST", ref, "time", body={"release_time": time})
    wire.show(answer, lambda answer: _sealed(wire, ref))


def stop(wire: Session, ref: Ref) -> None:
    """Call a sealed text back before its release time.

    It is approved then, without a time, and is not published until somebody says so again.
    """
    answer = wire.release("POST", ref, "stop")
    wire.show(answer, "It is stopped: approved, without a release time.")


def call_off(wire: Session, ref: Ref) -> None:
    """End a text that is not published; it never will be."""
    answer = wire.release("POST", ref, "call-off")
    wire.show(answer, "It is called off, and will not be published.")


def publish(wire: Session, ref: Ref, *, confirm: Confirm = False) -> None:
    """Publish a text now.

    It is approved first if that is still to be done, and a release time that it has is passed
    over. Only another wire's embargo holds: such a text is sealed until its embargo ends.
    """
    answer = wire.release("POST", ref, "publish", body={"confirm": confirm})
    if answer["published"]:
        wire.show(answer, lambda answer: published(wire, answer["published"]))
    else:
        wire.show(answer, lambda answer: _sealed(wire, ref))


def published(wire: Session, done: list[dict[str, Any]], what: str = "Published") -> None:
    """Print what became public, and whether its deliveries have a server to go out by."""
    for item in done:
        version = f", version {item['version']}" if item["version"] > 1 else ""
        say(f"{what} {item['number']}{version} at {when(item['published'])}.")
        say(f"  {wire.address(item['number'])}")
        if sent := item["deliveries"]:
            waits = "" if wire.serving else "; they go out when `dispaccio serve` runs"
            say(f"  {count(sent, 'delivery')}{waits}.")


def _sealed(wire: Session, ref: str) -> None:
    at = wire.release("GET", ref).get("open", {}).get("release_time")
    say(f"Sealed until {when(at)}; nobody outside the wire sees it before.")
    if not wire.serving:
        say("No server runs on this home: start `dispaccio serve` before then.")


def _queue(answer: dict[str, Any]) -> None:
    if not answer["submissions"]:
        say("No text is on its way.")
        return
    rows = []
    for item in answer["submissions"]:
        waiting = item["open"]
        rows.append(
            [
                when(waiting.get("release_time")),
                _words(waiting["state"]),
                item.get("issuer") or "another wire",
                waiting.get("title"),
                _tally(waiting.get("findings", [])),
                waiting["submitted_by"],
                waiting.get("claimed_by"),
                item["id"],
            ]
        )
    table(["release time", "state", "issuer", "title", "findings", "by", "at it", "id"], rows)
    if "next" in answer:
        say(f"There are more: dispaccio queue --after {answer['next']}")


def _tally(findings: list[dict[str, Any]]) -> str:
    kinds = [item["severity"] for item in findings]
    return ", ".join(
        count(kinds.count(kind), kind) for kind in ("error", "warning", "note") if kind in kinds
    )


def _release(answer: dict[str, Any], text: dict[str, Any] | None) -> None:
    draft = answer.get("open", {})
    view.release(draft.get("release") or text or {})
    say("\nWhere it stands")
    for name in ("id", "number", "url", "status", "version", "issuer"):
        if answer.get(name):
            say(f"  {name:<8} {answer[name]}")
    if draft:
        at = f", release time {when(draft['release_time'])}" if draft.get("release_time") else ""
        say(f"  {_words(draft['kind'])} by {draft['submitted_by']}, {_words(draft['state'])}{at}")
        view.findings(draft)
    say("\nHistory")
    for item in answer["history"]:
        version = f", version {item['version']}" if "version" in item else ""
        say(f"  {when(item['at'])}  {_words(item['what'])}{version}, {item['by']}")


def _words(state: str) -> str:
    return state.replace("_", " ")
