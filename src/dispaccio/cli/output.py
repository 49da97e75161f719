"""What a command prints: JSON for machines, plain sentences and small tables for people."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

_COMMANDING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Text that cannot command a terminal: control characters and overrides are written out."""
    return _COMMANDING.sub(lambda found: ascii(found[0])[1:-1], text)


def say(text: str) -> None:
    """Print a sentence or a passage."""
    print(plain(text))


def complain(text: str) -> None:
    """Print a sentence on standard error."""
    print(plain(text), file=sys.stderr)


def say_json(document: Any) -> None:
    """Print a document as JSON."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table: with lines on a terminal, as aligned text elsewhere. None is an empty cell."""
    cells = [[plain(_cell(item)) for item in row] for row in rows]
    if sys.stdout.isatty():
        _on_terminal(heads, cells)
        return
    from rich.cells import cell_len

    lines = [list(heads), *cells]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        padded = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
        print("  ".join(padded).rstrip())


def when(instant: str | None) -> str:
    """An instant of the API as people read it, to the second; empty for None."""
    if instant is None:
        return ""
    from datetime import datetime

    from dispaccio.clock import write

    return write(datetime.fromisoformat(instant))


def count(number: int, thing: str) -> str:
    """``count(1, "delivery")`` is "1 delivery", ``count(2, "delivery")`` "2 deliveries"."""
    many = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number:,} {thing if number == 1 else many}"


def _cell(item: object) -> str:
    if isinstance(item, list | tuple):
        return ", ".join(str(part) for part in item)
    return "" if item is None else " ".join(str(item).split())


def _on_terminal(heads: Sequence[str], cells: list[list[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        drawn.add_column(head, overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)
