"""The demo's texts, with the days of today in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.resources import files

from dispaccio.release.dateline import write_day


def sample(name: str, **words: str) -> str:
    """A text of the demo, with words in its places."""
    text = files("dispaccio.cli.demo").joinpath("samples", name).read_text("utf-8")
    for word, value in words.items():
        text = text.replace("{" + word + "}", value)
    return text


def another_weekday(now: datetime, day: str) -> str:
    """A day in words; the sample has "martedì" before it, which must not be right."""
    if (now + timedelta(days=1)).weekday() == 1:
        return write_day((now + timedelta(days=2)).date(), "it")
    return day
