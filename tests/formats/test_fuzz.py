"""Every registered reader fed with damaged documents: a format is fuzzed by being registered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from random import Random

import pytest

from dispaccio.errors import MalformedDocument
from dispaccio.formats import registry
from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name, formats
from dispaccio.formats.text import text
from dispaccio.release.model import Reading
from tests.support import fuzz
from tests.support.mutations import MAX_BYTES, MUTATIONS, mutated
from tests.support.source import ROOT

READERS = sorted(name for name, format in formats().items() if format.about.reads)
SECONDS = 30


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_nothing_breaks_a_reader(name: str) -> None:
    """In a process of its own, whose memory can be measured; what failed says how to repeat it."""
    command = [sys.executable, "-m", "tests.support.fuzz", name, f"--seconds={SECONDS}"]
    command.append(f"--seed={os.environ.get('DISPACCIO_FUZZ_SEED', '991')}")
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", READERS)
def test_every_format_has_documents_to_damage(name: str) -> None:
    whole = fuzz.seeds(name)
    assert len(whole) > 1
    assert fuzz.document(name, 1, 2) == fuzz.document(name, 1, 2), "a round cannot be repeated"
    read = [data for data in whole if _is_read(name, data)]
    assert read, "no document is whole"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_mutation_takes_any_document(mutation: Callable[..., bytes]) -> None:
    for round_, data in enumerate(
        (b"", b"\xff", b"[]", b"1", b"<a/>", b'{"a": 1}', b"Title\n\nA b.")
    ):
        assert isinstance(mutation(data, [data], Random(round_)), bytes)
    assert len(mutated(b"<a>" * MAX_BYTES, [b"b"], Random(1))) <= MAX_BYTES


def _raises(data: bytes, options: Options) -> list[Reading]:
    raise KeyError("a")


def _hangs(data: bytes, options: Options) -> list[Reading]:
    while True:
        pass


def _finds_nothing(data: bytes, options: Options) -> list[Reading]:
    return []


def _eats(data: bytes, options: Options) -> list[Reading]:
    raise MalformedDocument(str(len(b"x" * 2**29)))


@pytest.mark.parametrize(
    ("read", "what"),
    [
        (_raises, "KeyError"),
        (_hangs, "was stopped"),
        (_finds_nothing, "neither a release nor an error"),
        (_eats, "grew by"),
    ],
)
def test_it_sees_what_a_reader_does_wrong(
    read: Callable[..., list[Reading]], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(text), "read", staticmethod(read))
    monkeypatch.setattr(fuzz, "_STOP_READING", 0.2)
    assert what in str(fuzz.fault(by_name("text"), b"Title\n\nA text.", Options()))


def test_a_document_that_is_refused_is_no_fault() -> None:
    assert fuzz.fault(by_name("nitf"), b"<nitf>", Options()) is None


def _is_read(name: str, data: bytes) -> bool:
    try:
        return bool(registry.read(data, name))
    except Exception:
        return False
