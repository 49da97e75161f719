"""Calls that can be read in one way only: known parameters, each once, and strict JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from dispaccio.errors import MalformedRequest, NotFound
from dispaccio.formats import strict


class StrictRoute(APIRoute):
    """A route that refuses what it would otherwise overlook.

    A misspelt ``release_time`` must not become a publication at once, nor the second of two equal
    names in JSON the one that counts. NUL is in no address, name or text (PostgreSQL takes none).
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, behind the check."""
        handle = super().get_route_handler()
        known = set(_parameters(self.dependant))
        takes_json = self.body_field is not None

        async def checked(request: Request) -> Response:
            if "\x00" in request.scope["path"]:
                raise NotFound
            _check_query(request, known)
            if takes_json and (body := await request.body()).strip():
                strict.load_json(body)
            return await handle(request)

        return checked


def _parameters(dependant: Dependant) -> Iterator[str]:
    """The names in the query that a call knows, those of what it depends on among them."""
    yield from (field.alias for field in dependant.query_params)
    for other in dependant.dependencies:
        yield from _parameters(other)


def _check_query(request: Request, known: set[str]) -> None:
    seen = set()
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise MalformedRequest(f"{name[:40]!r} is not a parameter of this call.")
        if name in seen:
            raise MalformedRequest(f"The parameter {name} stands twice.")
        if "\x00" in value:
            raise MalformedRequest(f"The parameter {name} holds a NUL, which is not text.")
        seen.add(name)
