"""Advance access: offering sealed texts to vetted readers, and the switch that seals them all."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table, when
from dispaccio.cli.session import Session, command

Ref = Annotated[str, typer.Argument(metavar="ID", help="The release, by its id.")]
To = Annotated[
    list[str],
    typer.Option("--to", metavar="WHOM", help="A vetted reader, or group:NAME; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add ``advance``."""
    group = typer.Typer(help="Reading under embargo: offers, groups, the switch.")
    command(
        group,
        "offer",
        example="dispaccio advance offer 3f2a9c40 --to rita --to group:energy --as anna",
    )(offer)
    command(group, "show", example="dispaccio advance show 3f2a9c40 --as anna")(show)
    command(group, "revoke", example="dispaccio advance revoke 3f2a9c40 --to rita --as anna")(
        revoke
    )
    command(group, "group", example="dispaccio advance group energy rita leo --as dora")(group_)
    command(group, "state", example="dispaccio advance state --as dora")(state)
    command(group, "seal", example="dispaccio advance seal --as olga")(seal)
    command(group, "unseal", example="dispaccio advance unseal --as olga")(unseal)
    app.add_typer(group, name="advance")


def offer(
    wire: Session,
    ref: Ref,
    to: To,
    *,
    text_by_mail: Annotated[
        bool,
        typer.Option("--text-by-mail", help="The whole text may go by mail to who asked for that."),
    ] = False,
) -> None:
    """Offer a sealed release to vetted readers under embargo.

    On a wire that sends mail they get a link, unless they want none.
    """
    body = {"to": to, "text_by_mail": text_by_mail}
    wire.show(wire.release("POST", ref, "offers", body=body), _offers)


def show(wire: Session, ref: Ref) -> None:
    """Show to whom a release is offered, and who read it when."""
    wire.show(wire.release("GET", ref, "offers"), _offers)


def revoke(
    wire: Session,
    ref: Ref,
    to: Annotated[str, typer.Option("--to", metavar="WHOM", help="A reader, or group:NAME.")],
) -> None:
    """Take an offer back; it holds no more at once."""
    wire.show(wire.release("DELETE", ref, "offers", to), _offers)


def group_(
    wire: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The group's name.")],
    member: Annotated[
        list[str] | None, typer.Argument(metavar="[READER]...", help="Who is in it.")
    ] = None,
) -> None:
    """Say who is in a group of vetted readers.

    Without readers it is no group any more.
    """
    body = {"members": member or []}
    wire.show(wire.ask("PUT", "advance", "groups", name, body=body), _state)


def state(wire: Session) -> None:
    """Show whether everything is sealed, and the groups of readers."""
    wire.show(wire.ask("GET", "advance", "state"), _state)


def seal(wire: Session) -> None:
    """Seal every embargoed read at once; the public pages stay up."""
    wire.show(wire.ask("PUT", "advance", "state", body={"sealed": True}), _state)


def unseal(wire: Session) -> None:
    """Let vetted readers read again what is offered to them."""
    wire.show(wire.ask("PUT", "advance", "state", body={"sealed": False}), _state)


def _offers(answer: dict[str, Any]) -> None:
    if not answer["offers"]:
        say("It is offered to nobody.")
        return
    rows = [
        [
            one["to"],
            one["by"],
            when(one["at"]),
            "text" if one["text_by_mail"] else "link",
            when(one["revoked"]),
        ]
        for one in answer["offers"]
    ]
    table(["to", "by", "offered", "by mail", "revoked"], rows)
    mails = [
        [one["person"], one["told"].replace("_", " "), one["form"], one["state"], when(one["at"])]
        for one in answer["mails"]
    ]
    if mails:
        table(["mail to", "what", "as", "state", "at"], mails)
    reads = [[read["person"], read["surface"], when(read["at"])] for read in answer["reads"]]
    if reads:
        table(["read by", "as", "at"], reads)
    else:
        say("Nobody has read it yet.")


def _state(answer: dict[str, Any]) -> None:
    if answer["sealed"]:
        say("Sealed: nobody reads anything before its release time.")
    else:
        say("Open: vetted readers read what is offered to them.")
    if answer["groups"]:
        table(["group", "readers"], [[name, who] for name, who in answer["groups"].items()])
