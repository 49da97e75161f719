"""What follows publication: correct, withhold, make usable again, withdraw."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from dispaccio.cli.desk import published
from dispaccio.cli.output import count, say, when
from dispaccio.cli.session import Session, command
from dispaccio.cli.submit import (
    Channel,
    File,
    Format,
    Key,
    Label,
    PaidBy,
    ReleaseTime,
    Zone,
    end_if_returned,
    handed,
    receipt,
)


class NewText(StrEnum):
    """What a new text does to the one that is public."""

    CORRECTION = "correction"
    ADDITION = "addition"
    REFILE = "refile"


Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The public number of the release.")]
Reason = Annotated[
    str, typer.Option(metavar="CODE", help="Why, in a short word or two; it is public.")
]
Text = Annotated[str | None, typer.Option(metavar="TEXT", help="Why, in a sentence; it is public.")]


def register(app: typer.Typer) -> None:
    """Add ``correct``, ``withhold``, ``usable-again`` and ``withdraw``."""
    command(
        app,
        "correct",
        example='dispaccio correct T100000001 comet-2.txt --reason wrong-date --text "Monday."',
    )(correct)
    command(app, "withhold", example="dispaccio withhold T100000001 --reason legal-check")(withhold)
    command(app, "usable-again", example="dispaccio usable-again T100000001 --as bruno")(
        usable_again
    )
    command(
        app,
        "withdraw",
        example='dispaccio withdraw T100000001 --reason error --text "It was no comet."',
    )(withdraw)


def correct(  # noqa: PLR0913 - each parameter is an option that the user sees
    wire: Session,
    number: Number,
    file: File,
    *,
    reason: Reason,
    text: Text = None,
    kind: Annotated[NewText, typer.Option(help="What the new text is.")] = NewText.CORRECTION,
    channel: Channel = None,
    label: Label = None,
    paid_by: PaidBy = None,
    release_time: ReleaseTime = None,
    zone: Zone = None,
    format: Format = None,
    idempotency_key: Key = None,
) -> None:
    """Hand in a corrected text for a public release.

    FILE is the whole new text. It is checked and approved like the first one. When it is
    published it takes the place of the old one, and goes to everyone who was sent that.
    """
    wishes = {
        "reason": reason,
        "text": text,
        "kind": kind,
        "channel": channel,
        "label": label,
        "paid_by": paid_by,
        "release_time": release_time,
        "zone": zone,
        "format": format,
    }
    request = handed(file, wishes, idempotency_key)
    answer = wire.public("POST", number, "corrections", **request)
    wire.show(answer, receipt)
    end_if_returned(answer)


def withhold(wire: Session, number: Number, *, reason: Reason, text: Text = None) -> None:
    """Withhold a public release for the moment.

    Its addresses show a notice and no text, until it is usable again or withdrawn.
    """
    answer = _notice(wire, number, "withhold", reason, text)
    wire.show(answer, lambda answer: published(wire, [answer], "Withheld"))


def usable_again(
    wire: Session,
    number: Number,
    *,
    reason: Annotated[str | None, typer.Option(metavar="CODE", help="Why; it is public.")] = None,
    text: Text = None,
) -> None:
    """Make a withheld release usable again.

    Its text is back at its addresses, and everyone who was told of the notice is told.
    """
    answer = _notice(wire, number, "usable-again", reason, text)
    wire.show(answer, lambda answer: published(wire, [answer], "Usable again:"))


def withdraw(wire: Session, number: Number, *, reason: Reason, text: Text = None) -> None:
    """Withdraw a public release for good.

    A notice and the reason stay at its addresses, the text goes. Everyone who was sent any
    version of it is told, before anything else that is due.
    """
    answer = _notice(wire, number, "withdraw", reason, text)
    wire.show(answer, lambda answer: _withdrawn(wire, answer))


def _notice(wire: Session, number: str, what: str, reason: str | None, text: str | None) -> Any:
    return wire.public("POST", number, what, body={"reason": reason, "text": text})


def _withdrawn(wire: Session, answer: dict[str, Any]) -> None:
    number, told = answer["number"], count(answer["deliveries"], "endpoint")
    say(f"Withdrew {number} at {when(answer['published'])}; {told} to be told.")
    if answer["deliveries"] and not wire.serving:
        say("No server runs on this home: start `dispaccio serve` to tell them.")
    say(f"Who has confirmed it: dispaccio deliveries {number}")
