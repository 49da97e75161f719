"""Opening private pages in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from dispaccio.cli.session import Session, command


def register(app: typer.Typer) -> None:
    """Add ``open``."""
    command(app, "open", example="dispaccio open T100000001 --as bruno")(open_)


def open_(
    wire: Session,
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="The release whose delivery report you want.")
    ],
) -> None:
    """Print a link to the delivery report of a release.

    It works in any browser for a quarter of an hour, for whoever has it.
    """
    answer = wire.ask("POST", "links", body={"path": f"/r/{number}/report"})
    wire.show(answer, answer["url"])
