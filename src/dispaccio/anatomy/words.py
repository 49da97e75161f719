"""Tables of words: a row of words divided by blanks, "_" for a blank within a word."""

from __future__ import annotations


def listed(row: str) -> tuple[str, ...]:
    """The words of a row."""
    return tuple(word.replace("_", " ") for word in row.split())


def keyed(rows: dict[str, str]) -> dict[str, str]:
    """Every word of some rows, with the key of its row."""
    return {word: key for key, row in rows.items() for word in listed(row)}
