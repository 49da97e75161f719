"""What private pages show to whoever holds a link to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dispaccio.errors import DispaccioError
from dispaccio.wire import deliveries, links
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public
from dispaccio.wire.shown import Shown


@dataclass(frozen=True, slots=True)
class Report:
    """The delivery report of a release, and what the public sees of it."""

    shown: Shown
    said: dict[str, Any]


class Private:
    """The questions of private pages. Every answer is None for whoever may not see it."""

    def __init__(self, wire: Wire, public: Public) -> None:
        self._wire, self._public = wire, public

    def report(self, number: str, path: str, token: str) -> Report | None:
        """The delivery report of a release, to the holder of a link to that path."""
        found = self._public.release(number)
        if found is None or not token:
            return None
        try:
            actor = links.actor_of(self._wire, path, token)
            return Report(found.shown, deliveries.report(self._wire, actor, number))
        except DispaccioError:
            return None
