"""The hub of the wire's feeds: who subscribed to them."""

from __future__ import annotations

from typing import Any

import typer

from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command


def register(app: typer.Typer) -> None:
    """Add ``hub``."""
    group = typer.Typer(help="The hub: who subscribed to the feeds of this wire (WebSub).")
    command(group, "list", example="dispaccio hub list")(list_)
    app.add_typer(group, name="hub")


def list_(wire: Session) -> None:
    """List who subscribed to feeds by themselves.

    Those whose subscription ended are in it, too. `dispaccio endpoint remove` ends one.
    """
    wire.show(wire.ask("GET", "hub"), _subscriptions)


def _subscriptions(answer: dict[str, Any]) -> None:
    rows = [
        [
            item["endpoint"],
            item["callback"],
            item["topic"],
            f"{item['state']}: {item['why']}" if item.get("why") else item["state"],
            item.get("expires", ""),
        ]
        for item in answer["subscriptions"]
    ]
    if rows:
        table(["endpoint", "callback", "topic", "state", "expires"], rows)
    else:
        say(f"Nobody subscribed yet; every feed names the hub, {answer['hub']}.")
