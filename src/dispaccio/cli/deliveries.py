"""What became of what was sent: who has it, whom to tell of a withdrawal, sending again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli.notices import Number
from dispaccio.cli.output import count, say, table, when
from dispaccio.cli.session import Session, command

STATES = {
    "due": "on its way",
    "leased": "being sent",
    "parked": "refused, parked",
    "exhausted": "given up",
    "gone": "endpoint gone",
    "to_human": "needs a person",
    "told": "told by a person",
}
"""States of a delivery in words, where the word itself says too little."""


def register(app: typer.Typer) -> None:
    """Add ``deliveries`` and ``recall``."""
    command(app, "deliveries", example="dispaccio deliveries T100000001 --as bruno")(deliveries)
    group = typer.Typer(help="Recall: whom a person has to tell of a withdrawal.")
    command(group, "list", example="dispaccio recall list --as bruno")(list_)
    id = "2f6f9c0e-5b1d-4a4e-9f1c-3d1f6f0a7c55"
    command(
        group,
        "done",
        example=f'dispaccio recall done T100000001 {id} --how "by telephone" --as bruno',
    )(done)
    app.add_typer(group, name="recall")


def deliveries(wire: Session, number: Number) -> None:
    """Show who has a release, with times and receipts."""
    wire.show(wire.public("GET", number, "deliveries"), _deliveries)


def list_(wire: Session) -> None:
    """List whom a person has to tell of a withdrawal."""
    wire.show(wire.ask("GET", "recall"), _queue)


def done(
    wire: Session,
    number: Number,
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="Whom you told.")],
    how: Annotated[str, typer.Option(metavar="TEXT", help="How, for the record.")],
) -> None:
    """Record that you told somebody of a withdrawal.

    Then they are off the list.
    """
    answer = wire.ask("POST", "recall", number, endpoint, body={"how": how})
    wire.show(answer, f"{endpoint} was told of the withdrawal of {number}.")


def _queue(answer: dict[str, Any]) -> None:
    rows = [
        [
            item["number"],
            item["subscriber"],
            item["address"],
            when(item["since"]),
            item["last_answer"] or "nothing was sent",
            item["endpoint"],
        ]
        for item in answer["recall"]
    ]
    if rows:
        table(["number", "subscriber", "address", "since", "last answer", "endpoint"], rows)
    else:
        say("Nobody has to be told of a withdrawal by a person.")


def _deliveries(answer: dict[str, Any]) -> None:
    for version in answer["versions"]:
        say(_version(answer.get("number", ""), version))
    if answer["deliveries"]:
        table(
            ["version", "subscriber", "address", "state", "tries", "by", "answer", "when"],
            [_delivery(item) for item in answer["deliveries"]],
        )
    for carrier, words in answer["receipts_mean"].items():
        say(f"“Delivered” by {carrier} means: {words}.")


def _version(number: str, version: dict[str, Any]) -> str:
    have = version["states"].get("delivered", 0)
    kind = version["kind"].replace("_", " ")
    said = f"{number}, version {version['version']} ({kind}), {when(version['published'])}: "
    if not version["deliveries"]:
        return f"{said}nobody was to get it."
    said += f"{have:,} of {count(version['deliveries'], 'endpoint')} got it"
    if "first_ms" in version:
        names = ("first", "median", "p99", "last", "skew")
        said += "; " + ", ".join(f"{name} {version[f'{name}_ms']:,.0f} ms" for name in names)
    if version.get("untimed"):
        said += f"; not timed, since they fetch or gather: {version['untimed']:,}"
    return f"{said}.{_recall(version.get('recall'))}"


def _recall(recall: dict[str, Any] | None) -> str:
    """Who may hold an earlier version, and who of them has not heard of this one."""
    if not recall or not recall["holders"]:
        return ""
    held = f" Of {count(recall['holders'], 'endpoint')} that may hold an earlier version, "
    states = [f"{number:,} {state}" for state, number in sorted(recall["states"].items())]
    said = held + ", ".join(states) + "."
    if recall["open"]:
        names = [f"{item['subscriber']} ({item['address']})" for item in recall["open"][:20]]
        more = len(recall["open"]) - len(names)
        said += f" Still to hear of it: {', '.join(names)}"
        said += f" and {more:,} more." if more else "."
    return said


def _delivery(item: dict[str, Any]) -> list[object]:
    run = f" (run {item['run']})" if item.get("run") else ""
    ahead = f"next try {when(item['next_try'])}" if item.get("next_try") else ""
    return [
        f"{item['version']}{run}",
        item["subscriber"],
        item["address"],
        STATES.get(item["state"], item["state"]),
        item["attempts"],
        item["carrier"],
        _answer(item),
        when(item.get("settled")) or ahead,
    ]


def _answer(item: dict[str, Any]) -> str:
    if item.get("acknowledged"):
        did = "applied it" if item["applied"] else "did not apply it"
        return f"{did} {item.get('url', '')}".strip()
    said = item.get("detail") or item.get("outcome") or ""
    return f"{item['status']} {said}".strip() if item.get("status") else said
