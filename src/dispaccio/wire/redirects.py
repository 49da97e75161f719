"""Old addresses: which path of a former site leads to which release."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from dispaccio.access.actor import Actor
from dispaccio.access.matrix import require
from dispaccio.access.roles import Action
from dispaccio.errors import DispaccioError, MalformedRedirect, NotPublished, Unavailable
from dispaccio.release.model import Revision
from dispaccio.store import events, redirects
from dispaccio.store.engine import Tx
from dispaccio.wire.core import Wire

LONGEST = 2_000
OURS = ("/r/", "/c/", "/u/", "/api/", "/static/", "/.well-known/")
"""Below these the wire answers by itself."""


def path_of(wire: Wire, address: str) -> str | None:
    """The path, with its query, of an address at the wire's own host; None for any other.

    None too for what the wire answers by itself, and for what is no path.
    """
    try:
        parts, own = urlsplit(address), urlsplit(wire.settings.url)
        at_home = not parts.netloc or (parts.hostname, parts.port) == (own.hostname, own.port)
    except ValueError:
        return None
    if not at_home or parts.scheme not in ("", "http", "https") or not address.isprintable():
        return None
    path = unquote(parts.path)
    found = f"{path}?{parts.query}" if parts.query else path
    usable = path.startswith("/") and path != "/" and not path.startswith((*OURS, "//"))
    return found if usable and found.isprintable() and len(found) <= LONGEST else None


def old_path(wire: Wire, said: Revision) -> str | None:
    """The path at which a release once stood on the wire's own host, by its addresses; or None."""
    known = (item.value for item in said.identifiers if item.scheme == "url")
    paths = (path_of(wire, address) for address in (said.original_url, *known) if address)
    return next((path for path in paths if path), None)


def add(wire: Wire, actor: Actor, pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Let old paths lead to releases, named by number or id; what became of each pair.

    A path that leads elsewhere already leads here from now on. Raises Forbidden.
    """
    require(actor, Action.IMPORT_ARCHIVE)
    found: list[dict[str, Any]] = []
    with wire.store.write(wire.clock.now()) as tx:
        for path, ref in pairs:
            try:
                found.append({"path": path, "number": _add(wire, tx, path, ref)})
            except Unavailable:
                raise
            except DispaccioError as error:
                why = {"code": error.code(), "message": error.message}
                found.append({"path": path, "error": why})
        kept = sum("number" in item for item in found)
        if kept:
            events.append(tx, "redirects_added", actor.name, detail={"count": kept})
    wire.tell()
    return found


def _add(wire: Wire, tx: Tx, path: str, ref: str) -> str:
    old = path_of(wire, path)
    if old is None:
        raise MalformedRedirect(
            f"{path[:200]!r} cannot be redirected: write a path like /2009/news.html, at none of "
            f"the wire's own addresses ({' '.join(OURS)})."
        )
    row = wire.find(tx, ref)
    if row.ordinal is None:
        raise NotPublished("This release is not published, so no address can lead to it.")
    redirects.add(tx, old, row.key, replace=True)
    return wire.number(row.ordinal)
