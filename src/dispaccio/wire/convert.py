"""Converting a document for somebody of the home; nothing is kept and nothing changes."""

from __future__ import annotations

from typing import Any

from dispaccio.access.actor import Actor
from dispaccio.errors import KeyNeeded, TooLarge
from dispaccio.formats import convert as conversion
from dispaccio.intake import count
from dispaccio.intake.submission import readings_of
from dispaccio.wire.submit import Handed

MOST = 1_000
"""The most items of a document that one call converts: about a second of one core."""


def convert(actor: Actor, given: Handed, to: str) -> dict[str, Any]:
    """The releases of a document in another format, and what had to be left out.

    Any person of the home may: what was handed in goes back to them and nowhere else. Raises
    KeyNeeded for the public, UnknownFormat, TooLarge for more than ``MOST`` items (mostly before
    they are read), and what the reader raises.
    """
    if not actor.person_id:
        raise KeyNeeded
    format = conversion.target(to)
    _bound(count.items(given.data))
    readings = readings_of(given.data, given.media_type, given.wishes)
    _bound(len(readings))
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


def _bound(found: int) -> None:
    if found > MOST:
        raise TooLarge(
            f"The document has {found:,} items; one call converts {MOST:,} at the most. Send it in "
            "parts, or use `dispaccio convert` on a machine of your own."
        )
