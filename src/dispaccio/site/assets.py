"""The style sheet, the script and the icon: fixed files, named after their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A fixed file, and the path at which these very bytes are served for ever."""

    path: str
    media_type: str
    body: bytes


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Every fixed file by its plain name, such as ``site.css``."""
    found = {}
    for source in (files("dispaccio.site") / "static").iterdir():
        stem, _, kind = source.name.rpartition(".")
        body = source.read_bytes()
        path = f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
        found[source.name] = Asset(path, MEDIA_TYPES[kind], body)
    return found
