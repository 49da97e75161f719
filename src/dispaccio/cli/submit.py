"""Handing in a text: submitting it, and what corrections and relays share with that."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli import view
from dispaccio.cli.file import Alt, Caption, Credit, Rights, hand_over
from dispaccio.cli.files import read_input
from dispaccio.cli.output import say
from dispaccio.cli.session import Session, command, word
from dispaccio.release.label import LabelKind

File = Annotated[str, typer.Argument(metavar="FILE", help="The document, or - for standard input.")]
Issuer = Annotated[
    str | None, typer.Option(metavar="ISSUER", help="Whose text it is; not needed if clear.")
]
Channel = Annotated[str | None, typer.Option(metavar="CHANNEL", help="The channel it goes to.")]
Label = Annotated[LabelKind | None, typer.Option(help="The kind of label, whatever the text says.")]
PaidBy = Annotated[str | None, typer.Option(metavar="NAME", help="Who paid for it.")]
ReleaseTime = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="When it becomes public, like 2026-05-26T09:00+02:00."),
]
Zone = Annotated[
    str | None,
    typer.Option(metavar="ZONE", help="The zone of times that state none, like Europe/Rome."),
]
Format = Annotated[
    str | None,
    typer.Option(metavar="FORMAT", help="The document's format; by its looks, if not named."),
]
To = Annotated[
    list[str] | None,
    typer.Option(metavar="GROUP", help="A group of the issuer's press list; may be repeated."),
]
Key = Annotated[
    str | None,
    typer.Option(
        metavar="KEY", callback=word, help="With the same key the same text is taken only once."
    ),
]


def register(app: typer.Typer) -> None:
    """Add ``submit``."""
    submit_command = command(
        app,
        "submit",
        example="""
        dispaccio submit comet.txt --as anna
        dispaccio submit comet.txt --as anna --release-time "2026-05-26 09:00 Europe/Rome"
        dispaccio submit comet.txt --file comet.jpg --alt "A comet" --rights "Free" --as anna
        dispaccio submit comet.txt --as anna --revise 7f1c4b6e-3a55-4c0e-8f8e-1d8a4b0e2b11""",
    )
    submit_command(submit)


def submit(  # noqa: PLR0913 - each parameter is an option that the user sees
    wire: Session,
    file: File,
    *,
    issuer: Issuer = None,
    channel: Channel = None,
    label: Label = None,
    paid_by: PaidBy = None,
    release_time: ReleaseTime = None,
    zone: Zone = None,
    format: Format = None,
    to: To = None,
    idempotency_key: Key = None,
    picture: Annotated[
        str | None,
        typer.Option("--file", metavar="PICTURE", help="A picture or file that goes with it."),
    ] = None,
    alt: Alt = None,
    credit: Credit = None,
    rights: Rights = None,
    caption: Caption = None,
    revise: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Hand in a text anew that the desk or the checks returned."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the id alone.")] = False,
) -> None:
    """Hand in a release.

    It is read, checked, sealed in the vault and put before the desk; nobody outside the wire sees
    anything of it before it is published. What the options say goes before what the text says.
    ``--file`` adds one picture or file, ``dispaccio file add`` more. Exit code 1 if the checks
    returned it.
    """
    when = {"release_time": release_time, "zone": zone, "format": format}
    wishes = {"issuer": issuer, "channel": channel, "label": label, "paid_by": paid_by, **when}
    wishes["to"] = ",".join(to) if to else None
    request = handed(file, wishes, idempotency_key)
    if revise:
        answer = wire.release("PUT", revise, **request)
    else:
        answer = wire.ask("POST", "submissions", **request)
    said = {"name": None, "alt": alt, "credit": credit, "rights": rights, "caption": caption}
    if picture and (answer["new"] or revise):
        answer["findings"] = hand_over(wire, answer["id"], picture, said)["findings"]
    wire.show(answer, answer["id"] if quiet else receipt)
    end_if_returned(answer)


def handed(file: str, wishes: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """The request that hands in a file. Raises what ``read_input`` raises."""
    kind = "text/markdown" if file.lower().endswith((".md", ".markdown")) else None
    headers = {"Idempotency-Key": key, "Content-Type": kind}
    return {"data": read_input(file), "query": wishes, "headers": headers}


def receipt(answer: dict[str, Any]) -> None:
    """Print what became of a text that was handed in."""
    id = answer["id"]
    say(f"{'Handed in' if answer['new'] else 'It was handed in before'}, as {id}.")
    view.findings(answer)
    if answer["state"] == "returned":
        say("The checks returned it. Mend what they say, and hand it in anew:")
        say(f"  dispaccio submit FILE --revise {id}")
    elif answer["state"] == "in_review":
        say("The desk has it. Somebody of the desk looks at it and approves it:")
        say(f"  dispaccio show {id}")
        say(f"  dispaccio approve {id}")


def end_if_returned(answer: dict[str, Any]) -> None:
    """End with exit code 1 where the checks returned the text."""
    if answer["state"] == "returned":
        raise typer.Exit(1)
