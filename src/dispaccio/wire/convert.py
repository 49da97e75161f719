"""Converting a document for somebody of the home; nothing is kept and nothing changes."""

from __future__ import annotations

from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.errors import KeyNeeded
from dispaccio.formats import convert as conversion
from dispaccio.intake.submission import readings_of
from dispaccio.wire.submit import Handed


def convert(actor: Actor, given: Handed, to: str) -> dict[str, Any]:
    """The releases of a document in another format, and what had to be left out.

    Any person of the home may: what was handed in goes back to them and nowhere else. Raises
    KeyNeeded for the public, UnknownFormat, and what the reader raises.
    """
    if not actor.person_id:
        raise KeyNeeded
    format = conversion.target(to)
    readings = readings_of(given.data, given.media_type, given.wishes)
    made = conversion.convert(readings, format)
    return {
        "format": format.name,
        "media_type": format.about.media_types[0],
        "documents": [
            {"name": item.name, "document": item.body.decode(), "warnings": list(item.warnings)}
            for item in made.written
        ],
        "left_out": list(made.left_out),
    }
