"""Readers fed with damaged documents, for a time, in a process of their own.

``python -m tests.support.fuzz nitf --seconds 30`` ends with 1 and a sentence when a reader raises
what is no error of this product, takes longer than 2 s of processor time (or 2 ms a release, where
there are more than 1,000), makes the process grow by more than 256 MB, or when what was read cannot
be written in every format, or comes back from a lossless one as something else. Every round has
chance of its own, so that one round can be repeated alone:
``python -m tests.support.fuzz nitf --seed 7 --round 1234 --keep document``.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from dispaccio.errors import DispaccioError
from dispaccio.formats import registry
from dispaccio.formats.base import Format, Options
from dispaccio.formats.convert import convert
from dispaccio.release.canonical import canonical_bytes
from dispaccio.release.model import ItemKind, Reading, Revision
from dispaccio.release.notice import shown
from dispaccio.testing import formats as contract
from dispaccio.testing import releases
from tests.support.mutations import mutated
from tests.support.source import ROOT

SECONDS_EACH, SECONDS_A_RELEASE = 4.0, 0.002
"""The processor time that one document may take, and that of each release where there are many.

The goal is 2 s for a document; a machine that does other things takes longer.
"""
_STOP_READING, _STOP_WRITING = 10.0, 60.0
BYTES_MORE = 256 * 1024 * 1024
_WRITTEN = 3
_ZONES = (None, ZoneInfo("Europe/Rome"))
_CHARSETS = (None, None, None, "windows-1252", "utf-16", "hex")


class Hangs(BaseException):
    """No Exception, so that no reader can catch it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a reader did wrong in which round, and with which document."""

    round: int
    what: str
    data: bytes


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """Whole documents of a format: samples, and all that is written in every state of a release."""
    return tuple(data for data in _documents() if registry.detect(data).name == name)


@cache
def _documents() -> tuple[bytes, ...]:
    files = sorted(path for path in (ROOT / "tests" / "data").rglob("*") if path.is_file())
    found = [path.read_bytes() for path in files]
    for writer in registry.formats().values():
        if writer.about.writes:
            found.extend(writer.write(revision) for _, revision in releases.in_every_state())
    return tuple(dict.fromkeys(data for data in found if len(data) < 200_000))


def document(name: str, seed: int, number: int) -> tuple[bytes, Options]:
    """The document of one round, and how it is read."""
    chance = Random(f"{name}/{seed}/{number}")
    whole = seeds(name)
    data = mutated(chance.choice(whole), whole, chance)
    return data, Options(chance.choice(_ZONES), chance.choice(_CHARSETS))


def fault(format: Format, data: bytes, options: Options) -> str | None:
    """What is wrong with the reading of one document; None if nothing is."""
    signal.signal(signal.SIGVTALRM, _hangs)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        found = _read(format, data, options)
    except Hangs:
        return f"a reading took more than {_STOP_READING} s and was stopped"
    except Exception:
        return traceback.format_exc(limit=-12)
    took = time.process_time() - began
    if took > max(SECONDS_EACH, SECONDS_A_RELEASE * len(found)):
        return f"the reading took {took:.1f} s"
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    if more > BYTES_MORE:
        return f"the process grew by {more:,} bytes"
    try:
        _write(found)
    except Hangs:
        return f"writing what was read took more than {_STOP_WRITING} s and was stopped"
    except Exception:
        return traceback.format_exc(limit=-12)
    return None


def _hangs(*_: Any) -> None:
    raise Hangs


def _read(format: Format, data: bytes, options: Options) -> list[Reading]:
    """As the wire reads: recognised, then read; refusing a document is a good answer."""
    signal.setitimer(signal.ITIMER_VIRTUAL, _STOP_READING)
    try:
        registry.detect(data)
        found = registry.read(data, format.name, options)
    except DispaccioError as error:
        refused = error
    else:
        refused = None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    if refused:
        assert refused.message.strip(), "an error without a sentence"
        return []
    assert found, "neither a release nor an error"
    assert all(reading.format for reading in found)
    return found


def _write(found: list[Reading]) -> None:
    """Whatever was read can be written in every format, and comes back from the lossless ones."""
    signal.setitimer(signal.ITIMER_VIRTUAL, _STOP_WRITING)
    try:
        texts = [reading for reading in found if reading.item is ItemKind.TEXT][:_WRITTEN]
        for writer in registry.formats().values():
            if writer.about.writes:
                for reading in texts:
                    for made in convert([reading], writer).written:
                        _comes_back(writer, reading.revision, made.body)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _comes_back(writer: Format, revision: Revision, body: bytes) -> None:
    if writer.about.lossless:
        (back,) = writer.read(body, Options())
        wanted = revision if writer.name == contract.NATIVE else shown(revision)
        assert canonical_bytes(back.revision) == canonical_bytes(wanted), writer.name


def faults(name: str, seed: int, seconds: float) -> Iterator[Fault | int]:
    """Every fault that is found within a time, and at the end the number of rounds."""
    format, number = registry.by_name(name), 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        data, options = document(name, seed, number)
        if found := fault(format, data, options):
            yield Fault(number, found, data)
        number += 1
    yield number


def main() -> int:
    """Fuzz one format; the exit code says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--round", type=int, help="repeat this round alone")
    parser.add_argument("--keep", type=Path, help="write the document of the round here")
    parser.add_argument("--all", action="store_true", help="go on after a fault")
    asked = parser.parse_args()
    if asked.round is not None:
        data, options = document(asked.format, asked.seed, asked.round)
        if asked.keep:
            asked.keep.write_bytes(data)
        found = fault(registry.by_name(asked.format), data, options)
        print(found or "nothing is wrong")
        return bool(found)
    return _run(asked)


def _run(asked: argparse.Namespace) -> int:
    """Rounds until the time is over, or a fault is found; each fault with the way to repeat it."""
    code = 0
    for told in faults(asked.format, asked.seed, asked.seconds):
        if isinstance(told, int):
            print(f"{asked.format}: {told:,} rounds with seed {asked.seed}")
            continue
        code = 1
        again = f"python -m tests.support.fuzz {asked.format} --seed {asked.seed}"
        print(f"{again} --round {told.round}\n{told.what}\n{told.data[:300]!r}", flush=True)
        if not asked.all:
            break
    return code


if __name__ == "__main__":
    sys.exit(main())
