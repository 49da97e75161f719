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

from bench import _fill, _home, _texts
from bench._numbers import line, spread
from dispaccio.formats import atom, json_feed, rss
from dispaccio.formats.base import Options
from dispaccio.formats.feeds.feed import Feed
from dispaccio.release.model import Revision
from dispaccio.site import feed as pages
from dispaccio.testing.releases import PUBLISHED
from dispaccio.wire.public import Public

FEED = Feed("Wire", "https://wire.example/f", "https://wire.example/", "https://wire.example/f")
GOAL, PAGE_GOAL = 1.3, 1.5
COUNT = 60


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
    _page()


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


def _page() -> None:
    """A page after a public change: the other entries were written before."""
    with _home.scratch() as folder:
        home = _fill.filled(folder / "home", 1000)
        with home.open() as wire:
            for path in ("/atom.xml", "/rss.xml", "/feed.json"):
                asked = {"type": "http", "method": "GET", "path": path, "query_string": b""}
                request = Request({**asked, "headers": [], "server": ("x", 80), "scheme": "http"})
                public = Public(wire)
                first = 1000 * _cpu(lambda: pages.everything(public, request))  # noqa: B023
                found = []
                for _ in range(20):
                    for change in wire.changed:
                        change()
                    found.append(1000 * _cpu(lambda: pages.everything(public, request)))  # noqa: B023
                line(f"{path}, 50 entries: ms", spread(found), f"<= {PAGE_GOAL}")
                line("  the first time, every entry written", f"{first:.1f}")


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
