"""An item of ninjs 3.1 as 2.2 and 1.6 have it: other names, and for 1.6 another shape.

What an older version has no field for is in the disclosure alone: in 2.2 one more body as in 3.1,
in 1.6 the property ``body_dispaccio``, since any name that begins with ``body_`` is allowed there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from dispaccio.formats import disclosed, native
from dispaccio.formats.newscodes import DISCLOSURE, OLD_DISCLOSURE, PROOF, code_of
from dispaccio.formats.ninjs import write
from dispaccio.release.model import Revision
from dispaccio.release.notice import shown

Json: TypeAlias = dict[str, Any]

SCHEMA_2 = "http://www.iptc.org/std/ninjs/ninjs-schema_2.2.json#"
SCHEMA_1 = "http://www.iptc.org/std/ninjs/ninjs-schema_1.6.json#"
_ONLY_3 = ("rel",)
"""What an item has in 3.1, and in no older version."""
_NAMES = {"embargoedUntil": "embargoed"}


def item_2(revision: Revision) -> Json:
    """The item in ninjs 2.2, with the disclosure as one more body."""
    seen = shown(revision)
    written: Json = _lower(write.plain(seen))
    written["standard"] = {"name": "ninjs", "version": "2.2", "schema": SCHEMA_2}
    if "associations" in written:
        written["associations"] = [_without_rel(entry) for entry in written["associations"]]
    value = disclosed.write(seen, write.digest(written))
    body = {"role": DISCLOSURE, "contenttype": native.MEDIA_TYPE, "value": value}
    return written | {"bodies": [*written.get("bodies", []), body]}


def item_1(revision: Revision) -> Json:
    """The item in ninjs 1.6, with the disclosure in ``body_dispaccio``."""
    seen = shown(revision)
    written = _flat(_lower(write.plain(seen)))
    written["$standard"] = {"name": "ninjs", "version": "1.6", "schema": SCHEMA_1}
    return written | {OLD_DISCLOSURE: disclosed.write(seen, write.digest(written))}


def _lower(value: Any) -> Any:
    """A value with the names of its objects in lower case, as all are before 3.0."""
    if isinstance(value, dict):
        return {_NAMES.get(n, n.lower()): _lower(inner) for n, inner in value.items()}
    return [_lower(inner) for inner in value] if isinstance(value, list) else value


def _without_rel(entry: Json) -> Json:
    """An associated item of 2.2: what ``rel`` said, where the name does not."""
    return {name: value for name, value in entry.items() if name not in _ONLY_3}


def _flat(item: Json) -> Json:
    """The fields of an item in the shape of 1.6, by what makes each of them."""
    made: Json = {}
    for name, value in item.items():
        if name in _SHAPES:
            made |= _SHAPES[name](value)
        elif name not in ("standard", *_ONLY_3):
            made[name] = value
    return made


def _headlines(entries: list[Json]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        yield ("headline" if entry["role"] == "main" else "headline_subtitle"), entry["value"]


def _bodies(entries: list[Json]) -> Iterator[tuple[str, str]]:
    """``body_html``, and what we add to it by its role; a second one of a role has a number."""
    for entry in entries:
        yield ("body_html" if entry["role"] == "main" else f"body_{entry['role']}"), entry["value"]


def _descriptions(entries: list[Json]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        yield f"description_{entry['role']}", entry["value"]


def _alternatives(entries: list[Json]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        yield entry["role"], entry["value"]


def _associations(entries: list[Json]) -> Iterator[tuple[str, Json]]:
    """The associated items by their names, in the signs that the schema takes."""
    for entry in entries:
        name = re.sub(r"[^A-Za-z0-9]+", "_", entry["name"]).strip("_") or "item"
        yield name, _flat({n: value for n, value in entry.items() if n != "name"})


def _renditions(entries: list[Json]) -> Iterator[tuple[str, Json]]:
    for entry in entries:
        shape = {"mimetype" if n == "contenttype" else n: v for n, v in entry.items()}
        yield shape.pop("name"), shape


def _coded(entry: Json) -> Json:
    """An entry of a vocabulary: an address becomes a scheme and a code, a literal a code."""
    kept = {n: v for n, v in entry.items() if n not in ("uri", "literal", "role")}
    if role := entry.get("role"):
        kept["rel"] = role
    if pair := code_of(entry.get("uri"), entry.get("literal")):
        scheme, kept["code"] = pair
        if scheme:
            kept["scheme"] = scheme
    return kept


def _trust(entry: Json) -> Json:
    scheme, _, code = PROOF.rpartition(":")
    kept = {n: v for n, v in entry.items() if n != "role"}
    return {"scheme": scheme, "code": code, **kept}


def _keyed(
    make: Callable[[list[Json]], Iterable[tuple[str, Any]]],
) -> Callable[[list[Json]], Json]:
    """Make an object of pairs; a name that is there already gets a number behind it."""

    def made(entries: list[Json]) -> Json:
        found: Json = {}
        for name, value in make(entries):
            again = (f"{name}_{count}" for count in range(2, len(entries) + 2))
            found[name if name not in found else next(n for n in again if n not in found)] = value
        return found

    return made


def _under(name: str, make: Callable[[list[Json]], Any]) -> Callable[[list[Json]], Json]:
    return lambda entries: {name: make(entries)}


def _each(make: Callable[[Json], Json]) -> Callable[[list[Json]], list[Json]]:
    return lambda entries: [make(entry) for entry in entries]


_SHAPES: dict[str, Callable[[Any], Json]] = {
    "headlines": _keyed(_headlines),
    "bodies": _keyed(_bodies),
    "descriptions": _keyed(_descriptions),
    "by": lambda name: {"byline": name},
    "infosources": _under("infosource", _each(_coded)),
    "genres": _under("genre", _each(_coded)),
    "subjects": _under("subject", _each(_coded)),
    "people": _under("person", _each(_coded)),
    "organisations": _under("organisation", _each(_coded)),
    "altids": _under("altids", _keyed(_alternatives)),
    "renditions": _under("renditions", _keyed(_renditions)),
    "associations": _under("associations", _keyed(_associations)),
    "trustindicators": _under("trustindicator", _each(_trust)),
}
"""How the fields of 2.2 that look otherwise in 1.6 are made there."""
