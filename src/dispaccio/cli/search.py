"""Searching what is published."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table, when
from dispaccio.cli.session import Session, command


class Archive(StrEnum):
    """Whether what came from an archive is looked at."""

    ONLY = "only"
    WITHOUT = "without"


def register(app: typer.Typer) -> None:
    """Add ``search``."""
    command(app, "search", example="dispaccio search comet observatory")(search)


def search(
    wire: Session,
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="Words it holds, all of them.")
    ],
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many, newest first.")] = 20,
    before: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Go on below this number.")
    ] = None,
    archive: Annotated[
        Archive | None,
        typer.Option(
            help="Only what was brought in from an archive, or without it.", show_default=False
        ),
    ] = None,
) -> None:
    """Search the published releases, newest first."""
    query = {"q": " ".join(words), "limit": limit, "before": before, "archive": archive}
    absent = f"There is no release {before} here."
    answer = wire.ask("GET", "releases", query=query, absent=absent)
    wire.show(answer, _found)


def _label(item: dict[str, Any]) -> str:
    """The words of the label, and whether this wire issued it at all."""
    said = item.get("label", {}).get("text") or ""
    return f"{said} (archive)".strip() if item.get("archive") else said


def _time(item: dict[str, Any]) -> str:
    """When it was last changed; a day alone where a text of an archive states no time."""
    at = item.get("version_created") or item.get("first_created")
    day, _, clock = (at or "").partition("T")
    return day if item.get("archive") and clock == "00:00:00Z" else when(at)


def _found(answer: dict[str, Any]) -> None:
    rows = [
        [
            item["number"],
            _time(item),
            item.get("issuer", {}).get("name"),
            _label(item),
            item.get("title"),
        ]
        for item in answer["releases"]
    ]
    if not rows:
        say("No published release holds all these words.")
        return
    table(["number", "time", "issuer", "label", "title"], rows)
    if answer["next"]:
        say(f"There may be more: add --before {answer['next']}.")
