"""The disclosure of an item that this product wrote: the whole revision, bound to the item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dispaccio.errors import InputError
from dispaccio.formats import codec, native, strict
from dispaccio.formats.ninjs.write import digest
from dispaccio.release.model import Revision
from dispaccio.release.state import Status

_STRICTER = (None, Status.USABLE, Status.WITHHELD, Status.CANCELED)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A disclosed revision, and whether the item around it is as it was written."""

    revision: Revision
    intact: bool


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
        return rest, _read(ours[-1].get("value"), rest), ()
    except InputError as error:
        return rest, None, (f"The item's disclosure was left aside: {error}",)


def hold_to(said: Revision, told: Revision) -> Revision:
    """What a changed item says, with nothing weaker than its disclosure: status, embargo, label.

    Somebody else changed the item after we wrote it. What they made stricter holds, and so does
    what they would have made looser.
    """
    embargoes = [moment for moment in (said.embargo, told.embargo) if moment]
    return replace(
        said,
        status=max(said.status, told.status, key=_STRICTER.index),
        embargo=max(embargoes, default=None),
        label=said.label or told.label,
    )


def _read(value: Any, rest: dict[str, Any]) -> Disclosure:
    document = strict.load_json(value.encode() if isinstance(value, str) else b"")
    stated = document.pop("digest", None) if isinstance(document, dict) else None
    revision = codec.decode(Revision, document, known=native.DERIVED)
    return Disclosure(revision, stated == digest(rest))
