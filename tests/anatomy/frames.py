"""The sample releases of tests/data/frames and what is said in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dispaccio.formats import native
from dispaccio.formats.base import Format, Options
from dispaccio.formats.markdown import markdown
from dispaccio.formats.text import text

FOLDER = Path(__file__).parents[1] / "data" / "frames"
SAMPLES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".txt", ".md"))


def format_of(path: Path) -> Format:
    """The format in which a sample is read."""
    return markdown if path.suffix == ".md" else text


def said(data: bytes, path: Path) -> dict[str, Any]:
    """The reading of a sample's bytes as the native JSON prints it."""
    (reading,) = format_of(path).read(data, Options())
    return native.reading_to_json(reading)
