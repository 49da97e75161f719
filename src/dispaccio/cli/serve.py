"""``dispaccio serve``, ``courier`` and ``demo``: the commands that keep running."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dispaccio.cli.output import say
from dispaccio.cli.session import HOME, Home, plain_command

if TYPE_CHECKING:
    from dispaccio.server import Listening


def register(app: typer.Typer) -> None:
    """Add ``serve``, ``courier`` and ``demo``."""
    plain_command(app, "serve", example="dispaccio serve --home wire --port 8000")(serve)
    plain_command(app, "courier", example="dispaccio courier --home wire")(courier)
    plain_command(app, "demo", example="dispaccio demo")(demo)


def serve(
    *,
    home: Home = HOME,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8000,
    no_courier: Annotated[
        bool, typer.Option("--no-courier", help="Deliver nothing: `dispaccio courier` does.")
    ] = False,
) -> None:
    """Serve a wire until Ctrl-C.

    Pages, API, publications and deliveries are one process, and the only one that writes, but for
    couriers. Beyond this machine, put a web server that speaks https in front of it, and name it in
    the setting trusted_proxies.
    """
    from dispaccio.clock import Clock
    from dispaccio.server import serve as keep_serving

    def ready(listening: Listening) -> None:
        say(f"Serving {home} at {listening.url}; stop it with Ctrl-C.")
        sys.stdout.flush()

    keep_serving(home, host, port, Clock(), ready, deliver=not no_courier)


def courier(*, home: Home = HOME) -> None:
    """Deliver beside a server until Ctrl-C.

    For a wire that is kept in PostgreSQL. As many as you like may run, here and on other machines:
    they share the endpoints out, and the others go on where one ends. Each needs the home's
    dispaccio.toml and its keys, and no more.
    """
    from dispaccio.clock import Clock
    from dispaccio.server.courier import deliver

    def ready() -> None:
        say(f"Delivering for {home}; stop it with Ctrl-C.")
        sys.stdout.flush()

    deliver(home, Clock(), ready)


def demo() -> None:
    """Run releases down the whole road on a scratch wire.

    The story is told in sentences, and each is checked over HTTP: the first one that is not true
    ends it with an error. On a terminal it keeps serving afterwards, so that you can look around;
    with DISPACCIO_DEMO_ONCE=1 it ends after the story.
    """
    from dispaccio.cli.demo import run

    run()
