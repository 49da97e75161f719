"""The command line: one file a command group, one Session a command.

Modules here import nothing heavy at their top, so that ``dispaccio --help`` is quick; what a
command works with is imported when it runs.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from dispaccio import __version__
from dispaccio.cli import (
    advance,
    archive,
    channel,
    convert,
    deliveries,
    desk,
    doctor,
    egress,
    endpoint,
    file,
    home,
    hub,
    issuer,
    keys,
    mail,
    notices,
    opening,
    person,
    plugins,
    read,
    receive,
    recipients,
    relay,
    reports,
    search,
    serve,
    submit,
    subscriber,
)
from dispaccio.cli.output import complain, say
from dispaccio.errors import DispaccioError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"dispaccio {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def dispaccio(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """An open press-release wire: hold, label, publish, deliver, correct, withdraw, prove.

    Begin with `dispaccio init`; see it at work with `dispaccio demo`.
    """
    if context.invoked_subcommand is None:
        say(context.get_help())


for group in (
    home,
    serve,
    person,
    issuer,
    channel,
    subscriber,
    endpoint,
    hub,
    recipients,
    mail,
    egress,
    keys,
    submit,
    file,
    desk,
    advance,
    notices,
    relay,
    archive,
    deliveries,
    opening,
    reports,
    search,
    read,
    convert,
    receive,
    plugins,
    doctor,
    serve,
):
    group.register(app)


def main(args: Sequence[str] | None = None) -> int:
    """Run one command: ``args``, or what was typed. Its exit code: 0 only on success.

    An error becomes one sentence on standard error with its code. What nobody expected does too,
    unless DISPACCIO_DEBUG=1 asks for the traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        done = typer.main.get_command(app).main(args, prog_name="dispaccio", standalone_mode=False)
        sys.stdout.flush()
    except DispaccioError as error:
        complain(f"dispaccio: {error.message} [{error.code()}]")
        return error.exit_code
    except typer.TyperException as error:
        complain(f"dispaccio: {_usage(error)}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("DISPACCIO_DEBUG"):
            raise
        said = str(error).strip().partition("\n")[0]
        complain(
            f"dispaccio: This is a fault of dispaccio's ({type(error).__name__}: {said}); "
            "run it again with DISPACCIO_DEBUG=1 and report what it prints. [internal-error]"
        )
        return 1
    return done or 0


def _usage(error: typer.TyperException) -> str:
    """What was typed wrongly, in one line, and where help is."""
    said = " ".join(error.format_message().replace("Value error, ", "").split())
    said += "" if said.endswith((".", "!", "?")) else "."
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "dispaccio"
    return f"{said} Try `{where} --help`."
