"""What is installed: formats, checks and carriers, built-in ones and those of others."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.output import say_json, table
from dispaccio.cli.session import Json, plain_command

KINDS = ("formats", "checks", "carriers")


def register(app: typer.Typer) -> None:
    """Add ``formats`` and ``plugins``."""
    plain_command(app, "formats", example="dispaccio formats")(formats)
    plain_command(app, "plugins", example="dispaccio plugins --json")(plugins)


def formats(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of the native format instead.")
    ] = False,
    json: Json = False,
) -> None:
    """List the formats that the wire reads and writes."""
    if schema:
        from dispaccio.formats.schema import schema as native_schema

        print(native_schema().decode(), end="")
        return
    from dispaccio.formats.registry import formats as installed

    found: list[dict[str, Any]] = [
        {
            "format": name,
            "title": format.about.title,
            "reads": format.about.reads,
            "writes": format.about.writes,
            "lossless": format.about.lossless,
            "media_types": list(format.about.media_types),
            "suffixes": list(format.about.suffixes),
        }
        for name, format in sorted(installed().items())
    ]
    if json:
        say_json({"formats": found})
        return
    table(
        ["format", "title", "read", "written", "lossless", "media types", "suffixes"],
        (
            [
                item["format"],
                item["title"],
                "yes" if item["reads"] else "no",
                "yes" if item["writes"] else "no",
                "yes" if item["lossless"] else "no",
                item["media_types"],
                item["suffixes"],
            ]
            for item in found
        ),
    )


def plugins(*, json: Json = False) -> None:
    """List formats, checks and carriers with their packages."""
    found = [item for kind in KINDS for item in _installed(kind)]
    if json:
        say_json({"plugins": found})
    else:
        table(
            ["kind", "name", "package", "version"],
            ([item["kind"], item["name"], item["package"], item["version"]] for item in found),
        )


def _installed(kind: str) -> list[dict[str, Any]]:
    from importlib.metadata import entry_points

    return [
        {
            "kind": kind.removesuffix("s"),
            "name": point.name,
            "package": point.dist.name if point.dist else None,
            "version": point.dist.version if point.dist else None,
        }
        for point in sorted(entry_points(group=f"dispaccio.{kind}"), key=lambda point: point.name)
    ]
