"""Every format that is read has its broken samples, or a word why a defect makes no sense in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispaccio.errors import InputError
from dispaccio.formats.base import Options
from dispaccio.formats.registry import by_name, formats
from tests.support.broken import FOLDER, samples

READERS = sorted(name for name, format in formats().items() if format.about.reads)
DEFECTS = {
    "truncated": ("truncated",),
    "wrong-root": ("wrong-root",),
    "two-bodies": ("two-bodies",),
    "missing-id": ("missing-id", "missing-number", "no-uri", "no-guid"),
    "impossible-date": ("impossible-da",),
    "unknown-charset": ("unknown-charset", "not-utf-8", "bytes-of-another-charset"),
}
OLD_NAMES = {"newsml-1": "newsml1"}


@pytest.mark.parametrize("name", READERS)
def test_every_usual_defect_has_a_sample_or_a_reason(name: str) -> None:
    folder = FOLDER / OLD_NAMES.get(name, name)
    reasons = folder / "ABSENT"
    absent = reasons.read_text("utf-8").splitlines() if reasons.exists() else []
    told = dict(line.split(": ", 1) for line in absent)
    files = [path.name for path in folder.iterdir()]
    for defect, names in DEFECTS.items():
        has = any(file.startswith(names) for file in files)
        assert has != bool(told.get(defect)), defect


@pytest.mark.parametrize(
    ("name", "path", "code"),
    [
        pytest.param(name, *param.values, id=f"{name}-{param.id}")  # type: ignore[attr-defined]
        for name in ("dispaccio", "markdown", "text")
        for param in samples(name)
    ],
)
def test_broken_samples(name: str, path: Path, code: str) -> None:
    with pytest.raises(InputError) as raised:
        by_name(name).read(path.read_bytes(), Options())
    assert raised.value.code() == code
