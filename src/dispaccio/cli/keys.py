"""Keys that some carriers need."""

from __future__ import annotations

import typer

from dispaccio.cli.output import say
from dispaccio.cli.session import Session, command


def register(app: typer.Typer) -> None:
    """Add ``keys``."""
    group = typer.Typer(help="Keys: those that the wire signs in with.")
    command(group, "ssh", example="dispaccio keys ssh --as bruno")(ssh)
    app.add_typer(group, name="keys")


def ssh(wire: Session) -> None:
    """Print the key that the wire signs in with at SFTP servers.

    It is the public half, for the receiver's authorized_keys; the first time the key is made.
    """
    wire.show(wire.ask("POST", "keys", "ssh"), lambda said: say(said["public_key"]))
