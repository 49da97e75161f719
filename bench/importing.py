"""Archive import: releases a second of ``dispaccio import --archive``, and memory as it grows.

10,000 files of 600 words, the formats of the day in turn, brought in by the command itself in a
process of its own, on one core; first into a home without a server. The memory is the process's
largest resident set after a tenth of the files and after all of them, which has to stay flat.
``DISPACCIO_BENCH_COUNT`` sets another number of files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
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
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, file=sys.stderr)
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
                (where / name.name).symlink_to(name)
        small, _ = _bring_in(_home.make(folder / "small").folder, tenth)
        home = _home.make(folder / "large")
        large, took = _bring_in(home.folder, whole)
        line("releases a second, no server, one core", f"{count / took:,.0f}", f">= {GOAL}")
        line("memory after a tenth of them, and after all", f"{small:,.0f} and {large:,.0f} MB")
        _, took = _bring_in(home.folder, whole)
        line("files a second, when all are there already", f"{count / took:,.0f}")
        served = _home.make(folder / "served")
        with _home.serve(served) as server:
            before = server.memory()
            _, took = _bring_in(served.folder, whole, cpu=_home.CLIENT_CPU)
            line("releases a second, through a server on one core", f"{count / took:,.0f}")
            line(
                "memory of the server before and after",
                f"{before:,.0f} and {server.memory():,.0f} MB",
            )
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


def _bring_in(home: Path, folder: Path, *, cpu: int = _home.SERVER_CPU) -> tuple[float, float]:
    """Bring in a folder; the largest memory of the process (MB), and the seconds it took."""
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
    return float(done.stderr.split()[-1]), took
