"""A home: made, and brought to this version."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from dispaccio.cli.output import say
from dispaccio.cli.session import HOME, Home, Json, Session, plain_command
from dispaccio.errors import HomeExists, HomeUnreadable, MalformedSettings
from dispaccio.settings import FILE, Settings, check

LOCAL_URL = "http://127.0.0.1:8000"


class SecondPerson(StrEnum):
    """When a text has to be approved by somebody else than the person who submitted it."""

    ALWAYS = "always"
    PAID = "paid"
    NEVER = "never"


NewHome = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="DISPACCIO_HOME",
        show_envvar=True,
        metavar="DIR",
        help="The folder to make; it may not hold a home yet.",
    ),
]
Name = Annotated[str, typer.Option(metavar="NAME", help="The wire's name, as readers see it.")]
Url = Annotated[
    str, typer.Option(metavar="URL", help="Its public address; feeds and keys are named by it.")
]
Test = Annotated[bool, typer.Option("--test", help="Make a test wire: its numbers begin with T.")]
Zone = Annotated[str, typer.Option(metavar="ZONE", help="Its time zone, like Europe/Rome.")]
Language = Annotated[
    str,
    typer.Option(metavar="CODE", help="The language of labels and datelines, like en or pt-BR."),
]
DatelineName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Its name in datelines, without a slash; else --name."),
]
Policy = Annotated[
    SecondPerson,
    typer.Option(help="For which texts somebody else than the author has to approve."),
]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="A PostgreSQL database; if not named, a file in the home."),
]
Keys = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where the keys lie; if not named, in the home."),
]


def register(app: typer.Typer) -> None:
    """Add ``init`` and ``upgrade``."""
    plain_command(
        app,
        "init",
        example="""
        dispaccio init --home wire --name "Example Wire" --url https://wire.example
        dispaccio init --home try --name "Trial Wire" --test""",
    )(init)
    plain_command(app, "upgrade", example="dispaccio upgrade --home wire")(upgrade)


def init(  # noqa: PLR0913 - each parameter is an option that the user sees
    *,
    home: NewHome,
    name: Name,
    url: Url = LOCAL_URL,
    test: Test = False,
    zone: Zone = "UTC",
    language: Language = "en",
    dateline_name: DatelineName = None,
    second_person: Policy = SecondPerson.ALWAYS,
    database: Database = None,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """Make the home of a wire.

    That is a folder with its settings, its database, and fresh keys. Nothing is asked and no
    password is set: keys are drawn at random, and readable by you alone.
    """
    from dispaccio.clock import Clock
    from dispaccio.wire.home import make

    wanted: dict[str, Any] = {
        "name": name,
        "url": url,
        "test": test,
        "zone": zone,
        "language": language,
        "dateline_name": dateline_name,
        "second_person": second_person.value,
        "database": database,
        "keys": str(keys.absolute()) if keys else None,
    }
    settings = _checked({key: value for key, value in wanted.items() if value is not None})
    try:
        make(home, settings, Clock()).store.close()
    except FileExistsError as error:
        raise HomeExists(
            f"{error.filename} is there already, and is never overwritten; choose another folder."
        ) from None
    except OSError as error:
        raise HomeUnreadable(
            f"{error.filename or home} cannot be made: {error.strerror}."
        ) from None
    shown = {"home": str(home)} | {option: getattr(settings, option) for option in wanted}
    Session(home, json=json).show(shown, lambda _: _made(home, settings))


def upgrade(home: Home = HOME, json: Json = False) -> None:
    """Bring a home to this version of dispaccio.

    Stop its server and keep a copy of the folder before. A home of this version is left as it is.
    """
    from dispaccio.wire.home import upgrade as upgrade_home
    from dispaccio.wire.lock import hold

    with hold(home):
        before, now = upgrade_home(home)
    said = (
        f"The home {home} has schema {now}: nothing to do."
        if before == now
        else f"The home {home} is brought from schema {before} to {now}."
    )
    Session(home, json=json).show({"before": before, "now": now}, said)


def _checked(wanted: dict[str, Any]) -> Settings:
    """The settings. Raises MalformedSettings, which names the option."""
    try:
        return check(wanted)
    except MalformedSettings as error:
        name, _, rest = error.message.removeprefix(f"{FILE}: ").partition(" ")
        given = f"--{name.replace('_', '-')}" if name.strip(":") in wanted else name.capitalize()
        rest = rest.replace("dateline_name", "--dateline-name")
        raise MalformedSettings(f"{given} {rest}") from None


def _made(home: Path, settings: Settings) -> None:
    say(f"Made the home of {settings.name} in {home}.")
    say(f"  settings  {home / FILE}")
    say(f"  database  {home / 'wire.db' if '///' in settings.database else settings.database}")
    say(f"  keys      {home / settings.keys}, readable by you alone; keep a copy of them elsewhere")
    if settings.test:
        say("It is a test wire: its numbers begin with T, and nothing it signs verifies elsewhere.")
    if settings.url == LOCAL_URL:
        say(f"Its address is {LOCAL_URL}, so it is for this machine. For readers elsewhere, make")
        say("one with --url: feeds and keys are named by the address.")
    say(f"  pages     {home / 'pages'} is where your imprint belongs, as imprint.en.md")
    say("Next:")
    say(f"  export DISPACCIO_HOME={home}")
    say("  dispaccio person add NAME        the first person holds every role")
    say("  dispaccio issuer add SLUG --name NAME --domain DOMAIN")
    say("  dispaccio serve")
