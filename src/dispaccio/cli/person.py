"""The people of a home and their keys."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table, when
from dispaccio.cli.session import Session, command

Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name on this wire.")]


def register(app: typer.Typer) -> None:
    """Add ``person`` and ``person key``."""
    group = typer.Typer(help="The people of a home, their roles and their API keys.")
    keys = typer.Typer(help="A person's API keys.")
    add_command = command(
        group,
        "add",
        example="""
        dispaccio person add bruno
        dispaccio person add anna --role author:lindau --email anna@lindau.example --as bruno""",
    )
    add_command(add)
    command(group, "list", example="dispaccio person list")(list_)
    command(group, "invite", example="dispaccio person invite anna --as bruno")(invite)
    command(group, "remove", example="dispaccio person remove anna --as bruno")(remove)
    command(keys, "add", example="dispaccio person key add anna")(add_key)
    command(keys, "revoke", example="dispaccio person key revoke anna dsp_R3YPt0")(revoke_key)
    group.add_typer(keys, name="key")
    app.add_typer(group, name="person")


def add(
    wire: Session,
    name: Name,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Their address.")] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE",
            help="desk, operator, author:ISSUER, approver:ISSUER, subscriber:SUBSCRIBER or "
            "vetted_reader:SUBSCRIBER; may be repeated.",
        ),
    ] = None,
) -> None:
    """Add a person and make their first API key, which is shown once.

    The first person of a home holds every role, unless some are named.
    """
    body = {"name": name, "email": email, "roles": role or []}
    wire.show(wire.ask("POST", "people", body=body), _added)


def list_(wire: Session) -> None:
    """List the people with their roles and how their keys begin."""
    wire.show(wire.ask("GET", "people"), _people)


def invite(wire: Session, name: Name) -> None:
    """Print a link with which a person comes in by a browser.

    It works once, for seven days. They choose their password there, and log in with it and their
    address from then on.
    """
    answer = wire.ask("POST", "people", name, "invitations")
    wire.show(answer, f"Give this link to {name}, and to nobody else: {answer['url']}")


def remove(wire: Session, name: Name) -> None:
    """Take a person out of the home; their keys stop working at once."""
    answer = wire.ask("DELETE", "people", name)
    wire.show(answer, f"{name} is out of the home, and their keys do not work any more.")


def add_key(wire: Session, name: Name) -> None:
    """Make a further API key for a person; it is shown once."""
    wire.show(wire.ask("POST", "people", name, "keys"), _key)


def revoke_key(
    wire: Session,
    name: Name,
    prefix: Annotated[
        str,
        typer.Argument(metavar="PREFIX", help="How the key begins; `person list` shows it."),
    ],
) -> None:
    """Revoke one API key of a person; it stops working at once."""
    answer = wire.ask("DELETE", "people", name, "keys", prefix)
    wire.show(answer, f"The key {prefix} of {name} does not work any more.")


def _added(person: dict[str, Any]) -> None:
    say(f"{person['name']} is in the home, with the roles {', '.join(person['roles']) or 'none'}.")
    _key(person)


def _key(person: dict[str, Any]) -> None:
    say(f"The API key, shown this once: {person['key']}")


def _people(answer: dict[str, Any]) -> None:
    rows = [
        [
            person["name"],
            person["roles"],
            person["email"],
            [key["prefix"] for key in person["keys"]],
            when(max((key["last_used"] or "" for key in person["keys"]), default="") or None),
        ]
        for person in answer["people"]
    ]
    if rows:
        table(["name", "roles", "email", "keys", "a key last used"], rows)
    else:
        say("Nobody is in this home yet; add the first person with `dispaccio person add NAME`.")
