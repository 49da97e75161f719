"""What the wire says of itself: deliveries, status, clock."""

from __future__ import annotations

from typing import Any

import typer

from dispaccio.cli.notices import Number
from dispaccio.cli.output import count, say, table, when
from dispaccio.cli.session import Session, command

_STATES = {
    "due": "on its way",
    "leased": "being sent",
    "parked": "refused, parked",
    "exhausted": "given up",
    "gone": "endpoint gone",
    "to_human": "needs a person",
}
"""States of a delivery in words, where the word itself says too little."""


def register(app: typer.Typer) -> None:
    """Add ``deliveries``, ``status`` and ``clock``."""
    command(app, "deliveries", example="dispaccio deliveries T100000001 --as bruno")(deliveries)
    command(app, "status", example="dispaccio status --as bruno")(status)
    group = typer.Typer(help="The clock that publication goes by.")
    command(group, "accept", example="dispaccio clock accept --as bruno")(accept)
    app.add_typer(group, name="clock")


def deliveries(wire: Session, number: Number) -> None:
    """Show who has a release, with times and receipts."""
    wire.show(wire.public("GET", number, "deliveries"), _deliveries)


def status(wire: Session) -> None:
    """Show how the wire is, in a sentence and in panels."""
    wire.show(wire.ask("GET", "status"), lambda answer: _status(wire, answer))


def accept(wire: Session) -> None:
    """Trust the wall clock as it stands, after it jumped.

    What is overdue is published at once.
    """
    answer = wire.ask("POST", "clock", "accept")
    if wire.serving:
        wire.show(answer, "The clock is trusted as it stands.")
    else:
        wire.show(answer, "No server runs on this home; one trusts the clock that it starts with.")


def _deliveries(answer: dict[str, Any]) -> None:
    for version in answer["versions"]:
        say(_version(answer.get("number", ""), version))
    if answer["deliveries"]:
        table(
            ["version", "subscriber", "address", "state", "tries", "answer", "when"],
            [_delivery(item) for item in answer["deliveries"]],
        )
        say(f"“Delivered” means: {answer['receipt_means']}.")


def _version(number: str, version: dict[str, Any]) -> str:
    have = version["states"].get("delivered", 0)
    kind = version["kind"].replace("_", " ")
    said = f"{number}, version {version['version']} ({kind}), {when(version['published'])}: "
    if not version["deliveries"]:
        return f"{said}nobody was to get it."
    said += f"{have:,} of {count(version['deliveries'], 'endpoint')} got it"
    if "first_ms" in version:
        names = ("first", "median", "p99", "last")
        said += "; " + ", ".join(f"{name} {version[f'{name}_ms']:,.0f} ms" for name in names)
    if version.get("unconfirmed"):
        said += f"; not confirmed by {', '.join(version['unconfirmed'])}"
    return f"{said}."


def _delivery(item: dict[str, Any]) -> list[object]:
    run = f" (run {item['run']})" if item.get("run") else ""
    ahead = f"next try {when(item['next_try'])}" if item.get("next_try") else ""
    return [
        f"{item['version']}{run}",
        item["subscriber"],
        item["address"],
        _STATES.get(item["state"], item["state"]),
        item["attempts"],
        _answer(item),
        when(item.get("settled")) or ahead,
    ]


def _answer(item: dict[str, Any]) -> str:
    said = item.get("detail") or item.get("outcome") or ""
    return f"{item['status']} {said}".strip() if item.get("status") else said


def _status(wire: Session, answer: dict[str, Any]) -> None:
    clock, store = answer["clock"], answer["store"]
    say(answer["sentence"])
    if not wire.serving and answer["intake"].get("sealed"):
        say("No server runs on this home, so nothing will be published: start `dispaccio serve`.")
    steady = (
        "trusted" if clock["trusted"] else f"jumped by {clock['jump']:+.1f} s; nothing is published"
    )
    free = f"{store['free_disk']:.0%} of the disk free" if "free_disk" in store else ""
    panels = {
        "server": "running" if wire.serving else "not running; `dispaccio serve` starts it",
        "clock": f"{when(clock['now'])}, {steady}",
        "outbox": _tally(answer["outbox"]) or "nothing is waiting to be sent",
        "carriers": _tally(answer["carriers"]["endpoints"], "endpoint") or "no endpoint",
        "intake": _tally(answer["intake"]) or "nothing is on its way",
        "log": count(answer["log"]["size"], "entry"),
        "store": f"failed: {store['failed']}" if store["failed"] else f"well, {free}".rstrip(", "),
    }
    for name, text in panels.items():
        say(f"  {name:<9} {text}")


def _tally(counts: dict[str, int], thing: str = "") -> str:
    """How many of each state: of deliveries, revisions, or of things, whose states are words."""
    if thing:
        return ", ".join(f"{count(n, thing)} {state}" for state, n in counts.items() if n)
    words = ((_STATES.get(state, state).replace("_", " "), n) for state, n in counts.items())
    return ", ".join(f"{n:,} {state}" for state, n in words if n)
