"""Where subscribers receive."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from dispaccio.cli.endpoint_options import (
    Channels,
    Confirmed,
    DeliverOption,
    Format,
    Id,
    Issuers,
    Labels,
    Languages,
    Ordered,
    PayloadOption,
    Places,
    ProfileOption,
    Rate,
    SettingOption,
    Subjects,
    Words,
    asked_for,
    how,
    what,
)
from dispaccio.cli.output import count, say, table
from dispaccio.cli.session import Session, command
from dispaccio.errors import MalformedEndpoint


def register(app: typer.Typer) -> None:
    """Add ``endpoint``."""
    group = typer.Typer(help="Endpoints: the addresses where subscribers receive releases.")
    id = "2f6f9c0e-5b1d-4a4e-9f1c-3d1f6f0a7c55"
    for do, name, example in (
        (add, "add", _ADD),
        (list_, "list", "dispaccio endpoint list --subscriber courier"),
        (show, "show", f"dispaccio endpoint show {id}"),
        (change, "change", f"dispaccio endpoint change {id} --language it --format nitf"),
        (preview, "preview", "dispaccio endpoint preview --language it --words comet"),
        (secret, "secret", f"dispaccio endpoint secret {id}"),
        (ping, "ping", f"dispaccio endpoint ping {id}"),
        (rehearse, "rehearse", f"dispaccio endpoint rehearse {id}"),
        (disable, "disable", f'dispaccio endpoint disable {id} --why "moving house"'),
        (enable, "enable", f"dispaccio endpoint enable {id}"),
        (replay, "replay", f"dispaccio endpoint replay {id} --first T100000001"),
        (remove, "remove", f"dispaccio endpoint remove {id}"),
    ):
        command(group, name, example=example)(do)
    app.add_typer(group, name="endpoint")


_ADD = """
dispaccio endpoint add courier https://cms.example.org/intake --channel science
dispaccio endpoint add courier https://cms.example.org/intake --language it --payload full"""


def add(  # noqa: PLR0913 - each parameter is an option that the user sees
    wire: Session,
    subscriber: Annotated[str, typer.Argument(metavar="SUBSCRIBER", help="Who receives there.")],
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS",
            help="The webhook's https:// address, or another; - where the receiver comes itself.",
        ),
    ],
    *,
    carrier: Annotated[
        str, typer.Option(metavar="CARRIER", help="The way of sending; `plugins` lists them.")
    ] = "webhook",
    channel: Channels = None,
    issuer: Issuers = None,
    language: Languages = None,
    subject: Subjects = None,
    place: Places = None,
    label: Labels = None,
    words: Words = None,
    format: Format = None,
    payload: PayloadOption = None,
    profile: ProfileOption = None,
    setting: SettingOption = None,
    ordered: Ordered = None,
    deliver: DeliverOption = None,
    rate: Rate = None,
    confirmed: Confirmed = False,
) -> None:
    """Add an endpoint.

    What it gets is everything, but for what the options narrow down. An option may be repeated:
    one of its values has to fit, of every option that is given. Where a secret signs
    what is sent there, it is shown once.
    """
    asked = asked_for(issuer, language, subject, place, label, words)
    body = {"subscriber": subscriber, "address": address, "carrier": carrier}
    body |= what(channel, profile, setting, filter=asked, format=format, payload=payload)
    body |= how(ordered, deliver, rate) | ({"confirmed": True} if confirmed else {})
    wire.show(wire.ask("POST", "endpoints", body=body), _added)


def change(  # noqa: PLR0913 - each parameter is an option that the user sees
    wire: Session,
    endpoint: Id,
    *,
    channel: Channels = None,
    issuer: Issuers = None,
    language: Languages = None,
    subject: Subjects = None,
    place: Places = None,
    label: Labels = None,
    words: Words = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Take channels and filter away.")
    ] = False,
    format: Format = None,
    payload: PayloadOption = None,
    profile: ProfileOption = None,
    setting: SettingOption = None,
    ordered: Ordered = None,
    deliver: DeliverOption = None,
    rate: Rate = None,
) -> None:
    """Change what an endpoint gets, and how.

    What is not named stays as it is. A filter takes the place of the whole filter before it.
    """
    asked = asked_for(issuer, language, subject, place, label, words)
    body = what(channel, profile, setting, filter=asked, format=format, payload=payload)
    body |= how(ordered, deliver, rate)
    if everything:
        body = {"channels": [], "filter": {}} | body
    if not body:
        raise MalformedEndpoint("Nothing was named to change; see `dispaccio endpoint change -h`.")
    wire.show(wire.ask("PATCH", "endpoints", endpoint, body=body, absent=_absent(endpoint)), _one)


def preview(
    wire: Session,
    *,
    channel: Channels = None,
    issuer: Issuers = None,
    language: Languages = None,
    subject: Subjects = None,
    place: Places = None,
    label: Labels = None,
    words: Words = None,
) -> None:
    """Show what a subscription would have brought.

    It looks at the releases of the last seven days.
    """
    asked = asked_for(issuer, language, subject, place, label, words)
    body = {"channels": channel or [], "filter": asked or {}}
    wire.show(wire.ask("POST", "endpoints", "preview", body=body), _previewed)


def show(wire: Session, endpoint: Id) -> None:
    """Show one endpoint: what it gets, how, and how it stands."""
    wire.show(wire.ask("GET", "endpoints", endpoint, absent=_absent(endpoint)), _one)


def replay(
    wire: Session,
    endpoint: Id,
    *,
    first: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="From this number on.")
    ] = None,
    last: Annotated[str | None, typer.Option(metavar="NUMBER", help="Up to this number.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="What changed since, with its zone.")
    ] = None,
) -> None:
    """Send a range of releases to an endpoint again.

    Each goes as it stands now, behind everything that is fresh; what is withheld or withdrawn
    does not go.
    """
    body = {"first": first, "last": last, "since": since}
    absent = f"There is no endpoint {endpoint}, or no release of such a number."
    answer = wire.ask("POST", "endpoints", endpoint, "replay", body=body, absent=absent)
    wire.show(
        answer,
        f"{count(answer['deliveries'], 'release')} of {answer['looked_at']:,} go to {endpoint} "
        "once more.",
    )


def secret(wire: Session, endpoint: Id) -> None:
    """Give an endpoint another secret, shown this once.

    For a day the one before it signs as well, so that the receiver can change over.
    """
    answer = wire.ask("POST", "endpoints", endpoint, "secret", absent=_absent(endpoint))
    wire.show(
        answer,
        f"The new secret, shown this once: {answer['secret']}\n"
        f"The one before it signs as well until {answer['both_until']}.",
    )


def ping(wire: Session, endpoint: Id) -> None:
    """Send a signed ping to a webhook, and show what it answers."""
    answer = wire.ask("POST", "endpoints", endpoint, "ping", absent=_absent(endpoint))
    wire.show(answer, f"{answer['answered']} That took {answer['took_ms']} ms.")
    _require(answer)


def rehearse(wire: Session, endpoint: Id) -> None:
    """Send eight test states to an endpoint, and show what it answers.

    They are no releases: each says TEST. Beside the answer stands what should have happened
    there; that is for you to look at.
    """
    answer = wire.ask("POST", "endpoints", endpoint, "rehearse", absent=_absent(endpoint))
    wire.show(answer, _rehearsed)
    _require(answer)


def _require(answer: dict[str, Any]) -> None:
    """End with 1 where something was not answered as it should be."""
    if not answer["well"]:
        raise typer.Exit(1)


def _rehearsed(answer: dict[str, Any]) -> None:
    for step in answer["steps"]:
        say(f"{step['state']} ({step['number']}, version {step['version']})")
        say(f"  {'answered' if step['well'] else 'AMISS'}: {step['answered']}")
        say(f"  should: {step['should']}")
    say(answer["sentence"])


def remove(wire: Session, endpoint: Id) -> None:
    """Take an endpoint out for good.

    Nothing more goes there. Its receipts stay.
    """
    answer = wire.ask("DELETE", "endpoints", endpoint, absent=_absent(endpoint))
    wire.show(answer, f"The endpoint {endpoint} is out; nothing more goes there.")


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
    return wire.ask("POST", "endpoints", endpoint, to, query=query, absent=_absent(endpoint))


def _absent(endpoint: str) -> str:
    return f"There is no endpoint {endpoint}; `dispaccio endpoint list` shows those there are."


def _one(endpoint: dict[str, Any]) -> None:
    for name, value in endpoint.items():
        say(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def _previewed(answer: dict[str, Any]) -> None:
    say(f"{answer['sentence']} The filter: {answer['filter']}.")
    for item in answer["newest"]:
        say(f"  {item['number']}  {item['published']}  {item['title']}")


def _added(endpoint: dict[str, Any]) -> None:
    if endpoint["address"] == "-":
        call = "stream" if endpoint["carrier"] == "stream" else "deliveries"
        say(f"The endpoint {endpoint['endpoint']} is there; what is due waits to be fetched:")
        say(f"GET /api/v1/{call}?endpoint={endpoint['endpoint']}")
        return
    say(f"The endpoint {endpoint['endpoint']} is there: {endpoint['address']}.")
    if "confirmation" in endpoint:
        say(f"It {endpoint['why']}. {endpoint['confirmation']}")
    if "secret" in endpoint:
        say(f"The secret that signs what it gets, shown this once: {endpoint['secret']}")
        say(f"The wire's key, for those who check without a secret: {endpoint['public_key']}")
    elif endpoint["carrier"] != "mail":
        say(f"The wire's key, which signs what it gets: {endpoint['public_key']}")


def _endpoints(answer: dict[str, Any]) -> None:
    rows = [
        [
            item["endpoint"],
            item["subscriber"],
            item["address"],
            item["gets"],
            f"{item['payload']}, {item['format']}",
            f"{item['state']}: {item['why']}" if item.get("why") else item["state"],
        ]
        for item in answer["endpoints"]
    ]
    if rows:
        table(["endpoint", "subscriber", "address", "gets", "payload", "state"], rows)
    else:
        say("There is no endpoint yet; add one with `dispaccio endpoint add`.")
