"""The people of a home and their keys."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, say_json, table, when
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
    roles_command = command(
        group, "roles", example="dispaccio person roles anna --role desk --as bruno"
    )
    roles_command(roles)
    command(group, "export", example="dispaccio person export anna --as anna")(export)
    command(group, "erase", example="dispaccio person erase anna --as bruno")(erase)
    command(group, "remove", example="dispaccio person remove anna --as bruno")(remove)
    add_key_command = command(
        keys, "add", example="dispaccio person key add anna --scope submit --scope read"
    )
    add_key_command(add_key)
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
    """Invite a person to come in by a browser.

    The link works once, for seven days. It goes to them by mail; where the wire sends none, it is
    printed. They choose their password there, and log in with it and their address from then on.
    """
    answer = wire.ask("POST", "people", name, "invitations")
    if not answer["mailed"]:
        said = f"Give this link to {name}, and to nobody else: {answer['url']}"
    elif wire.serving:
        said = f"A mail with the link is on its way to {answer['email']}."
    else:
        said = f"A mail with the link goes to {answer['email']} as soon as the wire is served."
    wire.show(answer, said)


def remove(wire: Session, name: Name) -> None:
    """Take a person out of the home; their keys stop working at once."""
    answer = wire.ask("DELETE", "people", name)
    wire.show(answer, f"{name} is out of the home, and their keys do not work any more.")


def roles(
    wire: Session,
    name: Name,
    role: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE", help="As of `person add`; may be repeated. None takes all."),
    ] = None,
) -> None:
    """Give a person exactly the roles that are named."""
    answer = wire.ask("PUT", "people", name, "roles", body={"roles": role or []})
    wire.show(answer, f"{name} has the roles {', '.join(answer['roles']) or 'none'}.")


def export(wire: Session, name: Name) -> None:
    """Print all that is kept about a person, as JSON.

    Everybody may have that of themselves. It works for people who left, too.
    """
    say_json(wire.ask("GET", "people", name, "data"))


def erase(wire: Session, name: Name) -> None:
    """Erase what is kept about a person, for good.

    Address, full name, password, passkeys, keys, sessions and entries in press lists go. The short
    name stays in the record of who did what. Who is still in the home leaves it.
    """
    answer = wire.ask("POST", "people", name, "erase")
    wire.show(answer, f"All that was kept about {name} is erased, but for the name in the record.")


def add_key(
    wire: Session,
    name: Name,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCOPE",
            help="read, submit, desk or manage; may be repeated. Without one the key is for all "
            "that the person may do.",
        ),
    ] = None,
) -> None:
    """Make a further API key for a person; it is shown once."""
    wire.show(wire.ask("POST", "people", name, "keys", body={"scopes": scope or []}), _key)


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


def _named(key: dict[str, Any]) -> str:
    scopes = " ".join(key["scopes"])
    return f"{key['prefix']} ({scopes})" if scopes else str(key["prefix"])


def _people(answer: dict[str, Any]) -> None:
    rows = [
        [
            person["name"],
            person["roles"],
            person["email"],
            [_named(key) for key in person["keys"]],
            when(max((key["last_used"] or "" for key in person["keys"]), default="") or None),
        ]
        for person in answer["people"]
    ]
    if rows:
        table(["name", "roles", "email", "keys", "a key last used"], rows)
    else:
        say("Nobody is in this home yet; add the first person with `dispaccio person add NAME`.")
