"""What the wire says of itself: status, clock."""

from __future__ import annotations

from typing import Any

import typer

from dispaccio.cli.deliveries import STATES
from dispaccio.cli.output import count, say, when
from dispaccio.cli.session import Session, command


def register(app: typer.Typer) -> None:
    """Add ``status`` and ``clock``."""
    command(app, "status", example="dispaccio status --as bruno")(status)
    group = typer.Typer(help="The clock that publication goes by.")
    command(group, "accept", example="dispaccio clock accept --as bruno")(accept)
    app.add_typer(group, name="clock")


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
        "carriers": _carriers(**answer["carriers"]),
        "intake": _tally(answer["intake"]) or "nothing is on its way",
        "log": count(answer["log"]["size"], "entry"),
        "store": f"failed: {store['failed']}" if store["failed"] else f"well, {free}".rstrip(", "),
    }
    for name, text in panels.items():
        say(f"  {name:<9} {text}")


def _carriers(endpoints: dict[str, int], couriers: int | None = None) -> str:
    said = _tally(endpoints, "endpoint") or "no endpoint"
    return said if couriers is None else f"{said}; {count(couriers, 'courier')} at work"


def _tally(counts: dict[str, int], thing: str = "") -> str:
    """How many of each state: of deliveries, revisions, or of things, whose states are words."""
    if thing:
        return ", ".join(f"{count(n, thing)} {state}" for state, n in counts.items() if n)
    words = ((STATES.get(state, state).replace("_", " "), n) for state, n in counts.items())
    return ", ".join(f"{n:,} {state}" for state, n in words if n)
