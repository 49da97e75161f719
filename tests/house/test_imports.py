"""Who may import which library. The layers themselves are checked by import-linter."""

from __future__ import annotations

from tests.support.source import imports, modules, room

PURE = {"release", "anatomy", "formats", "log", "trace", "access"}
NETWORK = {"egress", "server", "cli", "receive", "testing"}
WEB = {"api", "site", "office", "server", "cli", "testing"}

# A library or module, and the only rooms that may import it.
ONLY_IN = {
    "sqlalchemy": {"store"},
    "sqlite3": {"store"},
    "psycopg": {"store"},
    "alembic": {"store"},
    "asyncssh": {"egress"},
    "argon2": {"accounts"},
    "PIL": {"media"},
    "webauthn": {"accounts"},
    "httptools": NETWORK,
    "httpx2": NETWORK,
    "http.client": NETWORK,
    "urllib.request": NETWORK,
    "socket": NETWORK,
    "ssl": NETWORK,
    "starlette": WEB,
    "fastapi": {"api", "testing"},
    "uvicorn": {"server", "testing"},
}
# What the receiver's kit may import of dispaccio.
KIT = (
    "dispaccio.errors",
    "dispaccio.receive",
    "dispaccio.delivery.signature",
    "dispaccio.delivery.filename",
)
NOT_IN = {name: {*PURE, "store", "media"} for name in ("asyncio", "anyio")}


def _is(name: str, library: str) -> bool:
    return name == library or name.startswith(f"{library}.")


def _misplaced(where: str, name: str) -> bool:
    return any(_is(name, library) and where not in rooms for library, rooms in ONLY_IN.items()) or (
        any(_is(name, library) and where in rooms for library, rooms in NOT_IN.items())
    )


def test_libraries_stay_in_their_rooms() -> None:
    found = [
        f"{path}:{line} imports {name}"
        for path, tree in modules().items()
        for line, name in imports(tree)
        if _misplaced(room(path), name)
    ]
    assert not found, "\n".join(found)


def test_the_receivers_kit_stands_alone() -> None:
    found = [
        f"{path}:{line} imports {name}"
        for path, tree in modules().items()
        if room(path) == "receive"
        for line, name in imports(tree)
        if _is(name, "dispaccio") and not any(_is(name, own) for own in KIT)
    ]
    assert not found, "\n".join(found)
