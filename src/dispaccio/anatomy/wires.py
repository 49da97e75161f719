"""The wires that leave marks in texts: their names, marks, hosts, and where their numbers stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from dispaccio.anatomy.prose import letters


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire: its name, how it signs datelines, its hosts, and its numbers.

    ``scheme`` is that of its identifiers; ``number`` a pattern with one group, searched in the
    path of its addresses; ``via`` a second wire that its mark names as well.
    """

    name: str
    marks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    scheme: str | None = None
    number: str | None = None
    via: str | None = None


WIRES = (
    Wire(
        "PR Newswire",
        ("PRNewswire", "PR Newswire", "美通社", "PRNewswire-FirstCall", "PRN"),
        ("prnewswire.com", "prnewswire.co.uk", "prnasia.com", "prnewswire.com.br"),
        "prnewswire",
        r"-(\d{9})\.html$",
    ),
    Wire("PR Newswire", ("PRNewswire-AsiaNet",), via="AsiaNet"),
    Wire("PR Newswire", ("ots/PRNewswire", "ots/PR Newswire"), via="news aktuell"),
    Wire("AsiaNet", ("AsiaNet", "AAP-AsiaNet", "MediaNet"), ("asianetnews.net",), "asianet"),
    Wire(
        "GlobeNewswire",
        ("GLOBE NEWSWIRE", "GlobeNewswire"),
        ("globenewswire.com",),
        "globenewswire",
        r"/news-release/\d{4}/\d\d/\d\d/(\d{4,})/",
    ),
    Wire(
        "Business Wire",
        ("BUSINESS WIRE", "BUSINESSWIRE"),
        ("businesswire.com",),
        "businesswire",
        r"/news/home/(\d{14})/",
    ),
    Wire(
        "news aktuell",
        ("ots", "news aktuell"),
        ("presseportal.de", "presseportal.ch", "newsaktuell.de"),
        "presseportal",
        r"/pm/\d+/(\d+)",
    ),
    Wire("APA-OTS", ("OTS", "APA-OTS"), ("ots.at",), "apa-ots", r"/(OTS_\d{8}_OTS\d{4})"),
    Wire("CNW", ("CNW", "CNW Group", "CNW Telbec"), ("newswire.ca",), "cnw", r"-(\d{9})\.html$"),
    Wire(
        "EQS Newswire",
        ("EQS Newswire", "DGAP", "EQS-News"),
        ("eqs-news.com",),
        "eqs",
    ),
    Wire(
        "ACCESS Newswire",
        ("ACCESS Newswire", "ACCESSWIRE"),
        ("accessnewswire.com", "accesswire.com"),
        "accesswire",
        r"/(\d{6,})/",
    ),
    Wire("ACN Newswire", ("ACN Newswire",), ("acnnewswire.com",), "acnnewswire"),
    Wire("Newsfile", ("Newsfile Corp.", "Newsfile"), ("newsfilecorp.com",), "newsfile", r"/(\d+)/"),
    Wire("EurekAlert!", ("EurekAlert!",), ("eurekalert.org",), "eurekalert", r"/releases/(\d+)"),
    Wire("idw", ("idw",), ("idw-online.de",), "idw", r"/(?:de/)?news(\d+)"),
    Wire("Xinhua", ("Xinhua", "新华社"), (), None),
    Wire("Immediapress", ("Immediapress",), ("immediapress.com",), "immediapress"),
    Wire("Adnkronos", ("Adnkronos",), ("adnkronos.com",), "adnkronos"),
    Wire("ANSA", ("ANSA",), ("ansa.it",), None),
    Wire("Europa Press", ("EUROPA PRESS",), ("europapress.es",), None),
)


def by_mark(mark: str) -> Wire | None:
    """The wire that signs datelines like this; the case tells ots from OTS."""
    return _exact().get(mark.strip()) or _folded().get(letters(mark))


def by_name(name: str) -> Wire | None:
    """The wire of that name."""
    return next((wire for wire in WIRES if letters(wire.name) == letters(name)), None)


def by_address(href: str) -> Wire | None:
    """The wire on whose host an address lies."""
    host = host_of(href)
    for wire in WIRES:
        if any(host == known or host.endswith("." + known) for known in wire.hosts):
            return wire
    return None


def number_in(wire: Wire, href: str) -> str | None:
    """The number that a wire's address bears."""
    found = re.search(wire.number, urlsplit(href).path) if wire.number else None
    return found[1] if found else None


def host_of(href: str) -> str:
    """The host of an address in lower case; nothing for what is not an address."""
    try:
        return (urlsplit(href).hostname or "").lower()
    except ValueError:
        return ""


@lru_cache(maxsize=1)
def _exact() -> dict[str, Wire]:
    return {mark: wire for wire in WIRES for mark in wire.marks}


@lru_cache(maxsize=1)
def _folded() -> dict[str, Wire]:
    return {letters(mark): wire for wire in reversed(WIRES) for mark in wire.marks}
