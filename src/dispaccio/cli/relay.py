"""Taking over releases of other wires."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli import view
from dispaccio.cli.desk import Confirm, published
from dispaccio.cli.output import say
from dispaccio.cli.session import Session, command
from dispaccio.cli.submit import Channel, File, Format, Zone, end_if_returned, handed


def register(app: typer.Typer) -> None:
    """Add ``relay``."""
    group = typer.Typer(help="Relay: releases of other wires, with their label and chain.")
    command(
        group,
        "take",
        example="""
        dispaccio relay take theirs.txt --channel relay/other-wire --as bruno
        dispaccio relay take theirs.txt --publish --confirm --as bruno""",
    )(take)
    app.add_typer(group, name="relay")


def take(
    wire: Session,
    file: File,
    *,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish it at once, or when its embargo ends.")
    ] = False,
    confirm: Confirm = False,
    channel: Channel = None,
    zone: Zone = None,
    format: Format = None,
) -> None:
    """Take over one release of another wire.

    It stays private, unless --publish says otherwise. Its number, address, label, embargo and
    chain are kept; when it is published it gets a number and a page of its own here. The same
    release taken again, or with another label above it, is the one that is there.
    """
    wishes = {"channel": channel, "zone": zone, "format": format}
    request = handed(file, wishes)
    request["query"] |= {"publish": publish, "confirm": confirm}
    answer = wire.ask("POST", "relay", **request)
    wire.show(answer, lambda answer: _taken(wire, answer))
    end_if_returned(answer)


def _taken(wire: Session, answer: dict[str, Any]) -> None:
    id, number = answer["id"], answer.get("number")
    known = "" if answer["new"] else "It was here before. "
    say(f"{known}Taken over from another wire, as {id}.")
    view.findings(answer)
    if answer["published"]:
        published(wire, answer["published"])
    elif number:
        say(f"It is public already, as {number}: {wire.address(number)}")
    elif answer["state"] == "returned":
        say("The checks found errors, so it cannot be published as it is.")
    elif answer["state"] == "sealed":
        say(f"It is sealed until its embargo ends: dispaccio show {id}")
    elif any(finding["severity"] == "error" for finding in answer["findings"]):
        say(
            "It is private, and the checks found errors. If its embargo is not clear, say until "
            f"when it is held: dispaccio approve {id} --release-time TIME"
        )
    else:
        say(f"It is private. To publish it: dispaccio publish {id}")
