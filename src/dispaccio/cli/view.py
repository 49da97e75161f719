"""A release for people to read, from its JSON in the native format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dispaccio.cli.output import say, when

_TIMES = {
    "created": "created",
    "first_created": "published",
    "version_created": "this version",
    "embargo": "embargo until",
    "release_time": "release time",
}
_NAMES = {
    "original_url": "first stood at",
    "url": "address",
    "channel": "channel",
    "language": "language",
    "author": "author",
    "category": "category",
    "usage_terms": "usage",
    "editorial_note": "note",
}


def release(said: dict[str, Any]) -> None:
    """Print a release: its label first, who says it, the text, what stood around it, the chain."""
    if item := said.get("item"):
        say(f"This is no text, but an item of the kind {item}; what is said of it:")
    if label := said.get("label"):
        say(_label(label))
    if title := said.get("title"):
        say(title)
    if subhead := said.get("subhead"):
        say(subhead)
    say("")
    for name, value in _facts(said):
        say(f"  {name:<15} {value}")
    for line in _text(said):
        say("")
        say(line)
    _around(said)


def findings(said: dict[str, Any]) -> None:
    """Print what the checks found, errors first, and what the reader noticed."""
    order = ("error", "warning", "note")
    for item in sorted(said.get("findings", ()), key=lambda found: order.index(found["severity"])):
        where = f"{item['where']}: " if item.get("where") else ""
        say(f"  {item['severity']:<8} {where}{item['message']}")
    for text in said.get("warnings", ()):
        say(f"  {'noted':<8} {text}")


def noticed(said: dict[str, Any]) -> None:
    """Print what the reader of a document noticed and warns of."""
    quotes = ((item["text"], item.get("speaker")) for item in said.get("quotes", ()))
    _section("Quotes", (f"“{text}” ({speaker or 'speaker not named'})" for text, speaker in quotes))
    figures = (_joined(item["text"], item.get("attributed_to")) for item in said.get("figures", ()))
    _section("Figures", figures)
    _section("Warnings", said.get("warnings", ()))


def _label(label: dict[str, Any]) -> str:
    about = [label["code"]] if label.get("code") else ["of no known kind"]
    if "commissioned" in label:
        about.append("commissioned" if label["commissioned"] else "not commissioned")
    if label.get("paid_by"):
        about.append(f"paid by {label['paid_by']}")
    return f"[{label['text']}] ({', '.join(about)})"


def _facts(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if issuer := said.get("issuer"):
        yield "issuer", _joined(issuer["name"], issuer.get("domain"))
    if wire := said.get("wire"):
        yield "wire", _joined(wire["name"], wire.get("number") and f"number {wire['number']}")
    if dateline := said.get("dateline"):
        yield (
            "dateline",
            dateline.get("text") or _joined(dateline.get("place"), dateline.get("date")),
        )
    if place := not dateline and said.get("place"):
        yield "place", place
    for name, words in _TIMES.items():
        if at := said.get(name):
            yield words, when(at) if "T" in at else at
    for name, words in _NAMES.items():
        if said.get(name):
            yield words, str(said[name])
    for item in said.get("identifiers", ()):
        yield "identifier", f"{item['scheme']} {item['value']}"
    if said.get("tags"):
        yield "tags", ", ".join(said["tags"])
    if reason := said.get("reason"):
        yield "reason", _joined(reason["code"], reason.get("text"))


def _text(said: dict[str, Any]) -> Iterator[str]:
    for block in said.get("body", ()):
        lines = block["text"].split("\n")
        match block["kind"]:
            case "heading":
                yield f"{'#' * block['level']} {block['text']}"
            case "list":
                yield "\n".join(f"- {line}" for line in lines)
            case "quote":
                yield "\n".join(f"> {line}" for line in lines)
            case "table":
                yield "\n".join(line.replace("\t", " | ") for line in lines)
            case "image":
                yield f"[picture: {block['text'] or 'without description'}]"
            case _:
                yield block["text"]


def _around(said: dict[str, Any]) -> None:
    if about := said.get("boilerplate"):
        _section("About the issuer", [about])
    _section("Press contacts", map(_contact, said.get("contacts", ())))
    if owner := said.get("copyright"):
        _section("Copyright", [owner["text"]])
    _section("Disclaimers", said.get("disclaimers", ()))
    _section("The chain it came through", _hops(said))


def _section(title: str, lines: Any) -> None:
    for number, line in enumerate(lines):
        if not number:
            say(f"\n{title}")
        say("  " + line.replace("\n", "\n  "))


def _contact(contact: dict[str, Any]) -> str:
    names = ("name", "role", "organisation", "email", "phone")
    shown = _joined(*(contact.get(name) for name in names))
    return f"{shown} (for the media only)" if contact.get("visibility") == "media_only" else shown


def _hops(said: dict[str, Any]) -> Iterator[str]:
    for number, hop in enumerate(said.get("hops", ()), 1):
        at = f", {hop['time']}" if hop.get("time") else ""
        seen = f" (“{' '.join(hop['evidence'].split())}”)" if hop.get("evidence") else ""
        yield f"{number}. {hop['party']} {hop['action']} it{at}{seen}"


def _joined(*items: str | None) -> str:
    return ", ".join(item for item in items if item)
