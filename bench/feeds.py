"""Reading feeds beside feedparser, and a page of 50 entries as the site makes it.

feedparser only parses; ours also takes each text apart. The feed of ours has its parts marked, that
of strangers has to be taken apart. Needs feedparser: `make .venv/.dev`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request

from bench import _fill, _home, _load, _texts
from bench._home import Home, Process
from bench._numbers import line, spread
from dispaccio.formats import atom, json_feed, rss
from dispaccio.formats.base import Options
from dispaccio.formats.feeds.feed import Feed
from dispaccio.formats.feeds.kinds import KINDS, FeedKind
from dispaccio.release.model import Revision
from dispaccio.site import feed as pages
from dispaccio.testing.releases import PUBLISHED
from dispaccio.wire.public import Public

FEED = Feed("Wire", "https://wire.example/f", "https://wire.example/", "https://wire.example/f")
GOAL, PAGE_GOAL = 1.3, 1.5
COUNT = 60
TIMES = 100


def main(*, rounds: int = 5) -> None:
    revisions = [_public(seed) for seed in range(COUNT)]
    for format, write in (
        (atom.atom, atom.write),
        (rss.rss, rss.write),
        (json_feed.json_feed, json_feed.write),
    ):
        ours = write(FEED, revisions)
        strangers = ours.replace(b"dispaccio", b"stranger")
        for name, data in (("ours", ours), ("a stranger's", strangers)):
            _read(f"{format.about.title}, {name}", data, format.read, rounds)
    _pages()


def _read(name: str, data: bytes, read: Callable[..., object], rounds: int) -> None:
    peer = _feedparser()
    figures, shares = [], []
    for _ in range(rounds):
        used = _cpu(lambda: read(data, Options()))
        figures.append(COUNT / used)
        if peer and data.startswith(b"<"):
            shares.append(used / _cpu(lambda: peer(data)))
    line(f"{name}: releases of 600 words per processor second", spread(figures, digits=0))
    if shares:
        line("  processor time, feedparser alone = 1", spread(shares), f"<= {GOAL}")


def _pages() -> None:
    with _home.scratch() as folder:
        home = _fill.filled(folder / "home", 1000)
        for kind in KINDS.values():
            _page(home, kind)
        _home.pin(_home.CLIENT_CPU)
        with _home.serve(home) as server:
            for kind in KINDS.values():
                _over_http(server, kind)


def _page(home: Home, kind: FeedKind) -> None:
    """Made by the wire's own code, as after every publication: nothing of it is in memory."""
    path = f"/{kind.name}"
    asked = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    request = Request({**asked, "server": ("x", 80), "scheme": "http"})
    with home.open() as wire:
        public = Public(wire)
        first = 1000 * _cpu(lambda: pages.everything(public, request))
        found, query = [], []
        for _ in range(TIMES):
            for change in wire.changed:
                change()
            found.append(1000 * _cpu(lambda: pages.everything(public, request)))
            query.append(1000 * _cpu(lambda: public.changed(kind, pages.ENTRIES + 1)))
    line(f"{path}, 50 entries, cold: ms", spread(found), f"<= {PAGE_GOAL}")
    line("  of that: the query with the entries' bytes", spread(query))
    line("  the first after the start, with the connection", f"{first:.2f}")


def _over_http(server: Process, kind: FeedKind) -> None:
    """Through the whole server; a query of its own keeps each request away from kept answers."""
    for name, headers in (("", {}), (", gzip", {"Accept-Encoding": "gzip"})):
        wanted = [_load.request(f"/{kind.name}?{n}", headers=headers) for n in range(TIMES)]
        _load.ask(server.port, wanted[:5])
        begun = server.cpu()
        answers = _load.ask(server.port, wanted[5:])
        used = 1000 * (server.cpu() - begun) / len(answers)
        took = spread([1000 * answer.took for answer in answers])
        line(f"/{kind.name} over HTTP, cold{name}: ms by the clock", took)
        line("  processor time", f"{used:.2f}")


def _public(seed: int) -> Revision:
    number = str(100_000_001 + seed)
    return replace(
        _texts.release(seed),
        id=f"urn:uuid:{uuid.UUID(int=seed)}",
        number=number,
        version=1,
        url=f"https://wire.example/r/{number}",
        first_created=PUBLISHED,
        version_created=PUBLISHED,
    )


def _feedparser() -> Callable[[bytes], object] | None:
    try:
        import feedparser
    except ImportError:
        return None
    parse: Callable[[bytes], object] = feedparser.parse
    return parse


def _cpu(do: Callable[[], object]) -> float:
    begun = time.process_time()
    do()
    return time.process_time() - begun
