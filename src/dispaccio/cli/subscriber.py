"""The subscribers of a wire."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command


def register(app: typer.Typer) -> None:
    """Add ``subscriber``."""
    group = typer.Typer(help="Subscribers: the organisations that receive releases.")
    command(group, "add", example='dispaccio subscriber add courier --name "Example Courier"')(add)
    command(group, "list", example="dispaccio subscriber list")(list_)
    app.add_typer(group, name="subscriber")


def add(
    wire: Session,
    subscriber: Annotated[
        str, typer.Argument(metavar="SUBSCRIBER", help="The subscriber's short name here.")
    ],
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Its full name.")] = None,
) -> None:
    """Add a subscriber; what it receives, and where, its endpoints say."""
    answer = wire.ask("POST", "subscribers", body={"subscriber": subscriber, "name": name})
    wire.show(
        answer,
        f"{name or subscriber} is a subscriber; now say where it receives: "
        f"`dispaccio endpoint add {subscriber} URL`.",
    )


def list_(wire: Session) -> None:
    """List the subscribers."""
    wire.show(wire.ask("GET", "subscribers"), _subscribers)


def _subscribers(answer: dict[str, Any]) -> None:
    rows = [[item["subscriber"], item["name"]] for item in answer["subscribers"]]
    if rows:
        table(["subscriber", "name"], rows)
    else:
        say("There is no subscriber yet; add one with `dispaccio subscriber add`.")
