"""The channels of a wire."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command


def register(app: typer.Typer) -> None:
    """Add ``channel``."""
    group = typer.Typer(help="Channels: named streams of releases, each with its page.")
    command(group, "add", example='dispaccio channel add science --title "Science"')(add)
    command(group, "list", example="dispaccio channel list")(list_)
    app.add_typer(group, name="channel")


def add(
    wire: Session,
    channel: Annotated[
        str,
        typer.Argument(
            metavar="CHANNEL",
            help="One or two words of small letters, digits and dashes: science, relay/other-wire.",
        ),
    ],
    title: Annotated[str | None, typer.Option(metavar="TITLE", help="What readers see.")] = None,
) -> None:
    """Add a channel; releases go to it, and endpoints subscribe to it."""
    answer = wire.ask("POST", "channels", body={"channel": channel, "title": title})
    wire.show(answer, f"The channel {channel} is there; its page is /c/{channel}/.")


def list_(wire: Session) -> None:
    """List the channels."""
    wire.show(wire.ask("GET", "channels"), _channels)


def _channels(answer: dict[str, Any]) -> None:
    rows = [[item["channel"], item["title"]] for item in answer["channels"]]
    if rows:
        table(["channel", "title"], rows)
    else:
        say("There is no channel yet; add one with `dispaccio channel add`.")
