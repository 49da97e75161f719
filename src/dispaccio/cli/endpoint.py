"""Where subscribers receive."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command


class Payload(StrEnum):
    """What a webhook's body is."""

    THIN = "thin"
    FULL = "full"


Id = Annotated[
    str, typer.Argument(metavar="ENDPOINT", help="The endpoint's id; `endpoint list` shows it.")
]


def register(app: typer.Typer) -> None:
    """Add ``endpoint``."""
    group = typer.Typer(help="Endpoints: the addresses where subscribers receive releases.")
    add_command = command(
        group,
        "add",
        example="dispaccio endpoint add courier https://cms.example.org/intake --channel science",
    )
    add_command(add)
    command(group, "list", example="dispaccio endpoint list --subscriber courier")(list_)
    id = "2f6f9c0e-5b1d-4a4e-9f1c-3d1f6f0a7c55"
    command(group, "disable", example=f'dispaccio endpoint disable {id} --why "moving house"')(
        disable
    )
    command(group, "enable", example=f"dispaccio endpoint enable {id}")(enable)
    app.add_typer(group, name="endpoint")


def add(
    wire: Session,
    subscriber: Annotated[str, typer.Argument(metavar="SUBSCRIBER", help="Who receives there.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="The webhook's address, by https.")],
    *,
    channel: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANNEL", help="Only these channels; may be repeated."),
    ] = None,
    format: Annotated[
        str, typer.Option(metavar="FORMAT", help="The format of full payloads.")
    ] = "dispaccio",
    payload: Annotated[
        Payload, typer.Option(help="A short notice with addresses, or the whole document.")
    ] = Payload.THIN,
) -> None:
    """Add a webhook endpoint; without --channel it gets every release.

    The secret that signs what is sent there is shown once.
    """
    body = {
        "subscriber": subscriber,
        "address": url,
        "channels": channel or [],
        "format": format,
        "payload": payload.value,
    }
    wire.show(wire.ask("POST", "endpoints", body=body), _added)


def list_(
    wire: Session,
    subscriber: Annotated[
        str | None, typer.Option(metavar="SUBSCRIBER", help="Only this subscriber's.")
    ] = None,
) -> None:
    """List the endpoints with their state.

    A subscriber's own people see their own.
    """
    wire.show(wire.ask("GET", "endpoints", query={"subscriber": subscriber}), _endpoints)


def disable(
    wire: Session,
    endpoint: Id,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="The reason.")] = None,
) -> None:
    """Switch an endpoint off; what is due there waits."""
    answer = _switch(wire, endpoint, "disable", why=why)
    wire.show(answer, f"The endpoint {endpoint} is off; what is due there waits.")


def enable(wire: Session, endpoint: Id) -> None:
    """Switch an endpoint on again; what waited is sent."""
    answer = _switch(wire, endpoint, "enable")
    wire.show(answer, f"The endpoint {endpoint} is on; what waited is sent.")


def _switch(wire: Session, endpoint: str, to: str, **query: object) -> Any:
    absent = f"There is no endpoint {endpoint}; `dispaccio endpoint list` shows those there are."
    return wire.ask("POST", "endpoints", endpoint, to, query=query, absent=absent)


def _added(endpoint: dict[str, Any]) -> None:
    say(f"The endpoint {endpoint['endpoint']} is there: {endpoint['address']}.")
    say(f"The secret that signs what it gets, shown this once: {endpoint['secret']}")


def _endpoints(answer: dict[str, Any]) -> None:
    rows = [
        [
            item["endpoint"],
            item["subscriber"],
            item["address"],
            item["channels"],
            f"{item['payload']}, {item['format']}",
            f"{item['state']}: {item['why']}" if item.get("why") else item["state"],
        ]
        for item in answer["endpoints"]
    ]
    if rows:
        table(["endpoint", "subscriber", "address", "channels", "payload", "state"], rows)
    else:
        say("There is no endpoint yet; add one with `dispaccio endpoint add`.")
