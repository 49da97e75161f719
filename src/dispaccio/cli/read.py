"""Reading documents as the wire would, without a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dispaccio.cli import view
from dispaccio.cli.files import one_line, read_input
from dispaccio.cli.output import say, say_json
from dispaccio.cli.session import plain_command
from dispaccio.errors import DispaccioError

if TYPE_CHECKING:
    from dispaccio.formats.base import Options
    from dispaccio.release.model import Reading


def register(app: typer.Typer) -> None:
    """Add ``read``."""
    read_command = plain_command(
        app,
        "read",
        example="""
        dispaccio read comet.txt
        dispaccio read *.txt --json
        curl https://press.example/1.html | dispaccio read - --as html --zone Europe/Rome""",
    )
    read_command(read)


def read(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Documents, or - for standard input.")
    ],
    *,
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="FORMAT", help="Their format; by their looks, if not named."),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="The zone of times that state none, like Europe/Rome."),
    ] = None,
    charset: Annotated[
        str | None, typer.Option(metavar="NAME", help="Their character set, if it is not UTF-8.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the native format.")] = False,
) -> None:
    """Take releases apart, without a wire.

    What the text says of label, issuer, wire, dateline and chain is found; what it does not say
    is absent. With --json one release is an object; several, or several files, are an array.
    """
    from dispaccio.clock import zone_named
    from dispaccio.formats.base import Options
    from dispaccio.formats.native import reading_to_json

    options = Options(zone=zone_named(zone) if zone else None, charset=charset)
    found = [reading_to_json(item) for name in files for item in _readings(name, as_, options)]
    if json:
        say_json(found[0] if len(found) == len(files) == 1 else found)
        return
    for number, document in enumerate(found, 1):
        if len(found) > 1:
            say(f"{'' if number == 1 else chr(10)}--- {number} of {len(found)} ---")
        view.release(document)
        view.noticed(document)


def _readings(name: str, format: str | None, options: Options) -> list[Reading]:
    from dispaccio.formats import registry
    from dispaccio.formats.base import MAX_MANY_BYTES

    data = read_input(name, MAX_MANY_BYTES)
    shown = "The standard input" if name == "-" else one_line(name)
    try:
        return registry.read(data, format, options, file=name)
    except DispaccioError as error:
        raise type(error)(f"{shown}: {error.message}", **error.details) from None
