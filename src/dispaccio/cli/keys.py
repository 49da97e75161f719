"""Keys that some carriers need."""

from __future__ import annotations

import typer

from dispaccio.cli.output import say
from dispaccio.cli.session import HOME, Home, Json, Session, plain_command


def register(app: typer.Typer) -> None:
    """Add ``keys``."""
    group = typer.Typer(help="Keys: those that the wire signs in with.")
    plain_command(group, "ssh", example="dispaccio keys ssh --home wire")(ssh)
    app.add_typer(group, name="keys")


def ssh(home: Home = HOME, json: Json = False) -> None:
    """Print the key that the wire signs in with at SFTP servers.

    It is the public half, for the receiver's authorized_keys; the first time the key is made.
    """
    from dispaccio.wire import keys

    answer = keys.ssh(home)
    Session(home, json=json).show(answer, lambda said: say(said["public_key"]))
