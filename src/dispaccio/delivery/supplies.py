"""What the courier is given by the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dispaccio.delivery.carriers.base import Carrier, Enclosed, Means
from dispaccio.delivery.letter import Key
from dispaccio.delivery.seats import Seat
from dispaccio.delivery.signature import secret_bytes
from dispaccio.egress.policy import Policy
from dispaccio.store.endpoints import EndpointRow
from dispaccio.store.outbox import Load


@dataclass(frozen=True, slots=True)
class Packed:
    """A revision as one endpoint gets it. ``notes`` say what its profile changed or left out."""

    body: bytes
    media_type: str
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supplies:
    """What the courier is given by the wire.

    ``unwrap`` gives an endpoint's secrets; ``number`` writes an ordinal; ``pack`` makes what a load
    carries, None where the wire has nothing in that format; ``rendering`` the same revision in
    another format, by name, and ``files`` its pictures and files. The last three are called in a
    thread. ``hushed`` says whether many publications are being made, which the courier should leave
    the machine to. ``say`` tells the operator a sentence.
    """

    means: Means
    carriers: Mapping[str, Carrier]
    policy: Callable[[], Policy]
    unwrap: Callable[[EndpointRow], tuple[str, ...]]
    number: Callable[[int], str]
    pack: Callable[[Any, Load], Packed | None]
    rendering: Callable[[Load, str], bytes | None]
    files: Callable[[Load], Sequence[Enclosed]] = lambda load: ()
    hushed: Callable[[], bool] = lambda: False
    say: Callable[[str], None] = lambda sentence: None

    def keys(self, seat: Seat) -> tuple[Key, ...]:
        """What an endpoint's messages are signed with. Raises what ``unwrap`` raises."""
        found = seat.keys
        if found is None:
            found = tuple(Key(secret_bytes(text)) for text in self.unwrap(seat.row))
            if seat.row.before_until is None:  # else one of them is for a while
                seat.keys = found
        return found
