"""A picture of 20 MB: how long until what is published of it is there, and in how much memory.

A JPEG and a PNG of about 20 MB each go the whole way: sealed into the vault, decoded in a process
of their own, smaller ones made, words written in, sealed again. Seconds by the clock, and of
processor time, which other work on the machine leaves alone. Then: what ten pictures add to
approving and publishing, and how fast a file is read out of the vault.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from PIL import Image

from bench._numbers import line, spread
from dispaccio.embargo import files as vault
from dispaccio.testing import home as homes
from dispaccio.wire import files, submit
from dispaccio.wire.filed import About
from dispaccio.wire.publish import publish
from dispaccio.wire.submit import Handed

ABOUT = About("gate.jpg", "A gate", "Rossi", "Free for the press", "The gate at dusk")
ROUNDS, OPENED = 5, 10


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("JPEG", _jpeg()), ("PNG", _png())):
            _processed(Path(folder) / name, name, data)
        _published(Path(folder))
        _read(Path(folder))


def _processed(folder: Path, name: str, data: bytes) -> None:
    wire = homes.make(folder).open()
    anna = homes.actor(wire, "anna")
    times, work = [], []
    for index in range(ROUNDS):
        id = submit.submit(wire, anna, _text(index)).id
        began, worked = perf_counter(), _worked()
        files.add(wire, anna, id, vault.keep(wire.home, [data]), ABOUT)
        times.append(perf_counter() - began)
        work.append(_worked() - worked)
    wire.store.close()
    size = f"{name} of {len(data) / 1e6:.1f} MB"
    line(f"{size}, by the clock", spread(times, "s"), "<= 3 s")
    line(f"{size}, processor time", spread(work, "s"))
    (folder / "picture").write_bytes(data)
    line(f"{size}, most memory of its process", f"{_peak(folder / 'picture')} MB", "<= 300 MB")


def _worked() -> float:
    """Processor seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak(picture: Path) -> int:
    """The most memory of the worker alone, measured by a process that is small itself."""
    script = (
        "import resource,subprocess,sys;"
        "subprocess.run([sys.executable,'-I','-m','dispaccio.media.worker'],"
        "stdin=open(sys.argv[1],'rb'),stdout=subprocess.DEVNULL,check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss//1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, picture], capture_output=True, check=True, text=True
    )
    return int(done.stdout)


def _published(folder: Path) -> None:
    """The publishing transaction with ten pictures, beside one without."""
    wire = homes.make(folder / "published").open()
    anna, dora = homes.actor(wire, "anna"), homes.actor(wire, "dora")
    small = io.BytesIO()
    Image.new("RGB", (600, 400), "red").save(small, "JPEG")
    for count in (0, OPENED):
        times = []
        for index in range(ROUNDS):
            id = submit.submit(wire, anna, _text(1000 + count + 100 * index)).id
            for _ in range(count):
                original = vault.keep(wire.home, [small.getvalue()])
                files.add(wire, anna, id, original, ABOUT)
            began = perf_counter()
            publish(wire, dora, id, confirm=True)
            times.append(perf_counter() - began)
        line(f"approving and publishing, {count} pictures", spread([t * 1e3 for t in times], "ms"))
    wire.store.close()


def _read(folder: Path) -> None:
    stored = vault.keep(folder, (os.urandom(1 << 20) for _ in range(50)))
    began = perf_counter()
    size = sum(len(piece) for piece in vault.read(folder, stored))
    line("read out of the vault", f"{size / (perf_counter() - began) / 1e6:,.0f} MB/s")


def _text(index: int) -> Handed:
    return Handed(
        json.dumps(homes.document(f"Text {index}", text=f"Number {index}.")).encode(),
        "application/json",
    )


def _noise(width: int, height: int, coarse: int) -> Image.Image:
    """Something with as much detail as a photograph has."""
    drawn = random.Random(7)
    bands = [
        Image.frombytes(
            "L",
            (width // coarse, height // coarse),
            drawn.randbytes((width // coarse) * (height // coarse)),
        ).resize((width, height))
        for _ in range(3)
    ]
    return Image.merge("RGB", bands)


def _jpeg() -> bytes:
    file = io.BytesIO()
    _noise(9000, 6000, 3).save(file, "JPEG", quality=78)
    return file.getvalue()


def _png() -> bytes:
    file = io.BytesIO()
    _noise(3600, 2400, 3).save(file, "PNG", compress_level=1)
    return file.getvalue()
