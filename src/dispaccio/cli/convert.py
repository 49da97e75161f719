"""Releases from one format into another, without a wire."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dispaccio.cli.files import one_line, read_input
from dispaccio.cli.output import complain, count, plain, say, say_json
from dispaccio.cli.session import plain_command
from dispaccio.errors import DispaccioError, FileExists, NoSuchFile, SeveralReleases

if TYPE_CHECKING:
    from dispaccio.formats.base import Format, Options
    from dispaccio.formats.convert import Written


@dataclass
class _Done:
    """What became of all files: each release with its file's name, and what was left out."""

    written: list[tuple[str, Written]] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    places: dict[str, Path] = field(default_factory=dict)


def register(app: typer.Typer) -> None:
    """Add ``convert``."""
    convert_command = plain_command(
        app,
        "convert",
        example="""
        dispaccio convert comet.txt --to ninjs
        dispaccio convert feed.xml mails.mbox --to nitf --out converted --zone Europe/Rome
        cat comet.eml | dispaccio convert - --as mail --to markdown""",
    )
    convert_command(convert)


def convert(
    files: Annotated[
        list[str], typer.Argument(metavar="IN...", help="Documents, or - for standard input.")
    ],
    *,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="The format to write.")],
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="FORMAT", help="Their format; by their looks, if not named."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to write; one release may go to the output."),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="The zone of times that state none, like Europe/Rome."),
    ] = None,
    charset: Annotated[
        str | None, typer.Option(metavar="NAME", help="Their character set, if it is not UTF-8.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Write releases in another format, without a wire.

    One release is printed; with --out every release becomes a file, named by its number or id.
    What could be converted is written; exit code 1 if anything was left out.
    """
    from dispaccio.clock import zone_named
    from dispaccio.formats import registry
    from dispaccio.formats.base import Options
    from dispaccio.formats.convert import target

    format = target(to)
    if as_ is not None:
        registry.by_name(as_)
    options = Options(zone=zone_named(zone) if zone else None, charset=charset)
    done = _converted(files, as_, format, options, said=not json)
    if out is not None:
        _write(done, out, force=force, said=not json)
    if json:
        say_json(_told(done, format, out))
    elif out is not None:
        say(f"{count(len(done.places), 'release')} written to {out}.")
    else:
        _print(done)
    if done.left_out:
        raise typer.Exit(1)


def _converted(
    files: list[str], as_: str | None, format: Format, options: Options, *, said: bool
) -> _Done:
    """Every file converted; what is odd is said at once, unless it goes into the JSON."""
    from dispaccio.formats import registry
    from dispaccio.formats.base import MAX_MANY_BYTES
    from dispaccio.formats.convert import Names
    from dispaccio.formats.convert import convert as converted

    done, names = _Done(), Names()
    for name in files:
        named = True
        try:
            data = read_input(name, MAX_MANY_BYTES)
            named = False
            readings = registry.read(data, as_, options, file=name)
        except DispaccioError as error:
            why = f"{error.message} [{error.code()}]"
            _leave_out(done, name, why, said=said, named=named)
            continue
        made = converted(readings, format, Path(name).stem, names)
        for item in made.written:
            done.written.append((name, item))
            for warning in item.warnings if said else ():
                _say(name, warning)
        for sentence in made.left_out:
            _leave_out(done, name, sentence, said=said)
    return done


def _leave_out(done: _Done, name: str, why: str, *, said: bool, named: bool = False) -> None:
    """Keep why a file was left out, and say so; ``named``: the sentence names the file itself."""
    done.left_out.append({"from": name, "why": why})
    if said and named:
        complain(f"dispaccio: {why}")
    elif said:
        _say(name, why)


def _say(name: str, sentence: str) -> None:
    """A sentence about a file, whose name stands in front."""
    shown = "The standard input" if name == "-" else one_line(name)
    complain(f"dispaccio: {shown}: {sentence}")


def _write(done: _Done, folder: Path, *, force: bool, said: bool) -> None:
    """Write every release; a file that is there stays, unless ``force``, and counts as left out."""
    if folder.is_file():
        raise FileExists(f"{folder} is a file; name a folder with --out.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, item in done.written:
            path = folder / item.name
            try:
                with path.open("wb" if force else "xb") as file:
                    file.write(item.body)
            except FileExistsError:
                why = FileExists(f"{path} is there already; --force replaces it.")
                _leave_out(done, name, f"{why.message} [{why.code()}]", said=said)
            else:
                done.places[item.name] = path
    except OSError as error:
        raise NoSuchFile(f"{folder} cannot be written: {error.strerror}.") from None


def _print(done: _Done) -> None:
    """The one release on standard output: its bytes, or on a terminal what cannot command it."""
    if len(done.written) > 1:
        raise SeveralReleases(
            f"The documents hold {len(done.written):,} releases; name a folder for them with --out."
        )
    for _, item in done.written:
        if sys.stdout.isatty():
            print(plain(item.body.decode()), end="")
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(item.body)


def _told(done: _Done, format: Format, out: Path | None) -> dict[str, Any]:
    documents = []
    for name, item in done.written:
        said: dict[str, Any] = {"from": name, "name": item.name, "warnings": list(item.warnings)}
        if out is None:
            said["document"] = item.body.decode()
        elif item.name in done.places:
            said["file"] = str(done.places[item.name])
        else:
            continue
        documents.append(said)
    return {
        "format": format.name,
        "media_type": format.about.media_types[0],
        "documents": documents,
        "left_out": done.left_out,
    }
