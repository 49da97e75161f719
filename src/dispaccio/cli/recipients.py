"""A press office's own list: recipients, groups, and which group a release goes to."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dispaccio.cli.files import read_input
from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command
from dispaccio.errors import FileExists, MalformedRequest

Whose = Annotated[str, typer.Argument(metavar="ISSUER", help="Whose press list it is.")]
Group = Annotated[
    str | None, typer.Option(metavar="GROUP", help="Only the recipients of this group.")
]
Some = Annotated[list[str], typer.Argument(metavar="ADDRESS", help="Their mail addresses.")]


def register(app: typer.Typer) -> None:
    """Add ``recipients`` and ``lists``."""
    group = typer.Typer(help="Recipients: whom a press office mails.")
    for do, name, example in (
        (import_, "import", "dispaccio recipients import aurora press.csv --dry-run"),
        (list_, "list", "dispaccio recipients list aurora --group economy"),
        (export, "export", "dispaccio recipients export aurora press.csv"),
        (remove, "remove", "dispaccio recipients remove aurora rita@gazette.example"),
        (enable, "enable", "dispaccio recipients enable aurora rita@gazette.example"),
    ):
        command(group, name, example=example)(do)
    app.add_typer(group, name="recipients")
    lists = typer.Typer(help="Lists: groups of press lists, and their choice.")
    id = "7f1c4b6e-3a55-4c0e-8f8e-1d8a4b0e2b11"
    command(lists, "show", example="dispaccio lists show aurora")(show)
    command(lists, "choose", example=f"dispaccio lists choose {id} economy lombardy")(choose)
    app.add_typer(lists, name="lists")


def import_(
    wire: Session,
    issuer: Whose,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The table as CSV, or - for standard input.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
    ] = False,
) -> None:
    """Add recipients from a table.

    Its first line names the columns name, address, outlet, groups, basis. A row that cannot be
    taken is named and loses no other. Exit code 1 if there was one.
    """
    query = {"dry_run": dry_run or None}
    answer = wire.ask(
        "POST",
        "issuers",
        issuer,
        "recipients",
        data=read_input(file, wanted="a table of recipients"),
        query=query,
    )
    wire.show(answer, _imported)
    if answer["bad"]:
        raise typer.Exit(1)


def list_(wire: Session, issuer: Whose, group: Group = None) -> None:
    """List the recipients of a press list."""
    answer = wire.ask("GET", "issuers", issuer, "recipients", query={"group": group})
    wire.show(answer, _recipients)


def export(
    wire: Session,
    issuer: Whose,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Where to write, or - for standard output.")
    ] = "-",
    group: Group = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write the recipients as CSV, with what bounced.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    data = wire.ask("GET", "issuers", issuer, "recipients", "export", query={"group": group})
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        descriptor = os.open(file, flags, 0o600)
    except FileExistsError:
        raise FileExists(f"There is a file {file} already; --force replaces it.") from None
    with os.fdopen(descriptor, "wb") as target:
        target.write(data)
    say(f"The recipients are in {Path(file).name}, which you alone can read.")


def remove(
    wire: Session,
    issuer: Whose,
    address: Annotated[
        list[str] | None, typer.Argument(metavar="ADDRESS", help="Their mail addresses.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="The whole list.")] = False,
) -> None:
    """Erase recipients: what is known of them is gone for good."""
    if not address and not everybody:
        raise MalformedRequest("Name the addresses that are to be removed, or --all.")
    body = {"addresses": address or [], "all": everybody}
    answer = wire.ask("POST", "issuers", issuer, "recipients", "remove", body=body)
    wire.show(answer, lambda said: _done(said, "removed", "erased"))


def enable(wire: Session, issuer: Whose, address: Some) -> None:
    """Switch addresses on again that bounced.

    What was published meanwhile is not sent late.
    """
    body = {"addresses": address}
    answer = wire.ask("POST", "issuers", issuer, "recipients", "enable", body=body)
    wire.show(answer, lambda said: _done(said, "enabled", "switched on again"))


def show(wire: Session, issuer: Whose) -> None:
    """Show the groups of a press list, each with its recipients' number."""
    wire.show(wire.ask("GET", "issuers", issuer, "groups"), _groups)


def choose(
    wire: Session,
    ref: Annotated[str, typer.Argument(metavar="ID", help="The release, not public yet.")],
    group: Annotated[
        list[str] | None, typer.Argument(metavar="GROUP", help="Its groups; none: to nobody.")
    ] = None,
) -> None:
    """Choose the groups that a release goes to.

    They are of the issuer's press list, and take the place of those chosen before.
    """
    answer = wire.release("PUT", ref, "groups", body={"groups": group or []})
    chosen = ", ".join(answer["groups"])
    wire.show(
        answer,
        f"The release goes to {chosen}." if chosen else "The release goes to no press list.",
    )


def _imported(answer: dict[str, Any]) -> None:
    would = "Would be" if answer["dry_run"] else "Were"
    say(
        f"{would} added: {answer['added']}, changed: {answer['changed']}; "
        f"unchanged: {answer['unchanged']}, merged doubles: {answer['merged']}."
    )
    for bad in answer["bad"]:
        where = f"line {bad['line']}: " if bad["line"] else ""
        say(f"  Not taken: {where}{bad['why']}")


def _done(answer: dict[str, Any], name: str, words: str) -> None:
    say(f"{answer[name]} {words}.")
    for address in answer["unknown"]:
        say(f"  Not on the list: {address}")


def _recipients(answer: dict[str, Any]) -> None:
    rows = [
        [
            item["name"],
            item["address"],
            item.get("outlet", ""),
            ", ".join(item["groups"]),
            item["basis"],
            f"{item['state']}: {item['why']}" if item.get("why") else item["state"],
        ]
        for item in answer["recipients"]
    ]
    if rows:
        table(["name", "address", "outlet", "groups", "basis", "state"], rows)
    else:
        say("There is no recipient; add some with `dispaccio recipients import`.")


def _groups(answer: dict[str, Any]) -> None:
    rows = [[item["group"], str(item["recipients"])] for item in answer["groups"]]
    if rows:
        table(["group", "recipients"], rows)
    else:
        say("There is no group; a table names them in its column groups.")
