"""The disclosure of an item that this product wrote: the last of its bodies."""

from __future__ import annotations

from typing import Any

from dispaccio.errors import InputError
from dispaccio.formats import disclosed, native
from dispaccio.formats.disclosed import Disclosure
from dispaccio.formats.ninjs.write import digest


def split(document: dict[str, Any]) -> tuple[dict[str, Any], Disclosure | None, tuple[str, ...]]:
    """An item without its disclosure, the disclosure, and warnings about one that is broken."""
    bodies = document.get("bodies")
    if not isinstance(bodies, list):
        return document, None, ()
    ours = [b for b in bodies if isinstance(b, dict) and b.get("contentType") == native.MEDIA_TYPE]
    if not ours:
        return document, None, ()
    others = [body for body in bodies if body not in ours]
    rest = {name: value for name, value in document.items() if name != "bodies"}
    if others:
        rest["bodies"] = others
    try:
        value = ours[-1].get("value")
        return rest, disclosed.read(value if isinstance(value, str) else "", digest(rest)), ()
    except InputError as error:
        return rest, None, (f"The item's disclosure was left aside: {error}",)
