"""Writing and reading the formats of newsrooms: releases of 600 words a core-second.

Each is read twice: as this wire wrote it, with the disclosure that gives back the whole, and by its
own fields alone, as anybody's document is. For the latter the disclosure's digest is made wrong.
Seconds are processor time of this one process, so other work on the machine counts for nothing.
Then a document of 20 MB is read in a process of its own, with an emoji in every release, since a
text that holds one takes Python four bytes a character.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import _texts
from bench._numbers import line, spread
from dispaccio.formats.base import Format, Options
from dispaccio.formats.feeds.feed import of_one
from dispaccio.formats.feeds.kinds import KINDS
from dispaccio.formats.registry import formats
from dispaccio.release import dateline
from dispaccio.release.model import Revision, WireMark
from dispaccio.release.state import Kind, Status

NAMES = ("newsml-g2", "nitf", "ninjs")
GOAL_WRITE, GOAL_READ = 1_000, 500
LARGE, GOAL_MEMORY = 20_000_000, 200
MESSAGE = b'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>'
_BEGIN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_DIGEST = re.compile(rb'(digest(?:\\?"|&quot;):(?:\\?"|&quot;))[0-9a-f]{64}')


def main(*, rounds: int = 5, count: int = 300) -> None:
    releases = [_published(seed) for seed in range(count)]
    for name in NAMES:
        if found := formats().get(name):
            _measure(found, releases, rounds)
        else:
            line(f"{name}: not registered", "")
    _memory(releases)


def _memory(releases: Sequence[Revision]) -> None:
    with tempfile.TemporaryDirectory(prefix="dispaccio-bench-") as folder:
        for name in ("rss", "atom", "json-feed", "newsml-g2"):
            file = Path(folder) / name
            file.write_bytes(_large(name, releases))
            command = [sys.executable, "-m", "bench._reading", name, str(file)]
            count, most = subprocess.check_output(command, text=True).split()
            what = f"{name}: {file.stat().st_size / 1e6:.0f} MB with {count} releases, peak"
            line(what, f"{float(most):.0f} MB", f"<= {GOAL_MEMORY} MB")


def _large(name: str, releases: Sequence[Revision]) -> bytes:
    """A document of a good 20 MB; a feed's entries are taken again and again."""
    marked = [replace(said, headline=f"\N{RED APPLE} {said.headline}") for said in releases]
    kind = next((kind for kind in KINDS.values() if kind.format == name), None)
    pieces = [
        kind.entry(said) if kind else formats()[name].write(said).partition(b"?>")[2]
        for said in marked
    ]
    times = LARGE // sum(map(len, pieces)) + 1
    if kind:
        return kind.document(of_one(marked[0]), _BEGIN, pieces * times)
    return b"".join((MESSAGE, *pieces * times, b"</itemSet></newsMessage>"))


def _measure(chosen: Format, releases: Sequence[Revision], rounds: int) -> None:
    documents = [chosen.write(release) for release in releases]
    foreign = [_DIGEST.sub(rb"\g<1>" + b"0" * 64, document) for document in documents]
    if any(one == other for one, other in zip(documents, foreign, strict=True)):
        raise RuntimeError(f"{chosen.name}: no digest was found in what it wrote")
    options = Options()

    def rates(work: Callable[[], object]) -> str:
        work()
        return spread([len(releases) / _seconds(work) for _ in range(rounds)], digits=0)

    name, write, read = chosen.name, chosen.write, chosen.read
    line(f"{name}: bytes of one document", f"{sum(map(len, documents)) / len(documents):,.0f}")
    line(
        f"{name}: written a core-second",
        rates(lambda: [write(release) for release in releases]),
        f">= {GOAL_WRITE:,}",
    )
    line(
        f"{name}: read a core-second, as written",
        rates(lambda: [read(document, options) for document in documents]),
        f">= {GOAL_READ}",
    )
    line(
        f"{name}: read a core-second, by its own fields",
        rates(lambda: [read(document, options) for document in foreign]),
        f">= {GOAL_READ}",
    )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _published(seed: int) -> Revision:
    """An invented release as a wire publishes it, with number, times and dateline."""
    moment = _BEGIN + timedelta(minutes=seed)
    said = _texts.release(seed)
    number = str(100_000_001 + seed)
    return replace(
        said,
        id=f"urn:uuid:{seed:08d}-1c1f-4a51-9d0f-7f3a5b0c2d11",
        number=number,
        version=1,
        kind=Kind.ORIGINAL,
        status=Status.USABLE,
        url=f"https://wire.example/r/{number}",
        wire=WireMark("Ponte"),
        channel="ponte/all",
        dateline=dateline.compose(said.place, moment.date(), "Ponte", said.language),
        first_created=moment,
        version_created=moment,
        release_time=moment,
    )
