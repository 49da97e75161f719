"""Readers fed with damaged documents, for a time, in a process of their own.

``python -m tests.support.fuzz nitf --seconds 30`` ends with 1 and a sentence when a reader raises
what is no error of this product, takes longer than 2 s, or makes the process grow by more than
256 MB. Every round has chance of its own, so that one round can be repeated alone:
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
from dispaccio.release.model import Reading
from dispaccio.release.notice import shown
from dispaccio.testing import releases
from tests.support.mutations import mutated
from tests.support.source import ROOT

SECONDS_EACH = 2.0
"""The processor time that one document may take."""
BYTES_MORE = 256 * 1024 * 1024
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
    format = registry.by_name(name)
    return tuple(data for data in _documents() if format.about.recognises(data))


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
    chance = Random(f"{name}/{seed}/{number}")  # noqa: S311
    whole = seeds(name)
    data = mutated(chance.choice(whole), whole, chance)
    return data, Options(chance.choice(_ZONES), chance.choice(_CHARSETS))


def fault(format: Format, data: bytes, options: Options) -> str | None:
    """What is wrong with the reading of one document; None if nothing is."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        found = _read(format, data, options)
    except Hangs:
        return f"a reading took more than {SECONDS_EACH * 5} s and was stopped"
    except Exception:  # noqa: BLE001
        return traceback.format_exc(limit=-12)
    took = time.process_time() - began
    if took > SECONDS_EACH:
        return f"the reading took {took:.1f} s"
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    if more > BYTES_MORE:
        return f"the process grew by {more:,} bytes"
    try:
        _write(found)
    except Hangs:
        return "writing what was read took too long and was stopped"
    except Exception:  # noqa: BLE001
        return traceback.format_exc(limit=-12)
    return None


def _read(format: Format, data: bytes, options: Options) -> list[Reading]:
    """As the wire reads: recognised, then read; refusing a document is a good answer."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_EACH * 5)
    try:
        registry.detect(data)
        found = registry.read(data, format.name, options)
    except DispaccioError as error:
        assert error.message.strip(), "an error without a sentence"
        return []
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    assert found, "neither a release nor an error"
    assert all(reading.format for reading in found)
    return found


def _write(found: list[Reading]) -> None:
    """Whatever was read can be written in every format, and the native one gives it back."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_EACH * 20)
    try:
        for writer in registry.formats().values():
            if not writer.about.writes:
                continue
            made = convert(found[:3], writer)
            texts = [reading for reading in found[:3] if reading.item == "text"]
            for written, reading in zip(made.written, texts, strict=True):
                if writer.about.lossless:
                    (back,) = writer.read(written.body, Options())
                    said = reading.revision
                    said = said if writer.name == "dispaccio" else shown(said)
                    assert canonical_bytes(back.revision) == canonical_bytes(said), writer.name
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def faults(name: str, seed: int, seconds: float, first: int = 0) -> Iterator[Fault | int]:
    """Every fault that is found within a time, and at the end the number of rounds."""
    format, number = registry.by_name(name), first
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        data, options = document(name, seed, number)
        if found := fault(format, data, options):
            yield Fault(number, found, data)
        number += 1
    yield number - first


def _hangs(*_: Any) -> None:
    raise Hangs


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
    signal.signal(signal.SIGVTALRM, _hangs)
    if asked.round is not None:
        data, options = document(asked.format, asked.seed, asked.round)
        if asked.keep:
            asked.keep.write_bytes(data)
        found = fault(registry.by_name(asked.format), data, options)
        print(found or "nothing is wrong")
        return bool(found)
    code = 0
    for told in faults(asked.format, asked.seed, asked.seconds):
        if isinstance(told, int):
            print(f"{asked.format}: {told:,} rounds")
            continue
        code = 1
        again = f"python -m tests.support.fuzz {asked.format} --seed {asked.seed}"
        print(f"{again} --round {told.round}\n{told.what}\n{told.data[:300]!r}", flush=True)
        if not asked.all:
            break
    return code


if __name__ == "__main__":
    sys.exit(main())
