"""The disclosure of an item that this product wrote.

It is the last of its bodies, or ``body_dispaccio`` in 1.x, where bodies are no list.
"""

from __future__ import annotations

from typing import Any

from dispaccio.errors import InputError
from dispaccio.formats import disclosed, native
from dispaccio.formats.disclosed import Disclosure
from dispaccio.formats.newscodes import OLD_DISCLOSURE
from dispaccio.formats.ninjs.write import digest


def split(document: dict[str, Any]) -> tuple[dict[str, Any], Disclosure | None, tuple[str, ...]]:
    """An item without its disclosure, the disclosure, and warnings about one that is broken."""
    rest, value = _apart(document)
    if value is None:
        return document, None, ()
    try:
        return rest, disclosed.read(value if isinstance(value, str) else "", digest(rest)), ()
    except InputError as error:
        return rest, None, (f"The item's disclosure was left aside: {error}",)


def _apart(document: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """An item without its disclosure, and what stands in its place; None if there is no place."""
    if OLD_DISCLOSURE in document:
        rest = {name: value for name, value in document.items() if name != OLD_DISCLOSURE}
        return rest, document[OLD_DISCLOSURE] or ""
    bodies = document.get("bodies")
    ours = [body for body in bodies if _is_ours(body)] if isinstance(bodies, list) else []
    if not ours:
        return document, None
    others = [body for body in bodies or () if body not in ours]
    rest = {name: value for name, value in document.items() if name != "bodies"}
    return rest | ({"bodies": others} if others else {}), ours[-1].get("value") or ""


def _is_ours(body: Any) -> bool:
    kinds = (body.get("contentType"), body.get("contenttype")) if isinstance(body, dict) else ()
    return native.MEDIA_TYPE in kinds
