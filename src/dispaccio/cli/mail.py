"""The wire's mail: what came back, and the key that signs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from dispaccio.cli.files import read_input
from dispaccio.cli.output import say
from dispaccio.cli.session import Session, command

_LARGEST = 64 * 1024 * 1024
_ONE = 1024 * 1024
"""Bytes of a report that are handed on; what follows is the mail that it is about."""


def register(app: typer.Typer) -> None:
    """Add ``bounces`` and ``mail``."""
    group = typer.Typer(help="Bounces: mail that came back.")
    command(
        group,
        "read",
        example="""
        dispaccio bounces read /var/mail/bounces
        dispaccio bounces read /srv/bounces/Maildir""",
    )(read)
    app.add_typer(group, name="bounces")
    mail = typer.Typer(help="Mail: how the wire sends it.")
    command(mail, "dkim", example="dispaccio mail dkim")(dkim)
    app.add_typer(mail, name="mail")


def read(
    wire: Session,
    where: Annotated[
        str,
        typer.Argument(
            metavar="FILE|FOLDER|-", help="A message, a mailbox, a folder of messages, or -."
        ),
    ],
) -> None:
    """Read the reports about mail that was not delivered.

    An address that does not exist is switched off; one that bounces otherwise, after three times
    within 14 days. Reports that nobody of this wire's mail caused are ignored, and reading the
    same report twice counts once.
    """
    total = {"reports": 0, "ignored": 0, "off": 0}
    for message in _messages(where):
        answer = wire.ask("POST", "bounces", data=message[:_ONE])
        total = {name: count + answer[name] for name, count in total.items()}
    wire.show(
        total,
        f"Reports: {total['reports']}, other mail: {total['ignored']}, "
        f"addresses switched off: {total['off']}.",
    )


def dkim(wire: Session) -> None:
    """Print the DNS record of the key that signs mail.

    The key is made if there is none.
    """
    wire.show(wire.ask("POST", "mail", "dkim"), _record)


def _record(answer: dict[str, Any]) -> None:
    if answer["made"]:
        say("A new key is in the folder of keys, as dkim.pem. Put this into the domain's DNS:")
    say(answer["record"])
    say(f'and this into dispaccio.toml: dkim_selector = "{answer["selector"]}"')


def _messages(where: str) -> Iterator[bytes]:
    """The messages of a file, a mailbox, a folder, or a Maildir with its new and cur."""
    from dispaccio.formats.mail import mbox

    folder = Path(where)
    if where != "-" and folder.is_dir():
        found = [path for path in (folder, folder / "new", folder / "cur") if path.is_dir()]
        for path in sorted(item for each in found for item in each.iterdir() if item.is_file()):
            if path.stat().st_size:
                yield read_input(str(path), _LARGEST)
        return
    data = read_input(where, _LARGEST, "a delivery report")
    if mbox.is_mailbox(data):
        yield from mbox.messages(data)
    else:
        yield data
