"""Bringing in an archive: a folder of old releases, and where their old addresses lead."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dispaccio.cli.files import one_line, read_input
from dispaccio.cli.output import complain, count, say
from dispaccio.cli.progress import Progress
from dispaccio.cli.session import Session, command
from dispaccio.cli.submit import Channel, Format, Issuer, Zone
from dispaccio.errors import DispaccioError, NoSuchFile, Unavailable

if TYPE_CHECKING:
    from dispaccio.cli.redirects import Redirects

_SEEN_ONLY = ("image/", "audio/", "video/", "font/")
"""Media types of files that hold no text, by their suffixes."""


def register(app: typer.Typer) -> None:
    """Add ``import``."""
    command(
        app,
        "import",
        example="""
        dispaccio import old-releases --archive --zone Europe/Rome --as olga
        dispaccio import feed.xml --archive --dry-run --as olga
        dispaccio import site --archive --redirects old-addresses.csv --as olga""",
    )(bring_in)


@dataclass(slots=True)
class Tally:
    """What became of an archive, so far."""

    files: int = 0
    new: int = 0
    known: int = 0
    left_out: int = 0
    links: int = 0
    warnings: int = 0
    redirects: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    stopped: bool = False

    def error(self, file: str, code: str, message: str, item: int | None = None) -> None:
        """Note what is wrong with a file, or with one of its items."""
        said = {"file": file, "item": item, "code": code, "message": message}
        self.errors.append({name: value for name, value in said.items() if value is not None})

    def take(self, file: str, items: list[dict[str, Any]], *, alone: bool) -> None:
        """Count what became of items of a file; ``alone`` says that it holds one only."""
        for item in items:
            if "error" in item:
                at = None if alone else item["item"]
                self.error(file, item["error"]["code"], item["error"]["message"], at)
            elif "left_out" in item:
                self.left_out += 1
            else:
                self.new += item["new"]
                self.known += not item["new"]
                self.warnings += len(item.get("warnings", ()))

    def to_json(self, *, dry_run: bool) -> dict[str, Any]:
        """The whole, as ``--json`` prints it."""
        return {**asdict(self), "dry_run": dry_run}


def bring_in(  # noqa: PLR0913 - each parameter is an option that the user sees
    wire: Session,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Folders, with all in them, or files.")
    ],
    *,
    archive: Annotated[
        bool, typer.Option("--archive", help="Say that these are old: needed, so that it is meant.")
    ] = False,
    redirects: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A CSV file: an old path, and the release to which it leads."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come in, and change nothing.")
    ] = False,
    date: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The date of releases that state none, like 2009-03-12."),
    ] = None,
    issuer: Issuer = None,
    channel: Channel = None,
    zone: Zone = None,
    format: Format = None,
) -> None:
    """Bring in an archive of old releases.

    They become public at once with their own dates, marked as not issued through this wire, and
    nothing is delivered to anybody. One bad file stops no other; it is named at the end, with exit
    code 1. Stopped with Ctrl-C, the same command goes on: what is there already is known again.
    """
    if not archive:
        raise typer.BadParameter(
            "say --archive: what is imported becomes public at once and is delivered to nobody. "
            "To hand in a new release, use `dispaccio submit`."
        )
    from dispaccio.cli.redirects import read_redirects

    wanted, tally = read_redirects(redirects), Tally()
    wishes = {"issuer": issuer, "channel": channel, "zone": zone, "format": format, "date": date}
    failed = _until_stopped(wire, paths, tally, wanted, dry_run=dry_run, **wishes)
    wire.show(tally.to_json(dry_run=dry_run), lambda _: _said(tally, dry_run))
    if failed:
        raise failed
    if tally.stopped or tally.errors:
        raise typer.Exit(130 if tally.stopped else 1)


def _until_stopped(
    wire: Session,
    paths: list[str],
    tally: Tally,
    wanted: Redirects,
    *,
    dry_run: bool,
    **wishes: object,
) -> Unavailable | None:
    """Every file and every old address; what stopped it in the middle, but for Ctrl-C."""
    try:
        _bring_in_all(wire, paths, tally, wanted, dry_run=dry_run, **wishes)
        wanted.finish(wire, tally, dry_run=dry_run)
    except KeyboardInterrupt:
        tally.stopped = True
    except Unavailable as error:
        if not tally.files:
            raise
        tally.stopped = True
        return error
    return None


def _bring_in_all(
    wire: Session,
    paths: list[str],
    tally: Tally,
    wanted: Redirects,
    *,
    dry_run: bool,
    **wishes: object,
) -> None:
    """Every file through the API. Raises what stops them all, before the first is read."""
    wire.ask("POST", "archive", data=b"", query={**wishes, "dry_run": True})
    left: dict[str, int] = {}
    with Progress(_files(paths)) as progress:
        documents = _documents(paths, tally, progress)
        with closing(wire.post_all("archive", documents, dry_run=dry_run, **wishes)) as news:  # type: ignore[type-var]
            for file, said in news:
                if isinstance(said, DispaccioError):
                    tally.files += 1
                    tally.error(file, said.code(), said.message)
                    progress.done(file)
                    continue
                tally.take(file, said["items"], alone=said["of"] == 1)
                wanted.meet(wire, tally, file, said, dry_run=dry_run)
                left[file] = left.get(file, said["of"]) - len(said["items"])
                progress.told(file, said["of"], left[file])
                if not left[file]:
                    del left[file]
                    tally.files += 1
                    progress.done(file)


def _documents(paths: list[str], tally: Tally, progress: Progress) -> Iterator[tuple[str, bytes]]:
    """The files one after the other, each with its bytes; those that cannot be read are noted."""
    from dispaccio.formats.base import MAX_MANY_BYTES

    for name in _files(paths):
        if name not in paths and Path(name).is_symlink():
            tally.files += 1
            tally.links += 1
            progress.done(name)
            continue
        kind = mimetypes.guess_type(name)[0] or ""
        if kind.startswith(_SEEN_ONLY) or (name not in paths and _is_pipe(name)):
            tally.files += 1
            tally.left_out += 1
            progress.done(name)
            continue
        try:
            data = read_input(name, MAX_MANY_BYTES)
        except DispaccioError as error:
            tally.files += 1
            tally.error(name, error.code(), error.message)
            progress.done(name)
            continue
        progress.begun(name, len(data))
        yield name, data


def _files(paths: list[str]) -> Iterator[str]:
    """The files named, and those below the folders named, in the order of their names.

    Hidden ones are left out. Links in a folder are among them, and not followed: what they lead to
    may lie outside it, and would become public. Raises NoSuchFile.
    """
    for name in paths:
        if name == "-" or not Path(name).is_dir():
            yield name
            continue
        for folder, folders, files in os.walk(name, onerror=_unreadable):
            folders[:] = sorted(found for found in folders if not found.startswith("."))
            links = (found for found in folders if Path(folder, found).is_symlink())
            yield from (
                str(Path(folder, file))
                for file in sorted([*files, *links])
                if not file.startswith(".")
            )


def _is_pipe(name: str) -> bool:
    """Whether it is no file on a disk: reading a pipe would wait for a writer for ever."""
    path = Path(name)
    return path.exists() and not path.is_file()


def _unreadable(error: OSError) -> None:
    raise NoSuchFile(f"The folder {error.filename} cannot be read: {error.strerror}.") from None


def _said(tally: Tally, dry_run: bool) -> None:
    done = "Would bring in" if dry_run else "Brought in"
    say(f"{done} {count(tally.new, 'release')} from {count(tally.files, 'file')}.")
    if tally.known:
        say(f"Here already: {count(tally.known, 'release')}.")
    if tally.left_out:
        say(f"Left out, since it is no text: {count(tally.left_out, 'item')}.")
    if tally.links:
        say(f"Left out, since a link may lead out of its folder: {count(tally.links, 'link')}.")
    if tally.warnings:
        say(f"The readers gave {count(tally.warnings, 'warning')}: see them with `dispaccio read`.")
    if tally.redirects:
        say(f"Old addresses that lead to releases now: {tally.redirects:,}.")
    if tally.stopped:
        say("It was stopped; run the same command again to go on.")
    if tally.errors:
        say(f"{count(len(tally.errors), 'error')}; what they name did not come in:")
    for error in tally.errors:
        at = f", item {error['item']}" if "item" in error else ""
        named = one_line(error["file"]) in error["message"]
        where = "" if named else f"{error['file']}{at}: "
        complain(f"{where}{error['message']} [{error['code']}]")
