"""Archive import: releases a second of ``dispaccio import --archive``, and memory as it grows.

10,000 files of 600 words, the formats of the day in turn, brought in by the command itself in a
process of its own, on one core; first into a home without a server. The memory is the process's
largest resident set after a tenth of the files and after all of them, which has to stay flat.
Each rate is by the clock and by processor time, which other work on the machine changes less.
``DISPACCIO_BENCH_COUNT`` sets another number of files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import _home, _texts
from bench._numbers import line
from dispaccio.formats.registry import formats

GOAL = 200
COUNT = 10_000
FORMATS = ("dispaccio", "ninjs", "text")
_RUN = """
import resource, sys
from dispaccio.cli import main
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_maxrss * 1024 / 1e6, used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(code)
"""


def main() -> None:
    count = int(os.environ.get("DISPACCIO_BENCH_COUNT", COUNT))
    with _home.scratch() as folder:
        names = _write(folder / "old", count)
        line("files", f"{count:,}, {len(FORMATS)} formats")
        tenth, whole = folder / "tenth", folder / "whole"
        for where, every in ((tenth, 10), (whole, 1)):
            where.mkdir()
            for name in names[::every]:
                (where / name.name).hardlink_to(name)
        small = _bring_in(_home.make(folder / "small").folder, tenth).memory
        home = _home.make(folder / "large")
        done = _bring_in(home.folder, whole)
        line("releases a second, no server, one core", done.rates(count), f">= {GOAL}")
        memory = f"{small:,.0f} and {done.memory:,.0f} MB"
        line("memory after a tenth of them, and after all", memory)
        done = _bring_in(home.folder, whole)
        line("files a second, when all are there already", done.rates(count))
        served = _home.make(folder / "served")
        with _home.serve(served) as server:
            _bring_in(served.folder, tenth, cpu=_home.CLIENT_CPU)
            small, used = server.memory(), server.cpu()
            done = _bring_in(served.folder, whole, cpu=_home.CLIENT_CPU)
            used = server.cpu() - used
            line("releases a second, through a server on one core", f"{count / done.took:,.0f}")
            line("  a core-second of the server", f"{0.9 * count / used:,.0f}", f">= {GOAL}")
            memory = f"{small:,.0f} and {server.memory():,.0f} MB"
            line("  its memory after a tenth of them, and after all", memory)
        size = sum(path.stat().st_size for path in home.folder.glob("wire.db*"))
        line("database, each release", f"{size / count / 1000:,.1f} kB")


def _write(folder: Path, count: int) -> list[Path]:
    """The files of an archive; their texts differ, and each states its date."""
    folder.mkdir()
    names = []
    for seed in range(count):
        format = formats()[FORMATS[seed % len(FORMATS)]]
        said = _texts.archived(seed)
        names.append(folder / f"{seed:06}{format.about.suffixes[0]}")
        names[-1].write_bytes(format.write(said))
    return names


@dataclass(frozen=True, slots=True)
class Done:
    """One import: the most memory of its process (MB), its processor time and the clock's (s)."""

    memory: float
    cpu: float
    took: float

    def rates(self, count: int) -> str:
        """So many a second, by the clock and by processor time."""
        return f"{count / self.took:,.0f}, {count / self.cpu:,.0f} a core-second"


def _bring_in(home: Path, folder: Path, *, cpu: int = _home.SERVER_CPU) -> Done:
    """Bring in a folder, by a process of its own."""
    command = ["import", str(folder), "--archive", "--home", str(home), "--json"]
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *command],
        capture_output=True,
        check=False,
        text=True,
        preexec_fn=lambda: _home.pin(cpu),
    )
    took = time.monotonic() - begun
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    said = json.loads(done.stdout)
    if said["links"] or said["left_out"] or not said["new"] + said["known"]:
        raise RuntimeError(f"Not everything came in: {done.stdout[-2000:]}")
    memory, used = map(float, done.stderr.split()[-2:])
    return Done(memory, used, took)
