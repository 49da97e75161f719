"""The chain that a text came through, station by station, each with the passage that shows it."""

from __future__ import annotations

from dispaccio.anatomy import wires
from dispaccio.anatomy.disclaimer import stations
from dispaccio.anatomy.document import SpanKind
from dispaccio.anatomy.original import address_of
from dispaccio.anatomy.work import Work
from dispaccio.release.model import Hop

CREATED, ENHANCED = "created", "enhanced"


def take(work: Work) -> None:
    """State the hops: issuer, wire, and those whom disclaimers and channels name, each once."""
    chain: list[Hop] = []
    if work.issuer:
        chain.append(Hop(work.issuer.name, CREATED, None, work.issuer.evidence))
    chain += _wires(work)
    for _, passage in work.of(SpanKind.DISCLAIMER):
        chain += (
            Hop(found.party, ENHANCED, None, found.evidence) for found in stations(passage.text)
        )
    for _, passage in work.of(SpanKind.CHANNEL):
        wire = wires.by_address(address_of(passage) or "")
        if wire:
            chain.append(Hop(wire.name, ENHANCED, None, passage.text))
    once: dict[str, Hop] = {}
    for hop in chain:
        once.setdefault(hop.party, hop)
    work.say(hops=tuple(once.values()))


def _wires(work: Work) -> list[Hop]:
    """The wire, shown by the dateline, by the line that names it, or by the original's address."""
    dateline, wire = work.said.dateline, work.said.wire
    if dateline and dateline.wire:
        named = [dateline.wire, *([work.via] if work.via else [])]
        return [Hop(name, ENHANCED, dateline.day, dateline.text) for name in named]
    if not wire:
        return []
    for _, passage in work.of(SpanKind.ISSUER, SpanKind.ORIGINAL):
        shown = wires.by_address(address_of(passage) or "")
        if wire.name in passage.text or (shown and shown.name == wire.name):
            return [Hop(wire.name, ENHANCED, None, passage.text)]
    return []
