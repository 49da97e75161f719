"""Broken samples: files named after their defect, and the code of the error that they deserve.

A folder's file ``ABSENT`` says which of the usual defects its format cannot have, and why.
"""

from __future__ import annotations

import pytest

from tests.support.source import ROOT

FOLDER = ROOT / "tests" / "data" / "broken"


def samples(folder: str) -> list[object]:
    """Path and expected code of every file in a folder, as its file ``EXPECTED`` lists them."""
    here = FOLDER / folder
    told = dict(line.split() for line in (here / "EXPECTED").read_text("utf-8").splitlines())
    files = {path.name for path in here.iterdir()} - {"EXPECTED", "ABSENT"}
    assert files == told.keys(), "a sample without its code, or a code without its sample"
    return [pytest.param(here / name, code, id=name) for name, code in sorted(told.items())]
