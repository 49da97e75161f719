"""docs/api.md names every call of the API, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi.routing import APIRoute

from dispaccio.api.app import CALLS
from tests.support.source import ROOT

CALL = re.compile(r"^\| `([A-Z]+ /[^`]*)` \|", re.MULTILINE)


def calls() -> Iterable[str]:
    for room in CALLS:
        for route in room.router.routes:
            assert isinstance(route, APIRoute)
            yield from (f"{method} {route.path}" for method in route.methods)


def test_every_call_is_in_the_docs() -> None:
    written = CALL.findall((ROOT / "docs" / "api.md").read_text("utf-8"))
    assert sorted(written) == sorted(calls())
