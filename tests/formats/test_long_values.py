"""Texts filled with one sign, thousands of times: writing them and reading them stay quick."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from dispaccio.errors import DispaccioError
from dispaccio.formats import codec, registry
from dispaccio.formats.base import Options
from dispaccio.formats.convert import convert
from dispaccio.release.model import Reading, Revision
from dispaccio.testing import releases

BYTES, SECONDS = 50_000, 10.0
SIGNS = (" ", "a", "9", "- ", "a\n", "Aa ")


def _texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all texts in encoded data."""
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    elif isinstance(value, str):
        yield path
    for key, below in children:
        yield from _texts(below, (*path, key))


def _places() -> dict[str, tuple[dict[str, Any], tuple[Any, ...]]]:
    """Each text that a release can have, by name, with a release that has it."""
    found: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {}
    for _, revision in releases.in_every_state():
        encoded = codec.encode(revision)
        for path in _texts(encoded):
            name = ".".join("n" if isinstance(key, int) else key for key in path)
            found.setdefault(name, (encoded, path))
    return found


PLACES = _places()


def _filled(place: str, filling: str) -> Revision | None:
    """A release with a long text in one place; None where nothing so long may stand."""
    encoded, path = PLACES[place]
    changed = json.loads(json.dumps(encoded))
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    text = holder[path[-1]]
    holder[path[-1]] = text[:3] + filling + text[-3:]
    try:
        return codec.decode(Revision, changed)
    except DispaccioError:
        return None


def _hangs(*_: Any) -> None:
    raise AssertionError(f"took more than {SECONDS} s")


@pytest.mark.long
@pytest.mark.parametrize("place", sorted(PLACES))
def test_a_long_text_hangs_no_writer_and_no_reader(place: str) -> None:
    signal.signal(signal.SIGVTALRM, _hangs)
    for sign in SIGNS:
        revision = _filled(place, sign * (BYTES // len(sign)))
        if revision is None:
            continue
        for format in registry.formats().values():
            if not format.about.writes:
                continue
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            try:
                for made in convert([Reading("dispaccio", revision)], format).written:
                    registry.read(made.body, format.name, Options())
            except DispaccioError:
                pass
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
