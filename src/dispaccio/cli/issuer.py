"""The issuers of a wire."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command


def register(app: typer.Typer) -> None:
    """Add ``issuer``."""
    group = typer.Typer(help="Issuers: the organisations whose texts the wire carries.")
    example = 'dispaccio issuer add lindau --name "Lindau Observatory" --domain lindau.example'
    command(group, "add", example=example)(add)
    command(group, "list", example="dispaccio issuer list")(list_)
    app.add_typer(group, name="issuer")


def add(
    wire: Session,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The issuer's short name here.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="The issuer's name as readers see it.")],
    domain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOMAIN",
            help="A domain that is the issuer's own, as you have made sure; may be repeated.",
        ),
    ] = None,
) -> None:
    """Add an issuer with a signing key, which the wire keeps for it."""
    body = {"issuer": slug, "name": name, "domains": domain or []}
    wire.show(wire.ask("POST", "issuers", body=body), _added)


def list_(wire: Session) -> None:
    """List the issuers with their domains."""
    wire.show(wire.ask("GET", "issuers"), _issuers)


def _added(issuer: dict[str, Any]) -> None:
    say(f"{issuer['name']} is an issuer of this wire, as {issuer['did']}.")
    if not issuer["domains"]:
        say("No domain of theirs is recorded, so the checks will ask about every contact address.")
    say(f"Its authors are people with the role author:{issuer['issuer']}.")


def _issuers(answer: dict[str, Any]) -> None:
    rows = [[i["issuer"], i["name"], i["domains"], i["did"]] for i in answer["issuers"]]
    if rows:
        table(["issuer", "name", "domains", "identity"], rows)
    else:
        say("There is no issuer yet; add one with `dispaccio issuer add`.")
