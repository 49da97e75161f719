"""Search and home page at 100,000 releases beside 1,000: over HTTP, from the cache and made anew.

``DISPACCIO_BENCH_RELEASES`` sets another size than 100,000; ``DISPACCIO_BENCH_DIR`` keeps the
filled homes for the next run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from itertools import count as counting
from urllib.parse import quote

from bench import _fill, _home, _load, _texts
from bench._home import Home, Process
from bench._numbers import line, percentile, spread
from dispaccio.wire.public import Public
from dispaccio.wire.shown import Shown

SMALL = 1_000
GOAL_SEARCH, GOAL_HOME = 30, 2
PAGE = 41
"""What a page of results asks the store for."""


def main(*, small: int = SMALL, large: int | None = None, rounds: int = 5, each: int = 100) -> None:
    large = large or int(os.environ.get("DISPACCIO_BENCH_RELEASES", "100000"))
    home_pages: dict[int, list[float]] = {}
    for count in (small, large):
        with _home.scratch() as folder:
            home = _fill.filled(folder / "home", count)
            line(f"{count:,} releases", "")
            searched = _store(home, count, rounds, each)
            with _home.serve(home, cpu=None) as server:
                line("  memory of the server when it begins", f"{server.memory():.0f} MB")
                home_pages[count] = _pages(server, rounds, each)
                _searches(server, rounds, each)
                line("  memory of the server after that", f"{server.memory():.0f} MB")
        if count == large:
            line("slowest kind of query, p99", f"{searched:.1f} ms", f"<= {GOAL_SEARCH} ms")
    ratios = [b / a for a, b in zip(home_pages[small], home_pages[large], strict=True)]
    line(f"home page, {large:,} beside {small:,}", spread(ratios), f"<= {GOAL_HOME}")


def queries() -> dict[str, str]:
    """Kinds of query, from words that the invented texts are made of."""
    english, chinese = _texts.words_of("en"), _texts.words_of("zh")
    return {
        "a common word": english[0],
        "a rare word": english[20_000],
        "two words, both common": f"{english[5]} {english[6]}",
        "two words, one rare": f"{english[0]} {english[9_000]}",
        "two Han characters": chinese[0] + chinese[1],
        "two rare Han characters": chinese[1_000] + chinese[1_001],
        "words that are nowhere together": f"{english[29_000]} {chinese[2_000]}",
        "the commonest of four languages": f"{english[0]} {_texts.words_of('de')[0]}",
    }


def _store(home: Home, count: int, rounds: int, each: int) -> float:
    """Search as the site asks the wire, without HTTP and templates; the worst p99 in ms."""
    worst = 0.0
    with home.open() as wire:
        public = Public(wire)
        for name, query in queries().items():

            def ask(query: str = query) -> list[Shown]:
                return public.search(query, PAGE, whole=False)

            took = _timed(ask, rounds * each)
            found = len(ask())
            p99 = percentile(took, 0.99)
            worst = max(worst, p99)
            middle = percentile(took, 0.5)
            line(f"  {name} ({found} shown)", f"median {middle:.2f} ms, p99 {p99:.2f} ms")
    return worst


def _pages(server: Process, rounds: int, each: int) -> list[float]:
    """The home page as the first reader after a change gets it, and then from memory."""
    anew = counting(1)
    made = []
    for _ in range(rounds):
        # An address with a query that no page looks at: the front has not seen it yet.
        took = _asked(server, [f"/?fresh={next(anew)}" for _ in range(each)])
        made.append(percentile(took, 0.5))
    kept = _asked(server, ["/"] * rounds * each)
    line("  home page made anew", spread(made, "ms"))
    line("  home page from the cache", f"median {percentile(kept, 0.5):.2f} ms")
    return made


def _searches(server: Process, rounds: int, each: int) -> None:
    for name, query in queries().items():
        paths = [f"/search?q={quote(query)}&fresh={turn}" for turn in range(rounds * each)]
        took = _asked(server, paths)
        p99 = percentile(took, 0.99)
        line(f"  search page, {name}", f"median {percentile(took, 0.5):.1f} ms, p99 {p99:.1f} ms")


def _asked(server: Process, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each request over one connection."""
    answers = _load.ask(server.port, [_load.request(path) for path in paths])
    if any(answer.status != 200 for answer in answers):
        raise RuntimeError("a page was not found")
    return [answer.took * 1000 for answer in answers]


def _timed(work: Callable[[], object], count: int) -> list[float]:
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        work()
        took.append((time.perf_counter() - begun) * 1000)
    return took
