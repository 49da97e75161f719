"""The options of ``endpoint``: what somebody wants to get and how, as they type it."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from dispaccio.cli.files import json_option
from dispaccio.errors import MalformedEndpoint


class Payload(StrEnum):
    """What a full or thin payload is."""

    THIN = "thin"
    FULL = "full"


class Deliver(StrEnum):
    """Whether an earlier revision that nobody has sent yet is left out."""

    ALL = "all"
    LATEST = "latest"


Id = Annotated[
    str, typer.Argument(metavar="ENDPOINT", help="The endpoint's id; `endpoint list` shows it.")
]
Some = list[str] | None
Channels = Annotated[Some, typer.Option("--channel", metavar="CHANNEL", help="These channels.")]
Issuers = Annotated[Some, typer.Option("--issuer", metavar="ISSUER", help="These issuers.")]
Languages = Annotated[Some, typer.Option("--language", metavar="TAG", help="These languages.")]
Subjects = Annotated[
    Some, typer.Option("--subject", metavar="CODE", help="Subjects, like medtop:04000000.")
]
Places = Annotated[Some, typer.Option("--place", metavar="TEXT", help="Places.")]
Labels = Annotated[Some, typer.Option("--label", metavar="KIND", help="Kinds of label.")]
Words = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Words that the text has to hold, all of them.")
]
Format = Annotated[
    str | None, typer.Option(metavar="FORMAT", help="The format of full payloads: dispaccio.")
]
PayloadOption = Annotated[
    Payload | None, typer.Option(help="A short notice with addresses (thin), or the document.")
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        metavar="JSON|@FILE",
        help='What the receiver needs otherwise, such as {"charset": "windows-1252"}.',
    ),
]
SettingOption = Annotated[
    Some, typer.Option("--set", metavar="NAME=VALUE", help="A setting of the carrier.")
]
Ordered = Annotated[
    bool | None,
    typer.Option("--ordered/--unordered", help="One release strictly after the other."),
]
DeliverOption = Annotated[
    Deliver | None, typer.Option(help="All revisions, or the latest of those that wait.")
]
Rate = Annotated[int | None, typer.Option(metavar="N", help="At the most N a minute; 0: no bound.")]

Confirmed = Annotated[
    bool,
    typer.Option("--confirmed", help="Of mail: you, the operator, have the owner's consent."),
]


def asked_for(
    issuer: Some, language: Some, subject: Some, place: Some, label: Some, words: str | None
) -> dict[str, Any] | None:
    """The filter that the options make, None where none is given."""
    lists = {
        "issuers": issuer,
        "languages": language,
        "subjects": subject,
        "places": place,
        "labels": label,
    }
    said: dict[str, Any] = {name: value for name, value in lists.items() if value}
    if words is not None:
        said["words"] = words
    return said or None


def what(channels: Some, profile: str | None, settings: Some, **more: Any) -> dict[str, Any]:
    """The part of a request that says what is wanted, from the options that are given."""
    said = {
        "channels": channels or None,
        "profile": json_option("--profile", profile),
        "settings": dict(_setting(item) for item in settings) if settings else None,
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


def how(ordered: bool | None, deliver: Deliver | None, rate: int | None) -> dict[str, Any]:
    """The part of a request that says in which order and how fast."""
    said = {"ordered": ordered, "deliver": deliver, "rate": rate}
    return {name: value for name, value in said.items() if value is not None}


def _setting(text: str) -> tuple[str, Any]:
    """One NAME=VALUE; a value that is JSON is taken as such."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise MalformedEndpoint(f"--set: write NAME=VALUE, not {text!r}.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
