"""Looking a home over: what is well, what to look at, what is wrong."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import typer

from dispaccio.cli.output import say, when
from dispaccio.cli.session import Session, command
from dispaccio.errors import DispaccioError, NotAllowed, PersonNeeded, UnknownPerson
from dispaccio.settings import INTERFACE, Settings, load


class Verdict(StrEnum):
    """How a check of the home came out."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Result:
    """One check of the home, in a sentence."""

    check: str
    verdict: Verdict
    says: str


def register(app: typer.Typer) -> None:
    """Add ``doctor``."""
    command(app, "doctor", example="dispaccio doctor --as bruno")(doctor)


def doctor(wire: Session) -> None:
    """Look a home over, and change nothing.

    Settings, folder, keys, logo and pages, disk, clock, server and database. Exit code 1 if
    something is wrong.
    """
    results = list(_looked_over(wire))
    well = all(item.verdict is not Verdict.WRONG for item in results)
    wire.show({"well": well, "checks": [asdict(item) for item in results]}, lambda _: _say(results))
    if not well:
        raise typer.Exit(1)


def _looked_over(wire: Session) -> Iterator[Result]:
    answer, opened = None, True
    try:
        answer = wire.ask("GET", "status")
        yield Result("wire", Verdict.WELL if answer["well"] else Verdict.WRONG, answer["sentence"])
    except (PersonNeeded, NotAllowed) as error:
        says = (
            f"the home opens; what it has to do is said to its desk and operator. {error.message}"
        )
        yield Result("wire", Verdict.LOOK, says)
    except UnknownPerson:
        raise
    except DispaccioError as error:
        opened = False
        yield Result("wire", Verdict.WRONG, error.message)
    if opened:
        by = "a server answers" if wire.serving else "no server runs; this command opened the home"
        yield Result("server", Verdict.WELL, f"{by}.")
    try:
        settings = load(wire.home)
    except (DispaccioError, OSError) as error:
        yield Result("settings", Verdict.WRONG, str(error))
        return
    yield _address(settings)
    yield _folder(wire.home)
    yield from _keys(wire.home / settings.keys, settings)
    yield from _looks(wire.home, settings)
    yield _disk(wire.home, settings)
    now = answer["clock"]["now"] if answer else None
    yield _clock(now, insisted=settings.require_synchronised_clock)


def _address(settings: Settings) -> Result:
    host = urlsplit(settings.url).hostname or ""
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return Result("address", Verdict.LOOK, f"{settings.url} is for this machine only.")
    if settings.url.startswith("http:"):
        return Result("address", Verdict.LOOK, f"{settings.url} is not https.")
    return Result("address", Verdict.WELL, f"{settings.url}.")


def _folder(home: Path) -> Result:
    if _others_may_write(home):
        says = f"others may change what lies in {home}; `chmod 700 {home}` ends that."
        return Result("folder", Verdict.WRONG, says)
    if _open_to_others(home):
        says = f"others may look into {home}; `chmod 700 {home}` ends that."
        return Result("folder", Verdict.LOOK, says)
    return Result("folder", Verdict.WELL, f"{home} is yours alone.")


def _keys(folder: Path, settings: Settings) -> Iterator[Result]:
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        yield Result("keys", Verdict.WRONG, f"{folder} cannot be read: {error.strerror}.")
        return
    missing = [name for name in _needed(settings) if not (folder / name).is_file()]
    exposed = [str(path) for path in files if _open_to_others(path)]
    if missing:
        says = f"{' and '.join(missing)} missing in {folder}: put your copy back, for nobody else "
        yield Result("keys", Verdict.WRONG, f"{says}can make such a key again.")
    if _others_may_write(folder):
        says = f"others may change what lies in {folder}; `chmod 700 {folder}` ends that."
        yield Result("keys", Verdict.WRONG, says)
    if settings.oidc_issuer and not (folder / "oidc.secret").is_file():
        says = (
            f"oidc.secret missing in {folder}: write the secret there that {settings.oidc_issuer} "
        )
        yield Result(
            "provider", Verdict.WRONG, f"{says}gave the wire; nobody comes in by it before."
        )
    if exposed:
        says = (
            f"others may read {', '.join(exposed)}: run `chmod 400` on each. Whoever read them can "
            "open what is sealed and sign as this wire."
        )
        yield Result("keys", Verdict.WRONG, says)
    elif not missing:
        yield Result(
            "keys", Verdict.WELL, f"{len(files)} in {folder}, readable by their owner alone."
        )
    if not Path(settings.keys).is_absolute() and not settings.key_command:
        says = (
            "the keys lie on the same disk as the database: who steals it can read what is sealed."
        )
        yield Result("vault", Verdict.LOOK, says)


def _needed(settings: Settings) -> Iterator[str]:
    """The files that have to lie in the folder of keys."""
    yield "wire.pem"
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if not settings.key_command and not (credentials and Path(credentials, "vault.key").exists()):
        yield "vault.key"


def _looks(home: Path, settings: Settings) -> Iterator[Result]:
    """The logo and the pages of the wire's own; colours are checked with the settings."""
    from dispaccio.wire import looks

    try:
        found = looks.read(home, settings)
    except DispaccioError as error:
        yield Result("looks", Verdict.WRONG, error.message)
        return
    folder = home / looks.FOLDER
    for name in looks.unknown(home):
        says = (
            f"{folder / name} is shown nowhere; a page is one of {', '.join(looks.KINDS)}, with "
            f"its language and .md, like imprint.{INTERFACE[0]}.md."
        )
        yield Result("looks", Verdict.LOOK, says)
    if "imprint" not in found.offered:
        says = (
            f"there is no imprint, which many countries ask for: write {folder / 'imprint'}."
            f"{settings.language if settings.language in INTERFACE else INTERFACE[0]}.md."
        )
        yield Result("imprint", Verdict.LOOK, says)
    own = len(found.pages)
    yield Result("looks", Verdict.WELL, f"logo, colours and {own} pages of its own can be used.")


def _disk(home: Path, settings: Settings) -> Result:
    free = shutil.disk_usage(home).free // (1024 * 1024)
    least = settings.min_free_disk_mb
    verdict = Verdict.WELL if free >= least else Verdict.WRONG
    return Result("disk", verdict, f"{free:,} MB free; below {least:,} MB nothing is taken in.")


def _clock(now: str | None, *, insisted: bool) -> Result:
    from dispaccio.clock import synchronised

    says = f"it is {when(now)}" if now else "the wire did not say the time"
    if synchronised() is not False:
        return Result("clock", Verdict.WELL, f"{says}, and the kernel does not doubt it.")
    if insisted:
        says += "; it is not synchronised, so nothing is published (require_synchronised_clock)."
        return Result("clock", Verdict.WRONG, says)
    says += "; the kernel says that it is not synchronised, as it does in most containers."
    return Result("clock", Verdict.LOOK, says)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _others_may_write(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _say(results: list[Result]) -> None:
    for item in results:
        say(f"  {item.verdict:<6} {item.check:<9} {item.says}")
