"""Where the operator lets a wire send."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command

Where = Annotated[
    str,
    typer.Argument(metavar="HOST:PORT", help="An exact host or network, with its port."),
]


def register(app: typer.Typer) -> None:
    """Add ``egress``."""
    group = typer.Typer(help="Egress: hosts inside your network that the wire may send to.")
    allow_command = command(
        group,
        "allow",
        example="""
        dispaccio egress allow cms.example.org:8080 --why "the newsroom's intake"
        dispaccio egress allow 10.1.0.0/24:443 --why "editorial servers\"""",
    )
    allow_command(allow)
    command(group, "disallow", example="dispaccio egress disallow cms.example.org:8080")(disallow)
    command(group, "list", example="dispaccio egress list")(list_)
    app.add_typer(group, name="egress")


def allow(
    wire: Session,
    where: Where,
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, for the record.")],
) -> None:
    """Let the wire send to one more host and port.

    That is for hosts inside your network, for other ports, and for plain http. Public hosts by
    https need no leave. A cloud machine's metadata service is never allowed.
    """
    answer = wire.ask("POST", "egress", body={"where": where, "why": why})
    wire.show(answer, f"The wire may send to {where} now.")


def disallow(wire: Session, where: Where) -> None:
    """Take such a leave back.

    What is due to that host fails from now on.
    """
    answer = wire.ask("DELETE", "egress", query={"where": where})
    wire.show(answer, f"The wire has no leave to send to {where} any more.")


def list_(wire: Session) -> None:
    """List the hosts that the wire may send to by an operator's leave."""
    wire.show(wire.ask("GET", "egress"), _leaves)


def _leaves(answer: dict[str, Any]) -> None:
    rows = [[item["host"], item["port"], item["why"], item["by"]] for item in answer["egress"]]
    if rows:
        table(["host", "port", "why", "allowed by"], rows)
    else:
        say("The wire sends to public hosts by https, and to no other.")
