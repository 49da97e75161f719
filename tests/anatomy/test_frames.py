"""Releases in twenty frames: each reading is exactly what a person wrote down beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.anatomy.frames import SAMPLES, said


def test_there_are_enough() -> None:
    assert len(SAMPLES) >= 20


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_reading_gives_what_the_text_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    assert said(path.read_bytes(), path) == expected
